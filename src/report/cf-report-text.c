#include "cf-report-text.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

#define DASH "\342\200\223"

/* What "{@level}" says of the level at that path. */
static const char *const level_words = N_("{.normalised|%.4g} normalised = {.file|%.4g} file units = {.sigma|%.3f} \317\203 above \316\274");

/* What "{+edge}" says after a number, which stands for it here. */
static const struct
{
  const char *one, *many;
} nouns[] = {
  { CF_N_PLURAL ("# atom", "# atoms") },       { CF_N_PLURAL ("# chain", "# chains") },     { CF_N_PLURAL ("# component", "# components") },
  { CF_N_PLURAL ("# draw", "# draws") },       { CF_N_PLURAL ("# edge", "# edges") },       { CF_N_PLURAL ("# epoch", "# epochs") },
  { CF_N_PLURAL ("# hidden layer", "# hidden layers") },                                { CF_N_PLURAL ("# hydrogen", "# hydrogens") },
  { CF_N_PLURAL ("# node", "# nodes") },       { CF_N_PLURAL ("# residue", "# residues") }, { CF_N_PLURAL ("# seam", "# seams") },
  { CF_N_PLURAL ("# voxel", "# voxels") },     { CF_N_PLURAL ("# water", "# waters") },
};

const CfFigure cf_report_figures[] = {
  { "comparison", "{comparison.ca.coverage|%.1f|100} %", N_("{model.trace|_} covered within 3\302\240\303\205"),
    N_("by chance {comparison.null.coverage|%.1f|100} %") },
  { "comparison", "{comparison.nodes.precision|%.1f|100} %", N_("node precision"), N_("by chance {comparison.null.precision|%.1f|100} %") },
  { "comparison", "{comparison.ca.rmsd|%.2f} \303\205", N_("RMSD of the matches"), N_("by chance {comparison.null.rmsd|%.2f} \303\205") },
  { NULL, "{graph.nodes}", N_("nodes"), N_("{graph.edges} {+edge}, {graph.components} {+component}") },
  { NULL, "{level.normalised|%.4g}", N_("seed threshold, normalised"), N_("{level.file|%.4g} file units, {level.sigma|%.2f}\302\240\317\203") },
  { NULL },
};

const CfMeasure cf_report_measures[] = {
  { N_("Residues ({model.trace|_}) with a node within 3 \303\205"), N_("one to one: a node counts for one residue"),
    N_("{comparison.ca.matched} of {comparison.ca.total}"), "{comparison.ca.coverage|%.1f|100} %", "{comparison.null.coverage|%.1f|100} %" },
  { N_("RMSD of these"), N_("over the matched residues only"), NULL, "{comparison.ca.rmsd|%.2f} \303\205", "{comparison.null.rmsd|%.2f} \303\205" },
  { N_("Nodes with a {model.trace|_} within 3 \303\205"), N_("precision; nodes may share a residue"), N_("{comparison.nodes.near} of {comparison.nodes.total}"),
    "{comparison.nodes.precision|%.1f|100} %", "{comparison.null.precision|%.1f|100} %" },
  { N_("Residues with any node within 3 \303\205"), N_("recall, as ModelAngelo has it: residues may share a node"), NULL, "{comparison.ca.recall|%.1f|100} %",
    "{comparison.null.recall|%.1f|100} %" },
  { N_("CA score"), N_("as phenix.chain_comparison: covered share / max (0.1, RMSD)"), NULL, "{comparison.ca_score|%.3f}",
    "{comparison.null.ca_score|%.3f}" },
  { N_("Atoms with a node within 1 \303\205"), N_("one to one; without hydrogens and waters; meant for maps of 2 \303\205 or better"),
    N_("{comparison.atoms.matched} of {comparison.atoms.total}"), "{comparison.atoms.coverage|%.1f|100} %",
    "{comparison.null.atoms.coverage|%.1f|100} %" },
  { N_("Nodes with such an atom"), "", N_("{comparison.atoms.matched} of {comparison.nodes.total}"), "{comparison.atoms.nodes|%.1f|100} %",
    "{comparison.null.atoms.nodes|%.1f|100} %" },
  { N_("RMSD of these"), "", NULL, "{comparison.atoms.rmsd|%.2f} \303\205", "{comparison.null.atoms.rmsd|%.2f} \303\205" },
  { N_("Atoms inside the contour"), N_("atom inclusion, as EMDB has it: where the field is at or above the level; without hydrogens and waters"), NULL,
    "{comparison.atom_inclusion.all|%.1f|100} %", NULL },
  { N_("Backbone atoms inside the contour"), "", NULL, "{comparison.atom_inclusion.backbone|%.1f|100} %", NULL },
  { NULL },
};

const CfFact cf_report_notes[] = {
  { "coverage", "+graph.nodes_per_residue",
    N_("A residue counts as covered when a node lies within 3 \303\205 of the atom that stands for it, anywhere in that ball. With {graph.nodes_per_residue|%.1f} nodes a residue, many would be covered by chance: read the coverage beside the precision and the column of chance.") },
  { "matching", "comparison",
    N_("Pairs are one to one: as many as there can be and, of those, the nearest (least sum of squared distances). The published evaluation takes the nearest free pair again and again, which may leave a residue without a node: compare --matching greedy.") },
  { "chance", "comparison.null",
    N_("Chance is the mean over {comparison.null.trials} {+draw} of as many random points inside the same contour, matched in the same way.") },
  { "left out", NULL,
    N_("Left out: {model.hydrogens} {+hydrogen} and {model.waters} {+water}. Of alternate locations the one of highest occupancy is matched.") },
  { "symmetry", NULL, N_("The model is the asymmetric unit as it stands in the file: neither BIOMT nor crystal symmetry is applied.") },
  { "models", "+model.models_left_out", N_("Only the first of its {model.models} models is compared.") },
  { NULL },
};

const CfFact cf_report_alarms[] = {
  { "differs", "+map.differs",
    N_("The map that was given is not the one that the neural map was fitted to: its SHA-256 is another. What is said of voxels is of the map given.") },
  { "part", "field.part", N_("Fitted is a part of the map: voxels {field.box.lo.0}-{field.box.hi.0}, {field.box.lo.1}-{field.box.hi.1}, {field.box.lo.2}-{field.box.hi.2} of {map.dims.0} \303\227 {map.dims.1} \303\227 {map.dims.2}, a box of {field.box.size.0|%.1f} \303\227 {field.box.size.1|%.1f} \303\227 {field.box.size.2|%.1f} \303\205. The graph, the comparison and the curves are of that part alone; residues and atoms elsewhere are not counted.") },
  { "untrained", "+field.untrained", N_("{field.untrained} of {field.regions} sub-regions are not trained: the graph leaves them out.") },
  { NULL },
};

static const CfFact level_facts[] = {
  { N_("Seed threshold"), NULL, "{@level}" },
  { N_("Generic threshold"), NULL, N_("max (0.1, \316\274 + 3\317\203): {@map.normalised.threshold}") },
  { N_("Author\342\200\231s contour"), "map.contour_level", "{@map.contour_level}" },
  { N_("Plateau"), "plateau", N_("{@plateau}, where fewest nodes are born") },
  { N_("Seeds"), NULL, "{graph.seeds}" },
  { N_("Clusters of peaks"), NULL, "{graph.peaks}" },
  { N_("Volume above it"), "map.above_level",
    N_("{map.above_level.cubic_angstrom|%.0f} \303\205\302\263 of {map.above_level.voxels} {+voxel}; protein of that volume weighs about {map.above_level.kilodalton|%.1f} kDa (1.21 \303\205\302\263 a dalton)") },
  { N_("Nodes"), NULL, N_("{graph.nodes}, of which {graph.nodes_in_blend} lie where sub-regions overlap") },
  { N_("Edges"), NULL, N_("{graph.edges} between nodes within {graph.adjacency|%.4g} \303\205") },
  { N_("Components"), NULL, N_("{graph.components}, the largest of {graph.largest_component} {+node}") },
  { N_("Dropped"), "+graph.min_component", N_("components of fewer than {graph.min_component} nodes") },
  { NULL },
};
const CfFacts cf_report_level_facts
    = { N_("Level and graph"), level_facts,
        N_("A \317\203 in this report belongs to the {map.normalised.population|_}. It is not the \317\203 of the whole file.") };

static const CfFact fit_facts[] = {
  { N_("Sub-regions"), NULL,
    N_("{field.regions} ({field.trained} trained, {field.flat} constant); partition {field.partition}, blend {field.blend}") },
  { N_("Network of each"), "field.width",
    N_("sine network, {field.hidden_layers} {+hidden layer} of {field.width}, w0 {field.w0_first|%.4g} and {field.w0|%.4g}; value {field.transform}") },
  { N_("Fit"), NULL,
    N_("recipe {field.recipe}, seed {field.seed}, {field.epochs} {+epoch} in all, {field.seconds|%.1f} s summed over sub-regions") },
  { N_("Loss"), "field.loss",
    N_("mean {field.loss|%.2e}, worst {field.worst_loss|%.2e} (mean squared error of the value trained on, \342\200\2231 to 1)") },
  { N_("Held-out voxels"), "field.held_out", N_("{field.held_out|%.2e}, the same on voxels that were not trained on") },
  { N_("Field minus voxels"), "field.at_voxels",
    N_("mean absolute {field.at_voxels.mean_abs|%.5f}, rms {field.at_voxels.rms|%.5f}, of the largest voxel; {field.at_voxels.samples} voxels sampled") },
  { N_("Field minus spline"), "field.between_voxels",
    N_("mean absolute {field.between_voxels.mean_abs|%.5f}, rms {field.between_voxels.rms|%.5f}; {field.between_voxels.samples} random points between voxels, against a tricubic B-spline through them. Where this is large and the line above is small, the field holds detail that the voxels do not vouch for.") },
  { N_("Seams"), "field.seams",
    N_("neighbouring networks differ by {field.seams.mean_abs|%.5f} in the mean (rms {field.seams.rms|%.5f}, at most {field.seams.max|%.4f}) of the largest voxel, at {field.seams.points} random points where two overlap; {field.seams.count} {+seam}. The blend hides what is not seen here.") },
  { NULL },
};
const CfFacts cf_report_fit_facts = { N_("Neural fit"), fit_facts, NULL };

static const CfFact map_facts[] = {
  { N_("File"), NULL, "{map.name}" },
  { N_("Voxels"), NULL, N_("{map.dims.0} \303\227 {map.dims.1} \303\227 {map.dims.2} along X, Y, Z") },
  { N_("Voxel edges"), NULL, "{map.voxel.0|%.4g} \303\227 {map.voxel.1|%.4g} \303\227 {map.voxel.2|%.4g} \303\205" },
  { N_("First voxel\342\200\231s centre"), NULL,
    N_("{map.origin.0|%.6g}, {map.origin.1|%.6g}, {map.origin.2|%.6g} \303\205, placed by {map.placement|_}") },
  { N_("Axis order of the file"), NULL, "{map.axes.0},{map.axes.1},{map.axes.2}" },
  { N_("Resolution"), "map.resolution", "{map.resolution|%.4g} \303\205" },
  { N_("Method"), "map.method", "{map.method}" },
  { N_("Values"), "map.max",
    N_("{map.min|%.4g} to {map.max|%.4g}, mean {map.mean|%.4g}, sd {map.sd|%.4g} (file units, all voxels; computed, not read from the header)") },
  { N_("Normalised"), NULL,
    N_("\316\274 {map.normalised.mu|%.4g}, \317\203 {map.normalised.sigma|%.4g}, over the {map.normalised.population|_} ({map.normalised.max|%.4g} file units)") },
  { N_("Crop"), NULL, N_("{map.normalised.crop_dims.0} \303\227 {map.normalised.crop_dims.1} \303\227 {map.normalised.crop_dims.2} voxels") },
  { NULL },
};
const CfFacts cf_report_map_facts = { N_("Map"), map_facts, NULL };

static const CfFact file_facts[] = {
  { N_("Map"), "map.sha256", "{map.name}: {map.sha256}" },
  { N_("Model"), "model.sha256", "{model.file}: {model.sha256}" },
  { N_("Neural map"), "neural.sha256", "{neural.file}: {neural.sha256}" },
  { NULL },
};
const CfFacts cf_report_file_facts = { N_("Repeat it"), file_facts, N_("SHA-256 of the files as stored. The commands below make the rest from them.") };

#define RESIDUE "{.chain}/{.name} {.number}"
const CfTable cf_report_findings[2] = {
  { N_("Residues without a node"),
    "findings.residues",
    N_("{findings.residues_without_node} in all; {findings.residues_order|_}. A node nearer than 3 \303\205 went to another residue."),
    N_("{findings.residues_without_node}: each residue has its node."),
    { { N_("residue"), RESIDUE, FALSE }, { N_("density there"), "{.density|%.3f}", TRUE }, { N_("nearest node, \303\205"), "{.nearest_node|%.2f}", TRUE } },
    CF_REPORT_TOP },
  { N_("Stable nodes far from the model"),
    "findings.nodes",
    N_("{findings.nodes_without_atom} nodes have no atom (other than hydrogen) within 3 \303\205; those that last over most levels first: they may be what the model lacks."),
    N_("{findings.nodes_without_atom}: each node has an atom within 3 \303\205."),
    { { N_("node"), "{.node}", TRUE },
      { "x, y, z, \303\205", "{.pos.0|%.2f}, {.pos.1|%.2f}, {.pos.2|%.2f}", FALSE },
      { N_("persistence"), "{.persistence|%.3f}", TRUE },
      { N_("density"), "{.density|%.3f}", TRUE },
      { N_("nearest atom, \303\205"), "{.nearest_atom|%.2f}", TRUE } },
    CF_REPORT_TOP },
};
const CfTable cf_report_chains = { N_("Each chain"),
                                   "comparison.chains",
                                   NULL,
                                   NULL,
                                   { { N_("chain"), "{.chain}", FALSE },
                                     { N_("residues"), N_("{.ca.matched} of {.ca.total}"), TRUE },
                                     { N_("coverage"), "{.ca.coverage|%.1f|100} %", TRUE },
                                     { N_("by chance"), "{.null_coverage|%.1f|100} %", TRUE },
                                     { N_("RMSD, \303\205"), "{.ca.rmsd|%.2f}", TRUE },
                                     { N_("CA score"), "{.ca_score|%.3f}", TRUE },
                                     { N_("atoms within 1 \303\205"), "{.atoms.coverage|%.1f|100} %", TRUE } },
                                   0 };
const CfTable cf_report_seams = { N_("Largest seams"),
                                  "field.seam",
                                  NULL,
                                  NULL,
                                  { { N_("sub-regions"), N_("{.name_a} and {.name_b}"), FALSE },
                                    { N_("along"), "{.axis}", FALSE },
                                    { N_("mean difference"), "{.mean_abs|%.5f}", TRUE },
                                    { N_("rms"), "{.rms|%.5f}", TRUE },
                                    { N_("largest"), "{.max|%.4f}", TRUE } },
                                  10 };
const CfTable cf_report_regions = { N_("Each sub-region"),
                                    "field.region",
                                    NULL,
                                    NULL,
                                    { { N_("region"), "{.name}", TRUE },
                                      { N_("epochs"), "{.epochs}", TRUE },
                                      { N_("loss"), "{.loss|%.2e}", TRUE },
                                      { N_("held out"), "{.held_out|%.2e}", TRUE },
                                      { N_("seconds"), "{.seconds|%.1f}", TRUE },
                                      { N_("at voxels, rms"), "{.at_voxels.rms|%.4f}", TRUE },
                                      { N_("between, rms"), "{.between_voxels.rms|%.4f}", TRUE } },
                                    0 };
const CfTable cf_report_residues = { N_("Each residue"),
                                     "residues",
                                     NULL,
                                     NULL,
                                     { { N_("residue"), RESIDUE, FALSE },
                                       { N_("node"), "{.node}", TRUE },
                                       { N_("distance, \303\205"), "{.distance|%.2f}", TRUE },
                                       { N_("node density"), "{.density|%.3f}", TRUE } },
                                     0 };

const char *const cf_report_of_map = N_("Density graph of {map.name}");
const char *const cf_report_page_title = N_("{map.name} \342\200\223 density graph report");
const char *const cf_report_against = N_("against {model.name}");
const char *const cf_report_model_counts = N_("{model.name}: {model.atoms} {+atom}, {model.residues} {+residue}, {model.chains} {+chain}.");

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

static const char *
noun (const char *one, double number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (nouns); i++)
    if (strcmp (nouns[i].one + 2, one) == 0)
      {
        const char *phrase = CF_PLURAL (nouns[i].one, nouns[i].many, (gulong) fabs (number));
        return g_str_has_prefix (phrase, "# ") ? phrase + 2 : phrase;
      }
  g_return_val_if_reached (one);
}

typedef struct
{
  json_t *root;
  const char *row;
  double last; /* the number said last, for the noun after it */
  CfPieceFunc emit;
  gpointer user_data;
} Speaker;

static void
emit_text (Speaker *speaker, const char *text, const char *key)
{
  speaker->emit (&(CfPiece){ text, key, FALSE, NAN }, speaker->user_data);
}

static void
say_value (Speaker *speaker, const char *braced)
{
  g_auto (GStrv) parts = g_strsplit (braced, "|", 3);
  guint n = g_strv_length (parts);
  g_autofree char *key = parts[0][0] == '.' ? g_strconcat (speaker->row, parts[0], NULL) : g_strdup (parts[0]);
  json_t *value = cf_json_at (speaker->root, key);
  char shown[G_ASCII_DTOSTR_BUF_SIZE];

  if (json_is_number (value))
    {
      double exact = json_number_value (value), factor = n > 2 ? g_ascii_strtod (parts[2], NULL) : 1.0;
      speaker->last = exact;
      g_ascii_formatd (shown, sizeof shown, n > 1 ? parts[1] : "%.0f", factor * exact);
      speaker->emit (&(CfPiece){ shown, key, TRUE, exact }, speaker->user_data);
    }
  else if (json_is_string (value))
    {
      const char *text = json_string_value (value);
      g_autofree char *clean = cf_text_clean (n > 1 && strcmp (parts[1], "_") == 0 ? _(text) : text, -1);
      emit_text (speaker, clean, key);
    }
  else
    emit_text (speaker, DASH, NULL);
}

static void
say_braced (Speaker *speaker, const char *braced)
{
  if (*braced == '+')
    emit_text (speaker, noun (braced + 1, speaker->last), NULL);
  else if (*braced == '@')
    cf_report_say (speaker->root, braced + 1, level_words, speaker->emit, speaker->user_data);
  else
    say_value (speaker, braced);
}

void
cf_report_say (json_t *root, const char *row, const char *words, CfPieceFunc emit, gpointer user_data)
{
  Speaker speaker = { root, row, NAN, emit, user_data };

  if (*words != '\0') /* "" is the head of a catalogue */
    words = _(words);
  while (*words != '\0')
    {
      const char *open = strchr (words, '{'), *close = open != NULL ? strchr (open, '}') : NULL;
      gsize n = close != NULL ? (gsize)(open - words) : strlen (words);
      if (n > 0)
        {
          g_autofree char *own = g_strndup (words, n);
          emit_text (&speaker, own, NULL);
        }
      if (close == NULL)
        return;
      g_autofree char *braced = g_strndup (open + 1, (gsize)(close - open - 1));
      say_braced (&speaker, braced);
      words = close + 1;
    }
}

char *
cf_report_left_out (json_t *root, const CfTable *table)
{
  gsize all = json_array_size (cf_json_at (root, table->list)), shown = cf_report_n_rows (root, table);

  return all > shown ? g_strdup_printf (_("The first %zu of %zu; the JSON and the tables (.csv) have all."), shown, all) : NULL;
}

const char *
cf_report_pictures_caption (gboolean compared)
{
  if (compared)
    return _("The field at the level of this report, its nodes (blue: matched to a residue, vermilion: not) and edges, and the trace of the model.");
  return _("The field at the level of this report, its nodes and edges.");
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
