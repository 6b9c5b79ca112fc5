/* cf-ascent.c: many climbs in step, so that each query is one large batch; a climb that has ended makes room for the next. */
#include "cf-ascent.h"

#include "cf-ascent-step.h"

#define BATCH 32768

typedef struct
{
  gsize n_active;
  CfClimb *climbs; /* [BATCH] */
  double *xyz;     /* [BATCH][3] */
  float *value;    /* [BATCH] */
  float *gradient; /* [BATCH][3] */
} Batch;

static void
batch_init (Batch *b, gsize n)
{
  gsize room = MIN (n, BATCH);
  b->n_active = 0;
  b->climbs = g_new (CfClimb, room);
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
    cf_climb_begin (&b->climbs[b->n_active++], *next, start[*next]);
  for (gsize i = 0; i < b->n_active; i++)
    cf_climb_place (&b->climbs[i], b->xyz + 3 * i);
}

static void
note_place (CfClimb *c, GArray *trail)
{
  const float at[3] = { (float) c->at[0], (float) c->at[1], (float) c->at[2] };
  if (c->moved)
    g_array_append_vals (trail, at, 1);
  c->moved = FALSE;
}

/* Hands the answers out, writes down what has ended, closes the gaps. */
static void
batch_advance (Batch *b, CfAscent kind, float (*peak)[3], float *density, float (*shoulder)[3], GArray **trail, CfAscentCost *cost)
{
  gsize kept = 0;
  for (gsize i = 0; i < b->n_active; i++)
    {
      CfClimb *c = &b->climbs[i];
      CfClimbOutcome outcome = cf_climb_on (c, kind == CF_ASCENT_PAPER, b->value[i], b->gradient + 3 * i);
      if (trail)
        note_place (c, trail[c->index]);
      if (outcome == CF_CLIMB_GOES_ON)
        {
          if (kept != i)
            b->climbs[kept] = *c;
          kept++;
          continue;
        }
      cf_climb_result (c, outcome, peak[c->index], &density[c->index], shoulder ? shoulder[c->index] : NULL);
      cost->unfinished += c->n_steps >= CF_CLIMB_MOST_STEPS;
    }
  cost->gradients += b->n_active;
  b->n_active = kept;
}

gboolean
cf_ascend (CfAscent kind, CfAscentQuery query, gpointer query_data, gsize n, const float (*start)[3], float (*peak)[3], float *density,
           float (*shoulder)[3], GArray **trail, CfAscentCost *cost, CfProgressFunc progress, gpointer progress_data, GCancellable *cancellable,
           GError **error)
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
      batch_advance (&b, kind, peak, density, shoulder, trail, &spent);
      if (progress)
        progress ((double) (next - b.n_active) / n, progress_data);
    }
  batch_clear (&b);
  if (ok && cost)
    *cost = spent;
  return ok;
}
