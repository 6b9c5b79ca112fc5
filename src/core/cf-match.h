/* cf-match.h: one-to-one matches of two point sets within a cutoff. method.md section 5. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CF_MATCH_OPTIMAL, /* most pairs, then smallest sum of squared distances */
  CF_MATCH_GREEDY   /* closest pair first, as published */
} CfMatchKind;

typedef struct
{
  guint32 a, b;
  double cost; /* squared distance, A^2 */
} CfPair;

/** All pairs within a cutoff, a ascending. Free with cf_pairs_free (). */
typedef struct
{
  gsize n_a, n_b, n;
  double cutoff; /* A */
  CfPair *pairs; /* [n] */
} CfPairs;

CfPairs *cf_pairs_new (const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff);
void cf_pairs_free (CfPairs *pairs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPairs, cf_pairs_free)

/** match[i] = index into b, or -1, for each of a; distance[i] in A, NAN unmatched. FALSE only when cancelled. */
gboolean cf_match (CfMatchKind kind, const CfPairs *pairs, gint32 *match, double *distance, GCancellable *cancellable, GError **error);
/** How many of a, and of b, have any partner; near_a[i] TRUE where a[i] has. Each may be NULL. */
void cf_pairs_count_near (const CfPairs *pairs, gboolean *near_a, gsize *n_near_a, gsize *n_near_b);

G_END_DECLS
