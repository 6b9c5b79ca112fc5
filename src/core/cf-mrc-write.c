/* Maps as this program writes them: MRC2014, little endian, X fastest, placed by ORIGIN and by NSTART alike. */
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-mrc-header.h"
#include "cf-mrc.h"
#include "cf-words.h"

typedef struct
{
  int m[3], nstart[3];
  double cell[6];
} Frame;

static void
put_integer (guint8 *header, int offset, gint32 value)
{
  guint32 bits = GUINT32_TO_LE ((guint32) value);
  memcpy (header + offset, &bits, sizeof bits);
}

static void
put_real (guint8 *header, int offset, double value)
{
  float single = (float) value;
  gint32 bits;
  memcpy (&bits, &single, sizeof bits);
  put_integer (header, offset, bits);
}

static gboolean
makes_steps (const double cell[6], const int m[3], const CfGrid *grid)
{
  double step[3][3], limit = 1e-5 * cf_grid_smallest_edge (grid);
  for (int a = 0; a < 3; a++)
    if (m[a] <= 0 || !(cell[a] > 0))
      return FALSE;
  cf_grid_steps_from_cell (cell, m, step);
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      if (!(fabs (step[a][b] - grid->step[a][b]) <= limit))
        return FALSE;
  return TRUE;
}

/* The cell of the map's own file where it still gives these steps, so that a crystal keeps its cell; else the box as a cell. */
static gboolean
find_frame (const CfVolume *volume, Frame *frame, GError **error)
{
  const CfGrid *grid = &volume->grid;
  memcpy (frame->m, volume->header.m, sizeof frame->m);
  memcpy (frame->cell, volume->header.cell, sizeof frame->cell);
  if (!makes_steps (frame->cell, frame->m, grid))
    {
      for (int a = 0; a < 3; a++)
        {
          const double *u = grid->step[(a + 1) % 3], *v = grid->step[(a + 2) % 3];
          double dot = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
          frame->m[a] = grid->dims[a];
          frame->cell[a] = grid->dims[a] * cf_grid_edge (grid, a);
          frame->cell[3 + a] =
            dot == 0 ? 90 : acos (dot / cf_grid_edge (grid, (a + 1) % 3) / cf_grid_edge (grid, (a + 2) % 3)) * 180 / G_PI;
        }
      if (!makes_steps (frame->cell, frame->m, grid))
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: its axes are turned, needs a along x and b in the xy plane for a map file"),
                       volume->name);
          return FALSE;
        }
    }
  double ijk[3];
  CfGrid at_zero = *grid;
  memset (at_zero.origin, 0, sizeof at_zero.origin);
  cf_grid_from_world (&at_zero, grid->origin, ijk);
  gboolean whole = TRUE;
  for (int a = 0; a < 3; a++)
    whole = whole && fabs (ijk[a] - round (ijk[a])) < 0.01 && fabs (ijk[a]) <= 10.0 * MAX (grid->dims[a], frame->m[a]);
  for (int a = 0; a < 3; a++)
    frame->nstart[a] = whole ? (int) round (ijk[a]) : 0;
  return TRUE;
}

static char *
own_label (void)
{
  const char *epoch = g_getenv ("SOURCE_DATE_EPOCH");
  g_autoptr (GDateTime) now = epoch ? g_date_time_new_from_unix_utc (g_ascii_strtoll (epoch, NULL, 10)) : g_date_time_new_now_utc ();
  g_autofree char *date = now ? g_date_time_format (now, "%Y-%m-%d %H:%M:%S UTC") : g_strdup ("");
  return g_strdup_printf ("Cryofield %s  %s", CF_VERSION, date);
}

/* Labels of the source first, then ours; ten at most, of 80 bytes. */
static void
put_labels (guint8 *header, const CfVolume *volume, const char *extra)
{
  memset (header + CF_MRC_LABELS, ' ', 800);
  int n = 0, kept = 10 - (extra ? 2 : 1);
  g_autofree char *own = own_label ();
  const char *all[10];
  for (char **label = volume->header.labels; *label && n < kept; label++)
    all[n++] = *label;
  all[n++] = own;
  if (extra)
    all[n++] = extra;
  for (int i = 0; i < n; i++)
    {
      gsize length = MIN (strlen (all[i]), 80);
      /* Not in the middle of a letter of several bytes. */
      while (length > 0 && length < strlen (all[i]) && (all[i][length] & 0xC0) == 0x80)
        length--;
      memcpy (header + CF_MRC_LABELS + 80 * i, all[i], length);
    }
  put_integer (header, CF_MRC_NLABL, n);
}

static void
make_header (guint8 *header, const CfVolume *volume, const Frame *frame, int mode, const CfStatistics *statistics, const char *label)
{
  memset (header, 0, CF_MRC_HEADER_SIZE);
  for (int a = 0; a < 3; a++)
    {
      put_integer (header, CF_MRC_N + 4 * a, volume->grid.dims[a]);
      put_integer (header, CF_MRC_NSTART + 4 * a, frame->nstart[a]);
      put_integer (header, CF_MRC_M + 4 * a, frame->m[a]);
      put_integer (header, CF_MRC_AXES + 4 * a, a + 1);
      put_real (header, CF_MRC_CELLA + 4 * a, frame->cell[a]);
      put_real (header, CF_MRC_CELLB + 4 * a, frame->cell[3 + a]);
      put_real (header, CF_MRC_ORIGIN + 4 * a, volume->grid.origin[a]);
    }
  put_integer (header, CF_MRC_MODE, mode);
  put_real (header, CF_MRC_STATISTICS, statistics->min);
  put_real (header, CF_MRC_STATISTICS + 4, statistics->max);
  put_real (header, CF_MRC_STATISTICS + 8, statistics->mean);
  put_real (header, CF_MRC_RMS, statistics->sd);
  put_integer (header, CF_MRC_ISPG, 1);
  put_integer (header, CF_MRC_NVERSION, 20141);
  memcpy (header + CF_MRC_MAP, "MAP ", 4);
  memcpy (header + CF_MRC_STAMP, "\x44\x44\0\0", 4);
  put_labels (header, volume, label);
}

static gboolean
write_halves (CfFileWriter *writer, const CfVolume *volume, GCancellable *cancellable, GError **error)
{
  gsize n = cf_grid_n_voxels (&volume->grid);
  g_autofree guint16 *part = g_new (guint16, 65536);
  for (gsize begin = 0; begin < n; begin += 65536)
    {
      gsize count = MIN (n - begin, 65536);
      for (gsize i = 0; i < count; i++)
        part[i] = GUINT16_TO_LE (cf_mrc_half_from_float (volume->data[begin + i]));
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !cf_file_writer_write (writer, part, 2 * count, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_floats (CfFileWriter *writer, const CfVolume *volume, GCancellable *cancellable, GError **error)
{
  gsize n = cf_grid_n_voxels (&volume->grid);
  g_autofree guint32 *part = G_BYTE_ORDER == G_LITTLE_ENDIAN ? NULL : g_new (guint32, 65536);
  for (gsize begin = 0; begin < n; begin += 65536)
    {
      gsize count = MIN (n - begin, 65536);
      const void *from = volume->data + begin;
      if (part)
        {
          memcpy (part, from, 4 * count);
          for (gsize i = 0; i < count; i++)
            part[i] = GUINT32_TO_LE (part[i]);
          from = part;
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !cf_file_writer_write (writer, from, 4 * count, error))
        return FALSE;
    }
  return TRUE;
}

/* The statistics of what a float16 file will hold. */
static gboolean
statistics_of_halves (const CfVolume *volume, CfStatistics *out, GError **error)
{
  if (MAX (fabs (volume->statistics.min), fabs (volume->statistics.max)) > 65504)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: voxels reach from %g to %g, needs -65504 to 65504 for mode 12"), volume->name,
                   volume->statistics.min, volume->statistics.max);
      return FALSE;
    }
  gsize n = cf_grid_n_voxels (&volume->grid);
  g_autofree float *rounded = g_try_new (float, n);
  if (!rounded)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%s: needs more memory than there is"), volume->name);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    rounded[i] = cf_mrc_half_to_float (cf_mrc_half_from_float (volume->data[i]));
  cf_statistics_compute (out, rounded, n);
  return TRUE;
}

gboolean
cf_mrc_save (const CfVolume *volume, const char *path, const CfMrcSaveOptions *options, GCancellable *cancellable, GError **error)
{
  int mode = options && options->mode ? options->mode : 2;
  if (mode != 2 && mode != 12)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("mode is %d, needs 2 or 12"), mode);
      return FALSE;
    }
  Frame frame;
  CfStatistics statistics = volume->statistics;
  if (!find_frame (volume, &frame, error) || (mode == 12 && !statistics_of_halves (volume, &statistics, error)))
    return FALSE;
  guint8 header[CF_MRC_HEADER_SIZE];
  make_header (header, volume, &frame, mode, &statistics, options ? options->label : NULL);
  g_autoptr (CfFileWriter) writer = cf_file_writer_new (path, error);
  return writer && cf_file_writer_write (writer, header, sizeof header, error) &&
         (mode == 12 ? write_halves : write_floats) (writer, volume, cancellable, error) && cf_file_writer_commit (writer, error);
}
