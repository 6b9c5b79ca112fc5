#include "cf-mrc-header.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-warnings.h"
#include "cf-words.h"

#define HOST_IS_BIG (G_BYTE_ORDER == G_BIG_ENDIAN)

typedef struct
{
  const guint8 *bytes;
  const char *name;
  gboolean swap;
  CfWarnings *warnings;
  GError **error;
} Reader;

static gint32
integer (const Reader *r, int offset)
{
  guint32 v;
  memcpy (&v, r->bytes + offset, sizeof v);
  return (gint32) (r->swap ? GUINT32_SWAP_LE_BE (v) : v);
}

static double
real (const Reader *r, int offset)
{
  guint32 bits = (guint32) integer (r, offset);
  float v;
  memcpy (&v, &bits, sizeof v);
  return v;
}

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (const Reader *r, CfInputError code, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (r->error, CF_INPUT_ERROR, code, "%s: %s", r->name, text);
  return FALSE;
}

/* Whether mode, dimensions and axes make sense together in this byte order. */
static gboolean
makes_sense (const Reader *r)
{
  int mode = integer (r, CF_MRC_MODE);
  if (!((mode >= 0 && mode <= 6) || mode == 12 || mode == 16 || mode == 101))
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      int n = integer (r, CF_MRC_N + 4 * a), axis = integer (r, CF_MRC_AXES + 4 * a);
      if (n < 1 || n > 1 << 20 || axis < 0 || axis > 3)
        return FALSE;
    }
  return TRUE;
}

static gboolean
refuse_senseless (const Reader *r)
{
  return refuse (r, CF_INPUT_ERROR_NOT_THIS, _("is not an MRC map: 'MAP ' is missing at byte %d, and MODE %d, NX, NY, NZ %d, %d, %d and MAPC, "
                 "MAPR, MAPS %d, %d, %d make no sense, needs an MRC or CCP4 map"), CF_MRC_MAP, integer (r, CF_MRC_MODE), integer (r, CF_MRC_N),
                 integer (r, CF_MRC_N + 4), integer (r, CF_MRC_N + 8), integer (r, CF_MRC_AXES), integer (r, CF_MRC_AXES + 4),
                 integer (r, CF_MRC_AXES + 8));
}

static gboolean
choose_order (Reader *r, CfMrcLayout *layout)
{
  const guint8 *stamp = r->bytes + CF_MRC_STAMP;
  gboolean says_little = stamp[0] == 0x44 && (stamp[1] == 0x41 || stamp[1] == 0x44);
  gboolean says_big = stamp[0] == 0x11 && stamp[1] == 0x11;
  gboolean marked = memcmp (r->bytes + CF_MRC_MAP, "MAP", 3) == 0;
  Reader little = *r, big = *r;
  little.swap = HOST_IS_BIG;
  big.swap = !HOST_IS_BIG;
  gboolean little_fits = makes_sense (&little), big_fits = makes_sense (&big);
  gboolean is_big = says_big;
  if (!says_little && !says_big)
    {
      is_big = big_fits && !little_fits;
      if (little_fits || big_fits)
        cf_warnings_add (r->warnings,
                         is_big ? N_("machine stamp is 0x%02x%02x, unknown: read as big endian, in which the header makes sense")
                                : N_("machine stamp is 0x%02x%02x, unknown: read as little endian, in which the header makes sense"),
                         stamp[0], stamp[1]);
      else if (!marked)
        return refuse_senseless (r);
    }
  else if (!(is_big ? big_fits : little_fits) && (is_big ? little_fits : big_fits))
    {
      is_big = !is_big;
      cf_warnings_add (r->warnings,
                       is_big ? N_("machine stamp is 0x%02x%02x, which the header contradicts: read as big endian")
                              : N_("machine stamp is 0x%02x%02x, which the header contradicts: read as little endian"),
                       stamp[0], stamp[1]);
    }
  layout->map.big_endian = is_big;
  r->swap = is_big != HOST_IS_BIG;
  layout->unmarked = !marked;
  if (!marked)
    {
      if (!makes_sense (r))
        return refuse_senseless (r);
      cf_warnings_add (r->warnings, N_("'MAP ' is missing at byte %d; the rest of the header fits"), CF_MRC_MAP);
    }
  return TRUE;
}

static gboolean
read_mode (const Reader *r, CfMrcLayout *layout)
{
  int mode = integer (r, CF_MRC_MODE);
  const char *holds = NULL;
  switch (mode)
    {
    case 0:
      layout->is_unsigned = integer (r, CF_MRC_IMOD_WORD) == CF_MRC_IMOD_STAMP && !(integer (r, CF_MRC_IMOD_FLAGS) & 1);
      break;
    case 1:
    case 2:
    case 6:
    case 12:
    case 101:
      break;
    case 3:
      holds = _(" (a Fourier transform, complex 16-bit)");
      break;
    case 4:
      holds = _(" (a Fourier transform, complex 32-bit)");
      break;
    case 16:
      holds = _(" (an RGB picture)");
      break;
    default:
      holds = "";
    }
  if (holds)
    return refuse (r, CF_INPUT_ERROR_UNSUPPORTED, _("MODE is %d%s, needs 0, 1, 2, 6, 12 or 101"), mode, holds);
  layout->map.mode = mode;
  return TRUE;
}

static gboolean
read_size (const Reader *r, CfMrcLayout *layout)
{
  static const char names[3] = { 'X', 'Y', 'Z' };
  guint64 voxels = 1;
  for (int a = 0; a < 3; a++)
    {
      layout->n[a] = integer (r, CF_MRC_N + 4 * a);
      if (layout->n[a] <= 0)
        return refuse (r, CF_INPUT_ERROR_FIELD, _("N%c is %d, needs 1 or more"), names[a], layout->n[a]);
      if (__builtin_mul_overflow (voxels, (guint64) layout->n[a], &voxels) || voxels > (guint64) G_MAXINT64 / 8)
        return refuse (r, CF_INPUT_ERROR_FIELD, _("NX, NY, NZ are %d, %d, %d, needs a product that is a file's size"),
                       integer (r, CF_MRC_N), integer (r, CF_MRC_N + 4), integer (r, CF_MRC_N + 8));
    }
  layout->sections = layout->n[2];
  guint64 nx = (guint64) layout->n[0], rows = (guint64) layout->n[1] * (guint64) layout->n[2];
  int mode = layout->map.mode;
  layout->row_bytes = mode == 101 ? (nx + 1) / 2 : mode == 0 ? nx : mode == 2 ? 4 * nx : 2 * nx;
  layout->data_bytes = layout->row_bytes * rows;
  layout->map.nsymbt = integer (r, CF_MRC_NSYMBT);
  if (layout->map.nsymbt < 0)
    return refuse (r, CF_INPUT_ERROR_FIELD, _("NSYMBT is %d, needs 0 or more"), layout->map.nsymbt);
  return TRUE;
}

static gboolean
read_axes (const Reader *r, CfMrcLayout *layout)
{
  int *axes = layout->map.axes;
  int seen = 0;
  for (int a = 0; a < 3; a++)
    {
      axes[a] = integer (r, CF_MRC_AXES + 4 * a);
      seen |= axes[a] >= 1 && axes[a] <= 3 ? 1 << axes[a] : 0;
    }
  if (axes[0] == 0 && axes[1] == 0 && axes[2] == 0)
    {
      cf_warnings_add (r->warnings, N_("MAPC, MAPR, MAPS are 0, 0, 0: taken as 1, 2, 3"));
      for (int a = 0; a < 3; a++)
        axes[a] = a + 1;
    }
  else if (seen != 14)
    return refuse (r, CF_INPUT_ERROR_FIELD, _("MAPC, MAPR, MAPS are %d, %d, %d, needs each of 1, 2, 3 once"), axes[0], axes[1], axes[2]);
  return TRUE;
}

/* Stacks: of volumes the one that is read, of images none. */
static gboolean
read_stack (const Reader *r, CfMrcLayout *layout)
{
  int ispg = layout->map.ispg = integer (r, CF_MRC_ISPG), mz = integer (r, CF_MRC_M + 8), nz = layout->n[2];
  layout->map.n_volumes = 1;
  if (ispg >= 401 && ispg <= 630)
    {
      if (mz <= 0 || nz % mz != 0)
        return refuse (r, CF_INPUT_ERROR_FIELD, _("MZ is %d in a stack of volumes (ISPG %d), needs a divisor of NZ, %d"), mz, ispg, nz);
      layout->n[2] = mz;
      layout->map.n_volumes = nz / mz;
      if (nz > mz)
        cf_warnings_add (r->warnings, N_("is a stack of %d volumes (ISPG %d): one is read"), nz / mz, ispg);
    }
  else if (ispg == 0 && mz == 1 && nz > 1)
    return refuse (r, CF_INPUT_ERROR_UNSUPPORTED, _("ISPG is 0 and MZ is 1 with NZ %d, which is a stack of images, needs a volume"), nz);
  return TRUE;
}

static void
read_cell (const Reader *r, CfMrcLayout *layout, const int dims[3])
{
  CfMapHeader *map = &layout->map;
  for (int a = 0; a < 3; a++)
    {
      map->m[a] = integer (r, CF_MRC_M + 4 * a);
      map->cell[a] = real (r, CF_MRC_CELLA + 4 * a);
      map->cell[3 + a] = real (r, CF_MRC_CELLB + 4 * a);
      if (map->m[a] <= 0 || !isfinite (map->cell[a]) || !(map->cell[a] > 0) || !(map->cell[a] / map->m[a] > 1e-6))
        {
          cf_warnings_add (r->warnings, N_("M%c is %d and CELLA %c is %g: a voxel of 1 A is taken along %c"), 'X' + a, map->m[a], 'X' + a, map->cell[a], 'X' + a);
          map->m[a] = dims[a];
          map->cell[a] = dims[a];
        }
    }
  double square = 1, product = 1;
  gboolean possible = TRUE;
  for (int a = 0; a < 3; a++)
    {
      double angle = map->cell[3 + a], c = cos (angle * G_PI / 180.0);
      possible = possible && angle > 0 && angle < 180;
      square -= c * c;
      product *= c;
    }
  if (!possible || !(square + 2 * product > 1e-4))
    {
      cf_warnings_add (r->warnings, N_("CELLB is %g, %g, %g, which no cell can have: taken as 90, 90, 90"), map->cell[3], map->cell[4], map->cell[5]);
      map->cell[3] = map->cell[4] = map->cell[5] = 90;
    }
}

static void
place (const Reader *r, CfMrcLayout *layout, const int dims[3], gboolean by_nstart)
{
  CfMapHeader *map = &layout->map;
  double step[3][3], start[3] = { 0, 0, 0 }, zero[3] = { 0, 0, 0 };
  cf_grid_steps_from_cell (map->cell, map->m, step);
  gboolean has_origin = TRUE, has_start = FALSE, differ = FALSE;
  for (int a = 0; a < 3; a++)
    {
      int axis = map->axes[a] - 1;
      map->nstart[axis] = integer (r, CF_MRC_NSTART + 4 * a);
      map->origin[a] = real (r, CF_MRC_ORIGIN + 4 * a);
      has_origin = has_origin && isfinite (map->origin[a]) && fabs (map->origin[a]) < 1e7;
    }
  for (int a = 0; a < 3; a++)
    {
      gint64 limit = 10 * (gint64) MAX (dims[a], map->m[a]);
      if (ABS ((gint64) map->nstart[a]) > limit)
        {
          cf_warnings_add (r->warnings, N_("NSTART of %c is %d, more than 10 times the size: taken as 0"), 'X' + a, map->nstart[a]);
          map->nstart[a] = 0;
        }
      has_start = has_start || map->nstart[a] != 0;
      for (int b = 0; b < 3; b++)
        start[b] += map->nstart[a] * step[a][b];
    }
  if (!has_origin)
    {
      cf_warnings_add (r->warnings, N_("ORIGIN is %g, %g, %g: taken as 0"), map->origin[0], map->origin[1], map->origin[2]);
      memset (map->origin, 0, sizeof map->origin);
    }
  has_origin = map->origin[0] != 0 || map->origin[1] != 0 || map->origin[2] != 0;
  double limit = 0.05 * sqrt (step[0][0] * step[0][0]);
  for (int b = 0; b < 3; b++)
    differ = differ || fabs (start[b] - map->origin[b]) > limit;
  map->two_placements = has_origin && has_start && differ;
  map->placement = has_start && (by_nstart || !has_origin) ? CF_PLACED_BY_NSTART : has_origin ? CF_PLACED_BY_ORIGIN : CF_PLACED_AT_ZERO;
  if (map->two_placements)
    cf_warnings_add (r->warnings, N_("ORIGIN is %g, %g, %g A and NSTART says %g, %g, %g A: placed by %s"), map->origin[0], map->origin[1], map->origin[2], start[0],
          start[1], start[2], map->placement == CF_PLACED_BY_ORIGIN ? "ORIGIN" : "NSTART");
  cf_grid_init (&layout->grid, dims,
                map->placement == CF_PLACED_BY_ORIGIN ? map->origin : map->placement == CF_PLACED_BY_NSTART ? start : zero, step);
}

static void
read_labels (const Reader *r, CfMrcLayout *layout)
{
  int n = integer (r, CF_MRC_NLABL);
  if (n < 0 || n > 10)
    cf_warnings_add (r->warnings, N_("NLABL is %d, needs 0 to 10: clamped"), n);
  g_autoptr (GStrvBuilder) labels = g_strv_builder_new ();
  for (int i = 0; i < CLAMP (n, 0, 10); i++)
    {
      const char *at = (const char *) r->bytes + CF_MRC_LABELS + 80 * i;
      g_autofree char *text = cf_text_clean (at, (gssize) strnlen (at, 80));
      if (*text)
        g_strv_builder_add (labels, text);
    }
  layout->map.labels = g_strv_builder_end (labels);
}

gboolean
cf_mrc_layout_read (CfMrcLayout *layout, const guint8 *bytes, const char *name, gboolean by_nstart, CfWarnings *warnings, GError **error)
{
  CfMrcLayout out = { .row_bytes = 0 };
  Reader r = { bytes, name, FALSE, warnings, error };
  if (!choose_order (&r, &out) || !read_mode (&r, &out) || !read_size (&r, &out) || !read_axes (&r, &out) || !read_stack (&r, &out))
    return FALSE;
  int dims[3];
  for (int a = 0; a < 3; a++)
    dims[out.map.axes[a] - 1] = out.n[a];
  if (integer (&r, CF_MRC_LSKFLG) != 0)
    cf_warnings_add (r.warnings, N_("LSKFLG is %d: the skew matrix is ignored"), integer (&r, CF_MRC_LSKFLG));
  read_cell (&r, &out, dims);
  place (&r, &out, dims, by_nstart);
  read_labels (&r, &out);
  *layout = out;
  return TRUE;
}
