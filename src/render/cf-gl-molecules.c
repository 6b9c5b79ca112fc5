#include "cf-gl-molecules.h"

#include <math.h>
#include <string.h>

#include "cf-hidden.h"

#define MANY 4000        /* spheres: from here on it pays to draw points, and to look for those that are hidden */
#define HIDES 1.0f       /* pixels: the radius from which on a sphere may hide others */
#define POINT_MOST 16.0f /* pixels: the radius up to which a sphere is a point, */
#define POINT_ROOM 2.6f  /* whose side may be so many radii, seen aslant */
#define DOT_LEAST 0.3f   /* pixels: in a frame of reduced detail one of many spheres of a radius from here */
#define DOT_MOST 1.5f    /* to here is a dot of one colour */
#define THIN 0.75f       /* pixels: the radius below which a cylinder is a strip of one colour across */
#define HAIR 0.5f        /* pixels: a thin one of many that is widened to this radius may as well be a line of one pixel, in a frame of reduced detail */
#define BOX_CORNERS 14
#define CLOSE 5.0f       /* radii: a cylinder that comes so near to the eye is drawn as its box */

/* The ways of spheres, and of cylinders. */
enum
{
  POINTS,
  SQUARES,
  DOTS
};
enum
{
  STRIPS,
  THINS,
  BOXES,
  HAIRS
};

typedef struct
{
  float a[3], b[3];
  guint8 rgba[4];
} Edge;

static void
sphere_reach (gconstpointer thing, float a[3], float b[3], float *radius)
{
  const CfSphere *sphere = thing;
  memcpy (a, sphere->pos, sizeof sphere->pos);
  memcpy (b, sphere->pos, sizeof sphere->pos);
  *radius = sphere->radius;
}

static void
cylinder_reach (gconstpointer thing, float a[3], float b[3], float *radius)
{
  const CfCylinder *cylinder = thing;
  memcpy (a, cylinder->a, sizeof cylinder->a);
  memcpy (b, cylinder->b, sizeof cylinder->b);
  *radius = cylinder->radius;
}

#define AT(type, member) G_STRUCT_OFFSET (type, member)
static const CfGlLayout sphere_layout
    = { { { 4, GL_FLOAT, AT (CfSphere, pos) }, { 4, GL_UNSIGNED_BYTE, AT (CfSphere, rgba) }, { 1, GL_UNSIGNED_INT, AT (CfSphere, pick) } },
        sizeof (CfSphere),
        { AT (CfSphere, rgba) + 3, AT (CfSphere, rgba) + 3 },
        sphere_reach };
/* b and the radius behind it are one attribute. */
static const CfGlLayout cylinder_layout = { { { 3, GL_FLOAT, AT (CfCylinder, a) },
                                              { 4, GL_FLOAT, AT (CfCylinder, b) },
                                              { 4, GL_UNSIGNED_BYTE, AT (CfCylinder, rgba_a) },
                                              { 4, GL_UNSIGNED_BYTE, AT (CfCylinder, rgba_b) } },
                                            sizeof (CfCylinder),
                                            { AT (CfCylinder, rgba_a) + 3, AT (CfCylinder, rgba_b) + 3 },
                                            cylinder_reach };
static const CfGlLayout edge_layout
    = { { { 3, GL_FLOAT, AT (Edge, a) }, { 3, GL_FLOAT, AT (Edge, b) }, { 4, GL_UNSIGNED_BYTE, AT (Edge, rgba) } },
        sizeof (Edge),
        { AT (Edge, rgba) + 3, AT (Edge, rgba) + 3 },
        NULL };
#undef AT

void
cf_gl_molecules_init (CfGlMolecules *gl)
{
  GLfloat sizes[2] = { 1, 1 };
  memset (gl, 0, sizeof *gl);
  glGetFloatv (GL_POINT_SIZE_RANGE, sizes);
  gl->point_max = sizes[1];
  cf_gl_instances_init (&gl->spheres);
  cf_gl_instances_init (&gl->cylinders);
  cf_gl_instances_init (&gl->edges);
  cf_gl_hairs_init (&gl->hairs);
}

void
cf_gl_molecules_clear (CfGlMolecules *gl)
{
  cf_gl_instances_clear (&gl->spheres);
  cf_gl_instances_clear (&gl->cylinders);
  cf_gl_instances_clear (&gl->edges);
  cf_gl_hairs_clear (&gl->hairs);
}

static void
update_edges (CfGlInstances *gl, const GArray *boxes, guint64 serial)
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
  cf_gl_instances_update (gl, &edge_layout, boxes, serial, edges);
  cf_gl_instances_upload (gl, &edge_layout);
}

void
cf_gl_molecules_update (CfGlMolecules *gl, const CfScene *scene)
{
  cf_gl_instances_update (&gl->spheres, &sphere_layout, scene->spheres, scene->molecules_serial, scene->spheres);
  cf_gl_instances_update (&gl->cylinders, &cylinder_layout, scene->cylinders, scene->molecules_serial, scene->cylinders);
  gl->there = CLAMP (scene->edge_share, 1e-6, 1);
  if (cf_gl_instances_are_stale (&gl->edges, scene->boxes, scene->boxes_serial))
    update_edges (&gl->edges, scene->boxes, scene->boxes_serial);
  for (int a = 0; a < 3; a++)
    {
      gl->bounds[0][a] = fmin (gl->spheres.bounds[0][a], gl->cylinders.bounds[0][a]);
      gl->bounds[1][a] = fmax (gl->spheres.bounds[1][a], gl->cylinders.bounds[1][a]);
    }
}

/* -- what a frame draws ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  float point_max;
  gboolean cut, orthographic;
  gboolean many, crowded; /* spheres; cylinders */
  gboolean reduced;
  double wider;
} Ways;

/* A point whose middle lies beside the picture is not drawn at all. Few spheres are squares: what points save is little then, and Mesa's software compiles
 * a program for points anew in each process. */
static int
way_of_spheres (gconstpointer data, const CfClump *clump, const CfClumpView *view)
{
  const Ways *ways = data;
  if (ways->many && ways->reduced && !ways->cut && view->within && view->radius > DOT_LEAST && view->radius < DOT_MOST)
    return DOTS;
  return ways->many && view->within && view->radius <= POINT_MOST && POINT_ROOM * view->radius + 2 <= ways->point_max ? POINTS : SQUARES;
}

static int
way_of_cylinders (gconstpointer data, const CfClump *clump, const CfClumpView *view)
{
  const Ways *ways = data;
  if (!ways->orthographic && view->nearest < CLOSE * clump->radius)
    return BOXES;
  if (view->radius >= THIN || ways->cut)
    return STRIPS;
  return ways->reduced && ways->crowded && view->radius * ways->wider >= HAIR ? HAIRS : THINS;
}

static float
largest_of (const CfGlInstances *gl, const CfGlFrame *frame)
{
  float largest = 0;
  for (gsize c = 0; c < gl->clumps.n; c++)
    largest = fmaxf (largest, cf_clump_view (&gl->clumps.clumps[c], frame).radius);
  return largest;
}

static void
choose_spheres (CfGlMolecules *gl, const CfGlFrame *frame, double share, const Ways *ways)
{
  CfGlInstances *spheres = &gl->spheres;
  g_autofree guint8 *chosen = NULL;
  gsize n = cf_gl_instances_choose (spheres, &sphere_layout, frame, share, way_of_spheres, ways, &chosen);
  if (n >= MANY && largest_of (spheres, frame) >= HIDES)
    {
      g_autofree CfSphere *some = g_new (CfSphere, n);
      if (!chosen)
        chosen = cf_gl_instances_gather (spheres, &sphere_layout);
      cf_hidden_drop ((const CfSphere *)chosen, n, frame, some, spheres->part, CF_GL_WAYS);
      cf_gl_instances_stream (spheres, &sphere_layout, some);
    }
  else if (chosen)
    cf_gl_instances_stream (spheres, &sphere_layout, chosen);
}

/* Hairs come last of what is chosen, and go their own way. */
static void
choose_cylinders (CfGlMolecules *gl, const CfGlFrame *frame, double share, const Ways *ways)
{
  CfGlInstances *cylinders = &gl->cylinders;
  g_autofree guint8 *chosen = NULL;
  gsize n = cf_gl_instances_choose (cylinders, &cylinder_layout, frame, share, way_of_cylinders, ways, &chosen), hairs = (gsize)cylinders->part[HAIRS];
  if (hairs > 0 && !chosen)
    chosen = cf_gl_instances_gather (cylinders, &cylinder_layout);
  cylinders->part[HAIRS] = 0;
  if (chosen)
    cf_gl_instances_stream (cylinders, &cylinder_layout, chosen);
  cf_gl_hairs_take (&gl->hairs, hairs > 0 ? (const CfCylinder *)chosen + (n - hairs) : NULL, hairs);
}

static void
upload (CfGlInstances *gl, const CfGlLayout *layout)
{
  if (!gl->streamed || gl->n > gl->opaque)
    cf_gl_instances_upload (gl, layout);
}

void
cf_gl_molecules_frame (CfGlMolecules *gl, const CfGlFrame *frame, double detail)
{
  double of_spheres = 1, of_cylinders = 1;
  if (detail < 1)
    cf_clumps_shares (detail, cf_gl_instances_in_view (&gl->spheres, frame), (gsize) (cf_gl_instances_in_view (&gl->cylinders, frame) / gl->there), &of_spheres,
                      &of_cylinders);
  gl->shown = fmin (of_cylinders, gl->there);
  gl->wider = 1 / fmax (gl->shown, 1e-3);
  const Ways ways = { gl->point_max,           cf_frame_is_cut (frame), frame->ray[2] > 0.5f, gl->spheres.n >= MANY,
                      gl->cylinders.n >= MANY, detail < 1,              gl->wider };
  choose_spheres (gl, frame, of_spheres, &ways);
  choose_cylinders (gl, frame, gl->shown / gl->there, &ways);
  upload (&gl->spheres, &sphere_layout);
  upload (&gl->cylinders, &cylinder_layout);
}

/* -- drawing --------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *vertex, *fragment, *defines;
  const CfGlLayout *layout;
  int way, corners;
} Pass;

/* A program is made when something is drawn with it. */
static gboolean
draw_pass (const CfGlMolecules *gl, const CfGlInstances *things, const Pass *pass, CfGlPrograms *programs, GError **error)
{
  if (cf_gl_instances_count (things, pass->way) == 0)
    return TRUE;
  GLuint program = cf_gl_programs_get (programs, pass->vertex, pass->fragment, pass->defines, error);
  if (!program)
    return FALSE;
  glUseProgram (program);
  if (pass->layout == &cylinder_layout && pass->way == THINS)
    glUniform1f (glGetUniformLocation (program, "wider"), (GLfloat)gl->wider);
  /* The far sides of boxes: one fragment a pixel, and the eye may stand inside. */
  if (pass->corners == BOX_CORNERS)
    {
      glEnable (GL_CULL_FACE);
      glCullFace (GL_FRONT);
    }
  if (pass->corners == 1)
    glEnable (GL_PROGRAM_POINT_SIZE);
  cf_gl_instances_draw (things, pass->layout, pass->way, pass->corners);
  glDisable (GL_PROGRAM_POINT_SIZE);
  glDisable (GL_CULL_FACE);
  return TRUE;
}

static gboolean
draw_passes (const CfGlMolecules *gl, const Pass *passes, gsize n, CfGlPrograms *programs, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      const CfGlInstances *things = passes[i].layout == &sphere_layout ? &gl->spheres : passes[i].layout == &cylinder_layout ? &gl->cylinders : &gl->edges;
      if (!draw_pass (gl, things, &passes[i], programs, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
draw_hairs (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  GLuint program = gl->hairs.n > 0 ? cf_gl_programs_get (programs, "hair.vert", "hair.frag", NULL, error) : 0;
  if (!program)
    return gl->hairs.n == 0;
  glUseProgram (program);
  cf_gl_hairs_draw (&gl->hairs);
  return TRUE;
}

gboolean
cf_gl_molecules_draw (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  static const Pass passes[] = { { "sphere.vert", "sphere.frag", "POINT", &sphere_layout, POINTS, 1 },
                                 { "sphere.vert", "sphere.frag", NULL, &sphere_layout, SQUARES, 4 },
                                 { "dot.vert", "dot.frag", NULL, &sphere_layout, DOTS, 1 },
                                 { "cylinder.vert", "cylinder.frag", NULL, &cylinder_layout, STRIPS, 4 },
                                 { "thin.vert", "thin.frag", NULL, &cylinder_layout, THINS, 4 },
                                 { "cylinder.vert", "cylinder.frag", "BOX", &cylinder_layout, BOXES, BOX_CORNERS },
                                 { "line.vert", "line.frag", NULL, &edge_layout, 0, 4 } };
  return draw_hairs (gl, programs, error) && draw_passes (gl, passes, G_N_ELEMENTS (passes), programs, error);
}

static gboolean
draw_transparent (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  static const Pass passes[] = { { "sphere.vert", "sphere.frag", "TRANSPARENT", &sphere_layout, -1, 4 },
                                 { "cylinder.vert", "cylinder.frag", "TRANSPARENT BOX", &cylinder_layout, -1, BOX_CORNERS },
                                 { "line.vert", "line.frag", "TRANSPARENT", &edge_layout, -1, 4 } };
  return draw_passes (gl, passes, G_N_ELEMENTS (passes), programs, error);
}

gboolean
cf_gl_molecules_draw_transparent (const CfGlMolecules *gl, CfGlPrograms *programs, GError **error)
{
  if (gl->spheres.n == gl->spheres.opaque && gl->cylinders.n == gl->cylinders.opaque && gl->edges.n == gl->edges.opaque)
    return TRUE;
  glDepthFunc (GL_LESS);
  glColorMask (GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  if (!draw_transparent (gl, programs, error))
    return FALSE;
  glColorMask (GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthFunc (GL_LEQUAL);
  glEnablei (GL_BLEND, 0);
  glBlendFuncSeparate (GL_SRC_ALPHA, GL_ONE_MINUS_SRC_ALPHA, GL_ZERO, GL_ONE);
  gboolean ok = draw_transparent (gl, programs, error);
  glDisablei (GL_BLEND, 0);
  glDepthFunc (GL_LESS);
  return ok;
}
