/* bench-made.c: peaks of nodes that are born where the sweep has them, a model of single atoms, and the samples of the demonstration around them. */
#include "bench-made.h"

#include <math.h>
#include <string.h>

#include "cf-demo.h"
#include "cf-random.h"

#define SEEDS_OF_A_NODE 8
#define VOLUME_OF_A_NODE 40.0 /* A^3: about 3.3 nodes a residue */
#define NODES_OF_A_RESIDUE 3.3

static CfPeaks *
make_peaks (gsize nodes, double side)
{
  CfPeaks *peaks = cf_peaks_new (nodes * SEEDS_OF_A_NODE);
  CfRandom random;
  cf_random_init (&random, 1, 0);
  for (gsize i = 0; i < nodes; i++)
    {
      float at[3], top = (float) (0.15 + 0.8 * cf_random_double (&random));
      for (int a = 0; a < 3; a++)
        at[a] = (float) (side * cf_random_double (&random));
      for (int k = 0; k < SEEDS_OF_A_NODE; k++)
        {
          gsize s = i * SEEDS_OF_A_NODE + k;
          for (int a = 0; a < 3; a++)
            {
              peaks->peak[s][a] = at[a] + (float) (0.02 * cf_random_normal (&random));
              peaks->seed[s][a] = at[a] + (float) (0.4 * cf_random_normal (&random));
            }
          peaks->peak_density[s] = top;
          peaks->seed_density[s] = top * (float) (0.6 + 0.4 * cf_random_double (&random));
        }
    }
  peaks->lowest = 0.05;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

static CfStructure *
make_structure (guint n, double side)
{
  g_autoptr (GString) text = g_string_new ("data_X\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n"
                                           "_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_seq_id\n_atom_site.Cartn_x\n"
                                           "_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.occupancy\n");
  g_autoptr (GError) error = NULL;
  CfRandom random;
  cf_random_init (&random, 2, 0);
  for (guint i = 0; i < n; i++)
    {
      double x = side * cf_random_double (&random), y = side * cf_random_double (&random), z = side * cf_random_double (&random);
      g_string_append_printf (text, "ATOM %u C CA ALA A %u %.3f %.3f %.3f 1.0\n", i + 1, i + 1, x, y, z);
    }
  CfStructure *structure = cf_structure_parse ("made-up.cif", text->str, text->len, &error);
  if (structure == NULL)
    g_error ("%s", error->message);
  return structure;
}

static void
make_field (BenchMade *made)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) model = cf_demo_structure (&error);
  g_autoptr (CfVolume) volume = model != NULL ? cf_demo_volume (model, NULL, &error) : NULL;
  CfNormalisation *normalisation = &made->normalisation;
  if (volume == NULL || !cf_normalisation_compute (volume, NAN, normalisation, &error))
    g_error ("%s", error->message);
  const int start[3] = { 0, 0, 0 };
  const double origin[3] = { 0, 0, 0 };
  double spacing[3];
  CfGrid grid;
  CfPartition partition;
  for (int a = 0; a < 3; a++)
    spacing[a] = made->side / (normalisation->dims[a] - 1);
  cf_grid_init_orthogonal (&grid, normalisation->dims, origin, spacing);
  made->samples = cf_samples_try_new (&grid);
  made->samples->walk = TRUE;
  cf_normalisation_read (normalisation, volume, start, normalisation->dims, made->samples->data);
  cf_partition_init (&partition, CF_PARTITION_BALANCED, normalisation->dims);
  made->field = cf_field_alloc (cf_partition_n_regions (&partition));
  made->field->grid = made->field->source_grid = grid;
  made->field->partition = partition;
  made->field->normalisation = *normalisation;
  made->field->resolution = 2;
  for (int i = 0; i < made->field->n_regions; i++)
    made->field->fits[i] = (CfRegionFit){ .trained = TRUE, .flat = TRUE, .value = 0.2f };
}

void
bench_made_init (BenchMade *made, gsize nodes)
{
  memset (made, 0, sizeof *made);
  made->side = cbrt (nodes * VOLUME_OF_A_NODE);
  made->peaks = make_peaks (nodes, made->side);
  made->structure = make_structure ((guint) (nodes / NODES_OF_A_RESIDUE), made->side);
  make_field (made);
}

void
bench_made_clear (BenchMade *made)
{
  g_clear_pointer (&made->peaks, cf_peaks_unref);
  g_clear_pointer (&made->structure, cf_structure_unref);
  g_clear_pointer (&made->field, cf_field_unref);
  g_clear_pointer (&made->samples, cf_samples_unref);
}
