/* cf-grid.h: where the voxels of a map lie in space: a lattice with the true shear of its cell. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * A lattice of voxel centres. Grid coordinates (ijk) count voxels along X, Y, Z, 0 at the first centre; world coordinates
 * (xyz) are in A, in the frame of the model. Make it with cf_grid_init (); plain data after that, copied by assignment.
 */
typedef struct
{
  int dims[3];          /* voxels along X, Y, Z */
  double origin[3];     /* A: centre of voxel (0, 0, 0) */
  double step[3][3];    /* step[a]: A, the vector of one voxel along grid axis a */
  double inverse[3][3]; /* ijk[a] = sum_b inverse[a][b] (xyz[b] - origin[b]) */
} CfGrid;

/** Orthogonal or sheared lattice from its steps; step must not be singular. Programmer error otherwise. */
void cf_grid_init (CfGrid *grid, const int dims[3], const double origin[3], const double step[3][3]);
/** Orthogonal lattice with one spacing an axis, A. */
void cf_grid_init_orthogonal (CfGrid *grid, const int dims[3], const double origin[3], const double spacing[3]);
/** Orthogonalisation of a cell (a, b, c in A; alpha, beta, gamma in degrees), PDB convention (a along x, b in the xy plane):
 * step[a] = cell vector a / m[a]. */
void cf_grid_steps_from_cell (const double cell[6], const int m[3], double step[3][3]);

void cf_grid_to_world (const CfGrid *grid, const double ijk[3], double xyz[3]);
void cf_grid_from_world (const CfGrid *grid, const double xyz[3], double ijk[3]);
/** A gradient by voxel (d/di, d/dj, d/dk) to one by A (d/dx, d/dy, d/dz). */
void cf_grid_gradient_to_world (const CfGrid *grid, const double by_voxel[3], double by_world[3]);

gsize cf_grid_n_voxels (const CfGrid *grid);
double cf_grid_edge (const CfGrid *grid, int axis); /* A, length of one step */
double cf_grid_smallest_edge (const CfGrid *grid);  /* A */
gboolean cf_grid_is_orthogonal (const CfGrid *grid);
/** TRUE where ijk lies between the first and the last voxel centre on each axis (tolerance 1e-9 voxels). */
gboolean cf_grid_contains (const CfGrid *grid, const double ijk[3]);
/** The part of grid that begins at voxel lo and has dims voxels; same placement. */
void cf_grid_crop (const CfGrid *grid, const int lo[3], const int dims[3], CfGrid *out);
/** The same box from first to last voxel centre, sampled every `spacing` A or the next finer step that divides nothing: dims[a] =
 * floor ((n - 1) edge / spacing + 1e-6) + 1, steps of exactly `spacing` along each axis, first centre kept. */
void cf_grid_resample (const CfGrid *grid, double spacing, CfGrid *out);
/** World bounds (A) of the eight corner voxel centres. */
void cf_grid_bounds (const CfGrid *grid, double lo[3], double hi[3]);

G_END_DECLS
