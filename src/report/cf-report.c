#include "cf-report-private.h"

#include <cairo-svg.h>
#include <math.h>

#include "cf-file.h"
#include "cf-report-resources.h"
#include "cf-words.h"

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

double
cf_report_voxel_volume (const CfReport *report)
{
  const double(*s)[3] = report->field->source_grid.step;
  return fabs (s[0][0] * (s[1][1] * s[2][2] - s[1][2] * s[2][1]) - s[0][1] * (s[1][0] * s[2][2] - s[1][2] * s[2][0])
               + s[0][2] * (s[1][0] * s[2][1] - s[1][1] * s[2][0]));
}

/* -- what all forms share --------------------------------------------------------------------------------------------------- */

/* The field at each residue's trace atom; NULL where it cannot be asked. */
static float *
trace_densities (const CfReport *report)
{
  const CfStructure *structure = report->structure;
  gsize n = structure->n_residues;
  g_autofree double *xyz = g_new0 (double, 3 * MAX (n, 1));
  g_autofree float *density = g_new (float, MAX (n, 1));

  if (report->evaluator == NULL)
    return NULL;
  for (gsize r = 0; r < n; r++)
    {
      gint32 atom = report->comparison->atom_of_residue[r];
      for (int a = 0; a < 3; a++)
        xyz[3 * r + a] = atom >= 0 ? structure->atoms[atom].pos[a] : NAN;
    }
  return cf_evaluator_query (report->evaluator, n, xyz, density, NULL, NULL, NULL) ? g_steal_pointer (&density) : NULL;
}

/* What cannot be measured is left out: the rest is still a report. */
static void
measure (CfReportParts *parts)
{
  CfReport *report = &parts->report;

  if (report->residuals == NULL && report->evaluator != NULL && report->volume != NULL)
    /* the volume is only referenced */
    report->residuals = parts->residuals = cf_residuals_new (report->evaluator, (CfVolume *)report->volume, 0, NULL, NULL);
  if (report->seams == NULL && report->evaluator != NULL)
    report->seams = parts->seams = cf_seams_new (report->evaluator, 0, NULL, NULL);
  if (report->volume != NULL)
    {
      cf_histogram (report->volume, &report->field->normalisation, parts->bins);
      for (int k = 0; k < 6; k++)
        parts->planes[k] = cf_plane_new (report->volume, k < 3 ? CF_PLANE_PROJECTION : CF_PLANE_SLICE, k % 3);
    }
  if (report->structure == NULL || report->comparison == NULL)
    return;
  g_autofree float *density = trace_densities (report);
  parts->findings = cf_findings_new (report->graph, report->structure, report->comparison, density);
  parts->strips = cf_strips_new (report->structure, CF_REPORT_STRIP);
}

CfReportParts *
cf_report_parts_new (const CfReport *report)
{
  CfReportParts *parts = g_new0 (CfReportParts, 1);
  parts->report = *report;
  measure (parts);
  parts->root = cf_report_tree (parts);
  return parts;
}

void
cf_report_parts_free (CfReportParts *parts)
{
  cf_residuals_free (parts->residuals);
  cf_seams_free (parts->seams);
  cf_findings_free (parts->findings);
  cf_strips_free (parts->strips);
  for (int k = 0; k < 6; k++)
    cf_plane_free (parts->planes[k]);
  json_decref (parts->root);
  g_free (parts);
}

char *
cf_report_to_html (const CfReport *report)
{
  g_autoptr (CfReportParts) parts = cf_report_parts_new (report);
  return cf_report_html (parts);
}

char *
cf_report_to_json (const CfReport *report)
{
  g_autoptr (CfReportParts) parts = cf_report_parts_new (report);
  return cf_report_json (parts);
}

GBytes *
cf_report_to_pdf (const CfReport *report, GError **error)
{
  g_autoptr (CfReportParts) parts = cf_report_parts_new (report);
  return cf_report_pdf (parts, error);
}

/* -- files ------------------------------------------------------------------------------------------------------------------ */

gboolean
cf_report_has_pictures (const char *path)
{
  return g_str_has_suffix (path, ".html") || g_str_has_suffix (path, ".pdf");
}

gboolean
cf_report_check_suffix (const char *path, GError **error)
{
  const char *const *tables = cf_report_tables ();
  gboolean known = cf_report_has_pictures (path) || g_str_has_suffix (path, ".json");

  for (gsize i = 0; tables[i] != NULL; i++)
    known = known || g_str_has_suffix (path, tables[i]);
  if (known)
    return TRUE;
  g_autofree char *list = g_strjoinv (", ", (char **)tables);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: suffix of a report, needs .html, .pdf, .json, or of a table, %s"), path, list);
  return FALSE;
}

static gboolean
save_one (CfReportParts *parts, const char *path, GError **error)
{
  if (g_str_has_suffix (path, ".pdf"))
    {
      g_autoptr (GBytes) pdf = cf_report_pdf (parts, error);
      return pdf != NULL && cf_file_save (path, g_bytes_get_data (pdf, NULL), g_bytes_get_size (pdf), error);
    }
  g_autofree char *text = g_str_has_suffix (path, ".html")   ? cf_report_html (parts)
                          : g_str_has_suffix (path, ".json") ? cf_report_json (parts)
                                                             : cf_report_csv (parts, path);
  return cf_file_save (path, text, strlen (text), error);
}

gboolean
cf_report_save_all (const CfReport *report, const char *const *paths, GError **error)
{
  for (gsize i = 0; paths[i] != NULL; i++)
    if (!cf_report_check_suffix (paths[i], error))
      return FALSE;
  g_autoptr (CfReportParts) parts = cf_report_parts_new (report);
  for (gsize i = 0; paths[i] != NULL; i++)
    if (!save_one (parts, paths[i], error))
      return FALSE;
  return TRUE;
}

gboolean
cf_report_save (const CfReport *report, const char *path, GError **error)
{
  return cf_report_save_all (report, (const char *const[]){ path, NULL }, error);
}
