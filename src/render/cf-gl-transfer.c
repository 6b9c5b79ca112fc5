#include "cf-gl-transfer.h"

#include <math.h>
#include <string.h>

#include "cf-gl-program.h"

/* As in shaders/field.frag. */
#define FIRST -0.125
#define CELLS_A_UNIT 1024
#define CELLS 1536
#define PARTS 8 /* of a cell, by the middle of each */

void
cf_gl_transfer_clear (CfGlTransfer *gl)
{
  glDeleteTextures (1, &gl->table);
  memset (gl, 0, sizeof *gl);
}

static float *
table_make (const CfTransfer *transfer)
{
  float *table = g_new0 (float, 4 * (CELLS + 1));
  double sum[4] = { 0 };
  for (int i = 0; i < CELLS; i++)
    {
      for (int part = 0; part < PARTS; part++)
        {
          float rgb[3], opacity;
          cf_transfer_at (transfer, FIRST + (i + (part + 0.5) / PARTS) / CELLS_A_UNIT, rgb, &opacity);
          double extinction = -log1p (-(double) opacity) / ((double) PARTS * CELLS_A_UNIT);
          for (int c = 0; c < 3; c++)
            sum[c] += rgb[c] * extinction;
          sum[3] += extinction;
        }
      for (int c = 0; c < 4; c++)
        table[4 * (i + 1) + c] = (float) sum[c];
    }
  return table;
}

void
cf_gl_transfer_update (CfGlTransfer *gl, const CfTransfer *transfer)
{
  gboolean fresh = gl->table == 0;
  if (fresh)
    glGenTextures (1, &gl->table);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_TRANSFER);
  glBindTexture (GL_TEXTURE_2D, gl->table);
  if (!fresh && cf_transfer_equal (&gl->of, transfer))
    return;
  g_autofree float *table = table_make (transfer);
  glPixelStorei (GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D (GL_TEXTURE_2D, 0, GL_RGBA32F, CELLS + 1, 1, 0, GL_RGBA, GL_FLOAT, table);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  gl->of = *transfer;
}
