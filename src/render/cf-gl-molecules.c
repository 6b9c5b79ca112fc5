#include "cf-gl-molecules.h"

#include <string.h>

typedef struct
{
  float a[3], b[3];
  guint8 rgba[4];
} Edge;

typedef struct
{
  struct
  {
    int n; /* 0: no more */
    GLenum type;
    gsize offset;
  } attribute[4];
  gsize stride;
} Layout;

#define AT(type, member) G_STRUCT_OFFSET (type, member)
static const Layout sphere_layout
    = { { { 4, GL_FLOAT, AT (CfSphere, pos) }, { 4, GL_UNSIGNED_BYTE, AT (CfSphere, rgba) }, { 1, GL_UNSIGNED_INT, AT (CfSphere, pick) } },
        sizeof (CfSphere) };
/* b and the radius behind it are one attribute. */
static const Layout cylinder_layout = { { { 3, GL_FLOAT, AT (CfCylinder, a) },
                                          { 4, GL_FLOAT, AT (CfCylinder, b) },
                                          { 4, GL_UNSIGNED_BYTE, AT (CfCylinder, rgba_a) },
                                          { 4, GL_UNSIGNED_BYTE, AT (CfCylinder, rgba_b) } },
                                        sizeof (CfCylinder) };
static const Layout edge_layout
    = { { { 3, GL_FLOAT, AT (Edge, a) }, { 3, GL_FLOAT, AT (Edge, b) }, { 4, GL_UNSIGNED_BYTE, AT (Edge, rgba) } }, sizeof (Edge) };
#undef AT

static void
layout_set (const Layout *layout, GLsizei first)
{
  for (GLuint i = 0; i < G_N_ELEMENTS (layout->attribute) && layout->attribute[i].n > 0; i++)
    {
      GLenum type = layout->attribute[i].type;
      gconstpointer offset = GSIZE_TO_POINTER (layout->attribute[i].offset + (gsize) first * layout->stride);
      glEnableVertexAttribArray (i);
      if (type == GL_UNSIGNED_INT)
        glVertexAttribIPointer (i, layout->attribute[i].n, type, (GLsizei) layout->stride, offset);
      else
        glVertexAttribPointer (i, layout->attribute[i].n, type, type == GL_UNSIGNED_BYTE, (GLsizei) layout->stride, offset);
      glVertexAttribDivisor (i, 1);
    }
}

void
cf_gl_molecules_init (CfGlMolecules *gl)
{
  memset (gl, 0, sizeof *gl);
  CfGlInstances *all[3] = { &gl->spheres, &gl->cylinders, &gl->edges };
  for (int i = 0; i < 3; i++)
    {
      glGenVertexArrays (1, &all[i]->array);
      glGenBuffers (1, &all[i]->buffer);
    }
}

void
cf_gl_molecules_clear (CfGlMolecules *gl)
{
  CfGlInstances *all[3] = { &gl->spheres, &gl->cylinders, &gl->edges };
  for (int i = 0; i < 3; i++)
    {
      glDeleteVertexArrays (1, &all[i]->array);
      glDeleteBuffers (1, &all[i]->buffer);
    }
  memset (gl, 0, sizeof *gl);
}

static gboolean
instances_stale (const CfGlInstances *gl, const GArray *array, guint64 serial)
{
  return gl->serial != serial || gl->source != array;
}

/* The opaque ones first. alpha: where in an instance its alphas are, the second 0 where there is one. */
static void
instances_upload (CfGlInstances *gl, const GArray *source, guint64 serial, const GArray *data, const gsize alpha[2])
{
  gsize size = g_array_get_element_size ((GArray *) data);
  g_autofree guint8 *sorted = g_malloc (MAX (1, size * data->len));
  gsize at = 0;
  for (int transparent = 0; transparent < 2; transparent++)
    {
      for (guint i = 0; i < data->len; i++)
        {
          const guint8 *one = (const guint8 *) data->data + i * size;
          if ((one[alpha[0]] < 255 || one[alpha[1]] < 255) == transparent)
            memcpy (sorted + size * at++, one, size);
        }
      if (!transparent)
        gl->opaque = (GLsizei) at;
    }
  glBindBuffer (GL_ARRAY_BUFFER, gl->buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (size * data->len), data->len ? sorted : NULL, GL_DYNAMIC_DRAW);
  gl->n = (GLsizei) data->len;
  gl->serial = serial;
  gl->source = source;
}

static void
edges_upload (CfGlInstances *gl, const GArray *boxes, guint64 serial)
{
  static const gsize alpha[2] = { G_STRUCT_OFFSET (Edge, rgba) + 3, G_STRUCT_OFFSET (Edge, rgba) + 3 };
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  for (guint i = 0; i < boxes->len; i++)
    {
      const CfBox *box = &g_array_index (boxes, CfBox, i);
      for (int corner = 0; corner < 8; corner++)
        for (int a = 0; a < 3; a++)
          if (!(corner >> a & 1))
            {
              Edge edge;
              memcpy (edge.a, box->corner[corner], sizeof edge.a);
              memcpy (edge.b, box->corner[corner | 1 << a], sizeof edge.b);
              memcpy (edge.rgba, box->rgba, sizeof edge.rgba);
              g_array_append_val (edges, edge);
            }
    }
  instances_upload (gl, boxes, serial, edges, alpha);
}

void
cf_gl_molecules_update (CfGlMolecules *gl, const CfScene *scene)
{
  static const gsize sphere_alpha[2] = { G_STRUCT_OFFSET (CfSphere, rgba) + 3, G_STRUCT_OFFSET (CfSphere, rgba) + 3 };
  static const gsize cylinder_alpha[2] = { G_STRUCT_OFFSET (CfCylinder, rgba_a) + 3, G_STRUCT_OFFSET (CfCylinder, rgba_b) + 3 };
  if (instances_stale (&gl->spheres, scene->spheres, scene->molecules_serial))
    instances_upload (&gl->spheres, scene->spheres, scene->molecules_serial, scene->spheres, sphere_alpha);
  if (instances_stale (&gl->cylinders, scene->cylinders, scene->molecules_serial))
    instances_upload (&gl->cylinders, scene->cylinders, scene->molecules_serial, scene->cylinders, cylinder_alpha);
  if (instances_stale (&gl->edges, scene->boxes, scene->boxes_serial))
    edges_upload (&gl->edges, scene->boxes, scene->boxes_serial);
}

/* GL 3.3 has no first instance: the attributes' pointers are moved instead. */
static void
draw_part (const CfGlInstances *gl, const Layout *layout, int corners, gboolean transparent)
{
  GLsizei first = transparent ? gl->opaque : 0, n = transparent ? gl->n - gl->opaque : gl->opaque;
  if (n <= 0)
    return;
  glBindVertexArray (gl->array);
  glBindBuffer (GL_ARRAY_BUFFER, gl->buffer);
  layout_set (layout, first);
  glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, corners, n);
}

static gboolean
draw_all (const CfGlMolecules *gl, CfGlPrograms *programs, gboolean transparent, GError **error)
{
  const char *defines = transparent ? "TRANSPARENT" : NULL;
  GLuint sphere = cf_gl_programs_get (programs, "sphere.vert", "sphere.frag", defines, error);
  GLuint cylinder = sphere ? cf_gl_programs_get (programs, "cylinder.vert", "cylinder.frag", defines, error) : 0;
  GLuint line = cylinder ? cf_gl_programs_get (programs, "line.vert", "line.frag", defines, error) : 0;
  if (!line)
    return FALSE;
  glUseProgram (sphere);
  draw_part (&gl->spheres, &sphere_layout, 4, transparent);
  /* The far sides of the boxes: one fragment a pixel, and the eye may stand inside. */
  glUseProgram (cylinder);
  glEnable (GL_CULL_FACE);
  glCullFace (GL_FRONT);
  draw_part (&gl->cylinders, &cylinder_layout, 14, transparent);
  glDisable (GL_CULL_FACE);
  glUseProgram (line);
  draw_part (&gl->edges, &edge_layout, 4, transparent);
  return TRUE;
}

gboolean
cf_gl_molecules_draw (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  return draw_all (gl, programs, FALSE, error);
}

gboolean
cf_gl_molecules_draw_transparent (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  if (gl->spheres.n == gl->spheres.opaque && gl->cylinders.n == gl->cylinders.opaque && gl->edges.n == gl->edges.opaque)
    return TRUE;
  glDepthFunc (GL_LESS);
  glColorMask (GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  if (!draw_all (gl, programs, TRUE, error))
    return FALSE;
  glColorMask (GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthFunc (GL_LEQUAL);
  glEnablei (GL_BLEND, 0);
  glBlendFuncSeparate (GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
  gboolean ok = draw_all (gl, programs, TRUE, error);
  glDisablei (GL_BLEND, 0);
  glDepthFunc (GL_LESS);
  return ok;
}
