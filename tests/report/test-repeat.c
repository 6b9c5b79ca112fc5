/* test-repeat.c: the command lines are ones that cryofield-cli takes: with every option given and an input that is not there, it refuses
 * the input (exit status 3), not the line (2). CRYOFIELD_CLI: the program. */
#include <math.h>
#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#include "cf-command.h"

/* Takes the line; runs it in `folder`. Returns the exit status. */
static int
run_line (char *line, const char *folder, char **problem)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  int status = -1;

  g_assert_true (g_shell_parse_argv (line, NULL, &argv, &error));
  g_free (argv[0]);
  argv[0] = g_strdup (g_getenv ("CRYOFIELD_CLI"));
  g_test_message ("%s", line);
  g_free (line);
  g_assert_true (g_spawn_sync (folder, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, problem, &status, &error));
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static void
test_lines (void)
{
  static const CfLevel level = { 0.0342, 0.313, 3.25 };
  static const char *const outputs[] = { "g.graphml", "g.cif", NULL };
  const CfCommandGraph graph = { &level, 4.0, 10, CF_ASCENT_PAPER };
  const CfTrainOptions train = { .recipe = CF_RECIPE_PAPER,
                                 .partition = CF_PARTITION_PAPER,
                                 .blend = CF_BLEND_PAPER,
                                 .contour = 0.2,
                                 .crop = TRUE,
                                 .resolution = 3.2,
                                 .seed = 5,
                                 .first_region = 1,
                                 .last_region = 2,
                                 .max_epochs = 3 };
  const CfSimulateOptions simulate = {
    .resolution = 3.0, .spacing = 1.0, .elements = "C,N", .noise_sd = 0.5, .seed = 4, .has_box = TRUE, .box = { -1, -2, -3, 20, 21, 22 }
  };
  const CfCommandRender render = { .width = 320,
                                   .height = 200,
                                   .style = "mesh",
                                   .level = &level,
                                   .has_view = TRUE,
                                   .azimuth = -30.0,
                                   .elevation = 20.5,
                                   .zoom = 1.25,
                                   .model = "no.pdb",
                                   .graph = "no.json",
                                   .node_colour = "match" };
  g_autofree char *folder = g_dir_make_tmp ("cf-repeat-XXXXXX", NULL);
  char *lines[] = {
    cf_command_simulate ("no.pdb", "s.mrc", &simulate),
    cf_command_train ("no.mrc", "n.neural.safetensors", &train, "cpu", 1),
    cf_command_sample ("no.neural", "s.mrc", 0.7, NULL),
    cf_command_sample ("no.neural", "s.mrc", 0.0, "no.mrc"),
    cf_command_graph ("no.neural", outputs, &graph),
    cf_command_walk ("no.neural", "w.npz", &graph),
    cf_command_sweep ("no.neural", "no.pdb", "s.csv", 12, &graph),
    cf_command_compare ("no.json", "no.pdb", "no.neural", "c.csv"),
    cf_command_compare ("no.json", "no.pdb", NULL, NULL),
    cf_command_report ("no.neural", "no.pdb", "no.mrc", "r.html", &graph),
    cf_command_report ("no.neural", "no.pdb", NULL, "r.pdf", &graph),
    cf_command_render ("no.neural", "p.png", &render),
    cf_command_run ("no.mrc", "no.pdb", "no.xml", "."),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *problem = NULL;
      int status = run_line (lines[i], folder, &problem);
      if (status != 3)
        g_error ("exit status %d, needs 3: %s", status, problem);
    }
  g_rmdir (folder); /* fails where a refused line left something: then it is not empty */
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* The demonstration's line makes its map. */
static void
test_demo (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cf-repeat-XXXXXX", NULL), *map = g_build_filename (folder, "demo.mrc", NULL), *problem = NULL;

  int status = run_line (cf_command_demo ("demo.mrc"), folder, &problem);
  if (status != 0)
    g_error ("exit status %d: %s", status, problem);
  g_assert_true (g_file_test (map, G_FILE_TEST_EXISTS));
  g_unlink (map);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_nonnull (g_getenv ("CRYOFIELD_CLI"));
  g_test_add_func ("/repeat/lines", test_lines);
  g_test_add_func ("/repeat/demo", test_demo);
  return g_test_run ();
}
