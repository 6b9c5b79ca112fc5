/* cf-warnings.h: what a reader says of a file that it could read: a line each, in the language of who reads it, and in English for what programs read
 * (JSON), which is the same in every language. Not thread safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *shown, *plain; /* as many of the one as of the other */
} CfWarnings;

void cf_warnings_init (CfWarnings *warnings);
void cf_warnings_clear (CfWarnings *warnings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfWarnings, cf_warnings_clear)
/** format: marked with N_(); it is translated here. No argument may be words to translate. */
void cf_warnings_add (CfWarnings *warnings, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** The lines go to *shown and *plain, new and NULL-terminated; none are left. */
void cf_warnings_take (CfWarnings *warnings, char ***shown, char ***plain);

G_END_DECLS
