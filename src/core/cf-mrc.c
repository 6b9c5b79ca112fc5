#include "cf-mrc.h"

#include <inttypes.h>
#include <string.h>

#include "cf-error.h"
#include "cf-input.h"
#include "cf-mrc-header.h"
#include "cf-warnings.h"
#include "cf-words.h"

#define LEFTOVER_LIMIT (1024 * 1024) /* bytes behind the map that are still inflated, to see the stream's checksum */

typedef struct
{
  const char *path;
  char *name;
  CfInput *input;
  guint8 header[CF_MRC_HEADER_SIZE];
  CfMrcLayout layout;
  CfWarnings warnings;
  guint64 extended; /* bytes between header and map that are really there */
} Load;

static void
load_clear (Load *load)
{
  g_strfreev (load->layout.map.labels);
  g_clear_pointer (&load->input, cf_input_close);
  cf_warnings_clear (&load->warnings);
  g_free (load->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Load, load_clear)

/* What the first bytes are, where they are not an MRC header; NULL where that cannot be said. */
static const char *
looks_like (const guint8 *bytes, gsize n)
{
  static const struct
  {
    const char *magic, *what;
  } kinds[] = {
    { "\x89HDF", N_("an HDF5 file") }, { "\x89PNG", N_("a PNG picture") },       { "PK\x03\x04", N_("a ZIP archive") },
    { "BZh", N_("a bzip2 file") },     { "\xfd" "7zXZ", N_("an xz file") },       { "II*", N_("a TIFF picture") },
    { "\x28\xb5\x2f\xfd", N_("a zstd file") }, { "%PDF", N_("a PDF document") },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (n >= strlen (kinds[i].magic) && memcmp (bytes, kinds[i].magic, strlen (kinds[i].magic)) == 0)
      return _(kinds[i].what);
  if (n == 0)
    return _("an empty file");
  for (gsize i = 0; i < n; i++)
    if (bytes[i] < 9 || (bytes[i] > 13 && bytes[i] < 32) || bytes[i] == 127)
      return NULL;
  g_autofree char *text = g_ascii_strdown ((const char *) bytes, (gssize) n);
  if (strstr (text, "<html") || strstr (text, "<!doctype"))
    return _("an HTML page");
  if (strstr (text, "<?xml"))
    return _("an XML file");
  if (g_str_has_prefix (text, "data_") || g_str_has_prefix (text, "header ") || g_str_has_prefix (text, "atom ") ||
      strstr (text, "\natom "))
    return _("a model (PDB or mmCIF)");
  return _("text");
}

static gboolean
read_header (Load *load, GCancellable *cancellable, const CfMrcLoadOptions *options, GError **error)
{
  gsize got;
  if (!cf_input_read (load->input, load->header, sizeof load->header, &got, cancellable, error))
    return FALSE;
  const char *other = looks_like (load->header, got);
  if (other)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: looks like %s, needs an MRC or CCP4 map"), load->name, other);
      return FALSE;
    }
  if (got < sizeof load->header)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH,
                   _("%s: length is %zu bytes, needs at least the %d of a header"), load->name, got, CF_MRC_HEADER_SIZE);
      return FALSE;
    }
  return cf_mrc_layout_read (&load->layout, load->header, load->name, options->by_nstart, &load->warnings, error);
}

static gboolean
fail_length (const Load *load, guint64 found, gboolean at_most, GError **error)
{
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH,
               _("%s: length is %s%" PRIu64 " bytes, needs %" PRIu64 " for %d x %d x %d voxels of mode %d and NSYMBT %d"),
               load->name, at_most ? _("at most ") : "", found,
               CF_MRC_HEADER_SIZE + (guint64) load->layout.map.nsymbt + load->layout.data_bytes, load->layout.n[0], load->layout.n[1],
               load->layout.sections, load->layout.map.mode, load->layout.map.nsymbt);
  return FALSE;
}

/* Against the real size, before anything is allocated. */
static gboolean
check_length (Load *load, GError **error)
{
  guint64 largest = cf_input_largest_size (load->input), data = load->layout.data_bytes;
  guint64 symmetry = (guint64) load->layout.map.nsymbt;
  load->extended = symmetry;
  if (!cf_input_is_compressed (load->input) && symmetry > 0 && largest == CF_MRC_HEADER_SIZE + data)
    {
      cf_warnings_add (&load->warnings, N_("NSYMBT is %" PRIu64 ", but the file has no room for it: read without"), symmetry);
      load->extended = 0;
    }
  else if (largest < CF_MRC_HEADER_SIZE + symmetry || largest - CF_MRC_HEADER_SIZE - symmetry < data)
    return fail_length (load, largest, cf_input_is_compressed (load->input), error);
  if (load->layout.unmarked && !cf_input_is_compressed (load->input) && largest != CF_MRC_HEADER_SIZE + load->extended + data)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS,
                   _("%s: 'MAP ' is missing and length is %" PRIu64 " bytes, needs %" PRIu64), load->name, largest,
                   CF_MRC_HEADER_SIZE + load->extended + data);
      return FALSE;
    }
  return TRUE;
}

/* The sections of one volume, scattered to [z][y][x]. *read: bytes of the map that were there. */
static gboolean
read_voxels (Load *load, float *data, guint64 *read, GCancellable *cancellable, GError **error)
{
  const CfMrcLayout *layout = &load->layout;
  const int *dims = layout->grid.dims;
  const gsize by_axis[3] = { 1, (gsize) dims[0], (gsize) dims[0] * (gsize) dims[1] };
  gsize column = by_axis[layout->map.axes[0] - 1], row = by_axis[layout->map.axes[1] - 1], section = by_axis[layout->map.axes[2] - 1];
  gboolean swap = layout->map.big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);
  gsize n = (gsize) layout->n[0];
  g_autofree guint8 *bytes = g_try_malloc (layout->row_bytes);
  g_autofree float *values = column == 1 ? NULL : g_try_new (float, n);
  if (!bytes || (column != 1 && !values))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%s: needs more memory than there is"), load->name);
      return FALSE;
    }
  for (int s = 0; s < layout->n[2]; s++)
    for (int r = 0; r < layout->n[1]; r++)
      {
        gsize got;
        if (!cf_input_read (load->input, bytes, layout->row_bytes, &got, cancellable, error))
          return FALSE;
        *read += got;
        if (got < layout->row_bytes)
          return TRUE;
        float *to = data + (gsize) s * section + (gsize) r * row;
        cf_mrc_decode (bytes, layout->map.mode, layout->is_unsigned, swap, n, column == 1 ? to : values);
        if (column != 1)
          for (gsize c = 0; c < n; c++)
            to[c * column] = values[c];
      }
  return TRUE;
}

static gboolean
read_rest (Load *load, char sha256[65], GCancellable *cancellable, GError **error)
{
  guint64 extra;
  if (!cf_input_skip (load->input, LEFTOVER_LIMIT, &extra, cancellable, error))
    return FALSE;
  if (extra > 0)
    {
      if (load->layout.unmarked)
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: 'MAP ' is missing and the length does not fit the header"),
                       load->name);
          return FALSE;
        }
      cf_warnings_add (&load->warnings,
                       extra == LEFTOVER_LIMIT ? N_("at least %" PRIu64 " bytes follow the map: ignored") : N_("%" PRIu64 " bytes follow the map: ignored"), extra);
    }
  return cf_input_finish (load->input, sha256, cancellable, error);
}

static CfVolume *
make_volume (Load *load, float *data, const char *sha256)
{
  g_autofree char *base = g_path_get_basename (load->path);
  g_autofree char *name = g_filename_display_name (base);
  CfVolume *volume = cf_volume_new (name, &load->layout.grid, data);
  volume->path = g_strdup (load->path);
  g_strlcpy (volume->sha256, sha256, sizeof volume->sha256);
  g_strfreev (volume->header.labels);
  volume->header = load->layout.map;
  load->layout.map.labels = NULL;
  if (volume->statistics.nonfinite > 0)
    cf_warnings_add (&load->warnings, N_("%" PRId64 " voxels are not finite: left out and taken as 0"), volume->statistics.nonfinite);
  g_strfreev (volume->warnings);
  g_strfreev (volume->warnings_plain);
  cf_warnings_take (&load->warnings, &volume->warnings, &volume->warnings_plain);
  return volume;
}

/* One attempt. *absent is set where the file turned out to end exactly as if NSYMBT were 0: it is gzip, so that was not known. */
static CfVolume *
load_once (const char *path, const CfMrcLoadOptions *options, gboolean without_symmetry, gboolean *absent, GCancellable *cancellable,
           GError **error)
{
  g_auto (Load) load = { .path = path };
  load.name = g_filename_display_name (path);
  cf_warnings_init (&load.warnings);
  load.input = cf_input_open (path, TRUE, error);
  if (!load.input || !read_header (&load, cancellable, options, error) || !check_length (&load, error))
    return NULL;
  if (options->volume < 0 || options->volume >= load.layout.map.n_volumes)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: volume is %d, needs 0 to %d"), load.name, options->volume,
                   load.layout.map.n_volumes - 1);
      return NULL;
    }
  if (without_symmetry)
    {
      cf_warnings_add (&load.warnings, N_("NSYMBT is %" PRIu64 ", but the file has no room for it: read without"), load.extended);
      load.extended = 0;
    }
  guint64 of_volume = load.layout.row_bytes * (guint64) load.layout.n[1] * (guint64) load.layout.n[2];
  guint64 before = load.extended + of_volume * (guint64) options->volume, skipped, read = 0, rest;
  g_autofree float *data = g_try_malloc (cf_grid_n_voxels (&load.layout.grid) * sizeof (float));
  if (!data)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%s: needs more memory than there is for %d x %d x %d voxels"), load.name,
                   load.layout.n[0], load.layout.n[1], load.layout.n[2]);
      return NULL;
    }
  if (!cf_input_skip (load.input, before, &skipped, cancellable, error) ||
      (skipped == before && !read_voxels (&load, data, &read, cancellable, error)))
    return NULL;
  guint64 after = load.layout.data_bytes - of_volume * ((guint64) options->volume + 1);
  if (!cf_input_skip (load.input, read == of_volume ? after : 0, &rest, cancellable, error))
    return NULL;
  guint64 total = skipped + read + rest;
  if (total < load.extended + load.layout.data_bytes)
    {
      *absent = load.extended > 0 && total == load.layout.data_bytes;
      fail_length (&load, CF_MRC_HEADER_SIZE + total, FALSE, error);
      return NULL;
    }
  char sha256[65];
  if (!read_rest (&load, sha256, cancellable, error))
    return NULL;
  return make_volume (&load, g_steal_pointer (&data), sha256);
}

CfVolume *
cf_mrc_load_with (const char *path, const CfMrcLoadOptions *options, GCancellable *cancellable, GError **error)
{
  gboolean absent = FALSE;
  g_autoptr (GError) problem = NULL;
  CfVolume *volume = load_once (path, options, FALSE, &absent, cancellable, &problem);
  if (volume)
    return volume;
  if (absent)
    return load_once (path, options, TRUE, &absent, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

CfVolume *
cf_mrc_load (const char *path, GCancellable *cancellable, GError **error)
{
  return cf_mrc_load_with (path, &(CfMrcLoadOptions){ FALSE, 0 }, cancellable, error);
}
