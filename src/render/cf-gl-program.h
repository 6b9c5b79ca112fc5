/* cf-gl-program.h: shader programs: files with a #define preamble, compiled once a variant. Current GL context needed throughout. */
#pragma once

#include <epoxy/gl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct _CfGlPrograms CfGlPrograms;
CfGlPrograms *cf_gl_programs_new (void);
void cf_gl_programs_free (CfGlPrograms *programs);

/** The program of two files of /org/cryofield/shaders (or of CRYOFIELD_SHADER_DIR), compiled with `defines` ("STYLE=2 NAME", blanks
 * between) on first use. Its block Frame is bound to point 0, its samplers to the units of their names (cf_gl_unit). 0 and the
 * compiler's log on failure. */
GLuint cf_gl_programs_get (CfGlPrograms *programs, const char *vertex, const char *fragment, const char *defines, GError **error);

/** The text handed to the compiler: version, defines, includes expanded; for tests and validators. */
char *cf_gl_shader_source (const char *file, const char *defines, GError **error);

/** Texture units, the same in every program. */
typedef enum
{
  CF_GL_UNIT_FIELD,
  CF_GL_UNIT_COARSE,
  CF_GL_UNIT_BRICKS,
  CF_GL_UNIT_RANGES,
  CF_GL_UNIT_COLOUR,
  CF_GL_UNIT_DEPTH,
  CF_GL_UNIT_FIELD_DEPTH,
  CF_GL_UNIT_HITS,
  CF_GL_UNIT_NORMALS,
  CF_GL_UNIT_TRANSFER,
  CF_GL_UNIT_MARCHED,
  CF_GL_UNIT_FINE,
  CF_GL_N_UNITS
} CfGlUnit;

/** A side of a texture that has room for `size` and is no power of two, where `most` lets it: Mesa's software compiles programs apart for what they read of
 * sides that are, and a picture of changing detail, or a map whose sides are mixed, would meet one now and then. */
int cf_gl_side (int size, int most);

G_END_DECLS
