/* picture.h: what the tests of the picture share: a device, made-up fields, and samples of a picture. */
#pragma once

#include "cf-offscreen.h"

G_BEGIN_DECLS

/** Opens the device, or skips the running test, saying why, and returns NULL. */
CfOffscreen *picture_open (void);
/** Sheared by its cell angles; n voxels a side, steps of about 1 A, away from the origin. */
void picture_grid_sheared (CfGrid *grid, int n);
void picture_grid_orthogonal (CfGrid *grid, int n);
/** The grid's middle, A. */
void picture_middle (const CfGrid *grid, double xyz[3]);
/** Gives the scene a field that falls off linearly in A from the middle: d = 1 - r / reach. Its level sets are true spheres. */
void picture_add_ball (CfScene *scene, const CfGrid *grid, double reach);
/** A helix of Gaussians. */
void picture_add_helix (CfScene *scene, const CfGrid *grid);
/** Looks at all of the scene. */
CfCamera picture_frame (const CfScene *scene, double azimuth, double elevation, gboolean orthographic);
/** size * size * 4 bytes RGBA, in full detail. */
guint8 *picture_draw (CfOffscreen *offscreen, int size, const CfScene *scene, const CfCamera *camera);
/** The pixel, of such a picture, that shows a place. */
const guint8 *picture_pixel (const guint8 *rgba, int size, const CfCamera *camera, const double xyz[3]);
/** How far apart two places are. */
double picture_away (const double a[3], const double b[3]);
void picture_add_sphere (CfScene *scene, double x, double y, double z, double radius, guint32 pick);
/** Pictures own their samples here. */
void picture_free_field (CfScene *scene);

G_END_DECLS
