/* main.c: cryofield-cli: the table of commands, signals, and the exit status. */
#include "cli.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cf-backend.h"
#include "cf-locale.h"
#include "cf-words.h"

static gpointer
wait_for_signals (gpointer data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  int got;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  if (sigwait (&set, &got) != 0)
    return NULL;
  g_cancellable_cancel (cancellable);
  /* a second one ends the program at once */
  if (sigwait (&set, &got) == 0)
    _exit (1);
  return NULL;
}

/* Before any other thread, so that all of them inherit the mask and only the waiting thread sees a signal. */
static void
catch_signals (GCancellable *cancellable)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_thread_unref (g_thread_new ("signals", wait_for_signals, cancellable));
}

static void
print_help (FILE *file)
{
  fputs (_("Usage: cryofield-cli COMMAND [OPTION...] ...\n\n"
           "Fits neural fields to cryo-EM maps and makes and judges their density graphs.\n\nCommands:\n"),
         file);
  for (const CfCommand *c = cf_commands; c->name; c++)
    fprintf (file, "  %-12s %s\n", c->name, _(c->summary));
  fputs (_("\ncryofield-cli COMMAND --help tells the options of one; --version the version.\n"
           "Exit status: 0 done, 1 failed while working, 2 wrong usage, 3 an input file was refused.\n"),
         file);
}

static int
run_command (CfCli *cli, const CfCommand *command, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = g_strconcat ("cryofield-cli ", command->name, NULL);

  g_set_prgname (program);
  cli->command = command->name;
  if (command->run (cli, argv, &error) || !error)
    {
      if (cf_cli_flush (&error))
        return 0;
    }
  cf_cli_progress_end ();
  cf_cli_print_error (cli, error);
  return cf_cli_exit_status (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GCancellable) cancellable = NULL;
  CfCli cli = { 0 };
  int status;

  cf_locale_init ();
  if (argc < 2)
    {
      print_help (stderr);
      return 2;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 || strcmp (argv[1], "help") == 0)
    {
      print_help (stdout);
      return fflush (stdout) == 0 ? 0 : 1;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("cryofield-cli " CF_VERSION);
      return fflush (stdout) == 0 ? 0 : 1;
    }
  cf_compute_init ();
  cancellable = g_cancellable_new ();
  cli.cancellable = cancellable;
  for (const CfCommand *c = cf_commands; c->name; c++)
    if (strcmp (c->name, argv[1]) == 0)
      {
        catch_signals (cancellable);
        status = run_command (&cli, c, argv + 1);
        g_free (cli.resume);
        if (cli.backend)
          cf_cli_print_notice (cli.backend);
        g_clear_pointer (&cli.backend, cf_backend_unref);
        return status;
      }
  fprintf (stderr, _("cryofield-cli: %s is not a command; cryofield-cli --help lists them\n"), argv[1]);
  return 2;
}
