/* cf-ascent.c: many climbs in step, so that each query is one large batch; a climb that has ended makes room for the next. */
#include "cf-ascent.h"

#include <math.h>
#include <string.h>

#define BATCH 32768

#define PAPER_STEP 0.05    /* A */
#define LONGEST_STEP 0.2   /* A */
#define FIRST_STEP 0.1     /* A */
#define NEWTON_STEP 0.05   /* A: from here on the curvature says where to go */
#define CONVERGED_STEP 0.001 /* A: the next step, which is as long as the distance to the peak once the curvature is known */
#define SHORTEST_STEP 0.0005 /* A: below it a step that does not rise ends the climb */
#define ROUNDING 1e-6      /* of d: below it the gradient tells better than d which point is nearer to the peak */
#define FLAT 0.1           /* A^-1, of d: a shoulder is flatter than this */
#define MOST_STEPS 400

typedef struct
{
  gsize index;    /* of the climb */
  double at[3];   /* highest point so far */
  double d, g[3]; /* there */
  double step[3]; /* proposed from `at` */
  double inverse[3][3]; /* approximates the inverse of minus the Hessian, A^2; positive definite */
  int n_steps;
  int n_curvatures; /* updates that `inverse` holds */
  gboolean begun;
  double before;        /* slope before `at` */
  double shoulder[3];   /* as of cf_ascend () */
  gboolean has_shoulder;
} Climb;

typedef enum
{
  GOES_ON,
  ENDED,
  LEFT
} Outcome;

static double
dot (const double a[3], const double b[3])
{
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static double
length (const double a[3])
{
  return sqrt (dot (a, a));
}

static void
scale_step (Climb *c, double factor)
{
  for (int a = 0; a < 3; a++)
    c->step[a] *= factor;
}

static void
set_scaled_identity (Climb *c, double scale)
{
  memset (c->inverse, 0, sizeof c->inverse);
  for (int a = 0; a < 3; a++)
    c->inverse[a][a] = scale;
  c->n_curvatures = 0;
}

/* BFGS with the Barzilai-Borwein step as its first scale: s the step, y minus the change of the gradient. FALSE where the function is
 * not concave along the step: there is no peak to aim at then. */
static gboolean
learn_curvature (Climb *c, const double g[3])
{
  double y[3], h[3];
  const double *s = c->step;
  for (int a = 0; a < 3; a++)
    y[a] = c->g[a] - g[a];
  double sy = dot (s, y);
  if (!(sy > 1e-4 * length (s) * length (y)))
    return FALSE;
  if (!c->n_curvatures)
    set_scaled_identity (c, sy / dot (y, y));
  for (int a = 0; a < 3; a++)
    h[a] = dot (c->inverse[a], y);
  double factor = (1 + dot (y, h) / sy) / sy;
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      c->inverse[a][b] += factor * s[a] * s[b] - (h[a] * s[b] + s[a] * h[b]) / sy;
  c->n_curvatures++;
  return TRUE;
}

/* Far from the peak along the gradient, so that a climb stays in the basin that the paper's short steps would find; near it the
 * quasi-Newton step, which needs a handful of gradients where steps along the gradient zigzag. */
static Outcome
propose (Climb *c)
{
  for (int a = 0; a < 3; a++)
    c->step[a] = dot (c->inverse[a], c->g);
  double l = length (c->step);
  if (!(l > 0) || (l < CONVERGED_STEP && c->n_curvatures > 1))
    return ENDED;
  if (l > NEWTON_STEP)
    for (int a = 0; a < 3; a++)
      c->step[a] = c->g[a] * (MIN (l, LONGEST_STEP) / length (c->g));
  return GOES_ON;
}

/* A step that did not rise: what it showed of the curvature makes a better one, at most half as long. */
static Outcome
retreat (Climb *c, const double g[3])
{
  double failed = length (c->step);
  if (!learn_curvature (c, g))
    {
      scale_step (c, 0.3);
      return GOES_ON;
    }
  Outcome outcome = propose (c);
  double l = length (c->step);
  if (outcome == GOES_ON && l > 0.5 * failed)
    scale_step (c, 0.5 * failed / l);
  return outcome;
}

/* The slope fell on the way to `at` and rises from here on: between the two may be a peak that a smoother function does not have. */
static void
note_shoulder (Climb *c, const double g[3])
{
  double slope = length (c->g);
  if (!c->has_shoulder && slope < FLAT * c->d && slope < c->before && slope < length (g))
    {
      memcpy (c->shoulder, c->at, sizeof c->shoulder);
      c->has_shoulder = TRUE;
    }
  c->before = slope;
}

static void
move (Climb *c, double d, const double g[3])
{
  if (c->begun)
    note_shoulder (c, g);
  for (int a = 0; a < 3; a++)
    c->at[a] += c->step[a];
  c->d = d;
  memcpy (c->g, g, sizeof c->g);
}

static Outcome
climb_default (Climb *c, double d, const double g[3])
{
  if (isnan (d))
    {
      /* a long step may overshoot the border; one as long as the paper's decides */
      if (length (c->step) <= PAPER_STEP)
        return LEFT;
      scale_step (c, 0.5);
      return GOES_ON;
    }
  gboolean higher = fabs (d - c->d) > ROUNDING ? d > c->d : dot (g, g) < dot (c->g, c->g);
  if (!higher)
    {
      if (length (c->step) < SHORTEST_STEP)
        return ENDED;
      return retreat (c, g);
    }
  if (!learn_curvature (c, g))
    set_scaled_identity (c, LONGEST_STEP / MAX (length (g), 1e-12));
  move (c, d, g);
  return propose (c);
}

static Outcome
propose_paper (Climb *c)
{
  double l = length (c->g);
  if (!(l > 0))
    return ENDED;
  for (int a = 0; a < 3; a++)
    c->step[a] = c->g[a] * (PAPER_STEP / l);
  return GOES_ON;
}

static Outcome
climb_paper (Climb *c, double d, const double g[3])
{
  if (isnan (d))
    return LEFT;
  if (!(d > c->d))
    return ENDED;
  move (c, d, g);
  return propose_paper (c);
}

static Outcome
climb_on (Climb *c, CfAscent kind, float value, const float gradient[3])
{
  double g[3] = { gradient[0], gradient[1], gradient[2] };
  if (!c->begun)
    {
      if (isnan (value))
        return LEFT;
      move (c, value, g);
      c->begun = TRUE;
      set_scaled_identity (c, FIRST_STEP / MAX (length (g), 1e-12));
      return kind == CF_ASCENT_PAPER ? propose_paper (c) : propose (c);
    }
  if (++c->n_steps >= MOST_STEPS)
    return ENDED;
  return kind == CF_ASCENT_PAPER ? climb_paper (c, value, g) : climb_default (c, value, g);
}

typedef struct
{
  gsize n_active;
  Climb *climbs;   /* [BATCH] */
  double *xyz;     /* [BATCH][3] */
  float *value;    /* [BATCH] */
  float *gradient; /* [BATCH][3] */
} Batch;

static void
batch_init (Batch *b, gsize n)
{
  gsize room = MIN (n, BATCH);
  b->n_active = 0;
  b->climbs = g_new (Climb, room);
  b->xyz = g_new (double, 3 * room);
  b->value = g_new (float, room);
  b->gradient = g_new (float, 3 * room);
}

static void
batch_clear (Batch *b)
{
  g_free (b->climbs);
  g_free (b->xyz);
  g_free (b->value);
  g_free (b->gradient);
}

static void
batch_fill (Batch *b, gsize n, const float (*start)[3], gsize *next)
{
  for (; b->n_active < BATCH && *next < n; ++*next)
    {
      Climb *c = &b->climbs[b->n_active++];
      *c = (Climb){ .index = *next, .at = { start[*next][0], start[*next][1], start[*next][2] } };
    }
  for (gsize i = 0; i < b->n_active; i++)
    for (int a = 0; a < 3; a++)
      b->xyz[3 * i + a] = b->climbs[i].at[a] + b->climbs[i].step[a];
}

/* Hands the answers out, writes down what has ended, closes the gaps. */
static void
batch_advance (Batch *b, CfAscent kind, float (*peak)[3], float *density, float (*shoulder)[3], CfAscentCost *cost)
{
  gsize kept = 0;
  for (gsize i = 0; i < b->n_active; i++)
    {
      Climb *c = &b->climbs[i];
      Outcome outcome = climb_on (c, kind, b->value[i], b->gradient + 3 * i);
      if (outcome == GOES_ON)
        {
          if (kept != i)
            b->climbs[kept] = *c;
          kept++;
          continue;
        }
      for (int a = 0; a < 3; a++)
        {
          peak[c->index][a] = (float) c->at[a];
          if (shoulder)
            shoulder[c->index][a] = c->has_shoulder ? (float) c->shoulder[a] : NAN;
        }
      density[c->index] = outcome == LEFT ? NAN : (float) c->d;
      cost->unfinished += c->n_steps >= MOST_STEPS;
    }
  cost->gradients += b->n_active;
  b->n_active = kept;
}

gboolean
cf_ascend (CfAscent kind, CfAscentQuery query, gpointer query_data, gsize n, const float (*start)[3], float (*peak)[3], float *density,
           float (*shoulder)[3], CfAscentCost *cost, CfProgressFunc progress, gpointer progress_data, GCancellable *cancellable, GError **error)
{
  CfAscentCost spent = { 0 };
  gboolean ok = TRUE;
  gsize next = 0;
  Batch b;

  batch_init (&b, n);
  for (;;)
    {
      batch_fill (&b, n, start, &next);
      if (!b.n_active)
        break;
      ok = query (query_data, b.n_active, b.xyz, b.value, b.gradient, cancellable, error);
      if (!ok)
        break;
      batch_advance (&b, kind, peak, density, shoulder, &spent);
      if (progress)
        progress ((double) (next - b.n_active) / n, progress_data);
    }
  batch_clear (&b);
  if (ok && cost)
    *cost = spent;
  return ok;
}
