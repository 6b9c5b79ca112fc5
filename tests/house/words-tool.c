/* words-tool.c: prints a message of the program in the user's language, and a number. */
#include <glib.h>
#include <stdio.h>

#include "cf-locale.h"

int
main (int argc, char **argv)
{
  cf_locale_init ();
  printf ("%s\n%g\n", g_dgettext ("cryofield", argc > 1 ? argv[1] : "Training"), 1.5);
  return 0;
}
