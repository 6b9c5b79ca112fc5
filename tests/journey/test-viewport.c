/* test-viewport.c: wheel, trackpad and two fingers to the camera, by the signals of the widget's own controllers. Needs a display. */
#include <math.h>

#include "cf-viewport.h"

/* The widget's controller of that type. */
static GtkEventController *
controller_of (CfViewport *viewport, GType type)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (GTK_WIDGET (viewport));
  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkEventController) one = g_list_model_get_item (all, i);
      if (G_TYPE_CHECK_INSTANCE_TYPE (one, type))
        return one;
    }
  g_assert_not_reached ();
}

typedef struct
{
  double level, slid;
  int n;
} Heard;

static void
nudged (CfViewport *viewport, double share, Heard *heard)
{
  heard->level += share;
  heard->n++;
}

static void
slid (CfViewport *viewport, double share, Heard *heard)
{
  heard->slid += share;
  heard->n++;
}

static CfViewport *
viewport_new (Heard *heard)
{
  const double lo[3] = { -10, -10, -10 }, hi[3] = { 10, 10, 10 };
  CfViewport *viewport = g_object_ref_sink (g_object_new (CF_TYPE_VIEWPORT, NULL));
  cf_viewport_frame (viewport, lo, hi);
  g_signal_connect (viewport, "level-nudged", G_CALLBACK (nudged), heard);
  g_signal_connect (viewport, "slid", G_CALLBACK (slid), heard);
  return viewport;
}

static void
scroll (CfViewport *viewport, double dx, double dy)
{
  gboolean taken = FALSE;
  g_signal_emit_by_name (controller_of (viewport, GTK_TYPE_EVENT_CONTROLLER_SCROLL), "scroll", dx, dy, &taken);
  g_assert_true (taken);
}

/* Many small steps of a trackpad are one of the wheel: for the distance, the level, and what cuts the picture; sideways too, as Shift turns it. */
static void
test_scroll (void)
{
  for (int parts = 1; parts <= 1000; parts *= 10)
    for (int sideways = 0; sideways < 2; sideways++)
      {
        Heard heard = { 0 };
        g_autoptr (CfViewport) viewport = viewport_new (&heard);
        double before = cf_viewport_camera (viewport)->distance;
        for (int i = 0; i < parts; i++)
          scroll (viewport, sideways ? 1.0 / parts : 0, sideways ? 0 : 1.0 / parts);
        g_assert_cmpfloat_with_epsilon (cf_viewport_camera (viewport)->distance / before, exp (0.12), 1e-9);
        g_assert_cmpint (heard.n, ==, 0);
        cf_viewport_set_mouse (viewport, "coot");
        for (int i = 0; i < parts; i++)
          scroll (viewport, sideways ? 1.0 / parts : 0, sideways ? 0 : 1.0 / parts);
        cf_viewport_set_mouse (viewport, "pymol");
        for (int i = 0; i < parts; i++)
          scroll (viewport, sideways ? -1.0 / parts : 0, sideways ? 0 : -1.0 / parts);
        g_assert_cmpfloat_with_epsilon (heard.level, -0.01, 1e-12);
        g_assert_cmpfloat_with_epsilon (heard.slid, 0.01, 1e-12);
        g_assert_cmpint (heard.n, ==, 2 * parts);
        g_assert_cmpfloat_with_epsilon (cf_viewport_camera (viewport)->distance / before, exp (0.12), 1e-9);
      }
}

/* Two fingers: the scale and the angle of a gesture are those since its begin, whatever the one before came to. */
static void
test_pinch (void)
{
  Heard heard = { 0 };
  g_autoptr (CfViewport) viewport = viewport_new (&heard);
  GtkEventController *zoom = controller_of (viewport, GTK_TYPE_GESTURE_ZOOM), *rotate = controller_of (viewport, GTK_TYPE_GESTURE_ROTATE);
  const CfCamera first = *cf_viewport_camera (viewport);
  CfCamera wanted = first;
  g_assert_true (gtk_gesture_is_grouped_with (GTK_GESTURE (zoom), GTK_GESTURE (rotate)));
  for (int gesture = 0; gesture < 3; gesture++)
    {
      static const double scales[] = { 1.1, 1.6, 1.25 }, angles[] = { 0.1, -0.2, 0.35 };
      g_signal_emit_by_name (zoom, "begin", NULL);
      for (int i = 0; i < 3; i++)
        {
          g_signal_emit_by_name (zoom, "scale-changed", scales[i]);
          g_signal_emit_by_name (rotate, "angle-changed", 1 + angles[i], angles[i]);
        }
      g_signal_emit_by_name (zoom, "end", NULL);
      cf_camera_zoom (&wanted, 1.25);
      cf_camera_roll (&wanted, 0.35);
    }
  const CfCamera *camera = cf_viewport_camera (viewport);
  g_assert_cmpfloat_with_epsilon (camera->distance, first.distance / (1.25 * 1.25 * 1.25), 1e-9 * first.distance);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (camera->rotation[i], wanted.rotation[i], 1e-5);
  for (int a = 0; a < 3; a++)
    g_assert_true (camera->centre[a] == first.centre[a]);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewport/scroll", test_scroll);
  g_test_add_func ("/viewport/pinch", test_pinch);
  return g_test_run ();
}
