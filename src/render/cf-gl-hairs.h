/* cf-gl-hairs.h: many cylinders thinner than a pixel as lines of one, for frames of reduced detail: a fifth of the corners' cost of strips on Mesa's
 * software. Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-scene.h"

G_BEGIN_DECLS

typedef struct
{
  GLuint array, buffer;
  GLsizei n; /* lines */
} CfGlHairs;

void cf_gl_hairs_init (CfGlHairs *hairs);
void cf_gl_hairs_clear (CfGlHairs *hairs);
/** Replaces what is drawn. */
void cf_gl_hairs_take (CfGlHairs *hairs, const CfCylinder *cylinders, gsize n);
/** With the program of hair.vert and hair.frag. */
void cf_gl_hairs_draw (const CfGlHairs *hairs);

G_END_DECLS
