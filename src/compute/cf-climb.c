/* cf-climb.c: seeds climb between the samples, where a step costs a thousandth of a network's; from each place that some reached one
 * climb goes on upon the field itself. So peaks are those of the field, and a seed costs a fraction of a gradient. */
#include "cf-climb.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME 0.02 /* A: climbs that end in one cube of this side go on as one */
#define SAME_SHOULDER 0.2 /* A: the same of shoulders, which are long */
#define LANDSCAPE_SHARE 0.2 /* of the progress */
#define POLISH_SHARE 0.8
#define LOWER 1e-6 /* of d: rounding may leave a peak this much below its seed */

typedef struct
{
  CfEvaluator *evaluator;
  CfPeaks *peaks;
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

/* Climbs on the field from n places. */
static gboolean
climb_field (Climb *c, CfAscent kind, double end, gsize n, const float (*start)[3], float (*peak)[3], float *density, GError **error)
{
  CfAscentCost cost;
  c->to = end;
  if (!cf_ascend (kind, query_evaluator, c->evaluator, n, start, peak, density, NULL, &cost, progress_part, c, c->cancellable, error))
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

static int
compare_arrivals (gconstpointer a, gconstpointer b)
{
  const Arrival *x = a, *y = b;
  for (int k = 2; k >= 0; k--)
    if (x->cell[k] != y->cell[k])
      return x->cell[k] < y->cell[k] ? -1 : 1;
  return x->seed < y->seed ? -1 : x->seed > y->seed;
}

/* Where each climb goes on upon the field: where it ended or, before that, at a shoulder, which may hide a peak of the field. Climbs that
 * needed samples that are not there have no such place. */
static GArray *
find_arrivals (const CfPeaks *peaks, const float (*shoulder)[3])
{
  GArray *arrivals = g_array_new (FALSE, FALSE, sizeof (Arrival));
  for (gsize i = 0; i < peaks->n; i++)
    {
      gboolean early = !isnan (shoulder[i][0]);
      Arrival arrival = { .seed = (guint32) i };
      if (isnan (peaks->peak_density[i]))
        continue;
      memcpy (arrival.at, early ? shoulder[i] : peaks->peak[i], sizeof arrival.at);
      for (int a = 0; a < 3; a++)
        arrival.cell[a] = (gint32) CLAMP (floor (arrival.at[a] / (early ? SAME_SHOULDER : SAME)) * 2 + early, G_MININT32, G_MAXINT32);
      g_array_append_val (arrivals, arrival);
    }
  if (arrivals->len)
    qsort (arrivals->data, arrivals->len, sizeof (Arrival), compare_arrivals);
  return arrivals;
}

static gboolean
same_place (const Arrival *a, const Arrival *b)
{
  return memcmp (a->cell, b->cell, sizeof a->cell) == 0;
}

/* From one arrival of each place on the field to the peak, which all of that place share. */
static gboolean
go_on_from (Climb *c, const GArray *arrivals, GError **error)
{
  const Arrival *arrival = (const Arrival *) arrivals->data;
  CfPeaks *peaks = c->peaks;
  gsize n = 0;
  for (guint i = 0; i < arrivals->len; i++)
    n += i == 0 || !same_place (&arrival[i], &arrival[i - 1]);
  g_autofree float (*start)[3] = g_malloc_n (n, sizeof *start), (*peak)[3] = g_malloc_n (n, sizeof *peak);
  g_autofree float *density = g_new (float, n);
  gsize place = 0;
  for (guint i = 0; i < arrivals->len; i++)
    if (i == 0 || !same_place (&arrival[i], &arrival[i - 1]))
      memcpy (start[place++], arrival[i].at, sizeof *start);
  if (!climb_field (c, CF_ASCENT_DEFAULT, POLISH_SHARE, n, (const float (*)[3]) start, peak, density, error))
    return FALSE;
  place = 0;
  for (guint i = 0; i < arrivals->len; i++)
    {
      place += i > 0 && !same_place (&arrival[i], &arrival[i - 1]);
      memcpy (peaks->peak[arrival[i].seed], peak[place], sizeof *peak);
      peaks->peak_density[arrival[i].seed] = density[place];
    }
  return TRUE;
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
  for (gsize k = 0; k < n; k++)
    memcpy (start[k], peaks->seed[g_array_index (rest, guint32, k)], sizeof *start);
  if (!climb_field (c, CF_ASCENT_DEFAULT, 1, n, (const float (*)[3]) start, peak, density, error))
    return FALSE;
  for (gsize k = 0; k < n; k++)
    {
      guint32 i = g_array_index (rest, guint32, k);
      memcpy (peaks->peak[i], peak[k], sizeof *peak);
      peaks->peak_density[i] = density[k];
    }
  progress_part (1, c);
  return TRUE;
}

static gboolean
climb_with (Climb *c, CfLandscape *landscape, GError **error)
{
  CfPeaks *peaks = c->peaks;
  g_autofree float (*shoulder)[3] = g_malloc_n (peaks->n, sizeof *shoulder);
  c->to = LANDSCAPE_SHARE;
  if (!cf_ascend (CF_ASCENT_DEFAULT, cf_landscape_query, landscape, peaks->n, (const float (*)[3]) peaks->seed, peaks->peak,
                  peaks->peak_density, shoulder, NULL, progress_part, c, c->cancellable, error))
    return FALSE;
  c->from = LANDSCAPE_SHARE;
  g_autoptr (GArray) arrivals = find_arrivals (peaks, (const float (*)[3]) shoulder);
  return go_on_from (c, arrivals, error) && climb_the_rest (c, error);
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
cf_climb (CfEvaluator *evaluator, CfLandscape *landscape, CfPeaks *peaks, CfProgressFunc progress, gpointer user_data,
          GCancellable *cancellable, GError **error)
{
  Climb c = { evaluator, peaks, progress, user_data, 0, 1, cancellable };
  gboolean ok = landscape ? climb_with (&c, landscape, error)
                          : climb_field (&c, CF_ASCENT_PAPER, 1, peaks->n, (const float (*)[3]) peaks->seed, peaks->peak, peaks->peak_density, error);
  if (ok)
    drop_lost (peaks);
  return ok;
}
