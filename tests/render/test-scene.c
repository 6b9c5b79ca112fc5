/* Scenes are plain data: names, bounds, boxes of regions, and what becomes of graphs and models. */
#include <math.h>
#include <string.h>

#include "cf-demo.h"
#include "cf-fine-plan.h"
#include "cf-march.h"
#include "picture.h"

static void
test_styles (void)
{
  for (int i = 0; i < CF_N_STYLES; i++)
    {
      CfStyle style = CF_STYLE_SURFACE;
      g_assert_true (cf_style_parse (cf_style_name ((CfStyle) i), &style));
      g_assert_cmpint (style, ==, i);
    }
  CfStyle style = CF_STYLE_MIP;
  g_assert_false (cf_style_parse ("glass", &style));
  g_assert_false (cf_style_parse (NULL, &style));
  g_assert_cmpint (style, ==, CF_STYLE_MIP);
}

static void
test_bounds (void)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  double lo[3] = { 7, 7, 7 }, hi[3], m[3];
  g_assert_false (cf_scene_bounds (scene, lo, hi));
  g_assert_cmpfloat (lo[0], ==, 7);
  picture_add_sphere (scene, 1, 2, 3, 0.5, 0);
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  g_assert_cmpfloat (lo[0], ==, 0.5);
  g_assert_cmpfloat (hi[2], ==, 3.5);
  CfGrid grid;
  picture_grid_orthogonal (&grid, 40);
  g_array_set_size (scene->spheres, 0);
  picture_add_ball (scene, &grid, 20);
  picture_middle (&grid, m);
  scene->level = 0.5; /* 10 A */
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  for (int a = 0; a < 3; a++)
    {
      g_assert_cmpfloat (lo[a], <=, m[a] - 10);
      g_assert_cmpfloat (lo[a], >, m[a] - 13);
      g_assert_cmpfloat (hi[a], >=, m[a] + 10);
    }
  scene->level = 2; /* nothing: the whole grid */
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  g_assert_cmpfloat_with_epsilon (lo[0], grid.origin[0], 1e-9);
  picture_free_field (scene);
}

/* All that is seen is in the picture, and reaches its border. */
static void
test_frame (void)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { 0 };
  CfGrid grid;
  g_assert_false (cf_scene_frame (scene, &camera, 0, 0, 1));
  picture_grid_sheared (&grid, 40);
  picture_add_helix (scene, &grid);
  picture_add_sphere (scene, 70, 0, 330, 2, 0);
  scene->level = 0.3;
  for (int turn = 0; turn < 12; turn++)
    {
      camera.orthographic = turn & 1;
      g_assert_true (cf_scene_frame (scene, &camera, 30 * turn, 15 * turn - 80, 1));
      double widest = 0;
      for (int k = 0; k < 40; k++)
        for (int j = 0; j < 40; j++)
          for (int i = 0; i < 40; i++)
            if (scene->field.samples[(k * 40 + j) * 40 + i] >= 0.3f)
              {
                double xyz[3], x, y;
                cf_grid_to_world (&grid, (double[3]){ i, j, k }, xyz);
                g_assert_true (cf_camera_project (&camera, xyz, 300, 300, &x, &y));
                widest = fmax (widest, fmax (fabs (x - 150), fabs (y - 150)));
              }
      double x, y, pixel = cf_camera_pixel_size (&camera, 300);
      g_assert_true (cf_camera_project (&camera, (double[3]){ 70, 0, 330 }, 300, 300, &x, &y));
      widest = fmax (widest, fmax (fabs (x - 150), fabs (y - 150)) + 2 / pixel);
      g_assert_cmpfloat (widest, <, 150);
      g_assert_cmpfloat (widest, >, 120);
    }
  picture_free_field (scene);
}

static void
test_region_box (void)
{
  CfField field = { 0 };
  picture_grid_sheared (&field.grid, 100);
  g_assert_true (cf_partition_init (&field.partition, CF_PARTITION_BALANCED, field.grid.dims));
  const guint8 rgba[4] = { 1, 2, 3, 4 };
  for (int i = 0; i < cf_partition_n_regions (&field.partition); i++)
    {
      CfRegion region;
      CfBox box;
      cf_partition_region (&field.partition, i, &region);
      cf_box_from_region (&box, &field, i, rgba);
      g_assert_cmpmem (box.rgba, 4, rgba, 4);
      for (int c = 0; c < 8; c++)
        {
          double ijk[3], xyz[3];
          for (int a = 0; a < 3; a++)
            ijk[a] = region.start[a] + (c >> a & 1) * (region.size[a] - 1);
          cf_grid_to_world (&field.grid, ijk, xyz);
          for (int a = 0; a < 3; a++)
            g_assert_cmpfloat_with_epsilon (box.corner[c][a], xyz[a], 1e-4);
        }
    }
}

static void
test_graph (void)
{
  CfNode nodes[3] = { { .pos = { 0, 0, 0 }, .density = 1, .persistence = 0.5f, .component = 0 },
                      { .pos = { 3, 0, 0 }, .density = 0.5f, .persistence = 0.1f, .component = 0 },
                      { .pos = { 9, 9, 9 }, .density = 0.2f, .persistence = 0, .component = 1 } };
  CfEdge edges[1] = { { 0, 1, 3 } };
  CfGraph graph = { .nodes = nodes, .edges = edges, .n_nodes = 3, .n_edges = 1, .n_components = 2 };
  gint32 residue_of_node[3] = { 5, -1, 2 };
  CfComparison comparison = { .residue_of_node = residue_of_node, .n_nodes = 3 };
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfMolecules molecules = { .graph = &graph, .comparison = &comparison, .node_colouring = CF_COLOUR_MATCH, .edges = TRUE };
  guint64 before = scene->molecules_serial;
  cf_scene_set_molecules (scene, &molecules);
  g_assert_cmpuint (scene->molecules_serial, !=, before);
  g_assert_cmpuint (scene->spheres->len, ==, 3);
  g_assert_cmpuint (scene->cylinders->len, ==, 1);
  const CfSphere *s = (const CfSphere *) scene->spheres->data;
  g_assert_cmphex (s[2].pick, ==, CF_PICK_NODE | 2);
  g_assert_cmpfloat (s[2].pos[1], ==, 9);
  const guint8 blue[4] = { 0, 114, 178, 255 }, vermilion[4] = { 213, 94, 0, 255 };
  g_assert_cmpmem (s[0].rgba, 4, blue, 4);
  g_assert_cmpmem (s[1].rgba, 4, vermilion, 4);
  g_assert_cmpfloat (s[1].radius, <, 0.8 * s[0].radius); /* no colour is needed to know it */
  g_assert_cmpfloat (s[2].radius, ==, s[0].radius);
  /* Values run from dark to light. */
  molecules.node_colouring = CF_COLOUR_DENSITY;
  molecules.edges = FALSE;
  cf_scene_set_molecules (scene, &molecules);
  s = (const CfSphere *) scene->spheres->data;
  g_assert_cmpuint (scene->cylinders->len, ==, 0);
  g_assert_cmpint (s[0].rgba[0] + s[0].rgba[1], >, s[1].rgba[0] + s[1].rgba[1]);
  g_assert_cmpint (s[1].rgba[0] + s[1].rgba[1], >, s[2].rgba[0] + s[2].rgba[1]);
  /* Nothing at all empties the scene. */
  cf_scene_set_molecules (scene, &(CfMolecules){ 0 });
  g_assert_cmpuint (scene->spheres->len, ==, 0);
}

#define ATOM(serial, name, residue, number, x, y, z, element) \
  "ATOM  " serial " " name " " residue " A" number "    " x y z "  1.00 10.00          " element "\n"

/* Glycines 1, 2 and, after a gap, 7; a water. Distances as in a peptide. */
static const char pdb[] =
  ATOM ("    1", " N  ", "GLY", "   1", "   0.000", "   0.000", "   0.000", " N")
  ATOM ("    2", " CA ", "GLY", "   1", "   1.458", "   0.000", "   0.000", " C")
  ATOM ("    3", " C  ", "GLY", "   1", "   2.009", "   1.420", "   0.000", " C")
  ATOM ("    4", " O  ", "GLY", "   1", "   1.251", "   2.390", "   0.000", " O")
  ATOM ("    5", " N  ", "GLY", "   2", "   3.332", "   1.536", "   0.000", " N")
  ATOM ("    6", " CA ", "GLY", "   2", "   3.988", "   2.839", "   0.000", " C")
  ATOM ("    7", " CA ", "GLY", "   7", "  14.000", "   2.839", "   0.000", " C")
  "HETATM    8  O   HOH B   1      20.000  20.000  20.000  1.00 10.00           O\nEND\n";

/* Of the edges an even sample of so many, which says how many it is of all. */
static void
test_edge_share (void)
{
  enum { N = 1000 };
  g_autofree CfNode *nodes = g_new0 (CfNode, N + 1);
  g_autofree CfEdge *edges = g_new (CfEdge, N);
  for (guint32 i = 0; i <= N; i++)
    nodes[i].pos[0] = i;
  for (guint32 i = 0; i < N; i++)
    edges[i] = (CfEdge){ i, i + 1, 1 };
  CfGraph graph = { .nodes = nodes, .edges = edges, .n_nodes = N + 1, .n_edges = N, .n_components = 1 };
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfMolecules molecules = { .graph = &graph, .edges = TRUE };
  cf_scene_set_molecules (scene, &molecules);
  g_assert_cmpuint (scene->cylinders->len, ==, N);
  g_assert_cmpfloat (scene->edge_share, ==, 1);
  for (int k = 1; k <= 7; k++)
    {
      molecules.edge_share = k / 7.0;
      cf_scene_set_molecules (scene, &molecules);
      g_assert_cmpuint (scene->cylinders->len, ==, (guint) ceil (molecules.edge_share * N));
      g_assert_cmpfloat_with_epsilon (scene->edge_share, molecules.edge_share, 1e-3);
      float before = -1;
      for (guint i = 0; i < scene->cylinders->len; i++)
        {
          float at = g_array_index (scene->cylinders, CfCylinder, i).a[0];
          g_assert_cmpfloat (at, >, before);
          g_assert_cmpfloat (at, <=, before + ceil (7.0 / k));
          before = at;
        }
      g_assert_cmpfloat (before, >=, N - 1 - ceil (7.0 / k));
    }
  cf_scene_set_molecules (scene, &(CfMolecules){ .structure = NULL });
  g_assert_cmpfloat (scene->edge_share, ==, 1);
}

static void
test_structure (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = cf_structure_parse ("made up", pdb, strlen (pdb), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (structure->n_atoms, ==, 8);
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfMolecules molecules = { .structure = structure, .atom_colouring = CF_COLOUR_ELEMENT };
  cf_scene_set_molecules (scene, &molecules);
  /* The trace: three alpha carbons, one link, none across the gap. */
  g_assert_cmpuint (scene->spheres->len, ==, 3);
  g_assert_cmpuint (scene->cylinders->len, ==, 1);
  const CfSphere *s = (const CfSphere *) scene->spheres->data;
  g_assert_cmphex (s[1].pick, ==, CF_PICK_ATOM | 5);
  g_assert_cmpfloat_with_epsilon (s[1].pos[1], 2.839, 1e-4);
  molecules.all_atoms = TRUE;
  cf_scene_set_molecules (scene, &molecules);
  /* N-CA, CA-C, C-O, C-N, N-CA. */
  g_assert_cmpuint (scene->spheres->len, ==, 8);
  g_assert_cmpuint (scene->cylinders->len, ==, 5);
}

/* Two paths of 3 A and 1 A, and an empty one; after 2 A the second has arrived. */
static void
test_seeds (void)
{
  static const float first[][3] = { { 0, 0, 0 }, { 1, 0, 0 }, { 1, 2, 0 } }, second[][3] = { { 5, 5, 5 }, { 5, 5, 6 } };
  g_autoptr (GArray) a = g_array_new (FALSE, FALSE, 12), b = g_array_new (FALSE, FALSE, 12), c = g_array_new (FALSE, FALSE, 12);
  g_array_append_vals (a, first, 3);
  g_array_append_vals (b, second, 2);
  g_autoptr (CfPaths) paths = cf_paths_new (3, (GArray *[]){ a, c, b });
  g_autoptr (CfScene) scene = cf_scene_new ();
  guint64 before = scene->molecules_serial;
  cf_scene_add_seeds (scene, paths, 2);
  g_assert_cmpuint (scene->molecules_serial, !=, before);
  g_assert_cmpuint (scene->spheres->len, ==, 2);
  const CfSphere *s = (const CfSphere *) scene->spheres->data;
  g_assert_cmpfloat_with_epsilon (s[0].pos[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (s[0].pos[1], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (s[1].pos[2], 6, 1e-6);
  g_assert_cmpfloat (s[1].radius, >, 1.2 * s[0].radius);
  g_assert_true (memcmp (s[0].rgba, s[1].rgba, 4) != 0);
  /* behind them: (0,0,0)-(1,0,0), (1,0,0)-(1,1,0); (5,5,5)-(5,5,6) */
  g_assert_cmpuint (scene->cylinders->len, ==, 3);
  const CfCylinder *t = (const CfCylinder *) scene->cylinders->data;
  g_assert_cmpfloat_with_epsilon (t[1].a[0], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (t[1].b[1], 1, 1e-6);
  g_assert_cmpfloat_with_epsilon (t[2].a[2], 5, 1e-6);
  g_array_set_size (scene->spheres, 0);
  g_array_set_size (scene->cylinders, 0);
  cf_scene_add_seeds (scene, paths, 0);
  g_assert_cmpuint (scene->spheres->len, ==, 2);
  g_assert_cmpuint (scene->cylinders->len, ==, 0);
}

/* What is in view at the centre's depth, and lies in the field, is in the part that is sampled finer; however near, the part is no larger than it may
 * be; from far there is none. A sheared cell, seen from many sides. */
static void
test_finer_part (void)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { 0 };
  double lo[3], hi[3], middle[3];
  int seen = 0;

  picture_grid_sheared (&scene->field.grid, 60);
  const CfGrid grid = scene->field.grid;
  scene->level = 0.3;
  cf_grid_bounds (&grid, lo, hi);
  picture_middle (&grid, middle);
  for (int i = 0; i < 40; i++)
    {
      CfFinePart part = { .factor = 0 }, same;
      cf_camera_frame (&camera, lo, hi, 37 * i, 71 * i, 1 << (i % 6));
      camera.orthographic = i % 2;
      for (int a = 0; a < 3; a++)
        camera.centre[a] = middle[a] + 3 * (i % (a + 3)) - 4;
      g_assert_true (cf_fine_plan (scene, &camera, 1280, 720, 2 << 20, &part));
      g_assert_cmpint (part.factor, >=, 2);
      CfGrid fine;
      cf_fine_grid (&grid, &part, &fine);
      g_assert_cmpuint (cf_grid_n_voxels (&fine), <=, 2 << 20);
      g_assert_true (cf_fine_plan (scene, &camera, 1280, 720, 2 << 20, &same));
      g_assert_true (cf_fine_same (&part, &same));
      same.factor++;
      g_assert_false (cf_fine_same (&part, &same));
      if (i % 6 < 2)
        continue; /* the whole of it at that detail is too much: the part is what lies around the centre */
      for (int at = 0; at < 25; at++)
        {
          double origin[3], direction[3], along = 0, xyz[3], ijk[3];
          cf_camera_ray (&camera, at % 5 * 320, at / 5 * 180, 1280, 720, origin, direction);
          for (int a = 0; a < 3; a++)
            along += (camera.centre[a] - origin[a]) * direction[a];
          cf_march_place (origin, direction, along, xyz);
          cf_grid_from_world (&grid, xyz, ijk);
          if (!cf_grid_contains (&grid, ijk))
            continue;
          seen++;
          cf_grid_from_world (&fine, xyz, ijk);
          g_assert_true (cf_grid_contains (&fine, ijk));
        }
    }
  g_assert_cmpint (seen, >, 300);
  CfFinePart part;
  cf_camera_frame (&camera, lo, hi, 30, 20, 0.05);
  g_assert_false (cf_fine_plan (scene, &camera, 1280, 720, 2 << 20, &part));
}

/* Where there are samples for it, all of a map that is in view has them, from the eye to its far end, and where the part goes over into the field is out of sight. */
static void
test_finer_reach (void)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { 0 };
  CfFinePart part = { .factor = 0 };
  double lo[3], hi[3];
  int seen = 0;

  picture_grid_sheared (&scene->field.grid, 20);
  scene->level = 0.3;
  cf_grid_bounds (&scene->field.grid, lo, hi);
  cf_camera_frame (&camera, lo, hi, 30, 20, 12);
  g_assert_true (cf_fine_plan (scene, &camera, 1280, 720, 8 << 20, &part));
  g_assert_cmpint (part.factor, ==, 8);
  for (int i = 0; i < 9 * 9 * 60; i++)
    {
      double origin[3], direction[3], xyz[3], ijk[3];
      cf_camera_ray (&camera, i % 9 * 160, i / 9 % 9 * 90, 1280, 720, origin, direction);
      cf_march_place (origin, direction, camera.distance * (0.2 + 0.1 * (i / 81)), xyz);
      cf_grid_from_world (&scene->field.grid, xyz, ijk);
      if (!cf_grid_contains (&scene->field.grid, ijk))
        continue;
      seen++;
      for (int a = 0; a < 3; a++)
        {
          int end = part.lo[a] + part.dims[a] - 1;
          g_assert_true (part.lo[a] == 0 || ijk[a] >= part.lo[a] + CF_FINE_MARGIN);
          g_assert_true (end == scene->field.grid.dims[a] - 1 || ijk[a] <= end - CF_FINE_MARGIN);
        }
    }
  g_assert_cmpint (seen, >, 500);
}

/* How low the samples that are taken reach: below all that is shown, also of a negative level, and mostly the same where the level moves by a hundredth. */
static void
test_finer_lowest (void)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { 0 };
  CfFinePart part = { .factor = 0 };
  double lo[3], hi[3], last = NAN;
  int changes = 0;

  picture_grid_sheared (&scene->field.grid, 60);
  cf_grid_bounds (&scene->field.grid, lo, hi);
  cf_camera_frame (&camera, lo, hi, 30, 20, 8);
  for (scene->level = -0.5; scene->level < 0.5; scene->level += 0.005)
    {
      g_assert_true (cf_fine_plan (scene, &camera, 1280, 720, 2 << 20, &part));
      g_assert_cmpfloat (part.lowest, <=, scene->level - 0.3 * fabs (scene->level));
      g_assert_cmpfloat (part.lowest, >=, scene->level - 0.6 * fabs (scene->level));
      changes += part.lowest != last;
      last = part.lowest;
    }
  g_assert_cmpint (changes, <, 70);
  scene->level = 0.3;
  scene->second_level = 0.1;
  g_assert_true (cf_fine_plan (scene, &camera, 1280, 720, 2 << 20, &part));
  g_assert_cmpfloat (part.lowest, <, 0.1);
}

/* Between samples of a plane lies the plane. */
static void
test_finer_fill (void)
{
  CfGrid grid, fine;
  const CfFinePart part = { { 2, 1, 0 }, { 4, 3, 5 }, 3 };

  picture_grid_sheared (&grid, 8);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  for (int i = 0; i < 512; i++)
    samples[i] = 0.25f * (i % 8) - 0.5f * (i / 8 % 8) + 2.0f * (i / 64);
  samples[2 * 64 + 2 * 8 + 3] = NAN;
  cf_fine_grid (&grid, &part, &fine);
  g_autofree float *out = g_new (float, cf_grid_n_voxels (&fine));
  cf_fine_fill (&grid, samples, &part, out);
  int holes = 0;
  for (gsize i = 0; i < cf_grid_n_voxels (&fine); i++)
    {
      double x = 2 + i % 10 / 3.0, y = 1 + i / 10 % 7 / 3.0, z = i / 70 / 3.0;
      if (fabs (x - 3) < 0.99 && fabs (y - 2) < 0.99 && fabs (z - 2) < 0.99)
        {
          holes++;
          g_assert_true (isnan (out[i]));
        }
      else
        g_assert_cmpfloat_with_epsilon (out[i], 0.25 * x - 0.5 * y + 2 * z, 1e-4);
    }
  g_assert_cmpint (holes, ==, 125);
}

/* Values of a plane in a box of a field of another: towards the faces the field's, but where the field ends too; in the middle the box's own. */
static void
test_finer_taper (void)
{
  CfGrid grid, fine;
  const CfFinePart part = { { 0, 3, 5 }, { 14, 11, 10 }, 4 };
  double before = NAN;

  picture_grid_sheared (&grid, 15);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  for (int i = 0; i < 15 * 15 * 15; i++)
    samples[i] = 1 + 0.01f * (i % 15);
  cf_fine_grid (&grid, &part, &fine);
  g_autofree float *out = g_new (float, cf_grid_n_voxels (&fine));
  for (gsize i = 0; i < cf_grid_n_voxels (&fine); i++)
    out[i] = 3;
  cf_fine_taper (&grid, samples, &part, out);
  /* Along y from its face, and along x from the field's own face to the other, in the middle of the other axes. */
  for (int j = 0; j < fine.dims[1]; j++)
    {
      double x = 7, value = out[(gsize) (18 * fine.dims[1] + j) * fine.dims[0] + 28], from = 1 + 0.01 * x, t = fmin (1, fmin (j, fine.dims[1] - 1 - j) / 8.0);
      g_assert_cmpfloat_with_epsilon (value, from + (3 - from) * t * t * (3 - 2 * t), 1e-5);
      g_assert_false (fabs (value - before) > 0.4); /* no step */
      before = value;
    }
  for (int i = 0; i < fine.dims[0]; i++)
    {
      double x = i / 4.0, value = out[(gsize) (18 * fine.dims[1] + 20) * fine.dims[0] + i], from = 1 + 0.01 * x, t = fmin (1, (fine.dims[0] - 1 - i) / 8.0);
      g_assert_cmpfloat_with_epsilon (value, from + (3 - from) * t * t * (3 - 2 * t), 1e-5);
    }
  for (int k = 0; k < 9; k += 4) /* both at once: the lesser of the two */
    g_assert_cmpfloat_with_epsilon (out[(gsize) (k * fine.dims[1] + 4) * fine.dims[0]], 1 + 2 * (k == 0 ? 0 : 0.5), 1e-5);
}

static void
assert_colour (const guint8 *rgba, const guint8 rgb[3])
{
  for (int c = 0; c < 3; c++)
    g_assert_cmpint (rgba[c], ==, rgb[c]);
}

/* Each thing has the colour of what it is coloured by, and of nothing else; and is picked as what it is. */
static void
test_colours_of_nodes (void)
{
  CfNode nodes[3] = { { .pos = { 0, 0, 0 }, .density = 1, .persistence = 0.1f, .component = 0 },
                      { .pos = { 3, 0, 0 }, .density = 0.5f, .persistence = 0.5f, .component = 1 },
                      { .pos = { 9, 9, 9 }, .density = 0.2f, .persistence = 0, .component = 0 } };
  CfEdge edges[1] = { { 0, 1, 3 } };
  CfGraph graph = { .nodes = nodes, .edges = edges, .n_nodes = 3, .n_edges = 1, .n_components = 2 };
  const double by_density[3] = { 1, 0.5, 0.2 }, by_persistence[3] = { 0.2, 1, 0 };
  g_autoptr (CfScene) scene = cf_scene_new ();
  for (int kind = 0; kind < 2; kind++)
    {
      CfMolecules molecules = { .graph = &graph, .node_colouring = kind ? CF_COLOUR_PERSISTENCE : CF_COLOUR_DENSITY, .edges = TRUE };
      cf_scene_set_molecules (scene, &molecules);
      g_assert_cmpuint (scene->model_spheres, ==, 0);
      for (int i = 0; i < 3; i++)
        {
          guint8 rgb[3];
          const CfSphere *sphere = &g_array_index (scene->spheres, CfSphere, i);
          cf_colour_of_value ((kind ? by_persistence : by_density)[i], rgb);
          assert_colour (sphere->rgba, rgb);
          g_assert_cmphex (sphere->pick, ==, CF_PICK_NODE | (guint32) i);
          g_assert_cmpfloat (sphere->pos[0], ==, nodes[i].pos[0]);
        }
      /* an edge is paler, each half as its own end: the brighter end is */
      const CfCylinder *edge = &g_array_index (scene->cylinders, CfCylinder, 0);
      g_assert_true ((edge->rgba_a[0] > edge->rgba_b[0]) == (kind == 0));
    }
  cf_scene_set_molecules (scene, &(CfMolecules){ .graph = &graph, .node_colouring = CF_COLOUR_CHAIN });
  const CfSphere *s = (const CfSphere *) scene->spheres->data;
  g_assert_cmpmem (s[0].rgba, 4, s[2].rgba, 4);
  g_assert_true (memcmp (s[0].rgba, s[1].rgba, 4) != 0);
}

static void
test_colours_of_atoms (void)
{
  const guint8 blue[3] = { 0, 114, 178 }, vermilion[3] = { 213, 94, 0 }, nitrogen[3] = { 60, 95, 235 }, oxygen[3] = { 225, 45, 35 };
  g_autoptr (CfStructure) structure = cf_demo_structure (NULL);
  g_autofree gint32 *nodes = g_new (gint32, structure->n_residues);
  CfComparison comparison = { .node_of_residue = nodes, .n_residues = structure->n_residues };
  g_autoptr (CfScene) scene = cf_scene_new ();
  for (guint32 r = 0; r < structure->n_residues; r++)
    {
      nodes[r] = r % 3 == 0 ? -1 : (gint32) r;
      structure->residues[r].chain = r % 2;
    }
  for (int kind = 0; kind < 3; kind++)
    {
      static const CfColouring by[3] = { CF_COLOUR_MATCH, CF_COLOUR_ELEMENT, CF_COLOUR_CHAIN };
      guint8 chains[2][4] = { { 0 } };
      cf_scene_set_molecules (scene, &(CfMolecules){ .structure = structure, .comparison = &comparison, .atom_colouring = by[kind], .all_atoms = TRUE });
      g_assert_cmpuint (scene->spheres->len, ==, structure->n_atoms);
      g_assert_cmpuint (scene->model_spheres, ==, structure->n_atoms);
      for (guint32 i = 0; i < structure->n_atoms; i++)
        {
          const CfSphere *sphere = &g_array_index (scene->spheres, CfSphere, i);
          const CfAtom *atom = &structure->atoms[i];
          g_assert_cmphex (sphere->pick, ==, CF_PICK_ATOM | i);
          g_assert_cmpmem (sphere->pos, sizeof sphere->pos, atom->pos, sizeof atom->pos);
          if (kind == 0 && structure->residues[atom->residue].trace >= 0)
            assert_colour (sphere->rgba, atom->residue % 3 == 0 ? vermilion : blue);
          if (kind == 1 && (atom->number == 7 || atom->number == 8))
            assert_colour (sphere->rgba, atom->number == 7 ? nitrogen : oxygen);
          if (kind == 2 && chains[atom->residue % 2][3] == 0)
            memcpy (chains[atom->residue % 2], sphere->rgba, 4);
          if (kind == 2)
            g_assert_cmpmem (sphere->rgba, 4, chains[atom->residue % 2], 4);
        }
      for (guint b = 0; b < scene->cylinders->len; b++)
        {
          const CfCylinder *bond = &g_array_index (scene->cylinders, CfCylinder, b);
          g_assert_cmpmem (bond->rgba_a, 4, g_array_index (scene->spheres, CfSphere, structure->bonds[b].a).rgba, 4);
          g_assert_cmpmem (bond->b, sizeof bond->b, structure->atoms[structure->bonds[b].b].pos, sizeof bond->b);
        }
      g_assert_true (kind != 2 || memcmp (chains[0], chains[1], 4) != 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scene/styles", test_styles);
  g_test_add_func ("/scene/bounds", test_bounds);
  g_test_add_func ("/scene/frame", test_frame);
  g_test_add_func ("/scene/region-box", test_region_box);
  g_test_add_func ("/scene/graph", test_graph);
  g_test_add_func ("/scene/edge-share", test_edge_share);
  g_test_add_func ("/scene/structure", test_structure);
  g_test_add_func ("/scene/seeds", test_seeds);
  g_test_add_func ("/scene/finer-part", test_finer_part);
  g_test_add_func ("/scene/finer-reach", test_finer_reach);
  g_test_add_func ("/scene/finer-lowest", test_finer_lowest);
  g_test_add_func ("/scene/finer-fill", test_finer_fill);
  g_test_add_func ("/scene/finer-taper", test_finer_taper);
  g_test_add_func ("/scene/colours-of-nodes", test_colours_of_nodes);
  g_test_add_func ("/scene/colours-of-atoms", test_colours_of_atoms);
  return g_test_run ();
}
