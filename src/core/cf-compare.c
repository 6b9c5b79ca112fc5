#include "cf-compare.h"

#include <math.h>
#include <string.h>

#include "cf-file.h"
#include "cf-random.h"

typedef double Point[3];

static gboolean
is_hydrogen (const CfAtom *atom)
{
  return atom->number == 1 || g_ascii_strcasecmp (atom->element, "H") == 0 || g_ascii_strcasecmp (atom->element, "D") == 0;
}

static gboolean
same_place (const CfResidue *a, const CfResidue *b)
{
  return a->chain == b->chain && a->seq == b->seq && a->icode == b->icode;
}

/* Where two residue types share one place in the chain (microheterogeneity), the more occupied one stands for it. */
static gboolean
stands_for_its_place (const CfStructure *structure, guint32 r)
{
  const CfResidue *residue = &structure->residues[r];
  float occupancy = structure->atoms[residue->trace].occupancy;
  for (int step = -1; step <= 1; step += 2)
    for (gint64 other = (gint64) r + step; other >= 0 && other < structure->n_residues; other += step)
      {
        const CfResidue *o = &structure->residues[other];
        if (!same_place (residue, o))
          break;
        if (o->trace < 0 || o->water)
          continue;
        float theirs = structure->atoms[o->trace].occupancy;
        if (step < 0 ? theirs >= occupancy : theirs > occupancy)
          return FALSE;
      }
  return TRUE;
}

static void
append_atom (GArray *points, const CfAtom *atom)
{
  Point p = { atom->pos[0], atom->pos[1], atom->pos[2] };
  g_array_append_val (points, p);
}

/* Trace atoms, and of which residue each is. */
static GArray *
trace_points (const CfStructure *structure, GArray *residue_of)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  for (guint32 r = 0; r < structure->n_residues; r++)
    {
      const CfResidue *residue = &structure->residues[r];
      if (residue->trace < 0 || residue->water || !stands_for_its_place (structure, r))
        continue;
      append_atom (points, &structure->atoms[residue->trace]);
      g_array_append_val (residue_of, r);
    }
  return points;
}

/* Of alternate locations of one atom, the most occupied, the first on a tie. */
static gboolean
is_chosen_location (const CfStructure *structure, guint32 i)
{
  const CfAtom *atom = &structure->atoms[i];
  if (!atom->altloc)
    return TRUE;
  const CfResidue *residue = &structure->residues[atom->residue];
  for (guint32 j = residue->first; j < residue->first + residue->n; j++)
    {
      const CfAtom *other = &structure->atoms[j];
      if (j == i || strcmp (other->name, atom->name) != 0)
        continue;
      if (other->occupancy > atom->occupancy || (other->occupancy == atom->occupancy && j < i))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_compared (const CfStructure *structure, guint32 i)
{
  const CfAtom *atom = &structure->atoms[i];
  return !is_hydrogen (atom) && !structure->residues[atom->residue].water;
}

static GArray *
atom_points (const CfStructure *structure)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (Point));
  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (is_compared (structure, i) && is_chosen_location (structure, i))
      append_atom (points, &structure->atoms[i]);
  return points;
}

static void
coverage_of (CfCoverage *out, gsize total, const double *distance)
{
  double sum = 0;
  *out = (CfCoverage){ .total = total };
  for (gsize i = 0; i < total; i++)
    if (!isnan (distance[i]))
      {
        out->matched++;
        sum += distance[i] * distance[i];
      }
  out->coverage = total ? (double) out->matched / total : NAN;
  out->rmsd = out->matched ? sqrt (sum / out->matched) : NAN;
}

typedef struct
{
  const CfCompareOptions *options;
  GArray *trace, *atoms; /* Point */
  GArray *residue_of;    /* guint32, parallel to trace */
  GCancellable *cancellable;
} Job;

#define POINTS(array) ((const double (*)[3]) (array)->data)

static gboolean
match_trace (const Job *job, const Point *nodes, gsize n, CfCoverage *out, gint32 *match, double *distance, GError **error)
{
  if (!cf_match (job->options->match, POINTS (job->trace), job->trace->len, nodes, n, CF_COMPARE_CA_CUTOFF, match, distance,
                 job->cancellable, error))
    return FALSE;
  coverage_of (out, job->trace->len, distance);
  return TRUE;
}

/* As many points as there are nodes, spread over the inside of the contour: seeds above the level, drawn with replacement and
 * moved within their sampling cell. */
static void
draw_inside (const CfPeaks *contour, gsize n_inside, CfRandom *random, Point *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize k = MIN ((gsize) (cf_random_double (random) * n_inside), n_inside - 1);
      for (int a = 0; a < 3; a++)
        out[i][a] = contour->seed[k][a] + (cf_random_double (random) - 0.5) * contour->spacing;
    }
}

static gboolean
compare_null (const Job *job, const CfGraph *graph, CfComparison *c, GError **error)
{
  CfPeaks *contour = job->options->contour;
  gsize n = graph->n_nodes, n_inside = contour ? cf_peaks_n_above (contour, graph->level.normalised) : 0;
  if (!n_inside || !n || !job->trace->len)
    return TRUE;
  int trials = job->options->null_trials > 0 ? job->options->null_trials : 5;
  g_autofree Point *points = g_malloc_n (n, sizeof *points);
  g_autofree gint32 *match = g_new (gint32, job->trace->len);
  g_autofree double *distance = g_new (double, job->trace->len);
  double matched = 0, rmsd = 0, precision = 0;
  int with_rmsd = 0;
  for (int t = 0; t < trials; t++)
    {
      CfRandom random;
      CfCoverage one;
      cf_random_init (&random, job->options->seed, (guint64) t);
      draw_inside (contour, n_inside, &random, points, n);
      if (!match_trace (job, points, n, &one, match, distance, error))
        return FALSE;
      matched += one.matched;
      if (one.matched)
        {
          rmsd += one.rmsd;
          with_rmsd++;
        }
      precision += (double) cf_match_near (points, n, POINTS (job->trace), job->trace->len, CF_COMPARE_CA_CUTOFF, NULL) / n;
    }
  c->has_null = TRUE;
  c->null_trials = trials;
  c->null_ca = (CfCoverage){ job->trace->len, (gsize) lround (matched / trials), matched / trials / job->trace->len,
                             with_rmsd ? rmsd / with_rmsd : NAN };
  c->null_precision = precision / trials;
  return TRUE;
}

static gboolean
compare_trace (const Job *job, const Point *nodes, CfComparison *c, GError **error)
{
  gsize n = job->trace->len;
  g_autofree gint32 *match = g_new (gint32, n);
  g_autofree double *distance = g_new (double, n);
  if (!match_trace (job, nodes, c->n_nodes, &c->ca, match, distance, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      guint32 residue = g_array_index (job->residue_of, guint32, i);
      c->node_of_residue[residue] = match[i];
      c->node_distance[residue] = distance[i];
      if (match[i] >= 0)
        c->residue_of_node[match[i]] = (gint32) residue;
    }
  c->ca_score = !n ? NAN : c->ca.matched ? c->ca.coverage / MAX (0.1, c->ca.rmsd) : 0;
  c->nodes_total = c->n_nodes;
  c->nodes_near = cf_match_near (nodes, c->n_nodes, POINTS (job->trace), n, CF_COMPARE_CA_CUTOFF, NULL);
  c->precision = c->n_nodes && n ? (double) c->nodes_near / c->n_nodes : NAN;
  return TRUE;
}

static gboolean
compare_atoms (const Job *job, const Point *nodes, CfComparison *c, GError **error)
{
  gsize n = job->atoms->len;
  g_autofree gint32 *match = g_new (gint32, n);
  g_autofree double *distance = g_new (double, n);
  if (!cf_match (job->options->match, POINTS (job->atoms), n, nodes, c->n_nodes, CF_COMPARE_ATOM_CUTOFF, match, distance, job->cancellable,
                 error))
    return FALSE;
  coverage_of (&c->atoms, n, distance);
  c->atoms_nodes = c->n_nodes && n ? (double) c->atoms.matched / c->n_nodes : NAN;
  return TRUE;
}

static CfComparison *
comparison_new (gsize n_residues, gsize n_nodes)
{
  CfComparison *c = g_new0 (CfComparison, 1);
  c->n_residues = n_residues;
  c->n_nodes = n_nodes;
  c->node_of_residue = g_new (gint32, n_residues);
  c->node_distance = g_new (double, n_residues);
  c->residue_of_node = g_new (gint32, n_nodes);
  for (gsize i = 0; i < n_residues; i++)
    {
      c->node_of_residue[i] = -1;
      c->node_distance[i] = NAN;
    }
  for (gsize i = 0; i < n_nodes; i++)
    c->residue_of_node[i] = -1;
  c->null_ca.coverage = c->null_ca.rmsd = c->null_precision = NAN;
  return c;
}

CfComparison *
cf_compare (const CfGraph *graph, const CfStructure *structure, const CfCompareOptions *options, GCancellable *cancellable, GError **error)
{
  static const CfCompareOptions defaults = { 0 };
  g_autoptr (GArray) residue_of = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GArray) trace = trace_points (structure, residue_of);
  g_autoptr (GArray) atoms = atom_points (structure);
  g_autofree Point *nodes = g_malloc_n (graph->n_nodes, sizeof *nodes);
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (nodes[i], graph->nodes[i].pos, sizeof nodes[i]);
  Job job = { options ? options : &defaults, trace, atoms, residue_of, cancellable };
  g_autoptr (CfComparison) c = comparison_new (structure->n_residues, graph->n_nodes);
  if (!compare_trace (&job, nodes, c, error) || !compare_atoms (&job, nodes, c, error) || !compare_null (&job, graph, c, error))
    return NULL;
  return g_steal_pointer (&c);
}

void
cf_comparison_free (CfComparison *comparison)
{
  if (!comparison)
    return;
  g_free (comparison->node_of_residue);
  g_free (comparison->node_distance);
  g_free (comparison->residue_of_node);
  g_free (comparison);
}

static void
append_number (GString *out, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isnan (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, format, value));
}

static void
append_row (GString *out, const CfComparison *c, const CfGraph *graph, const CfStructure *structure, gsize r)
{
  const CfResidue *residue = &structure->residues[r];
  g_autofree char *chain = cf_text_for_csv (structure->chains[residue->chain].name);
  g_autofree char *name = cf_text_for_csv (residue->name);
  char icode[2] = { residue->icode, 0 };
  gint32 node = c->node_of_residue[r];
  g_string_append_printf (out, "%s,%d%s,%s,", chain, residue->seq, icode, name);
  if (node >= 0)
    g_string_append_printf (out, "%d", node);
  g_string_append_c (out, ',');
  append_number (out, "%.4f", c->node_distance[r]);
  g_string_append_c (out, ',');
  append_number (out, "%.6g", node >= 0 && (gsize) node < graph->n_nodes ? graph->nodes[node].density : NAN);
  g_string_append (out, "\r\n");
}

gboolean
cf_comparison_save_csv (const CfComparison *comparison, const CfGraph *graph, const CfStructure *structure, const char *path,
                        GError **error)
{
  g_autoptr (GString) out = g_string_new ("chain,residue,name,node,distance,node_density\r\n");
  for (gsize r = 0; r < comparison->n_residues; r++)
    if (structure->residues[r].trace >= 0 && !structure->residues[r].water)
      append_row (out, comparison, graph, structure, r);
  return cf_file_save (path, out->str, out->len, error);
}

static gboolean
is_backbone (const CfStructure *structure, const CfAtom *atom)
{
  static const char *const protein[] = { "N", "CA", "C", "O", NULL };
  static const char *const nucleic[] = { "P", "O5'", "C5'", "C4'", "C3'", "O3'", NULL };
  return g_strv_contains (structure->residues[atom->residue].nucleic ? nucleic : protein, atom->name);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;
  return x < y ? -1 : x > y;
}

void
cf_atom_inclusion (const CfStructure *structure, const float *density, const double *levels, gsize n, gboolean backbone, double *share)
{
  g_autofree float *sorted = g_new (float, structure->n_atoms);
  gsize m = 0;
  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (is_compared (structure, i) && (!backbone || is_backbone (structure, &structure->atoms[i])))
      sorted[m++] = isnan (density[i]) ? -G_MAXFLOAT : density[i];
  if (m)
    qsort (sorted, m, sizeof *sorted, compare_floats);
  for (gsize k = 0; k < n; k++)
    {
      gsize lo = 0, hi = m;
      while (lo < hi)
        {
          gsize middle = lo + (hi - lo) / 2;
          if (sorted[middle] >= levels[k])
            hi = middle;
          else
            lo = middle + 1;
        }
      share[k] = m ? (double) (m - lo) / m : NAN;
    }
}
