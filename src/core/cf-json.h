/* cf-json.h: numbers as JSON: JSON has no NAN and no infinity, which are null. New references. Thread safe. */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

json_t *cf_json_number (double value);
json_t *cf_json_numbers (const double *values, int n);
json_t *cf_json_ints (const int *values, int n);

G_END_DECLS
