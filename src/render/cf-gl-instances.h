/* cf-gl-instances.h: spheres, cylinders or lines in a buffer of the device, and those of them that a frame draws. Current GL context
 * needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-clumps.h"

G_BEGIN_DECLS

#define CF_GL_WAYS 4 /* of drawing the same things */

typedef struct
{
  struct
  {
    int n; /* 0: no more */
    GLenum type;
    gsize offset;
  } attribute[4];
  gsize stride;
  gsize alpha[2]; /* where its alphas are; the second as the first where there is one */
  CfClumpReach reach;
} CfGlLayout;

typedef struct
{
  GLuint array;
  GLuint opaque_ones, others; /* buffers: in order */
  GLuint stream[CF_GL_WAYS];  /* buffers: what a frame draws in each way; each begins at nought, as GL 3.3 has no first instance and
                               * Mesa's software compiles a program anew for each place in a buffer that it is drawn from */
  GLsizei n, opaque; /* of n, those that come first */
  guint64 serial;
  const void *source;
  CfClumps clumps;      /* of the opaque ones */
  guint32 *order;       /* [n] indices of things: the opaque ones, clump by clump, then the others */
  const guint8 *things; /* borrowed until the next update */
  gboolean uploaded;    /* all of them, in that order */
  double bounds[2][3];  /* A: around all; the first above the second where there are none */
  /* of the frame: */
  gboolean streamed;        /* its opaque ones are in `stream`, else all in one way */
  GLsizei part[CF_GL_WAYS]; /* how many are drawn in each way */
} CfGlInstances;

void cf_gl_instances_init (CfGlInstances *gl);
void cf_gl_instances_clear (CfGlInstances *gl);
/** Takes `data`, what is opaque first and clump by clump, where `source` or serial are others than before; to be called for each frame,
 * which borrows it. */
void cf_gl_instances_update (CfGlInstances *gl, const CfGlLayout *layout, const GArray *source, guint64 serial, const GArray *data);
gboolean cf_gl_instances_are_stale (const CfGlInstances *gl, const GArray *source, guint64 serial);

/** In which way the things of a clump are drawn. */
typedef int (*CfGlWayOf) (gconstpointer data, const CfClump *clump, const CfClumpView *view);

/** How many of the opaque ones lie in clumps that a frame shows. */
gsize cf_gl_instances_in_view (const CfGlInstances *gl, const CfGlFrame *frame);
/** Chooses what of the opaque ones a frame draws, and how: of each clump in view a share. How many; *chosen: those, way after way, to be
 * passed on, or some of them, to cf_gl_instances_stream (); NULL where they are all of them in one way, and are drawn as they were uploaded. */
gsize cf_gl_instances_choose (CfGlInstances *gl, const CfGlLayout *layout, const CfGlFrame *frame, double share, CfGlWayOf way,
                              gconstpointer data, guint8 **chosen);
void cf_gl_instances_stream (CfGlInstances *gl, const CfGlLayout *layout, gconstpointer chosen);
/** The opaque ones, in order. */
guint8 *cf_gl_instances_gather (const CfGlInstances *gl, const CfGlLayout *layout);
/** Uploads all of them, unless they are there. */
void cf_gl_instances_upload (CfGlInstances *gl, const CfGlLayout *layout);

/** How many that draws. */
gsize cf_gl_instances_count (const CfGlInstances *gl, int way);
/** Draws the opaque ones of a way, or (way < 0) the transparent ones: as `corners` of a triangle strip each, or as a point where corners
 * is 1. */
void cf_gl_instances_draw (const CfGlInstances *gl, const CfGlLayout *layout, int way, int corners);

G_END_DECLS
