/* cf-session-private.h: what the parts of the session share: cf-session.c, -open.c, -train.c, -bake.c, -graph.c, -follow.c. */
#pragma once

#include "cf-follow.h"
#include "cf-session.h"

G_BEGIN_DECLS

typedef struct _CfTrainLink CfTrainLink;

struct _CfSession
{
  GObject parent_instance;
  CfSessionState s;
  /* A document, or a new fit of it, has its own number: what workers bring for an older one is dropped. */
  guint generation;
  GCancellable *cancellable; /* of the generation */
  CfBackend *backend;        /* under backend_lock */
  char *device;              /* NULL: "auto"; and threads, under backend_lock */
  int threads;
  GMutex backend_lock;
  gboolean train_when_prepared;
  double level_wanted; /* file units: of the document that is being prepared; NAN: where levels begin */
  /* Loads outlive generations: a model may come while the map that it joins is being read. One that began before the present
   * document did does not replace it. */
  guint load_serial, document_serial;
  int loading; /* how many */
  GCancellable *load_cancellable; /* of all that are under way */
  guint map_serial, model_serial; /* of the newest reading of the map and of the structure again */
  CfStructure *as_read;           /* the structure before at_c4 */
  /* training */
  guint starting; /* the generation whose trainer is being made; 0 none */
  CfTrainLink *link;
  CfRegionState *region_states;
  int n_region_states;
  GQueue bakes; /* regions whose box is to be filled */
  double checkpoint_every; /* s */
  /* regions under way, as they are now */
  int *shown_epochs;   /* [n_region_states]: of the weights that the picture has */
  CfField *running;    /* where there is something to show; NULL */
  GQueue previews;     /* its regions whose weights moved */
  gint64 preview_next; /* monotonic us: not before */
  gboolean baking;
  GCancellable *bake_cancellable; /* of the region at work; NULL: none is */
  int n_baked;
  gboolean trained; /* the trainer has ended; the walk follows the last bake */
  /* graph */
  GCancellable *walk_cancellable; /* of the walk at work */
  gboolean graphing;
  gboolean following; /* the graph in work is made by `follow` */
  gboolean graph_wanted; /* a newer level came while one was at work */
  GCancellable *graph_cancellable;
  gboolean curving;
  gboolean curve_wanted;
  gboolean dragging;
  CfHolder *comparison, *curve; /* own what the state points to */
  CfHolder *trace;              /* CfTrace of the present field and structure: asked for once; NULL before */
  CfFollow *follow;             /* of a bar that is dragged; NULL before it is ready */
  gboolean readying;
  gint64 follow_time;           /* us: what the last move with it took; 0 before */
  CfTrainOptions fitted;        /* what the present field was fitted with, where fitted_here */
  gboolean fitted_here;
  /* activity */
  int progress; /* atomic; of 10000 */
  guint progress_source;
  guint settle_source;
};

/** The generation, a reference of the session and what the worker reads and writes; the start of every job's data. */
typedef struct
{
  CfSession *session;
  guint generation;
} CfJob;

void cf_job_init (CfJob *job, CfSession *session);
void cf_job_clear (CfJob *job);
gboolean cf_job_is_current (const CfJob *job);

void cf_session_changed (CfSession *session, CfSessionChange change);
void cf_session_message (CfSession *session, gboolean is_error, const char *text);
/** Says an error unless it is a cancellation. */
void cf_session_error (CfSession *session, const GError *error);
/** New generation: running workers are cancelled, their results will be dropped. */
void cf_session_next_generation (CfSession *session);
/** The calling worker, and every thread that it starts, gives way to the window: frames of a software rasteriser need the cores too. */
void cf_session_give_way (void);
/** Any thread: opens the backend at first use. */
CfBackend *cf_session_backend (CfSession *session, GError **error);
void cf_session_set_activity (CfSession *session, const char *activity, double fraction);
/** A CfProgressFunc; user_data is the session. Any thread. */
void cf_session_progress (double fraction, gpointer user_data);

/* cf-session.c */
/** Whether the box (A) holds voxels of the map; else CF_ERROR_ARGUMENT. TRUE without a map. */
gboolean cf_session_is_part (CfSession *session, const double box[6], GError **error);
/* cf-session-open.c */
void cf_session_prepare (CfSession *session);
/** The voxels in use are these now: their numbers, and the level in them. histogram: NULL where it is still that of them. */
void cf_session_use_voxels (CfSession *session, const CfNormalisation *normalisation, const CfPartition *partition, const guint64 *histogram);
/* cf-session-train.c */
CfTrainOptions cf_session_train_options (CfSession *session);
void cf_session_drop_training (CfSession *session);
/* cf-session-bake.c */
/** All NAN, on the grid of the walk, or where that is too much for the picture on every second, fourth ... of its points. */
CfSamples *cf_session_samples_new (const CfField *field);
/** The next region that waits, where none is at work; after the last one of a finished fit: the walk. */
void cf_session_bake_next (CfSession *session);
void cf_session_bake_all (CfSession *session);
/* cf-session-graph.c */
void cf_session_set_comparison (CfSession *session, CfComparison *comparison);
void cf_session_set_curve (CfSession *session, CfCurve *curve);
void cf_session_drop_graph (CfSession *session);
/** Seeds that have not climbed, unless the user stopped them. */
void cf_session_walk (CfSession *session);
/** After a stop: those that the level in use asks for. */
void cf_session_walk_to_level (CfSession *session);
void cf_session_update_graph (CfSession *session);
void cf_session_update_curve (CfSession *session);
/* cf-session-follow.c */
/** What follows the bar with the present sweep, model and options; NULL where that is not ready. Borrowed. */
CfFollow *cf_session_get_follow (CfSession *session);
/** Makes it ready, in a worker, unless it is. */
void cf_session_ready_follow (CfSession *session);
/** A CfDensityFunc; user_data is a CfSamples. */
float cf_session_sampled_density (const double pos[3], gpointer user_data);

G_END_DECLS
