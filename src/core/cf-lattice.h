/* cf-lattice.h: where the points of a lattice lie, for host and device. Use it through cf-grid.h. */
#pragma once

#include <stddef.h>

#include "cf-both.h"

/** As CfGrid. */
typedef struct
{
  int dims[3];
  double origin[3];  /* A */
  double step[3][3]; /* A: of one voxel along each axis */
} CfLattice;

/** The point with number `at`, X fastest. */
CF_BOTH void
cf_lattice_place (const CfLattice *lattice, size_t at, double xyz[3])
{
  const size_t nx = (size_t) lattice->dims[0], ny = (size_t) lattice->dims[1];
  const double i = (double) (at % nx), j = (double) (at / nx % ny), k = (double) (at / nx / ny);
  int b;

  for (b = 0; b < 3; b++)
    xyz[b] = lattice->origin[b] + i * lattice->step[0][b] + j * lattice->step[1][b] + k * lattice->step[2][b];
}
