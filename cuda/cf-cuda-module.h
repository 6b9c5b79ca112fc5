/* cf-cuda-module.h: what the CUDA module offers to the program that opens it at run time. Plain C without GLib, so that the module builds where
 * only nvcc is. The program's side is src/compute/cf-cuda.c.
 *
 * Threads: calls on one trainer, and on one query, are made by one thread at a time; different objects may be used at once. Every call that can
 * fail returns a status and leaves one line in message. After CF_CUDA_LOST the device answers no more in this process. */
#pragma once

#include <stddef.h>

#include "cf-blend.h"
#include "cf-fine-sample.h"
#include "cf-landscape-answer.h"
#include "cf-lattice.h"
#include "cf-march.h"
#include "cf-transform.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CF_CUDA_ABI 7 /* changes with this header */
#define CF_CUDA_SYMBOL "cf_cuda_module"
#define CF_CUDA_MESSAGE 256

typedef enum
{
  CF_CUDA_OK,
  CF_CUDA_NO_DEVICE,
  CF_CUDA_NO_BLAS,
  CF_CUDA_NO_MEMORY, /* on the device; a smaller request may do */
  CF_CUDA_LOST       /* an error that stays: the device is not used any more */
} CfCudaStatus;

/** Of the operands of the products; sums, first layer, sines, weights and moments are fp32 in all of them. */
typedef enum
{
  CF_CUDA_FP32,
  CF_CUDA_TF32,
  CF_CUDA_FP16
} CfCudaPrecision;

typedef struct
{
  int width, hidden;
  float w0_first, w0;
} CfCudaShape;

/** How a region is fitted; see CfFitSpec. */
typedef struct
{
  double rate, muon_rate;
  long long total_steps; /* of the cosine schedule; 0: constant rate */
  long long turn, rest;  /* see cf_cosine_schedule (); may change between epochs */
  unsigned long long seed;
  unsigned n, n_rare;    /* samples; the last n_rare of them are taken in turn */
  int rare_parts, batch;
  const float *local, *target; /* [n][3], [n] on the host */
} CfCudaSamples;

#define CF_CUDA_PROGRESS 256
#define CF_CUDA_PIXELS_MOST (1 << 24) /* of one call that marches */

/** What a fit is, off the device; arrays on the host, [params]. */
typedef struct
{
  long long step;
  unsigned long long epoch;
  float *params, *first, *second; /* Adam's moments; first holds Muon's momentum where Muon rules */
  float *gradient;                /* what a batch that is not at its end has so far */
  int has_progress;               /* save () filled in: */
  unsigned char progress[CF_CUDA_PROGRESS]; /* a CfSlot: where the epoch stands */
} CfCudaState;

/** Points of one network. */
typedef struct
{
  const struct CfCudaNet *net;
  size_t n;
  const float *local; /* [n][3] */
  float *value;       /* [n] */
  float *gradient;    /* [n][3] or NULL; the same choice in all jobs */
} CfCudaJob;

/** A blended field: see CfField. */
typedef struct
{
  CfPartitionAxis axis[3];
  CfBlend blend;
  CfTransform transform;
  double origin[3], inverse[3][3]; /* of the grid: A to voxels */
  int n_regions;
  const struct CfCudaNet *const *nets; /* [n_regions]; NULL where flat or not trained */
  const float *flat;                   /* [n_regions]: d where there is no net; NAN where not trained */
} CfCudaField;

/** How climbs came out, on the host. */
typedef struct
{
  float *peak, *density; /* [n][3], [n] */
  float *shoulder;       /* [n][3] or NULL */
  unsigned long long asked, unfinished; /* as CfAscentCost */
} CfCudaPeaks;

typedef struct CfCudaAscent CfCudaAscent;
typedef struct CfCudaDevice CfCudaDevice;
typedef struct CfCudaFine CfCudaFine;
typedef struct CfCudaTrainer CfCudaTrainer;
typedef struct CfCudaNet CfCudaNet;
typedef struct CfCudaQuery CfCudaQuery;

typedef struct
{
  char name[128];
  int major, minor, multiprocessors;
  size_t memory, memory_free; /* bytes */
} CfCudaInfo;

typedef struct
{
  int abi;
  int needs_driver;  /* as cuDriverGetVersion () counts: 13000 is CUDA 13.0 */
  const char *built; /* "CUDA 13.0" */

  CfCudaStatus (*count) (int *n, char message[CF_CUDA_MESSAGE]);
  CfCudaStatus (*open) (int index, CfCudaPrecision precision, CfCudaDevice **out, char message[CF_CUDA_MESSAGE]);
  void (*close) (CfCudaDevice *device);
  CfCudaStatus (*info) (CfCudaDevice *device, CfCudaInfo *out, char message[CF_CUDA_MESSAGE]);
  /* bytes that a trainer takes */
  size_t (*trainer_bytes) (const CfCudaShape *shape, CfCudaPrecision precision, int muon, int slots, int rows, unsigned samples);

  /* -- training: slots regions in flight, each up to `rows` samples a tick, `samples` in all ----------------------------------- */
  CfCudaStatus (*trainer_new) (CfCudaDevice *device, const CfCudaShape *shape, int muon, int slots, int rows, unsigned samples,
                               CfCudaTrainer **out, char message[CF_CUDA_MESSAGE]);
  void (*trainer_free) (CfCudaTrainer *trainer);
  CfCudaStatus (*load) (CfCudaTrainer *trainer, int slot, const CfCudaSamples *samples, const CfCudaState *state,
                        char message[CF_CUDA_MESSAGE]);
  CfCudaStatus (*save) (CfCudaTrainer *trainer, int slot, CfCudaState *state, char message[CF_CUDA_MESSAGE]);
  /* the fit of slot `from` goes on in slot `to`, which is free */
  CfCudaStatus (*move) (CfCudaTrainer *trainer, int from, int to, char message[CF_CUDA_MESSAGE]);
  /* starts the slot's next epoch with this schedule, or goes on with one that load () brought: how many ticks it takes, the most samples of one, and the samples
   * of the epoch */
  CfCudaStatus (*epoch) (CfCudaTrainer *trainer, int slot, long long turn, long long rest, int *ticks, int *rows, unsigned *samples, char message[CF_CUDA_MESSAGE]);
  /* n ticks of the slots 0 .. slots - 1, of which those without an epoch rest */
  CfCudaStatus (*run) (CfCudaTrainer *trainer, int slots, int rows, int n, char message[CF_CUDA_MESSAGE]);
  /* after an epoch: the sum of squared errors over it, NAN where it diverged, and the state, but for gradient and progress */
  CfCudaStatus (*result) (CfCudaTrainer *trainer, int slot, double *sum, CfCudaState *state, char message[CF_CUDA_MESSAGE]);
  /* the sum of squared errors and its gradient, / n, at the slot's samples in order; no step is taken */
  CfCudaStatus (*gradient) (CfCudaTrainer *trainer, int slot, double *loss, float *gradient, char message[CF_CUDA_MESSAGE]);

  /* -- queries ------------------------------------------------------------------------------------------------------------------- */
  /* makes a network where *net is NULL, otherwise puts other parameters into it */
  CfCudaStatus (*net_set) (CfCudaDevice *device, const CfCudaShape *shape, const float *params, CfCudaNet **net, char message[CF_CUDA_MESSAGE]);
  void (*net_free) (CfCudaNet *net);
  /* rows: points in flight */
  CfCudaStatus (*query_new) (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char message[CF_CUDA_MESSAGE]);
  void (*query_free) (CfCudaQuery *query);
  CfCudaStatus (*eval) (CfCudaQuery *query, const CfCudaJob *jobs, size_t n_jobs, char message[CF_CUDA_MESSAGE]);
  /* contract of cf_evaluator_query () */
  CfCudaStatus (*field) (CfCudaQuery *query, const CfCudaField *field, size_t n, const double *xyz, float *value, float *gradient,
                         char message[CF_CUDA_MESSAGE]);
  /* the field at n points of a lattice from the one numbered `first` on: nothing goes to the device but the field */
  CfCudaStatus (*bake) (CfCudaQuery *query, const CfCudaField *field, const CfLattice *lattice, size_t first, size_t n, float *value,
                        char message[CF_CUDA_MESSAGE]);
  /* rays through the field: fills target as cf-march.h has it, at most CF_CUDA_PIXELS_MOST pixels of it. Its textures, in the calling thread's GL context,
   * are filled where that context is the device's own (in_gl); hits and normals otherwise. Nothing of GL is held when it returns. With TF32 rays look for the
   * surface with 16-bit operands, and are answered with TF32 where they find it. */
  CfCudaStatus (*march) (CfCudaQuery *query, const CfCudaField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target,
                         char message[CF_CUDA_MESSAGE]);

  /* -- climbs: contract of cf_ascend () ------------------------------------------------------------------------------------------- */
  /* from n places start[n][3]; what is climbed lies between `samples` (on the host, copied), or is a field where that is NULL */
  CfCudaStatus (*ascent_new) (CfCudaDevice *device, int paper, size_t n, const float *start, const CfLandscapeView *samples, CfCudaAscent **out,
                              char message[CF_CUDA_MESSAGE]);
  void (*ascent_free) (CfCudaAscent *ascent);
  /* some more questions of the climbs that are under way, which take about as long as a few calls of field (); query and field: NULL for samples. Between two
   * calls others may use the query. *left: climbs that have not ended */
  CfCudaStatus (*ascend) (CfCudaAscent *ascent, CfCudaQuery *query, const CfCudaField *field, size_t *left, char message[CF_CUDA_MESSAGE]);
  CfCudaStatus (*ascent_result) (CfCudaAscent *ascent, CfCudaPeaks *out, char message[CF_CUDA_MESSAGE]);

  /* -- finer samples of a part, which stay on the device -------------------------------------------------------------------------- */
  CfCudaStatus (*fine_new) (CfCudaDevice *device, const CfFineBox *box, CfCudaFine **out, char message[CF_CUDA_MESSAGE]);
  void (*fine_free) (CfCudaFine *fine);
  /* asks the field for some more of them, which takes about as long as a few calls of field (); between two calls others may use the query */
  CfCudaStatus (*fine_fill) (CfCudaFine *fine, CfCudaQuery *query, const CfCudaField *field, size_t *left, char message[CF_CUDA_MESSAGE]);
  /* contract of CfFineGive; by one thread at a time */
  CfCudaStatus (*fine_give) (CfCudaFine *fine, CfFineTarget *target, char message[CF_CUDA_MESSAGE]);

  /* whether the calling thread's GL context is the device's own */
  int (*shares_gl) (CfCudaDevice *device);
  /* measured TFLOP/s of the products that training makes */
  CfCudaStatus (*matrix_rate) (CfCudaQuery *query, double *tflops, char message[CF_CUDA_MESSAGE]);
} CfCudaModule;

/** The one symbol that the module exports. */
typedef const CfCudaModule *(*CfCudaModuleFunc) (void);

#ifdef __cplusplus
}
#endif
