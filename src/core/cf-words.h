/* cf-words.h: the words that people read, in their language (gettext, domain GETTEXT_PACKAGE). Mark with _("…"), N_("…") in tables (and _() where the
 * table is read), CF_PLURAL where a number decides (CF_N_PLURAL in tables: it is both forms). Never names of options, keys of JSON or what a file holds. The mains bind the domain; without it
 * everything is English. Thread safe. */
#pragma once

#include <glib/gi18n-lib.h>

#define CF_PLURAL(one, many, n) g_dngettext (GETTEXT_PACKAGE, one, many, n)
#define CF_N_PLURAL(one, many) one, many
