/* cf-climb.c: seeds climb between the samples, where a step costs a thousandth of a network's; from each place that some reached one
 * climb goes on upon the field itself. So peaks are those of the field, and a seed costs a fraction of a gradient. */
#include "cf-climb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-saddle.h"

#define SAME 0.02 /* A: climbs that end in one cube of this side go on as one */
#define SAME_SHOULDER 0.2 /* A: the same of shoulders, which are long */
#define LANDSCAPE_SHARE 0.2 /* of the progress */
#define POLISH_SHARE 0.8
#define SADDLE_SHARE 0.95
#define SADDLE_ROUNDS 3 /* a way up from a saddle may end at another one */
#define SADDLE_STEP 0.05 /* A: off a saddle */
#define DIFFERENCE 0.02  /* A: of gradients, for their slope */
#define LOWER 1e-6 /* of d: rounding may leave a peak this much below its seed */

typedef struct
{
  CfEvaluator *evaluator;
  CfPeaks *peaks;
  GArray **trail; /* of each seed; NULL */
  CfProgressFunc func;
  gpointer user_data;
  double from, to;
  GCancellable *cancellable;
} Climb;

static void
progress_part (double fraction, gpointer user_data)
{
  const Climb *c = user_data;
  if (c->func)
    c->func (c->from + fraction * (c->to - c->from), c->user_data);
}

static gboolean
query_evaluator (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  return cf_evaluator_query (user_data, n, xyz, value, gradient, cancellable, error);
}

/* On the device, where the backend has one; else here. landscape NULL: on the field. */
static gboolean
ascend (Climb *c, CfLandscape *landscape, CfAscentJob *job, GArray **trail, GError **error)
{
  CfBackend *backend = cf_evaluator_backend (c->evaluator);
  g_autoptr (GError) failure = NULL;
  job->progress = progress_part;
  job->progress_data = c;
  job->cancellable = c->cancellable;
  if (!trail && backend->klass->ascend)
    {
      CfLandscapeView samples;
      if (landscape)
        samples = cf_landscape_view (landscape);
      if (backend->klass->ascend (backend, cf_evaluator_field (c->evaluator), landscape ? &samples : NULL, job, &failure))
        return TRUE;
      if (failure)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }
  return cf_ascend (job->kind, landscape ? cf_landscape_query : query_evaluator, landscape ? (gpointer) landscape : c->evaluator, job->n, job->start, job->peak,
                    job->density, job->shoulder, trail, job->cost, progress_part, c, c->cancellable, error);
}

/* Climbs on the field from n places. */
static gboolean
climb_field (Climb *c, CfAscent kind, double end, gsize n, const float (*start)[3], float (*peak)[3], float *density, GArray **trail,
             GError **error)
{
  CfAscentCost cost;
  CfAscentJob job = { .kind = kind, .n = n, .start = start, .peak = peak, .density = density, .cost = &cost };
  c->to = end;
  if (!ascend (c, NULL, &job, trail, error))
    return FALSE;
  c->peaks->gradients += cost.gradients;
  c->from = end;
  return TRUE;
}

typedef struct
{
  gint32 cell[3];
  float at[3];
  guint32 seed;
} Arrival;

static void
add_arrival (GArray *arrivals, guint32 seed, const float at[3], gboolean early)
{
  Arrival arrival = { .seed = seed };
  double side = early ? SAME_SHOULDER : SAME;
  for (int a = 0; a < 3; a++)
    {
      double cell = floor (at[a] / side);
      arrival.cell[a] = (gint32) CLAMP (cell * 2 + early, G_MININT32, G_MAXINT32);
      arrival.at[a] = (float) ((cell + 0.5) * side);
    }
  g_array_append_val (arrivals, arrival);
}

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const Arrival *x = a, *y = b;
  for (int k = 2; k >= 0; k--)
    if (x->cell[k] != y->cell[k])
      return x->cell[k] < y->cell[k] ? -1 : 1;
  return x->seed < y->seed ? -1 : x->seed > y->seed;
}

static void
sort_arrivals (GArray *arrivals)
{
  if (arrivals->len)
    qsort (arrivals->data, arrivals->len, sizeof (Arrival), compare_arrivals);
}

/* Where each climb goes on upon the field: where it ended or, before that, at a shoulder, which may hide a peak of the field. Climbs that
 * needed samples that are not there have no such place. All that come to one cube go on from its middle, so that a peak is the same
 * whichever other seeds climb: it does not depend on the threshold. */
static GArray *
find_arrivals (const CfPeaks *peaks, const float (*shoulder)[3])
{
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  for (gsize i = 0; i < peaks->n; i++)
    {
      gboolean early = !isnan (shoulder[i][0]);
      if (!isnan (peaks->peak_density[i]))
        add_arrival (arrivals, (guint32) i, early ? shoulder[i] : peaks->peak[i], early);
    }
  sort_arrivals (arrivals);
  return arrivals;
}

/* -- trails: kept only for few seeds -------------------------------------------------------------------------------------------------- */

static GArray **
trails_new (gsize n)
{
  GArray **trails = g_new (GArray *, n);
  for (gsize i = 0; i < n; i++)
    trails[i] = g_array_new (FALSE, FALSE, 3 * sizeof (float));
  return trails;
}

static void
trails_free (GArray **trails, gsize n)
{
  for (gsize i = 0; trails && i < n; i++)
    g_array_unref (trails[i]);
  g_free (trails);
}

/* What came after the shoulder was not gone. */
static void
cut_trails (Climb *c, const float (*shoulder)[3])
{
  for (gsize i = 0; c->trail && i < c->peaks->n; i++)
    for (guint k = 0; k < c->trail[i]->len; k++)
      if (memcmp (c->trail[i]->data + k * sizeof *shoulder, shoulder[i], sizeof *shoulder) == 0)
        g_array_set_size (c->trail[i], k + 1);
}

/* The first place is the cube's middle, from which none came; of a climb that did not move it is the peak. */
static void
append_trail (GArray *to, const GArray *from)
{
  guint first = from->len > 1;
  if (from->len)
    g_array_append_vals (to, from->data + first * 3 * sizeof (float), from->len - first);
}

/* -- places ------------------------------------------------------------------------------------------------------------------------------ */

static gboolean
same_place (const Arrival *a, const Arrival *b)
{
  return memcmp (a->cell, b->cell, sizeof a->cell) == 0;
}

/* One start for each place of the arrivals, which are sorted. */
static gsize
find_places (const GArray *arrivals, float (**start)[3])
{
  const Arrival *arrival = (const Arrival *) arrivals->data;
  gsize n = 0;
  *start = g_malloc_n (arrivals->len, sizeof **start);
  for (guint i = 0; i < arrivals->len; i++)
    if (i == 0 || !same_place (&arrival[i], &arrival[i - 1]))
      memcpy ((*start)[n++], arrival[i].at, sizeof **start);
  return n;
}

/* From each place on the field to the peak, which all that came there share; start[k]: where the climb from place k begins. */
static gboolean
go_on_from (Climb *c, const GArray *arrivals, double share, gsize n, const float (*start)[3], GError **error)
{
  const Arrival *arrival = (const Arrival *) arrivals->data;
  CfPeaks *peaks = c->peaks;
  g_autofree float (*peak)[3] = g_malloc_n (n, sizeof *peak);
  g_autofree float *density = g_new (float, n);
  GArray **trail = c->trail ? trails_new (n) : NULL;
  gboolean ok = climb_field (c, CF_ASCENT_DEFAULT, share, n, start, peak, density, trail, error);
  gsize place = 0;
  for (guint i = 0; ok && i < arrivals->len; i++)
    {
      place += i > 0 && !same_place (&arrival[i], &arrival[i - 1]);
      memcpy (peaks->peak[arrival[i].seed], peak[place], sizeof *peak);
      peaks->peak_density[arrival[i].seed] = density[place];
      if (trail)
        append_trail (c->trail[arrival[i].seed], trail[place]);
    }
  trails_free (trail, n);
  return ok;
}

/* Seeds that the samples could not lead, or led to a place below themselves, climb on the field all the way. */
static gboolean
climb_the_rest (Climb *c, GError **error)
{
  CfPeaks *peaks = c->peaks;
  g_autoptr (GArray) rest = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 i = 0; i < peaks->n; i++)
    if (!(peaks->peak_density[i] >= peaks->seed_density[i] - LOWER))
      g_array_append_val (rest, i);
  gsize n = rest->len;
  g_autofree float (*start)[3] = g_malloc_n (n, sizeof *start), (*peak)[3] = g_malloc_n (n, sizeof *peak);
  g_autofree float *density = g_new (float, n);
  g_autofree GArray **trail = c->trail ? g_new (GArray *, n) : NULL;
  for (gsize k = 0; k < n; k++)
    {
      memcpy (start[k], peaks->seed[g_array_index (rest, guint32, k)], sizeof *start);
      if (trail)
        trail[k] = g_array_set_size (c->trail[g_array_index (rest, guint32, k)], 0);
    }
  if (!climb_field (c, CF_ASCENT_DEFAULT, SADDLE_SHARE, n, (const float (*)[3]) start, peak, density, trail, error))
    return FALSE;
  for (gsize k = 0; k < n; k++)
    {
      guint32 i = g_array_index (rest, guint32, k);
      memcpy (peaks->peak[i], peak[k], sizeof *peak);
      peaks->peak_density[i] = density[k];
    }
  return TRUE;
}

/* -- saddles ------------------------------------------------------------------------------------------------------------------------------- */

/* The ways up from places that are saddles, up[k], length 0 from others; from differences of the gradient. */
static gboolean
find_saddles (Climb *c, gsize n, const float (*at)[3], double (*up)[3], GError **error)
{
  g_autofree double *xyz = g_new (double, 18 * n);
  g_autofree float *value = g_new (float, 6 * n), (*gradient)[3] = g_malloc_n (6 * n, sizeof *gradient);
  for (gsize k = 0; k < 18 * n; k++)
    {
      gsize point = k / 3 % 6;
      xyz[k] = at[k / 18][k % 3] + (k % 3 == point / 2 ? (point % 2 ? -DIFFERENCE : DIFFERENCE) : 0);
    }
  if (!cf_evaluator_query (c->evaluator, 6 * n, xyz, value, (float *) gradient, c->cancellable, error))
    return FALSE;
  c->peaks->gradients += 6 * n;
  for (gsize k = 0; k < n; k++)
    {
      double hessian[3][3];
      const float (*g)[3] = (const float (*)[3]) gradient + 6 * k;
      for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
          hessian[a][b] = (g[2 * a][b] - g[2 * a + 1][b] + g[2 * b][a] - g[2 * b + 1][a]) / (4 * DIFFERENCE);
      if (!cf_saddle_direction ((const double (*)[3]) hessian, up[k]))
        memset (up[k], 0, sizeof *up);
    }
  return TRUE;
}

/* A step off each saddle to the side that is higher. */
static gboolean
step_off (Climb *c, gsize n, float (*at)[3], const double (*up)[3], GError **error)
{
  g_autofree double *xyz = g_new (double, 6 * n);
  g_autofree float *value = g_new (float, 2 * n);
  for (gsize k = 0; k < 6 * n; k++)
    xyz[k] = at[k / 6][k % 3] + (k / 3 % 2 ? -SADDLE_STEP : SADDLE_STEP) * up[k / 6][k % 3];
  if (!cf_evaluator_query (c->evaluator, 2 * n, xyz, value, NULL, c->cancellable, error))
    return FALSE;
  for (gsize k = 0; k < n; k++)
    for (int a = 0; a < 3; a++)
      at[k][a] = (float) xyz[6 * k + (value[2 * k + 1] > value[2 * k] ? 3 : 0) + a];
  return TRUE;
}

/* Of the arrivals, sorted, those at saddles are left; *start: where they go on. */
static gboolean
keep_saddles (Climb *c, GArray *arrivals, gsize *n, float (**start)[3], GError **error)
{
  gsize n_places = find_places (arrivals, start), place = 0, saddles = 0;
  Arrival *arrival = (Arrival *) arrivals->data;
  guint kept = 0;
  g_autofree double (*up)[3] = g_malloc_n (n_places, sizeof *up);
  g_autofree gboolean *is_saddle = g_new (gboolean, n_places);
  if (!find_saddles (c, n_places, (const float (*)[3]) *start, up, error))
    return FALSE;
  for (gsize k = 0; k < n_places; k++)
    if ((is_saddle[k] = up[k][0] != 0 || up[k][1] != 0 || up[k][2] != 0))
      {
        memmove ((*start)[saddles], (*start)[k], sizeof **start);
        memmove (up[saddles++], up[k], sizeof *up);
      }
  for (guint i = 0; i < arrivals->len; i++)
    {
      place += i > 0 && !same_place (&arrival[i], &arrival[i - 1]);
      if (is_saddle[place])
        arrival[kept++] = arrival[i]; /* its place is that of i - 1 only where both are kept or none is */
    }
  g_array_set_size (arrivals, kept);
  *n = saddles;
  return step_off (c, saddles, *start, (const double (*)[3]) up, error);
}

/* A climb that comes to a saddle along its ridge finds no slope there and ends, though the field rises to both sides. */
static gboolean
leave_saddles (Climb *c, GError **error)
{
  const CfPeaks *peaks = c->peaks;
  g_autoptr (GArray) arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival)), next = NULL;
  for (guint32 i = 0; i < peaks->n; i++)
    if (!isnan (peaks->peak_density[i]))
      add_arrival (arrivals, i, peaks->peak[i], FALSE);
  for (int round = 0; round < SADDLE_ROUNDS && arrivals->len; round++)
    {
      g_autofree float (*start)[3] = NULL;
      gsize n;
      sort_arrivals (arrivals);
      if (!keep_saddles (c, arrivals, &n, &start, error) || !go_on_from (c, arrivals, 1, n, (const float (*)[3]) start, error))
        return FALSE;
      next = g_array_new (FALSE, FALSE, sizeof (Arrival));
      for (guint i = 0; i < arrivals->len; i++)
        {
          guint32 seed = g_array_index (arrivals, Arrival, i).seed;
          if (!isnan (peaks->peak_density[seed]))
            add_arrival (next, seed, peaks->peak[seed], FALSE);
        }
      g_array_unref (arrivals);
      arrivals = g_steal_pointer (&next);
    }
  progress_part (1, c);
  return TRUE;
}

static gboolean
polish (Climb *c, const float (*shoulder)[3], GError **error)
{
  g_autoptr (GArray) arrivals = find_arrivals (c->peaks, shoulder);
  g_autofree float (*start)[3] = NULL;
  gsize n = find_places (arrivals, &start);
  return go_on_from (c, arrivals, POLISH_SHARE, n, (const float (*)[3]) start, error);
}

static gboolean
climb_with (Climb *c, CfLandscape *landscape, GError **error)
{
  CfPeaks *peaks = c->peaks;
  g_autofree float (*shoulder)[3] = g_malloc_n (peaks->n, sizeof *shoulder);
  CfAscentJob job = { .kind = CF_ASCENT_DEFAULT, .n = peaks->n, .start = (const float (*)[3]) peaks->seed, .peak = peaks->peak,
                      .density = peaks->peak_density, .shoulder = shoulder };
  c->to = LANDSCAPE_SHARE;
  if (!ascend (c, landscape, &job, c->trail, error))
    return FALSE;
  c->from = LANDSCAPE_SHARE;
  cut_trails (c, (const float (*)[3]) shoulder);
  return polish (c, (const float (*)[3]) shoulder, error) && climb_the_rest (c, error) && leave_saddles (c, error);
}

static void
drop_lost (CfPeaks *peaks)
{
  gsize kept = 0;
  for (gsize i = 0; i < peaks->n; i++)
    {
      if (isnan (peaks->peak_density[i]))
        continue;
      memmove (peaks->seed[kept], peaks->seed[i], sizeof *peaks->seed);
      memmove (peaks->peak[kept], peaks->peak[i], sizeof *peaks->peak);
      peaks->seed_density[kept] = peaks->seed_density[i];
      peaks->peak_density[kept] = peaks->peak_density[i];
      kept++;
    }
  peaks->dropped = peaks->n - kept;
  peaks->n = kept;
}

gboolean
cf_climb (CfEvaluator *evaluator, CfLandscape *landscape, CfPeaks *peaks, GArray **trail, CfProgressFunc progress, gpointer user_data,
          GCancellable *cancellable, GError **error)
{
  Climb c = { evaluator, peaks, trail, progress, user_data, 0, 1, cancellable };
  gboolean ok = landscape ? climb_with (&c, landscape, error)
                          : climb_field (&c, CF_ASCENT_PAPER, 1, peaks->n, (const float (*)[3]) peaks->seed, peaks->peak, peaks->peak_density, trail, error);
  if (ok)
    drop_lost (peaks);
  return ok;
}
