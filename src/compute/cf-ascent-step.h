/* cf-ascent-step.h: what one climb does between two questions to the function that it climbs, for host and device: cf-ascent.c and
 * cuda/cf-ascent-kernels.h. Paper: section "Gradient ascent". */
#pragma once

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "cf-both.h"

#define CF_CLIMB_PAPER_STEP 0.05      /* A */
#define CF_CLIMB_LONGEST_STEP 0.2     /* A */
#define CF_CLIMB_FIRST_STEP 0.1       /* A */
#define CF_CLIMB_NEWTON_STEP 0.05     /* A: from here on the curvature says where to go */
#define CF_CLIMB_CONVERGED_STEP 0.001 /* A: the next step, which is as long as the distance to the peak once the curvature is known */
#define CF_CLIMB_SHORTEST_STEP 0.0005 /* A: below it a step that does not rise ends the climb */
#define CF_CLIMB_ROUNDING 1e-6        /* of d: below it the gradient tells better than d which point is nearer to the peak */
#define CF_CLIMB_FLAT 0.1             /* A^-1, of d: a shoulder is flatter than this */
#define CF_CLIMB_MOST_STEPS 400

typedef struct
{
  size_t index;         /* of the climb */
  double at[3];         /* highest point so far */
  double d, g[3];       /* there */
  double step[3];       /* proposed from `at` */
  double inverse[3][3]; /* approximates the inverse of minus the Hessian, A^2; positive definite */
  int n_steps;
  int n_curvatures; /* updates that `inverse` holds */
  int begun, moved;
  double before;      /* slope before `at` */
  double shoulder[3]; /* as of cf_ascend () */
  int has_shoulder;
} CfClimb;

typedef enum
{
  CF_CLIMB_GOES_ON,
  CF_CLIMB_ENDED,
  CF_CLIMB_LEFT /* the domain */
} CfClimbOutcome;

CF_BOTH double
cf_climb_dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

CF_BOTH double
cf_climb_length (const double a[3])
{
  return sqrt (cf_climb_dot (a, a));
}

CF_BOTH void
cf_climb_scale_step (CfClimb *c, double factor)
{
  for (int a = 0; a < 3; a++)
    c->step[a] *= factor;
}

CF_BOTH void
cf_climb_set_scaled_identity (CfClimb *c, double scale)
{
  memset (c->inverse, 0, sizeof c->inverse);
  for (int a = 0; a < 3; a++)
    c->inverse[a][a] = scale;
  c->n_curvatures = 0;
}

/* BFGS with the Barzilai-Borwein step as its first scale: s the step, y minus the change of the gradient. 0 where the function is
 * not concave along the step: there is no peak to aim at then. */
CF_BOTH int
cf_climb_learn_curvature (CfClimb *c, const double g[3])
{
  double y[3], h[3];
  const double *s = c->step;
  for (int a = 0; a < 3; a++)
    y[a] = c->g[a] - g[a];
  double sy = cf_climb_dot (s, y);
  if (!(sy > 1e-4 * cf_climb_length (s) * cf_climb_length (y)))
    return 0;
  if (!c->n_curvatures)
    cf_climb_set_scaled_identity (c, sy / cf_climb_dot (y, y));
  for (int a = 0; a < 3; a++)
    h[a] = cf_climb_dot (c->inverse[a], y);
  double factor = (1 + cf_climb_dot (y, h) / sy) / sy;
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      c->inverse[a][b] += factor * s[a] * s[b] - (h[a] * s[b] + s[a] * h[b]) / sy;
  c->n_curvatures++;
  return 1;
}

/* Far from the peak along the gradient, so that a climb stays in the basin that the paper's short steps would find; near it the
 * quasi-Newton step, which needs a handful of gradients where steps along the gradient zigzag. */
CF_BOTH CfClimbOutcome
cf_climb_propose (CfClimb *c)
{
  for (int a = 0; a < 3; a++)
    c->step[a] = cf_climb_dot (c->inverse[a], c->g);
  double l = cf_climb_length (c->step);
  if (!(l > 0) || (l < CF_CLIMB_CONVERGED_STEP && c->n_curvatures > 1))
    return CF_CLIMB_ENDED;
  if (l > CF_CLIMB_NEWTON_STEP)
    for (int a = 0; a < 3; a++)
      c->step[a] = c->g[a] * (fmin (l, CF_CLIMB_LONGEST_STEP) / cf_climb_length (c->g));
  return CF_CLIMB_GOES_ON;
}

/* A step that did not rise: what it showed of the curvature makes a better one, at most half as long. */
CF_BOTH CfClimbOutcome
cf_climb_retreat (CfClimb *c, const double g[3])
{
  double failed = cf_climb_length (c->step);
  if (!cf_climb_learn_curvature (c, g))
    {
      cf_climb_scale_step (c, 0.3);
      return CF_CLIMB_GOES_ON;
    }
  CfClimbOutcome outcome = cf_climb_propose (c);
  double l = cf_climb_length (c->step);
  if (outcome == CF_CLIMB_GOES_ON && l > 0.5 * failed)
    cf_climb_scale_step (c, 0.5 * failed / l);
  return outcome;
}

/* The slope fell on the way to `at` and rises from here on: between the two may be a peak that a smoother function does not have. */
CF_BOTH void
cf_climb_note_shoulder (CfClimb *c, const double g[3])
{
  double slope = cf_climb_length (c->g);
  if (!c->has_shoulder && slope < CF_CLIMB_FLAT * c->d && slope < c->before && slope < cf_climb_length (g))
    {
      memcpy (c->shoulder, c->at, sizeof c->shoulder);
      c->has_shoulder = 1;
    }
  c->before = slope;
}

CF_BOTH void
cf_climb_move (CfClimb *c, double d, const double g[3])
{
  if (c->begun)
    cf_climb_note_shoulder (c, g);
  for (int a = 0; a < 3; a++)
    c->at[a] += c->step[a];
  c->d = d;
  memcpy (c->g, g, sizeof c->g);
  c->moved = 1;
}

CF_BOTH CfClimbOutcome
cf_climb_on_default (CfClimb *c, double d, const double g[3])
{
  if (isnan (d))
    {
      /* a long step may overshoot the border; one as long as the paper's decides */
      if (cf_climb_length (c->step) <= CF_CLIMB_PAPER_STEP)
        return CF_CLIMB_LEFT;
      cf_climb_scale_step (c, 0.5);
      return CF_CLIMB_GOES_ON;
    }
  const int higher = fabs (d - c->d) > CF_CLIMB_ROUNDING ? d > c->d : cf_climb_dot (g, g) < cf_climb_dot (c->g, c->g);
  if (!higher)
    {
      if (cf_climb_length (c->step) < CF_CLIMB_SHORTEST_STEP)
        return CF_CLIMB_ENDED;
      return cf_climb_retreat (c, g);
    }
  if (!cf_climb_learn_curvature (c, g))
    cf_climb_set_scaled_identity (c, CF_CLIMB_LONGEST_STEP / fmax (cf_climb_length (g), 1e-12));
  cf_climb_move (c, d, g);
  return cf_climb_propose (c);
}

CF_BOTH CfClimbOutcome
cf_climb_propose_paper (CfClimb *c)
{
  double l = cf_climb_length (c->g);
  if (!(l > 0))
    return CF_CLIMB_ENDED;
  for (int a = 0; a < 3; a++)
    c->step[a] = c->g[a] * (CF_CLIMB_PAPER_STEP / l);
  return CF_CLIMB_GOES_ON;
}

CF_BOTH CfClimbOutcome
cf_climb_on_paper (CfClimb *c, double d, const double g[3])
{
  if (isnan (d))
    return CF_CLIMB_LEFT;
  if (!(d > c->d))
    return CF_CLIMB_ENDED;
  cf_climb_move (c, d, g);
  return cf_climb_propose_paper (c);
}

/** A climb from a place; before its first answer. */
CF_BOTH void
cf_climb_begin (CfClimb *c, size_t index, const float start[3])
{
  memset (c, 0, sizeof *c);
  c->index = index;
  for (int a = 0; a < 3; a++)
    c->at[a] = start[a];
}

/** Where it asks next, A. */
CF_BOTH void
cf_climb_place (const CfClimb *c, double xyz[3])
{
  for (int a = 0; a < 3; a++)
    xyz[a] = c->at[a] + c->step[a];
}

/** The answer there: value NAN outside of the domain. paper: steps as the paper's; otherwise CF_ASCENT_DEFAULT. */
CF_BOTH CfClimbOutcome
cf_climb_on (CfClimb *c, int paper, float value, const float gradient[3])
{
  double g[3] = { gradient[0], gradient[1], gradient[2] };
  if (!c->begun)
    {
      if (isnan (value))
        return CF_CLIMB_LEFT;
      cf_climb_move (c, value, g);
      c->begun = 1;
      cf_climb_set_scaled_identity (c, CF_CLIMB_FIRST_STEP / fmax (cf_climb_length (g), 1e-12));
      return paper ? cf_climb_propose_paper (c) : cf_climb_propose (c);
    }
  if (++c->n_steps >= CF_CLIMB_MOST_STEPS)
    return CF_CLIMB_ENDED;
  return paper ? cf_climb_on_paper (c, value, g) : cf_climb_on_default (c, value, g);
}

/** What is kept of a climb that has ended. shoulder may be NULL. */
CF_BOTH void
cf_climb_result (const CfClimb *c, CfClimbOutcome outcome, float peak[3], float *density, float *shoulder)
{
  for (int a = 0; a < 3; a++)
    {
      peak[a] = (float)c->at[a];
      if (shoulder)
        shoulder[a] = c->has_shoulder ? (float)c->shoulder[a] : NAN;
    }
  *density = outcome == CF_CLIMB_LEFT ? NAN : (float)c->d;
}
