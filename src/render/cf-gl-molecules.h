/* cf-gl-molecules.h: spheres, cylinders and box edges of a scene. Current GL context needed. */
#pragma once

#include "cf-gl-hairs.h"
#include "cf-gl-instances.h"
#include "cf-gl-program.h"
#include "cf-scene.h"

G_BEGIN_DECLS

typedef struct
{
  CfGlInstances spheres, cylinders, edges;
  CfGlHairs hairs; /* of the frame: what of the cylinders is drawn so */
  float point_max; /* pixels: the largest point that the device draws */
  double bounds[2][3]; /* A: around spheres and cylinders; the first above the second where there are none */
  double there;    /* share of the cylinders that the scene has: CfScene */
  double shown;    /* of the frame: share of the cylinders in view that it draws, of all there would be */
  double wider;    /* of the frame: how much wider thin cylinders are drawn, as they stand for others */
} CfGlMolecules;

void cf_gl_molecules_init (CfGlMolecules *gl);
void cf_gl_molecules_clear (CfGlMolecules *gl);
void cf_gl_molecules_update (CfGlMolecules *gl, const CfScene *scene);
/** Before a frame is drawn: what of it lies in the picture, in which way it is drawn, and, below full detail, which part of many things. Of many
 * spheres those that others hide are left out. */
void cf_gl_molecules_frame (CfGlMolecules *gl, const CfGlFrame *frame, double detail);
/** What is opaque, into the bound framebuffer; the block Frame must be bound. */
gboolean cf_gl_molecules_draw (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error);
/** What is transparent, after the field, whose depth is bound: of each pixel the nearest only, so that no order is needed. */
gboolean cf_gl_molecules_draw_transparent (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error);

G_END_DECLS
