#include "exact.h"

#include <math.h>

Line
line_of (const CfCamera *camera, int x, int y)
{
  Line line;
  cf_camera_ray (camera, x + 0.5, y + 0.5, SIZE, SIZE, line.origin, line.direction);
  return line;
}

double
nearest_to (const Line *line, const double at[3], double *away)
{
  double along = 0, away2 = 0;
  for (int a = 0; a < 3; a++)
    along += (at[a] - line->origin[a]) * line->direction[a];
  for (int a = 0; a < 3; a++)
    away2 += pow (at[a] - line->origin[a] - along * line->direction[a], 2);
  *away = sqrt (away2);
  return along;
}

double
enters (const Line *line, const double centre[3], double radius)
{
  double away, along = nearest_to (line, centre, &away);
  return away < radius ? along - sqrt (radius * radius - away * away) : INFINITY;
}

CfScene *
ball_new (const CfGrid *grid, double middle[3])
{
  CfScene *scene = cf_scene_new ();
  picture_add_ball (scene, grid, REACH);
  picture_middle (grid, middle);
  scene->outline = scene->depth_cue = FALSE;
  return scene;
}

double
radius_at (double level)
{
  return REACH * (1 - level);
}
