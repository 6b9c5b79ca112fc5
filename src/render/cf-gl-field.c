#include "cf-gl-field.h"

#include <math.h>
#include <string.h>

#include "cf-gl-program.h"

/* Above this many samples half floats are stored: their step of 2^-11 no longer matters beside the memory. */
#define FULL_FLOAT_LIMIT (320.0 * 320 * 320)
/* Small bricks skip more; up to this many samples there are few enough of them that a moving level stays cheap. */
#define SMALL_BRICK_LIMIT (256.0 * 256 * 256)
#define SMALL_BRICK 4
#define LARGE_BRICK 8

void
cf_gl_field_init (CfGlField *gl)
{
  memset (gl, 0, sizeof *gl);
}

void
cf_gl_field_clear (CfGlField *gl)
{
  const GLuint textures[] = { gl->samples, gl->coarse, gl->ranges, gl->fine };
  glDeleteTextures (G_N_ELEMENTS (textures), textures);
  for (int i = 0; i < CF_GL_LEVELS; i++)
    glDeleteTextures (1, &gl->at[i].bricks);
  g_free (gl->range);
  cf_gl_field_init (gl);
}

static void
texture_make (GLuint *texture, int unit, GLenum filter)
{
  glActiveTexture (GL_TEXTURE0 + unit);
  if (!*texture)
    glGenTextures (1, texture);
  glBindTexture (GL_TEXTURE_3D, *texture);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_MIN_FILTER, (GLint) filter);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_MAG_FILTER, (GLint) filter);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_WRAP_R, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_3D, GL_TEXTURE_MAX_LEVEL, 0);
}

static void
levels_forget (CfGlField *gl)
{
  for (int i = 0; i < CF_GL_LEVELS; i++)
    gl->at[i].occupied = 0;
}

static void
field_allocate (CfGlField *gl, const CfSceneField *field)
{
  GLint limit = 256;
  glGetIntegerv (GL_MAX_3D_TEXTURE_SIZE, &limit);
  int largest = MAX (field->grid.dims[0], MAX (field->grid.dims[1], field->grid.dims[2]));
  gl->side_most = limit;
  gl->stride = (largest + limit - 1) / limit;
  double total = 1;
  int coarse[3], bricks[3];
  for (int a = 0; a < 3; a++)
    {
      gl->source_dims[a] = field->grid.dims[a];
      gl->dims[a] = (field->grid.dims[a] - 1) / gl->stride + 1;
      gl->sides[a] = cf_gl_side (gl->dims[a], limit);
      coarse[a] = cf_gl_side ((gl->dims[a] - 1) / CF_GL_COARSE + 1, limit);
      total *= gl->dims[a];
    }
  gl->brick = total > SMALL_BRICK_LIMIT ? LARGE_BRICK : SMALL_BRICK;
  for (int a = 0; a < 3; a++)
    {
      gl->n_bricks[a] = MAX (1, (gl->dims[a] - 1 + gl->brick - 1) / gl->brick);
      bricks[a] = cf_gl_side (gl->n_bricks[a], limit);
    }
  g_free (gl->range);
  gl->range = g_new0 (float, (gsize) 2 * gl->n_bricks[0] * gl->n_bricks[1] * gl->n_bricks[2]);
  levels_forget (gl);
  texture_make (&gl->samples, CF_GL_UNIT_FIELD, gl->filter == CF_FILTER_NEAREST ? GL_NEAREST : GL_LINEAR);
  glTexImage3D (GL_TEXTURE_3D, 0, total > FULL_FLOAT_LIMIT ? GL_R16F : GL_R32F, gl->sides[0], gl->sides[1], gl->sides[2], 0, GL_RED, GL_FLOAT,
                NULL);
  texture_make (&gl->coarse, CF_GL_UNIT_COARSE, GL_LINEAR);
  glTexImage3D (GL_TEXTURE_3D, 0, GL_R32F, coarse[0], coarse[1], coarse[2], 0, GL_RED, GL_FLOAT, NULL);
  texture_make (&gl->ranges, CF_GL_UNIT_RANGES, GL_NEAREST);
  glTexImage3D (GL_TEXTURE_3D, 0, GL_RG32F, bricks[0], bricks[1], bricks[2], 0, GL_RG, GL_FLOAT, NULL);
  for (int i = 0; i < CF_GL_LEVELS; i++)
    {
      texture_make (&gl->at[i].bricks, CF_GL_UNIT_BRICKS, GL_NEAREST);
      glTexImage3D (GL_TEXTURE_3D, 0, GL_R8UI, bricks[0], bricks[1], bricks[2], 0, GL_RED_INTEGER, GL_UNSIGNED_BYTE, NULL);
    }
}

/* Beyond the last ones these go on. */
static inline float
sample_at (const CfGlField *gl, const float *samples, int i, int j, int k)
{
  i = MIN (i, gl->dims[0] - 1);
  j = MIN (j, gl->dims[1] - 1);
  k = MIN (k, gl->dims[2] - 1);
  gsize x = (gsize) i * gl->stride, y = (gsize) j * gl->stride, z = (gsize) k * gl->stride;
  float v = samples[(z * gl->source_dims[1] + y) * gl->source_dims[0] + x];
  return isnan (v) ? (gl->difference ? 0 : CF_GL_EMPTY) : v;
}

/* A layer at a time, so that a large field is not held twice. */
static void
samples_upload (CfGlField *gl, const float *samples, const int lo[3], const int end[3])
{
  int hi[3];
  for (int a = 0; a < 3; a++)
    hi[a] = end[a] == gl->dims[a] ? gl->sides[a] : end[a];
  int nx = hi[0] - lo[0], ny = hi[1] - lo[1];
  g_autofree float *layer = g_new (float, (gsize) nx * ny);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_FIELD);
  glBindTexture (GL_TEXTURE_3D, gl->samples);
  for (int k = lo[2]; k < hi[2]; k++)
    {
      for (int j = lo[1]; j < hi[1]; j++)
        for (int i = lo[0]; i < hi[0]; i++)
          layer[(gsize) (j - lo[1]) * nx + (i - lo[0])] = sample_at (gl, samples, i, j, k);
      glTexSubImage3D (GL_TEXTURE_3D, 0, lo[0], lo[1], k, nx, ny, 1, GL_RED, GL_FLOAT, layer);
    }
}

/* Block means of what is there; empty counts as 0. */
static void
coarse_upload (CfGlField *gl, const float *samples, const int lo[3], const int hi[3])
{
  int first[3], n[3];
  for (int a = 0; a < 3; a++)
    {
      first[a] = lo[a] / CF_GL_COARSE;
      int last = (hi[a] - 1) / CF_GL_COARSE + 1;
      n[a] = (hi[a] == gl->dims[a] ? cf_gl_side (last, gl->side_most) : last) - first[a];
    }
  g_autofree float *mean = g_new (float, (gsize) n[0] * n[1] * n[2]);
  float *out = mean;
  for (int k = first[2]; k < first[2] + n[2]; k++)
    for (int j = first[1]; j < first[1] + n[1]; j++)
      for (int i = first[0]; i < first[0] + n[0]; i++)
        {
          const int at[3] = { i, j, k };
          int from[3], to[3], count = 0;
          float sum = 0;
          for (int a = 0; a < 3; a++)
            {
              from[a] = MIN (at[a], (gl->dims[a] - 1) / CF_GL_COARSE) * CF_GL_COARSE;
              to[a] = MIN (from[a] + CF_GL_COARSE, gl->dims[a]);
            }
          for (int z = from[2]; z < to[2]; z++)
            for (int y = from[1]; y < to[1]; y++)
              for (int x = from[0]; x < to[0]; x++, count++)
                {
                  float v = sample_at (gl, samples, x, y, z);
                  sum += gl->difference ? fabsf (v) : fmaxf (v, 0);
                }
          *out++ = sum / (float) count;
        }
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_COARSE);
  glBindTexture (GL_TEXTURE_3D, gl->coarse);
  glTexSubImage3D (GL_TEXTURE_3D, 0, first[0], first[1], first[2], n[0], n[1], n[2], GL_RED, GL_FLOAT, mean);
}

/* A cubic B-spline reads one sample more on each side; between its coefficients it stays within them. */
static void
brick_range (const CfGlField *gl, const float *samples, const int brick[3], float range[2])
{
  int from[3], to[3], margin = gl->filter == CF_FILTER_CUBIC;
  for (int a = 0; a < 3; a++)
    {
      from[a] = MAX (brick[a] * gl->brick - margin, 0);
      to[a] = MIN (brick[a] * gl->brick + gl->brick + margin, gl->dims[a] - 1);
    }
  range[0] = INFINITY;
  range[1] = -INFINITY;
  for (int z = from[2]; z <= to[2]; z++)
    for (int y = from[1]; y <= to[1]; y++)
      for (int x = from[0]; x <= to[0]; x++)
        {
          float v = sample_at (gl, samples, x, y, z);
          v = gl->difference ? fabsf (v) : v;
          range[0] = fminf (range[0], v);
          range[1] = fmaxf (range[1], v);
        }
}

static int
compare_floats (const void *a, const void *b)
{
  float x = *(const float *) a, y = *(const float *) b;
  return (x > y) - (x < y);
}

/* The brightest few bricks (metals, clashes) would leave the rest dark. */
static float
field_top (const CfGlField *gl)
{
  gsize n = (gsize) gl->n_bricks[0] * gl->n_bricks[1] * gl->n_bricks[2], used = 0;
  g_autofree float *largest = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    if (gl->range[2 * i + 1] > 1e-4f)
      largest[used++] = gl->range[2 * i + 1];
  if (used == 0)
    return 1;
  qsort (largest, used, sizeof (float), compare_floats);
  return largest[(gsize) (0.95 * (double) (used - 1))];
}

static void
ranges_upload (CfGlField *gl, const float *samples, const int lo[3], const int hi[3])
{
  int first[3], last[3];
  for (int a = 0; a < 3; a++)
    {
      /* The first sample of a brick is also the last of the one before. */
      first[a] = MAX (lo[a] - 1, 0) / gl->brick;
      last[a] = MIN ((hi[a] - 1) / gl->brick, gl->n_bricks[a] - 1);
      first[a] = MIN (first[a], last[a]);
    }
  for (int k = first[2]; k <= last[2]; k++)
    for (int j = first[1]; j <= last[1]; j++)
      for (int i = first[0]; i <= last[0]; i++)
        brick_range (gl, samples, (int[3]){ i, j, k }, gl->range + 2 * (((gsize) k * gl->n_bricks[1] + j) * gl->n_bricks[0] + i));
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_RANGES);
  glBindTexture (GL_TEXTURE_3D, gl->ranges);
  glTexSubImage3D (GL_TEXTURE_3D, 0, 0, 0, 0, gl->n_bricks[0], gl->n_bricks[1], gl->n_bricks[2], GL_RG, GL_FLOAT, gl->range);
  gl->top = field_top (gl);
  levels_forget (gl);
}

static gboolean
dirty_box (const CfGlField *gl, const CfSceneField *field, int lo[3], int hi[3])
{
  gboolean whole = field->serial != gl->serial + 1 || field->samples != gl->source;
  for (int a = 0; a < 3; a++)
    whole |= field->dirty_hi[a] <= field->dirty_lo[a] || field->dirty_lo[a] < 0 || field->dirty_hi[a] > field->grid.dims[a];
  for (int a = 0; a < 3; a++)
    {
      lo[a] = whole ? 0 : field->dirty_lo[a] / gl->stride;
      hi[a] = whole ? gl->dims[a] : MIN ((field->dirty_hi[a] - 1) / gl->stride + 1, gl->dims[a]);
    }
  return hi[0] > lo[0] && hi[1] > lo[1] && hi[2] > lo[2];
}

void
cf_gl_field_update (CfGlField *gl, const CfSceneField *field, CfFilter filter, gboolean difference)
{
  gboolean same = gl->samples && memcmp (gl->source_dims, field->grid.dims, sizeof gl->source_dims) == 0 && gl->filter == filter
                  && gl->difference == difference;
  if (same && field->serial == gl->serial && field->samples == gl->source)
    return;
  if (!same)
    {
      gl->filter = filter;
      gl->difference = difference;
      field_allocate (gl, field);
      gl->source = NULL;
      gl->fine_serial = gl->fine_wanted = 0;
    }
  int lo[3], hi[3];
  if (dirty_box (gl, field, lo, hi))
    {
      glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
      samples_upload (gl, field->samples, lo, hi);
      coarse_upload (gl, field->samples, lo, hi);
      ranges_upload (gl, field->samples, lo, hi);
      gl->fine_serial = gl->fine_wanted = 0;
    }
  gl->serial = field->serial;
  gl->source = field->samples;
}

/* -- the finer part -------------------------------------------------------------------------------------------------------------- */

static void
fine_upload (const float *samples, const int n[3], const int sides[3])
{
  g_autofree float *there = g_new (float, (gsize) sides[0] * sides[1]);
  for (int k = 0; k < sides[2]; k++)
    {
      for (int j = 0; j < sides[1]; j++)
        for (int i = 0; i < sides[0]; i++)
          {
            float v = samples[((gsize) MIN (k, n[2] - 1) * n[1] + MIN (j, n[1] - 1)) * n[0] + MIN (i, n[0] - 1)];
            there[(gsize) j * sides[0] + i] = isnan (v) ? CF_GL_EMPTY : v;
          }
      glTexSubImage3D (GL_TEXTURE_3D, 0, 0, 0, k, sides[0], sides[1], 1, GL_RED, GL_FLOAT, there);
    }
}

/* Each brick that the part reaches into also counts the part's samples there. */
static void
fine_ranges (CfGlField *gl, const float *samples, const int n[3], const CfFinePart *part)
{
  double edge = (double) gl->brick * gl->stride * part->factor; /* of a brick, in steps of the part */
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      for (int i = 0; i < n[0]; i++)
        {
          const int at[3] = { i, j, k };
          float v = samples[((gsize) k * n[1] + j) * n[0] + i];
          gsize brick = 0;
          for (int a = 2; a >= 0; a--)
            brick = brick * gl->n_bricks[a] + MIN ((int) ((at[a] + part->lo[a] * part->factor) / edge), gl->n_bricks[a] - 1);
          gl->range[2 * brick] = fminf (gl->range[2 * brick], v);
          gl->range[2 * brick + 1] = fmaxf (gl->range[2 * brick + 1], v);
        }
}

/* From the device that has them: into the texture there, or through the host. */
static gboolean
fine_take (CfGlField *gl, const CfSceneField *fine, const CfFinePart *part, gboolean full_floats)
{
  const gsize n = (gsize) gl->n_bricks[0] * gl->n_bricks[1] * gl->n_bricks[2];
  g_autofree float *ranges = g_new (float, 2 * n), *samples = NULL;
  CfFineTarget target = { .gl_texture = full_floats ? gl->fine : 0, .empty = CF_GL_EMPTY, .edge = gl->brick * gl->stride * part->factor, .ranges = ranges };
  memcpy (target.n, gl->n_bricks, sizeof target.n);
  for (int a = 0; a < 3; a++)
    target.first[a] = part->lo[a] * part->factor;
  if (!fine->give (fine->give_data, &target))
    return FALSE;
  if (target.in_gl)
    {
      for (gsize i = 0; i < n; i++)
        {
          gl->range[2 * i] = fminf (gl->range[2 * i], ranges[2 * i]);
          gl->range[2 * i + 1] = fmaxf (gl->range[2 * i + 1], ranges[2 * i + 1]);
        }
      return TRUE;
    }
  samples = g_try_new (float, (gsize) fine->grid.dims[0] * fine->grid.dims[1] * fine->grid.dims[2]);
  target.gl_texture = 0;
  target.samples = samples;
  if (samples == NULL || !fine->give (fine->give_data, &target))
    return FALSE;
  fine_upload (samples, fine->grid.dims, fine->grid.dims);
  fine_ranges (gl, samples, fine->grid.dims, part);
  return TRUE;
}

static gboolean
fine_fill (CfGlField *gl, const CfSceneField *fine, const CfFinePart *part)
{
  const int *n = fine->grid.dims;
  int sides[3];
  gboolean half_floats = (double) n[0] * n[1] * n[2] > FULL_FLOAT_LIMIT;
  texture_make (&gl->fine, CF_GL_UNIT_FINE, GL_LINEAR);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
  for (int a = 0; a < 3; a++) /* a device that fills them fills all of it */
    sides[a] = fine->samples != NULL ? cf_gl_side (n[a], gl->side_most) : n[a];
  glTexImage3D (GL_TEXTURE_3D, 0, half_floats ? GL_R16F : GL_R32F, sides[0], sides[1], sides[2], 0, GL_RED, GL_FLOAT, NULL);
  if (fine->samples == NULL && !fine_take (gl, fine, part, !half_floats))
    return FALSE;
  if (fine->samples != NULL)
    {
      fine_upload (fine->samples, n, sides);
      fine_ranges (gl, fine->samples, n, part);
    }
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_RANGES);
  glBindTexture (GL_TEXTURE_3D, gl->ranges);
  glTexSubImage3D (GL_TEXTURE_3D, 0, 0, 0, 0, gl->n_bricks[0], gl->n_bricks[1], gl->n_bricks[2], GL_RG, GL_FLOAT, gl->range);
  levels_forget (gl);
  return TRUE;
}

static gboolean
fine_fits (const CfGlField *gl, const CfSceneField *fine)
{
  GLint limit = 256;
  glGetIntegerv (GL_MAX_3D_TEXTURE_SIZE, &limit);
  return fine->serial != 0 && gl->filter == CF_FILTER_LINEAR && !gl->difference && fine->grid.dims[0] <= limit && fine->grid.dims[1] <= limit
         && fine->grid.dims[2] <= limit;
}

void
cf_gl_field_set_fine (CfGlField *gl, const CfSceneField *field, const CfSceneField *fine, const CfFinePart *part)
{
  guint64 wanted = fine_fits (gl, fine) ? fine->serial : 0;
  if (gl->fine_wanted == wanted)
    return;
  if (gl->fine_serial != 0)
    {
      const int lo[3] = { 0, 0, 0 };
      ranges_upload (gl, field->samples, lo, gl->dims);
    }
  gl->fine_wanted = wanted;
  gl->fine_serial = wanted != 0 && fine_fill (gl, fine, part) ? wanted : 0;
  if (gl->fine_serial == 0)
    {
      glDeleteTextures (1, &gl->fine);
      gl->fine = 0;
      return;
    }
  gl->fine_part = *part;
  memcpy (gl->fine_dims, fine->grid.dims, sizeof gl->fine_dims);
}

/* One axis of the distance: the least over a line of max (|offset|, value there). */
static void
line_distances (guint8 *line, gsize stride, int n, guint8 *near)
{
  for (int i = 0; i < n; i++)
    {
      int best = line[(gsize) i * stride];
      for (int off = 1; off < MIN (best, n); off++)
        {
          if (i - off >= 0)
            best = MIN (best, MAX (off, line[(gsize) (i - off) * stride]));
          if (i + off < n)
            best = MIN (best, MAX (off, line[(gsize) (i + off) * stride]));
        }
      near[i] = (guint8) best;
    }
  for (int i = 0; i < n; i++)
    line[(gsize) i * stride] = near[i];
}

void
cf_gl_brick_distances (const int n[3], const guint8 *occupied, guint8 *distance)
{
  gsize total = (gsize) n[0] * n[1] * n[2];
  for (gsize i = 0; i < total; i++)
    distance[i] = occupied[i] ? 0 : 255;
  gsize stride[3] = { 1, (gsize) n[0], (gsize) n[0] * n[1] };
  g_autofree guint8 *near = g_new (guint8, MAX (n[0], MAX (n[1], n[2])));
  for (int a = 0; a < 3; a++)
    {
      int b = (a + 1) % 3, c = (a + 2) % 3;
      for (int j = 0; j < n[b]; j++)
        for (int k = 0; k < n[c]; k++)
          line_distances (distance + (gsize) j * stride[b] + (gsize) k * stride[c], stride[a], n[a], near);
    }
}

static void
field_reach (CfGlField *gl, int which, const guint8 *there)
{
  int lo[3] = { G_MAXINT, G_MAXINT, G_MAXINT }, hi[3] = { -1, -1, -1 };
  const int *n = gl->n_bricks;
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      for (int i = 0; i < n[0]; i++, there++)
        if (*there)
          {
            const int at[3] = { i, j, k };
            for (int a = 0; a < 3; a++)
              {
                lo[a] = MIN (lo[a], at[a]);
                hi[a] = MAX (hi[a], at[a]);
              }
          }
  for (int a = 0; a < 3; a++)
    {
      gl->at[which].reach[0][a] = hi[a] < 0 ? 0 : lo[a] * gl->brick * gl->stride;
      gl->at[which].reach[1][a] = MIN (hi[a] < 0 ? G_MAXINT : (hi[a] + 1) * gl->brick * gl->stride, gl->source_dims[a] - 1);
    }
}

void
cf_gl_field_set_level (CfGlField *gl, int which, double level, CfGlOccupied occupied)
{
  if (gl->at[which].level == level && gl->at[which].occupied == (int) occupied + 1)
    return;
  gsize n = (gsize) gl->n_bricks[0] * gl->n_bricks[1] * gl->n_bricks[2];
  g_autofree guint8 *there = g_new (guint8, n);
  g_autofree guint8 *distance = g_new (guint8, n);
  for (gsize i = 0; i < n; i++)
    {
      const float *range = gl->range + 2 * i;
      there[i] = range[1] >= level && (occupied == CF_GL_OCCUPIED_ABOVE || range[0] < level);
    }
  field_reach (gl, which, there);
  cf_gl_brick_distances (gl->n_bricks, there, distance);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_BRICKS);
  glBindTexture (GL_TEXTURE_3D, gl->at[which].bricks);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 1);
  glTexSubImage3D (GL_TEXTURE_3D, 0, 0, 0, 0, gl->n_bricks[0], gl->n_bricks[1], gl->n_bricks[2], GL_RED_INTEGER, GL_UNSIGNED_BYTE, distance);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
  gl->at[which].level = level;
  gl->at[which].occupied = (int) occupied + 1;
}
