/* cf-cuda-private.h: the CUDA backend's own structs. cf-cuda.c opens devices and falls back, cf-cuda-query.c asks them, cf-cuda-crew.c and
 * cf-cuda-fit.c train. */
#pragma once

#include "cf-backend-private.h"
#include "cf-cuda-loader.h"

G_BEGIN_DECLS

typedef struct _CfCudaBackend CfCudaBackend;
typedef struct _CfCudaUnit CfCudaUnit;
typedef struct _CfCudaCrew CfCudaCrew;

/** A network on a device. */
typedef struct
{
  CfSiren *siren; /* a reference: the address is the key; NULL where the contents are unknown */
  CfCudaNet *net;
  guint64 used;   /* the unit's clock at its last use */
} CfCudaKept;

/** One device. */
struct _CfCudaUnit
{
  CfCudaBackend *backend;
  CfCudaDevice *device;
  char *name;
  gint failed; /* atomic */
  gsize budget; /* bytes for training */
  int lanes;
  /* queries, under query_mutex */
  GMutex query_mutex;
  gint n_waiting; /* atomic: those who wait for it */
  CfCudaQuery *query;
  CfCudaShape query_shape;
  int query_rows;
  gboolean told_no_room;
  GArray *nets; /* CfCudaKept */
  guint64 clock;
  /* training, under mutex */
  GMutex mutex;
  GCond changed;
  GPtrArray *crews; /* CfCudaCrew */
  int n_fits;
};

struct _CfCudaBackend
{
  CfBackend parent;
  const CfCudaModule *module;
  CfCudaPrecision precision;
  int n_units;
  CfCudaUnit *units;
  GMutex mutex; /* of what follows */
  GCond cpu_free;
  CfBackend *cpu; /* NULL until a device was lost */
  int cpu_fits;   /* epochs that it computes at present */
  char *notice;
  gpointer draws; /* atomic: the CfCudaUnit whose GL context was asked about last; NULL: none of ours */
};

/** Adds a line for cf_backend_take_notice (). */
void cf_cuda_tell (CfCudaBackend *backend, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** TRUE where the call went well or may be tried with less; a device that is lost is not used again, and that is told. */
gboolean cf_cuda_note (CfCudaUnit *unit, CfCudaStatus status, const char *message);
/** The device with the least to do; NULL where all are lost. */
CfCudaUnit *cf_cuda_choose (CfCudaBackend *backend);
/** Borrowed. */
CfBackend *cf_cuda_cpu (CfCudaBackend *backend, GError **error);

CfCudaShape cf_cuda_shape (const CfSirenShape *shape);

gboolean cf_cuda_eval (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error);
gboolean cf_cuda_field (CfBackend *backend, const CfField *field, gsize n, const double *xyz, float *value, float *gradient);
gboolean cf_cuda_bake (CfBackend *backend, const CfField *field, const CfGrid *grid, gsize first, gsize n, float *value);
gboolean cf_cuda_march (CfBackend *backend, const CfField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target);
gboolean cf_cuda_shares_gl (CfBackend *backend);
gboolean cf_cuda_ascend (CfBackend *backend, const CfField *field, const CfLandscapeView *samples, const CfAscentJob *job, GError **error);
gpointer cf_cuda_fine_new (CfBackend *backend, const CfField *field, const CfFineBox *box, CfProgressFunc progress, gpointer user_data,
                           GCancellable *cancellable, GError **error);
gboolean cf_cuda_fine_give (gpointer fine, CfFineTarget *target);
gboolean cf_cuda_fine_lost (gpointer fine);
void cf_cuda_fine_free (gpointer fine);
double cf_cuda_matrix_rate (CfBackend *backend);
void cf_cuda_unit_clear_queries (CfCudaUnit *unit);

/* -- what queries share: with the unit's query_mutex held, but for the first ------------------------------------------------------- */

/** The device that nobody asks at the moment, else the first; locked. NULL where all are lost. */
CfCudaUnit *cf_cuda_lock_unit (CfCudaBackend *backend);
/** The same of one device, lost or not. */
void cf_cuda_lock (CfCudaUnit *unit);
/** Whoever asks again and again lets those who wait for the device go first. */
void cf_cuda_unlock (CfCudaUnit *unit);
/** The query for networks of this shape, in unit->query. */
CfCudaStatus cf_cuda_get_query (CfCudaUnit *unit, const CfCudaShape *shape, char *message);
/** A network, which stays for as long as the unit's clock does not move. at_least: so many are kept. */
CfCudaStatus cf_cuda_get_net (CfCudaUnit *unit, CfSiren *siren, guint at_least, const CfCudaNet **out, char *message);
/** What a device is to do with a field: unit->query is ready. */
typedef CfCudaStatus (*CfCudaAsk) (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message);
/** Brings the field to a device that is locked, asks, and unlocks. What goes wrong is told, and CF_CUDA_OK is left for what went well. */
CfCudaStatus cf_cuda_ask (CfCudaUnit *unit, const CfField *field, const CfSiren *like, CfCudaAsk ask, gpointer data);
/** Any of the field's networks; NULL where there is none, or their shapes differ. */
const CfSiren *cf_cuda_common_shape (const CfField *field);
/** There is no less to ask for: networks are dropped, and it is told once. */
void cf_cuda_no_room (CfCudaUnit *unit, const char *message);

gboolean cf_cuda_loss_gradient (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                                float *gradient, GError **error);
CfFit *cf_cuda_fit_new (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                        GError **error);
void cf_cuda_fit_finish (CfFit *fit, gint64 from, gint64 steps);
gboolean cf_cuda_fit_epoch (CfFit *fit, int threads, double *loss, GCancellable *cancellable, GError **error);
CfSiren *cf_cuda_fit_weights (CfFit *fit, GError **error);
void cf_cuda_fit_get_state (CfFit *fit, CfFitState *out);
void cf_cuda_fit_set_state (CfFit *fit, const CfFitState *state);
void cf_cuda_fit_free (CfFit *fit);

/* -- a crew: the fits of one shape that a device computes together -------------------------------------------------------------- */

/** What a crew knows of a fit; embedded in it. Under the unit's mutex, but for what the arrays hold. */
typedef struct
{
  CfCudaCrew *crew;
  CfCudaSamples samples; /* arrays on the host, for as long as the fit lives */
  CfCudaState state;     /* as of the last epoch, or of the moment at which it was cancelled */
  int slot;              /* -1: none */
  int ticks_left, rows;
  gboolean running;      /* in an epoch */
  double sum;            /* of the last epoch: squared errors */
  unsigned n_epoch;      /* its samples */
} CfCudaMember;

/** The crew for this shape on the unit, made where there is none. */
CfCudaCrew *cf_cuda_crew_get (CfCudaUnit *unit, const CfCudaShape *shape, gboolean muon, unsigned samples, int rows);
void cf_cuda_crew_free (CfCudaCrew *crew);
/** One epoch, with all others that ask for one meanwhile. FALSE with the error where it was cancelled, without where the device is lost or has no
 * room: then the state is that before the epoch, or where it was last moved to the host within it. */
gboolean cf_cuda_crew_epoch (CfCudaMember *member, GCancellable *cancellable, GError **error);
void cf_cuda_crew_leave (CfCudaMember *member);

G_END_DECLS
