#include "cf-hidden.h"

#include <math.h>

#include "cf-clumps.h"

#define CELLS_MAX 400000 /* of one pixel; larger pictures take cells of two, and so on */
#define INNER 0.65   /* of the radius: half the side of a square that the sphere fills, with room for perspective */
#define SLANT 0.05   /* radius by distance: what is closer than that hides nothing, as its outline is no circle any more */

typedef struct
{
  float x, y, z, r; /* cells; z: A from the eye, positive; r cells; z < 0: behind or too close to be judged */
} Ball;

typedef struct
{
  int width, height;
  float *nearest; /* of what fills the cell, A */
} Cells;

static Ball
ball_of (const CfSphere *sphere, const CfGlFrame *frame, int side)
{
  const float *m = frame->view, *p = sphere->pos;
  float eye[3];
  for (int i = 0; i < 3; i++)
    eye[i] = m[i] * p[0] + m[4 + i] * p[1] + m[8 + i] * p[2] + m[12 + i];
  float z = -eye[2], pixel = frame->ray[3] * (frame->ray[2] > 0.5f ? 1 : z);
  gboolean odd = z - sphere->radius <= frame->range[0] || (frame->ray[2] < 0.5f && sphere->radius > SLANT * z);
  if (odd)
    return (Ball){ .z = -1 };
  return (Ball){ (0.5f * frame->size[0] + eye[0] / pixel) / side, (0.5f * frame->size[1] + eye[1] / pixel) / side, z, sphere->radius / pixel / side };
}

static void
fill (const Cells *cells, const Ball *ball)
{
  float half = INNER * ball->r;
  int x0 = MAX ((int) ceilf (ball->x - half), 0), x1 = MIN ((int) floorf (ball->x + half), cells->width);
  int y0 = MAX ((int) ceilf (ball->y - half), 0), y1 = MIN ((int) floorf (ball->y + half), cells->height);
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      cells->nearest[y * cells->width + x] = fminf (cells->nearest[y * cells->width + x], ball->z);
}

static gboolean
is_hidden (const Cells *cells, const Ball *ball, float radius)
{
  float half = 1.1f * ball->r + 0.5f, front = ball->z - 1.05f * radius;
  int x0 = MAX ((int) floorf (ball->x - half), 0), x1 = MIN ((int) ceilf (ball->x + half), cells->width);
  int y0 = MAX ((int) floorf (ball->y - half), 0), y1 = MIN ((int) ceilf (ball->y + half), cells->height);
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      if (!(cells->nearest[y * cells->width + x] < front))
        return FALSE;
  return TRUE;
}

gsize
cf_hidden_drop (const CfSphere *spheres, gsize n, const CfGlFrame *frame, CfSphere *out, int *part, int n_parts)
{
  int side = 1 + (int) sqrt (frame->size[0] * frame->size[1] / CELLS_MAX);
  Cells cells = { (int) frame->size[0] / side + 1, (int) frame->size[1] / side + 1, NULL };
  gsize n_cells = (gsize) cells.width * cells.height, seen = 0, i = 0;
  gboolean cut = cf_frame_is_cut (frame);
  g_autofree Ball *balls = g_new (Ball, n + 1);
  g_autofree float *nearest = cells.nearest = g_new (float, n_cells);
  for (gsize k = 0; k < n_cells; k++)
    nearest[k] = INFINITY;
  for (; i < n; i++)
    {
      balls[i] = ball_of (&spheres[i], frame, side);
      if (balls[i].z > 0 && !cut)
        fill (&cells, &balls[i]);
    }
  i = 0;
  for (int p = 0; p < n_parts; p++)
    {
      gsize end = i + part[p], before = seen;
      for (; i < end; i++)
        if (cut || balls[i].z < 0 || !is_hidden (&cells, &balls[i], spheres[i].radius))
          out[seen++] = spheres[i];
      part[p] = (int) (seen - before);
    }
  return seen;
}
