#include "cf-gl-molecules.h"

#include <string.h>

typedef struct
{
  float a[3], b[3];
  guint8 rgba[4];
} Edge;

static void
instances_init (CfGlInstances *gl)
{
  glGenVertexArrays (1, &gl->array);
  glGenBuffers (1, &gl->buffer);
  glBindVertexArray (gl->array);
  glBindBuffer (GL_ARRAY_BUFFER, gl->buffer);
}

static void
attribute (GLuint index, int n, GLenum type, gsize stride, gsize offset)
{
  glEnableVertexAttribArray (index);
  glVertexAttribPointer (index, n, type, type == GL_UNSIGNED_BYTE, (GLsizei) stride, GSIZE_TO_POINTER (offset));
  glVertexAttribDivisor (index, 1);
}

void
cf_gl_molecules_init (CfGlMolecules *gl)
{
  memset (gl, 0, sizeof *gl);
  instances_init (&gl->spheres);
  attribute (0, 4, GL_FLOAT, sizeof (CfSphere), G_STRUCT_OFFSET (CfSphere, pos));
  attribute (1, 4, GL_UNSIGNED_BYTE, sizeof (CfSphere), G_STRUCT_OFFSET (CfSphere, rgba));
  glEnableVertexAttribArray (2);
  glVertexAttribIPointer (2, 1, GL_UNSIGNED_INT, sizeof (CfSphere), GSIZE_TO_POINTER (G_STRUCT_OFFSET (CfSphere, pick)));
  glVertexAttribDivisor (2, 1);

  instances_init (&gl->cylinders);
  attribute (0, 3, GL_FLOAT, sizeof (CfCylinder), G_STRUCT_OFFSET (CfCylinder, a));
  attribute (1, 4, GL_FLOAT, sizeof (CfCylinder), G_STRUCT_OFFSET (CfCylinder, b)); /* and the radius behind it */
  attribute (2, 4, GL_UNSIGNED_BYTE, sizeof (CfCylinder), G_STRUCT_OFFSET (CfCylinder, rgba_a));
  attribute (3, 4, GL_UNSIGNED_BYTE, sizeof (CfCylinder), G_STRUCT_OFFSET (CfCylinder, rgba_b));

  instances_init (&gl->edges);
  attribute (0, 3, GL_FLOAT, sizeof (Edge), G_STRUCT_OFFSET (Edge, a));
  attribute (1, 3, GL_FLOAT, sizeof (Edge), G_STRUCT_OFFSET (Edge, b));
  attribute (2, 4, GL_UNSIGNED_BYTE, sizeof (Edge), G_STRUCT_OFFSET (Edge, rgba));
  glBindVertexArray (0);
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

static void
instances_upload (CfGlInstances *gl, const GArray *source, guint64 serial, gconstpointer data, gsize size, guint n)
{
  glBindBuffer (GL_ARRAY_BUFFER, gl->buffer);
  glBufferData (GL_ARRAY_BUFFER, (GLsizeiptr) (size * n), n ? data : NULL, GL_DYNAMIC_DRAW);
  gl->n = (GLsizei) n;
  gl->serial = serial;
  gl->source = source;
}

static void
edges_upload (CfGlInstances *gl, const GArray *boxes, guint64 serial)
{
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
  instances_upload (gl, boxes, serial, edges->data, sizeof (Edge), edges->len);
}

void
cf_gl_molecules_update (CfGlMolecules *gl, const CfScene *scene)
{
  if (instances_stale (&gl->spheres, scene->spheres, scene->molecules_serial))
    instances_upload (&gl->spheres, scene->spheres, scene->molecules_serial, scene->spheres->data, sizeof (CfSphere), scene->spheres->len);
  if (instances_stale (&gl->cylinders, scene->cylinders, scene->molecules_serial))
    instances_upload (&gl->cylinders, scene->cylinders, scene->molecules_serial, scene->cylinders->data, sizeof (CfCylinder),
                      scene->cylinders->len);
  if (instances_stale (&gl->edges, scene->boxes, scene->boxes_serial))
    edges_upload (&gl->edges, scene->boxes, scene->boxes_serial);
}

gboolean
cf_gl_molecules_draw (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  GLuint sphere = cf_gl_programs_get (programs, "sphere.vert", "sphere.frag", NULL, error);
  GLuint cylinder = sphere ? cf_gl_programs_get (programs, "cylinder.vert", "cylinder.frag", NULL, error) : 0;
  GLuint line = cylinder ? cf_gl_programs_get (programs, "line.vert", "line.frag", NULL, error) : 0;
  if (!line)
    return FALSE;
  if (gl->spheres.n)
    {
      glUseProgram (sphere);
      glBindVertexArray (gl->spheres.array);
      glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 4, gl->spheres.n);
    }
  if (gl->cylinders.n)
    {
      /* The far sides of the boxes: one fragment a pixel, and the eye may stand inside. */
      glUseProgram (cylinder);
      glBindVertexArray (gl->cylinders.array);
      glEnable (GL_CULL_FACE);
      glCullFace (GL_FRONT);
      glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 14, gl->cylinders.n);
      glDisable (GL_CULL_FACE);
    }
  if (gl->edges.n)
    {
      glUseProgram (line);
      glBindVertexArray (gl->edges.array);
      glDrawArraysInstanced (GL_TRIANGLE_STRIP, 0, 4, gl->edges.n);
    }
  return TRUE;
}
