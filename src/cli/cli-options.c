/* cli-options.c: options of the commands, errors as one line, and the exit status that each means. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cf-words.h"

#define SHOWN_US 100000    /* between two states of the line on a terminal */
#define LOGGED_US 10000000 /* between two lines elsewhere */

static const CfCommand *
find_command (const char *name)
{
  for (const CfCommand *c = cf_commands; c->name; c++)
    if (strcmp (c->name, name) == 0)
      return c;
  return NULL;
}

gboolean
cf_cli_parse (CfCli *cli, const GOptionEntry *entries, char **argv, int min, int max, char ***files, GError **error)
{
  const CfCommand *command = find_command (cli->command);
  g_autoptr (GOptionContext) context = g_option_context_new (command->arguments);
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_auto (GStrv) rest = NULL;
  gboolean help = FALSE;
  int n;
  const GOptionEntry more[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, N_("Show this help"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL },
    { NULL },
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, command->summary);
  g_option_context_set_description (context, command->description);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, more, GETTEXT_PACKAGE);
  if (!g_option_context_parse_strv (context, &arguments, error))
    return FALSE;
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);
      fputs (text, stdout);
      return FALSE;
    }
  n = rest ? (int) g_strv_length (rest) : 0;
  if (n < min || (max >= 0 && n > max))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, CF_PLURAL ("needs %s; %d name was given", "needs %s; %d names were given", n), command->arguments, n);
      return FALSE;
    }
  *files = rest ? g_steal_pointer (&rest) : g_new0 (char *, 1);
  return TRUE;
}

gboolean
cf_cli_parse_numbers (const char *option, const char *text, int n, double *out, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  g_autofree double *values = g_new0 (double, n);
  gboolean good = (int) g_strv_length (parts) == n;

  for (int i = 0; good && i < n; i++)
    {
      char *end = NULL;
      values[i] = g_ascii_strtod (g_strstrip (parts[i]), &end);
      good = end != parts[i] && *end == '\0' && isfinite (values[i]);
    }
  if (!good)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, CF_PLURAL ("%s is %s, needs %d number", "%s is %s, needs %d numbers separated by commas", n), option, text, n);
      return FALSE;
    }
  memcpy (out, values, n * sizeof *out);
  return TRUE;
}

gboolean
cf_cli_parse_choice (const char *option, const char *text, const char *const *names, int *out, GError **error)
{
  g_autofree char *all = NULL;

  if (!text)
    return TRUE;
  for (int i = 0; names[i]; i++)
    if (strcmp (names[i], text) == 0)
      {
        *out = i;
        return TRUE;
      }
  all = g_strjoinv (", ", (char **) names);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s is %s, needs one of %s"), option, text, all);
  return FALSE;
}

gboolean
cf_cli_need (const char *option, gconstpointer value, GError **error)
{
  if (value)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s is missing"), option);
  return FALSE;
}

gboolean
cf_cli_check_range (const char *option, double value, double lo, double hi, GError **error)
{
  if (value >= lo && value <= hi)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s is %g, needs %g to %g"), option, value, lo, hi);
  return FALSE;
}

gboolean
cf_cli_check_output (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: is a folder, needs a file name"), path);
      return FALSE;
    }
  if (g_file_test (folder, G_FILE_TEST_IS_DIR) && access (folder, W_OK) == 0)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: the folder %s is not there or cannot be written to"), path, folder);
  return FALSE;
}

char *
cf_cli_command_line (char **argv)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/=+:,";
  GString *line = g_string_new ("cryofield-cli");

  for (int i = 0; argv[i]; i++)
    {
      g_autofree char *quoted = *argv[i] && strspn (argv[i], plain) == strlen (argv[i]) ? g_strdup (argv[i]) : g_shell_quote (argv[i]);
      g_string_append_printf (line, " %s", quoted);
    }
  return g_string_free (line, FALSE);
}

int
cf_cli_exit_status (const GError *error)
{
  if (error->domain == CF_INPUT_ERROR)
    return 3;
  if (error->domain == G_OPTION_ERROR || g_error_matches (error, CF_ERROR, CF_ERROR_ARGUMENT))
    return 2;
  return 1;
}

/* Text of files and of the system in a message must not make two lines of it. */
static char *
one_line (const char *text)
{
  char *line = g_utf8_make_valid (text, -1);

  for (char *p = line; *p; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  return g_strstrip (line);
}

void
cf_cli_print_error (const CfCli *cli, const GError *error)
{
  g_autofree char *line = one_line (error->message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (cli->resume)
        fprintf (stderr, _("cryofield-cli: %s: cancelled; go on with: %s\n"), cli->command, cli->resume);
      else
        fprintf (stderr, _("cryofield-cli: %s: cancelled; nothing was written, run it again\n"), cli->command);
    }
  else if (cf_cli_exit_status (error) == 2)
    fprintf (stderr, _("cryofield-cli: %s: %s (see cryofield-cli %s --help)\n"), cli->command, line, cli->command);
  else
    fprintf (stderr, "cryofield-cli: %s\n", line);
}

void
cf_cli_warn (const char *file, const char *format, ...)
{
  g_autofree char *text = NULL, *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = one_line (text);
  cf_cli_progress_end ();
  fprintf (stderr, "cryofield-cli: %s: %s: %s\n", file, _("warning"), line);
}

void
cf_cli_note (const char *format, ...)
{
  va_list args;

  cf_cli_progress_end ();
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
}

void
cf_cli_print_notice (CfBackend *backend)
{
  g_autofree char *notice = cf_backend_take_notice (backend);

  if (notice)
    cf_cli_note ("%s: %s", _("warning"), notice);
}

/* Progress comes from worker threads. */
static GMutex progress_lock;
static gint64 progress_shown;
static gboolean progress_open;

void
cf_cli_progress (double fraction, gpointer text)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&progress_lock);
  if (!isatty (STDERR_FILENO))
    {
      if (progress_shown == 0)
        progress_shown = now;
      if (now - progress_shown > LOGGED_US)
        {
          progress_shown = now;
          fprintf (stderr, "%s: %.0f %%\n", (const char *) text, 100 * CLAMP (fraction, 0, 1));
        }
    }
  else if (now - progress_shown > SHOWN_US)
    {
      progress_shown = now;
      progress_open = TRUE;
      fprintf (stderr, "\r\033[K%s: %3.0f %%", (const char *) text, 100 * CLAMP (fraction, 0, 1));
      fflush (stderr);
    }
  g_mutex_unlock (&progress_lock);
}

void
cf_cli_progress_end (void)
{
  g_mutex_lock (&progress_lock);
  if (progress_open)
    fputs ("\r\033[K", stderr);
  progress_open = FALSE;
  g_mutex_unlock (&progress_lock);
}
