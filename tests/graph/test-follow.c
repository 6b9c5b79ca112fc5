/* What follows a level is what is made anew at it: nodes, edges, components, comparison and findings, wherever the level comes from. */
#include <math.h>
#include <string.h>

#include "cf-follow.h"
#include "cf-random.h"

#define NODES 1500
#define SEEDS_OF_A_NODE 12
#define RESIDUES 400
#define SIDE 38.0 /* A */

static float
density_at (const double pos[3], gpointer user_data)
{
  ++*(guint *) user_data;
  return (float) (0.5 + 0.3 * sin (pos[0]) * cos (pos[1] + pos[2]));
}

/* Peaks drawn out enough that a cluster's centroid drifts, splits and joins as the level moves. */
static CfPeaks *
make_peaks (gsize n, double side)
{
  CfPeaks *peaks = cf_peaks_new (n * SEEDS_OF_A_NODE);
  CfRandom random;
  cf_random_init (&random, 3, 0);
  for (gsize i = 0; i < n; i++)
    {
      double at[3], top = 0.1 + 0.9 * cf_random_double (&random), width = i % 4 ? 0.02 : 0.15;
      for (int a = 0; a < 3; a++)
        at[a] = side * cf_random_double (&random);
      for (int k = 0; k < SEEDS_OF_A_NODE; k++)
        {
          gsize s = i * SEEDS_OF_A_NODE + k;
          for (int a = 0; a < 3; a++)
            peaks->peak[s][a] = peaks->seed[s][a] = (float) (at[a] + width * cf_random_normal (&random));
          peaks->peak_density[s] = (float) top;
          peaks->seed_density[s] = (float) (top * (0.3 + 0.7 * cf_random_double (&random)));
        }
    }
  peaks->lowest = 0.02;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

static CfStructure *
make_structure (void)
{
  g_autoptr (GString) text = g_string_new ("data_X\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n"
                                           "_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_seq_id\n_atom_site.Cartn_x\n"
                                           "_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.occupancy\n");
  CfRandom random;
  cf_random_init (&random, 4, 0);
  for (guint i = 0; i < RESIDUES; i++)
    {
      double at[3];
      for (int a = 0; a < 3; a++)
        at[a] = (i % 10 ? 1.0 : 1.8) * SIDE * cf_random_double (&random); /* some lie beside the map */
      g_string_append_printf (text, "ATOM %u C CA ALA %c %u %.3f %.3f %.3f 1.0\nATOM %u C CB ALA %c %u %.3f %.3f %.3f 1.0\n", 2 * i + 1,
                              "AB"[i % 2], i + 1, at[0], at[1], at[2], 2 * i + 2, "AB"[i % 2], i + 1, at[0] + 1.5, at[1], at[2]);
    }
  return cf_structure_parse ("made-up.cif", text->str, text->len, NULL);
}

static CfField *
make_field (void)
{
  const int dims[3] = { 100, 100, 100 };
  const double origin[3] = { 0 }, spacing[3] = { SIDE / 99, SIDE / 99, SIDE / 99 };
  CfPartition partition;
  cf_partition_init (&partition, CF_PARTITION_BALANCED, dims);
  CfField *field = cf_field_alloc (cf_partition_n_regions (&partition));
  cf_grid_init_orthogonal (&field->grid, dims, origin, spacing);
  field->partition = partition;
  field->resolution = 1.9;
  field->source_name = g_strdup ("made-up.mrc");
  field->normalisation = (CfNormalisation){ .dims = { 100, 100, 100 }, .max = 1, .mu = 0.03, .sigma = 0.04 };
  return field;
}

static void
check_graph (const CfGraph *got, const CfGraph *want)
{
  g_assert_cmpuint (got->n_nodes, ==, want->n_nodes);
  g_assert_cmpuint (got->n_edges, ==, want->n_edges);
  g_assert_cmpuint (got->n_components, ==, want->n_components);
  g_assert_cmpuint (got->n_seeds, ==, want->n_seeds);
  g_assert_cmpuint (got->n_peaks, ==, want->n_peaks);
  g_assert_cmpfloat (got->adjacency, ==, want->adjacency);
  g_assert_cmpstr (got->map_name, ==, want->map_name);
  for (gsize i = 0; i < want->n_nodes; i++)
    {
      const CfNode *g = &got->nodes[i], *w = &want->nodes[i];
      for (int a = 0; a < 3; a++)
        g_assert_cmpfloat (g->pos[a], ==, w->pos[a]);
      g_assert_cmpfloat (g->density, ==, w->density);
      g_assert_cmpfloat (g->merge, ==, w->merge);
      g_assert_cmpfloat (g->persistence, ==, w->persistence);
      g_assert_cmpuint (g->size, ==, w->size);
      g_assert_cmpuint (g->region, ==, w->region);
      g_assert_cmpint (g->in_blend, ==, w->in_blend);
      g_assert_cmpuint (g->component, ==, w->component);
    }
  for (gsize e = 0; e < want->n_edges; e++)
    {
      g_assert_cmpuint (got->edges[e].a, ==, want->edges[e].a);
      g_assert_cmpuint (got->edges[e].b, ==, want->edges[e].b);
      g_assert_cmpfloat (got->edges[e].length, ==, want->edges[e].length);
    }
}

static void
assert_same (double a, double b)
{
  if (!(isnan (a) && isnan (b)))
    g_assert_cmpfloat_with_epsilon (a, b, 1e-9);
}

static void
check_comparison (const CfComparison *got, const CfComparison *want)
{
  g_assert_cmpuint (got->ca.matched, ==, want->ca.matched);
  assert_same (got->ca.rmsd, want->ca.rmsd);
  assert_same (got->ca_score, want->ca_score);
  assert_same (got->recall, want->recall);
  assert_same (got->precision, want->precision);
  g_assert_cmpuint (got->atoms.matched, ==, want->atoms.matched);
  assert_same (got->atoms.rmsd, want->atoms.rmsd);
  assert_same (got->atoms_nodes, want->atoms_nodes);
  g_assert_cmpuint (got->n_chains, ==, want->n_chains);
  for (gsize k = 0; k < want->n_chains; k++)
    assert_same (got->chains[k].ca.coverage, want->chains[k].ca.coverage);
  for (gsize r = 0; r < want->n_residues; r++)
    {
      g_assert_cmpint (got->atom_of_residue[r], ==, want->atom_of_residue[r]);
      g_assert_cmpint (got->node_of_residue[r], ==, want->node_of_residue[r]);
      assert_same (got->node_distance[r], want->node_distance[r]);
    }
}

static void
check_findings (const CfFindings *got, const CfFindings *want)
{
  g_assert_cmpuint (got->n_residues, ==, want->n_residues);
  g_assert_cmpuint (got->n_nodes, ==, want->n_nodes);
  for (gsize i = 0; i < want->n_residues + want->n_nodes; i++)
    {
      g_assert_cmpuint (got->findings[i].index, ==, want->findings[i].index);
      assert_same (got->findings[i].distance, want->findings[i].distance);
    }
}

static void
check_level (CfFollow *follow, CfSweep *sweep, CfField *field, CfStructure *structure, const CfGraphOptions *options, double d)
{
  guint asked = 0;
  CfLevel level = cf_level_from_normalised (&field->normalisation, d);
  g_auto (CfFollowed) got = { 0 };
  g_assert_true (cf_follow_move (follow, &level, density_at, &asked, NULL, &got, NULL, NULL));
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, d, FALSE);
  g_autofree float *density = g_new (float, clusters->n + 1);
  for (gsize i = 0; i < clusters->n; i++)
    density[i] = density_at (clusters->clusters[i].pos, &asked);
  g_autoptr (CfGraph) graph = cf_graph_new (clusters, density, field, &level, options);
  check_graph (got.graph, graph);
  if (!structure)
    {
      g_assert_null (got.comparison);
      return;
    }
  g_autoptr (CfComparison) comparison = cf_compare (graph, structure, NULL, NULL, NULL);
  g_autoptr (CfFindings) findings = cf_findings_new (graph, structure, comparison, NULL);
  check_comparison (got.comparison, comparison);
  check_findings (got.findings, findings);
}

static void
test_levels (gconstpointer data)
{
  const CfGraphOptions *options = data;
  g_autoptr (CfPeaks) peaks = make_peaks (NODES, SIDE);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  CfField *field = make_field ();
  CfStructure *structure = options->min_component == 7 ? NULL : make_structure ();
  g_autoptr (CfFollow) follow = cf_follow_new (sweep, field, structure, options);
  CfRandom random;
  cf_random_init (&random, 5, 0);
  for (int i = 0; i < 30; i++) /* down in steps */
    check_level (follow, sweep, field, structure, options, 0.9 - 0.029 * i);
  for (int i = 0; i < 30; i++) /* and up */
    check_level (follow, sweep, field, structure, options, 0.04 + 0.031 * i);
  for (int i = 0; i < 15; i++) /* and anywhere, also where nothing is */
    check_level (follow, sweep, field, structure, options, 0.02 + 1.1 * cf_random_double (&random));
  g_assert_true (cf_follow_is_of (follow, sweep, field, structure, options));
  g_assert_false (cf_follow_is_of (follow, sweep, NULL, structure, options));
  if (structure)
    cf_structure_unref (structure);
  cf_field_unref (field);
}

/* Where densities are known they alone rank the residues: the same ones, in that order, and no distance is looked for. */
static void
test_densities (void)
{
  g_autoptr (CfPeaks) peaks = make_peaks (NODES, SIDE);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  CfField *field = make_field ();
  CfStructure *structure = make_structure ();
  g_autoptr (CfFollow) follow = cf_follow_new (sweep, field, structure, &(CfGraphOptions){ 0 });
  g_autofree float *density = g_new (float, structure->n_residues);
  CfLevel level = cf_level_from_normalised (&field->normalisation, 0.3);
  guint asked = 0;
  g_auto (CfFollowed) got = { 0 };
  for (guint32 r = 0; r < structure->n_residues; r++)
    density[r] = (float) ((r * 7919) % structure->n_residues);
  g_assert_true (cf_follow_move (follow, &level, density_at, &asked, density, &got, NULL, NULL));
  g_autoptr (CfFindings) want = cf_findings_new (got.graph, structure, got.comparison, density);
  g_assert_cmpuint (want->n_residues, >, 5);
  g_assert_cmpuint (got.findings->n_residues, ==, want->n_residues);
  for (gsize i = 0; i < want->n_residues; i++)
    {
      g_assert_cmpuint (got.findings->findings[i].index, ==, want->findings[i].index);
      g_assert_true (isnan (got.findings->findings[i].distance));
    }
  cf_structure_unref (structure);
  cf_field_unref (field);
}

/* Edges are found beside the comparison where there are many. */
static void
test_many (void)
{
  static const CfGraphOptions options = { .adjacency = 3 };
  g_autoptr (CfPeaks) peaks = make_peaks (10 * NODES, 2 * SIDE);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, 0.05, FALSE);
  CfField *field = make_field ();
  CfStructure *structure = make_structure ();
  g_autoptr (CfFollow) follow = cf_follow_new (sweep, field, structure, &options);
  g_assert_cmpuint (clusters->n, >, 12000);
  for (int i = 0; i < 6; i++)
    check_level (follow, sweep, field, structure, &options, 0.05 + 0.002 * (i % 4));
  cf_structure_unref (structure);
  cf_field_unref (field);
}

/* A cluster that neither comes nor moves is not asked for again. */
static void
test_asks_little (void)
{
  g_autoptr (CfPeaks) peaks = make_peaks (NODES, SIDE);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  CfField *field = make_field ();
  g_autoptr (CfFollow) follow = cf_follow_new (sweep, field, NULL, &(CfGraphOptions){ 0 });
  guint asked[3] = { 0 };
  const double levels[3] = { 0.1, 0.1, 0.099 };
  for (int i = 0; i < 3; i++)
    {
      CfLevel level = cf_level_from_normalised (&field->normalisation, levels[i]);
      g_auto (CfFollowed) got = { 0 };
      g_assert_true (cf_follow_move (follow, &level, density_at, &asked[i], NULL, &got, NULL, NULL));
      g_assert_cmpuint (got.graph->n_nodes, >, NODES / 2);
    }
  g_assert_cmpuint (asked[0], >, NODES / 2);
  g_assert_cmpuint (asked[1], ==, 0);
  g_assert_cmpuint (asked[2], >, 0);
  g_assert_cmpuint (asked[2], <, NODES / 10);
  cf_field_unref (field);
}

int
main (int argc, char **argv)
{
  static const CfGraphOptions plain = { 0 }, far = { .adjacency = 6.5, .min_component = 4 }, alone = { .adjacency = 1, .min_component = 7 };
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/follow/by the resolution", &plain, test_levels);
  g_test_add_data_func ("/follow/without small components", &far, test_levels);
  g_test_add_data_func ("/follow/without a model", &alone, test_levels);
  g_test_add_func ("/follow/many", test_many);
  g_test_add_func ("/follow/densities", test_densities);
  g_test_add_func ("/follow/asks for what moved", test_asks_little);
  return g_test_run ();
}
