/* cf-session-open.c: from files to a document: loading, the demonstration, and the numbers that need every voxel. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-demo.h"
#include "cf-error.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-recognise.h"

#define PREVIEW_MAX (16 << 20) /* samples of the picture of the voxels */

/* -- loading --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  guint serial;
  char **paths; /* NULL: the demonstration */
  gboolean again; /* the open map or model, with other options */
  CfMrcLoadOptions map_options;
  int model;
  CfVolume *volume;
  CfStructure *structure;
  CfEmdbHeader *header;
  CfField *field;
  char *field_path;
  GPtrArray *errors; /* GError */
} LoadJob;

static void
load_job_free (gpointer data)
{
  LoadJob *load = data;
  g_strfreev (load->paths);
  g_clear_pointer (&load->volume, cf_volume_unref);
  g_clear_pointer (&load->structure, cf_structure_unref);
  g_clear_pointer (&load->header, cf_emdb_free);
  g_clear_pointer (&load->field, cf_field_unref);
  g_free (load->field_path);
  g_ptr_array_unref (load->errors);
  cf_job_clear (&load->job);
  g_free (load);
}

#define TAKE(field, value, free_func)                                                                                                     \
  G_STMT_START                                                                                                                            \
  {                                                                                                                                       \
    __typeof__ (field) taken = (value);                                                                                                   \
    if (taken != NULL)                                                                                                                    \
      {                                                                                                                                   \
        g_clear_pointer (&(field), free_func);                                                                                            \
        (field) = taken;                                                                                                                  \
      }                                                                                                                                   \
  }                                                                                                                                       \
  G_STMT_END

static void
load_file (LoadJob *load, const char *path, GCancellable *cancellable, GError **error)
{
  CfFileKind kind;
  if (!cf_file_recognise (path, &kind, error))
    return;
  switch (kind)
    {
    case CF_FILE_MAP:
      TAKE (load->volume, cf_mrc_load_with (path, &load->map_options, cancellable, error), cf_volume_unref);
      break;
    case CF_FILE_STRUCTURE:
      TAKE (load->structure, cf_structure_load_model (path, load->model, cancellable, error), cf_structure_unref);
      break;
    case CF_FILE_HEADER:
      TAKE (load->header, cf_emdb_load (path, error), cf_emdb_free);
      break;
    case CF_FILE_NEURAL:
      TAKE (load->field, cf_neural_load (path, cancellable, error), cf_field_unref);
      g_free (load->field_path);
      load->field_path = g_strdup (path);
      break;
    }
}

static void
load_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  LoadJob *load = data;
  GError *error = NULL;
  cf_session_give_way ();
  if (load->paths == NULL)
    {
      load->structure = cf_demo_structure (&error);
      if (load->structure != NULL)
        load->volume = cf_demo_volume (load->structure, cancellable, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, error);
    }
  for (int i = 0; load->paths != NULL && load->paths[i] != NULL; i++)
    {
      load_file (load, load->paths[i], cancellable, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, g_steal_pointer (&error));
    }
  if (load->volume != NULL && load->volume->path != NULL && load->header == NULL && !load->again)
    {
      g_autofree char *beside = cf_emdb_find_beside (load->volume->path);
      if (beside != NULL)
        load->header = cf_emdb_load (beside, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, g_steal_pointer (&error));
    }
  g_task_return_boolean (task, TRUE);
}

static void
apply_header (CfSessionState *s)
{
  if (s->header == NULL)
    return;
  if (!isnan (s->header->contour))
    s->contour = s->header->contour;
  if (!isnan (s->header->resolution))
    s->resolution = s->header->resolution;
}

/* Takes the reference. */
static void
take_structure (CfSession *session, CfStructure *structure)
{
  CfSessionState *s = &session->s;
  g_clear_pointer (&session->as_read, cf_structure_unref);
  g_clear_pointer (&s->structure, cf_structure_unref);
  session->as_read = structure;
  if (structure != NULL)
    s->structure = s->at_c4 ? cf_structure_with_nucleic_atom (structure, "C4'") : cf_structure_ref (structure);
}

/* The same map, placed otherwise, or another one of its stack. */
static void
apply_map_again (CfSession *session, LoadJob *load)
{
  CfSessionState *s = &session->s;
  cf_volume_unref (s->volume);
  s->volume = g_steal_pointer (&load->volume);
  s->stack_volume = load->map_options.volume;
  g_clear_pointer (&s->samples, cf_samples_unref);
  s->samples_all = TRUE;
  cf_session_changed (session, CF_CHANGED_SAMPLES);
  cf_session_prepare (session);
}

/* A new map or neural map begins a new document; a model or a header that comes alone joins the open one. */
static void
apply_load (CfSession *session, LoadJob *load)
{
  CfSessionState *s = &session->s;
  gboolean begins = load->volume != NULL || load->field != NULL;
  if (begins)
    {
      gboolean keep_structure = s->volume == NULL && s->field == NULL && load->structure == NULL && session->as_read != NULL;
      CfStructure *kept = keep_structure ? cf_structure_ref (session->as_read) : NULL;
      cf_session_close (session);
      session->document_serial = load->serial;
      take_structure (session, kept);
      s->volume = g_steal_pointer (&load->volume);
      s->field = g_steal_pointer (&load->field);
      s->field_path = g_steal_pointer (&load->field_path);
      s->demo = load->paths == NULL;
      s->title = g_strdup (s->volume != NULL ? s->volume->name : s->field->source_name);
      if (s->field != NULL)
        {
          s->contour = s->field->contour;
          s->resolution = s->field->resolution;
        }
      if (s->demo)
        s->resolution = CF_DEMO_RESOLUTION;
    }
  if (load->structure != NULL)
    take_structure (session, g_steal_pointer (&load->structure));
  if (load->header != NULL)
    {
      TAKE (s->header, g_steal_pointer (&load->header), cf_emdb_free);
      apply_header (s);
    }
  if (s->title == NULL && s->structure != NULL)
    s->title = g_strdup (s->structure->name);
  session->train_when_prepared = begins && s->demo;
  if (begins || (s->volume != NULL && s->field == NULL && s->trainer == NULL))
    cf_session_prepare (session);
}

/* A newer choice was made meanwhile, or a fit has begun that stands on the voxels as they are. */
static gboolean
is_overtaken (CfSession *session, const LoadJob *load)
{
  if (!load->again)
    return FALSE;
  return load->volume != NULL ? load->serial != session->map_serial || !cf_session_can_reload (session) : load->serial != session->model_serial;
}

static void
load_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LoadJob *load = g_task_get_task_data (G_TASK (result));
  CfSession *session = load->job.session;
  if (load->serial < session->document_serial || is_overtaken (session, load))
    return;
  cf_session_set_activity (session, NULL, -1);
  gboolean any = load->volume != NULL || load->structure != NULL || load->header != NULL || load->field != NULL;
  gboolean new_structure = load->structure != NULL;
  if (load->again && load->volume != NULL)
    apply_map_again (session, load);
  else if (any)
    apply_load (session, load);
  cf_session_changed (session, CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL);
  if (new_structure && session->s.sweep != NULL)
    {
      cf_session_update_graph (session);
      cf_session_update_curve (session);
    }
  for (guint i = 0; i < load->errors->len; i++)
    cf_session_error (session, load->errors->pdata[i]);
}

static LoadJob *
load_job_new (CfSession *session, const char *const *paths)
{
  LoadJob *load = g_new0 (LoadJob, 1);
  cf_job_init (&load->job, session);
  load->paths = g_strdupv ((char **) paths);
  load->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  load->serial = ++session->load_serial;
  return load;
}

static void
load_start (CfSession *session, LoadJob *load, const char *activity)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, load_done, NULL);
  g_task_set_task_data (task, load, load_job_free);
  cf_session_set_activity (session, activity, -1);
  g_task_run_in_thread (task, load_run);
}

void
cf_session_open (CfSession *session, const char *const *paths)
{
  if (paths[0] != NULL)
    load_start (session, load_job_new (session, paths), "Opening");
}

void
cf_session_open_demo (CfSession *session)
{
  load_start (session, load_job_new (session, NULL), "Simulating the demonstration's map");
}

/* -- reading again ----------------------------------------------------------------------------------------------------------- */

gboolean
cf_session_can_reload (CfSession *session)
{
  const CfSessionState *s = &session->s;
  return s->volume != NULL && s->volume->path != NULL && s->field == NULL && s->trainer == NULL && session->starting != session->generation;
}

static void
read_map_again (CfSession *session, const CfMrcLoadOptions *options)
{
  if (!cf_session_can_reload (session))
    return;
  LoadJob *load = load_job_new (session, (const char *const[]){ session->s.volume->path, NULL });
  load->again = TRUE;
  load->map_options = *options;
  session->map_serial = load->serial;
  load_start (session, load, "Reading the map again");
}

void
cf_session_set_placement (CfSession *session, gboolean by_nstart)
{
  read_map_again (session, &(CfMrcLoadOptions){ .by_nstart = by_nstart, .volume = session->s.stack_volume });
}

void
cf_session_set_stack_volume (CfSession *session, int volume)
{
  const CfSessionState *s = &session->s;
  gboolean by_nstart = s->volume != NULL && s->volume->header.two_placements && s->volume->header.placement == CF_PLACED_BY_NSTART;
  read_map_again (session, &(CfMrcLoadOptions){ .by_nstart = by_nstart, .volume = volume });
}

void
cf_session_set_model (CfSession *session, int model)
{
  if (session->as_read == NULL || session->as_read->path == NULL)
    return;
  LoadJob *load = load_job_new (session, (const char *const[]){ session->as_read->path, NULL });
  load->again = TRUE;
  load->model = model;
  session->model_serial = load->serial;
  load_start (session, load, "Reading another model");
}

void
cf_session_set_at_c4 (CfSession *session, gboolean at_c4)
{
  CfSessionState *s = &session->s;
  if (s->at_c4 == at_c4)
    return;
  s->at_c4 = at_c4;
  take_structure (session, session->as_read != NULL ? cf_structure_ref (session->as_read) : NULL);
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
  if (s->structure != NULL && s->sweep != NULL)
    {
      cf_session_update_graph (session);
      cf_session_update_curve (session);
    }
}

/* -- numbers that need every voxel ----------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  CfVolume *volume;
  CfField *field; /* where there is no volume, or the fit's crop stands */
  double contour;
  CfPartitionKind kind;
  CfNormalisation normalisation;
  guint64 histogram[CF_HISTOGRAM_BINS];
  CfPartition partition;
  CfSamples *preview;
} PrepareJob;

static void
prepare_job_free (gpointer data)
{
  PrepareJob *prepare = data;
  g_clear_pointer (&prepare->volume, cf_volume_unref);
  g_clear_pointer (&prepare->field, cf_field_unref);
  g_clear_pointer (&prepare->preview, cf_samples_unref);
  cf_job_clear (&prepare->job);
  g_free (prepare);
}

/* The voxels as they are, every stride-th of them where they are many. */
static CfSamples *
preview_new (CfVolume *volume, const CfNormalisation *normalisation)
{
  CfGrid crop;
  cf_grid_crop (&volume->grid, normalisation->lo, normalisation->dims, &crop);
  int stride = 1;
  while ((double) cf_grid_n_voxels (&crop) / stride / stride / stride > PREVIEW_MAX)
    stride++;
  int dims[3];
  double step[3][3];
  for (int a = 0; a < 3; a++)
    {
      dims[a] = (crop.dims[a] - 1) / stride + 1;
      for (int b = 0; b < 3; b++)
        step[a][b] = crop.step[a][b] * stride;
    }
  CfGrid grid;
  cf_grid_init (&grid, dims, crop.origin, step);
  CfSamples *samples = cf_samples_try_new (&grid);
  if (samples == NULL)
    return NULL;
  samples->voxels = TRUE;
  g_autofree float *slab = g_new (float, (gsize) crop.dims[0] * crop.dims[1]);
  for (int z = 0; z < dims[2]; z++)
    {
      int start[3] = { 0, 0, z * stride }, size[3] = { crop.dims[0], crop.dims[1], 1 };
      cf_normalisation_read (normalisation, volume, start, size, slab);
      for (int y = 0; y < dims[1]; y++)
        for (int x = 0; x < dims[0]; x++)
          samples->data[((gsize) z * dims[1] + y) * dims[0] + x] = slab[(gsize) y * stride * crop.dims[0] + (gsize) x * stride];
    }
  return samples;
}

static void
prepare_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PrepareJob *prepare = data;
  GError *error = NULL;
  cf_session_give_way ();
  if (prepare->field != NULL)
    {
      prepare->normalisation = prepare->field->normalisation;
      prepare->partition = prepare->field->partition;
    }
  else if (!cf_normalisation_compute (prepare->volume, prepare->contour, &prepare->normalisation, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  else if (!cf_partition_init (&prepare->partition, prepare->kind, prepare->normalisation.dims))
    {
      g_task_return_new_error (task, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, "%s: the map has %d x %d x %d voxels, needs at most %d regions an axis",
                               prepare->volume->name, prepare->normalisation.dims[0], prepare->normalisation.dims[1],
                               prepare->normalisation.dims[2], CF_PARTITION_AXIS_MAX);
      return;
    }
  if (prepare->volume != NULL)
    {
      cf_histogram (prepare->volume, &prepare->normalisation, prepare->histogram);
      prepare->preview = preview_new (prepare->volume, &prepare->normalisation);
    }
  g_task_return_boolean (task, TRUE);
}

static void
prepare_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PrepareJob *prepare = g_task_get_task_data (G_TASK (result));
  CfSession *session = prepare->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&prepare->job))
    return;
  cf_session_set_activity (session, NULL, -1);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      cf_session_error (session, error);
      return;
    }
  s->normalisation = prepare->normalisation;
  s->partition = prepare->partition;
  memcpy (s->histogram, prepare->histogram, sizeof s->histogram);
  s->n_voxels = 1;
  for (int a = 0; a < 3; a++)
    s->n_voxels *= s->normalisation.dims[a];
  s->prepared = TRUE;
  if (prepare->preview != NULL && s->trainer == NULL && s->field == NULL)
    {
      g_clear_pointer (&s->samples, cf_samples_unref);
      s->samples = g_steal_pointer (&prepare->preview);
      s->samples_all = TRUE;
    }
  if (!s->has_level)
    cf_session_set_level (session, cf_level_start (&s->normalisation).normalised, TRUE);
  else
    s->level = cf_level_from_normalised (&s->normalisation, s->level.normalised);
  cf_session_changed (session, CF_CHANGED_DOCUMENT | CF_CHANGED_SAMPLES | CF_CHANGED_LEVEL | CF_CHANGED_TRAINING);
  if (s->field != NULL)
    cf_session_bake_all (session);
  else if (session->train_when_prepared)
    cf_session_train (session);
  session->train_when_prepared = FALSE;
}

void
cf_session_prepare (CfSession *session)
{
  CfSessionState *s = &session->s;
  PrepareJob *prepare = g_new0 (PrepareJob, 1);
  /* A newer choice of the crop overtakes the one at work. */
  cf_session_next_generation (session);
  cf_job_init (&prepare->job, session);
  prepare->volume = s->volume != NULL ? cf_volume_ref (s->volume) : NULL;
  prepare->field = s->field != NULL ? cf_field_ref (s->field) : NULL;
  prepare->contour = s->crop ? s->contour : NAN;
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, prepare_done, NULL);
  g_task_set_task_data (task, prepare, prepare_job_free);
  cf_session_set_activity (session, "Reading the map's numbers", -1);
  g_task_run_in_thread (task, prepare_run);
}
