#include "made-up.h"

#include <math.h>
#include <string.h>

#define N_RESIDUES 60
#define N_NODES 90

static CfVolume *
make_volume (void)
{
  const int dims[3] = { 40, 30, 20 };
  const double origin[3] = { 1.0, -2.0, 3.5 }, spacing[3] = { 0.8, 0.8, 0.9 };
  CfGrid grid;
  float *data = g_new (float, 40 * 30 * 20);

  for (int i = 0; i < 40 * 30 * 20; i++)
    data[i] = (float)(0.1 * pow (sin (0.37 * i) * cos (0.011 * i), 5.0));
  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  CfVolume *volume = cf_volume_new (HOSTILE, &grid, data);
  memset (volume->sha256, 'a', 64);
  g_strfreev (volume->warnings);
  volume->warnings = g_new0 (char *, 3);
  volume->warnings[0] = g_strdup ("labels: 11 are given, needs 10 at most");
  volume->warnings[1] = g_strdup (HOSTILE);
  g_strfreev (volume->warnings_plain);
  volume->warnings_plain = g_strdupv (volume->warnings);
  return volume;
}

static CfField *
make_field (CfVolume *volume)
{
  CfNormalisation normalisation;
  CfPartition partition;
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, &error));
  g_assert_no_error (error);
  g_assert_true (cf_partition_init (&partition, CF_PARTITION_BALANCED, normalisation.dims));
  CfField *field = cf_field_new (volume, &normalisation, &partition);
  field->resolution = 2.5;
  field->contour = 0.02;
  CfRegionFit fit = { .trained = TRUE, .epochs = 30, .loss = 3.25e-5, .held_out = 8.5e-5, .seconds = 12.3 };
  g_autoptr (CfSiren) siren = cf_siren_new (&cf_siren_shape_paper);
  cf_field_set_region (field, 0, siren, &fit);
  return field;
}

static CfStructure *
make_structure (void)
{
  CfStructure *s = g_new0 (CfStructure, 1);
  g_atomic_ref_count_init (&s->ref_count);
  s->name = g_strdup (HOSTILE);
  s->n_atoms = 2 * N_RESIDUES;
  s->n_residues = N_RESIDUES;
  s->n_chains = 1;
  s->n_models = 2;
  s->n_ca = N_RESIDUES;
  s->n_hydrogens = 4;
  s->atoms = g_new0 (CfAtom, s->n_atoms);
  s->residues = g_new0 (CfResidue, s->n_residues);
  s->chains = g_new0 (CfChain, 1);
  s->chains[0] = (CfChain){ g_strdup ("<b>A"), 0, N_RESIDUES };
  s->warnings = g_new0 (char *, 1);
  s->warnings_plain = g_new0 (char *, 1);
  for (guint32 r = 0; r < N_RESIDUES; r++)
    {
      s->residues[r]
          = (CfResidue){ .name = "LEU", .seq = (int)r - 3, .icode = r == 7 ? 'A' : 0, .first = 2 * r, .n = 2, .trace = (gint32)(2 * r) };
      for (int k = 0; k < 2; k++)
        s->atoms[2 * r + k] = (CfAtom){ .pos = { 5.0f + 3.8f * (r % 6) + 1.5f * k, 3.8f * (r / 6 % 5), 6.0f + 3.8f * (r / 30) },
                                        .occupancy = 1.0f,
                                        .name = { 'C', k ? 'B' : 'A' },
                                        .element = "C",
                                        .number = 6,
                                        .residue = r };
    }
  return s;
}

static CfPeaks *
make_peaks (void)
{
  CfPeaks *peaks = cf_peaks_new (4000);
  for (gsize i = 0; i < 4000; i++)
    {
      for (int a = 0; a < 3; a++)
        peaks->seed[i][a] = peaks->peak[i][a] = (float)(4.0 + 24.0 * fmod (i * (0.618034 + 0.1 * a), 1.0) * (a == 2 ? 0.5 : 1.0));
      peaks->seed_density[i] = peaks->peak_density[i] = 0.9f - 0.0002f * i;
    }
  peaks->lowest = 0.1;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

/* Some nodes on residues, some where there is nothing. */
static CfGraph *
make_graph (const CfField *field, const CfStructure *structure)
{
  CfClusters clusters = { .n = N_NODES, .clusters = g_new0 (CfCluster, N_NODES), .n_seeds = 3500 };
  g_autofree float *density = g_new (float, N_NODES);
  CfLevel level = cf_level_from_normalised (&field->normalisation, 0.2);
  const CfGraphOptions options = { .command = "cryofield-cli graph" };

  for (gsize i = 0; i < N_NODES; i++)
    {
      const float *at = structure->atoms[2 * (i % N_RESIDUES)].pos;
      CfCluster *c = &clusters.clusters[i];
      double off = i < 50 ? 0.4 : i < 70 ? 2.2 : 9.0 + 0.1 * i;
      *c = (CfCluster){
        .pos = { at[0] + off, at[1], at[2] + (i < 70 ? 0.0 : off) }, .size = 30, .best = 0.9f, .birth = 0.9f - 0.005f * i, .merge = 0.15f
      };
      density[i] = 0.8f - 0.004f * i;
    }
  CfGraph *graph = cf_graph_new (&clusters, density, field, &level, &options);
  g_free (clusters.clusters);
  return graph;
}

static void
make_curve (MadeUp *made)
{
  made->curve.n = 48;
  made->curve.plateau = 0.4;
  made->curve.rows = g_new0 (CfCurveRow, 48);
  for (int i = 0; i < 48; i++)
    {
      double d = 0.1 * pow (9.0, i / 47.0);
      made->curve.rows[i] = (CfCurveRow){ cf_level_from_normalised (&made->field->normalisation, d),
                                          (gsize)(3000 * exp (-8.0 * d)),
                                          3,
                                          1.0 / (1.0 + pow (d / 0.4, 4.0)),
                                          1.0 - 0.7 * exp (-6.0 * d),
                                          0.4 + d,
                                          0.7 / (1.0 + pow (d / 0.3, 3.0)),
                                          0.3 + 0.4 * d,
                                          exp (-d * d * 9.0) };
      made->curve.rows[i].inclusion_backbone = exp (-d * d * 8.0);
    }
}

static const char *const commands[] = { "cryofield-cli train 'my map.mrc' -o my.neural.safetensors --seed 1",
                                        "cryofield-cli report my.neural.safetensors --model '<b>.pdb' -o r.html", NULL };
/* Every other atom is inside: of the backbone, which is the C-alphas, each. */
static void
set_inclusion (MadeUp *made)
{
  g_autofree float *density = g_new (float, made->structure->n_atoms);
  for (guint32 i = 0; i < made->structure->n_atoms; i++)
    density[i] = i % 2 ? NAN : (float)made->graph->level.file + 1.0f;
  g_autoptr (CfInclusion) inclusion = cf_inclusion_new (made->structure, density);
  cf_comparison_set_inclusion (made->comparison, inclusion, &made->graph->level);
  g_assert_cmpfloat (made->comparison->inclusion, ==, 0.5);
  g_assert_cmpfloat (made->comparison->inclusion_backbone, ==, 1.0);
}

/* the eight bytes that begin a PNG are enough to be carried */
static const guint8 png_bytes[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10 };

void
made_up_init (MadeUp *made)
{
  g_autoptr (GError) error = NULL;

  memset (made, 0, sizeof *made);
  made->volume = make_volume ();
  made->field = make_field (made->volume);
  made->structure = make_structure ();
  made->peaks = make_peaks ();
  made->graph = make_graph (made->field, made->structure);
  made->comparison = cf_compare (made->graph, made->structure, &(CfCompareOptions){ .contour = made->peaks }, NULL, &error);
  g_assert_no_error (error);
  set_inclusion (made);
  made->header = (CfEmdbHeader){ .id = "EMD-0000",
                                 .title = HOSTILE,
                                 .contour = 0.02,
                                 .contour_source = "AUTHOR",
                                 .resolution = 2.5,
                                 .method = "single particle",
                                 .pdb_ids = (char *[]){ NULL },
                                 .pixel = { NAN, NAN, NAN } };
  static char *no_ids[] = { NULL };
  made->header.pdb_ids = no_ids;
  make_curve (made);
  made->residuals = (CfResiduals){ .n_regions = 1,
                                   .at = { 20000, 0.0021, 0.0034 },
                                   .between = { 20000, 0.0041, 0.0057 },
                                   .region_at = g_new (CfResidual, 1),
                                   .region_between = g_new (CfResidual, 1) };
  made->residuals.region_at[0] = made->residuals.at;
  made->residuals.region_between[0] = made->residuals.between;
  made->png = g_bytes_new_static (png_bytes, sizeof png_bytes);
  static const char *const labels[] = { "front", "side", "top" };
  for (int i = 0; i < 3; i++)
    made->pictures[i] = (CfReportPicture){ labels[i], made->png };
  made->report = (CfReport){ .volume = made->volume,
                             .field = made->field,
                             .header = &made->header,
                             .structure = made->structure,
                             .graph = made->graph,
                             .comparison = made->comparison,
                             .curve = &made->curve,
                             .pictures = made->pictures,
                             .n_pictures = 3,
                             .commands = commands,
                             .residuals = &made->residuals };
}

void
made_up_clear (MadeUp *made)
{
  g_free (made->structure->chains[0].name);
  g_free (made->structure->chains);
  g_free (made->structure->residues);
  g_free (made->structure->atoms);
  g_free (made->structure->name);
  g_strfreev (made->structure->warnings);
  g_strfreev (made->structure->warnings_plain);
  g_free (made->structure);
  cf_comparison_free (made->comparison);
  cf_graph_unref (made->graph);
  cf_peaks_unref (made->peaks);
  cf_field_unref (made->field);
  cf_volume_unref (made->volume);
  g_free (made->curve.rows);
  g_free (made->residuals.region_at);
  g_free (made->residuals.region_between);
  g_bytes_unref (made->png);
}
