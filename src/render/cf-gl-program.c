#include "cf-gl-program.h"

#include <gio/gio.h>
#include <string.h>

#include "cf-error.h"
#include "cf-render-resources.h"
#include "cf-words.h"

#define SHADER_PATH "/org/cryofield/shaders/"

struct _CfGlPrograms
{
  GHashTable *by_variant; /* "vertex fragment defines" -> GLuint */
};

static const char *const unit_names[CF_GL_N_UNITS] = { "field", "coarse", "bricks", "ranges", "scene_colour", "scene_depth", "field_depth", "hits", "normals",
                                                      "transfer", "marched", "fine_field" };

CfGlPrograms *
cf_gl_programs_new (void)
{
  CfGlPrograms *programs = g_new0 (CfGlPrograms, 1);
  programs->by_variant = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return programs;
}

void
cf_gl_programs_free (CfGlPrograms *programs)
{
  if (!programs)
    return;
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, programs->by_variant);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    glDeleteProgram (GPOINTER_TO_UINT (value));
  g_hash_table_unref (programs->by_variant);
  g_free (programs);
}

static char *
shader_load (const char *file, GError **error)
{
  const char *folder = g_getenv ("CRYOFIELD_SHADER_DIR");
  if (folder && *folder)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);
      char *text = NULL;
      return g_file_get_contents (path, &text, NULL, error) ? text : NULL;
    }
  /* A static library's constructors are dropped by the linker where nothing names them; so the bundle is asked for by name. */
  g_autofree char *path = g_strconcat (SHADER_PATH, file, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (cf_render_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (!bytes)
    return NULL;
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  return g_strndup (data, n);
}

static gboolean
shader_append (GString *out, const char *file, int number, GError **error)
{
  g_autofree char *text = shader_load (file, error);
  if (!text)
    return FALSE;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i]; i++)
    {
      if (!g_str_has_prefix (lines[i], "#include \""))
        {
          g_string_append_printf (out, "%s\n", lines[i]);
          continue;
        }
      g_auto (GStrv) parts = g_strsplit (lines[i], "\"", 3);
      g_string_append_printf (out, "#line 1 %d\n", number + 1);
      if (!shader_append (out, parts[1], number + 1, error))
        return FALSE;
      g_string_append_printf (out, "#line %d %d\n", i + 2, number);
    }
  return TRUE;
}

char *
cf_gl_shader_source (const char *file, const char *defines, GError **error)
{
  g_autoptr (GString) out = g_string_new ("#version 330 core\n");
  if (g_str_has_suffix (file, ".frag"))
    g_string_append (out, "#define FRAGMENT 1\n");
  g_auto (GStrv) words = g_strsplit (defines ? defines : "", " ", -1);
  for (int i = 0; words[i]; i++)
    {
      if (!*words[i])
        continue;
      char *equals = strchr (words[i], '=');
      if (equals)
        *equals = ' ';
      g_string_append_printf (out, "#define %s%s\n", words[i], equals ? "" : " 1");
    }
  g_string_append (out, "#line 1 0\n");
  if (!shader_append (out, file, 0, error))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static GLuint
shader_compile (GLenum kind, const char *file, const char *defines, GError **error)
{
  g_autofree char *text = cf_gl_shader_source (file, defines, error);
  if (!text)
    return 0;
  GLuint shader = glCreateShader (kind);
  glShaderSource (shader, 1, (const GLchar *const[]){ text }, NULL);
  glCompileShader (shader);
  GLint ok = GL_FALSE;
  glGetShaderiv (shader, GL_COMPILE_STATUS, &ok);
  if (ok)
    return shader;
  char log[4096] = "";
  glGetShaderInfoLog (shader, sizeof log, NULL, log);
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("shader %s (%s) does not compile: %s"), file, defines ? defines : "", log);
  glDeleteShader (shader);
  return 0;
}

static GLuint
program_link (const char *vertex, const char *fragment, const char *defines, GError **error)
{
  GLuint vs = shader_compile (GL_VERTEX_SHADER, vertex, defines, error);
  if (!vs)
    return 0;
  GLuint fs = shader_compile (GL_FRAGMENT_SHADER, fragment, defines, error);
  if (!fs)
    {
      glDeleteShader (vs);
      return 0;
    }
  GLuint program = glCreateProgram ();
  glAttachShader (program, vs);
  glAttachShader (program, fs);
  glLinkProgram (program);
  glDeleteShader (vs);
  glDeleteShader (fs);
  GLint ok = GL_FALSE;
  glGetProgramiv (program, GL_LINK_STATUS, &ok);
  if (ok)
    return program;
  char log[4096] = "";
  glGetProgramInfoLog (program, sizeof log, NULL, log);
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("shaders %s and %s (%s) do not link: %s"), vertex, fragment, defines ? defines : "", log);
  glDeleteProgram (program);
  return 0;
}

GLuint
cf_gl_programs_get (CfGlPrograms *programs, const char *vertex, const char *fragment, const char *defines, GError **error)
{
  g_autofree char *key = g_strdup_printf ("%s %s %s", vertex, fragment, defines ? defines : "");
  GLuint program = GPOINTER_TO_UINT (g_hash_table_lookup (programs->by_variant, key));
  if (program)
    return program;
  program = program_link (vertex, fragment, defines, error);
  if (!program)
    return 0;
  GLuint block = glGetUniformBlockIndex (program, "Frame");
  if (block != GL_INVALID_INDEX)
    glUniformBlockBinding (program, block, 0);
  glUseProgram (program);
  for (int i = 0; i < CF_GL_N_UNITS; i++)
    {
      GLint at = glGetUniformLocation (program, unit_names[i]);
      if (at >= 0)
        glUniform1i (at, i);
    }
  g_hash_table_insert (programs->by_variant, g_steal_pointer (&key), GUINT_TO_POINTER (program));
  return program;
}

int
cf_gl_side (int size, int most)
{
  int side = size;
  while (side < most && (side & (side - 1)) == 0)
    side++;
  return (side & (side - 1)) == 0 ? size : side;
}
