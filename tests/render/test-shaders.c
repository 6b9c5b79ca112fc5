/* Every variant of every shader, by an independent compiler: Mesa lets things pass that other drivers refuse. */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "cf-gl-program.h"

static const struct
{
  const char *file, *defines;
} variants[] = {
  { "screen.vert", "" },          { "sphere.vert", "" },
  { "sphere.frag", "" },          { "cylinder.vert", "" },
  { "cylinder.frag", "" },        { "line.vert", "" },
  { "sphere.vert", "POINT" },     { "cylinder.vert", "BOX" },
  { "thin.vert", "" },            { "thin.frag", "" },
  { "line.frag", "" },            { "hit.frag", "HITS=1" },
  { "hit.frag", "HITS=4" },       { "shade.frag", "" },
  { "shade.frag", "WIRES" },      { "shade.frag", "NORMALS" }, { "place.frag", "" }, { "field.frag", "STYLE=2" },
  { "field.frag", "STYLE=3" },    { "field.frag", "STYLE=4" },
  { "hit.frag", "HITS=1 DIFFERENCE" }, { "hit.frag", "HITS=1 NEAREST" }, { "hit.frag", "HITS=4 CUBIC" },
  { "shade.frag", "WIRES DIFFERENCE" }, { "shade.frag", " CUBIC" }, { "field.frag", "STYLE=2 DIFFERENCE" },
  { "field.frag", "STYLE=3 DIFFERENCE" }, { "field.frag", "STYLE=4 DIFFERENCE" }, { "field.frag", "STYLE=4 CUBIC" },
  { "field.frag", "STYLE=2 FINE" }, { "field.frag", "STYLE=3 FINE" }, { "field.frag", "STYLE=4 FINE" }, { "field.frag", "STYLE=2 TRANSFER FINE" },
  { "hit.frag", "HITS=1 CREASES" }, { "hit.frag", "HITS=1 CREASES FINE" }, { "hit.frag", "HITS=1 CREASES DIFFERENCE" }, { "hit.frag", "HITS=1 FINE" }, { "hit.frag", "HITS=4 FINE" }, { "shade.frag", "WIRES FINE" }, { "shade.frag", " FINE" }, { "shade.frag", "NORMALS FINE" },
  { "field.frag", "STYLE=2 TRANSFER" }, { "field.frag", "STYLE=2 TRANSFER CUBIC" },
  { "sphere.frag", "TRANSPARENT" }, { "cylinder.frag", "TRANSPARENT" }, { "line.frag", "TRANSPARENT" },
  { "finish.frag", "SMOOTH" },    { "finish.frag", "OUTLINE" },
  { "finish.frag", "OUTLINE FIELD_OUTLINE" },
};

static void
test_validate (void)
{
  g_autofree char *validator = g_find_program_in_path ("glslangValidator");
  if (!validator)
    {
      g_test_skip ("glslangValidator is not installed (Debian: glslang-tools)");
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("cryofield-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      g_autofree char *text = cf_gl_shader_source (variants[i].file, variants[i].defines, &error);
      g_assert_no_error (error);
      g_autofree char *path = g_build_filename (folder, variants[i].file, NULL), *output = NULL;
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      char *argv[] = { validator, path, NULL };
      int status = 1;
      g_assert_true (g_spawn_sync (NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, &status, NULL));
      if (status != 0)
        {
          g_test_message ("%s (%s): %s", variants[i].file, variants[i].defines, output);
          g_test_fail ();
        }
      g_unlink (path);
    }
  g_rmdir (folder);
}

/* A shader folder that a developer names is read instead; a file that is missing there is an error, not a crash. */
static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (cf_gl_shader_source ("no-such.frag", "", &error));
  g_assert_nonnull (error);
  g_autofree char *text = cf_gl_shader_source ("hit.frag", "HITS=1 OTHER", NULL);
  g_assert_nonnull (strstr (text, "#version 330 core\n"));
  g_assert_nonnull (strstr (text, "#define HITS 1\n#define OTHER 1\n"));
  g_assert_null (strstr (text, "#include"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shaders/validate", test_validate);
  g_test_add_func ("/shaders/source", test_missing);
  return g_test_run ();
}
