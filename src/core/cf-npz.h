/* cf-npz.h: arrays for NumPy: a ZIP file of .npy entries, stored, as numpy.savez writes. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CF_NPZ_DIMS_MAX 4

/** Output that appears whole at _commit () or not at all. Not thread safe. */
typedef struct _CfNpz CfNpz;
CfNpz *cf_npz_new (const char *path, GError **error);
/** One array in C order. type: NumPy's kind and size without the byte order, "f4", "f8", "i4", "i8", "u4", "b1" (one byte each).
 * CF_ERROR_FAILED where the file would pass the 4 GiB of a plain ZIP. */
gboolean cf_npz_add (CfNpz *npz, const char *name, const char *type, int n_dims, const gsize *shape, gconstpointer data, GError **error);
/** A string as an array of no dimensions. */
gboolean cf_npz_add_text (CfNpz *npz, const char *name, const char *text, GError **error);
gboolean cf_npz_commit (CfNpz *npz, GError **error);
void cf_npz_free (CfNpz *npz);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfNpz, cf_npz_free)

G_END_DECLS
