/* cf-gl-field.h: the field of a scene as textures: samples, coarse means, and the bricks that say where nothing is. Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-scene.h"

G_BEGIN_DECLS

#define CF_GL_COARSE 4 /* samples a side of one texel of the coarse texture */
#define CF_GL_EMPTY -1.0f /* what NAN samples become; 0 in a difference */
#define CF_GL_LEVELS 2     /* surfaces at a time */

typedef struct
{
  GLuint samples, coarse, ranges, fine;
  guint64 serial, fine_serial; /* 0: there is no finer part */
  guint64 fine_wanted; /* the serial that was tried last: what a device could not give is not asked for at each frame */
  CfFinePart fine_part;
  int fine_dims[3];
  const float *source;
  int dims[3];       /* samples in the texture, */
  int sides[3];      /* which has a few more than that on some sides, like the last ones: cf_gl_side () */
  int side_most;     /* of a texture of this device */
  int source_dims[3];
  int stride;        /* 1, or more where the samples exceed what the device takes */
  int brick;         /* samples a side of a brick; it also counts the first samples of the next */
  int n_bricks[3];
  float *range;      /* [n_bricks][2] smallest, largest */
  gboolean difference; /* what counts is the size of a sample */
  CfFilter filter;
  float top;         /* d that stands for white: the largest of nearly all bricks */
  struct
  {
    GLuint bricks;     /* how many around are empty */
    double level;      /* that it was made for */
    double reach[2][3]; /* grid coordinates of the scene's field: the box of the bricks that are not empty */
    int occupied;      /* how it was made: CfGlOccupied + 1; 0 not yet */
  } at[CF_GL_LEVELS];
} CfGlField;

typedef enum
{
  CF_GL_OCCUPIED_ABOVE,   /* where any sample reaches the level */
  CF_GL_OCCUPIED_CROSSING /* where some do and some do not */
} CfGlOccupied;

void cf_gl_field_init (CfGlField *gl);
void cf_gl_field_clear (CfGlField *gl);
/** Uploads what changed since the last call. */
void cf_gl_field_update (CfGlField *gl, const CfSceneField *field, CfFilter filter, gboolean difference);
/** Uploads the finer part of a field, or drops it; after cf_gl_field_update () of the field. What is not empty there is not empty then. */
void cf_gl_field_set_fine (CfGlField *gl, const CfSceneField *field, const CfSceneField *fine, const CfFinePart *part);
/** Brings the empty-space distances of one of CF_GL_LEVELS to a level. */
void cf_gl_field_set_level (CfGlField *gl, int which, double level, CfGlOccupied occupied);

/** Distances, in bricks, to the nearest brick that is not 0 in `occupied` (Chebyshev, at most 255; 0 on it). No GL. */
void cf_gl_brick_distances (const int n[3], const guint8 *occupied, guint8 *distance);

G_END_DECLS
