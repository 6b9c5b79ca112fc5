/* cmd-devices.c: what can compute and draw here. */
#include "cli.h"

#include <stdio.h>

#include "cf-backend.h"
#include "cf-locale.h"
#include "cf-offscreen.h"
#include "cf-words.h"

static json_t *
probe_backend (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfBackend) backend = cf_backend_open (name, 0, &error);

  if (!backend)
    return json_pack ("{s:s,s:b,s:s}", "name", name, "works", FALSE, "why", error->message);
  return json_pack ("{s:s,s:b,s:s,s:i,s:i}", "name", name, "works", TRUE, "description", cf_backend_description (backend), "threads",
                    cf_backend_threads (backend), "lanes", cf_backend_lanes (backend));
}

/* Where the networks are drawn themselves (render --final); the picture's GL context is current. */
static const char *
probe_field (void)
{
  g_autoptr (CfBackend) backend = cf_backend_open ("cuda", 0, NULL);

  if (!backend)
    return "samples of the field, refined on the CPU";
  return cf_backend_shares_gl (backend) ? "the field itself, marched by CUDA and shared with OpenGL"
                                        : "the field itself, marched by CUDA and copied through the host, because OpenGL runs on another device";
}

static json_t *
probe_picture (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (&error);

  if (!offscreen)
    return json_pack ("{s:b,s:s}", "works", FALSE, "why", error->message);
  return json_pack ("{s:b,s:s,s:s}", "works", TRUE, "description", cf_renderer_description (cf_offscreen_renderer (offscreen)), "final", probe_field ());
}

static void
print_line (const char *name, json_t *device)
{
  const char *text = json_string_value (json_object_get (device, json_is_true (json_object_get (device, "works")) ? "description" : "why"));

  printf ("%-8s %s: %s\n", name, json_is_true (json_object_get (device, "works")) ? "works" : "not here", text);
}

gboolean
cf_cmd_devices (CfCli *cli, char **argv, GError **error)
{
  g_auto (GStrv) files = NULL;
  gboolean json = FALSE;
  json_t *object, *backends, *backend;
  gsize i;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 0, 0, &files, error))
    return FALSE;
  if (json)
    cf_locale_plain ();
  object = json_pack ("{s:[o,o],s:o}", "backends", probe_backend ("cpu"), probe_backend ("cuda"), "picture", probe_picture ());
  if (json)
    return cf_json_print (object, error);
  backends = json_object_get (object, "backends");
  json_array_foreach (backends, i, backend)
    print_line (json_string_value (json_object_get (backend, "name")), backend);
  print_line ("picture", json_object_get (object, "picture"));
  if (json_object_get (json_object_get (object, "picture"), "final"))
    printf ("%-8s %s\n", "final", json_string_value (json_object_get (json_object_get (object, "picture"), "final")));
  json_decref (object);
  return TRUE;
}
