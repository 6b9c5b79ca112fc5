/* main.c: starts the program. */
#include <stdio.h>
#include <unistd.h>

#include "cf-application.h"
#include "cf-backend.h"
#include "cf-blocks.h"
#include "cf-ready.h"
#include "cf-locale.h"
#include "cf-workers.h"

#define WAIT_S 5

int
main (int argc, char **argv)
{
  cf_locale_init ();
  gtk_disable_setlocale ();
  cf_compute_init ();
  cf_blocks_watch ();
  cf_ready_choose_renderer ();
  g_autoptr (CfApplication) application = cf_application_new ();
  int status = g_application_run (G_APPLICATION (application), argc, argv);
  gboolean ready = cf_ready_end (), all_left = cf_workers_wait (WAIT_S);
  if (ready && all_left)
    return status;
  /* Not through exit (), which frees OpenBLAS's memory and unloads drivers under whoever still works. */
  g_settings_sync ();
  fflush (NULL);
  _exit (status);
}
