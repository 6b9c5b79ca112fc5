/* cf-gl-planes.h: the picture as it grows. Two framebuffers share its colours and picks, each with a depth of its own, so that the
 * field can read the depth of what is solid while it writes its own. Current GL context needed. */
#pragma once

#include <epoxy/gl.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GLuint solid, field, rays, finished; /* framebuffers */
  GLuint colour, pick, solid_depth, field_depth, hits, finished_colour, marched, normals;
} CfGlPlanes;

/** Replaces what is there; on failure what is there may be incomplete. */
gboolean cf_gl_planes_make (CfGlPlanes *planes, int width, int height, GError **error);
void cf_gl_planes_clear (CfGlPlanes *planes);
/** Makes `marched` and `normals`, which only final pictures need. */
void cf_gl_planes_need_final (CfGlPlanes *planes, int width, int height);

/** Rows of pixels that were read from OpenGL, whose lowest comes first, from the top. */
void cf_gl_turn_over (guint8 *pixels, gsize stride, int rows);

G_END_DECLS
