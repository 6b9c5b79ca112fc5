#include "cf-report-private.h"

#include <cairo-svg.h>

#include "cf-file.h"
#include "cf-report-resources.h"

const char *
cf_report_style (void)
{
  /* the bundle is part of the program: its bytes live as long as it does, and begin with text that ends in a NUL */
  static gsize style = 0;
  if (g_once_init_enter (&style))
    {
      g_autoptr (GBytes) bytes = g_resource_lookup_data (cf_report_resources_get_resource (), "/org/cryofield/report/report.css",
                                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      gsize n = 0;
      const char *data = bytes != NULL ? g_bytes_get_data (bytes, &n) : "";
      g_once_init_leave (&style, (gsize)g_strndup (data, n));
    }
  return (const char *)style;
}

static cairo_status_t
append_svg (void *closure, const unsigned char *data, unsigned int length)
{
  g_string_append_len (closure, (const char *)data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* cairo names its glyphs and clips the same in each picture; several in one page need names of their own. Text is drawn as glyphs,
 * so that these patterns stand only where cairo wrote them. */
char *
cf_svg_inline (const char *prefix, const char *label, double width, double height, CfDrawFunc draw, gpointer user_data)
{
  g_autoptr (GString) svg = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_svg, svg, width, height);
  cairo_t *cr = cairo_create (surface);
  draw (cr, width, height, user_data);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_status_t status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  const char *start = strstr (svg->str, "<svg"), *body = start != NULL ? strchr (start, '>') : NULL;
  if (status != CAIRO_STATUS_SUCCESS || body == NULL)
    return g_strdup ("");

  g_autofree char *id = g_strdup_printf ("id=\"%s-", prefix), *link = g_strdup_printf ("\"#%s-", prefix);
  g_autofree char *url = g_strdup_printf ("url(#%s-", prefix), *safe = cf_text_for_html (label);
  GString *out = g_string_new (NULL);
  g_string_append_printf (out,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 %d %d\" "
                          "role=\"img\" aria-label=\"%s\" class=\"%s\">",
                          (int)width, (int)height, safe, g_str_has_suffix (prefix, "narrow") ? "narrow" : "wide");
  gsize head = out->len;
  g_string_append (out, body + 1);
  g_autoptr (GString) rest = g_string_new (out->str + head);
  g_string_truncate (out, head);
  g_string_replace (rest, "id=\"", id, 0);
  g_string_replace (rest, "\"#", link, 0);
  g_string_replace (rest, "url(#", url, 0);
  g_string_append (out, rest->str);
  return g_string_free (out, FALSE);
}

gboolean
cf_report_save (const CfReport *report, const char *path, GError **error)
{
  g_autofree char *text = NULL;

  if (g_str_has_suffix (path, ".pdf"))
    {
      g_autoptr (GBytes) pdf = cf_report_to_pdf (report, error);
      return pdf != NULL && cf_file_save (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
    }
  if (g_str_has_suffix (path, ".html"))
    text = cf_report_to_html (report);
  else if (g_str_has_suffix (path, ".json"))
    text = cf_report_to_json (report);
  else
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "%s: suffix of a report, needs .html, .pdf or .json", path);
      return FALSE;
    }
  return cf_file_save (path, text, strlen (text), error);
}
