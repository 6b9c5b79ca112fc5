/* commands.c: the table of commands. To add one: a row here, a function in cli.h, a file cmd-NAME.c. */
#include "cli.h"

const CfCommand cf_commands[] = {
  { "info", "MAP|MODEL|NEURAL", "what a map, a model or a neural map holds", NULL, cf_cmd_info },
  { "probe", "MAP|NEURAL", "values and gradients at points, as CSV", NULL, cf_cmd_probe },
  { "simulate", "MODEL", "a map from atoms, a Gaussian each", "The embedded demonstration is a MODEL named demo:", cf_cmd_simulate },
  { "train", "MAP", "fit a map: a neural map", NULL, cf_cmd_train },
  { "merge", "NEURAL...", "join neural maps that were trained with --regions", NULL, cf_cmd_merge },
  { "sample", "NEURAL", "voxels from a neural map", NULL, cf_cmd_sample },
  { "graph", "NEURAL", "the density graph at a level", NULL, cf_cmd_graph },
  { "walk", "NEURAL", "where each seed above a level climbs to", NULL, cf_cmd_walk },
  { "sweep", "NEURAL", "the graph at every level, as a table", NULL, cf_cmd_sweep },
  { "compare", "GRAPH MODEL", "a graph against a model: coverage, precision, RMSD", NULL, cf_cmd_compare },
  { "report", "NEURAL", "the report of a comparison with a model", NULL, cf_cmd_report },
  { "interpolate", "MODEL|MAP", "the interpolation experiment: a simulated map, or voxels left out of a real one",
    "MODEL: simulated at R and fitted; trilinear, tricubic, triquintic and neural values and gradients against the same atoms on a 0.2 A grid.\n"
    "MAP: a share of its voxels, drawn by the seed, is left out of the fit and predicted by the network, and from the voxels around by\n"
    "polynomials through 2, 4 and 6 of them along each axis, averaged.",
    cf_cmd_interpolate },
  { "render", "MAP|NEURAL", "a picture, no display needed", NULL, cf_cmd_render },
  { "run", "[MAP]", "all of it: neural map, graph, sweep, report, picture",
    "Without a MAP: the demonstration. DIR gets the neural map, the graph (.graphml .json .cif), the sweep, the comparison and its table by\n"
    "residue, resampled voxels, a report and a picture.",
    cf_cmd_run },
  { "fetch", "EMD-ID|PDB-ID", "map, header and fitted model from the archives",
    "The id is like EMD-11103 (or 11103, emd_11103), 6ZU5 or pdb_00006zu5. Files come over HTTPS through the user's cache; one that came in part\n"
    "goes on where it stopped.",
    cf_cmd_fetch },
  { "batch", "LIST.csv", "many maps: tables, plots, and the results of each",
    "LIST has a heading and the columns map (a file or EMD-11103), model (a file or 6ZU5), resolution, contour, others (models of other\n"
    "programs, separated by semicolons), as many as are known. DIR gets batch.csv, batch.html and a folder for each row. A row that fails\n"
    "is reported and the rest go on.",
    cf_cmd_batch },
  { "merge-batch", "DIR...", "join what batch did with --rows in several folders", NULL, cf_cmd_merge_batch },
  { "devices", "", "what can compute and draw here", NULL, cf_cmd_devices },
  { "bench", "[train|query|ascent|sweep|render]...", "how fast it is here", NULL, cf_cmd_bench },
  { NULL },
};
