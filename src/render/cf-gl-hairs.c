#include "cf-gl-hairs.h"

#include <string.h>

typedef struct
{
  float pos[3];
  guint8 rgba[4];
} End;

void
cf_gl_hairs_init (CfGlHairs *hairs)
{
  memset (hairs, 0, sizeof *hairs);
  glGenVertexArrays (1, &hairs->array);
  glGenBuffers (1, &hairs->buffer);
  glBindVertexArray (hairs->array);
  glBindBuffer (GL_ARRAY_BUFFER, hairs->buffer);
  glEnableVertexAttribArray (0);
  glVertexAttribPointer (0, 3, GL_FLOAT, GL_FALSE, sizeof (End), NULL);
  glEnableVertexAttribArray (1);
  glVertexAttribPointer (1, 4, GL_UNSIGNED_BYTE, GL_TRUE, sizeof (End), GSIZE_TO_POINTER (G_STRUCT_OFFSET (End, rgba)));
}

void
cf_gl_hairs_clear (CfGlHairs *hairs)
{
  glDeleteVertexArrays (1, &hairs->array);
  glDeleteBuffers (1, &hairs->buffer);
  memset (hairs, 0, sizeof *hairs);
}

void
cf_gl_hairs_take (CfGlHairs *hairs, const CfCylinder *cylinders, gsize n)
{
  hairs->n = (GLsizei) n;
  if (n == 0)
    return;
  g_autofree End *ends = g_new (End, 2 * n);
  for (gsize i = 0; i < n; i++)
    {
      memcpy (ends[2 * i].pos, cylinders[i].a, sizeof cylinders[i].a);
      memcpy (ends[2 * i + 1].pos, cylinders[i].b, sizeof cylinders[i].b);
      /* of a pixel or two in length only the first would show its colour */
      for (int c = 0; c < 4; c++)
        ends[2 * i].rgba[c] = ends[2 * i + 1].rgba[c] = (guint8) ((cylinders[i].rgba_a[c] + cylinders[i].rgba_b[c]) / 2);
    }
  glBindBuffer (GL_ARRAY_BUFFER, hairs->buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (2 * n * sizeof *ends), ends, GL_STREAM_DRAW);
}

void
cf_gl_hairs_draw (const CfGlHairs *hairs)
{
  glBindVertexArray (hairs->array);
  glDrawArrays (GL_LINES, 0, 2 * hairs->n);
}
