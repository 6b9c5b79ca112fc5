#include "cf-gl-instances.h"

#include <math.h>
#include <string.h>

void
cf_gl_instances_init (CfGlInstances *gl)
{
  memset (gl, 0, sizeof *gl);
  glGenVertexArrays (1, &gl->array);
  glGenBuffers (1, &gl->opaque_ones);
  glGenBuffers (1, &gl->others);
  glGenBuffers (CF_GL_WAYS, gl->stream);
}

void
cf_gl_instances_clear (CfGlInstances *gl)
{
  cf_clumps_clear (&gl->clumps);
  g_free (gl->order);
  glDeleteVertexArrays (1, &gl->array);
  glDeleteBuffers (1, &gl->opaque_ones);
  glDeleteBuffers (1, &gl->others);
  glDeleteBuffers (CF_GL_WAYS, gl->stream);
  memset (gl, 0, sizeof *gl);
}

gboolean
cf_gl_instances_are_stale (const CfGlInstances *gl, const GArray *source, guint64 serial)
{
  return gl->serial != serial || gl->source != source;
}

static void
bounds_add (CfGlInstances *gl, const float p[3], float radius)
{
  for (int a = 0; a < 3; a++)
    {
      gl->bounds[0][a] = fmin (gl->bounds[0][a], p[a] - radius);
      gl->bounds[1][a] = fmax (gl->bounds[1][a], p[a] + radius);
    }
}

static void
find_bounds (CfGlInstances *gl, const CfGlLayout *layout)
{
  float a[3], b[3], radius;
  for (int k = 0; k < 3; k++)
    {
      gl->bounds[0][k] = INFINITY;
      gl->bounds[1][k] = -INFINITY;
    }
  for (gsize c = 0; c < gl->clumps.n; c++)
    {
      bounds_add (gl, gl->clumps.clumps[c].lo, 0);
      bounds_add (gl, gl->clumps.clumps[c].hi, 0);
    }
  for (GLsizei i = gl->opaque; i < gl->n && layout->reach; i++)
    {
      layout->reach (gl->things + gl->order[i] * layout->stride, a, b, &radius);
      bounds_add (gl, a, radius);
      bounds_add (gl, b, radius);
    }
}

/* The opaque ones first. */
static void
put_apart (CfGlInstances *gl, const CfGlLayout *layout)
{
  gsize at = 0;
  g_free (gl->order);
  gl->order = g_new (guint32, MAX (gl->n, 1));
  for (int transparent = 0; transparent < 2 && at < (gsize)gl->n; transparent++)
    {
      for (GLsizei i = 0; i < gl->n; i++)
        {
          const guint8 *one = gl->things + i * layout->stride;
          gl->order[at] = i;
          at += (one[layout->alpha[0]] < 255 || one[layout->alpha[1]] < 255) == transparent;
          if (at == (gsize)gl->n)
            break;
        }
      gl->opaque = transparent ? gl->opaque : (GLsizei)at;
    }
}

void
cf_gl_instances_update (CfGlInstances *gl, const CfGlLayout *layout, const GArray *source, guint64 serial, const GArray *data)
{
  gl->things = (const guint8 *)data->data;
  if (!cf_gl_instances_are_stale (gl, source, serial))
    return;
  gl->n = (GLsizei)data->len;
  gl->opaque = 0;
  put_apart (gl, layout);
  cf_clumps_clear (&gl->clumps);
  if (layout->reach)
    cf_clumps_order (&gl->clumps, gl->opaque, layout->stride, gl->things, layout->reach, gl->order);
  find_bounds (gl, layout);
  gl->serial = serial;
  gl->source = source;
  gl->uploaded = gl->streamed = FALSE;
  memset (gl->part, 0, sizeof gl->part);
  gl->part[0] = gl->opaque;
}

static void
gather (const CfGlInstances *gl, const CfGlLayout *layout, gsize first, gsize n, guint8 *out)
{
  for (gsize i = 0; i < n; i++)
    memcpy (out + i * layout->stride, gl->things + gl->order[first + i] * layout->stride, layout->stride);
}

guint8 *
cf_gl_instances_gather (const CfGlInstances *gl, const CfGlLayout *layout)
{
  guint8 *all = g_malloc (MAX (1, gl->opaque * layout->stride));
  gather (gl, layout, 0, gl->opaque, all);
  return all;
}

static void
fill (GLuint buffer, const CfGlLayout *layout, gsize n, gconstpointer things, GLenum usage)
{
  glBindBuffer (GL_ARRAY_BUFFER, buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr)(n * layout->stride), n > 0 ? things : NULL, usage);
}

void
cf_gl_instances_upload (CfGlInstances *gl, const CfGlLayout *layout)
{
  if (gl->uploaded)
    return;
  g_autofree guint8 *all = g_malloc (MAX (1, gl->n * layout->stride));
  gather (gl, layout, 0, gl->n, all);
  fill (gl->opaque_ones, layout, gl->opaque, all, GL_DYNAMIC_DRAW);
  fill (gl->others, layout, gl->n - gl->opaque, all + gl->opaque * layout->stride, GL_DYNAMIC_DRAW);
  gl->uploaded = TRUE;
}

gsize
cf_gl_instances_in_view (const CfGlInstances *gl, const CfGlFrame *frame)
{
  gsize n = 0;
  for (gsize c = 0; c < gl->clumps.n; c++)
    if (!cf_clump_view (&gl->clumps.clumps[c], frame).away)
      n += gl->clumps.clumps[c].n;
  return n;
}

gsize
cf_gl_instances_choose (CfGlInstances *gl, const CfGlLayout *layout, const CfGlFrame *frame, double share, CfGlWayOf way,
                        gconstpointer data, guint8 **chosen)
{
  const CfClumps *clumps = &gl->clumps;
  g_autofree gint8 *ways = g_new (gint8, MAX (clumps->n, 1));
  g_autofree gsize *takes = g_new0 (gsize, MAX (clumps->n, 1));
  gsize total = 0, at = 0;
  *chosen = NULL;
  memset (gl->part, 0, sizeof gl->part);
  for (gsize c = 0; c < clumps->n; c++)
    {
      CfClumpView view = cf_clump_view (&clumps->clumps[c], frame);
      if (view.away)
        continue;
      ways[c] = (gint8)way (data, &clumps->clumps[c], &view);
      takes[c] = MIN (clumps->clumps[c].n, (gsize)ceil (clumps->clumps[c].n * share));
      gl->part[ways[c]] += (GLsizei)takes[c];
      total += takes[c];
    }
  gl->streamed = FALSE;
  for (int w = 0; w < CF_GL_WAYS; w++)
    if (gl->part[w] == gl->opaque)
      return total;
  *chosen = g_malloc (MAX (1, total * layout->stride));
  for (int w = 0; w < CF_GL_WAYS; w++)
    for (gsize c = 0; c < clumps->n; c++)
      if (takes[c] > 0 && ways[c] == w)
        {
          gather (gl, layout, clumps->clumps[c].first, takes[c], *chosen + at * layout->stride);
          at += takes[c];
        }
  return total;
}

void
cf_gl_instances_stream (CfGlInstances *gl, const CfGlLayout *layout, gconstpointer chosen)
{
  const guint8 *at = chosen;
  for (int w = 0; w < CF_GL_WAYS; w++)
    {
      fill (gl->stream[w], layout, gl->part[w], at, GL_STREAM_DRAW);
      at += gl->part[w] * layout->stride;
    }
  gl->streamed = TRUE;
}

static void
layout_set (const CfGlLayout *layout, gboolean instances)
{
  for (GLuint i = 0; i < G_N_ELEMENTS (layout->attribute) && layout->attribute[i].n > 0; i++)
    {
      GLenum type = layout->attribute[i].type;
      gconstpointer offset = GSIZE_TO_POINTER (layout->attribute[i].offset);
      glEnableVertexAttribArray (i);
      if (type == GL_UNSIGNED_INT)
        glVertexAttribIPointer (i, layout->attribute[i].n, type, (GLsizei)layout->stride, offset);
      else
        glVertexAttribPointer (i, layout->attribute[i].n, type, type == GL_UNSIGNED_BYTE, (GLsizei)layout->stride, offset);
      glVertexAttribDivisor (i, instances);
    }
}

gsize
cf_gl_instances_count (const CfGlInstances *gl, int way)
{
  return (gsize)(way < 0 ? gl->n - gl->opaque : gl->part[way]);
}

void
cf_gl_instances_draw (const CfGlInstances *gl, const CfGlLayout *layout, int way, int corners)
{
  GLsizei n = (GLsizei)cf_gl_instances_count (gl, way);
  if (n <= 0)
    return;
  glBindVertexArray (gl->array);
  glBindBuffer (GL_ARRAY_BUFFER, way < 0 ? gl->others : gl->streamed ? gl->stream[way] : gl->opaque_ones);
  layout_set (layout, corners > 1);
  if (corners > 1)
    glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, corners, n);
  else
    glDrawArrays (GL_POINTS, 0, n);
}
