/* cf-picture.c: the session as a scene. Colours are Okabe-Ito's. */
#include "cf-picture.h"

#include "cf-fine-plan.h"

#include <math.h>
#include <string.h>

static const guint8 selected_rgba[4] = { 240, 228, 66, 255 };
static const guint8 marker_rgba[4] = { 204, 121, 167, 120 }; /* what it marks is seen through it */

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
                                         .atom_colouring = CF_COLOUR_PLAIN,
                                         .outline = TRUE,
                                         .depth_cue = TRUE,
                                         .slice = { 0.5, 0.5, 0.5 },
                                         .clip = { 0, 1 },
                                         .plane_at = 0.5,
                                         .second_ratio = 0.5,
                                         .difference_level = 3,
                                         .split_filter = CF_FILTER_LINEAR,
                                         .split_at = 0.5 };
  picture->edge_share = 1;
  picture->marker[0] = picture->measure[0][0] = picture->final = picture->film = picture->writing = picture->detail = picture->finer = NAN;
  return picture;
}

void
cf_picture_free (CfPicture *picture)
{
  cf_scene_free (picture->scene);
  g_clear_pointer (&picture->samples, cf_samples_unref);
  g_clear_pointer (&picture->other, cf_samples_unref);
  g_clear_pointer (&picture->fine, cf_samples_unref);
  g_clear_pointer (&picture->fine_of, cf_evaluator_unref);
  for (int kind = 0; kind < CF_N_TRUSTS; kind++)
    g_clear_pointer (&picture->trusts[kind], cf_trust_free);
  g_free (picture->hover);
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

static gboolean
shows_difference (const CfPicture *picture)
{
  return picture->options.difference && picture->trusts[CF_TRUST_DIFFERENCE] != NULL;
}

static CfSamples *
wanted_samples (const CfPicture *picture, const CfSessionState *state)
{
  return shows_difference (picture) ? picture->trusts[CF_TRUST_DIFFERENCE]->samples : state->samples;
}

static guint64
next_serial (void)
{
  static guint64 serial = 0;
  return ++serial;
}

/* The voxels, or their spline, for the other side of the divider. */
static void
set_other (CfPicture *picture)
{
  const CfPictureOptions *o = &picture->options;
  CfScene *scene = picture->scene;
  const CfTrust *trust = picture->trusts[o->split_filter == CF_FILTER_CUBIC ? CF_TRUST_SPLINE : CF_TRUST_VOXELS];
  CfSamples *wanted = o->split && trust != NULL ? trust->samples : NULL;
  scene->other_filter = o->split_filter;
  scene->split = wanted != NULL ? o->split_at : 0;
  if (picture->other == wanted)
    return;
  g_clear_pointer (&picture->other, cf_samples_unref);
  memset (&scene->other, 0, sizeof scene->other);
  if (wanted == NULL)
    return;
  picture->other = cf_samples_ref (wanted);
  scene->other = (CfSceneField){ .grid = wanted->grid, .samples = wanted->data, .serial = next_serial () };
}

static void
set_samples (CfPicture *picture, const CfSessionState *state)
{
  CfSceneField *field = &picture->scene->field;
  CfSamples *wanted = wanted_samples (picture, state);
  gboolean same = picture->samples == wanted && field->serial != 0;
  if (same && (shows_difference (picture) || picture->samples_version == state->samples_version))
    return;
  picture->samples_version = state->samples_version;
  cf_picture_set_fine (picture, NULL, NULL, NULL);
  gboolean all_pending = !picture->drawn && field->dirty_hi[0] == 0;
  if (!same)
    {
      g_clear_pointer (&picture->samples, cf_samples_unref);
      picture->samples = wanted != NULL ? cf_samples_ref (wanted) : NULL;
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
      field->serial = next_serial ();
    }
  else
    {
      grow_dirty (field, state, picture->drawn);
      if (picture->drawn)
        field->serial = next_serial ();
    }
  picture->drawn = FALSE;
}

void
cf_picture_set_fine (CfPicture *picture, const CfFinePart *part, CfSamples *samples, CfEvaluator *evaluator)
{
  g_clear_pointer (&picture->fine, cf_samples_unref);
  g_clear_pointer (&picture->fine_of, cf_evaluator_unref);
  picture->fine = samples;
  picture->fine_of = evaluator;
  if (samples != NULL && samples->on_device != NULL)
    cf_fine_show_given (picture->scene, part, cf_fine_samples_give, samples->on_device);
  else
    cf_fine_show (picture->scene, part, samples != NULL ? samples->data : NULL);
}

/* Along its normal from one end of the map to the other. */
static void
set_plane (CfPicture *picture)
{
  const CfPictureOptions *o = &picture->options;
  CfScene *scene = picture->scene;
  double lo[3], hi[3], reach = 0;
  memset (scene->plane, 0, sizeof scene->plane);
  if (!o->plane || picture->samples == NULL)
    return;
  cf_grid_bounds (&picture->samples->grid, lo, hi);
  for (int a = 0; a < 3; a++)
    {
      scene->plane[a] = o->plane_normal[a];
      scene->plane[3] += o->plane_normal[a] * (lo[a] + hi[a]) / 2;
      reach += (hi[a] - lo[a]) * (hi[a] - lo[a]) / 4;
    }
  scene->plane[3] += sqrt (reach) * (1 - 2 * o->plane_at);
}

static void
set_surface (CfPicture *picture, const CfSessionState *state)
{
  static const float second_colour[4] = { 0.34f, 0.71f, 0.91f, 0.25f };
  CfScene *scene = picture->scene;
  const CfPictureOptions *o = &picture->options;
  gboolean voxels = picture->samples != NULL && picture->samples->voxels;
  /* Voxels are not what the program is about: they stay dim until the field takes their place. */
  double grey = voxels ? 0.45 : 0.7;
  for (int a = 0; a < 3; a++)
    {
      scene->colour[a] = grey;
      scene->slice[a] = o->slice[a];
    }
  scene->colour[3] = o->opacity;
  scene->style = o->style;
  scene->background = o->background;
  scene->transfer = o->transfer;
  scene->outline = o->outline;
  scene->depth_cue = o->depth_cue;
  scene->difference = shows_difference (picture);
  scene->level = state->has_level ? state->level.normalised : 0.5;
  if (scene->difference)
    scene->level = o->difference_level * picture->trusts[CF_TRUST_DIFFERENCE]->rms;
  scene->second_level = o->second && !scene->difference ? scene->level * o->second_ratio : NAN;
  memcpy (scene->second_colour, second_colour, sizeof second_colour);
  set_plane (picture);
  set_other (picture);
}

void
cf_picture_clip (const CfPicture *picture, CfCamera *camera)
{
  const CfPictureOptions *o = &picture->options;
  float view[16];
  double lo[3], hi[3], reach = 0, middle = 0;
  camera->orthographic = o->orthographic;
  if (picture->samples == NULL)
    return;
  cf_grid_bounds (&picture->samples->grid, lo, hi);
  cf_camera_view (camera, view);
  for (int a = 0; a < 3; a++)
    {
      reach += (hi[a] - lo[a]) * (hi[a] - lo[a]) / 4;
      middle -= view[4 * a + 2] * ((lo[a] + hi[a]) / 2 - camera->centre[a]);
    }
  if (o->clip[0] > 0)
    camera->near_clip = middle + sqrt (reach) * (2 * o->clip[0] - 1);
  if (o->clip[1] < 1)
    camera->far_clip = middle + sqrt (reach) * (2 * o->clip[1] - 1);
}

void
cf_picture_drop_trust (CfPicture *picture, CfTrustKind kind)
{
  g_clear_pointer (&picture->trusts[kind], cf_trust_free);
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
  if (!isnan (picture->measure[0][0]))
    {
      CfCylinder line = { .radius = 0.15f };
      for (int a = 0; a < 3; a++)
        {
          line.a[a] = picture->measure[0][a];
          line.b[a] = picture->measure[1][a];
        }
      memcpy (line.rgba_a, selected_rgba, 4);
      memcpy (line.rgba_b, selected_rgba, 4);
      g_array_append_val (picture->scene->cylinders, line);
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
                            .edge_share = picture->edge_share,
                            .all_atoms = o->all_atoms };
  if (state->comparison == NULL && molecules.node_colouring == CF_COLOUR_MATCH)
    molecules.node_colouring = CF_COLOUR_PLAIN;
  picture->graph_version = state->graph_version;
  cf_scene_set_molecules (picture->scene, &molecules);
  if (picture->seeds != NULL)
    cf_scene_add_seeds (picture->scene, picture->seeds, picture->seeds_length);
  mark (picture);
}

/* -- boxes ------------------------------------------------------------------------------------------------------------------------ */

/* FALSE where a region has no such value. */
static gboolean
value_of_region (const CfPicture *picture, const CfSessionState *state, int region, double *value)
{
  const CfTrust *trust = picture->trusts[CF_TRUST_DIFFERENCE];
  const CfRegionFit *fit = &state->field->fits[region];
  *value = NAN;
  if (picture->options.box_colour == CF_BOX_COLOUR_LOSS && fit->trained)
    *value = (log10 (fmax (fit->loss, 1e-9)) + 6) / 3;
  else if (picture->options.box_colour == CF_BOX_COLOUR_DIFFERENCE && trust != NULL && region < trust->n_regions)
    *value = trust->region_rms[region] / (2 * trust->rms);
  else if (picture->options.box_colour == CF_BOX_COLOUR_SEAM && trust != NULL && region < trust->n_regions)
    *value = trust->region_seam[region] / (2 * trust->rms);
  return isfinite (*value);
}

static gboolean
wants_boxes (const CfPicture *picture, const CfSessionState *state)
{
  if (picture->options.boxes != CF_BOXES_TRAINING)
    return picture->options.boxes == CF_BOXES_ALWAYS;
  return state->trainer != NULL && state->training.state != CF_TRAINER_DONE;
}

static void
collect_boxes (const CfPicture *picture, const CfSessionState *state, GArray *boxes)
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
        double value;
        cf_region_state_rgba (progress.state, rgba);
        if (picture->options.box_colour != CF_BOX_COLOUR_STATE && value_of_region (picture, state, i, &value))
          {
            cf_colour_of_value (value, rgba);
            rgba[3] = 255;
          }
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
    collect_boxes (picture, state, boxes);
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
  gboolean samples = (change & CF_CHANGED_SAMPLES) || picture->samples != wanted_samples (picture, state);
  if (picture->fine != NULL && picture->fine_of != state->evaluator)
    cf_picture_set_fine (picture, NULL, NULL, NULL);
  if (samples)
    set_samples (picture, state);
  if (samples || (change & (CF_CHANGED_LEVEL | CF_CHANGED_DOCUMENT)))
    set_surface (picture, state);
  if (change & (CF_CHANGED_GRAPH | CF_CHANGED_DOCUMENT))
    set_molecules (picture, state);
  if (change & (CF_CHANGED_TRAINING | CF_CHANGED_DOCUMENT))
    boxes = set_boxes (picture, state);
  return boxes || samples || (change & (CF_CHANGED_SAMPLES | CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL | CF_CHANGED_GRAPH));
}

gboolean
cf_picture_bounds (const CfPicture *picture, const CfSessionState *state, double lo[3], double hi[3])
{
  CfScene things = *picture->scene; /* without its field */
  double from[3], to[3];
  if (state->graph != NULL && cf_scene_bounds (picture->scene, lo, hi))
    return TRUE;
  if (state->field == NULL && picture->samples == NULL)
    return cf_scene_bounds (picture->scene, lo, hi);
  cf_grid_bounds (state->field != NULL ? &state->field->grid : &picture->samples->grid, lo, hi);
  memset (&things.field, 0, sizeof things.field);
  if (cf_scene_bounds (&things, from, to))
    for (int a = 0; a < 3; a++)
      {
        lo[a] = fmin (lo[a], from[a]);
        hi[a] = fmax (hi[a], to[a]);
      }
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
  memset (copy->trusts, 0, sizeof copy->trusts);
  copy->hover = NULL;
  copy->seeds = NULL; /* those of this moment are in its arrays */
  copy->samples = NULL;
  copy->other = picture->other != NULL ? cf_samples_ref (picture->other) : NULL;
  copy->fine = picture->fine != NULL ? cf_samples_ref (picture->fine) : NULL;
  copy->fine_of = picture->fine_of != NULL ? cf_evaluator_ref (picture->fine_of) : NULL;
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
