/* For the Python tests of this folder.
 *   graph-tool save POINTS ADJACENCY MIN_COMPONENT OUT...      POINTS: lines `x y z density`; a graph with awkward names, of a map of 100 x 100 x 50
 *                                                                voxels of 0.4 x 0.4 x 0.8 A from -20 A on: 2 x 2 x 1 sub-regions
 *   graph-tool load GRAPH OUT...                                 reads a graph file and writes it again
 *   graph-tool match optimal|greedy CUTOFF A B                   prints `i j distance` for each match
 *   graph-tool compare GRAPH MODEL NA-ATOM OUT.csv [PEAKS SPACING] prints `name value` lines; PEAKS: seeds of the null, as POINTS
 *   graph-tool findings GRAPH MODEL [DENSITY]                    prints `kind index distance density persistence` lines; DENSITY: that of
 *                                                                residue r is fractional part of r * DENSITY */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-findings.h"
#include "cf-graph-file.h"

typedef struct
{
  gsize n;
  double (*at)[3];
  float *density;
} Points;

static gboolean
read_points (const char *path, Points *out)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, NULL))
    return FALSE;
  gsize lines = 0;
  for (const char *p = text; *p; p++)
    lines += *p == '\n';
  out->at = g_malloc_n (lines, sizeof *out->at);
  out->density = g_new (float, lines);
  char *p = text;
  for (out->n = 0; out->n < lines; out->n++)
    {
      for (int a = 0; a < 3; a++)
        out->at[out->n][a] = g_ascii_strtod (p, &p);
      out->density[out->n] = (float) g_ascii_strtod (p, &p);
    }
  return TRUE;
}

static void
points_clear (Points *points)
{
  g_free (points->at);
  g_free (points->density);
}

static int
fail (GError *error)
{
  fprintf (stderr, "%s\n", error ? error->message : "wrong use");
  g_clear_error (&error);
  return 1;
}

static int
save_all (CfGraph *graph, char **paths)
{
  GError *error = NULL;
  for (; *paths; paths++)
    if (!cf_graph_save (graph, *paths, &error))
      return fail (error);
  return 0;
}

static CfField *
make_field (void)
{
  const int dims[3] = { 100, 100, 50 };
  const double origin[3] = { -20, -20, -20 }, spacing[3] = { 0.4, 0.4, 0.8 };
  CfGrid grid;
  CfNormalisation normalisation;
  CfPartition partition;
  float *data = g_new0 (float, 100 * 100 * 50);
  data[0] = 1;
  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  g_autoptr (CfVolume) volume = cf_volume_new ("made", &grid, data);
  if (!cf_normalisation_compute (volume, NAN, &normalisation, NULL) || !cf_partition_init (&partition, CF_PARTITION_BALANCED, dims))
    return NULL;
  return cf_field_new (volume, &normalisation, &partition);
}

static int
command_save (char **argv)
{
  Points points;
  if (!read_points (argv[0], &points))
    return fail (NULL);
  CfClusters clusters = { .n = points.n, .clusters = g_new0 (CfCluster, points.n), .n_seeds = 5 * points.n };
  for (gsize i = 0; i < points.n; i++)
    {
      CfCluster *c = &clusters.clusters[i];
      memcpy (c->pos, points.at[i], sizeof c->pos);
      c->size = (guint32) i + 1;
      c->best = points.density[i];
      c->birth = points.density[i];
      c->merge = points.density[i] / 3;
    }
  CfLevel level = { -0.5, 0.123456789012345, 3.25 };
  CfGraphOptions options
      = { g_ascii_strtod (argv[1], NULL), (guint)atoi (argv[2]), "cryofield-cli graph 'a b' -o \"x\" <&>; --level norm=0.1" };
  g_autoptr (CfField) field = make_field ();
  g_autoptr (CfGraph) graph = cf_graph_new (&clusters, points.density, field, &level, &options);
  g_free (graph->map_name);
  graph->map_name = g_strdup ("a<b>&\"c' \xc3\xbc--z.mrc");
  memset (graph->map_sha256, 'a', 64);
  int status = save_all (graph, argv + 3);
  g_free (clusters.clusters);
  points_clear (&points);
  return status;
}

static int
command_load (char **argv)
{
  GError *error = NULL;
  g_autoptr (CfGraph) graph = cf_graph_load (argv[0], NULL, NULL, &error);
  return graph ? save_all (graph, argv + 1) : fail (error);
}

static int
command_match (char **argv)
{
  Points a, b;
  GError *error = NULL;
  if (!read_points (argv[2], &a) || !read_points (argv[3], &b))
    return fail (NULL);
  g_autofree gint32 *match = g_new (gint32, a.n);
  g_autofree double *distance = g_new (double, a.n);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CfPairs) pairs
      = cf_pairs_new ((const double (*)[3]) a.at, a.n, (const double (*)[3]) b.at, b.n, g_ascii_strtod (argv[1], NULL));
  if (!cf_match (strcmp (argv[0], "greedy") == 0 ? CF_MATCH_GREEDY : CF_MATCH_OPTIMAL, pairs, match, distance, NULL, &error))
    return fail (error);
  fprintf (stderr, "%.2f ms\n", (g_get_monotonic_time () - start) / 1e3);
  for (gsize i = 0; i < a.n; i++)
    if (match[i] >= 0)
      printf ("%zu %d %.17g\n", i, match[i], distance[i]);
  points_clear (&a);
  points_clear (&b);
  return 0;
}

static CfPeaks *
read_contour (const char *path, const char *spacing)
{
  Points points;
  if (!read_points (path, &points))
    return NULL;
  CfPeaks *peaks = cf_peaks_new (points.n);
  for (gsize i = 0; i < points.n; i++)
    {
      for (int a = 0; a < 3; a++)
        peaks->seed[i][a] = (float) points.at[i][a];
      peaks->seed_density[i] = points.density[i];
    }
  peaks->spacing = g_ascii_strtod (spacing, NULL);
  cf_peaks_sort (peaks);
  points_clear (&points);
  return peaks;
}

static void
print_coverage (const char *name, const CfCoverage *c)
{
  printf ("%s.total %zu\n%s.matched %zu\n%s.coverage %.12g\n%s.rmsd %.12g\n", name, c->total, name, c->matched, name, c->coverage, name,
          c->rmsd);
}

static void
print_chains (const CfComparison *c, const CfStructure *structure)
{
  for (gsize i = 0; i < c->n_chains; i++)
    {
      const CfChainComparison *chain = &c->chains[i];
      g_autofree char *name = g_strconcat ("chain.", structure->chains[chain->chain].name, NULL);
      g_autofree char *atoms = g_strconcat (name, ".atoms", NULL), *null = g_strconcat (name, ".null", NULL);
      print_coverage (name, &chain->ca);
      print_coverage (atoms, &chain->atoms);
      print_coverage (null, &chain->null_ca);
      printf ("%s.score %.12g\n%s.recall %.12g\n", name, chain->ca_score, name, chain->recall);
    }
}

static int
command_findings (char **argv)
{
  GError *error = NULL;
  g_autoptr (CfGraph) graph = cf_graph_load (argv[0], NULL, NULL, &error);
  g_autoptr (CfStructure) structure = graph ? cf_structure_load (argv[1], NULL, &error) : NULL;
  g_autoptr (CfComparison) c = structure ? cf_compare (graph, structure, NULL, NULL, &error) : NULL;
  if (!c)
    return fail (error);
  g_autofree float *density = argv[2] ? g_new (float, c->n_residues) : NULL;
  for (gsize r = 0; density && r < c->n_residues; r++)
    density[r] = (float) fmod ((double) r * g_ascii_strtod (argv[2], NULL), 1);
  g_autoptr (CfFindings) findings = cf_findings_new (graph, structure, c, density);
  printf ("%zu %zu\n", findings->n_residues, findings->n_nodes);
  for (gsize i = 0; i < findings->n_residues + findings->n_nodes; i++)
    {
      const CfFinding *f = &findings->findings[i];
      printf ("%s %u %u %.9g %.9g %.9g %.9g %.9g %.9g\n", f->kind == CF_FINDING_NODE ? "node" : "residue", f->index, f->rank, f->distance,
              f->density, f->persistence, f->pos[0], f->pos[1], f->pos[2]);
    }
  return 0;
}

static int
command_compare (char **argv)
{
  GError *error = NULL;
  g_autoptr (CfGraph) graph = cf_graph_load (argv[0], NULL, NULL, &error);
  g_autoptr (CfStructure) structure = graph ? cf_structure_load (argv[1], NULL, &error) : NULL;
  if (!structure)
    return fail (error);
  g_autoptr (CfPeaks) contour = argv[4] && argv[5] ? read_contour (argv[4], argv[5]) : NULL;
  CfCompareOptions options = { .contour = contour, .null_trials = 20, .seed = 3, .na_atom = strcmp (argv[2], "P") == 0 ? NULL : argv[2] };
  g_autoptr (CfComparison) c = cf_compare (graph, structure, &options, NULL, &error);
  if (!c || !cf_comparison_save_csv (c, graph, structure, argv[3], &error))
    return fail (error);
  print_coverage ("ca", &c->ca);
  print_coverage ("atoms", &c->atoms);
  printf ("ca_score %.12g\nnear %zu\nprecision %.12g\natoms_nodes %.12g\n", c->ca_score, c->nodes_near, c->precision, c->atoms_nodes);
  printf ("residues_near %zu\nrecall %.12g\n", c->residues_near, c->recall);
  print_chains (c, structure);
  if (c->has_null)
    {
      print_coverage ("null", &c->null_ca);
      print_coverage ("null_atoms", &c->null_atoms);
      printf ("null.precision %.12g\nnull.recall %.12g\nnull.score %.12g\nnull_atoms.nodes %.12g\n", c->null_precision, c->null_recall,
              c->null_ca_score, c->null_atoms_nodes);
    }
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc >= 5 && strcmp (argv[1], "save") == 0)
    return command_save (argv + 2);
  if (argc >= 3 && strcmp (argv[1], "load") == 0)
    return command_load (argv + 2);
  if (argc == 6 && strcmp (argv[1], "match") == 0)
    return command_match (argv + 2);
  if (argc >= 6 && strcmp (argv[1], "compare") == 0)
    return command_compare (argv + 2);
  if (argc >= 4 && strcmp (argv[1], "findings") == 0)
    return command_findings (argv + 2);
  return fail (NULL);
}
