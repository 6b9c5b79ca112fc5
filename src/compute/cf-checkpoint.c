/* cf-checkpoint.c: records of regions, two generations each, and the lock of their folder. */
#include "cf-checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "cf-file.h"
#include "cf-words.h"

#define MAGIC "CFPOINT1"
#define SUM_LENGTH 64 /* hex digits */
#define RECORD_MAX ((gsize) 1 << 30)
#define LOCK_TRIES 200     /* while this process's own trainer of the same folder ends */
#define LOCK_PAUSE 50000   /* us */

/* of what is fitted, serial, done, attempt, stale, best_score, first_loss; fit; best; step, epoch, batch, sum; state; losses; held_outs */
#define RECORD_TYPE "(stbiidd(bbdidddb)ay(xtxd)ayadad)"

struct _CfCheckpoint
{
  char *folder;
  int lock;
  gboolean begun;   /* the lock is held, and the files are of this fit */
  char *about;      /* that could not be written yet; NULL */
  char *about_sum;
  int n_regions;
  guint64 *serials; /* [n_regions]: of the newest record; its slot is the lowest bit */
};

static char *
path_of (const CfCheckpoint *checkpoint, int region, int slot)
{
  return g_strdup_printf ("%s/region-%d.%c", checkpoint->folder, region, "ab"[slot]);
}

/* -- the lock --------------------------------------------------------------------------------------------------------------- */

static gboolean
fail (const char *path, const char *what, GError **error)
{
  int saved = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s: %s", name, what, g_strerror (saved));
  return FALSE;
}

static char *
own_name (void)
{
  return g_strdup_printf ("process %d on %s", (int) getpid (), g_get_host_name ());
}

/* FALSE with the error where that is another process. */
static gboolean
is_own_lock (const char *folder, int fd, GError **error)
{
  char holder[100] = "";
  gssize got = pread (fd, holder, sizeof holder - 1, 0);
  g_autofree char *name = g_filename_display_name (folder), *own = own_name (), *shown = g_utf8_make_valid (holder, MAX (got, 0));

  if (strcmp (g_strstrip (shown), own) == 0)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: another process works on it (%s), needs to end first"), name, shown[0] != '\0' ? shown : _("unknown"));
  return FALSE;
}

/* For the message of others only: that nothing can be written shows with the first record. */
static void
sign_lock (int fd)
{
  g_autofree char *own = own_name ();

  if (ftruncate (fd, 0) < 0 || pwrite (fd, own, strlen (own), 0) < 0)
    g_debug ("checkpoint's lock: %s", g_strerror (errno));
}

static gboolean
take_lock (CfCheckpoint *checkpoint, GError **error)
{
  g_autofree char *path = g_build_filename (checkpoint->folder, "lock", NULL);

  for (int i = 0; i < LOCK_TRIES; i++)
    {
      if (g_mkdir_with_parents (checkpoint->folder, 0777) < 0)
        return fail (checkpoint->folder, _("cannot be made"), error);
      checkpoint->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (checkpoint->lock < 0 && errno != ENOENT)
        return fail (path, _("cannot be opened"), error);
      if (checkpoint->lock >= 0 && flock (checkpoint->lock, LOCK_EX | LOCK_NB) < 0)
        {
          if (errno != EWOULDBLOCK)
            return fail (path, _("cannot be locked"), error);
          if (!is_own_lock (checkpoint->folder, checkpoint->lock, error))
            return FALSE;
        }
      else if (checkpoint->lock >= 0 && cf_file_is_still (checkpoint->lock, path))
        {
          sign_lock (checkpoint->lock);
          return TRUE;
        }
      if (checkpoint->lock >= 0)
        close (checkpoint->lock);
      checkpoint->lock = -1;
      g_usleep (LOCK_PAUSE);
    }
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: is still held by this program"), path);
  return FALSE;
}

/* -- what the folder is of -------------------------------------------------------------------------------------------------- */

/* The key of the first line of `found` that differs; new string, NULL where none does. */
static char *
find_difference (const char *found, const char *needed)
{
  g_auto (GStrv) a = g_strsplit (found, "\n", -1), b = g_strsplit (needed, "\n", -1);

  for (int i = 0; b[i] != NULL; i++)
    if (a[i] == NULL || strcmp (a[i], b[i]) != 0)
      return g_strndup (b[i], strcspn (b[i], ":"));
  return NULL;
}

static void
remove_files (const CfCheckpoint *checkpoint, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (checkpoint->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      {
        g_autofree char *path = g_build_filename (checkpoint->folder, name, NULL);

        g_unlink (path);
      }
}

static gboolean
begin (CfCheckpoint *checkpoint, const char *about, gboolean recover, GError **error)
{
  g_autofree char *path = g_build_filename (checkpoint->folder, "about", NULL), *found = NULL, *differs = NULL;

  /* what a process left that was killed while it wrote */
  remove_files (checkpoint, ".cryofield-");
  if (recover && g_file_get_contents (path, &found, NULL, NULL))
    {
      differs = find_difference (found, about);
      if (differs == NULL)
        return TRUE;
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("cannot resume: %s was made with another %s"), checkpoint->folder, differs);
      return FALSE;
    }
  remove_files (checkpoint, "region-");
  checkpoint->about = g_strdup (about);
  return TRUE;
}

/* Before the first record, and again before each where it could not be: a full disk may have room later. */
static gboolean
write_about (CfCheckpoint *checkpoint, GError **error)
{
  static GMutex mutex; /* regions are written by several threads */
  g_autofree char *path = g_build_filename (checkpoint->folder, "about", NULL);
  gboolean good;

  g_mutex_lock (&mutex);
  good = checkpoint->about == NULL || cf_file_save (path, checkpoint->about, strlen (checkpoint->about), error);
  if (good)
    g_clear_pointer (&checkpoint->about, g_free);
  g_mutex_unlock (&mutex);
  return good;
}

CfCheckpoint *
cf_checkpoint_open (const char *folder, const char *about, int n_regions, gboolean recover, GError **error)
{
  g_autoptr (CfCheckpoint) checkpoint = g_new0 (CfCheckpoint, 1);

  checkpoint->folder = g_strdup (folder);
  checkpoint->lock = -1;
  checkpoint->n_regions = n_regions;
  checkpoint->serials = g_new0 (guint64, n_regions);
  checkpoint->about_sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, about, -1);
  if (!take_lock (checkpoint, error) || !begin (checkpoint, about, recover, error))
    return NULL;
  checkpoint->begun = TRUE;
  return g_steal_pointer (&checkpoint);
}

CfCheckpoint *
cf_checkpoint_hold (const char *folder, GError **error)
{
  g_autofree char *about = g_build_filename (folder, "about", NULL);
  g_autoptr (CfCheckpoint) checkpoint = g_new0 (CfCheckpoint, 1);

  checkpoint->folder = g_strdup (folder);
  checkpoint->lock = -1;
  if (!take_lock (checkpoint, error))
    return NULL;
  /* What this call made goes with it; a fit that was killed stays. */
  checkpoint->begun = !g_file_test (about, G_FILE_TEST_EXISTS);
  return g_steal_pointer (&checkpoint);
}

gboolean
cf_checkpoint_is_empty (const CfCheckpoint *checkpoint)
{
  for (int i = 0; i < checkpoint->n_regions; i++)
    if (checkpoint->serials[i] > 0)
      return FALSE;
  return TRUE;
}

static void
remove_folder (const CfCheckpoint *checkpoint)
{
  remove_files (checkpoint, "region-");
  remove_files (checkpoint, "about");
  remove_files (checkpoint, "lock");
  g_rmdir (checkpoint->folder);
}

void
cf_checkpoint_free (CfCheckpoint *checkpoint)
{
  if (checkpoint == NULL)
    return;
  /* A folder without a record is of no use to anyone. */
  if (checkpoint->begun && cf_checkpoint_is_empty (checkpoint))
    remove_folder (checkpoint);
  if (checkpoint->lock >= 0)
    close (checkpoint->lock);
  g_free (checkpoint->folder);
  g_free (checkpoint->serials);
  g_free (checkpoint->about_sum);
  g_free (checkpoint->about);
  g_free (checkpoint);
}

void
cf_checkpoint_remove (CfCheckpoint *checkpoint)
{
  memset (checkpoint->serials, 0, sizeof (guint64) * checkpoint->n_regions);
  cf_checkpoint_free (checkpoint);
}

const char *
cf_checkpoint_folder (const CfCheckpoint *checkpoint)
{
  return checkpoint->folder;
}

/* -- records ---------------------------------------------------------------------------------------------------------------- */

static GVariant *
floats (const float *values, gsize n)
{
  return g_variant_new_from_data (G_VARIANT_TYPE ("ay"), values, sizeof (float) * n, TRUE, NULL, NULL);
}

static GVariant *
doubles (const double *values, gsize n)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE, values, n, sizeof (double));
}

static GVariant *
record_make (const CfCheckpoint *checkpoint, guint64 serial, const CfRegionPoint *point)
{
  const CfRegionFit *fit = &point->fit;
  const CfFitState *state = &point->state;
  GVariant *made_fit = g_variant_new ("(bbdidddb)", fit->trained, fit->flat, (double) fit->value, fit->epochs, fit->loss, fit->held_out, fit->seconds,
                                     fit->half);
  GVariant *best = floats (point->best != NULL ? point->best->params : NULL, point->best != NULL ? point->best->n : 0);

  return g_variant_ref_sink (g_variant_new ("(stbiidd@(bbdidddb)@ay(xtxd)@ay@ad@ad)", checkpoint->about_sum, serial, point->done, point->attempt,
                                            point->stale, point->best_score, point->first_loss, made_fit, best, state->step, state->epoch,
                                            state->batch, state->sum, floats (state->weights, 3 * state->n), doubles (point->losses, point->n),
                                            doubles (point->held_outs, point->n)));
}

gboolean
cf_checkpoint_write (CfCheckpoint *checkpoint, int region, const CfRegionPoint *point, GError **error)
{
  guint64 serial = checkpoint->serials[region] + 1;
  g_autofree char *path = path_of (checkpoint, region, serial & 1), *sum = NULL;
  g_autoptr (GVariant) record = record_make (checkpoint, serial, point);
  gsize size = g_variant_get_size (record);
  const guint8 *data = g_variant_get_data (record);
  g_autoptr (CfFileWriter) writer = write_about (checkpoint, error) ? cf_file_writer_new (path, error) : NULL;

  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  if (writer == NULL || !cf_file_writer_write (writer, MAGIC, strlen (MAGIC), error) || !cf_file_writer_write (writer, sum, SUM_LENGTH, error)
      || !cf_file_writer_write (writer, data, size, error) || !cf_file_writer_commit (writer, error))
    return FALSE;
  checkpoint->serials[region] = serial;
  if (point->done)
    {
      g_autofree char *before = path_of (checkpoint, region, (serial + 1) & 1);

      g_unlink (before);
    }
  return TRUE;
}

/* NULL where the file is not there, damaged, or of another fit. */
static GVariant *
record_load (const CfCheckpoint *checkpoint, int region, int slot, guint64 *serial)
{
  const gsize head = strlen (MAGIC) + SUM_LENGTH;
  g_autofree char *path = path_of (checkpoint, region, slot), *sum = NULL;
  g_autoptr (GBytes) bytes = cf_file_load (path, RECORD_MAX, NULL, NULL), body = NULL;
  g_autoptr (GVariant) record = NULL;
  const char *data, *about_sum;
  gsize size;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (size < head || memcmp (data, MAGIC, strlen (MAGIC)) != 0)
    return NULL;
  sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) data + head, size - head);
  if (memcmp (sum, data + strlen (MAGIC), SUM_LENGTH) != 0)
    return NULL;
  body = g_bytes_new_from_bytes (bytes, head, size - head);
  record = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (RECORD_TYPE), body, FALSE));
  g_variant_get_child (record, 0, "&s", &about_sum);
  g_variant_get_child (record, 1, "t", serial);
  return strcmp (about_sum, checkpoint->about_sum) == 0 ? g_steal_pointer (&record) : NULL;
}

static CfSiren *
siren_from (GVariant *bytes, const CfSirenShape *shape)
{
  gsize size;
  const void *data = g_variant_get_fixed_array (bytes, &size, 1);
  CfSiren *siren;

  if (size != sizeof (float) * cf_siren_n_params (shape))
    return NULL;
  siren = cf_siren_new (shape);
  memcpy (siren->params, data, size);
  return siren;
}

static double *
doubles_from (GVariant *values, gsize *n)
{
  const double *data = g_variant_get_fixed_array (values, n, sizeof *data);

  return g_memdup2 (data, sizeof *data * *n);
}

/* FALSE where the parts contradict each other, which a checksum does not see. */
static gboolean
record_read (GVariant *record, const CfSirenShape *shape, CfRegionPoint *out)
{
  g_autoptr (GVariant) best = NULL, state = NULL, losses = NULL, held_outs = NULL;
  g_auto (CfRegionPoint) made = { 0 };
  CfFitState found = { 0 };
  double value;
  gsize n, n_held, size;
  const void *data;

  g_variant_get (record, "(&stbiidd(bbdidddb)@ay(xtxd)@ay@ad@ad)", NULL, NULL, &made.done, &made.attempt, &made.stale, &made.best_score, &made.first_loss,
                 &made.fit.trained, &made.fit.flat, &value, &made.fit.epochs, &made.fit.loss, &made.fit.held_out, &made.fit.seconds, &made.fit.half, &best, &found.step,
                 &found.epoch, &found.batch, &found.sum, &state, &losses, &held_outs);
  made.fit.value = (float) value;
  made.best = siren_from (best, shape);
  made.losses = doubles_from (losses, &n);
  made.held_outs = doubles_from (held_outs, &n_held);
  made.n = (int) n;
  if (n != n_held || (made.done && !made.fit.flat && made.best == NULL))
    return FALSE;
  if (!made.done)
    {
      data = g_variant_get_fixed_array (state, &size, 1);
      if (size != 3 * sizeof (float) * cf_siren_n_params (shape))
        return FALSE;
      cf_fit_state_init (&made.state, cf_siren_n_params (shape));
      memcpy (made.state.weights, data, size);
      made.state.step = found.step;
      made.state.epoch = found.epoch;
      made.state.batch = found.batch;
      made.state.sum = found.sum;
    }
  *out = made;
  made = (CfRegionPoint){ 0 };
  return TRUE;
}

gboolean
cf_checkpoint_read (CfCheckpoint *checkpoint, int region, const CfSirenShape *shape, CfRegionPoint *out)
{
  guint64 serials[2] = { 0, 0 };
  g_autoptr (GVariant) a = record_load (checkpoint, region, 0, &serials[0]), b = record_load (checkpoint, region, 1, &serials[1]);
  gboolean a_first = a != NULL && (b == NULL || serials[0] > serials[1]);

  for (int i = 0; i < 2; i++)
    {
      GVariant *record = (i == 0) == a_first ? a : b;

      if (record != NULL && record_read (record, shape, out))
        {
          checkpoint->serials[region] = (i == 0) == a_first ? serials[0] : serials[1];
          return TRUE;
        }
    }
  return FALSE;
}
