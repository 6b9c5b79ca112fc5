#include "cf-offscreen.h"
#include "cf-words.h"

const CfView cf_views[CF_N_VIEWS] = { { N_("front"), 0, 0 }, { N_("side"), 90, 0 }, { N_("top"), 0, 90 } };

static GBytes *
draw_view (CfOffscreen *offscreen, const CfScene *scene, const CfView *view, int width, int height, const char *const *text, GError **error)
{
  CfCamera camera = { 0 };
  double lo[3], hi[3];
  if (!cf_scene_frame (scene, &camera, view->azimuth, view->elevation, 1))
    {
      cf_grid_bounds (&scene->field.grid, lo, hi);
      cf_camera_frame (&camera, lo, hi, view->azimuth, view->elevation, 1);
    }
  g_autofree guint8 *rgba = cf_offscreen_draw (offscreen, width, height, scene, &camera, error);
  return rgba ? cf_png_encode (width, height, rgba, text, error) : NULL;
}

gboolean
cf_views_draw (const CfScene *scene, int width, int height, const char *const *text, GBytes *out[CF_N_VIEWS], GError **error)
{
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  CfScene white = *scene; /* shares what it points to */
  GBytes *drawn[CF_N_VIEWS] = { NULL };
  gboolean good = offscreen != NULL;

  white.background = CF_BACKGROUND_WHITE;
  for (int i = 0; i < CF_N_VIEWS && good; i++)
    good = (drawn[i] = draw_view (offscreen, &white, &cf_views[i], width, height, text, error)) != NULL;
  for (int i = 0; i < CF_N_VIEWS; i++)
    if (good)
      out[i] = drawn[i];
    else
      g_clear_pointer (&drawn[i], g_bytes_unref);
  return good;
}
