/* cli-train.c: drives a trainer from the command line: progress, saving of what is done, cancelling. */
#include "cli-train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cf-neural.h"
#include "cf-selection.h"
#include "cf-words.h"
#include "cli-field.h"

#define LINE_EVERY (10 * G_USEC_PER_SEC)

void
cf_cli_train_flags_clear (CfCliTrainFlags *flags)
{
  g_free (flags->recipe);
  g_free (flags->partition);
  g_free (flags->blend);
  g_free (flags->backend);
  g_free (flags->progress);
  g_free (flags->weights);
  g_free (flags->keep);
  g_free (flags->box);
  g_free (flags->around);
}

gboolean
cf_cli_train_options (const CfCliTrainFlags *flags, CfTrainOptions *options, CfCliProgress *progress, GError **error)
{
  static const char *const recipes[] = { "default", "paper", NULL };
  static const char *const partitions[] = { "balanced", "paper", NULL };
  static const char *const blends[] = { "smooth", "paper", NULL };
  static const char *const kinds[] = { "bar", "json", "none", NULL };
  static const char *const keeps[] = { "best", "last", NULL };
  static const char *const weights[] = { "float16", "float32", NULL };
  int stored = 0, keep = 0, recipe = CF_RECIPE_DEFAULT, partition = CF_PARTITION_BALANCED, blend = CF_BLEND_SMOOTH, kind = CF_CLI_PROGRESS_BAR;

  if (!cf_cli_parse_choice ("--recipe", flags->recipe, recipes, &recipe, error)
      || !cf_cli_parse_choice ("--partition", flags->partition, partitions, &partition, error)
      || !cf_cli_parse_choice ("--blend", flags->blend, blends, &blend, error)
      || !cf_cli_parse_choice ("--weights", flags->weights, weights, &stored, error)
      || !cf_cli_parse_choice ("--keep", flags->keep, keeps, &keep, error)
      || !cf_cli_parse_choice ("--progress", flags->progress, kinds, &kind, error)
      || !cf_cli_check_range ("--threads", flags->threads, 0, 4096, error) || !cf_cli_check_range ("--epochs", flags->epochs, 0, 1e6, error)
      || !cf_cli_check_range ("--checkpoint-every", flags->every, 0, 86400, error) || !cf_cli_check_range ("--margin", flags->margin, 0, 1e4, error))
    return FALSE;
  if (flags->box && flags->around)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--box and --around are both given, needs one of them"));
      return FALSE;
    }
  *options = (CfTrainOptions) {
    .recipe = recipe,
    .partition = partition,
    .blend = blend,
    .contour = NAN,
    .resolution = NAN,
    .seed = (guint64) flags->seed,
    .first_region = 0,
    .last_region = -1,
    .max_epochs = flags->epochs,
    .keep_last = keep == 1,
    .float32 = stored == 1,
    .checkpoint_every = flags->every,
  };
  *progress = kind;
  return TRUE;
}

gboolean
cf_cli_train_part (const CfCliTrainFlags *flags, const CfStructure *model, CfTrainOptions *options, GError **error)
{
  options->has_box = flags->box || flags->around;
  if (flags->box)
    return cf_cli_parse_numbers ("--box", flags->box, 6, options->box, error);
  if (!flags->around)
    return TRUE;
  if (!model)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--around needs --model, the structure that has these residues"));
      return FALSE;
    }
  if (cf_selection_box (model, flags->around, flags->margin, options->box, error))
    return TRUE;
  g_prefix_error (error, "--around: ");
  return FALSE;
}

void
cf_cli_note_part (const char *name, const CfField *field)
{
  g_autofree char *part = cf_field_part (field, TRUE);

  if (part)
    cf_cli_note (_("%s: fitted is a part of the map, %s; the rest stays voxels"), name, part);
}

/* Trainer threads signal, the main thread prints and saves. */
typedef struct
{
  GMutex lock;
  GCond changed;
  gboolean pending;
} Waiter;

static void
on_notify (CfTrainer *trainer, gpointer data)
{
  Waiter *waiter = data;

  g_mutex_lock (&waiter->lock);
  waiter->pending = TRUE;
  g_cond_signal (&waiter->changed);
  g_mutex_unlock (&waiter->lock);
}

static void
wait_for_change (Waiter *waiter)
{
  gint64 until = g_get_monotonic_time () + 200 * 1000;

  g_mutex_lock (&waiter->lock);
  while (!waiter->pending)
    if (!g_cond_wait_until (&waiter->changed, &waiter->lock, until))
      break;
  waiter->pending = FALSE;
  g_mutex_unlock (&waiter->lock);
}

typedef struct
{
  int epoch;
  int state; /* CfRegionState, -1 nothing printed yet */
} Shown;

static void
print_json_line (int region, int epoch, double loss, double held_out, const CfRegionProgress *p, CfRegionState state)
{
  g_autofree char *line = NULL;
  json_t *object = json_pack ("{s:i,s:i,s:o,s:o,s:o,s:s}", "region", region, "epoch", epoch, "loss", cf_json_number (loss), "held_out",
                              cf_json_number (held_out), "seconds",
                              cf_json_number (p->seconds), "state", cf_region_state_name (state));

  json_dumpf (object, stdout, JSON_REAL_PRECISION (9));
  json_decref (object);
  putchar ('\n');
}

/* Every epoch and every change of state since the last call, one line each. */
static void
print_json (CfTrainer *trainer, int n_regions, Shown *shown)
{
  for (int i = 0; i < n_regions; i++)
    {
      g_autofree double *losses = NULL, *held_outs = NULL;
      CfRegionProgress p;
      int n;

      cf_trainer_get_region (trainer, i, &p);
      if (p.epoch == shown[i].epoch && (int) p.state == shown[i].state)
        continue;
      losses = g_new (double, MAX (p.epoch, 1));
      held_outs = g_new (double, MAX (p.epoch, 1));
      n = MIN (cf_trainer_get_history (trainer, i, losses, held_outs, p.epoch), p.epoch);
      for (int e = shown[i].epoch; e < n; e++)
        print_json_line (i, e + 1, losses[e], held_outs[e], &p, CF_REGION_TRAINING);
      if ((int) p.state != shown[i].state && p.state != CF_REGION_TRAINING)
        print_json_line (i, p.epoch, p.loss, p.held_out, &p, p.state);
      shown[i] = (Shown) { .epoch = MAX (n, shown[i].epoch), .state = p.state };
    }
  fflush (stdout);
}

static void
print_bar (CfTrainer *trainer, const CfTrainerProgress *p, int n_regions, gint64 *last)
{
  gint64 now = g_get_monotonic_time ();
  gboolean terminal = isatty (STDERR_FILENO);
  double loss = 0;
  int n = 0;

  if (now - *last < (terminal ? G_USEC_PER_SEC / 10 : LINE_EVERY))
    return;
  *last = now;
  for (int i = 0; i < n_regions; i++)
    {
      CfRegionProgress r;
      cf_trainer_get_region (trainer, i, &r);
      if (r.state == CF_REGION_TRAINING && isfinite (r.loss))
        {
          loss += r.loss;
          n++;
        }
    }
  fputs (terminal ? "\r\033[K" : "", stderr);
  fprintf (stderr, _("training: %3.0f %%, %d of %d regions, %.0f s"), 100 * p->fraction, p->n_done, p->n_regions, p->seconds);
  if (isfinite (p->seconds_left))
    fprintf (stderr, _(", %.0f s left"), p->seconds_left);
  if (n > 0)
    fprintf (stderr, _(", loss %.3g"), loss / n);
  fputs (terminal ? "" : "\n", stderr);
  fflush (stderr);
}

char *
cf_cli_checkpoint_folder (const char *save_path)
{
  if (!save_path || (g_file_test (save_path, G_FILE_TEST_EXISTS) && !g_file_test (save_path, G_FILE_TEST_IS_REGULAR)))
    return NULL;
  return g_strconcat (save_path, ".checkpoint", NULL);
}

static void
print_trouble (CfTrainer *trainer, CfBackend *backend)
{
  g_autofree char *trouble = cf_trainer_take_trouble (trainer);

  cf_cli_print_notice (backend);
  if (trouble)
    cf_cli_note (_("warning: %s; training goes on, the fits under way are not safe"), trouble);
}

/* Until the trainer has come to an end. */
static void
watch (CfCli *cli, CfTrainer *trainer, CfBackend *backend, Waiter *waiter, int n_regions, CfCliProgress progress)
{
  g_autofree Shown *shown = g_new (Shown, n_regions);
  gint64 last_line = g_get_monotonic_time ();
  CfTrainerProgress p;

  for (int i = 0; i < n_regions; i++)
    shown[i] = (Shown) { .state = -1 };
  do
    {
      wait_for_change (waiter);
      if (g_cancellable_is_cancelled (cli->cancellable))
        cf_trainer_cancel (trainer);
      cf_trainer_get_progress (trainer, &p);
      print_trouble (trainer, backend);
      if (progress == CF_CLI_PROGRESS_JSON)
        print_json (trainer, n_regions, shown);
      else if (progress == CF_CLI_PROGRESS_BAR)
        print_bar (trainer, &p, n_regions, &last_line);
    }
  while (p.state == CF_TRAINER_RUNNING || p.state == CF_TRAINER_PAUSED || p.state == CF_TRAINER_READY);
}

static CfTrainer *
make_trainer (CfBackend *backend, CfVolume *volume, const CfTrainOptions *options, const char *save_path, int *n_regions, GError **error)
{
  g_autofree char *folder = cf_cli_checkpoint_folder (save_path);
  g_autoptr (CfField) field = NULL;
  CfTrainOptions made = *options;
  g_autoptr (CfTrainer) trainer = NULL;

  made.checkpoint = folder;
  trainer = cf_trainer_new (backend, volume, &made, error);
  if (!trainer)
    {
      cf_cli_refuse (volume->path ? volume->path : volume->name, error);
      return NULL;
    }
  field = cf_trainer_snapshot (trainer);
  *n_regions = field->n_regions;
  if (options->last_region >= field->n_regions)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--regions ends at %d, needs at most %d"), options->last_region, field->n_regions - 1);
      return NULL;
    }
  return g_steal_pointer (&trainer);
}

CfField *
cf_cli_train (CfCli *cli, CfBackend *backend, CfVolume *volume, const CfTrainOptions *options, CfCliProgress progress, const char *save_path,
              GError **error)
{
  int n_regions;
  g_autoptr (CfTrainer) trainer = make_trainer (backend, volume, options, save_path, &n_regions, error);
  g_autoptr (CfField) field = NULL;
  Waiter waiter = { 0 };
  gboolean good;

  if (!trainer)
    return NULL;
  cf_trainer_set_notify (trainer, on_notify, &waiter);
  cf_trainer_start (trainer);
  watch (cli, trainer, backend, &waiter, n_regions, progress);
  good = cf_trainer_wait (trainer, error);
  cf_trainer_set_notify (trainer, NULL, NULL);
  print_trouble (trainer, backend);
  cf_cli_progress_end ();
  if (progress == CF_CLI_PROGRESS_BAR && isatty (STDERR_FILENO))
    fputs ("\r\033[K", stderr);
  field = cf_trainer_snapshot (trainer);
  /* what was asked for is saved even after a cancel */
  if (save_path && (good || cf_field_n_trained (field) > 0) && !cf_neural_save (field, save_path, NULL, good ? error : NULL))
    {
      if (good && cli->resume && cf_trainer_has_checkpoint (trainer))
        cf_cli_note (_("what was fitted is kept beside the output; go on with: %s"), cli->resume);
      good = FALSE;
    }
  if (!good)
    return NULL;
  cf_trainer_drop_checkpoint (trainer);
  return g_steal_pointer (&field);
}

gboolean
cf_cli_load_part (CfCli *cli, const char *path, const CfVolume *volume, CfField **part, GError **error)
{
  g_autoptr (CfField) field = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  field = cf_cli_load_neural (cli, path, error);
  if (!field)
    return FALSE;
  if (strcmp (field->source_sha256, volume->sha256) != 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: the source's SHA-256 is %.12s..., needs %.12s... (%s)"), path,
                   field->source_sha256, volume->sha256, volume->name);
      return FALSE;
    }
  *part = g_steal_pointer (&field);
  return TRUE;
}

char *
cf_cli_resume_command (char **argv)
{
  g_autofree char *line = cf_cli_command_line (argv);

  return g_strv_contains ((const char *const *) argv, "--resume") ? g_steal_pointer (&line) : g_strconcat (line, " --resume", NULL);
}
