#include <math.h>
#include <string.h>

#include "cf-scene-private.h"

#define NODE_RADIUS 0.45f /* A */
#define ALONE 0.65f       /* of the radius: coloured by match, what has no partner is smaller, so that no colour is needed to know it */
#define EDGE_RADIUS 0.10f
#define TRACE_RADIUS 0.28f
#define BALL_RADIUS 0.30f
#define STICK_RADIUS 0.14f

typedef struct
{
  guint8 r, g, b;
} Colour;

/* Okabe and Ito's palette, without black: told apart by colour-blind readers, on dark and on light ground. */
static const Colour palette[] = { { 86, 180, 233 }, { 230, 159, 0 }, { 0, 158, 115 }, { 204, 121, 167 },
                                  { 240, 228, 66 }, { 0, 114, 178 }, { 213, 94, 0 } };
static const Colour colour_matched = { 0, 114, 178 }, colour_unmatched = { 213, 94, 0 };
static const Colour colour_node = { 86, 180, 233 }, colour_trace = { 235, 225, 205 };

static Colour
colour_of_index (guint i)
{
  return palette[i % G_N_ELEMENTS (palette)];
}

static Colour
colour_of_value (double x)
{
  static const Colour stops[] = { { 20, 60, 130 }, { 85, 100, 125 }, { 140, 140, 130 }, { 200, 180, 95 }, { 255, 230, 70 } };
  x = CLAMP (isfinite (x) ? x : 0, 0, 1) * (G_N_ELEMENTS (stops) - 1);
  guint i = MIN ((guint) x, G_N_ELEMENTS (stops) - 2);
  double f = x - i;
  const Colour *a = &stops[i], *b = &stops[i + 1];
  return (Colour){ (guint8) lround (a->r + f * (b->r - a->r)), (guint8) lround (a->g + f * (b->g - a->g)),
                   (guint8) lround (a->b + f * (b->b - a->b)) };
}

void
cf_colour_of_value (double value, guint8 rgb[3])
{
  Colour colour = colour_of_value (value);
  rgb[0] = colour.r;
  rgb[1] = colour.g;
  rgb[2] = colour.b;
}

/* Corey, Pauling and Koltun's custom, as programs for molecules have it. */
static Colour
colour_of_element (guint8 number)
{
  switch (number)
    {
    case 1:
      return (Colour){ 235, 235, 235 };
    case 6:
      return (Colour){ 160, 160, 160 };
    case 7:
      return (Colour){ 60, 95, 235 };
    case 8:
      return (Colour){ 225, 45, 35 };
    case 15:
      return (Colour){ 245, 140, 20 };
    case 16:
      return (Colour){ 235, 205, 50 };
    case 34:
      return (Colour){ 245, 170, 60 };
    case 9:
    case 17:
      return (Colour){ 60, 200, 80 };
    case 35:
      return (Colour){ 165, 60, 45 };
    case 53:
      return (Colour){ 140, 50, 160 };
    case 11:
      return (Colour){ 150, 90, 220 };
    case 12:
    case 20:
      return (Colour){ 90, 190, 70 };
    case 26:
      return (Colour){ 215, 110, 60 };
    case 30:
      return (Colour){ 125, 130, 175 };
    default:
      return (Colour){ 210, 130, 170 };
    }
}

static void
add_sphere (CfScene *scene, const float pos[3], float radius, Colour colour, guint32 pick)
{
  CfSphere sphere = { .pos = { pos[0], pos[1], pos[2] }, .radius = radius, .rgba = { colour.r, colour.g, colour.b, 255 }, .pick = pick };
  g_array_append_val (scene->spheres, sphere);
}

static void
add_cylinder (CfScene *scene, const float a[3], const float b[3], float radius, Colour ca, Colour cb)
{
  CfCylinder cylinder = { .a = { a[0], a[1], a[2] },
                          .b = { b[0], b[1], b[2] },
                          .radius = radius,
                          .rgba_a = { ca.r, ca.g, ca.b, 255 },
                          .rgba_b = { cb.r, cb.g, cb.b, 255 } };
  g_array_append_val (scene->cylinders, cylinder);
}

static float
distance2 (const float a[3], const float b[3])
{
  float x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
  return x * x + y * y + z * z;
}

static double
largest_value (const CfGraph *graph, CfColouring colouring)
{
  double top = 0;
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      double v = colouring == CF_COLOUR_PERSISTENCE ? graph->nodes[i].persistence : graph->nodes[i].density;
      if (isfinite (v))
        top = fmax (top, v);
    }
  return top > 0 ? top : 1;
}

static Colour
colour_of_node (const CfMolecules *molecules, gsize i, double top)
{
  const CfNode *node = &molecules->graph->nodes[i];
  const CfComparison *comparison = molecules->comparison;
  switch (molecules->node_colouring)
    {
    case CF_COLOUR_MATCH:
      if (comparison && i < comparison->n_nodes)
        return comparison->residue_of_node[i] >= 0 ? colour_matched : colour_unmatched;
      return colour_node;
    case CF_COLOUR_PERSISTENCE:
      return colour_of_value (node->persistence / top);
    case CF_COLOUR_DENSITY:
      return colour_of_value (node->density / top);
    case CF_COLOUR_CHAIN: /* a graph's chains are its components */
      return colour_of_index (node->component);
    case CF_COLOUR_PLAIN:
    case CF_COLOUR_ELEMENT:
    default:
      return colour_node;
    }
}

static float
radius_of (Colour colour, CfColouring colouring)
{
  gboolean alone = colouring == CF_COLOUR_MATCH && memcmp (&colour, &colour_unmatched, sizeof colour) == 0;
  return alone ? ALONE * NODE_RADIUS : NODE_RADIUS;
}

static Colour
paler (Colour colour)
{
  return (Colour){ (guint8) ((colour.r + 2 * 150) / 3), (guint8) ((colour.g + 2 * 150) / 3), (guint8) ((colour.b + 2 * 150) / 3) };
}

/* All at once: hundreds of thousands are made while the threshold moves; or only an even sample of so many. */
static void
add_edges (CfScene *scene, const CfGraph *graph, const CfSphere *nodes, gsize n, Colour *colours)
{
  guint before = scene->cylinders->len;
  double stride = (double) graph->n_edges / n;
  for (gsize i = 0; i < graph->n_nodes; i++)
    colours[i] = paler (colours[i]);
  g_array_set_size (scene->cylinders, before + (guint) n);
  CfCylinder *out = &g_array_index (scene->cylinders, CfCylinder, before);
  for (gsize k = 0; k < n; k++)
    {
      const CfEdge *edge = &graph->edges[MIN ((gsize) (k * stride), graph->n_edges - 1)];
      const float *a = nodes[edge->a].pos, *b = nodes[edge->b].pos;
      Colour ca = colours[edge->a], cb = colours[edge->b];
      out[k] = (CfCylinder){ .a = { a[0], a[1], a[2] }, .b = { b[0], b[1], b[2] }, .radius = EDGE_RADIUS, .rgba_a = { ca.r, ca.g, ca.b, 255 },
                             .rgba_b = { cb.r, cb.g, cb.b, 255 } };
    }
}

static void
add_graph (CfScene *scene, const CfMolecules *molecules)
{
  const CfGraph *graph = molecules->graph;
  double top = largest_value (graph, molecules->node_colouring);
  g_autofree Colour *colours = g_new (Colour, MAX (graph->n_nodes, 1));
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      float pos[3] = { (float) graph->nodes[i].pos[0], (float) graph->nodes[i].pos[1], (float) graph->nodes[i].pos[2] };
      colours[i] = colour_of_node (molecules, i, top);
      add_sphere (scene, pos, radius_of (colours[i], molecules->node_colouring), colours[i], CF_PICK_NODE | ((guint32) i & CF_PICK_INDEX));
    }
  if (!molecules->edges || graph->n_edges == 0)
    return;
  gboolean all = molecules->edge_share <= 0 || molecules->edge_share >= 1;
  gsize others = scene->cylinders->len, n = all ? graph->n_edges : MAX ((gsize) ceil (molecules->edge_share * graph->n_edges), 1);
  add_edges (scene, graph, &g_array_index (scene->spheres, CfSphere, scene->spheres->len - graph->n_nodes), n, colours);
  scene->edge_share = (double) (others + n) / (others + graph->n_edges);
}

static Colour
colour_of_atom (const CfMolecules *molecules, guint32 i)
{
  const CfStructure *structure = molecules->structure;
  const CfAtom *atom = &structure->atoms[i];
  const CfComparison *comparison = molecules->comparison;
  switch (molecules->atom_colouring)
    {
    case CF_COLOUR_MATCH:
      if (comparison && atom->residue < comparison->n_residues && structure->residues[atom->residue].trace >= 0)
        return comparison->node_of_residue[atom->residue] >= 0 ? colour_matched : colour_unmatched;
      return colour_trace;
    case CF_COLOUR_ELEMENT:
      return colour_of_element (atom->number);
    case CF_COLOUR_CHAIN:
      return colour_of_index (structure->residues[atom->residue].chain);
    case CF_COLOUR_PLAIN:
    case CF_COLOUR_PERSISTENCE:
    case CF_COLOUR_DENSITY:
    default:
      return colour_trace;
    }
}

static void
add_trace (CfScene *scene, const CfMolecules *molecules)
{
  const CfStructure *structure = molecules->structure;
  for (guint32 c = 0; c < structure->n_chains; c++)
    {
      const CfResidue *before = NULL;
      for (guint32 r = 0; r < structure->chains[c].n; r++)
        {
          const CfResidue *residue = &structure->residues[structure->chains[c].first + r];
          if (residue->trace < 0)
            continue;
          guint32 at = (guint32) residue->trace;
          Colour colour = colour_of_atom (molecules, at);
          add_sphere (scene, structure->atoms[at].pos, radius_of (colour, molecules->atom_colouring), colour, CF_PICK_ATOM | (at & CF_PICK_INDEX));
          if (before && before->nucleic == residue->nucleic)
            {
              float limit = residue->nucleic ? 8.0f : 4.5f;
              guint32 from = (guint32) before->trace;
              if (distance2 (structure->atoms[from].pos, structure->atoms[at].pos) < limit * limit)
                add_cylinder (scene, structure->atoms[from].pos, structure->atoms[at].pos, TRACE_RADIUS, colour_of_atom (molecules, from), colour);
            }
          before = residue;
        }
    }
}

static void
add_atoms (CfScene *scene, const CfMolecules *molecules)
{
  const CfStructure *structure = molecules->structure;
  for (guint32 i = 0; i < structure->n_atoms; i++)
    {
      const CfAtom *atom = &structure->atoms[i];
      float radius = atom->number == 1 ? 0.2f : cf_element_covalent_radius (atom->number) > 0 ? BALL_RADIUS : 0.6f;
      add_sphere (scene, atom->pos, radius, colour_of_atom (molecules, i), CF_PICK_ATOM | (i & CF_PICK_INDEX));
    }
  for (gsize i = 0; i < structure->n_bonds; i++)
    {
      guint32 a = structure->bonds[i].a, b = structure->bonds[i].b;
      add_cylinder (scene, structure->atoms[a].pos, structure->atoms[b].pos, STICK_RADIUS, colour_of_atom (molecules, a), colour_of_atom (molecules, b));
    }
}

void
cf_scene_set_molecules (CfScene *scene, const CfMolecules *molecules)
{
  g_array_set_size (scene->spheres, 0);
  g_array_set_size (scene->cylinders, 0);
  scene->edge_share = 1;
  if (molecules->structure && molecules->structure->n_atoms > 0)
    {
      if (molecules->all_atoms)
        add_atoms (scene, molecules);
      else
        add_trace (scene, molecules);
    }
  scene->model_spheres = scene->spheres->len;
  scene->model_cylinders = scene->cylinders->len;
  if (molecules->graph)
    add_graph (scene, molecules);
  scene->molecules_serial = cf_scene_next_serial ();
}
