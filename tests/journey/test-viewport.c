/* test-viewport.c: wheel, trackpad and two fingers to the camera, by the signals of the widget's own controllers; what a moving picture waits for, and what it
 * may cost. Needs a display. */
#include <math.h>
#include <string.h>

#include "cf-random.h"
#include "cf-viewport-private.h"

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

/* -- frames ---------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  GtkWidget *window;
  CfViewport *viewport;
  CfPicture *picture;
  int drawn, whole;
  double share; /* of the edges, when it was drawn last */
  gint64 drawn_at;
} Shown;

static void
drawn (CfViewport *viewport, Shown *shown)
{
  shown->drawn++;
  shown->share = shown->picture->scene->edge_share;
  shown->drawn_at = g_get_monotonic_time ();
}

static void
whole (CfViewport *viewport, Shown *shown)
{
  shown->whole++;
  shown->picture->scene->edge_share = 1;
}

static gboolean
time_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean over = FALSE;
  g_timeout_add (ms, time_over, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

/* A picture that stands, drawn in full. FALSE: nothing is drawn here. */
static gboolean
shown_init (Shown *shown)
{
  CfRandom random;
  memset (shown, 0, sizeof *shown);
  shown->window = gtk_window_new ();
  shown->viewport = g_object_new (CF_TYPE_VIEWPORT, NULL);
  shown->picture = cf_picture_new ();
  cf_random_init (&random, 1, 0);
  for (guint32 i = 0; i < 100; i++)
    {
      CfSphere sphere = { .radius = 1, .rgba = { 200, 100, 50, 255 }, .pick = CF_PICK_NODE | i };
      for (int a = 0; a < 3; a++)
        sphere.pos[a] = (float) (20 * cf_random_double (&random) - 10);
      g_array_append_val (shown->picture->scene->spheres, sphere);
    }
  gtk_window_set_child (GTK_WINDOW (shown->window), GTK_WIDGET (shown->viewport));
  gtk_window_set_default_size (GTK_WINDOW (shown->window), 400, 300);
  cf_viewport_set_picture (shown->viewport, shown->picture);
  g_signal_connect (shown->viewport, "drawn", G_CALLBACK (drawn), shown);
  g_signal_connect (shown->viewport, "whole", G_CALLBACK (whole), shown);
  gtk_window_present (GTK_WINDOW (shown->window));
  while (shown->drawn == 0 && gtk_gl_area_get_error (GTK_GL_AREA (shown->viewport)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  while (shown->drawn > 0 && (cf_viewport_is_reduced (shown->viewport) || shown->viewport->moving))
    g_main_context_iteration (NULL, TRUE);
  run_for (300);
  if (shown->drawn == 0)
    g_test_skip ("nothing is drawn here");
  return shown->drawn > 0;
}

static void
shown_clear (Shown *shown)
{
  gtk_window_destroy (GTK_WINDOW (shown->window));
  run_for (50);
  cf_picture_free (shown->picture);
}

/* The picture of a level waits for its nodes: with them it is drawn at once, and not once more when the time is over; without them when it is. */
static void
test_waits (void)
{
  Shown shown;
  if (shown_init (&shown))
    {
      int before = shown.drawn;
      cf_viewport_refresh_within (shown.viewport, 100000);
      run_for (100);
      g_assert_cmpint (shown.drawn, ==, before);
      cf_viewport_refresh (shown.viewport, TRUE);
      while (shown.drawn == before)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (shown.viewport->within_source, ==, 0);

      gint64 asked = g_get_monotonic_time ();
      before = shown.drawn;
      cf_viewport_refresh_within (shown.viewport, 130);
      while (shown.drawn == before)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (shown.drawn_at - asked, >=, 130 * 1000);
    }
  shown_clear (&shown);
}

/* While it moves a picture may have but a share of its edges; one that stands is drawn of a whole scene. */
static void
test_whole (void)
{
  Shown shown;
  if (shown_init (&shown))
    {
      int before = shown.drawn;
      shown.picture->scene->edge_share = 0.5;
      cf_viewport_refresh (shown.viewport, TRUE);
      while (shown.drawn == before)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpfloat (shown.viewport->frame_detail, <, 1);
      g_assert_cmpint (shown.whole, ==, 0);
      g_assert_cmpfloat (shown.share, ==, 0.5);
      while (cf_viewport_is_reduced (shown.viewport) || shown.viewport->moving)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (shown.whole, ==, 1);
      g_assert_cmpfloat (shown.share, ==, 1);
    }
  shown_clear (&shown);
}

/* What a moving frame may cost: 45 ms with what came before it, but 15 at least whatever that was. */
static void
test_allowance (void)
{
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 80000, 0), 0.6 * 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 40000, 0), 0.6, 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 40000, 20000), 0.6 * sqrt (25.0 / 40), 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 24000, 20000), 0.6, 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 15000, 20000), 0.6 * 1.15, 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 14000, 500000), 0.6, 1e-9);
  g_assert_cmpfloat_with_epsilon (cf_viewport_detail_after (0.6, 15000 * 16 / 9, 500000), 0.6 * 0.75, 1e-4);
  g_assert_cmpfloat (cf_viewport_detail_after (0.6, 900000, 0), ==, 0.3);
  g_assert_cmpfloat (cf_viewport_detail_after (0.25, 900000, 0), ==, 0.2);
  g_assert_cmpfloat (cf_viewport_detail_after (0.95, 1000, 0), ==, 1);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewport/scroll", test_scroll);
  g_test_add_func ("/viewport/pinch", test_pinch);
  g_test_add_func ("/viewport/waits", test_waits);
  g_test_add_func ("/viewport/whole", test_whole);
  g_test_add_func ("/viewport/allowance", test_allowance);
  return g_test_run ();
}
