/* cf-curve.h: every metric over the threshold, from one sweep: the rows that the window draws, `sweep` writes and the report plots. */
#pragma once

#include "cf-walk.h"
#include "cf-compare.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n;
  CfCurveRow *rows; /* ascending by level */
  double plateau;   /* d, of cf_sweep_plateau (); NAN none */
} CfCurve;

/** n levels, evenly spaced in log d from the peaks' lowest to the highest seed. structure may be NULL. adjacency as in CfGraphOptions. */
CfCurve *cf_curve_new (CfEvaluator *evaluator, CfSweep *sweep, const CfStructure *structure, gsize n, const CfGraphOptions *options,
                       GCancellable *cancellable, GError **error);
void cf_curve_free (CfCurve *curve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfCurve, cf_curve_free)
/** The field at each atom of a model, file units: for the share of atoms inside at any level. NULL when cancelled, and without an error where the field is of a part
 * of its map: what was not fitted would count as below. */
CfInclusion *cf_curve_inclusion (CfEvaluator *evaluator, const CfStructure *structure, GCancellable *cancellable, GError **error);
/** CSV, one row a level (atomic). */
gboolean cf_curve_save_csv (const CfCurve *curve, const char *path, GError **error);

G_END_DECLS
