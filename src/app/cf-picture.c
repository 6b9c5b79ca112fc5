/* cf-picture.c: the session as a scene. Colours are Okabe-Ito's. */
#include "cf-picture.h"

#include <math.h>
#include <string.h>

static const guint8 selected_rgba[4] = { 240, 228, 66, 255 };
static const guint8 marker_rgba[4] = { 204, 121, 167, 255 };

CfPicture *
cf_picture_new (void)
{
  CfPicture *picture = g_new0 (CfPicture, 1);
  picture->scene = cf_scene_new ();
  picture->options = (CfPictureOptions){ .style = CF_STYLE_SURFACE,
                                         .opacity = 0.4,
                                         .field = TRUE,
                                         .nodes = TRUE,
                                         .edges = TRUE,
                                         .atoms = TRUE,
                                         .node_colouring = CF_COLOUR_MATCH,
                                         .atom_colouring = CF_COLOUR_PLAIN };
  picture->marker[0] = NAN;
  return picture;
}

void
cf_picture_free (CfPicture *picture)
{
  cf_scene_free (picture->scene);
  g_clear_pointer (&picture->samples, cf_samples_unref);
  g_free (picture);
}

void
cf_region_state_rgba (CfRegionState state, guint8 rgba[4])
{
  static const guint8 colours[][4] = {
    [CF_REGION_WAITING] = { 140, 140, 140, 90 }, [CF_REGION_TRAINING] = { 230, 159, 0, 255 }, [CF_REGION_DONE] = { 0, 158, 115, 200 },
    [CF_REGION_FLAT] = { 86, 180, 233, 110 },    [CF_REGION_SKIPPED] = { 140, 140, 140, 40 },
  };
  memcpy (rgba, colours[state], 4);
}

/* -- field ---------------------------------------------------------------------------------------------------------------------- */

static void
grow_dirty (CfSceneField *field, const CfSessionState *state, gboolean fresh)
{
  for (int a = 0; a < 3; a++)
    {
      field->dirty_lo[a] = fresh ? state->dirty_lo[a] : MIN (field->dirty_lo[a], state->dirty_lo[a]);
      field->dirty_hi[a] = fresh ? state->dirty_hi[a] : MAX (field->dirty_hi[a], state->dirty_hi[a]);
    }
}

static void
set_samples (CfPicture *picture, const CfSessionState *state)
{
  static guint64 serial = 0;
  CfSceneField *field = &picture->scene->field;
  gboolean same = picture->samples == state->samples && field->serial != 0;
  gboolean all_pending = !picture->drawn && field->dirty_hi[0] == 0;
  if (!same)
    {
      g_clear_pointer (&picture->samples, cf_samples_unref);
      picture->samples = state->samples != NULL ? cf_samples_ref (state->samples) : NULL;
    }
  if (picture->samples == NULL || !picture->options.field)
    {
      memset (field, 0, sizeof *field);
      return;
    }
  field->grid = picture->samples->grid;
  field->samples = picture->samples->data;
  if (!same || state->samples_all || all_pending)
    {
      memset (field->dirty_lo, 0, sizeof field->dirty_lo);
      memset (field->dirty_hi, 0, sizeof field->dirty_hi);
      field->serial = ++serial;
    }
  else
    {
      grow_dirty (field, state, picture->drawn);
      if (picture->drawn)
        field->serial = ++serial;
    }
  picture->drawn = FALSE;
}

static void
set_surface (CfPicture *picture, const CfSessionState *state)
{
  CfScene *scene = picture->scene;
  const CfPictureOptions *o = &picture->options;
  gboolean voxels = picture->samples != NULL && picture->samples->voxels;
  /* Voxels are not what the program is about: they stay dim until the field takes their place. */
  double grey = voxels ? 0.45 : 0.7;
  for (int a = 0; a < 3; a++)
    scene->colour[a] = grey;
  scene->colour[3] = o->opacity;
  scene->style = o->style;
  scene->background = o->background;
  scene->outline = TRUE;
  scene->depth_cue = TRUE;
  scene->level = state->has_level ? state->level.normalised : 0.5;
}

/* -- molecules ------------------------------------------------------------------------------------------------------------------- */

static void
mark (CfPicture *picture)
{
  GArray *spheres = picture->scene->spheres;
  for (guint i = 0; picture->selected != 0 && i < spheres->len; i++)
    {
      CfSphere *sphere = &g_array_index (spheres, CfSphere, i);
      if (sphere->pick != picture->selected)
        continue;
      memcpy (sphere->rgba, selected_rgba, 4);
      sphere->radius *= 1.5f;
    }
  if (isnan (picture->marker[0]))
    return;
  CfSphere marker = { .pos = { picture->marker[0], picture->marker[1], picture->marker[2] }, .radius = 0.7f };
  memcpy (marker.rgba, marker_rgba, 4);
  g_array_append_val (spheres, marker);
}

static void
set_molecules (CfPicture *picture, const CfSessionState *state)
{
  const CfPictureOptions *o = &picture->options;
  CfMolecules molecules = { .graph = o->nodes ? state->graph : NULL,
                            .structure = o->atoms ? state->structure : NULL,
                            .comparison = state->comparison,
                            .node_colouring = o->node_colouring,
                            .atom_colouring = o->atom_colouring,
                            .edges = o->edges,
                            .all_atoms = o->all_atoms };
  if (state->comparison == NULL && molecules.node_colouring == CF_COLOUR_MATCH)
    molecules.node_colouring = CF_COLOUR_PLAIN;
  cf_scene_set_molecules (picture->scene, &molecules);
  mark (picture);
}

/* -- boxes ------------------------------------------------------------------------------------------------------------------------ */

static gboolean
wants_boxes (const CfPicture *picture, const CfSessionState *state)
{
  if (picture->options.boxes != CF_BOXES_TRAINING)
    return picture->options.boxes == CF_BOXES_ALWAYS;
  return state->trainer != NULL && state->training.state != CF_TRAINER_DONE;
}

static void
collect_boxes (const CfSessionState *state, GArray *boxes)
{
  for (int pass = 0; pass < 2; pass++) /* those at work last, on top */
    for (int i = 0; i < state->field->n_regions; i++)
      {
        CfRegionProgress progress = { .state = state->field->fits[i].flat ? CF_REGION_FLAT : CF_REGION_DONE };
        guint8 rgba[4];
        CfBox box = { 0 };
        if (state->trainer != NULL)
          cf_trainer_get_region (state->trainer, i, &progress);
        if ((progress.state == CF_REGION_TRAINING) != (pass == 1))
          continue;
        cf_region_state_rgba (progress.state, rgba);
        cf_box_from_region (&box, state->field, i, rgba);
        g_array_append_val (boxes, box);
      }
}

/* FALSE where they are as they were: an epoch changes no box, and a frame costs cores that the fit could have. */
static gboolean
set_boxes (CfPicture *picture, const CfSessionState *state)
{
  CfScene *scene = picture->scene;
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (CfBox));
  if (state->field != NULL && wants_boxes (picture, state))
    collect_boxes (state, boxes);
  if (boxes->len == scene->boxes->len && (boxes->len == 0 || memcmp (boxes->data, scene->boxes->data, boxes->len * sizeof (CfBox)) == 0))
    return FALSE;
  g_array_set_size (scene->boxes, 0);
  g_array_append_vals (scene->boxes, boxes->data, boxes->len);
  scene->boxes_serial++;
  return TRUE;
}

/* -- all ---------------------------------------------------------------------------------------------------------------------------- */

gboolean
cf_picture_update (CfPicture *picture, const CfSessionState *state, CfSessionChange change)
{
  gboolean boxes = FALSE;
  if (change & (CF_CHANGED_SAMPLES | CF_CHANGED_DOCUMENT))
    if ((change & CF_CHANGED_SAMPLES) || picture->samples != state->samples)
      set_samples (picture, state);
  if (change & (CF_CHANGED_LEVEL | CF_CHANGED_SAMPLES | CF_CHANGED_DOCUMENT))
    set_surface (picture, state);
  if (change & (CF_CHANGED_GRAPH | CF_CHANGED_DOCUMENT))
    set_molecules (picture, state);
  if (change & (CF_CHANGED_TRAINING | CF_CHANGED_DOCUMENT))
    boxes = set_boxes (picture, state);
  return boxes || (change & (CF_CHANGED_SAMPLES | CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL | CF_CHANGED_GRAPH));
}

gboolean
cf_picture_bounds (const CfPicture *picture, const CfSessionState *state, double lo[3], double hi[3])
{
  if (state->graph != NULL && cf_scene_bounds (picture->scene, lo, hi))
    return TRUE;
  if (state->field != NULL)
    cf_grid_bounds (&state->field->grid, lo, hi);
  else if (picture->samples != NULL)
    cf_grid_bounds (&picture->samples->grid, lo, hi);
  else if (!cf_scene_bounds (picture->scene, lo, hi))
    return FALSE;
  return TRUE;
}

CfPicture *
cf_picture_copy (const CfPicture *picture, gboolean copy_samples)
{
  CfPicture *copy = g_memdup2 (picture, sizeof *picture);
  copy->scene = cf_scene_new ();
  CfScene fresh = *copy->scene;
  *copy->scene = *picture->scene;
  g_array_unref (fresh.spheres);
  g_array_unref (fresh.cylinders);
  g_array_unref (fresh.boxes);
  copy->scene->spheres = g_array_copy (picture->scene->spheres);
  copy->scene->cylinders = g_array_copy (picture->scene->cylinders);
  copy->scene->boxes = g_array_copy (picture->scene->boxes);
  copy->samples = NULL;
  if (picture->samples == NULL)
    return copy;
  copy->samples = copy_samples ? cf_samples_try_new (&picture->samples->grid) : NULL;
  if (copy->samples != NULL)
    memcpy (copy->samples->data, picture->samples->data, picture->samples->n * sizeof (float));
  else
    copy->samples = cf_samples_ref (picture->samples);
  copy->scene->field.samples = copy->samples->data;
  memset (copy->scene->field.dirty_lo, 0, sizeof copy->scene->field.dirty_lo);
  memset (copy->scene->field.dirty_hi, 0, sizeof copy->scene->field.dirty_hi);
  return copy;
}
