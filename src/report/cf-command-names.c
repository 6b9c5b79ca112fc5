/* cf-command-names.c: the name of a file with what was chosen in it, to a command line and back. */
#include "cf-command.h"

#include <stdio.h>
#include <string.h>

#include "cf-error.h"
#include "cf-words.h"

#define MOST 1000000
#define MAP_CHOICES _("nstart or volume=N, from 1")

char *
cf_command_map (const char *path, const CfMrcLoadOptions *options)
{
  g_autofree char *volume = options->volume > 0 ? g_strdup_printf ("volume=%d", options->volume + 1) : NULL;
  if (!options->by_nstart && !volume)
    return g_strdup (path);
  return g_strconcat (path, "#", options->by_nstart ? "nstart" : "", options->by_nstart && volume ? "," : "", volume, NULL);
}

char *
cf_command_model (const char *path, int model)
{
  return model > 0 ? g_strdup_printf ("%s#model=%d", path, model + 1) : g_strdup (path);
}

/* What stands behind the last '#', unless it is part of the name of a file that is there. */
static const char *
choice_of (const char *text, char **path)
{
  const char *mark = strrchr (text, '#');
  if (!mark || g_file_test (text, G_FILE_TEST_EXISTS))
    {
      *path = g_strdup (text);
      return NULL;
    }
  *path = g_strndup (text, (gsize) (mark - text));
  return mark + 1;
}

static gboolean
read_number (const char *word, const char *name, int *out)
{
  gint64 value;
  if (!g_str_has_prefix (word, name) || !g_ascii_string_to_signed (word + strlen (name), 10, 1, MOST, &value, NULL))
    return FALSE;
  *out = (int) value - 1;
  return TRUE;
}

static gboolean
fail (const char *text, const char *word, const char *needed, GError **error)
{
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: '%s' is chosen in it, needs %s"), text, word, needed);
  return FALSE;
}

gboolean
cf_command_parse_map (const char *text, char **path, CfMrcLoadOptions *options, GError **error)
{
  CfMrcLoadOptions found = { FALSE, 0 };
  g_autofree char *name = NULL;
  const char *choice = choice_of (text, &name);
  g_auto (GStrv) words = choice ? g_strsplit (choice, ",", -1) : NULL;
  if (choice && *choice == '\0')
    return fail (text, choice, MAP_CHOICES, error);
  for (char **word = words; word && *word; word++)
    if (strcmp (*word, "nstart") == 0)
      found.by_nstart = TRUE;
    else if (!read_number (*word, "volume=", &found.volume))
      return fail (text, *word, MAP_CHOICES, error);
  *options = found;
  *path = g_steal_pointer (&name);
  return TRUE;
}

gboolean
cf_command_parse_model (const char *text, char **path, int *model, GError **error)
{
  int found = 0;
  g_autofree char *name = NULL;
  const char *choice = choice_of (text, &name);
  if (choice && !read_number (choice, "model=", &found))
    return fail (text, choice, _("model=N, from 1"), error);
  *model = found;
  *path = g_steal_pointer (&name);
  return TRUE;
}

char *
cf_command_file (const char *text)
{
  char *path;
  choice_of (text, &path);
  return path;
}
