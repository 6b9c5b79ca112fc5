/* cf-viewport-device.c: what the widget draws with: a context, a renderer in it that was warmed up, another one after a loss. */
#include "cf-viewport-private.h"

#include "cf-error.h"
#include "cf-ready.h"
#include "cf-words.h"

#define LOST_MAX 5 /* contexts; then the device is left alone */

/* In place of the picture; all else works on. */
static void
viewport_fail (GtkGLArea *area, const GError *reason)
{
  g_autoptr (GError) error = g_error_new (CF_ERROR, CF_ERROR_DEVICE,
                                          _("The picture cannot be drawn here: %s.\nFits, graphs and reports work without it. On Debian the packages "
                                            "libgl1 and libgl1-mesa-dri draw without a graphics card."),
                                          reason->message);
  gtk_gl_area_set_error (area, error);
}

/* A widget has a new context once it was taken out of its window and is back; not within a frame. */
static gboolean
begin_anew (gpointer data)
{
  CfViewport *viewport = data;
  GtkWidget *widget = data, *parent = gtk_widget_get_parent (widget);
  viewport->lost_source = 0;
  g_debug ("the graphics device was reset");
  if (++viewport->n_lost > LOST_MAX || !GTK_IS_OVERLAY (parent))
    {
      g_autoptr (GError) error = g_error_new_literal (CF_ERROR, CF_ERROR_DEVICE, _("the graphics device is reset again and again"));
      viewport_fail (GTK_GL_AREA (widget), error);
      return G_SOURCE_REMOVE;
    }
  g_object_ref (widget);
  gtk_overlay_set_child (GTK_OVERLAY (parent), NULL);
  gtk_overlay_set_child (GTK_OVERLAY (parent), widget);
  gtk_widget_insert_after (widget, parent, NULL); /* under all that stands on it */
  g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_LOST], 0);
  g_object_unref (widget);
  return G_SOURCE_REMOVE;
}

gboolean
cf_viewport_is_lost (CfViewport *viewport)
{
  if (!cf_renderer_is_lost (viewport->renderer))
    return FALSE;
  if (viewport->lost_source == 0)
    viewport->lost_source = g_idle_add_full (G_PRIORITY_DEFAULT, begin_anew, viewport, NULL);
  return TRUE;
}

GdkGLContext *
cf_viewport_create_context (GtkGLArea *area)
{
  GError *error = NULL;
  GdkGLContext *context = gdk_surface_create_gl_context (gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (area))), &error);
  if (context != NULL)
    {
      gdk_gl_context_set_allowed_apis (context, GDK_GL_API_GL);
      gdk_gl_context_set_required_version (context, 3, 3);
      if (gdk_gl_context_realize (context, &error))
        return context;
      g_object_unref (context);
    }
  viewport_fail (area, error);
  g_error_free (error);
  return NULL;
}

/* Without a graphics card GTK puts its windows together with cairo. A texture of the device would be read back for each change of the window, whatever
 * changed, through floats, pixel by pixel: a quarter of what a large graph's picture costs. */
gboolean
cf_viewport_wants_copy (CfViewport *viewport)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (viewport));
  return native != NULL && GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (native));
}

void
cf_viewport_copy_picture (CfViewport *viewport)
{
  static const cairo_user_data_key_t key;
  const int stride = cairo_format_stride_for_width (CAIRO_FORMAT_RGB24, viewport->width);
  guint8 *pixels = g_try_malloc ((gsize) stride * viewport->height);
  g_clear_pointer (&viewport->copy, cairo_surface_destroy);
  if (pixels == NULL)
    return;
  cf_renderer_read (viewport->renderer, viewport->width, viewport->height, stride, pixels);
  viewport->copy = cairo_image_surface_create_for_data (pixels, CAIRO_FORMAT_RGB24, viewport->width, viewport->height, stride);
  cairo_surface_set_user_data (viewport->copy, &key, pixels, g_free);
}

void
cf_viewport_append_copy (CfViewport *viewport, GtkSnapshot *snapshot)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (viewport)), height = gtk_widget_get_height (GTK_WIDGET (viewport));
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_scale (cr, (double) width / viewport->width, (double) height / viewport->height);
  cairo_set_source_surface (cr, viewport->copy, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* What the shaders' worker could not make ready in this context, bit by bit, so that the first picture is as quick as any. */
static gboolean
warm_up (gpointer data)
{
  CfViewport *viewport = data;
  GtkGLArea *area = data;
  gtk_gl_area_make_current (area);
  gtk_gl_area_attach_buffers (area);
  if (cf_warm_up_draw (viewport->warm_up, viewport->renderer, cf_renderer_bound_framebuffer ()))
    return G_SOURCE_CONTINUE;
  viewport->warm_up_source = 0;
  g_clear_pointer (&viewport->warm_up, cf_warm_up_free);
  gtk_gl_area_queue_render (area);
  return G_SOURCE_REMOVE;
}

/* Once the shaders are ready: until then nothing is drawn, and the window answers. */
static void
start_renderer (GObject *object)
{
  CfViewport *viewport = CF_VIEWPORT (object);
  GtkWidget *widget = GTK_WIDGET (object);
  g_autoptr (GError) error = NULL;
  if (!gtk_widget_get_realized (widget) || viewport->renderer != NULL)
    return;
  gtk_gl_area_make_current (GTK_GL_AREA (widget));
  if (gtk_gl_area_get_error (GTK_GL_AREA (widget)) != NULL)
    return;
  viewport->renderer = cf_renderer_new (&error);
  if (viewport->renderer == NULL)
    {
      viewport_fail (GTK_GL_AREA (widget), error);
      return;
    }
  viewport->description = g_strdup (cf_renderer_description (viewport->renderer));
  viewport->warm_up = cf_warm_up_new (CF_STYLE_SURFACE);
  viewport->warm_up_source = g_idle_add (warm_up, viewport);
}

void
cf_viewport_begin_device (CfViewport *viewport)
{
  cf_ready_then (G_OBJECT (viewport), start_renderer);
}

void
cf_viewport_end_device (CfViewport *viewport)
{
  g_clear_handle_id (&viewport->warm_up_source, g_source_remove);
  g_clear_pointer (&viewport->warm_up, cf_warm_up_free);
  g_clear_pointer (&viewport->copy, cairo_surface_destroy);
  gtk_gl_area_make_current (GTK_GL_AREA (viewport));
  g_clear_pointer (&viewport->renderer, cf_renderer_free);
  g_clear_pointer (&viewport->description, g_free);
}
