/* cf-march-waves.h: rays through a field that is asked many places at once (cf-march.h). */
#pragma once

#include <glib.h>

#include "cf-march.h"

G_BEGIN_DECLS

/** Asks the field at n places xyz[n][3] in A: value[n] is d, gradient[n][3] is by A, both NAN where there is none. gradient may be NULL. */
typedef gboolean (*CfFieldQuery) (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error);

/** Where n rays meet the surface at view->level: hits[n][4] and normals[n][4] as CfMarchTarget has them. pixels[n]: row * view->width + column. starts[n]: A
 * along each, where it begins at the earliest, nothing before it being known to be missed; NULL: where they come into view. In waves, of all that are under
 * way at once; thread safe where query is. */
gboolean cf_march_rays (const CfMarchView *view, const CfMarchSpace *space, gsize n, const guint32 *pixels, const float *starts, CfFieldQuery query,
                        gpointer data, float *hits, float *normals, GError **error);

G_END_DECLS
