/* cmd-render.c: a picture of a map or a neural map. */
#include "cli-field.h"
#include "cli-picture.h"

#include <math.h>
#include <stdio.h>

#include "cf-film.h"
#include "cf-graph-file.h"

/* What is drawn, whichever kind of file it came from. */
typedef struct
{
  CfCliSamples samples;
  CfLevel level;
  CfEvaluator *evaluator; /* NULL for a map */
  char *name;
  char sha256[65];
} Subject;

static void
subject_clear (Subject *subject)
{
  cf_cli_samples_clear (&subject->samples);
  g_clear_pointer (&subject->evaluator, cf_evaluator_unref);
  g_free (subject->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_clear)

static gboolean
subject_from_neural (CfCli *cli, const char *path, const char *level, Subject *out, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = cf_cli_open_field (cli, path, error);
  g_autoptr (CfPeaks) peaks = NULL;
  g_autoptr (CfSweep) sweep = NULL;
  CfLevelSpec spec;
  CfField *field;

  if (!evaluator)
    return FALSE;
  field = cf_evaluator_field (evaluator);
  if (!cf_cli_level_spec (level, field->contour, &spec, error))
    return FALSE;
  if (spec.kind == CF_LEVEL_PLATEAU)
    {
      peaks = cf_cli_walk (cli, evaluator, cf_level_floor (&field->normalisation).normalised, CF_ASCENT_DEFAULT, error);
      sweep = peaks ? cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error) : NULL;
      if (!sweep)
        return FALSE;
    }
  out->evaluator = cf_evaluator_ref (evaluator);
  out->name = g_strdup (field->source_name);
  g_strlcpy (out->sha256, field->source_sha256, sizeof out->sha256);
  return cf_cli_level_resolve (&spec, field, sweep, &out->level, error)
         && cf_cli_samples_from_field (cli, evaluator, &out->samples, error);
}

static gboolean
subject_from_map (CfCli *cli, const char *path, const char *level, Subject *out, GError **error)
{
  g_autoptr (CfVolume) volume = cf_cli_load_map (cli, path, error);
  g_autoptr (CfEmdbHeader) header = NULL;
  CfNormalisation normalisation;
  CfLevelSpec spec;
  double contour;

  if (!volume || !cf_cli_load_header (NULL, path, &header, error))
    return FALSE;
  if (!cf_normalisation_compute (volume, NAN, &normalisation, error))
    {
      cf_cli_refuse (path, error);
      return FALSE;
    }
  contour = header ? header->contour : NAN;
  if (!cf_cli_level_spec (level, contour, &spec, error) || !cf_level_spec_resolve (&spec, &normalisation, contour, &out->level, error)
      || !cf_cli_level_check (&out->level, error))
    return FALSE;
  cf_cli_level_say (&spec, &normalisation, path);
  out->name = g_strdup (volume->name);
  g_strlcpy (out->sha256, volume->sha256, sizeof out->sha256);
  cf_cli_samples_from_map (volume, &normalisation, &out->samples);
  return TRUE;
}

static gboolean
parse_size (const char *text, CfCliPicture *picture, GError **error)
{
  int used = 0;

  if (!text)
    return TRUE;
  if (sscanf (text, "%dx%d%n", &picture->width, &picture->height, &used) == 2 && text[used] == '\0' && picture->width >= 16
      && picture->height >= 16 && picture->width <= 8192 && picture->height <= 8192)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "--size is %s, needs WxH with 16 to 8192 pixels each", text);
  return FALSE;
}

/* What cuts the picture, and films. */
typedef struct
{
  char *slice, *clip, *plane, *film;
  double seconds;
  int fps, kind; /* CfCliFilm */
} Extra;

static gboolean
parse_plane (const char *text, double plane[4], GError **error)
{
  double size;

  if (!cf_cli_parse_numbers ("--plane", text, 4, plane, error))
    return FALSE;
  size = sqrt (plane[0] * plane[0] + plane[1] * plane[1] + plane[2] * plane[2]);
  if (!(size > 0))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "--plane is %s, needs a normal that is not 0", text);
      return FALSE;
    }
  for (int a = 0; a < 4; a++)
    plane[a] /= size;
  return TRUE;
}

static gboolean
parse_extra (Extra *extra, const char *output, gboolean final, CfCliPicture *picture, GError **error)
{
  static const char *const kinds[] = { "none", "turntable", "threshold", NULL };
  g_autofree char *slice = extra->slice, *clip = extra->clip, *plane = extra->plane, *film = extra->film;

  if ((slice && !cf_cli_parse_numbers ("--slice", slice, 3, picture->slice, error))
      || (clip && !cf_cli_parse_numbers ("--clip", clip, 2, picture->clip, error)) || (plane && !parse_plane (plane, picture->plane, error))
      || !cf_cli_check_range ("--second", picture->second, 0, 100, error) || !cf_cli_parse_choice ("--film", film, kinds, &extra->kind, error)
      || !cf_cli_check_range ("--seconds", extra->seconds, 0.1, 3600, error) || !cf_cli_check_range ("--fps", extra->fps, 1, 120, error))
    return FALSE;
  for (int a = 0; a < 3; a++)
    if (!cf_cli_check_range ("--slice", picture->slice[a], 0, 1, error))
      return FALSE;
  if (clip && picture->clip[0] >= picture->clip[1])
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "--clip is %s, needs NEAR below FAR", clip);
      return FALSE;
    }
  if (extra->kind == CF_CLI_FILM_NONE)
    return TRUE;
  if (final)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, "--final is for one picture, not for a film");
      return FALSE;
    }
  return cf_film_check (output, error);
}

gboolean
cf_cmd_render (CfCli *cli, char **argv, GError **error)
{
  static const char *const backgrounds[] = { "dark", "light", "white", NULL };
  g_autofree char *output = NULL, *size = NULL, *style = NULL, *level = NULL, *view = NULL, *model_path = NULL, *graph_path = NULL;
  g_autofree char *background = NULL, *command = NULL;
  g_auto (GStrv) files = NULL, text = NULL;
  g_auto (Subject) subject = { 0 };
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfGraph) graph = NULL;
  CfCliPicture picture = { .width = 800, .height = 600, .zoom = 1 };
  CfLevelSpec spec;
  double angles[2] = { 30, 20 };
  int ground = CF_BACKGROUND_DARK;
  gboolean final = FALSE;
  Extra extra = { .seconds = 6, .fps = 20 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The picture to write", "PNG" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size, "Pixels; default 800x600", "WxH" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &style, "surface (default), mesh, volume, mip, slices", "STYLE" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    { "view", 0, 0, G_OPTION_ARG_STRING, &view, "Azimuth and elevation in degrees; default 30,20", "AZ,EL" },
    { "zoom", 0, 0, G_OPTION_ARG_DOUBLE, &picture.zoom, "1 (default) has all of it in view", "Z" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, "Draw the trace of this model", "M" },
    { "graph", 0, 0, G_OPTION_ARG_FILENAME, &graph_path, "Draw this graph", "G" },
    { "final", 0, 0, G_OPTION_ARG_NONE, &final, "Put the surface where the networks themselves have it; slow", NULL },
    { "background", 0, 0, G_OPTION_ARG_STRING, &background, "dark (default), light or white", "NAME" },
    { "slice", 0, 0, G_OPTION_ARG_STRING, &extra.slice, "Where the slices are, shares of the map; default 0.5,0.5,0.5", "X,Y,Z" },
    { "clip", 0, 0, G_OPTION_ARG_STRING, &extra.clip, "Draw only between, A along the view from the middle; negative is nearer", "NEAR,FAR" },
    { "plane", 0, 0, G_OPTION_ARG_STRING, &extra.plane, "Draw only where X x + Y y + Z z <= D, A", "X,Y,Z,D" },
    { "second", 0, 0, G_OPTION_ARG_DOUBLE, &picture.second, "A second, transparent surface at V times the level", "V" },
    { "orthographic", 0, 0, G_OPTION_ARG_NONE, &picture.orthographic, "Parallel rays", NULL },
    { "film", 0, 0, G_OPTION_ARG_STRING, &extra.film, "A film (.webm, .mp4, .png, .apng) in place of a picture: turntable, threshold", "KIND" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &extra.seconds, "Length of the film; default 6", "S" },
    { "fps", 0, 0, G_OPTION_ARG_INT, &extra.fps, "Frames a second of the film; default 20", "N" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error) || !parse_size (size, &picture, error)
      || !cf_cli_parse_choice ("--background", background, backgrounds, &ground, error)
      || (view && !cf_cli_parse_numbers ("--view", view, 2, angles, error)) || !cf_cli_check_range ("--zoom", picture.zoom, 0.01, 1000, error)
      || !cf_cli_level_spec (level, NAN, &spec, error) || !cf_cli_check_output (output, error)
      || !parse_extra (&extra, output, final, &picture, error))
    return FALSE;
  if (style && !cf_style_parse (style, &picture.style))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "--style is %s, needs one of surface, mesh, volume, mip, slices", style);
      return FALSE;
    }
  if (final && (picture.style != CF_STYLE_SURFACE || cf_cli_input_kind (files[0]) != CF_INPUT_NEURAL))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, "--final needs a neural map and --style surface");
      return FALSE;
    }
  if (model_path && !(model = cf_cli_load_model (cli, model_path, error)))
    return FALSE;
  if (graph_path && !(graph = cf_cli_load_graph (cli, graph_path, error)))
    return FALSE;
  if (cf_cli_input_kind (files[0]) == CF_INPUT_NEURAL ? !subject_from_neural (cli, files[0], level, &subject, error)
                                                      : !subject_from_map (cli, files[0], level, &subject, error))
    return FALSE;
  command = cf_cli_command_line (argv);
  text = cf_cli_picture_text (&subject.level, subject.name, subject.sha256, command);
  picture.background = ground;
  picture.level = subject.level.normalised;
  picture.azimuth = angles[0];
  picture.elevation = angles[1];
  picture.final = final ? subject.evaluator : NULL;
  picture.cancellable = cli->cancellable;
  picture.model = model;
  picture.graph = graph;
  picture.text = (const char *const *) text;
  if (extra.kind != CF_CLI_FILM_NONE)
    return cf_cli_film_save (&picture, &subject.samples, (CfCliFilm) extra.kind, extra.seconds, extra.fps, output, error);
  return cf_cli_picture_save (&picture, &subject.samples, output, error);
}
