/* cf-gl-molecules.h: spheres, cylinders and box edges as instances. Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-gl-program.h"
#include "cf-scene.h"

G_BEGIN_DECLS

typedef struct
{
  GLuint array, buffer;
  GLsizei n, opaque; /* of n, those that come first */
  guint64 serial;
  const void *source;
} CfGlInstances;

typedef struct
{
  CfGlInstances spheres, cylinders, edges;
} CfGlMolecules;

void cf_gl_molecules_init (CfGlMolecules *gl);
void cf_gl_molecules_clear (CfGlMolecules *gl);
void cf_gl_molecules_update (CfGlMolecules *gl, const CfScene *scene);
/** What is opaque, into the bound framebuffer; the block Frame must be bound. */
gboolean cf_gl_molecules_draw (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error);
/** What is transparent, after the field, whose depth is bound: of each pixel the nearest only, so that no order is needed. */
gboolean cf_gl_molecules_draw_transparent (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error);

G_END_DECLS
