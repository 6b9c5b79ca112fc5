/* cf-neural.h: the neural map on disk, a safetensors file (8-byte little-endian header length, JSON, raw tensors). formats.md. */
#pragma once

#include <gio/gio.h>

#include "cf-field.h"

G_BEGIN_DECLS

/** Reads a complete or partial field. Header <= 100 MB, no holes or overlaps, each range = shape x dtype, dimensions as the
 * network needs: all checked before tensors are allocated; CF_INPUT_ERROR otherwise. float32 or float16. */
CfField *cf_neural_load (const char *path, GCancellable *cancellable, GError **error);
/** Atomic. Writes float32; the hidden matrices of regions that are `half` as float16. */
gboolean cf_neural_save (const CfField *field, const char *path, GCancellable *cancellable, GError **error);
/** TRUE where the file's beginning looks like one (not: is a good one). */
gboolean cf_neural_probe (const char *path);

G_END_DECLS
