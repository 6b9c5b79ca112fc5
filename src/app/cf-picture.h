/* cf-picture.h: the session as a scene: field, nodes, edges, atoms, region boxes, and how the user wants them. Main thread only. */
#pragma once

#include "cf-scene.h"
#include "cf-session.h"

G_BEGIN_DECLS

typedef enum
{
  CF_BOXES_TRAINING, /* while a fit runs */
  CF_BOXES_ALWAYS,
  CF_BOXES_NEVER
} CfBoxes;

typedef struct
{
  CfStyle style;
  double opacity; /* of the surface */
  gboolean field, nodes, edges, atoms, all_atoms;
  CfBoxes boxes;
  CfColouring node_colouring, atom_colouring;
  CfBackground background;
} CfPictureOptions;

typedef struct
{
  CfScene *scene;
  CfSamples *samples; /* what the scene points into */
  CfPictureOptions options; /* change, then cf_picture_update (..., CF_CHANGED_ALL) */
  guint32 selected;         /* pick id; 0 none */
  double marker[3];         /* A: where a finding is; NAN none */
  gboolean drawn;           /* set by who draws: the next change of samples starts a new dirty box */
} CfPicture;

CfPicture *cf_picture_new (void);
void cf_picture_free (CfPicture *picture);
/** FALSE where the picture is as it was. */
gboolean cf_picture_update (CfPicture *picture, const CfSessionState *state, CfSessionChange change);
/** World bounds of what is open: what reaches the level where there is a graph, else the whole map; FALSE when nothing is. */
gboolean cf_picture_bounds (const CfPicture *picture, const CfSessionState *state, double lo[3], double hi[3]);
/** A copy for another thread: its own arrays, the samples shared by reference (copied while they are still being filled). */
CfPicture *cf_picture_copy (const CfPicture *picture, gboolean copy_samples);

/** Colours of a region's state, also used by the list: sRGB. */
void cf_region_state_rgba (CfRegionState state, guint8 rgba[4]);

G_END_DECLS
