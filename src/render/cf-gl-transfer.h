/* cf-gl-transfer.h: a transfer function as a texture of running integrals over d, so that a step along a ray counts each density between
 * its two ends, however thin a shell is (Engel and others 2001, without their second axis). Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-transfer.h"

G_BEGIN_DECLS

typedef struct
{
  GLuint table; /* 1537 x 1, RGBA: colour times extinction, extinction / A; integrated from d = -0.125 on to 1.375 */
  CfTransfer of;
} CfGlTransfer;

void cf_gl_transfer_clear (CfGlTransfer *gl);
/** Makes and binds the table of a function with points. */
void cf_gl_transfer_update (CfGlTransfer *gl, const CfTransfer *transfer);

G_END_DECLS
