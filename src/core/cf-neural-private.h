/* cf-neural-private.h: what the two halves of the neural map's format share: the metadata of the header. */
#pragma once

#include <jansson.h>

#include "cf-field.h"

G_BEGIN_DECLS

#define CF_NEURAL_VERSION "1"
#define CF_NEURAL_HEADER_MAX (100 * 1000 * 1000)

/** A new reference of the `__metadata__` object: strings only, as safetensors asks; numbers and lists are JSON within the string. */
json_t *cf_neural_metadata_make (const CfField *field);
/** A field without networks from it: every region's fit is filled. CF_INPUT_ERROR; `name` begins messages. */
CfField *cf_neural_metadata_read (const char *name, const json_t *metadata, CfSirenShape *shape, GError **error);
/** CF_INPUT_ERROR of `code`, "NAME: ..." */
void cf_neural_refuse (GError **error, int code, const char *name, const char *format, ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
