#include "cf-strip.h"

#include <math.h>
#include <string.h>

#include "cf-plot-private.h"
#include "cf-words.h"

/* -- which residues, in which rows ------------------------------------------------------------------------------------------ */

static gboolean
is_compared (const CfResidue *residue)
{
  return residue->trace >= 0 && !residue->water;
}

CfStrips *
cf_strips_new (const CfStructure *structure, guint per_row)
{
  CfStrips *strips = g_new0 (CfStrips, 1);
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (CfStripRow));

  strips->residues = g_new (guint32, MAX (structure->n_residues, 1));
  for (guint32 c = 0; c < structure->n_chains; c++)
    {
      guint32 in_row = per_row;
      for (guint32 r = structure->chains[c].first; r < structure->chains[c].first + structure->chains[c].n; r++)
        {
          if (!is_compared (&structure->residues[r]))
            continue;
          if (in_row == per_row)
            {
              CfStripRow row = { c, 0, strips->residues + strips->n_residues };
              g_array_append_val (rows, row);
              in_row = 0;
            }
          strips->residues[strips->n_residues++] = r;
          g_array_index (rows, CfStripRow, rows->len - 1).n = ++in_row;
        }
    }
  strips->n_rows = rows->len;
  strips->rows = (CfStripRow *)g_array_free (rows, FALSE);
  return strips;
}

void
cf_strips_free (CfStrips *strips)
{
  if (strips == NULL)
    return;
  g_free (strips->rows);
  g_free (strips->residues);
  g_free (strips);
}

/* -- what a residue is ------------------------------------------------------------------------------------------------------ */

int
cf_strip_step (const CfComparison *comparison, guint32 residue)
{
  if (residue >= comparison->n_residues || comparison->node_of_residue[residue] < 0)
    return CF_STRIP_MISSED;
  return CLAMP ((int)floor (comparison->node_distance[residue] * CF_STRIP_STEPS / CF_COMPARE_CA_CUTOFF), 0, CF_STRIP_STEPS - 1);
}

const char *
cf_strip_step_name (int step)
{
  static const char *const names[] = { N_("under 0.5 \303\205"), N_("to 1 \303\205"), N_("to 1.5 \303\205"), N_("to 2 \303\205"), N_("to 2.5 \303\205"), N_("to 3 \303\205"), N_("no node") };
  return names[CLAMP (step, 0, CF_STRIP_MISSED)];
}

void
cf_strip_step_colours (int step, double ground[3], double letter[3])
{
  /* Nunez, Anderton and Renslow, "Optimizing colormaps with consideration for color vision deficiency", 2018: cividis, six steps */
  static const double grounds[][3] = { { 0.000, 0.135, 0.305 }, { 0.205, 0.265, 0.425 }, { 0.370, 0.385, 0.440 }, { 0.535, 0.515, 0.470 },
                                       { 0.735, 0.675, 0.420 }, { 0.995, 0.910, 0.220 }, { 1.0, 1.0, 1.0 } };
  static const double vermilion[3] = { 0.835, 0.369, 0.0 };
  int k = CLAMP (step, 0, CF_STRIP_MISSED);
  for (int a = 0; a < 3; a++)
    {
      ground[a] = grounds[k][a];
      letter[a] = k == CF_STRIP_MISSED ? vermilion[a] : k < 3 ? 1.0 : 0.0;
    }
}

char
cf_residue_letter (const char *name)
{
  static const char *const known[]
      = { "ALAA", "ARGR", "ASNN", "ASPD", "CYSC", "GLNQ", "GLUE", "GLYG", "HISH", "ILEI", "LEUL", "LYSK", "METM", "MSEM", "PHEF", "PROP",
          "PYLO", "SECU", "SERS", "THRT", "TRPW", "TYRY", "VALV" };
  gsize n = strlen (name);
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (n == 3 && strncmp (known[i], name, 3) == 0)
      return known[i][3];
  gboolean one = n == 1 && strchr ("ACGTUI", name[0]) != NULL, deoxy = n == 2 && name[0] == 'D' && strchr ("ACGTUI", name[1]) != NULL;
  return one || deoxy ? name[n - 1] : 'X';
}

char *
cf_strip_residue_label (const CfStructure *structure, const CfComparison *comparison, guint32 residue, const char *none)
{
  const CfResidue *r = &structure->residues[residue];
  const char icode[2] = { r->icode, '\0' };
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *name = g_strdup_printf ("%s/%s %d%s", structure->chains[r->chain].name, r->name, r->seq, icode);

  if (cf_strip_step (comparison, residue) == CF_STRIP_MISSED)
    return g_strconcat (name, ": ", none, NULL);
  return g_strdup_printf ("%s: %s \303\205", name,
                          g_ascii_formatd (number, sizeof number, "%.2f", comparison->node_distance[residue]));
}

/* -- drawing ---------------------------------------------------------------------------------------------------------------- */

static void
draw_cell (cairo_t *cr, const CfPlotBox *box, int step, char letter, gboolean selected, const CfPlotTheme *theme)
{
  double ground[3], ink[3];
  const char text[2] = { letter, '\0' };

  cf_strip_step_colours (step, ground, ink);
  if (step == CF_STRIP_MISSED)
    memcpy (ground, theme->background, sizeof ground);
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
  cairo_set_source_rgb (cr, ground[0], ground[1], ground[2]);
  cairo_fill (cr);
  cairo_set_source_rgb (cr, ink[0], ink[1], ink[2]);
  if (step == CF_STRIP_MISSED)
    {
      cairo_set_line_width (cr, 1.2);
      cairo_rectangle (cr, box->x + 0.9, box->y + 0.9, box->width - 1.8, box->height - 1.8);
      cairo_stroke (cr);
    }
  if (letter != '\0' && box->width > 0.7 * theme->font_size)
    cf_plot_label (cr, theme, box->x + 0.5 * box->width, box->y + 0.5 * box->height, 0.5, 0.5, text);
  if (!selected)
    return;
  cf_plot_set_grey (cr, theme, 1.0);
  cairo_set_line_width (cr, 2.0);
  cairo_rectangle (cr, box->x + 1.0, box->y + 1.0, box->width - 2.0, box->height - 2.0);
  cairo_stroke (cr);
}

void
cf_strip_draw_row (cairo_t *cr, double width, double height, double label, guint per_row, const CfStripRow *row, const CfStructure *structure,
                   const CfComparison *comparison, guint32 selected, const CfPlotTheme *theme)
{
  double cell = (width - label) / per_row;
  const CfResidue *first = &structure->residues[row->residues[0]];
  g_autofree char *text = g_strdup_printf ("%s %d", structure->chains[row->chain].name, first->seq);
  CfPlotTheme small = *theme;

  cf_plot_set_grey (cr, theme, 0.7);
  cf_plot_label (cr, theme, label - 4.0, 0.5 * height, 1.0, 0.5, text);
  small.font_size = MIN (theme->font_size, 1.3 * cell);
  for (guint32 i = 0; i < row->n; i++)
    {
      CfPlotBox box = { label + i * cell + 0.5, 0.5, cell - 1.0, height - 1.0 };
      guint32 r = row->residues[i];
      draw_cell (cr, &box, cf_strip_step (comparison, r), cf_residue_letter (structure->residues[r].name), r == selected, &small);
    }
}

guint32
cf_strip_residue_at (const CfStripRow *row, double x, double width, double label, guint per_row)
{
  double at = (x - label) * per_row / MAX (width - label, 1.0);
  return at >= 0.0 && at < row->n ? row->residues[(guint32)at] : G_MAXUINT32;
}

void
cf_strip_draw_legend (cairo_t *cr, double width, double height, const CfPlotTheme *theme)
{
  double x = 0.0, side = MIN (height - 2.0, theme->font_size + 2.0);
  CfPlotTheme small = *theme;

  for (int k = 0; k <= CF_STRIP_MISSED; k++)
    {
      double text = cf_plot_text_width (cr, &small, _(cf_strip_step_name (k)));
      CfPlotBox box = { x, 0.5 * (height - side), side, side };
      if (x + side + 4.0 + text > width)
        return;
      draw_cell (cr, &box, k, '\0', FALSE, theme);
      cf_plot_set_grey (cr, theme, 0.8);
      cf_plot_label (cr, theme, x + side + 4.0, 0.5 * height, 0.0, 0.5, _(cf_strip_step_name (k)));
      x += side + text + 14.0;
    }
}

void
cf_strip_draw_scale (cairo_t *cr, double width, double height, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), side = MIN (height - line, 12.0), cell = width / (CF_STRIP_STEPS + 3.0);

  for (int k = 0; k <= CF_STRIP_MISSED; k++)
    {
      CfPlotBox box = { (k + (k == CF_STRIP_MISSED ? 1.0 : 0.0)) * cell, 0.0, cell, side };
      draw_cell (cr, &box, k, '\0', FALSE, theme);
    }
  cf_plot_set_grey (cr, theme, 0.8);
  for (int k = 0; k <= CF_STRIP_STEPS; k += 2)
    {
      g_autofree char *text = g_strdup_printf (k == CF_STRIP_STEPS ? "%d \303\205" : "%d", k / 2);
      cf_plot_label (cr, theme, k * cell, side + 0.5 * line, k == 0 ? 0.0 : 0.5, 0.5, text);
    }
  const char *none = _("no node");
  double x = MIN ((CF_STRIP_STEPS + 1.2) * cell, width - cf_plot_text_width (cr, theme, none)); /* longer words begin further left */
  cf_plot_label (cr, theme, x, side + 0.5 * line, 0.0, 0.5, none);
}
