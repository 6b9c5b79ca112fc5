/* cf-saddle.h: which way is up from a saddle. Private to compute. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Whether a field with this Hessian (symmetric, d A^-2), where its slope is nothing, rises along some line: whether its largest eigenvalue is more than
 * a thousandth of the largest magnitude. direction: of that eigenvalue, of length 1, the largest of its components positive. FALSE where
 * the Hessian is not finite. */
gboolean cf_saddle_direction (const double hessian[3][3], double direction[3]);

G_END_DECLS
