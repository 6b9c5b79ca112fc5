/* cf-export.c: what is written out, each on a worker with its own references. */
#include "cf-export.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "cf-error.h"
#include "cf-graph-file.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-offscreen.h"
#include "cf-report.h"
#include "cf-words.h"
#include "cf-workers.h"

typedef struct
{
  CfExportKind kind;
  char *path;
  CfDocument *document;
  CfShot *shot;
  CfProgressFunc progress; /* NULL */
  gpointer progress_data;
  double begun, share; /* of the whole: before what is being written, and of that */
  CfShotNetworks networks;
  double points; /* that the networks will be asked for, about */
} ExportJob;

static void
export_job_free (gpointer data)
{
  ExportJob *job = data;
  g_free (job->path);
  cf_document_free (job->document);
  g_clear_pointer (&job->shot, cf_shot_free);
  g_free (job);
}

/* missing: what is said where there is none. */
static gboolean
need (gconstpointer thing, const char *missing, GError **error)
{
  if (thing == NULL)
    g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, missing);
  return thing != NULL;
}

/* fraction: of what is being written. */
static void
tell (double fraction, gpointer data)
{
  ExportJob *job = data;
  if (job->progress != NULL)
    job->progress (job->begun + job->share * CLAMP (fraction, 0, 1), job->progress_data);
}

/* -- picture --------------------------------------------------------------------------------------------------------------------- */

#define SAMPLES_SHARE 0.3 /* of a picture by the networks */

static void
tell_samples (double fraction, gpointer data)
{
  const ExportJob *job = data;
  tell (fraction * (job->shot->final ? SAMPLES_SHARE : 0.9), data);
}

static void
tell_points (gpointer data)
{
  const ExportJob *job = data;
  tell (SAMPLES_SHARE + (1 - SAMPLES_SHARE) * MIN (1, job->networks.points / job->points), data);
}

static gboolean
save_picture (ExportJob *job, const char *path, GCancellable *cancellable, GError **error)
{
  const CfDocument *document = job->document;
  CfShot *shot = job->shot;
  if (!need (shot, _("There is no picture yet to export"), error))
    return FALSE;
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  if (offscreen == NULL)
    return FALSE;
  job->networks
      = (CfShotNetworks){ .evaluator = document->evaluator, .cancellable = cancellable, .progress = tell_samples, .data = job, .asked = tell_points };
  job->points = 1.2 * shot->width * shot->height; /* four pixels in ten, three questions each */
  if (document->evaluator != NULL && !cf_shot_sample (shot, &job->networks, error))
    return FALSE;
  g_autofree guint8 *rgba = shot->final && document->evaluator != NULL
                              ? cf_shot_draw_final (shot, offscreen, cf_offscreen_detail (offscreen, shot->width, shot->height), &job->networks, error)
                              : cf_offscreen_draw (offscreen, shot->width, shot->height, shot->picture->scene, &shot->camera, error);
  if (rgba == NULL)
    return FALSE;
  g_autofree char *level = g_strdup_printf ("%.6g in file units, %.6g normalised, %.4g sigma of the normalised voxels in use", document->level.file,
                                            document->level.normalised, document->level.sigma);
  g_autofree char *command = cf_export_command (document, "render", shot);
  const char *name = document->volume != NULL ? document->volume->name : document->field != NULL ? document->field->source_name : "";
  const char *hash = document->volume != NULL ? document->volume->sha256 : document->field != NULL ? document->field->source_sha256 : "";
  const char *text[] = { "Software", "Cryofield " CF_VERSION, "Title", name, "Map SHA-256", hash, "Level", level, command != NULL ? "Command" : NULL, command, NULL };
  return cf_png_save (path, shot->width, shot->height, rgba, text, error);
}

/* A report without its pictures is still a report: a machine may have no EGL. */
static gsize
draw_views (ExportJob *job, GBytes *out[CF_N_VIEWS])
{
  if (job->shot == NULL)
    return 0;
  return cf_views_draw (job->shot->picture->scene, 640, 640, NULL, out, NULL) ? CF_N_VIEWS : 0;
}

/* -- the others ------------------------------------------------------------------------------------------------------------------ */

static gboolean
save_report (ExportJob *job, const char *path, GCancellable *cancellable, GError **error)
{
  const CfDocument *document = job->document;
  if (!need (document->graph, _("There is no graph yet to export"), error))
    return FALSE;
  g_autoptr (CfCurve) own_curve = NULL;
  const CfCurve *curve = document->curve != NULL ? document->curve->data : NULL;
  if (curve == NULL)
    {
      CfGraphOptions options = { .adjacency = document->adjacency, .min_component = document->min_component };
      curve = own_curve = cf_curve_new (document->evaluator, document->sweep, document->structure, 40, &options, cancellable, error);
      if (curve == NULL)
        return FALSE;
    }
  tell (0.4, job);
  GBytes *drawn[CF_N_VIEWS] = { NULL };
  CfReportPicture pictures[CF_N_VIEWS];
  gsize n_pictures = cf_report_has_pictures (path) ? draw_views (job, drawn) : 0;
  for (int i = 0; i < CF_N_VIEWS; i++)
    pictures[i] = (CfReportPicture){ _(cf_views[i].name), drawn[i] };
  tell (0.7, job);
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);
  static const char *const steps[] = { "train", "graph", "compare", "report" };
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      char *command = cf_export_command (document, steps[i], NULL);
      if (command != NULL)
        g_ptr_array_add (commands, command);
    }
  g_ptr_array_add (commands, NULL);
  CfReport report = { .volume = document->volume,
                      .field = document->field,
                      .header = document->header,
                      .structure = document->structure,
                      .graph = document->graph,
                      .comparison = document->comparison != NULL ? document->comparison->data : NULL,
                      .curve = curve,
                      .pictures = pictures,
                      .n_pictures = n_pictures,
                      .neural_path = document->field_path,
                      .evaluator = document->evaluator,
                      .commands = (const char *const *) commands->pdata };
  gboolean good = cf_report_save (&report, path, error);
  for (int i = 0; i < CF_N_VIEWS; i++)
    g_clear_pointer (&drawn[i], g_bytes_unref);
  return good;
}

/* What the picture and the walk were made from, in file units. */
static CfVolume *
volume_from_samples (const CfDocument *document)
{
  const CfSamples *samples = document->samples;
  float *data = g_try_malloc_n (samples->n, sizeof (float));
  if (data == NULL)
    return NULL;
  for (gsize i = 0; i < samples->n; i++)
    data[i] = (float) cf_field_to_file_units (document->field, samples->data[i]);
  return cf_volume_new (document->field->source_name, &samples->grid, data);
}

static gboolean
save_map (ExportJob *job, const char *path, GCancellable *cancellable, GError **error)
{
  const CfDocument *document = job->document;
  if (!need (document->evaluator, _("There is no trained field yet to export"), error))
    return FALSE;
  CfGrid grid;
  cf_walk_grid (document->field, 0, &grid);
  g_autoptr (CfVolume) volume = document->samples != NULL ? volume_from_samples (document) : NULL;
  if (volume == NULL)
    volume = cf_evaluator_sample (document->evaluator, cf_grid_smallest_edge (&grid), NULL, tell, job, cancellable, error);
  CfMrcSaveOptions options = { .label = "Sampled from the neural field" };
  return volume != NULL && cf_mrc_save (volume, path, &options, cancellable, error);
}

static gboolean
save_one (ExportJob *job, CfExportKind kind, const char *path, GCancellable *cancellable, GError **error)
{
  const CfDocument *document = job->document;
  switch (kind)
    {
    case CF_EXPORT_GRAPH:
      return need (document->graph, _("There is no graph yet to export"), error) && cf_graph_save (document->graph, path, error);
    case CF_EXPORT_NEURAL:
      return need (document->field, _("There is no trained field yet to export"), error) && cf_neural_save (document->field, path, cancellable, error);
    case CF_EXPORT_MAP:
      return save_map (job, path, cancellable, error);
    case CF_EXPORT_REPORT:
      return save_report (job, path, cancellable, error);
    case CF_EXPORT_PICTURE:
      return save_picture (job, path, cancellable, error);
    case CF_EXPORT_TABLE:
      return need (document->comparison, _("There is no comparison yet to export"), error)
             && cf_comparison_save_csv (document->comparison->data, document->graph, document->structure, path, error);
    case CF_EXPORT_CURVE:
      return need (document->curve, _("There is no curve yet to export"), error) && cf_curve_save_csv (document->curve->data, path, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static int
save_all (ExportJob *job, GCancellable *cancellable, GError **error)
{
  const CfDocument *document = job->document;
  const struct
  {
    CfExportKind kind;
    const char *suffix;
    gboolean is_there;
  } parts[] = {
    { CF_EXPORT_NEURAL, NULL, document->field != NULL },
    { CF_EXPORT_GRAPH, ".graphml", document->graph != NULL },
    { CF_EXPORT_GRAPH, ".json", document->graph != NULL },
    { CF_EXPORT_GRAPH, ".cif", document->graph != NULL },
    { CF_EXPORT_CURVE, NULL, document->curve != NULL },
    { CF_EXPORT_TABLE, NULL, document->comparison != NULL },
    { CF_EXPORT_PICTURE, NULL, job->shot != NULL },
    { CF_EXPORT_MAP, NULL, document->evaluator != NULL },
    { CF_EXPORT_REPORT, NULL, document->graph != NULL },
  };
  int n = 0;
  if (g_mkdir_with_parents (job->path, 0777) != 0)
    {
      int code = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", job->path, g_strerror (code));
      return 0;
    }
  job->share = 1.0 / G_N_ELEMENTS (parts);
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      job->begun = i * job->share;
      tell (0, job);
      if (!parts[i].is_there)
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return 0;
      g_autofree char *name = cf_export_name (document, parts[i].kind, parts[i].suffix);
      g_autofree char *path = g_build_filename (job->path, name, NULL);
      if (!save_one (job, parts[i].kind, path, cancellable, error))
        return 0;
      n++;
    }
  if (n == 0)
    need (NULL, _("There is no result yet to export"), error);
  return n;
}

static void
export_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ExportJob *job = data;
  GError *error = NULL;
  int n = job->kind == CF_EXPORT_ALL ? save_all (job, cancellable, &error) : save_one (job, job->kind, job->path, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n);
}

void
cf_export_async (CfExportKind kind, const char *path, CfDocument *document, CfShot *shot, CfProgressFunc progress, gpointer progress_data,
                 GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  ExportJob *job = g_new0 (ExportJob, 1);
  job->kind = kind;
  job->path = g_strdup (path);
  job->document = document;
  job->shot = shot;
  job->share = 1;
  job->progress = progress;
  job->progress_data = progress_data;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, job, export_job_free);
  cf_workers_run (task, export_run);
}

int
cf_export_finish (GAsyncResult *result, char **path, GError **error)
{
  ExportJob *job = g_task_get_task_data (G_TASK (result));
  *path = g_strdup (job->path);
  return (int) g_task_propagate_int (G_TASK (result), error);
}
