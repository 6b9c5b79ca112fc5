#include "cf-error.h"

G_DEFINE_QUARK (cf-input-error-quark, cf_input_error)
G_DEFINE_QUARK (cf-error-quark, cf_error)
