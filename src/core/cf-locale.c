/* cf-locale.c: where translations are. */
#include "cf-locale.h"

#include <libintl.h>
#include <locale.h>

#define DOMAIN "cryofield"

void
cf_locale_init (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL), *folder = program ? g_path_get_dirname (program) : NULL;
  g_autofree char *beside = folder ? g_build_filename (folder, "po", NULL) : NULL;

  setlocale (LC_CTYPE, "");
  setlocale (LC_MESSAGES, "");
  bindtextdomain (DOMAIN, beside && g_file_test (beside, G_FILE_TEST_IS_DIR) ? beside : CF_LOCALE_FOLDER);
  bind_textdomain_codeset (DOMAIN, "UTF-8");
  textdomain (DOMAIN);
}

void
cf_locale_plain (void)
{
  setlocale (LC_MESSAGES, "C");
}
