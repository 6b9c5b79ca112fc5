#include "cf-report-page.h"

#include <math.h>

/* -- head ------------------------------------------------------------------------------------------------------------------- */

const char *
cf_page_trace_name (const CfStructure *structure)
{
  if (structure == NULL || structure->n_p == 0)
    return CF_CALPHA;
  return structure->n_ca == 0 ? "P" : CF_CALPHA " and P";
}

static void
write_head (CfPage *page)
{
  cf_page_raw (
      page,
      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\" />\n<title>");
  cf_page_text_at (page, "map.name");
  cf_page_raw (page, " " CF_DASH " density graph report</title>\n<style>\n");
  cf_page_raw (page, cf_report_style ());
  cf_page_raw (page, "</style>\n</head>\n<body>\n<header>\n<h1>Density graph of ");
  cf_page_text_at (page, "map.name");
  cf_page_raw (page, "</h1>\n");
  if (cf_page_is_known (page, "map.title"))
    {
      cf_page_raw (page, "<p>");
      cf_page_text_at (page, "map.title");
      cf_page_raw (page, "</p>\n");
    }
  cf_page_raw (page, "<p class=\"sub\">");
  if (cf_page_is_known (page, "map.emdb_id"))
    {
      cf_page_text_at (page, "map.emdb_id");
      cf_page_raw (page, CF_DOT);
    }
  if (cf_page_is_known (page, "model.name"))
    {
      cf_page_raw (page, "against ");
      cf_page_text_at (page, "model.name");
      cf_page_raw (page, CF_DOT);
    }
  cf_page_raw (page, "Cryofield ");
  cf_page_text_at (page, "version");
  cf_page_raw (page, CF_DOT);
  cf_page_text_at (page, "date");
  cf_page_raw (page, "</p>\n</header>\n");
}

static void
figure_with_null (CfPage *page, const char *label, const char *key, const char *null_key)
{
  cf_page_raw (page, "<div class=\"figure\"><b>");
  cf_page_percent (page, key);
  g_string_append_printf (page->out, "</b>%s<small>", label);
  if (cf_page_is_known (page, null_key))
    {
      cf_page_raw (page, "by chance ");
      cf_page_percent (page, null_key);
    }
  cf_page_raw (page, "</small></div>\n");
}

static void
write_figures (CfPage *page)
{
  cf_page_raw (page, "<div class=\"figures\">\n");
  if (page->report->comparison != NULL)
    {
      g_autofree char *covered = g_strdup_printf ("%s covered within 3 \303\205", cf_page_trace_name (page->report->structure));
      figure_with_null (page, covered, "comparison.ca.coverage", "comparison.null.coverage");
      figure_with_null (page, "node precision", "comparison.nodes.precision", "comparison.null.precision");
      cf_page_raw (page, "<div class=\"figure\"><b>");
      cf_page_number (page, "comparison.ca.rmsd", "%.2f", 1.0, CF_ANGSTROM);
      cf_page_raw (page, "</b>RMSD of the matches<small>");
      if (cf_page_is_known (page, "comparison.null.rmsd"))
        {
          cf_page_raw (page, "by chance ");
          cf_page_number (page, "comparison.null.rmsd", "%.2f", 1.0, CF_ANGSTROM);
        }
      cf_page_raw (page, "</small></div>\n");
    }
  cf_page_raw (page, "<div class=\"figure\"><b>");
  cf_page_count (page, "graph.nodes");
  cf_page_raw (page, "</b>nodes<small>");
  cf_page_count (page, "graph.edges");
  cf_page_raw (page, " edges, ");
  cf_page_count (page, "graph.components");
  cf_page_raw (page, " components</small></div>\n<div class=\"figure\"><b>");
  cf_page_number (page, "level.normalised", "%.4g", 1.0, "</b>seed threshold, normalised<small>");
  cf_page_number (page, "level.file", "%.4g", 1.0, " file units, ");
  cf_page_number (page, "level.sigma", "%.2f", 1.0, " \317\203</small></div>\n</div>\n");
}

static void
write_warnings (CfPage *page, const char *key, const char *of)
{
  json_t *list = cf_json_at (page->root, key);
  for (gsize i = 0; i < json_array_size (list); i++)
    {
      g_string_append_printf (page->out, "<p class=\"warning\">%s: ", of);
      const char *line = json_string_value (json_array_get (list, i));
      cf_page_text (page, line != NULL ? line : CF_DASH);
      cf_page_raw (page, "</p>\n");
    }
}

static void
write_picture (CfPage *page)
{
  if (page->report->picture_png == NULL)
    return;
  gsize n;
  const guint8 *data = g_bytes_get_data (page->report->picture_png, &n);
  g_autofree char *encoded = g_base64_encode (data, n);
  cf_page_raw (page, "<figure class=\"picture\"><img alt=\"The field with the graph and the model\" src=\"data:image/png;base64,");
  cf_page_raw (page, encoded);
  cf_page_raw (page, "\" /></figure>\n");
}

/* -- map, level, fit, graph ------------------------------------------------------------------------------------------------- */

static void
write_map (CfPage *page)
{
  cf_page_begin_section (page, "Map");
  cf_page_begin_facts (page);
  cf_page_fact_text (page, "File", "map.name");
  cf_page_begin_fact (page, "SHA-256");
  cf_page_raw (page, "<code>");
  cf_page_text_at (page, "map.sha256");
  cf_page_raw (page, "</code>");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Voxels");
  cf_page_triple (page, "map.dims", "%.0f", CF_TIMES, " along X, Y, Z");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Voxel edges");
  cf_page_triple (page, "map.voxel", "%.4g", CF_TIMES, CF_ANGSTROM);
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "First voxel's centre");
  cf_page_triple (page, "map.origin", "%.6g", ", ", CF_ANGSTROM ", placed by ");
  cf_page_text_at (page, "map.placement");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Axis order of the file");
  cf_page_triple (page, "map.axes", "%.0f", ",", "");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Resolution");
  cf_page_number (page, "map.resolution", "%.4g", 1.0, CF_ANGSTROM);
  cf_page_end_fact (page);
  cf_page_fact_text (page, "Method", "map.method");
  if (cf_page_is_known (page, "map.max"))
    {
      cf_page_begin_fact (page, "Values");
      cf_page_number (page, "map.min", "%.4g", 1.0, " to ");
      cf_page_number (page, "map.max", "%.4g", 1.0, ", mean ");
      cf_page_number (page, "map.mean", "%.4g", 1.0, ", sd ");
      cf_page_number (page, "map.sd", "%.4g", 1.0, " (file units, all voxels; computed, not read from the header)");
      cf_page_end_fact (page);
    }
  cf_page_begin_fact (page, "Normalised");
  cf_page_raw (page, "\316\274 ");
  cf_page_number (page, "map.normalised.mu", "%.4g", 1.0, ", \317\203 ");
  cf_page_number (page, "map.normalised.sigma", "%.4g", 1.0, ", over the " CF_REPORT_POPULATION " (");
  cf_page_number (page, "map.normalised.max", "%.4g", 1.0, " file units); crop of ");
  cf_page_triple (page, "map.normalised.crop_dims", "%.0f", CF_TIMES, " voxels");
  cf_page_end_fact (page);
  cf_page_end_table (page);
  cf_page_end_section (page);
}

static void
level_in_three_units (CfPage *page, const char *key)
{
  g_autofree char *file = g_strdup_printf ("%s.file", key), *normalised = g_strdup_printf ("%s.normalised", key);
  g_autofree char *sigma = g_strdup_printf ("%s.sigma", key);
  cf_page_number (page, normalised, "%.4g", 1.0, " normalised = ");
  cf_page_number (page, file, "%.4g", 1.0, " file units = ");
  cf_page_number (page, sigma, "%.3f", 1.0, " \317\203 above \316\274");
}

static void
write_level (CfPage *page)
{
  cf_page_begin_section (page, "Level and graph");
  cf_page_begin_facts (page);
  cf_page_begin_fact (page, "Seed threshold");
  cf_page_raw (page, "<b>");
  level_in_three_units (page, "level");
  cf_page_raw (page, "</b>");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "For comparison");
  cf_page_raw (page, "generic threshold, max (0.1, \316\274 + 3\317\203): ");
  level_in_three_units (page, "map.normalised.threshold");
  if (cf_page_is_known (page, "map.contour"))
    {
      cf_page_raw (page, "<br />contour of the ");
      if (cf_page_is_known (page, "map.contour_source"))
        cf_page_text_at (page, "map.contour_source");
      else
        cf_page_raw (page, "author");
      cf_page_raw (page, ": ");
      cf_page_number (page, "map.contour", "%.4g", 1.0, " file units");
    }
  cf_page_end_fact (page);
  cf_page_fact_count (page, "Seeds", "graph.seeds");
  cf_page_fact_count (page, "Clusters of peaks", "graph.peaks");
  cf_page_begin_fact (page, "Nodes");
  cf_page_count (page, "graph.nodes");
  cf_page_raw (page, ", of which ");
  cf_page_count (page, "graph.nodes_in_blend");
  cf_page_raw (page, " lie where sub-regions overlap");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Edges");
  cf_page_count (page, "graph.edges");
  cf_page_raw (page, " between nodes within ");
  cf_page_number (page, "graph.adjacency", "%.4g", 1.0, CF_ANGSTROM);
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Components");
  cf_page_count (page, "graph.components");
  cf_page_raw (page, ", the largest of ");
  cf_page_count (page, "graph.largest_component");
  cf_page_raw (page, " nodes");
  if (cf_page_value_at (page, "graph.min_component") > 0)
    {
      cf_page_raw (page, "; those of fewer than ");
      cf_page_count (page, "graph.min_component");
      cf_page_raw (page, " were dropped");
    }
  cf_page_end_fact (page);
  cf_page_end_table (page);
  cf_page_raw (page, "<p class=\"note\">A \317\203 in this report belongs to the " CF_REPORT_POPULATION
                     ". It is not the \317\203 of the whole file.</p>\n");
  cf_page_end_section (page);
}

static void
write_regions (CfPage *page)
{
  gsize n = json_array_size (cf_json_at (page->root, "field.region"));
  gboolean residuals = cf_page_is_known (page, "field.at_voxels");

  cf_page_raw (page, "<details><summary>Each sub-region</summary>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\">region</th><th "
                     "class=\"n\">epochs</th>"
                     "<th class=\"n\">loss</th><th class=\"n\">held out</th><th class=\"n\">seconds</th>");
  if (residuals)
    cf_page_raw (page, "<th class=\"n\">at voxels, rms</th><th class=\"n\">between, rms</th>");
  cf_page_raw (page, "</tr></thead><tbody>\n");
  for (gsize i = 0; i < n; i++)
    {
      static const struct
      {
        const char *key, *format;
      } cells[] = { { "region", "%.0f" },
                    { "epochs", "%.0f" },
                    { "loss", "%.2e" },
                    { "held_out", "%.2e" },
                    { "seconds", "%.1f" },
                    { "at_voxels.rms", "%.4f" },
                    { "between_voxels.rms", "%.4f" } };
      cf_page_raw (page, "<tr>");
      for (gsize k = 0; k < G_N_ELEMENTS (cells) - (residuals ? 0 : 2); k++)
        {
          g_autofree char *key = g_strdup_printf ("field.region.%" G_GSIZE_FORMAT ".%s", i, cells[k].key);
          cf_page_raw (page, "<td class=\"n\">");
          cf_page_number (page, key, cells[k].format, 1.0, "");
          cf_page_raw (page, "</td>");
        }
      cf_page_raw (page, "</tr>\n");
    }
  cf_page_end_table (page);
  cf_page_raw (page, "</div></details>\n");
}

static void
write_residuals (CfPage *page)
{
  if (!cf_page_is_known (page, "field.at_voxels"))
    return;
  cf_page_begin_fact (page, "Field minus voxels");
  cf_page_raw (page, "mean absolute ");
  cf_page_number (page, "field.at_voxels.mean_abs", "%.5f", 1.0, ", rms ");
  cf_page_number (page, "field.at_voxels.rms", "%.5f", 1.0, ", of the largest voxel; ");
  cf_page_count (page, "field.at_voxels.samples");
  cf_page_raw (page, " voxels sampled");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Field minus spline, between voxels");
  cf_page_raw (page, "mean absolute ");
  cf_page_number (page, "field.between_voxels.mean_abs", "%.5f", 1.0, ", rms ");
  cf_page_number (page, "field.between_voxels.rms", "%.5f", 1.0, "; ");
  cf_page_count (page, "field.between_voxels.samples");
  cf_page_raw (
      page,
      " random points against a tricubic B-spline through the voxels. Where this is large and the line above is small, the field holds "
      "detail that the voxels do not vouch for.");
  cf_page_end_fact (page);
}

static void
write_fit (CfPage *page)
{
  cf_page_begin_section (page, "Neural fit");
  cf_page_begin_facts (page);
  cf_page_begin_fact (page, "Sub-regions");
  cf_page_count (page, "field.regions");
  cf_page_raw (page, " (");
  cf_page_count (page, "field.trained");
  cf_page_raw (page, " trained, ");
  cf_page_count (page, "field.flat");
  cf_page_raw (page, " constant); partition ");
  cf_page_text_at (page, "field.partition");
  cf_page_raw (page, ", blend ");
  cf_page_text_at (page, "field.blend");
  cf_page_end_fact (page);
  if (cf_page_is_known (page, "field.width"))
    {
      cf_page_begin_fact (page, "Network of each");
      cf_page_raw (page, "sine network, ");
      cf_page_count (page, "field.hidden_layers");
      cf_page_raw (page, " hidden layers of ");
      cf_page_count (page, "field.width");
      cf_page_raw (page, ", w0 ");
      cf_page_number (page, "field.w0_first", "%.4g", 1.0, " and ");
      cf_page_number (page, "field.w0", "%.4g", 1.0, ", value ");
      cf_page_text_at (page, "field.transform");
      cf_page_end_fact (page);
    }
  cf_page_begin_fact (page, "Fit");
  cf_page_raw (page, "recipe ");
  cf_page_text_at (page, "field.recipe");
  cf_page_raw (page, ", seed ");
  cf_page_count (page, "field.seed");
  cf_page_raw (page, ", ");
  cf_page_count (page, "field.epochs");
  cf_page_raw (page, " epochs in all, ");
  cf_page_number (page, "field.seconds", "%.1f", 1.0, " s summed over sub-regions");
  cf_page_end_fact (page);
  cf_page_begin_fact (page, "Loss");
  cf_page_raw (page, "mean ");
  cf_page_number (page, "field.loss", "%.2e", 1.0, ", worst ");
  cf_page_number (page, "field.worst_loss", "%.2e", 1.0, " (mean squared error of the value trained on, -1 to 1)");
  if (cf_page_is_known (page, "field.held_out"))
    {
      cf_page_raw (page, "; on voxels held out ");
      cf_page_number (page, "field.held_out", "%.2e", 1.0, "");
    }
  cf_page_end_fact (page);
  write_residuals (page);
  cf_page_end_table (page);
  if (cf_page_value_at (page, "field.trained") + 0.5 < cf_page_value_at (page, "field.regions"))
    cf_page_raw (page, "<p class=\"warning\">Not all sub-regions are trained: the graph leaves the others out.</p>\n");
  write_regions (page);
  cf_page_end_section (page);
}

char *
cf_report_to_html (const CfReport *report)
{
  CfPage page = { g_string_new (NULL), cf_report_tree (report), report };

  write_head (&page);
  write_figures (&page);
  write_warnings (&page, "map.warnings", "Map");
  write_warnings (&page, "model.warnings", "Model");
  write_picture (&page);
  cf_page_write_comparison (&page);
  cf_page_write_plots (&page);
  write_level (&page);
  cf_page_write_misses (&page);
  write_map (&page);
  write_fit (&page);
  cf_page_write_residues (&page);
  cf_page_write_commands (&page);
  cf_page_raw (&page,
               "<footer>Made by Cryofield. No script, nothing from the network: this file is all of it.</footer>\n</body>\n</html>\n");
  json_decref (page.root);
  return g_string_free (page.out, FALSE);
}
