#include "cf-report-text.h"

#include <math.h>

#include "cf-file.h"

#define A "\303\205"
#define X " \303\227 "
#define DASH "\342\200\223"
#define MU "\316\274"
#define SIGMA "\317\203"
#define LEVEL(key) "{" key ".normalised|%.4g} normalised = {" key ".file|%.4g} file units = {" key ".sigma|%.3f} " SIGMA " above " MU

const CfFigure cf_report_figures[] = {
  { "comparison", "{comparison.ca.coverage|%.1f|100} %", "{model.trace} covered within 3\302\240" A,
    "by chance {comparison.null.coverage|%.1f|100} %" },
  { "comparison", "{comparison.nodes.precision|%.1f|100} %", "node precision", "by chance {comparison.null.precision|%.1f|100} %" },
  { "comparison", "{comparison.ca.rmsd|%.2f} " A, "RMSD of the matches", "by chance {comparison.null.rmsd|%.2f} " A },
  { NULL, "{graph.nodes}", "nodes", "{graph.edges} edge{+s}, {graph.components} component{+s}" },
  { NULL, "{level.normalised|%.4g}", "seed threshold, normalised", "{level.file|%.4g} file units, {level.sigma|%.2f}\302\240" SIGMA },
  { NULL },
};

const CfMeasure cf_report_measures[] = {
  { "Residues ({model.trace}) with a node within 3 " A, "one to one: a node counts for one residue",
    "{comparison.ca.matched} of {comparison.ca.total}", "{comparison.ca.coverage|%.1f|100} %", "{comparison.null.coverage|%.1f|100} %" },
  { "RMSD of these", "over the matched residues only", NULL, "{comparison.ca.rmsd|%.2f} " A, "{comparison.null.rmsd|%.2f} " A },
  { "Nodes with a {model.trace} within 3 " A, "precision; nodes may share a residue", "{comparison.nodes.near} of {comparison.nodes.total}",
    "{comparison.nodes.precision|%.1f|100} %", "{comparison.null.precision|%.1f|100} %" },
  { "Residues with any node within 3 " A, "recall, as ModelAngelo has it: residues may share a node", NULL, "{comparison.ca.recall|%.1f|100} %",
    "{comparison.null.recall|%.1f|100} %" },
  { "CA score", "as phenix.chain_comparison: covered share / max (0.1, RMSD)", NULL, "{comparison.ca_score|%.3f}",
    "{comparison.null.ca_score|%.3f}" },
  { "Atoms with a node within 1 " A, "one to one; without hydrogens and waters; meant for maps of 2 " A " or better",
    "{comparison.atoms.matched} of {comparison.atoms.total}", "{comparison.atoms.coverage|%.1f|100} %",
    "{comparison.null.atoms.coverage|%.1f|100} %" },
  { "Nodes with such an atom", "", "{comparison.atoms.matched} of {comparison.nodes.total}", "{comparison.atoms.nodes|%.1f|100} %",
    "{comparison.null.atoms.nodes|%.1f|100} %" },
  { "RMSD of these", "", NULL, "{comparison.atoms.rmsd|%.2f} " A, "{comparison.null.atoms.rmsd|%.2f} " A },
  { NULL },
};

const CfFact cf_report_notes[] = {
  { "coverage", "+graph.nodes_per_residue",
    "A residue counts as covered when a node lies within 3 " A " of the atom that stands for it, anywhere in that ball. With "
    "{graph.nodes_per_residue|%.1f} nodes a residue, many would be covered by chance: read the coverage beside the precision and the "
    "column of "
    "chance." },
  { "chance", "comparison.null",
    "Chance is the mean over {comparison.null.trials} draw{+s} of as many random points inside the same contour, matched in the same "
    "way." },
  { "left out", NULL,
    "Left out: {model.hydrogens} hydrogen{+s} and {model.waters} water{+s}. Of alternate locations the one of highest occupancy is "
    "matched." },
  { "symmetry", NULL, "The model is the asymmetric unit as it stands in the file: neither BIOMT nor crystal symmetry is applied." },
  { "models", "+model.models_left_out", "Only the first of its {model.models} models is compared." },
  { NULL },
};

const CfFact cf_report_alarms[] = {
  { "differs", "+map.differs",
    "The map that was given is not the one that the neural map was fitted to: its SHA-256 is another. What is said of voxels is of the map given." },
  { "untrained", "+field.untrained", "{field.untrained} of {field.regions} sub-regions are not trained: the graph leaves them out." },
  { NULL },
};

static const CfFact level_facts[] = {
  { "Seed threshold", NULL, LEVEL ("level") },
  { "Generic threshold", NULL, "max (0.1, " MU " + 3" SIGMA "): " LEVEL ("map.normalised.threshold") },
  { "Author\342\200\231s contour", "map.contour_level", LEVEL ("map.contour_level") },
  { "Seeds", NULL, "{graph.seeds}" },
  { "Clusters of peaks", NULL, "{graph.peaks}" },
  { "Volume above it", "map.above_level",
    "{map.above_level.cubic_angstrom|%.0f} " A "\302\263 of {map.above_level.voxels} voxel{+s}; protein of that volume weighs about "
    "{map.above_level.kilodalton|%.1f} kDa (1.21 " A "\302\263 a dalton)" },
  { "Nodes", NULL, "{graph.nodes}, of which {graph.nodes_in_blend} lie where sub-regions overlap" },
  { "Edges", NULL, "{graph.edges} between nodes within {graph.adjacency|%.4g} " A },
  { "Components", NULL, "{graph.components}, the largest of {graph.largest_component} node{+s}" },
  { "Dropped", "+graph.min_component", "components of fewer than {graph.min_component} nodes" },
  { NULL },
};
const CfFacts cf_report_level_facts
    = { "Level and graph", level_facts,
        "A " SIGMA " in this report belongs to the " CF_REPORT_POPULATION ". It is not the " SIGMA " of the whole file." };

static const CfFact fit_facts[] = {
  { "Sub-regions", NULL,
    "{field.regions} ({field.trained} trained, {field.flat} constant); partition {field.partition}, blend {field.blend}" },
  { "Network of each", "field.width",
    "sine network, {field.hidden_layers} hidden layer{+s} of {field.width}, w0 {field.w0_first|%.4g} and {field.w0|%.4g}; value "
    "{field.transform}" },
  { "Fit", NULL,
    "recipe {field.recipe}, seed {field.seed}, {field.epochs} epoch{+s} in all, {field.seconds|%.1f} s summed over sub-regions" },
  { "Loss", "field.loss",
    "mean {field.loss|%.2e}, worst {field.worst_loss|%.2e} (mean squared error of the value trained on, " DASH "1 to 1)" },
  { "Held-out voxels", "field.held_out", "{field.held_out|%.2e}, the same on voxels that were not trained on" },
  { "Field minus voxels", "field.at_voxels",
    "mean absolute {field.at_voxels.mean_abs|%.5f}, rms {field.at_voxels.rms|%.5f}, of the largest voxel; {field.at_voxels.samples} voxels "
    "sampled" },
  { "Field minus spline", "field.between_voxels",
    "mean absolute {field.between_voxels.mean_abs|%.5f}, rms {field.between_voxels.rms|%.5f}; {field.between_voxels.samples} random points "
    "between voxels, against a tricubic B-spline through them. Where this is large and the line above is small, the field holds detail "
    "that "
    "the voxels do not vouch for." },
  { "Seams", "field.seams",
    "neighbouring networks differ by {field.seams.mean_abs|%.5f} in the mean (rms {field.seams.rms|%.5f}, at most {field.seams.max|%.4f}) of the "
    "largest voxel, at {field.seams.points} random points where two overlap; {field.seams.count} seam{+s}. The blend hides what is not seen here." },
  { NULL },
};
const CfFacts cf_report_fit_facts = { "Neural fit", fit_facts, NULL };

static const CfFact map_facts[] = {
  { "File", NULL, "{map.name}" },
  { "Voxels", NULL, "{map.dims.0}" X "{map.dims.1}" X "{map.dims.2} along X, Y, Z" },
  { "Voxel edges", NULL, "{map.voxel.0|%.4g}" X "{map.voxel.1|%.4g}" X "{map.voxel.2|%.4g} " A },
  { "First voxel\342\200\231s centre", NULL,
    "{map.origin.0|%.6g}, {map.origin.1|%.6g}, {map.origin.2|%.6g} " A ", placed by {map.placement}" },
  { "Axis order of the file", NULL, "{map.axes.0},{map.axes.1},{map.axes.2}" },
  { "Resolution", "map.resolution", "{map.resolution|%.4g} " A },
  { "Method", "map.method", "{map.method}" },
  { "Values", "map.max",
    "{map.min|%.4g} to {map.max|%.4g}, mean {map.mean|%.4g}, sd {map.sd|%.4g} (file units, all voxels; computed, not read from the "
    "header)" },
  { "Normalised", NULL,
    MU " {map.normalised.mu|%.4g}, " SIGMA " {map.normalised.sigma|%.4g}, over the " CF_REPORT_POPULATION
       " ({map.normalised.max|%.4g} file units)" },
  { "Crop", NULL, "{map.normalised.crop_dims.0}" X "{map.normalised.crop_dims.1}" X "{map.normalised.crop_dims.2} voxels" },
  { NULL },
};
const CfFacts cf_report_map_facts = { "Map", map_facts, NULL };

static const CfFact file_facts[] = {
  { "Map", "map.sha256", "{map.name}: {map.sha256}" },
  { "Model", "model.sha256", "{model.file}: {model.sha256}" },
  { "Neural map", "neural.sha256", "{neural.file}: {neural.sha256}" },
  { NULL },
};
const CfFacts cf_report_file_facts = { "Repeat it", file_facts, "SHA-256 of the files as stored. The commands below make the rest from them." };

#define RESIDUE "{.chain}/{.name} {.number}"
const CfTable cf_report_findings[2] = {
  { "Residues without a node",
    "findings.residues",
    "{findings.residues_without_node} in all; {findings.residues_order}. A node nearer than 3 " A " went to another residue.",
    "{findings.residues_without_node}: each residue has its node.",
    { { "residue", RESIDUE, FALSE }, { "density there", "{.density|%.3f}", TRUE }, { "nearest node, " A, "{.nearest_node|%.2f}", TRUE } },
    CF_REPORT_TOP },
  { "Stable nodes far from the model",
    "findings.nodes",
    "{findings.nodes_without_atom} nodes have no atom (other than hydrogen) within 3 " A
    "; those that last over most levels first: they may be what "
    "the model lacks.",
    "{findings.nodes_without_atom}: each node has an atom within 3 " A ".",
    { { "node", "{.node}", TRUE },
      { "x, y, z, " A, "{.pos.0|%.2f}, {.pos.1|%.2f}, {.pos.2|%.2f}", FALSE },
      { "persistence", "{.persistence|%.3f}", TRUE },
      { "density", "{.density|%.3f}", TRUE },
      { "nearest atom, " A, "{.nearest_atom|%.2f}", TRUE } },
    CF_REPORT_TOP },
};
const CfTable cf_report_chains = { "Each chain",
                                   "comparison.chains",
                                   NULL,
                                   NULL,
                                   { { "chain", "{.chain}", FALSE },
                                     { "residues", "{.ca.matched} of {.ca.total}", TRUE },
                                     { "coverage", "{.ca.coverage|%.1f|100} %", TRUE },
                                     { "by chance", "{.null_coverage|%.1f|100} %", TRUE },
                                     { "RMSD, " A, "{.ca.rmsd|%.2f}", TRUE },
                                     { "CA score", "{.ca_score|%.3f}", TRUE },
                                     { "atoms within 1 " A, "{.atoms.coverage|%.1f|100} %", TRUE } },
                                   0 };
const CfTable cf_report_seams = { "Largest seams",
                                  "field.seam",
                                  NULL,
                                  NULL,
                                  { { "sub-regions", "{.a} and {.b}", FALSE },
                                    { "along", "{.axis}", FALSE },
                                    { "mean difference", "{.mean_abs|%.5f}", TRUE },
                                    { "rms", "{.rms|%.5f}", TRUE },
                                    { "largest", "{.max|%.4f}", TRUE } },
                                  10 };
const CfTable cf_report_regions = { "Each sub-region",
                                    "field.region",
                                    NULL,
                                    NULL,
                                    { { "region", "{.region}", TRUE },
                                      { "epochs", "{.epochs}", TRUE },
                                      { "loss", "{.loss|%.2e}", TRUE },
                                      { "held out", "{.held_out|%.2e}", TRUE },
                                      { "seconds", "{.seconds|%.1f}", TRUE },
                                      { "at voxels, rms", "{.at_voxels.rms|%.4f}", TRUE },
                                      { "between, rms", "{.between_voxels.rms|%.4f}", TRUE } },
                                    0 };
const CfTable cf_report_residues = { "Each residue",
                                     "residues",
                                     NULL,
                                     NULL,
                                     { { "residue", RESIDUE, FALSE },
                                       { "node", "{.node}", TRUE },
                                       { "distance, " A, "{.distance|%.2f}", TRUE },
                                       { "node density", "{.density|%.3f}", TRUE } },
                                     0 };

/* -- saying it -------------------------------------------------------------------------------------------------------------- */

gsize
cf_report_n_rows (json_t *root, const CfTable *table)
{
  gsize n = json_array_size (cf_json_at (root, table->list));
  return table->most > 0 ? MIN (n, table->most) : n;
}

gboolean
cf_report_needs (json_t *root, const char *need)
{
  if (need == NULL)
    return TRUE;
  json_t *value = cf_json_at (root, need + (*need == '+'));
  return *need == '+' ? json_number_value (value) > 0.0 : value != NULL && !json_is_null (value);
}

/* last: the number said last, for "{+s}", what is added unless that was 1. */
static void
say_value (json_t *root, const char *row, const char *braced, double *last, CfPieceFunc emit, gpointer user_data)
{
  if (*braced == '+')
    {
      if (*last != 1.0)
        emit (&(CfPiece){ braced + 1, NULL, FALSE, NAN }, user_data);
      return;
    }
  g_auto (GStrv) parts = g_strsplit (braced, "|", 3);
  guint n = g_strv_length (parts);
  g_autofree char *key = parts[0][0] == '.' ? g_strconcat (row, parts[0], NULL) : g_strdup (parts[0]);
  json_t *value = cf_json_at (root, key);
  char shown[G_ASCII_DTOSTR_BUF_SIZE];

  if (json_is_number (value))
    {
      double exact = json_number_value (value), factor = n > 2 ? g_ascii_strtod (parts[2], NULL) : 1.0;
      *last = exact;
      g_ascii_formatd (shown, sizeof shown, n > 1 ? parts[1] : "%.0f", factor * exact);
      emit (&(CfPiece){ shown, key, TRUE, exact }, user_data);
    }
  else if (json_is_string (value))
    {
      g_autofree char *clean = cf_text_clean (json_string_value (value), -1);
      emit (&(CfPiece){ clean, key, FALSE, NAN }, user_data);
    }
  else
    emit (&(CfPiece){ DASH, NULL, FALSE, NAN }, user_data);
}

void
cf_report_say (json_t *root, const char *row, const char *words, CfPieceFunc emit, gpointer user_data)
{
  double last = NAN;
  while (*words != '\0')
    {
      const char *open = strchr (words, '{'), *close = open != NULL ? strchr (open, '}') : NULL;
      gsize n = close != NULL ? (gsize)(open - words) : strlen (words);
      if (n > 0)
        {
          g_autofree char *own = g_strndup (words, n);
          emit (&(CfPiece){ own, NULL, FALSE, NAN }, user_data);
        }
      if (close == NULL)
        return;
      g_autofree char *braced = g_strndup (open + 1, (gsize)(close - open - 1));
      say_value (root, row, braced, &last, emit, user_data);
      words = close + 1;
    }
}

static void
note_unknown (const CfPiece *piece, gpointer user_data)
{
  gboolean *known = user_data;
  if (piece->key == NULL && strcmp (piece->text, DASH) == 0)
    *known = FALSE;
}

gboolean
cf_report_can_say (json_t *root, const char *row, const char *words)
{
  gboolean known = TRUE;
  cf_report_say (root, row, words, note_unknown, &known);
  return known;
}
