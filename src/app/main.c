/* main.c: starts the program. */
#include "cf-application.h"
#include "cf-backend.h"

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_autoptr (CfApplication) application = cf_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
