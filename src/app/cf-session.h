/* cf-session.h: the document and the pipeline as state: what is open, how far it is, and the workers that carry it on. Main thread
 * only. Widgets read cf_session_state () and follow the signal "changed"; nothing here blocks. */
#pragma once

#include <gio/gio.h>

#include "cf-compare.h"
#include "cf-curve.h"
#include "cf-emdb.h"
#include "cf-findings.h"
#include "cf-plot.h"
#include "cf-replay.h"
#include "cf-samples.h"
#include "cf-trainer.h"

G_BEGIN_DECLS

#define CF_TYPE_SESSION (cf_session_get_type ())
G_DECLARE_FINAL_TYPE (CfSession, cf_session, CF, SESSION, GObject)

/** The argument of "changed": what is different now. */
typedef enum
{
  CF_CHANGED_DOCUMENT = 1 << 0, /* volume, structure, header, numbers of the map, options */
  CF_CHANGED_TRAINING = 1 << 1, /* progress of regions */
  CF_CHANGED_SAMPLES = 1 << 2,  /* what the picture shows of the field; see dirty_lo, dirty_hi */
  CF_CHANGED_LEVEL = 1 << 3,
  CF_CHANGED_GRAPH = 1 << 4,    /* graph, comparison, findings, or whether they are stale */
  CF_CHANGED_CURVE = 1 << 5,
  CF_CHANGED_ACTIVITY = 1 << 6,
  CF_CHANGED_ALL = (1 << 7) - 1
} CfSessionChange;

/** Read only. Pointers are borrowed and valid until control returns to the main loop. */
typedef struct
{
  /* what is open */
  CfVolume *volume; /* NULL for a neural map without its source */
  CfStructure *structure;
  CfEmdbHeader *header;
  char *title; /* NULL: nothing is open */
  char *field_path; /* of an opened neural map */
  gboolean demo;
  int stack_volume; /* of a stack of volumes, from 0 */
  gboolean at_c4;   /* nucleotides stand at C4' instead of P */
  double contour;    /* author's, file units; NAN */
  double resolution; /* A; NAN */
  gboolean prepared; /* the next four are there */
  CfNormalisation normalisation;
  guint64 histogram[CF_HISTOGRAM_BINS];
  CfPartition partition;
  gint64 n_voxels; /* of the crop */
  /* how to train */
  gboolean crop;
  gboolean has_box; /* instead of that crop only what lies in: */
  double box[6];    /* x0, y0, z0, x1, y1, z1, A; zeros without */
  CfRecipeKind recipe;
  int max_epochs; /* 0: the recipe's */
  guint64 seed;
  /* training */
  CfTrainer *trainer; /* NULL before the first */
  CfTrainerProgress training;
  CfField *field; /* what is trained so far; NULL */
  /* the picture */
  CfSamples *samples; /* NULL */
  CfReplay *replay;    /* what the fit did to them so far; NULL where none was made here */
  guint samples_version; /* counts their changes */
  gboolean samples_all; /* everything changed, else the box below (half open) */
  int dirty_lo[3], dirty_hi[3];
  gboolean sampling_stopped; /* by the user, before every region had its samples: no seeds climb until cf_session_sample_on () is through */
  /* from the field to the numbers */
  CfEvaluator *evaluator;
  gboolean walking;      /* seeds climb */
  gboolean walk_stopped; /* they were stopped, or failed, before all had: no more climb until cf_session_walk_on (), but those that a level asks for */
  CfSweep *sweep;
  double plateau, plateau_lo, plateau_hi; /* d; NAN */
  gboolean has_level;
  CfLevel level;
  double adjacency; /* A; 0: by the resolution */
  guint min_component;
  CfGraph *graph;
  CfComparison *comparison;
  guint graph_version; /* counts graphs and comparisons that took the place of others */
  gboolean graph_stale, comparison_stale;
  CfCurve *curve;
  gboolean curve_stale;
  CfFindings *findings; /* of the comparison; NULL without */
  /* what the workers do */
  const char *activity; /* NULL: at rest */
  double fraction;      /* of it; < 0 unknown */
} CfSessionState;

/** Whether seeds have climbed from as low as a walk begins unless asked for less: what a plateau is looked for in. */
gboolean cf_session_is_walked (const CfSessionState *state);
/** Whether the voxels in use are those of a box that was asked for: mu and sigma are of the whole map then. */
gboolean cf_session_is_of_part (const CfSessionState *state);
/** Whether seeds have climbed from as low as the level in use; then there is a graph of it, or one on its way. */
gboolean cf_session_is_level_walked (const CfSessionState *state);
/** How many there are; 0 without a comparison. */
gsize cf_session_n_findings (const CfSessionState *state);
/** "A/Leu 45 CA: no node, density 0.65", "node 12: no atom within 3 A, lives over 0.71 of the levels"; new string. */
char *cf_session_finding_text (const CfSessionState *state, const CfFinding *finding);

CfSession *cf_session_new (void);
const CfSessionState *cf_session_state (CfSession *session);

/* signals: "changed" (guint CfSessionChange), "message" (gboolean is_error, const char *text) */

/** Opens maps, models, EMDB headers and neural maps, each recognised by its content, together. Errors come by "message". */
void cf_session_open (CfSession *session, const char *const *paths);
/** What is to be chosen with what is opened, in place of what a new document begins with. */
typedef struct
{
  gboolean demo; /* the demonstration's map and model come with the paths; not trained by itself */
  gboolean by_nstart;
  int stack_volume, model; /* from 0 */
  gboolean at_c4, crop;
  gboolean has_box;
  double box[6];              /* A */
  double contour, resolution; /* file units, A; NAN: as the files have them */
  double level;               /* file units; NAN: where levels begin */
  CfRecipeKind recipe;
  double adjacency;
  guint min_component;
} CfSessionChoices;
/** cf_session_open () of what was open before: a session file's. */
void cf_session_open_with (CfSession *session, const char *const *paths, const CfSessionChoices *choices);
/** Simulates the demonstration's map, and trains it. */
void cf_session_open_demo (CfSession *session);
void cf_session_close (CfSession *session);
gboolean cf_session_is_open (CfSession *session);

/** Whether the map may be read again: it is a file, and nothing is fitted to it. */
gboolean cf_session_can_reload (CfSession *session);
/** Reads the map again, placed by NSTART or by ORIGIN; or another volume of its stack. All else stays as it is. */
void cf_session_set_placement (CfSession *session, gboolean by_nstart);
void cf_session_set_stack_volume (CfSession *session, int volume);
/** Reads another model of the structure's file, from 0. */
void cf_session_set_model (CfSession *session, int model);
/** Nucleotides stand at their C4' instead of their P: in the comparison, its curves and the picture. */
void cf_session_set_at_c4 (CfSession *session, gboolean at_c4);
void cf_session_set_contour (CfSession *session, double file_units); /* NAN: none */
void cf_session_set_crop (CfSession *session, gboolean crop);
/** The next fit is of what lies in x0, y0, z0, x1, y1, z1 (A; kept to 0.001 A, as commands write it), whatever the crop; NULL: no longer. The level means
 * what it meant. CF_ERROR_ARGUMENT where the box leaves no voxel of the map; nothing changes then. */
gboolean cf_session_set_part (CfSession *session, const double box[6], GError **error);
void cf_session_set_recipe (CfSession *session, CfRecipeKind recipe);
void cf_session_set_max_epochs (CfSession *session, int epochs);
void cf_session_set_graph_options (CfSession *session, double adjacency, guint min_component);

/** What the next fit, bake and walk run on: a name and threads of cf_backend_open (); what runs keeps what it has. */
void cf_session_set_device (CfSession *session, const char *name, int threads);
/** Fits under way are kept in the user's state folder, by map and options, this often (s; default 20; 0: at the end of every epoch): training the same
 * map again after the program was killed goes on from there, and says so. */
void cf_session_set_checkpoint_every (CfSession *session, double seconds);
gboolean cf_session_can_train (CfSession *session);
void cf_session_train (CfSession *session); /* goes on from what is trained in part; a complete field is trained anew */
void cf_session_pause (CfSession *session, gboolean pause);
void cf_session_cancel (CfSession *session);
/** A file is being read, or the demonstration made. */
gboolean cf_session_is_loading (CfSession *session);
/** What is open stays as it is. */
void cf_session_stop_loading (CfSession *session);
void cf_session_prefer_region (CfSession *session, int region);
/** What waits is trained by falling priority; cf_session_prefer_region () stands above it. */
void cf_session_set_region_priorities (CfSession *session, const double *priorities, int n);

/** Whether regions of a fitted or an opened field are sampled, which the walk of the seeds waits for. */
gboolean cf_session_is_sampling (CfSession *session);
/** Regions that have their samples keep them. Nothing where none are sampled. */
void cf_session_stop_sampling (CfSession *session);
/** The regions that are left, after a stop, and then the walk. */
void cf_session_sample_on (CfSession *session);

/** Whether seeds are left that could climb now, and none do. */
gboolean cf_session_can_walk (CfSession *session);
/** Those that are left, after a stop. */
void cf_session_walk_on (CfSession *session);
/** Seeds that climb are given up: what was there before stays, and a graph of another level is stale. A level that is set lower than the last walk began
 * walks what lies between, no more. */
void cf_session_stop_walk (CfSession *session);

/** settled: the user let go; FALSE while dragging. */
void cf_session_set_level (CfSession *session, double normalised, gboolean settled);
/** By a fraction of the level axis of the plots: keys and wheel. Settles by itself when they stop. */
void cf_session_nudge_level (CfSession *session, double fraction);
/** It is dragged or nudged, and not settled yet. */
gboolean cf_session_is_moving_level (CfSession *session);
/** While it moves: us by the clock from a level to its graph, as the last one took; 0 where it stands, or where graphs do not follow so. */
gint64 cf_session_follow_time (CfSession *session);
/** A graph that follows is on its way, so that a picture of the new level with the nodes of the last one need not be drawn. */
gboolean cf_session_is_following (CfSession *session);

/** A reference to what has no count of its own. Thread safe. */
typedef struct
{
  gpointer data;
  GDestroyNotify free_data;
} CfHolder;
CfHolder *cf_holder_new (gpointer data, GDestroyNotify free_data);
CfHolder *cf_holder_ref (CfHolder *holder);
void cf_holder_unref (CfHolder *holder);

/** Everything that an export needs, with its own references; free it on any thread. */
typedef struct
{
  gboolean demo;
  CfVolume *volume;
  CfStructure *structure;
  CfEmdbHeader *header;
  CfField *field;
  CfEvaluator *evaluator;
  CfSamples *samples; /* all of the field on cf_walk_grid (); NULL where they are not */
  CfSweep *sweep;
  CfGraph *graph;
  CfHolder *comparison, *curve; /* NULL, or of CfComparison and CfCurve */
  CfLevel level;
  double adjacency;
  guint min_component;
  CfTrainOptions training; /* that the field was fitted with here; of a field from a file: what the next fit would be */
  gboolean fitted_here;
  char *field_path;
  int stack_volume;
  gboolean at_c4;
} CfDocument;
CfDocument *cf_session_take_document (CfSession *session);
void cf_document_free (CfDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfDocument, cf_document_free)

G_END_DECLS
