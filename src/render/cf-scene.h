/* cf-scene.h: what is drawn: the field as baked samples, spheres, cylinders, boxes, and how. No GL here: plain data, made anywhere.
 * The renderer compares `serial`s to know what to upload again. */
#pragma once

#include "cf-camera.h"
#include "cf-compare.h"
#include "cf-field.h"
#include "cf-fine.h"
#include "cf-graph.h"
#include "cf-paths.h"
#include "cf-structure.h"
#include "cf-transfer.h"

G_BEGIN_DECLS

typedef enum
{
  CF_STYLE_SURFACE,
  CF_STYLE_MESH,
  CF_STYLE_VOLUME,
  CF_STYLE_MIP,
  CF_STYLE_SLICES
} CfStyle;
#define CF_N_STYLES 5
const char *cf_style_name (CfStyle style); /* "surface", ... */
gboolean cf_style_parse (const char *name, CfStyle *out);

typedef enum
{
  CF_BACKGROUND_DARK,
  CF_BACKGROUND_LIGHT,
  CF_BACKGROUND_WHITE
} CfBackground;

/** Samples of d on a grid (x fastest). NAN where there is nothing yet: drawn as empty. */
typedef struct
{
  CfGrid grid;
  float *samples;   /* owned by whoever made the scene; must live as long as the scene is drawn */
  guint64 serial;   /* changes when the samples do; 0: no field */
  int dirty_lo[3], dirty_hi[3]; /* what changed since the serial before, half open; all zero: everything */
  CfFineGive give;  /* of a finer part whose samples are NULL, because they lie on a device: called on the thread that draws, when the picture needs them */
  gpointer give_data;
} CfSceneField;

/** How a ray reads between the samples of a field. */
typedef enum
{
  CF_FILTER_LINEAR,
  CF_FILTER_NEAREST,
  CF_FILTER_CUBIC /* the samples are a cubic B-spline's coefficients */
} CfFilter;

typedef struct
{
  float pos[3]; /* A */
  float radius; /* A */
  guint8 rgba[4];
  guint32 pick; /* what it is: CF_PICK_NODE | index, CF_PICK_ATOM | index; 0 nothing */
} CfSphere;

typedef struct
{
  float a[3], b[3];
  float radius;
  guint8 rgba_a[4], rgba_b[4];
} CfCylinder;

typedef struct
{
  float corner[8][3]; /* A: bit 0 x, bit 1 y, bit 2 z */
  guint8 rgba[4];
} CfBox;

#define CF_PICK_NODE 0x40000000u
#define CF_PICK_ATOM 0x80000000u
#define CF_PICK_INDEX 0x3fffffffu

typedef struct _CfScene
{
  CfSceneField field;
  CfSceneField fine; /* a part of the field by samples that lie closer, for pictures in full detail, not of a difference: cf_fine_show () */
  CfFinePart fine_part;
  CfStyle style;
  double level;      /* d */
  float colour[4];   /* of the surface, straight alpha; grey 0.7 */
  double second_level;    /* d of a second surface, style surface; NAN: none */
  float second_colour[4];
  gboolean difference;    /* the samples are signed: drawn by their size, the sign as colour (Okabe-Ito blue and, striped, vermilion) */
  double plane[4];        /* A: only where plane[0..2] . xyz <= plane[3] is drawn; normal of length 1; all 0: everything */
  CfSceneField other;     /* a second field, in the left part of the picture */
  CfFilter other_filter;
  double split;           /* share of the width that shows `other`; 0: none of it */
  CfTransfer transfer; /* style volume, not of a difference; n = 0: the style's own look, made for the level */
  double slice[3];   /* fraction of the grid along each axis, style slices */
  CfBackground background;
  gboolean outline;  /* silhouettes */
  gboolean depth_cue;
  GArray *spheres;   /* CfSphere */
  GArray *cylinders; /* CfCylinder */
  double edge_share; /* so many of the cylinders that belong there are there, an even sample, for a frame of reduced detail; 1: all */
  GArray *boxes;     /* CfBox, drawn as lines */
  guint model_spheres, model_cylinders; /* so many, the first ones, are a structure's; what follows was found in the field, or is about it */
  guint64 molecules_serial; /* changes when spheres or cylinders do */
  guint64 boxes_serial;
} CfScene;

CfScene *cf_scene_new (void);
void cf_scene_free (CfScene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfScene, cf_scene_free)
/** World bounds of all that is drawn, for cf_camera_frame (): of the field, what reaches the level (all of it in style slices, or where
 * nothing does); FALSE when empty. Looks at the samples: not for every frame. */
gboolean cf_scene_bounds (const CfScene *scene, double lo[3], double hi[3]);

/** Looks at the same from azimuth and elevation as cf_camera_frame () does, but fits what is seen itself, not the box around it: for
 * pictures. The camera's centre becomes the middle of what is seen. FALSE when empty. */
gboolean cf_scene_frame (const CfScene *scene, CfCamera *camera, double azimuth, double elevation, double zoom);

typedef enum
{
  CF_COLOUR_PLAIN,
  CF_COLOUR_MATCH,       /* matched or not to a residue / node: Okabe-Ito blue and, smaller, vermilion */
  CF_COLOUR_PERSISTENCE,
  CF_COLOUR_DENSITY,
  CF_COLOUR_ELEMENT,
  CF_COLOUR_CHAIN
} CfColouring;

/** Replaces spheres and cylinders by the graph's nodes and edges and the structure's trace (or all atoms and bonds); each may be NULL. */
typedef struct
{
  const CfGraph *graph;
  const CfStructure *structure;
  const CfComparison *comparison; /* for CF_COLOUR_MATCH */
  CfColouring node_colouring, atom_colouring;
  gboolean edges;
  double edge_share; /* of the edges: an even sample will do; 0 or 1: all */
  gboolean all_atoms; /* else the C-alpha / P trace */
} CfMolecules;
void cf_scene_set_molecules (CfScene *scene, const CfMolecules *molecules);
/** Adds seeds on their way, after cf_scene_set_molecules (): all have gone `length` A of their path. Each is a sphere where it is, with the way
 * that it came behind it; one that has arrived is larger than those under way, and of another colour. Empty paths are left out. */
void cf_scene_add_seeds (CfScene *scene, const CfPaths *paths, double length);
/** From dark blue over grey to yellow for 0 to 1: lightness rises evenly, and the hues are safe for colour-blind readers. */
void cf_colour_of_value (double value, guint8 rgb[3]);
/** The box of a region of the field. */
void cf_box_from_region (CfBox *box, const CfField *field, int region, const guint8 rgba[4]);

G_END_DECLS
