/* commands.c: the table of commands. To add one: a row here, a function in cli.h, a file cmd-NAME.c. */
#include "cli.h"

#include "cf-words.h"

const CfCommand cf_commands[] = {
  { "info", "MAP|MODEL|NEURAL", N_("what a map, a model or a neural map holds"), NULL, cf_cmd_info },
  { "probe", "MAP|NEURAL", N_("values and gradients at points, as CSV"), NULL, cf_cmd_probe },
  { "simulate", "MODEL", N_("a map from atoms, a Gaussian each"), N_("The embedded demonstration is a MODEL named demo:"), cf_cmd_simulate },
  { "train", "MAP", N_("fit a map: a neural map"), NULL, cf_cmd_train },
  { "merge", "NEURAL...", N_("join neural maps that were trained with --regions"), NULL, cf_cmd_merge },
  { "sample", "NEURAL", N_("voxels from a neural map"), NULL, cf_cmd_sample },
  { "graph", "NEURAL", N_("the density graph at a level"), NULL, cf_cmd_graph },
  { "walk", "NEURAL", N_("where each seed above a level climbs to"), NULL, cf_cmd_walk },
  { "sweep", "NEURAL", N_("the graph at every level, as a table"), NULL, cf_cmd_sweep },
  { "compare", "GRAPH MODEL", N_("a graph against a model: coverage, precision, RMSD"), NULL, cf_cmd_compare },
  { "report", "NEURAL", N_("the report of a comparison with a model"), NULL, cf_cmd_report },
  { "interpolate", "MODEL|MAP", N_("the interpolation experiment: a simulated map, or voxels left out of a real one"),
    N_("MODEL: simulated at R and fitted; trilinear, tricubic, triquintic and neural values and gradients against the same atoms on a 0.2 A grid.\n"
    "MAP: a share of its voxels, drawn by the seed, is left out of the fit and predicted by the network, and from the voxels around by\n"
    "polynomials through 2, 4 and 6 of them along each axis, averaged."),
    cf_cmd_interpolate },
  { "seams", "NEURAL", N_("jumps of the field where sub-regions begin and end"),
    N_("With the published blend and with ours, on the same networks at the same points: planes are where a region begins or ends, crossings their points\n"
    "where regions overlap along another axis too; there the published blend is not continuous."),
    cf_cmd_seams },
  { "render", "MAP|NEURAL", N_("a picture, no display needed"), NULL, cf_cmd_render },
  { "run", "[MAP]", N_("all of it: neural map, graph, sweep, report, picture"),
    N_("Without a MAP: the demonstration. DIR gets the neural map, the graph (.graphml .json .cif), the sweep, the comparison and its table by\n"
    "residue, resampled voxels, a report and a picture."),
    cf_cmd_run },
  { "fetch", "EMD-ID|PDB-ID", N_("map, header and fitted model from the archives"),
    N_("The id is like EMD-11103 (or 11103, emd_11103), 6ZU5 or pdb_00006zu5. Files come over HTTPS through the user's cache; one that came in part\n"
    "goes on where it stopped."),
    cf_cmd_fetch },
  { "batch", "LIST.csv", N_("many maps: tables, plots, and the results of each"),
    N_("LIST has a heading and the columns map (a file or EMD-11103), model (a file or 6ZU5), resolution, contour, others (models of other\n"
    "programs, separated by semicolons), as many as are known. DIR gets batch.csv, batch.html, batch.pdf and a folder for each row. A row that\n"
    "fails is reported and the rest go on. atomic.csv, where no file has that name, is a list of the program's own: the six published maps at\n"
    "1.6 A and better, from the archives."),
    cf_cmd_batch },
  { "merge-batch", "DIR...", N_("join what batch did with --rows in several folders"), NULL, cf_cmd_merge_batch },
  { "devices", "", N_("what can compute and draw here"), NULL, cf_cmd_devices },
  { "bench", "[train|query|ascent|sweep|follow|render]...", N_("how fast it is here"), NULL, cf_cmd_bench },
  { NULL },
};
