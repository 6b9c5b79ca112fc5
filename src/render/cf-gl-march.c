#include "cf-gl-march.h"

#include <math.h>
#include <string.h>

#include "cf-gl-program.h"

#define BAND_PIXELS (1 << 20) /* that are asked for at a time, and may come through the host: 32 MiB */

void
cf_gl_march_view (const CfGlFrame *frame, const CfCamera *camera, double level, CfMarchView *out)
{
  double along = 0;
  *out = (CfMarchView){ .width = (int) lround (frame->size[0]), .height = (int) lround (frame->size[1]), .half = { frame->ray[0], frame->ray[1] },
                        .parallel = camera->orthographic, .level = level, .step = frame->march[0], .closer = frame->more[0] };
  for (int r = 0; r < 3; r++)
    for (int a = 0; a < 3; a++)
      out->axes[r][a] = frame->view[a * 4 + r];
  for (int a = 0; a < 3; a++)
    {
      out->eye[a] = camera->centre[a] + camera->distance * out->axes[2][a];
      for (int r = 0; r < 3; r++)
        out->plane[a] += out->axes[r][a] * frame->plane[r];
      along += out->plane[a] * out->eye[a];
    }
  out->plane[3] = frame->plane[3] + along;
  out->near = fmax (frame->range[0], frame->range[2]);
  out->far = fmin (frame->range[1], frame->range[3]);
}

void
cf_gl_march_space (const CfGlField *gl, const CfGrid *grid, double level, CfMarchSpace *out, guint8 **empty)
{
  gsize n = (gsize) gl->n_bricks[0] * gl->n_bricks[1] * gl->n_bricks[2];
  g_autofree guint8 *there = g_new (guint8, n);
  *out = (CfMarchSpace){ .brick = gl->brick };
  memcpy (out->dims, gl->dims, sizeof out->dims);
  memcpy (out->n, gl->n_bricks, sizeof out->n);
  memcpy (out->origin, grid->origin, sizeof out->origin);
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      out->inverse[a][b] = grid->inverse[a][b] / gl->stride;
  for (gsize i = 0; i < n; i++)
    there[i] = cf_march_may_reach (gl->range[2 * i], gl->range[2 * i + 1], level);
  *empty = g_new (guint8, n);
  cf_gl_brick_distances (gl->n_bricks, there, *empty);
  out->empty = *empty;
}

static void
texture_rows (GLuint texture, int width, int first, int rows, const float *rgba)
{
  glBindTexture (GL_TEXTURE_2D, texture);
  glTexSubImage2D (GL_TEXTURE_2D, 0, 0, first, width, rows, GL_RGBA, GL_FLOAT, rgba);
}

gboolean
cf_gl_march (GLuint hits, GLuint normals, const CfMarchView *view, const CfMarchSpace *space, int first, int rows,
             const CfRenderQuality *quality, GError **error)
{
  int band = CLAMP (BAND_PIXELS / view->width, 1, MAX (rows, 1));
  g_autofree float *host = g_new (float, (gsize) 8 * band * view->width);
  CfMarchTarget target = { .gl_hits = hits, .gl_normals = normals };
  glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
  for (int row = first; row < first + rows; row += target.rows)
    {
      target.first_row = row;
      target.rows = MIN (band, first + rows - row);
      target.hits = host;
      target.normals = host + (gsize) 4 * band * view->width;
      if (!quality->march (quality->march_data, view, space, &target, error))
        return FALSE;
      if (target.in_gl)
        continue;
      texture_rows (hits, view->width, row, target.rows, target.hits);
      texture_rows (normals, view->width, row, target.rows, target.normals);
    }
  return TRUE;
}
