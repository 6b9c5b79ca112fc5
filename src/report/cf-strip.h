/* cf-strip.h: a model's chains as strips of residues, each coloured by how far its node is: the same cells in the window and on paper. */
#pragma once

#include "cf-compare.h"
#include "cf-plot.h"

G_BEGIN_DECLS

/** A line of the strips: up to `per_row` residues of one chain. */
typedef struct
{
  guint32 chain;
  guint32 n;
  guint32 *residues; /* [n] indices of the structure's; owned by the strips */
} CfStripRow;

/** The residues that are compared, chain by chain. */
typedef struct
{
  gsize n_rows;
  CfStripRow *rows;
  guint32 *residues; /* all of them */
  gsize n_residues;
} CfStrips;

CfStrips *cf_strips_new (const CfStructure *structure, guint per_row);
void cf_strips_free (CfStrips *strips);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfStrips, cf_strips_free)

/** Steps of half an A up to the cutoff of a match, then "no node". */
#define CF_STRIP_STEPS 6
#define CF_STRIP_MISSED CF_STRIP_STEPS
/** Which step a residue is in; CF_STRIP_MISSED where no node was matched to it. */
int cf_strip_step (const CfComparison *comparison, guint32 residue);
/** "under 0.5 A", ..., "no node": static, to be translated. */
const char *cf_strip_step_name (int step);
/** Ground and letter of a step, sRGB: dark to light as the distance grows (cividis: read by colour-blind eyes and in grey), a vermilion
 * frame on the ground of the page for what is missed. */
void cf_strip_step_colours (int step, double ground[3], double letter[3]);

/** One letter: "L" of LEU, "A" of a nucleotide DA or A, "X" of another. */
char cf_residue_letter (const char *name);
/** "A/Leu 45: 0.41 A", "A/Leu 45: no node", where `none` says "no node"; new string. */
char *cf_strip_residue_label (const CfStructure *structure, const CfComparison *comparison, guint32 residue, const char *none);

/** Draws a row into a box whose left part, `label` wide, says chain and first number. selected: a residue, or G_MAXUINT32. */
void cf_strip_draw_row (cairo_t *cr, double width, double height, double label, guint per_row, const CfStripRow *row,
                        const CfStructure *structure, const CfComparison *comparison, guint32 selected, const CfPlotTheme *theme);
/** The residue under x of a row so drawn; G_MAXUINT32 for none. */
guint32 cf_strip_residue_at (const CfStripRow *row, double x, double width, double label, guint per_row);
/** What the colours mean, in one line of text height. */
void cf_strip_draw_legend (cairo_t *cr, double width, double height, const CfPlotTheme *theme);
/** The same where there is little width: a scale with its ends, and the missed. */
void cf_strip_draw_scale (cairo_t *cr, double width, double height, const CfPlotTheme *theme);

G_END_DECLS
