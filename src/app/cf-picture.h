/* cf-picture.h: the session as a scene: field, nodes, edges, atoms, region boxes, and how the user wants them. Main thread only. */
#pragma once

#include "cf-evaluator.h"
#include "cf-scene.h"
#include "cf-session.h"
#include "cf-trust.h"

G_BEGIN_DECLS

typedef enum
{
  CF_BOXES_TRAINING, /* while a fit runs */
  CF_BOXES_ALWAYS,
  CF_BOXES_NEVER
} CfBoxes;

typedef enum
{
  CF_BOX_COLOUR_STATE,
  CF_BOX_COLOUR_LOSS,      /* of the fit, over decades from 1e-6 to 1e-3 */
  CF_BOX_COLOUR_SEAM,      /* how far it and a neighbour disagree, rms; the same scale */
  CF_BOX_COLOUR_DIFFERENCE /* root mean square of field minus voxels, from none to twice the whole map's */
} CfBoxColour;

typedef struct
{
  CfStyle style;
  double opacity; /* of the surface */
  gboolean field, nodes, edges, atoms, all_atoms;
  CfBoxes boxes;
  CfColouring node_colouring, atom_colouring;
  CfBackground background;
  CfBoxColour box_colour;
  gboolean outline, depth_cue, orthographic;
  CfTransfer transfer;     /* of style volume; n = 0: none */
  double slice[3];         /* fraction of the map along each axis */
  double clip[2];          /* near and far: share of the map's depth that is cut off before, and that is left up to; 0 and 1: all is seen */
  gboolean plane;
  double plane_normal[3];  /* world, of length 1, towards what is cut off; 0: none was chosen */
  double plane_at;         /* share of the map that is cut off along the normal */
  gboolean second;
  double second_ratio;     /* of the level */
  gboolean difference;     /* field minus voxels in place of the field */
  double difference_level; /* by its root mean square */
  gboolean split;          /* the voxels left of a divider */
  CfFilter split_filter;
  double split_at;         /* share of the width */
} CfPictureOptions;

typedef struct
{
  CfScene *scene;
  CfSamples *samples; /* what the scene points into */
  CfSamples *other;   /* the same of the other side of a divider; NULL */
  guint samples_version;        /* of the session's, as the scene has them */
  guint graph_version;
  CfSamples *fine;              /* a part of the samples, sampled finer from fine_of; NULL */
  CfEvaluator *fine_of;
  CfTrust *trusts[CF_N_TRUSTS]; /* owned; NULL: not made */
  CfPictureOptions options; /* change, then cf_picture_update (..., CF_CHANGED_ALL) */
  guint32 selected;         /* pick id; 0 none */
  double marker[3];         /* A: where a finding is; NAN none */
  double measure[2][3];     /* A: two points whose distance is shown; NAN none */
  double edge_share;        /* of the graph's edges: so many will do for the next pictures; 1: all */
  double final;             /* share of the work that the networks themselves have done on the picture that is shown; NAN: none */
  const CfPaths *seeds;     /* borrowed: seeds that are shown on their way; NULL */
  double seeds_length;      /* A that they have gone */
  double film;              /* share of a film that is drawn; NAN: none */
  double writing;           /* share of what is written to files; NAN: nothing is */
  double detail;            /* A between the samples in view, where that is more than the pixels show; NAN */
  double finer;             /* share of the finer ones that is there; NAN: none are under way */
  char *hover;              /* what lies under the pointer; NULL */
  gboolean drawn;           /* set by who draws: the next change of samples starts a new dirty box */
} CfPicture;

CfPicture *cf_picture_new (void);
void cf_picture_free (CfPicture *picture);
/** FALSE where the picture is as it was. */
gboolean cf_picture_update (CfPicture *picture, const CfSessionState *state, CfSessionChange change);
/** World bounds of what is open, atoms, nodes and marks included: of the map what reaches the level where there is a graph, else all of it; FALSE when nothing is. */
gboolean cf_picture_bounds (const CfPicture *picture, const CfSessionState *state, double lo[3], double hi[3]);
/** Orthographic or not, and the clip planes, as the options have them. */
void cf_picture_clip (const CfPicture *picture, CfCamera *camera);
/** A finer part of the samples as they are, whose references it takes; NULL: none. A change of samples or field drops it. */
void cf_picture_set_fine (CfPicture *picture, const CfFinePart *part, CfSamples *samples, CfEvaluator *evaluator);
void cf_picture_drop_trust (CfPicture *picture, CfTrustKind kind);
/** A copy for another thread: its own arrays, the samples shared by reference (copied while they are still being filled). */
CfPicture *cf_picture_copy (const CfPicture *picture, gboolean copy_samples);

/** Colours of a region's state, also used by the list: sRGB. */
void cf_region_state_rgba (CfRegionState state, guint8 rgba[4]);

G_END_DECLS
