/* cf-nearest.h: the nearest of many points, by a k-d tree. Private to core. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Read-only once made; borrows nothing. */
typedef struct _CfNearest CfNearest;
CfNearest *cf_nearest_new (const double (*points)[3], gsize n);
void cf_nearest_free (CfNearest *nearest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfNearest, cf_nearest_free)
/** Index of the nearest point, -1 where there are none; distance in A, may be NULL. */
gint64 cf_nearest_find (const CfNearest *nearest, const double at[3], double *distance);

G_END_DECLS
