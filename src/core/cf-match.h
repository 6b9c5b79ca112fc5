/* cf-match.h: one-to-one matches of two point sets within a cutoff. method.md section 5. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CF_MATCH_OPTIMAL, /* most pairs, then smallest sum of squared distances */
  CF_MATCH_GREEDY   /* closest pair first, as published */
} CfMatchKind;

/** match[i] = index into b, or -1, for each of a; distance[i] in A, NAN unmatched. FALSE only when cancelled. */
gboolean cf_match (CfMatchKind kind, const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff, gint32 *match,
                   double *distance, GCancellable *cancellable, GError **error);
/** near[i] TRUE where any of b is within cutoff of a[i]; returns how many. near may be NULL. */
gsize cf_match_near (const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff, gboolean *near);

G_END_DECLS
