/* cf-session-private.h: what the parts of the session share: cf-session.c, -open.c, -train.c, -bake.c, -graph.c. */
#pragma once

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
  GMutex backend_lock;
  gboolean train_when_prepared;
  /* Loads outlive generations: a model may come while the map that it joins is being read. One that began before the present
   * document did does not replace it. */
  guint load_serial, document_serial;
  guint map_serial, model_serial; /* of the newest reading of the map and of the structure again */
  CfStructure *as_read;           /* the structure before at_c4 */
  /* training */
  guint starting; /* the generation whose trainer is being made; 0 none */
  CfTrainLink *link;
  CfRegionState *region_states;
  int n_region_states;
  GQueue bakes; /* regions whose box is to be filled */
  gboolean baking;
  int n_baked;
  gboolean trained; /* the trainer has ended; the walk follows the last bake */
  /* graph */
  gboolean walking;
  gboolean graphing;
  gboolean graph_wanted; /* a newer level came while one was at work */
  GCancellable *graph_cancellable;
  gboolean curving;
  gboolean curve_wanted;
  gboolean dragging;
  CfHolder *comparison, *curve; /* own what the state points to */
  CfHolder *trace;              /* CfTrace of the present field and structure: asked for once; NULL before */
  CfTrainOptions fitted;        /* what the present field was fitted with, where fitted_here */
  gboolean fitted_here;
  /* activity */
  int progress; /* atomic; of 10000 */
  guint progress_source;
  /* undo */
  GArray *levels; /* double */
  guint level_at;
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

/* cf-session-open.c */
void cf_session_prepare (CfSession *session);
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
void cf_session_walk (CfSession *session);
void cf_session_update_graph (CfSession *session);
void cf_session_update_curve (CfSession *session);

G_END_DECLS
