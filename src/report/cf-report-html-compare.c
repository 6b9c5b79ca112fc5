#include "cf-report-page.h"

#include <math.h>

/* -- the comparison --------------------------------------------------------------------------------------------------------- */

static void
begin_measure (CfPage *page, const char *name, const char *note)
{
  g_string_append_printf (page->out, "<tr><th scope=\"row\">%s<small>%s</small></th><td class=\"n\">", name, note);
}

static void
next_cell (CfPage *page)
{
  cf_page_raw (page, "</td><td class=\"n\">");
}

static void
end_measure (CfPage *page)
{
  cf_page_raw (page, "</td></tr>\n");
}

static void
share (CfPage *page, const char *part, const char *whole)
{
  cf_page_count (page, part);
  cf_page_raw (page, " of ");
  cf_page_count (page, whole);
  next_cell (page);
}

static void
write_trace_measures (CfPage *page, const char *trace)
{
  g_autofree char *covered = g_strdup_printf ("Residues (%s) with a node within 3 \303\205", trace);
  g_autofree char *near = g_strdup_printf ("Nodes with a %s within 3 \303\205", trace);

  begin_measure (page, covered, "one to one: a node counts for one residue");
  share (page, "comparison.ca.matched", "comparison.ca.total");
  cf_page_percent (page, "comparison.ca.coverage");
  next_cell (page);
  cf_page_percent (page, "comparison.null.coverage");
  end_measure (page);
  begin_measure (page, "RMSD of these", "over the matched residues only");
  next_cell (page);
  cf_page_number (page, "comparison.ca.rmsd", "%.2f", 1.0, CF_ANGSTROM);
  next_cell (page);
  cf_page_number (page, "comparison.null.rmsd", "%.2f", 1.0, CF_ANGSTROM);
  end_measure (page);
  begin_measure (page, near, "precision; nodes may share a residue");
  share (page, "comparison.nodes.near", "comparison.nodes.total");
  cf_page_percent (page, "comparison.nodes.precision");
  next_cell (page);
  cf_page_percent (page, "comparison.null.precision");
  end_measure (page);
  begin_measure (page, "CA score", "as phenix.chain_comparison: covered share / max (0.1, RMSD)");
  next_cell (page);
  cf_page_number (page, "comparison.ca_score", "%.3f", 1.0, "");
  next_cell (page);
  cf_page_raw (page, CF_DASH);
  end_measure (page);
}

static void
write_atom_measures (CfPage *page)
{
  begin_measure (page, "Atoms with a node within 1 \303\205",
                 "one to one; without hydrogens and waters; meant for maps of 2 \303\205 or better");
  share (page, "comparison.atoms.matched", "comparison.atoms.total");
  cf_page_percent (page, "comparison.atoms.coverage");
  next_cell (page);
  cf_page_raw (page, CF_DASH);
  end_measure (page);
  begin_measure (page, "Nodes with such an atom", "");
  share (page, "comparison.atoms.matched", "comparison.nodes.total");
  cf_page_percent (page, "comparison.atoms.nodes");
  next_cell (page);
  cf_page_raw (page, CF_DASH);
  end_measure (page);
  begin_measure (page, "RMSD of these", "");
  next_cell (page);
  cf_page_number (page, "comparison.atoms.rmsd", "%.2f", 1.0, CF_ANGSTROM);
  next_cell (page);
  cf_page_raw (page, CF_DASH);
  end_measure (page);
}

static void
write_reading_notes (CfPage *page)
{
  double nodes = cf_page_value_at (page, "comparison.nodes.total"), residues = cf_page_value_at (page, "comparison.ca.total");

  cf_page_raw (
      page,
      "<p class=\"note\">A residue counts as covered when a node lies within 3 \303\205 of the atom that stands for it, anywhere in that "
      "ball. ");
  if (residues > 0)
    {
      char ratio[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_formatd (ratio, sizeof ratio, "%.1f", nodes / residues);
      g_string_append_printf (page->out,
                              "With %s nodes a residue, many would be covered by chance: read the coverage beside the precision and the "
                              "column of chance. ",
                              ratio);
    }
  if (cf_page_is_known (page, "comparison.null"))
    {
      cf_page_raw (page, "Chance is the mean over ");
      cf_page_count (page, "comparison.null.trials");
      cf_page_raw (page, " draws of as many random points inside the same contour, matched in the same way.");
    }
  cf_page_raw (page, "</p>\n<p class=\"note\">Left out: ");
  cf_page_count (page, "model.hydrogens");
  cf_page_raw (page, " hydrogens and ");
  cf_page_count (page, "model.waters");
  cf_page_raw (page, " waters. The model is the asymmetric unit as it stands in the file: neither BIOMT nor crystal symmetry is applied");
  if (cf_page_value_at (page, "model.models") > 1.5)
    {
      cf_page_raw (page, "; the first of its ");
      cf_page_count (page, "model.models");
      cf_page_raw (page, " models");
    }
  cf_page_raw (page, ". Of alternate locations the one of highest occupancy is matched.</p>\n");
}

void
cf_page_write_comparison (CfPage *page)
{
  if (!cf_page_is_known (page, "comparison"))
    return;
  cf_page_begin_section (page, "Graph against model");
  cf_page_raw (page, "<p>");
  cf_page_text_at (page, "model.name");
  cf_page_raw (page, ": ");
  cf_page_count (page, "model.atoms");
  cf_page_raw (page, " atoms, ");
  cf_page_count (page, "model.residues");
  cf_page_raw (page, " residues, ");
  cf_page_count (page, "model.chains");
  cf_page_raw (page,
               " chains.</p>\n<div class=\"scroll\"><table><thead><tr><th></th><th class=\"n\">count</th><th class=\"n\">this graph</th>"
               "<th class=\"n\">by chance</th></tr></thead><tbody>\n");
  write_trace_measures (page, cf_page_trace_name (page->report->structure));
  write_atom_measures (page);
  cf_page_end_table (page);
  cf_page_raw (page, "</div>\n");
  write_reading_notes (page);
  cf_page_end_section (page);
}

/* -- plots ------------------------------------------------------------------------------------------------------------------ */

static void
draw_curves (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReport *report = user_data;
  cf_plot_curves (cr, width, height, report->curve, report->graph->level.normalised, &cf_plot_theme_light);
}

static void
draw_histogram (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReport *report = user_data;
  const CfNormalisation *normalisation = &report->field->normalisation;
  CfPlotTick ticks[2] = { { "max (0.1, \316\274 + 3\317\203)", cf_level_generic (normalisation).normalised } };
  gsize n = 1;
  guint64 bins[CF_HISTOGRAM_BINS];

  if (isfinite (report->field->contour))
    ticks[n++] = (CfPlotTick){ "author\342\200\231s contour", cf_level_from_file (normalisation, report->field->contour).normalised };
  cf_histogram (report->volume, normalisation, bins);
  cf_plot_histogram (cr, width, height, bins, ticks, n, report->graph->level.normalised, &cf_plot_theme_light);
}

/* Drawn for a desk and for a telephone: a picture that is only shrunk cannot be read. */
static void
write_plot (CfPage *page, const char *id, const char *label, const char *caption, double height, CfDrawFunc draw)
{
  g_autofree char *wide = g_strconcat (id, "-wide", NULL), *narrow = g_strconcat (id, "-narrow", NULL);
  g_autofree char *one = cf_svg_inline (wide, label, 760.0, height, draw, (gpointer)page->report);
  g_autofree char *two = cf_svg_inline (narrow, label, 340.0, height, draw, (gpointer)page->report);
  g_string_append_printf (page->out, "<figure>%s%s<figcaption>%s</figcaption></figure>\n", one, two, caption);
}

void
cf_page_write_plots (CfPage *page)
{
  const CfReport *report = page->report;
  gboolean curves = report->curve != NULL && report->curve->n > 1;

  if (!curves && report->volume == NULL)
    return;
  cf_page_begin_section (page, "Every threshold");
  if (curves)
    write_plot (page, "curves",
                report->structure != NULL ? "Coverage, precision, atom inclusion and nodes over the level" : "Nodes over the level",
                report->structure != NULL ? "Coverage and precision (dashed: by chance), share of atoms inside the contour, and number of "
                                            "nodes (right axis, logarithmic) "
                                            "over the seed threshold. The bar is the level of this report."
                                          : "Number of nodes over the seed threshold. The bar is the level of this report.",
                240.0, draw_curves);
  if (report->volume != NULL)
    write_plot (page, "histogram", "Histogram of the voxels",
                "Voxels of the crop by normalised value (counts logarithmic, levels by their square root).", 150.0, draw_histogram);
  cf_page_end_section (page);
}

/* -- misses, residues ------------------------------------------------------------------------------------------------------- */

static void
residue_label (CfPage *page, const char *key)
{
  static const char *const parts[] = { "chain", "name", "seq", "icode" };
  static const char *const before[] = { "", "/", " ", "" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_strconcat (key, ".", parts[i], NULL);
      if (!cf_page_is_known (page, path))
        continue;
      cf_page_raw (page, before[i]);
      if (i == 2)
        g_string_append_printf (page->out, "%.0f", cf_page_value_at (page, path));
      else
        cf_page_text_at (page, path);
    }
}

typedef struct
{
  const char *key, *format, *title;
} Column;

static void
write_table_head (CfPage *page, const char *first, const Column *columns, gsize n)
{
  g_string_append_printf (page->out, "<div class=\"scroll\"><table><thead><tr><th class=\"n\"></th><th>%s</th>", first);
  for (gsize k = 0; k < n; k++)
    g_string_append_printf (page->out, "<th class=\"n\">%s</th>", columns[k].title);
  cf_page_raw (page, "</tr></thead><tbody>\n");
}

static void
write_cells (CfPage *page, const char *row, const Column *columns, gsize n)
{
  for (gsize k = 0; k < n; k++)
    {
      g_autofree char *key = g_strconcat (row, ".", columns[k].key, NULL);
      cf_page_raw (page, "<td class=\"n\">");
      cf_page_number (page, key, columns[k].format, 1.0, "");
      cf_page_raw (page, "</td>");
    }
  cf_page_raw (page, "</tr>\n");
}

static void
write_missed_residues (CfPage *page)
{
  static const Column columns[] = { { "density", "%.3f", "density there" }, { "nearest_node", "%.2f", "nearest node, \303\205" } };
  gsize n = json_array_size (cf_json_at (page->root, "misses.residues"));

  cf_page_raw (page, "<h3>Residues without a node</h3>\n<p>");
  cf_page_count (page, "misses.residues_without_node");
  if (n == 0)
    {
      cf_page_raw (page, ": each residue has its node.</p>\n");
      return;
    }
  cf_page_raw (page, page->report->evaluator != NULL
                         ? " in all; where the field is densest first. A node nearer than 3 \303\205 went to another residue.</p>\n"
                         : " in all; farthest from any node first. A node nearer than 3 \303\205 went to another residue.</p>\n");
  write_table_head (page, "residue", columns, G_N_ELEMENTS (columns));
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *row = g_strdup_printf ("misses.residues.%" G_GSIZE_FORMAT, i);
      g_string_append_printf (page->out, "<tr><td class=\"n\">%" G_GSIZE_FORMAT "</td><td>", i + 1);
      residue_label (page, row);
      cf_page_raw (page, "</td>");
      write_cells (page, row, columns, G_N_ELEMENTS (columns));
    }
  cf_page_end_table (page);
  cf_page_raw (page, "</div>\n");
}

static void
write_missed_nodes (CfPage *page)
{
  static const Column columns[] = { { "persistence", "%.3f", "persistence" },
                                    { "density", "%.3f", "density" },
                                    { "nearest_atom", "%.2f", "nearest atom, \303\205" } };
  gsize n = json_array_size (cf_json_at (page->root, "misses.nodes"));

  cf_page_raw (page, "<h3>Stable nodes far from the model</h3>\n<p>");
  cf_page_count (page, "misses.nodes_without_atom");
  if (n == 0)
    {
      cf_page_raw (page, ": each node has an atom within 3 \303\205.</p>\n");
      return;
    }
  cf_page_raw (
      page,
      " nodes have no atom (other than hydrogen) within 3 \303\205; those that last over most levels first: they may be what the model "
      "lacks.</p>\n");
  write_table_head (page, "node at x, y, z, \303\205", columns, G_N_ELEMENTS (columns));
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *row = g_strdup_printf ("misses.nodes.%" G_GSIZE_FORMAT, i), *pos = g_strconcat (row, ".pos", NULL);
      g_autofree char *blend = g_strconcat (row, ".in_blend", NULL), *node = g_strconcat (row, ".node", NULL);
      g_string_append_printf (page->out, "<tr><td class=\"n\">%" G_GSIZE_FORMAT "</td><td>", i + 1);
      cf_page_raw (page, "#");
      cf_page_count (page, node);
      cf_page_raw (page, " at ");
      cf_page_triple (page, pos, "%.2f", ", ", json_is_true (cf_json_at (page->root, blend)) ? ", where sub-regions overlap" : "");
      cf_page_raw (page, "</td>");
      write_cells (page, row, columns, G_N_ELEMENTS (columns));
    }
  cf_page_end_table (page);
  cf_page_raw (page, "</div>\n");
}

void
cf_page_write_misses (CfPage *page)
{
  if (!cf_page_is_known (page, "misses"))
    return;
  cf_page_begin_section (page, "Where they disagree");
  write_missed_residues (page);
  write_missed_nodes (page);
  cf_page_end_section (page);
}

void
cf_page_write_residues (CfPage *page)
{
  json_t *rows = cf_json_at (page->root, "residues"), *row;
  gsize i;

  if (json_array_size (rows) == 0)
    return;
  cf_page_raw (page, "<section class=\"folded\">\n<h2>Each residue</h2>\n");
  g_string_append_printf (
      page->out,
      "<details><summary>Table of %" G_GSIZE_FORMAT " residues</summary>\n<div class=\"scroll\"><table><thead><tr>"
      "<th>residue</th><th class=\"n\">node</th><th class=\"n\">distance, \303\205</th><th class=\"n\">node density</th></tr>"
      "</thead><tbody>\n",
      json_array_size (rows));
  json_array_foreach (rows, i, row)
  {
    CfPage part = { page->out, row, page->report };
    static const Column columns[] = { { "node", "%.0f" }, { "distance", "%.2f" }, { "density", "%.3f" } };
    json_t *holder = json_pack ("{s:O}", "r", row);
    part.root = holder;
    cf_page_raw (page, "<tr><td>");
    residue_label (&part, "r");
    for (gsize k = 0; k < G_N_ELEMENTS (columns); k++)
      {
        json_t *value = json_object_get (row, columns[k].key);
        char shown[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf (page->out, "</td><td class=\"n\">%s",
                                json_is_number (value) ? g_ascii_formatd (shown, sizeof shown, columns[k].format, json_number_value (value))
                                                       : CF_DASH);
      }
    cf_page_raw (page, "</td></tr>\n");
    json_decref (holder);
  }
  cf_page_end_table (page);
  cf_page_raw (page, "</div></details>\n");
  cf_page_end_section (page);
}

void
cf_page_write_commands (CfPage *page)
{
  json_t *commands = cf_json_at (page->root, "commands"), *line;
  gsize i;

  if (json_array_size (commands) == 0)
    return;
  cf_page_begin_section (page, "Repeat it");
  cf_page_raw (page, "<pre>");
  json_array_foreach (commands, i, line)
  {
    cf_page_text (page, json_string_value (line) != NULL ? json_string_value (line) : "");
    cf_page_raw (page, "\n");
  }
  cf_page_raw (page, "</pre>\n");
  cf_page_end_section (page);
}
