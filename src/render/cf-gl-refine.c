#include "cf-gl-refine.h"

#include <math.h>
#include <string.h>

#include "cf-gl-program.h"
#include "cf-outlines.h"

#define BAND_PIXELS 1048576 /* pixels at a time, so that memory does not grow with the picture */
#define OVERLAP 16          /* rows that two bands share: what changes outlines in one of them is seen from the other */
#define ASKED 131072        /* places at a time, so that who waits hears of it */
#define QUERIES 3           /* two steps of Newton's, and the normal where they end */
#define MARGIN 4            /* samples: so far before a surface of samples the field's own is looked for */

typedef struct
{
  int pixel; /* in the band */
  double origin[3], direction[3];
  double t0, t; /* A along the ray: baked, refined */
} Hit;

typedef struct
{
  int first_row, rows;
  float *hits, *normals, *depth; /* depth: of what is solid, then of the hits */
  GArray *found; /* Hit */
  double *xyz;
  float *value, *gradient;
} Band;

static void
band_read (Band *band, const CfGlHits *gl, const CfCamera *camera)
{
  glBindFramebuffer (GL_READ_FRAMEBUFFER, gl->rays);
  glReadBuffer (GL_COLOR_ATTACHMENT0);
  glReadPixels (0, band->first_row, gl->width, band->rows, GL_RGBA, GL_FLOAT, band->hits);
  memset (band->normals, 0, (gsize) gl->width * band->rows * 4 * sizeof (float));
  g_array_set_size (band->found, 0);
  for (int i = 0; i < gl->width * band->rows; i++)
    {
      const float *hit = band->hits + 4 * (gsize) i;
      if (hit[0] < -1e8f || hit[1] > 0.5f)
        continue;
      Hit h = { .pixel = i, .t0 = hit[0], .t = hit[0] };
      double y = gl->height - (band->first_row + i / gl->width) - 0.5;
      cf_camera_ray (camera, i % gl->width + 0.5, y, gl->width, gl->height, h.origin, h.direction);
      g_array_append_val (band->found, h);
    }
}

static gboolean
band_query (Band *band, const CfRenderQuality *quality, GError **error)
{
  const Hit *hits = (const Hit *) band->found->data;
  for (guint i = 0; i < band->found->len; i++)
    for (int a = 0; a < 3; a++)
      band->xyz[3 * i + a] = hits[i].origin[a] + hits[i].t * hits[i].direction[a];
  for (guint first = 0; first < band->found->len; first += ASKED)
    if (!quality->query (quality->query_data, MIN (ASKED, band->found->len - first), band->xyz + 3 * (gsize) first, band->value + first,
                         band->gradient + 3 * (gsize) first, error))
      return FALSE;
  return TRUE;
}

static void
band_step (Band *band, double level, double reach)
{
  Hit *hits = (Hit *) band->found->data;
  for (guint i = 0; i < band->found->len; i++)
    {
      const float *g = band->gradient + 3 * i;
      double slope = g[0] * hits[i].direction[0] + g[1] * hits[i].direction[1] + g[2] * hits[i].direction[2];
      double t = hits[i].t + (level - band->value[i]) / slope;
      /* Where the field hardly changes along the ray, or falls, a step leads astray. */
      if (slope > 0 && isfinite (t))
        hits[i].t = CLAMP (t, hits[i].t0 - reach, hits[i].t0 + reach);
    }
}

static void
band_finish (Band *band, const CfGlFrame *frame, double level, double reach)
{
  const Hit *hits = (const Hit *) band->found->data;
  for (guint i = 0; i < band->found->len; i++)
    {
      const float *g = band->gradient + 3 * i;
      double size = sqrt ((double) g[0] * g[0] + (double) g[1] * g[1] + (double) g[2] * g[2]);
      /* Arrived: what is left is a small part of a voxel along the gradient. */
      if (!(size > 0) || !(fabs (band->value[i] - level) < 0.2 * reach * size))
        continue;
      band->hits[4 * (gsize) hits[i].pixel] = (float) hits[i].t;
      float *normal = band->normals + 4 * (gsize) hits[i].pixel;
      for (int r = 0; r < 3; r++)
        normal[r] = (float) (-(frame->view[r] * g[0] + frame->view[4 + r] * g[1] + frame->view[8 + r] * g[2]) / size);
      normal[3] = 1;
    }
}

/* The depth of a hit, as shaders/frame.glsl has it. */
static void
band_depth (Band *band, const CfGlHits *gl, const CfGlFrame *frame)
{
  const float *p = frame->projection;
  for (int i = 0; i < gl->width * band->rows; i++)
    {
      double t = band->hits[4 * (gsize) i];
      double x = ((i % gl->width + 0.5) / gl->width * 2 - 1) * frame->ray[0];
      double y = ((band->first_row + i / gl->width + 0.5) / gl->height * 2 - 1) * frame->ray[1];
      double z = frame->ray[2] > 0.5f ? -t : -t / sqrt (x * x + y * y + 1);
      double depth = 0.5 * (p[10] * z + p[14]) / (p[11] * z + p[15]) + 0.5;
      band->depth[i] = t < -1e8 ? 1 : (float) CLAMP (depth, 0, 1);
    }
}

/* Its rows from the skip-th on. */
static void
band_write (const Band *band, const CfGlHits *gl, int skip)
{
  int row = band->first_row + skip, rows = band->rows - skip;
  gsize first = (gsize) skip * gl->width;
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
  glBindTexture (GL_TEXTURE_2D, gl->normals);
  glTexSubImage2D (GL_TEXTURE_2D, 0, 0, row, gl->width, rows, GL_RGBA, GL_FLOAT, band->normals + 4 * first);
  glBindTexture (GL_TEXTURE_2D, gl->depth);
  glTexSubImage2D (GL_TEXTURE_2D, 0, 0, row, gl->width, rows, GL_DEPTH_COMPONENT, GL_FLOAT, band->depth + first);
  glBindTexture (GL_TEXTURE_2D, gl->hits);
  glTexSubImage2D (GL_TEXTURE_2D, 0, 0, row, gl->width, rows, GL_RGBA, GL_FLOAT, band->hits + 4 * first);
  glBindTexture (GL_TEXTURE_2D, gl->normals);
}

/* What of the picture the networks are to have found otherwise than the samples. */
static gboolean
band_mend (Band *band, const CfGlHits *gl, const CfGlFrame *frame, double margin, const CfRenderQuality *quality, GError **error)
{
  const CfOutlines outlines = { .view = gl->view, .space = gl->space, .frame = frame, .first_row = band->first_row, .rows = band->rows, .x0 = gl->x0, .x1 = gl->x1,
                                .hits = band->hits, .normals = band->normals, .solid = band->depth, .margin = margin };
  glBindFramebuffer (GL_READ_FRAMEBUFFER, gl->solid);
  glReadPixels (0, band->first_row, gl->width, band->rows, GL_DEPTH_COMPONENT, GL_FLOAT, band->depth);
  return cf_outlines_mend (&outlines, quality->query, quality->query_data, error);
}

static double
longest_edge (const CfGrid *grid)
{
  double longest = 0;
  for (int a = 0; a < 3; a++)
    longest = fmax (longest, sqrt (grid->step[a][0] * grid->step[a][0] + grid->step[a][1] * grid->step[a][1] + grid->step[a][2] * grid->step[a][2]));
  return longest;
}

gboolean
cf_gl_refine (const CfGlHits *gl, const CfScene *scene, const CfCamera *camera, const CfGlFrame *frame, const CfRenderQuality *quality,
              GError **error)
{
  int rows = CLAMP (BAND_PIXELS / gl->width, 3 * OVERLAP, MAX (gl->height, 3 * OVERLAP));
  gsize n = (gsize) rows * gl->width;
  g_autofree float *hits = g_new (float, 4 * n), *normals = g_new (float, 4 * n), *depth = g_new (float, n);
  g_autofree double *xyz = g_new (double, 3 * n);
  g_autofree float *value = g_new (float, n), *gradient = g_new (float, 3 * n);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Hit));
  double reach = longest_edge (&scene->field.grid);
  glPixelStorei (GL_PACK_ALIGNMENT, 4);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
  glBindBuffer (GL_PIXEL_PACK_BUFFER, 0);
  for (int row = 0; row == 0 || row + OVERLAP < gl->height; row += rows - OVERLAP)
    {
      Band band = { row, MIN (rows, gl->height - row), hits, normals, depth, found, xyz, value, gradient };
      band_read (&band, gl, camera);
      for (int i = 0; i < QUERIES; i++)
        {
          if (!band_query (&band, quality, error))
            return FALSE;
          if (i < QUERIES - 1)
            band_step (&band, scene->level, reach);
        }
      band_finish (&band, frame, scene->level, reach);
      if (!band_mend (&band, gl, frame, MARGIN * reach, quality, error))
        return FALSE;
      band_depth (&band, gl, frame);
      band_write (&band, gl, row == 0 ? 0 : OVERLAP / 2);
    }
  return TRUE;
}
