/* cli-json.c: JSON on stdout and in files. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-file.h"
#include "cf-words.h"

#define AS_TEXT (JSON_INDENT (1) | JSON_REAL_PRECISION (12))

json_t *
cf_json_strings (char *const *strings)
{
  json_t *array = json_array ();

  for (int i = 0; strings && strings[i]; i++)
    json_array_append_new (array, json_string (strings[i]));
  return array;
}

json_t *
cf_json_level (const CfLevel *level)
{
  return json_pack ("{s:o,s:o,s:o}", "file", cf_json_number (level->file), "normalised", cf_json_number (level->normalised), "sigma",
                    cf_json_number (level->sigma));
}

gboolean
cf_json_save (json_t *object, const char *path, GError **error)
{
  char *text = json_dumps (object, AS_TEXT);
  gboolean good = cf_file_save (path, text, strlen (text), error);

  free (text);
  return good;
}

gboolean
cf_json_print (json_t *object, GError **error)
{
  int failed = json_dumpf (object, stdout, AS_TEXT);

  json_decref (object);
  if (failed)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, _("the result could not be written to stdout"));
      return FALSE;
    }
  fputc ('\n', stdout);
  return TRUE;
}

gboolean
cf_cli_flush (GError **error)
{
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  if (error && !*error) /* errno is of the call that failed, which may be long ago */
    g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, _("stdout: cannot be written; is it closed, or its disk full?"));
  return FALSE;
}
