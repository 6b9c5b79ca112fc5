/* cf-march.h: where a ray meets the field's own surface: what one ray does between two questions to the field, for host and device. The rays of
 * a picture go in waves: each says where it asks next, all are asked together, each goes on with its answer. The stages: past bricks that hold
 * nothing, in steps until the level is passed, false position between the last two places, Newton's step with the gradient. */
#pragma once

#include <math.h>

#include "cf-both.h"

#define CF_MARCH_NOWHERE (-1e9f) /* as shaders/march.glsl has it */
#define CF_MARCH_EMPTY -1.0      /* what NAN counts as: nothing there yet */
#define CF_MARCH_UNKNOWN 1e9     /* for a value that was not asked for */
#define CF_MARCH_TRIES 3         /* of false position */
#define CF_MARCH_STEPS 8192      /* at most, of a ray */

/** What is seen: a pixel's ray, and what of it counts. Rows are counted from below. */
typedef struct
{
  int width, height;
  double eye[3];     /* A: where rays begin; of parallel ones the middle of where they do */
  double axes[3][3]; /* of length 1: to the right, up, back */
  double half[2];    /* half the width and height one A before the eye; of parallel rays A */
  int parallel;
  double near, far;  /* A along the view */
  double plane[4];   /* A: only where plane[0..2] . xyz <= plane[3]; all 0: everything */
  double level;      /* d */
  double step;       /* samples; closer times that where the level is close */
  double closer;
} CfMarchView;

/** The samples that tell where nothing is. */
typedef struct
{
  int dims[3];
  double origin[3], inverse[3][3]; /* A to samples */
  int brick, n[3];                 /* samples a side of a brick; bricks */
  const unsigned char *empty;      /* [n], x fastest: within how many bricks from this one nothing is (Chebyshev); 0: something may be in it */
} CfMarchSpace;

/** Rows of a picture, [rows][width][4] each. hits: A along the ray, 1 where it came in through a face of what is seen within the density,
 * CF_MARCH_NOWHERE twice; CF_MARCH_NOWHERE four times where there is no hit. normals: towards less density, eye space, 1; 0 four times where not known. */
typedef struct
{
  int first_row, rows;
  float *hits, *normals;            /* on the host */
  unsigned gl_hits, gl_normals;     /* textures RGBA32F of width x height in the current GL context; 0: there are none */
  int in_gl;                        /* out: the textures were filled, not hits and normals */
} CfMarchTarget;

typedef enum
{
  CF_MARCH_ASKS,
  CF_MARCH_HIT,  /* ask for value and gradient at t */
  CF_MARCH_CUT,  /* a hit on a face */
  CF_MARCH_MISS
} CfMarchState;

enum
{
  CF_MARCH_SEEKS,
  CF_MARCH_PROBES,   /* the top of a thin sheet that may lie between two samples */
  CF_MARCH_RETREATS, /* began within the density: to where it begins */
  CF_MARCH_REFINES
};

typedef struct
{
  double t;        /* where it asks next */
  double from, to; /* A: where the ray is seen */
  double before, last, earlier, stride; /* the sample before: where, its value, that of the one before, how far between */
  double lo, hi, at_lo, at_hi;          /* the level is passed between lo and hi */
  int phase, tries, steps;
} CfMarchRay;

/** origin and a direction of length 1, A. */
CF_BOTH void
cf_march_pixel (const CfMarchView *view, int column, int row, double origin[3], double direction[3])
{
  double x = ((column + 0.5) / view->width * 2 - 1) * view->half[0], y = ((row + 0.5) / view->height * 2 - 1) * view->half[1];
  double size = view->parallel ? 1 : 1 / sqrt (x * x + y * y + 1);
  int a;

  for (a = 0; a < 3; a++)
    {
      double side = x * view->axes[0][a] + y * view->axes[1][a];

      origin[a] = view->eye[a] + (view->parallel ? side : 0);
      direction[a] = ((view->parallel ? 0 : side) - view->axes[2][a]) * size;
    }
}

CF_BOTH void
cf_march_place (const double origin[3], const double direction[3], double t, double xyz[3])
{
  int a;

  for (a = 0; a < 3; a++)
    xyz[a] = origin[a] + t * direction[a];
}

/* The ray in samples: where it is at 0, and its step by A. */
CF_BOTH void
cf_march_to_samples (const CfMarchSpace *space, const double origin[3], const double direction[3], double start[3], double step[3])
{
  int a, b;

  for (a = 0; a < 3; a++)
    {
      start[a] = step[a] = 0;
      for (b = 0; b < 3; b++)
        {
          start[a] += space->inverse[a][b] * (origin[b] - space->origin[b]);
          step[a] += space->inverse[a][b] * direction[b];
        }
    }
}

CF_BOTH double
cf_march_step_length (const CfMarchView *view, const double step[3])
{
  double size = sqrt (step[0] * step[0] + step[1] * step[1] + step[2] * step[2]);

  return view->step / (size > 1e-9 ? size : 1e-9);
}

/** Whether a brick whose samples lie between lo and hi may reach the level between them: a smooth field swings a little past its samples. */
CF_BOTH int
cf_march_may_reach (double lo, double hi, double level)
{
  lo = lo > 0 ? lo : 0;
  return hi + 0.25 * (hi > lo ? hi - lo : 0) >= level;
}

/** How far the ray may jump from t before it meets a brick that may hold something; 0 where t's own brick may. */
CF_BOTH double
cf_march_empty_ahead (const CfMarchSpace *space, const double start[3], const double step[3], double t)
{
  long long at = 0;
  int brick[3], a, reach;
  double jump = 1e30;

  for (a = 2; a >= 0; a--)
    {
      double p = (start[a] + t * step[a]) / space->brick;

      brick[a] = p < 0 ? 0 : p >= space->n[a] ? space->n[a] - 1 : (int) p;
      at = at * space->n[a] + brick[a];
    }
  reach = space->empty[at];
  if (reach == 0)
    return 0;
  for (a = 0; a < 3; a++)
    {
      double sign = step[a] < 0 ? -1 : 1, face = (brick[a] + 0.5 + (reach - 0.5) * sign) * space->brick, away;

      if (fabs (step[a]) < 1e-12)
        continue;
      away = (face - start[a]) / step[a] - t;
      jump = away < jump ? away : jump;
    }
  return jump > 1e-6 ? jump : 1e-6;
}

/* On to the next brick that may hold something. What was seen before it no longer matters. */
CF_BOTH CfMarchState
cf_march_skip (const CfMarchSpace *space, const double start[3], const double step[3], double dt, CfMarchRay *ray)
{
  int jumped = 0;

  while (ray->t < ray->to && ray->steps++ < CF_MARCH_STEPS)
    {
      double jump = cf_march_empty_ahead (space, start, step, ray->t);

      if (jump == 0)
        {
          if (jumped)
            ray->last = ray->earlier = CF_MARCH_UNKNOWN;
          return CF_MARCH_ASKS;
        }
      ray->t += jump + 1e-3 * dt;
      jumped = 1;
    }
  /* The last sample is at the end itself, unless nothing is there. */
  if (jumped || ray->steps >= CF_MARCH_STEPS)
    return CF_MARCH_MISS;
  ray->t = ray->to;
  return CF_MARCH_ASKS;
}

/* From where to where a ray is seen: the box of the samples, the clip planes, the free plane. */
CF_BOTH void
cf_march_clip (const CfMarchView *view, const CfMarchSpace *space, const double origin[3], const double direction[3], const double start[3],
               const double step[3], double *from, double *to)
{
  const double *plane = view->plane, *back = view->axes[2];
  double ahead = -(direction[0] * back[0] + direction[1] * back[1] + direction[2] * back[2]);
  double lean = plane[0] * direction[0] + plane[1] * direction[1] + plane[2] * direction[2];
  double left = plane[3] - (plane[0] * origin[0] + plane[1] * origin[1] + plane[2] * origin[2]);
  int a;

  *from = view->near / ahead;
  *to = view->far / ahead;
  for (a = 0; a < 3; a++)
    {
      double lo = -start[a], hi = space->dims[a] - 1 - start[a], by = fabs (step[a]) < 1e-12 ? 1e-12 : step[a];
      double enter = (by > 0 ? lo : hi) / by, leave = (by > 0 ? hi : lo) / by;

      *from = enter > *from ? enter : *from;
      *to = leave < *to ? leave : *to;
    }
  if (fabs (lean) < 1e-9)
    *to = left < 0 ? -1e30 : *to;
  else if (lean > 0)
    *to = left / lean < *to ? left / lean : *to;
  else
    *from = left / lean > *from ? left / lean : *from;
}

CF_BOTH CfMarchState
cf_march_begin (const CfMarchView *view, const CfMarchSpace *space, const double origin[3], const double direction[3], CfMarchRay *ray)
{
  double start[3], step[3];

  cf_march_to_samples (space, origin, direction, start, step);
  cf_march_clip (view, space, origin, direction, start, step, &ray->from, &ray->to);
  if (!(ray->from < ray->to))
    return CF_MARCH_MISS;
  ray->t = ray->before = ray->from;
  ray->last = ray->earlier = CF_MARCH_UNKNOWN;
  ray->stride = ray->lo = ray->hi = ray->at_lo = ray->at_hi = 0;
  ray->phase = CF_MARCH_SEEKS;
  ray->tries = ray->steps = 0;
  return cf_march_skip (space, start, step, cf_march_step_length (view, step), ray);
}

CF_BOTH CfMarchState
cf_march_bracket (const CfMarchView *view, double lo, double at_lo, double hi, double at_hi, CfMarchRay *ray)
{
  double share = (view->level - at_lo) / (at_hi - at_lo);

  ray->lo = lo;
  ray->hi = hi;
  ray->at_lo = at_lo;
  ray->at_hi = at_hi;
  /* Not so near an end that the other end never moves. */
  if (ray->tries < CF_MARCH_TRIES)
    share = share > 0.05 ? share < 0.95 ? share : 0.95 : 0.05;
  ray->t = lo + share * (hi - lo);
  ray->phase = CF_MARCH_REFINES;
  return ray->tries++ < CF_MARCH_TRIES ? CF_MARCH_ASKS : CF_MARCH_HIT;
}

/* The parabola through three samples: *top is where it has its top, if that is between them and above the level. */
CF_BOTH int
cf_march_sheet (const CfMarchView *view, const CfMarchRay *ray, double v, double *top)
{
  double rise, fall, bend, slope;

  if (ray->last >= CF_MARCH_UNKNOWN || ray->earlier >= CF_MARCH_UNKNOWN || !(ray->t > ray->before) || !(ray->stride > 0))
    return 0;
  rise = (ray->last - ray->earlier) / ray->stride;
  fall = (v - ray->last) / (ray->t - ray->before);
  bend = (fall - rise) / (ray->t - ray->before + ray->stride);
  slope = rise + bend * ray->stride;
  if (!(rise >= 0 && fall <= 0 && bend < 0) || !(ray->last - 0.25 * slope * slope / bend > view->level))
    return 0;
  *top = ray->before - 0.5 * slope / bend;
  return *top > ray->before - ray->stride && *top < ray->t;
}

/* One step on from a sample below the level. */
CF_BOTH CfMarchState
cf_march_step_on (const CfMarchView *view, const CfMarchSpace *space, const double start[3], const double step[3], double v, CfMarchRay *ray)
{
  double dt = cf_march_step_length (view, step), ahead = v > 0.65 * view->level ? view->closer * dt : dt;

  ray->phase = CF_MARCH_SEEKS;
  if (ray->t >= ray->to)
    return CF_MARCH_MISS;
  ray->earlier = ray->last;
  ray->last = v;
  ray->stride = ray->t - ray->before;
  ray->before = ray->t;
  ray->t = ray->t + ahead < ray->to ? ray->t + ahead : ray->to;
  return cf_march_skip (space, start, step, dt, ray);
}

CF_BOTH CfMarchState
cf_march_seek (const CfMarchView *view, const CfMarchSpace *space, const double start[3], const double step[3], double v, CfMarchRay *ray)
{
  double top;

  if (v < view->level)
    {
      if (!cf_march_sheet (view, ray, v, &top))
        return cf_march_step_on (view, space, start, step, v, ray);
      ray->hi = ray->t;
      ray->at_hi = v;
      ray->t = top;
      ray->phase = CF_MARCH_PROBES;
      return CF_MARCH_ASKS;
    }
  if (ray->t <= ray->from)
    return CF_MARCH_CUT;
  if (ray->last < CF_MARCH_UNKNOWN)
    return cf_march_bracket (view, ray->before, ray->last, ray->t, v, ray);
  ray->hi = ray->t;
  ray->at_hi = v;
  ray->t -= cf_march_step_length (view, step);
  ray->t = ray->t > ray->from ? ray->t : ray->from;
  ray->phase = CF_MARCH_RETREATS;
  return CF_MARCH_ASKS;
}

/** Goes on with the value at t. */
CF_BOTH CfMarchState
cf_march_next (const CfMarchView *view, const CfMarchSpace *space, const double origin[3], const double direction[3], double v, CfMarchRay *ray)
{
  double start[3], step[3], at;

  if (isnan (v))
    v = CF_MARCH_EMPTY;
  cf_march_to_samples (space, origin, direction, start, step);
  if (ray->phase == CF_MARCH_SEEKS)
    return cf_march_seek (view, space, start, step, v, ray);
  if (ray->phase == CF_MARCH_PROBES)
    {
      if (v >= view->level)
        return ray->t > ray->before ? cf_march_bracket (view, ray->before, ray->last, ray->t, v, ray)
                                    : cf_march_bracket (view, ray->before - ray->stride, ray->earlier, ray->t, v, ray);
      ray->t = ray->hi;
      return cf_march_step_on (view, space, start, step, ray->at_hi, ray);
    }
  if (ray->phase == CF_MARCH_REFINES)
    return v >= view->level ? cf_march_bracket (view, ray->lo, ray->at_lo, ray->t, v, ray) : cf_march_bracket (view, ray->t, v, ray->hi, ray->at_hi, ray);
  /* retreats */
  if (v < view->level)
    return cf_march_bracket (view, ray->t, v, ray->hi, ray->at_hi, ray);
  if (ray->t <= ray->from)
    return CF_MARCH_CUT;
  ray->hi = ray->t;
  ray->at_hi = v;
  at = ray->t - cf_march_step_length (view, step);
  ray->t = at > ray->from ? at : ray->from;
  return CF_MARCH_ASKS;
}

/** A hit with value and gradient (A^-1) of the field at t. */
CF_BOTH void
cf_march_finish (const CfMarchView *view, const double direction[3], const CfMarchRay *ray, double v, const float gradient[3], float hit[4],
                 float normal[4])
{
  double g[3] = { gradient[0], gradient[1], gradient[2] }, size = sqrt (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]), t = ray->t;
  double slope = g[0] * direction[0] + g[1] * direction[1] + g[2] * direction[2], on = t + (view->level - v) / slope;
  int r;

  if (slope > 0 && on >= ray->lo && on <= ray->hi)
    t = on;
  hit[0] = (float) t;
  hit[1] = 0;
  hit[2] = hit[3] = CF_MARCH_NOWHERE;
  for (r = 0; r < 3; r++)
    normal[r] = size > 0 ? (float) (-(view->axes[r][0] * g[0] + view->axes[r][1] * g[1] + view->axes[r][2] * g[2]) / size) : 0;
  normal[3] = size > 0;
}

/** All other outcomes. */
CF_BOTH void
cf_march_end (CfMarchState state, const CfMarchRay *ray, float hit[4], float normal[4])
{
  int r;

  for (r = 0; r < 4; r++)
    {
      hit[r] = CF_MARCH_NOWHERE;
      normal[r] = 0;
    }
  if (state != CF_MARCH_CUT)
    return;
  hit[0] = (float) ray->from;
  hit[1] = 1;
}
