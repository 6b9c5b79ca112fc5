/* exact.h: what can be told of pictures of balls: of SIZE x SIZE pixels, of a field that falls off by 1 over REACH A. */
#pragma once

#include "picture.h"

G_BEGIN_DECLS

#define SIZE 240
#define REACH 20.0

/** A line of the eye. */
typedef struct
{
  double origin[3], direction[3];
} Line;
Line line_of (const CfCamera *camera, int x, int y);
/** Where a line comes nearest to a place; how far that is from it. */
double nearest_to (const Line *line, const double at[3], double *away);
/** Where a line enters a ball; INFINITY: it does not. */
double enters (const Line *line, const double centre[3], double radius);

/** A ball, and nothing else, without silhouettes and depth cue. */
CfScene *ball_new (const CfGrid *grid, double middle[3]);
double radius_at (double level);

G_END_DECLS
