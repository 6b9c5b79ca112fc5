/* cli-job.c: samples, walk, graph, sweep, comparison, picture and report in their order. */
#include "cli-job.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "cf-command.h"
#include "cf-file.h"
#include "cf-report.h"
#include "cf-words.h"

char *
cf_cli_base_name (const char *map)
{
  static const char *const suffixes[] = { ".gz", ".mrc", ".map", ".ccp4", ".rec", NULL };
  g_autofree char *name = g_path_get_basename (map);

  for (int i = 0; suffixes[i]; i++)
    if (g_str_has_suffix (name, suffixes[i]) && strlen (name) > strlen (suffixes[i]))
      name[strlen (name) - strlen (suffixes[i])] = '\0';
  return cf_text_for_file_name (name);
}

void
cf_cli_job_clear (CfCliJob *job)
{
  g_clear_pointer (&job->volume, cf_volume_unref);
  g_clear_pointer (&job->header, cf_emdb_free);
  g_clear_pointer (&job->model, cf_structure_unref);
  g_clear_pointer (&job->evaluator, cf_evaluator_unref);
  cf_cli_samples_clear (&job->samples);
  g_clear_pointer (&job->comparison, cf_comparison_free);
  g_clear_pointer (&job->curve, cf_curve_free);
  g_clear_pointer (&job->graph, cf_graph_unref);
  g_clear_pointer (&job->sweep, cf_sweep_unref);
  g_clear_pointer (&job->seconds, json_decref);
  g_clear_pointer (&job->cpu_seconds, json_decref);
}

/* Of all threads together. */
static double
cpu_now (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
add_seconds (json_t *object, const char *step, double seconds)
{
  json_object_set_new (object, step, json_real (json_number_value (json_object_get (object, step)) + seconds));
}

void
cf_cli_job_step (CfCliJob *job, const char *name)
{
  gint64 now = g_get_monotonic_time ();
  double cpu = cpu_now ();

  if (!job->seconds)
    {
      job->seconds = json_object ();
      job->cpu_seconds = json_object ();
      job->started = now;
    }
  if (job->step)
    {
      add_seconds (job->seconds, job->step, (now - job->step_started) / 1e6);
      add_seconds (job->cpu_seconds, job->step, cpu - job->cpu_started);
    }
  if (!name)
    {
      add_seconds (job->seconds, "total", (now - job->started) / 1e6);
      add_seconds (job->cpu_seconds, "total", cpu);
    }
  job->step = name;
  job->step_started = now;
  job->cpu_started = cpu;
}

static gboolean
walk_and_sweep (CfCli *cli, CfCliJob *job, GError **error)
{
  CfField *field = cf_evaluator_field (job->evaluator);
  CfWalkOptions walk = { .ascent = job->options.ascent };
  g_autoptr (CfPeaks) peaks = NULL;

  if (!cf_cli_level_lowest (&job->level, field, FALSE, &walk.lowest, error))
    return FALSE;
  cf_cli_job_step (job, "samples");
  if (!cf_cli_samples_from_field (cli, job->evaluator, &job->samples, error))
    return FALSE;
  cf_cli_job_step (job, "walk");
  peaks = cf_walk_from_samples (job->evaluator, &job->samples.grid, job->samples.data, &walk, cf_cli_progress, (gpointer) _("walking"),
                                cli->cancellable, error);
  if (!peaks)
    return FALSE;
  cf_cli_job_step (job, "graph");
  job->sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error);
  return job->sweep != NULL;
}

static char *
graph_command (const CfCliJob *job, const CfLevel *level)
{
  const CfCommandGraph graph = {
    .level = level, .adjacency = job->options.adjacency, .min_component = job->options.min_component, .ascent = job->options.ascent
  };

  return cf_command_graph (job->neural, (const char *const[]) { NULL }, &graph);
}

static gboolean
set_inclusion (CfCli *cli, CfCliJob *job, GError **error)
{
  GError *failed = NULL;
  g_autoptr (CfInclusion) inclusion = cf_curve_inclusion (job->evaluator, job->model, cli->cancellable, &failed);

  if (inclusion)
    cf_comparison_set_inclusion (job->comparison, inclusion, &job->graph->level);
  if (failed)
    g_propagate_error (error, failed);
  return failed == NULL;
}

gboolean
cf_cli_job_analyse (CfCli *cli, CfCliJob *job, GError **error)
{
  CfGraphOptions options = { .adjacency = job->options.adjacency, .min_component = job->options.min_component };
  g_autofree char *command = NULL;
  CfField *field = cf_evaluator_field (job->evaluator);
  CfCompareOptions compare = { 0 };
  CfLevel level;

  if (!walk_and_sweep (cli, job, error) || !cf_cli_level_resolve (&job->level, field, job->sweep, &level, error))
    return FALSE;
  if (job->neural)
    options.command = command = graph_command (job, &level);
  job->graph = cf_graph_at_level (job->evaluator, job->sweep, &level, &options, cli->cancellable, error);
  if (!job->graph)
    return FALSE;
  cf_cli_job_step (job, "sweep");
  job->curve = cf_curve_new (job->evaluator, job->sweep, job->model, job->levels > 0 ? job->levels : 64, &options, cli->cancellable, error);
  if (!job->curve)
    return FALSE;
  if (!job->model)
    return TRUE;
  cf_cli_job_step (job, "compare");
  compare.contour = cf_sweep_get_peaks (job->sweep);
  compare.inside = field->has_box ? &field->grid : NULL;
  job->comparison = cf_compare (job->graph, job->model, &compare, cli->cancellable, error);
  if (!job->comparison)
    cf_cli_refuse (job->model->path ? job->model->path : job->model->name, error);
  return job->comparison != NULL && set_inclusion (cli, job, error);
}

gboolean
cf_cli_job_picture (const CfCliJob *job, const char *path, const char *command, GError **error)
{
  const CfField *field = cf_evaluator_field (job->evaluator);
  g_auto (GStrv) text = cf_cli_picture_text (&job->graph->level, field->source_name, field->source_sha256, command);
  const CfCliPicture picture = {
    .width = 1000,
    .height = 750,
    .zoom = 1,
    .azimuth = 30,
    .elevation = 20,
    .level = job->graph->level.normalised,
    .model = job->model,
    .graph = job->graph,
    .comparison = job->comparison,
    .finer = job->evaluator,
    .text = (const char *const *) text,
  };

  return cf_cli_picture_save (&picture, &job->samples, path, error);
}

/* FALSE where no picture can be drawn. */
static gboolean
draw_views (const CfCliJob *job, const char *command, GBytes *out[CF_N_VIEWS])
{
  const CfField *field = cf_evaluator_field (job->evaluator);
  const CfCliPicture picture = {
    .background = CF_BACKGROUND_WHITE, .level = job->graph->level.normalised, .model = job->model, .graph = job->graph, .comparison = job->comparison
  };
  g_auto (GStrv) text = cf_cli_picture_text (&job->graph->level, field->source_name, field->source_sha256, command);
  g_autoptr (CfScene) scene = cf_cli_scene_new (&picture, &job->samples);
  g_autoptr (GError) error = NULL;

  if (cf_views_draw (scene, 640, 640, (const char *const *) text, out, &error))
    return TRUE;
  cf_cli_note (_("the report has no pictures: %s"), error->message);
  return FALSE;
}

gboolean
cf_cli_job_report (const CfCliJob *job, const char *const *commands, const char *const *paths, GError **error)
{
  GBytes *drawn[CF_N_VIEWS] = { NULL };
  CfReportPicture pictures[CF_N_VIEWS];
  gboolean wanted = FALSE, good;
  CfReport report = {
    .volume = job->volume,
    .field = cf_evaluator_field (job->evaluator),
    .header = job->header,
    .structure = job->model,
    .graph = job->graph,
    .comparison = job->comparison,
    .curve = job->curve,
    .commands = commands,
    .evaluator = job->evaluator,
    .neural_path = job->neural,
    .pictures = pictures,
  };

  for (int i = 0; paths[i]; i++)
    wanted = wanted || cf_report_has_pictures (paths[i]);
  if (wanted && draw_views (job, commands[g_strv_length ((char **) commands) - 1], drawn))
    report.n_pictures = CF_N_VIEWS;
  for (int i = 0; i < CF_N_VIEWS; i++)
    pictures[i] = (CfReportPicture){ _(cf_views[i].name), drawn[i] };
  good = cf_report_save_all (&report, paths, error);
  for (int i = 0; i < CF_N_VIEWS; i++)
    g_clear_pointer (&drawn[i], g_bytes_unref);
  return good;
}

CfPeaks *
cf_cli_contour_points (const CfCliSamples *samples, double level)
{
  const int *dims = samples->grid.dims;
  gsize n = 0, k = 0, all = cf_grid_n_voxels (&samples->grid);
  CfPeaks *peaks;

  for (gsize i = 0; i < all; i++)
    n += samples->data[i] >= level;
  peaks = cf_peaks_new (n);
  for (gsize i = 0; i < all; i++)
    if (samples->data[i] >= level)
      {
        const double ijk[3] = { (double) (i % dims[0]), (double) (i / dims[0] % dims[1]), (double) (i / dims[0] / dims[1]) };
        double xyz[3];

        cf_grid_to_world (&samples->grid, ijk, xyz);
        for (int a = 0; a < 3; a++)
          peaks->seed[k][a] = peaks->peak[k][a] = (float) xyz[a];
        peaks->seed_density[k] = peaks->peak_density[k] = samples->data[i];
        k++;
      }
  peaks->lowest = level;
  peaks->spacing = cf_grid_smallest_edge (&samples->grid);
  cf_peaks_sort (peaks);
  return peaks;
}

typedef char Word[24];

/* A value with its unit, or "-" where there is none, as the RMSD of no match, or the precision of no node. */
static const char *
word (double value, int digits, const char *unit, Word out)
{
  if (isnan (value))
    g_strlcpy (out, "-", sizeof (Word));
  else
    g_snprintf (out, sizeof (Word), "%.*f%s", digits, value, unit);
  return out;
}

static const char *
percent (double share, Word out)
{
  return word (100 * share, 2, " %", out);
}

static void
print_coverage (const char *what, const CfCoverage *c)
{
  Word share, rmsd;
  printf ("%-11s %zu of %zu, coverage %s, RMSD %s\n", what, c->matched, c->total, percent (c->coverage, share), word (c->rmsd, 3, " A", rmsd));
}

static void
print_chains (const CfComparison *c, const CfStructure *structure)
{
  Word share, rmsd, score;
  for (gsize i = 0; i < c->n_chains; i++)
    {
      const CfChainComparison *chain = &c->chains[i];
      g_autofree char *name = cf_text_clean (structure->chains[chain->chain].name, -1);

      printf ("chain %-6s%zu of %zu, coverage %s, RMSD %s, CA score %s", name, chain->ca.matched, chain->ca.total, percent (chain->ca.coverage, share),
              word (chain->ca.rmsd, 3, " A", rmsd), word (chain->ca_score, 3, "", score));
      if (c->has_null)
        printf ("; chance %s, %s", percent (chain->null_ca.coverage, share), word (chain->null_ca.rmsd, 3, " A", rmsd));
      putchar ('\n');
    }
}

/* Which atoms stand for the residues: "C-alpha", "P", "C-alpha, C4'". */
static char *
name_trace (const CfComparison *c, const CfStructure *structure)
{
  const char *nucleic = NULL;
  gboolean alpha = FALSE;
  for (gsize r = 0; r < c->n_residues; r++)
    if (c->atom_of_residue[r] >= 0)
      {
        const char *atom = structure->atoms[c->atom_of_residue[r]].name;
        alpha = alpha || strcmp (atom, "CA") == 0;
        nucleic = strcmp (atom, "CA") == 0 ? nucleic : atom;
      }
  return g_strdup_printf ("%s%s%s", alpha || !nucleic ? "C-alpha" : "", alpha && nucleic ? ", " : "", nucleic ? nucleic : "");
}

static void
print_chance (const CfComparison *c)
{
  Word share, rmsd, recall, precision, atoms, score;
  if (c->has_null)
    printf ("chance      coverage %s, RMSD %s, recall %s, precision %s, atoms %s, CA score %s (as many random points in the same contour, mean of %d)\n",
            percent (c->null_ca.coverage, share), word (c->null_ca.rmsd, 3, " A", rmsd), percent (c->null_recall, recall),
            percent (c->null_precision, precision), percent (c->null_atoms.coverage, atoms), word (c->null_ca_score, 3, "", score), c->null_trials);
  else if (c->nodes_total == 0 || c->ca.total == 0)
    puts ("chance      none: there is nothing to compare");
  else
    puts ("chance      not known: needs the map, given with --within, and density above the level");
}

void
cf_cli_print_comparison (const CfComparison *c, const CfStructure *structure)
{
  g_autofree char *trace = name_trace (c, structure);
  Word share, backbone;
  print_coverage (trace, &c->ca);
  printf ("recall      %zu of %zu residues have a node within 3 A, %s\n", c->residues_near, c->ca.total, percent (c->recall, share));
  printf ("nodes       %zu of %zu within 3 A of one, precision %s\n", c->nodes_near, c->nodes_total, percent (c->precision, share));
  print_coverage ("atoms", &c->atoms);
  printf ("CA score    %s\n", word (c->ca_score, 3, "", share));
  if (isfinite (c->inclusion))
    printf ("inclusion   %s of the atoms, %s of the backbone, at %.6g in file units\n", percent (c->inclusion, share),
            percent (c->inclusion_backbone, backbone), c->inclusion_level.file);
  print_chance (c);
  if (c->n_chains > 1)
    print_chains (c, structure);
}

json_t *
cf_cli_comparison_to_json (const CfComparison *comparison, const CfStructure *structure)
{
  g_autofree char *text = comparison ? cf_comparison_to_json (comparison, structure) : NULL;
  json_t *object = text ? json_loads (text, 0, NULL) : NULL;

  return object ? object : json_null ();
}
