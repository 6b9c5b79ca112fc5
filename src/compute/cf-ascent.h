/* cf-ascent.h: climbs from many points at once on any smooth function. Private to compute; cf-walk.c climbs the field with it. */
#pragma once

#include <gio/gio.h>

#include "cf-backend-private.h"
#include "cf-error.h"
#include "cf-walk.h"

G_BEGIN_DECLS

/** value[n] and gradient[n][3] (A^-1) at xyz[n][3] (A); NAN outside. */
typedef gboolean (*CfAscentQuery) (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable,
                                   GError **error);

typedef struct
{
  guint64 gradients; /* asked for, over all climbs */
  guint64 unfinished; /* climbs that were stopped by the limit of steps */
} CfAscentCost;

/** What cf_ascend () is asked for, for a backend that climbs on its device (cf-backend-private.h); without trails. */
struct _CfAscentJob
{
  CfAscent kind;
  gsize n;
  const float (*start)[3];
  float (*peak)[3], *density, (*shoulder)[3];
  CfAscentCost *cost; /* gradients: those of a field */
  CfProgressFunc progress;
  gpointer progress_data;
  GCancellable *cancellable;
};

/** Climbs from start[n][3]. peak[i] and density[i]: the highest point of the climb; density NAN where it left the domain. The
 * result of one climb does not depend on the others. shoulder[i], may be NULL: the first place of the climb that was flat and before
 * which and after which it was steeper, NAN where there was none. trail[n], may be NULL: arrays of float[3] that get each place that
 * climb i reached, in turn, from its start to its highest point; only of climbs that began inside. cost may be NULL. Paper: section
 * "Gradient ascent". */
gboolean cf_ascend (CfAscent kind, CfAscentQuery query, gpointer query_data, gsize n, const float (*start)[3], float (*peak)[3],
                    float *density, float (*shoulder)[3], GArray **trail, CfAscentCost *cost, CfProgressFunc progress, gpointer progress_data,
                    GCancellable *cancellable, GError **error);

G_END_DECLS
