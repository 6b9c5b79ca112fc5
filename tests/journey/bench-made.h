/* bench-made.h: a document as large as it is wanted, made up: for benchmarks of what follows the threshold. */
#pragma once

#include "cf-field.h"
#include "cf-peaks.h"
#include "cf-samples.h"
#include "cf-structure.h"

G_BEGIN_DECLS

typedef struct
{
  double side;           /* A, of the box */
  CfPeaks *peaks;        /* for so many nodes, at whatever level below 0.09 */
  CfStructure *structure; /* so many residues as nodes have in the median of method.md, anywhere */
  CfField *field;        /* of one flat region: complete */
  CfSamples *samples;    /* the demonstration's, over the box */
  CfNormalisation normalisation; /* of the demonstration's map */
} BenchMade;

/** Aborts where there is no demonstration. */
void bench_made_init (BenchMade *made, gsize nodes);
void bench_made_clear (BenchMade *made);

G_END_DECLS
