/* test-command.c: command lines come back from a shell's parser as they were meant. */
#include <glib/gstdio.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-command.h"
#include "cf-error.h"

/* Takes the line. The words behind "cryofield-cli" must be these. */
static void
assert_line (char *line, const char *const *wanted)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  int argc = 0;

  g_assert_true (g_shell_parse_argv (line, &argc, &argv, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (argv[0], ==, "cryofield-cli");
  for (int i = 1; i < argc || wanted[i - 1] != NULL; i++)
    g_assert_cmpstr (argv[i], ==, wanted[i - 1]);
  g_assert_null (strchr (line, '\n'));
  g_free (line);
}
#define ASSERT_LINE(line, ...) assert_line (line, (const char *const[]){ __VA_ARGS__, NULL })

static const CfLevel level = { 0.0342, 0.313, 3.25 };

static void
test_simulate (void)
{
  const CfSimulateOptions all = { .resolution = 2.2,
                                  .spacing = 0.1 + 0.2,
                                  .elements = "C,N,O",
                                  .noise_sd = 0.01,
                                  .seed = 7,
                                  .has_box = TRUE,
                                  .box = { -1.5, 0, 2, 30, 40, 50 } };

  ASSERT_LINE (cf_command_simulate ("1orc.cif", "1orc.mrc", &all), "simulate", "1orc.cif", "-o", "1orc.mrc", "--resolution", "2.2",
               "--spacing", "0.3", "--elements", "C,N,O", "--noise", "0.01", "--seed", "7", "--box=-1.5,0,2,30,40,50");
  ASSERT_LINE (cf_command_demo ("demo.mrc"), "simulate", "demo:", "-o", "demo.mrc", "--resolution", "2", "--spacing", "0.5");
}

static void
test_train (void)
{
  CfTrainOptions options = { .contour = 0.2, .resolution = NAN, .last_region = -1 };

  ASSERT_LINE (cf_command_train ("a.mrc", "a.neural.safetensors", &options, "auto", 0), "train", "a.mrc", "-o", "a.neural.safetensors");
  options.crop = TRUE;
  options.resolution = 1.75;
  options.max_epochs = 12;
  options.recipe = CF_RECIPE_PAPER;
  options.partition = CF_PARTITION_PAPER;
  options.blend = CF_BLEND_PAPER;
  options.seed = G_MAXUINT64;
  options.first_region = 2;
  options.last_region = 5;
  ASSERT_LINE (cf_command_train ("a.mrc", "b", &options, "cuda:1", 3), "train", "a.mrc", "-o", "b", "--contour", "0.2", "--resolution",
               "1.75", "--epochs", "12", "--recipe", "paper", "--partition", "paper", "--blend", "paper", "--backend", "cuda:1",
               "--threads", "3", "--seed", "18446744073709551615", "--regions", "2-5");
}

/* What a field remembers of its fit; the contour is told where it was cropped to it. */
static void
test_train_of (void)
{
  g_autoptr (CfField) field = cf_field_alloc (1);
  for (int a = 0; a < 3; a++)
    field->source_grid.dims[a] = field->normalisation.dims[a] = 40;
  field->contour = 0.2;
  field->resolution = NAN;
  field->recipe = CF_RECIPE_PAPER;
  field->seed = 3;
  ASSERT_LINE (cf_command_train_of (field, "a.mrc", "a.neural.safetensors"), "train", "a.mrc", "-o", "a.neural.safetensors", "--recipe", "paper", "--seed",
               "3");
  field->normalisation.dims[1] = 30;
  field->recipe = CF_RECIPE_DEFAULT;
  field->partition.kind = CF_PARTITION_PAPER;
  ASSERT_LINE (cf_command_train_of (field, "a.mrc", "b"), "train", "a.mrc", "-o", "b", "--contour", "0.2", "--partition", "paper", "--seed", "3");
  field->max_epochs = 2;
  field->keep_last = field->float32 = TRUE;
  ASSERT_LINE (cf_command_train_of (field, "a.mrc", "b"), "train", "a.mrc", "-o", "b", "--contour", "0.2", "--epochs", "2", "--partition", "paper", "--seed",
               "3", "--keep", "last", "--weights", "float32");
}

static void
test_names (void)
{
  static const char *const hostile[] = { "my map.mrc",
                                         "it's.mrc",
                                         "$(rm -rf ~).mrc",
                                         "a;b&c|d`e`.mrc",
                                         "\"quoted\".mrc",
                                         "back\\slash.mrc",
                                         "\xc3\xa9t\xc3\xa9.mrc",
                                         "*?[x].mrc",
                                         "~root.mrc",
                                         "#1.mrc",
                                         "",
                                         " " };

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    ASSERT_LINE (cf_command_sweep (hostile[i], hostile[i], hostile[i], 48, NULL), "sweep", hostile[i], "-o", hostile[i], "--model",
                 hostile[i], "--levels", "48");
  ASSERT_LINE (cf_command_sweep ("-o", NULL, "--help", 0, NULL), "sweep", "./-o", "-o", "./--help");
}

static void
test_others (void)
{
  const char *const outputs[] = { "g.graphml", "g.cif", NULL };
  const CfCommandGraph graph = { &level, 4.0, 10, CF_ASCENT_PAPER }, plain = { NULL, 0.0, 0, CF_ASCENT_DEFAULT };
  const CfCommandRender render = { .width = 1600,
                                   .height = 1200,
                                   .style = "mesh",
                                   .level = &level,
                                   .has_view = TRUE,
                                   .azimuth = -30.0,
                                   .elevation = 20.5,
                                   .zoom = 1.25,
                                   .model = "m.pdb",
                                   .graph = "g.json",
                                   .node_colour = "match",
                                   .final = TRUE };

  ASSERT_LINE (cf_command_graph ("n", outputs, &graph), "graph", "n", "-o", "g.graphml", "-o", "g.cif", "--level", "norm=0.313",
               "--adjacency", "4", "--min-component", "10", "--ascent", "paper");
  ASSERT_LINE (cf_command_graph ("n", NULL, &plain), "graph", "n");
  ASSERT_LINE (cf_command_walk ("n", "w.npz", &graph), "walk", "n", "-o", "w.npz", "--level", "norm=0.313", "--ascent", "paper");
  ASSERT_LINE (cf_command_compare ("g.json", "m.pdb", NULL, NULL), "compare", "g.json", "m.pdb", "--json");
  ASSERT_LINE (cf_command_compare ("g.json", "m.pdb", "n", "t.csv"), "compare", "g.json", "m.pdb", "--within", "n", "-o", "t.csv");
  ASSERT_LINE (cf_command_report ("n", "m.pdb", "a.mrc", "r.html", &graph), "report", "n", "--model", "m.pdb", "--map", "a.mrc", "-o",
               "r.html", "--level", "norm=0.313", "--adjacency", "4", "--min-component", "10", "--ascent", "paper");
  ASSERT_LINE (cf_command_sweep ("n", NULL, "s.csv", 12, &graph), "sweep", "n", "-o", "s.csv", "--levels", "12", "--adjacency", "4",
               "--min-component", "10", "--ascent", "paper");
  ASSERT_LINE (cf_command_sample ("n", "s.mrc", 0.5, NULL), "sample", "n", "-o", "s.mrc", "--spacing", "0.5");
  ASSERT_LINE (cf_command_sample ("n", "s.mrc", 0.0, "a.mrc"), "sample", "n", "-o", "s.mrc", "--like", "a.mrc");
  ASSERT_LINE (cf_command_render ("n", "p.png", &render), "render", "n", "-o", "p.png", "--size", "1600x1200", "--style", "mesh", "--level",
               "norm=0.313", "--view=-30,20.5", "--zoom", "1.25", "--model", "m.pdb", "--graph", "g.json", "--node-colour", "match", "--final");
  ASSERT_LINE (cf_command_run ("a.mrc", "m.pdb", "emd-1.xml", "out"), "run", "a.mrc", "--model", "m.pdb", "--header", "emd-1.xml", "-o",
               "out");
}

static void
assert_map (const char *text, const char *path, gboolean by_nstart, int volume)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  CfMrcLoadOptions options;
  g_assert_true (cf_command_parse_map (text, &found, &options, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, path);
  g_assert_cmpint (options.by_nstart, ==, by_nstart);
  g_assert_cmpint (options.volume, ==, volume);
  g_autofree char *again = cf_command_map (path, &options);
  g_assert_cmpstr (again, ==, text);
}

static void
test_choices (void)
{
  assert_map ("a.mrc", "a.mrc", FALSE, 0);
  assert_map ("a.mrc#nstart", "a.mrc", TRUE, 0);
  assert_map ("a#b.mrc#volume=2", "a#b.mrc", FALSE, 1);
  assert_map ("a.mrc#nstart,volume=12", "a.mrc", TRUE, 11);
  static const char *const wrong[] = { "a#", "a#origin", "a#volume=0", "a#volume=x", "a#volume=", "a#nstart,", "a#model=2" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      CfMrcLoadOptions options;
      char *path = NULL;
      g_assert_false (cf_command_parse_map (wrong[i], &path, &options, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
      g_assert_null (path);
    }
  g_autofree char *model = cf_command_model ("m.pdb", 2), *first = cf_command_model ("m.pdb", 0), *file = NULL, *alone = cf_command_file (model);
  int number;
  g_assert_cmpstr (model, ==, "m.pdb#model=3");
  g_assert_cmpstr (first, ==, "m.pdb");
  g_assert_cmpstr (alone, ==, "m.pdb");
  g_assert_true (cf_command_parse_model (model, &file, &number, NULL));
  g_assert_cmpstr (file, ==, "m.pdb");
  g_assert_cmpint (number, ==, 2);
}

/* A file whose name has such an end of its own is that file. */
static void
test_choice_that_is_a_name (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cryofield-command-XXXXXX", NULL), *path = g_build_filename (folder, "a.mrc#nstart", NULL);
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  g_autofree char *found = NULL;
  CfMrcLoadOptions options;
  g_assert_true (cf_command_parse_map (path, &found, &options, NULL));
  g_assert_cmpstr (found, ==, path);
  g_assert_false (options.by_nstart);
  g_remove (path);
  g_rmdir (folder);
}

/* A window in German still writes a decimal point. */
static void
test_locale (void)
{
  static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8" };
  const char *set = NULL;
  const CfCommandGraph graph = { &level, 3.5, 0, CF_ASCENT_DEFAULT };

  for (gsize i = 0; i < G_N_ELEMENTS (names) && set == NULL; i++)
    set = setlocale (LC_ALL, names[i]);
  if (set == NULL)
    {
      g_test_skip ("no locale with a decimal comma on this machine");
      return;
    }
  ASSERT_LINE (cf_command_graph ("n", NULL, &graph), "graph", "n", "--level", "norm=0.313", "--adjacency", "3.5");
  setlocale (LC_ALL, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/simulate", test_simulate);
  g_test_add_func ("/command/train", test_train);
  g_test_add_func ("/command/train-of", test_train_of);
  g_test_add_func ("/command/names", test_names);
  g_test_add_func ("/command/others", test_others);
  g_test_add_func ("/command/choices", test_choices);
  g_test_add_func ("/command/choice-that-is-a-name", test_choice_that_is_a_name);
  g_test_add_func ("/command/locale", test_locale);
  return g_test_run ();
}
