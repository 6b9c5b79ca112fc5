/* cli-input.c: the inputs of the commands, told by content, with their warnings on stderr. */
#include "cli.h"

#include <string.h>
#include <zlib.h>

#include "cf-command.h"
#include "cf-demo.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-words.h"

/* Text that begins as PDB or mmCIF files do. */
static gboolean
looks_like_model (const char *text, gsize n)
{
  static const char *const words[] = { "HEADER", "ATOM  ", "HETATM", "REMARK", "CRYST1", "MODEL ", "TITLE ", "COMPND", "SEQRES",
                                       "EXPDTA", "AUTHOR", "CAVEAT", "OBSLTE", "SPLIT ", "data_", "loop_", "_atom_site", NULL };

  for (gsize i = 0; i < n; i++)
    if ((guchar) text[i] < 0x20 && !strchr ("\n\r\t", text[i] ? text[i] : 1))
      return FALSE;
  for (const char *line = text; line && *line; line = strchr (line, '\n'))
    {
      while (g_ascii_isspace (*line))
        line++;
      for (int i = 0; words[i]; i++)
        if (g_ascii_strncasecmp (line, words[i], strlen (words[i])) == 0)
          return TRUE;
    }
  return FALSE;
}

static gboolean
has_model_suffix (const char *path)
{
  static const char *const suffixes[] = { ".pdb", ".ent", ".cif", ".mmcif", NULL };
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".gz"))
    lower[strlen (lower) - 3] = '\0';
  for (int i = 0; suffixes[i]; i++)
    if (g_str_has_suffix (lower, suffixes[i]))
      return TRUE;
  return FALSE;
}

CfInputKind
cf_cli_input_kind (const char *text)
{
  g_autofree char *path = cf_command_file (text);
  char head[4097] = "";
  gzFile file;
  int n = 0;

  if (strcmp (path, CF_COMMAND_DEMO_MODEL) == 0)
    return CF_INPUT_MODEL;
  if (cf_neural_probe (path))
    return CF_INPUT_NEURAL;
  /* gzopen () reads plain files as they are */
  file = gzopen (path, "rb");
  if (file)
    {
      n = gzread (file, head, sizeof head - 1);
      gzclose (file);
    }
  if (n > 0)
    head[n] = '\0';
  if ((n > 0 && looks_like_model (head, n)) || has_model_suffix (path))
    return CF_INPUT_MODEL;
  return g_str_has_suffix (path, ".safetensors") ? CF_INPUT_NEURAL : CF_INPUT_MAP;
}

void
cf_cli_refuse (const char *path, GError **error)
{
  g_autofree char *message = NULL;

  if (!error || !*error || g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || (*error)->domain == CF_ERROR)
    return;
  message = g_str_has_prefix ((*error)->message, path) ? g_strdup ((*error)->message) : g_strdup_printf ("%s: %s", path, (*error)->message);
  if ((*error)->domain == CF_INPUT_ERROR)
    {
      g_free ((*error)->message);
      (*error)->message = g_steal_pointer (&message);
      return;
    }
  g_clear_error (error);
  g_set_error_literal (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, message);
}

/* Devices, pipes and folders are said plainly, before a reader waits on them. */
gboolean
cf_cli_check_input (const char *text, GError **error)
{
  g_autofree char *path = cf_command_file (text);
  const char *what = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    what = _("no such file");
  else if (g_file_test (path, G_FILE_TEST_IS_DIR))
    what = _("is a folder, needs a file");
  if (!what)
    return TRUE;
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, "%s: %s", path, what);
  return FALSE;
}

CfVolume *
cf_cli_load_map (CfCli *cli, const char *text, GError **error)
{
  CfVolume *volume = NULL;
  CfMrcLoadOptions options;
  g_autofree char *path = NULL;

  if (!cf_command_parse_map (text, &path, &options, error) || !cf_cli_check_input (path, error))
    return NULL;
  volume = cf_mrc_load_with (path, &options, cli->cancellable, error);
  if (!volume)
    cf_cli_refuse (path, error);
  for (int i = 0; volume && volume->warnings[i]; i++)
    cf_cli_warn (path, "%s", volume->warnings[i]);
  return volume;
}

CfStructure *
cf_cli_load_model (CfCli *cli, const char *text, GError **error)
{
  CfStructure *structure = NULL;
  g_autofree char *path = NULL;
  int model;

  if (strcmp (text, CF_COMMAND_DEMO_MODEL) == 0)
    return cf_demo_structure (error);
  if (!cf_command_parse_model (text, &path, &model, error) || !cf_cli_check_input (path, error))
    return NULL;
  structure = cf_structure_load_model (path, model, cli->cancellable, error);
  if (!structure)
    cf_cli_refuse (path, error);
  for (int i = 0; structure && structure->warnings[i]; i++)
    cf_cli_warn (path, "%s", structure->warnings[i]);
  return structure;
}
