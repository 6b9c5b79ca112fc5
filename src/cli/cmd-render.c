/* cmd-render.c: a picture of a map or a neural map. */
#include "cli-field.h"
#include "cli-look.h"
#include "cli-replay.h"

#include <math.h>
#include <stdio.h>

#include "cf-film.h"
#include "cf-graph-file.h"
#include "cf-words.h"

/* What is drawn, whichever kind of file it came from. */
typedef struct
{
  CfCliSamples samples;
  CfLevel level;
  CfEvaluator *evaluator; /* NULL for a map */
  CfVolume *volume;       /* NULL for a neural map */
  char *name;
  char sha256[65];
} Subject;

static void
subject_clear (Subject *subject)
{
  cf_cli_samples_clear (&subject->samples);
  g_clear_pointer (&subject->evaluator, cf_evaluator_unref);
  g_clear_pointer (&subject->volume, cf_volume_unref);
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
  out->volume = g_steal_pointer (&volume);
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
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--size is %s, needs WxH with 16 to 8192 pixels each"), text);
  return FALSE;
}

/* What cuts the picture, and films. */
typedef struct
{
  char *slice, *clip, *plane, *film;
  double seconds;
  int fps, move; /* CfFilmMove; -1: no film */
  int epochs;
  gint64 seed;
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
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--plane is %s, needs a normal that is not 0"), text);
      return FALSE;
    }
  for (int a = 0; a < 4; a++)
    plane[a] /= size;
  return TRUE;
}

static gboolean
parse_extra (Extra *extra, const char *output, gboolean final, CfCliPicture *picture, GError **error)
{
  g_autofree char *slice = extra->slice, *clip = extra->clip, *plane = extra->plane, *film = extra->film;

  if ((slice && !cf_cli_parse_numbers ("--slice", slice, 3, picture->slice, error))
      || (clip && !cf_cli_parse_numbers ("--clip", clip, 2, picture->clip, error)) || (plane && !parse_plane (plane, picture->plane, error))
      || !cf_cli_check_range ("--second", picture->second, 0, 100, error) || !cf_cli_parse_choice ("--film", film, cf_film_moves, &extra->move, error)
      || !cf_cli_check_range ("--epochs", extra->epochs, 0, 1e6, error) || !cf_cli_check_range ("--seconds", extra->seconds, 0.1, 3600, error) || !cf_cli_check_range ("--fps", extra->fps, 1, 120, error))
    return FALSE;
  for (int a = 0; a < 3; a++)
    if (!cf_cli_check_range ("--slice", picture->slice[a], 0, 1, error))
      return FALSE;
  if (clip && picture->clip[0] >= picture->clip[1])
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--clip is %s, needs NEAR below FAR"), clip);
      return FALSE;
    }
  if (extra->move < 0)
    return TRUE;
  if (final)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--final is for one picture, not for a film"));
      return FALSE;
    }
  return cf_film_check (output, error);
}

/* A preset is made for the level. */
static gboolean
parse_transfer (const char *text, CfCliPicture *picture, GError **error)
{
  if (!text)
    return TRUE;
  if (picture->style != CF_STYLE_VOLUME)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--transfer needs --style volume"));
      return FALSE;
    }
  if (cf_transfer_parse (text, picture->level, &picture->transfer, error))
    return TRUE;
  g_prefix_error (error, "--transfer: ");
  return FALSE;
}

/* What was asked for. */
typedef struct
{
  char *output, *size, *style, *level, *view, *model, *graph, *background, *transfer;
  char **files;
  double angles[2];
  int ground; /* CfBackground */
  gboolean final;
  CfCliLook look;
  Extra extra;
  CfCliPicture picture;
} Request;

static void
request_clear (Request *request)
{
  char *texts[] = { request->output, request->size, request->style, request->level, request->view, request->model, request->graph, request->background, request->transfer };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (request->files);
  cf_cli_look_clear (&request->look);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static gboolean
parse_options (CfCli *cli, char **argv, Request *r, GError **error)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &r->output, N_("The picture to write"), "PNG" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &r->size, N_("Pixels; default 800x600"), "WxH" },
    { "style", 0, 0, G_OPTION_ARG_STRING, &r->style, N_("surface (default), mesh, volume, mip, slices"), "STYLE" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &r->level, CF_CLI_LEVEL_HELP, "LEVEL" },
    { "view", 0, 0, G_OPTION_ARG_STRING, &r->view, N_("Azimuth and elevation in degrees; default 30,20"), "AZ,EL" },
    { "zoom", 0, 0, G_OPTION_ARG_DOUBLE, &r->picture.zoom, N_("1 (default) has all of it in view"), "Z" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &r->model, N_("Draw the trace of this model"), "M" },
    { "graph", 0, 0, G_OPTION_ARG_FILENAME, &r->graph, N_("Draw this graph"), "G" },
    { "final", 0, 0, G_OPTION_ARG_NONE, &r->final, N_("Put the surface where the networks themselves have it; slow"), NULL },
    { "background", 0, 0, G_OPTION_ARG_STRING, &r->background, N_("dark (default), light or white"), "NAME" },
    { "slice", 0, 0, G_OPTION_ARG_STRING, &r->extra.slice, N_("Where the slices are, shares of the map; default 0.5,0.5,0.5"), "X,Y,Z" },
    { "clip", 0, 0, G_OPTION_ARG_STRING, &r->extra.clip, N_("Draw only between, A along the view from the middle; negative is nearer"), "NEAR,FAR" },
    { "plane", 0, 0, G_OPTION_ARG_STRING, &r->extra.plane, N_("Draw only where X x + Y y + Z z <= D, A"), "X,Y,Z,D" },
    { "second", 0, 0, G_OPTION_ARG_DOUBLE, &r->picture.second, N_("A second, transparent surface at V times the level"), "V" },
    { "transfer", 0, 0, G_OPTION_ARG_STRING, &r->transfer, N_("Of style volume: ramp, shells, warm, or LEVEL:RRGGBB:OPACITY,... (normalised; of 1 A)"), "T" },
    { "orthographic", 0, 0, G_OPTION_ARG_NONE, &r->picture.orthographic, N_("Parallel rays"), NULL },
    CF_CLI_LOOK_ENTRIES (&r->look),
    { "film", 0, 0, G_OPTION_ARG_STRING, &r->extra.film, N_("A film (.webm, .mp4, .png, .apng) in place of a picture: turntable, threshold, or training, for which the map is fitted"), "KIND" },
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &r->extra.seconds, N_("Length of the film; default 6"), "S" },
    { "fps", 0, 0, G_OPTION_ARG_INT, &r->extra.fps, N_("Frames a second of the film; default 20"), "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &r->extra.epochs, N_("Of --film training: at most so many passes over each region; default: the recipe's"), "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &r->extra.seed, N_("Of --film training: of all random numbers; default 0"), "N" },
    { NULL },
  };

  return cf_cli_parse (cli, entries, argv, 1, 1, &r->files, error);
}

/* What can be told before any file is read. */
static gboolean
check_options (Request *r, GError **error)
{
  static const char *const backgrounds[] = { "dark", "light", "white", NULL };
  CfLevelSpec spec;

  if (!cf_cli_need ("-o", r->output, error) || !parse_size (r->size, &r->picture, error)
      || !cf_cli_parse_choice ("--background", r->background, backgrounds, &r->ground, error)
      || (r->view && !cf_cli_parse_numbers ("--view", r->view, 2, r->angles, error))
      || !cf_cli_check_range ("--zoom", r->picture.zoom, 0.01, 1000, error) || !cf_cli_level_spec (r->level, NAN, &spec, error)
      || !cf_cli_check_output (r->output, error) || !parse_extra (&r->extra, r->output, r->final, &r->picture, error)
      || !cf_cli_look_apply (&r->look, &r->picture, error))
    return FALSE;
  if (r->style && !cf_style_parse (r->style, &r->picture.style))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--style is %s, needs one of surface, mesh, volume, mip, slices"), r->style);
      return FALSE;
    }
  r->picture.level = 0.2; /* so that a wrong one is told before the work; the map's level follows */
  return parse_transfer (r->transfer, &r->picture, error);
}

static gboolean
check_kind (const Request *r, gboolean neural, GError **error)
{
  if (r->final && (r->picture.style != CF_STYLE_SURFACE || !neural))
    g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--final needs a neural map and --style surface"));
  else if (r->extra.move == CF_FILM_TRAINING && neural)
    g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--film training needs the map: it fits it anew, with the same seed as it was"));
  else
    return TRUE;
  return FALSE;
}

/* The picture or film of the subject with what stands beside it. */
static gboolean
draw (CfCli *cli, Request *r, const Subject *subject, const CfStructure *model, const CfGraph *graph, const char *command, GError **error)
{
  g_auto (GStrv) text = cf_cli_picture_text (&subject->level, subject->name, subject->sha256, command);
  g_autoptr (CfComparison) comparison = NULL;
  g_autoptr (CfReplay) replay = NULL;
  CfCliPicture *picture = &r->picture;

  picture->background = r->ground;
  picture->level = subject->level.normalised;
  if (!parse_transfer (r->transfer, picture, error))
    return FALSE;
  picture->azimuth = r->angles[0];
  picture->elevation = r->angles[1];
  picture->final = r->final ? subject->evaluator : NULL;
  picture->finer = subject->evaluator;
  picture->cancellable = cli->cancellable;
  picture->model = model;
  picture->graph = graph;
  if (cf_cli_look_needs_comparison (picture) && !(comparison = cf_compare (graph, model, &(CfCompareOptions) { 0 }, cli->cancellable, error)))
    return FALSE;
  picture->comparison = comparison;
  picture->text = (const char *const *) text;
  if (r->extra.move == CF_FILM_TRAINING && !(replay = cf_cli_replay_fit (cli, subject->volume, r->extra.epochs, r->extra.seed, error)))
    return FALSE;
  if (r->extra.move >= 0)
    return cf_cli_film_save (picture, &subject->samples, (CfFilmMove) r->extra.move, replay, r->extra.seconds, r->extra.fps, r->output, error);
  return cf_cli_picture_save (picture, &subject->samples, r->output, error);
}

gboolean
cf_cmd_render (CfCli *cli, char **argv, GError **error)
{
  g_auto (Request) r = { .angles = { 30, 20 }, .ground = CF_BACKGROUND_DARK, .look = { .opacity = NAN }, .extra = { .seconds = 6, .fps = 20, .move = -1 },
                         .picture = { .width = 800, .height = 600, .zoom = 1 } };
  g_auto (Subject) subject = { 0 };
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfGraph) graph = NULL;
  g_autofree char *command = NULL;
  gboolean neural;

  if (!parse_options (cli, argv, &r, error) || !check_options (&r, error))
    return FALSE;
  neural = cf_cli_input_kind (r.files[0]) == CF_INPUT_NEURAL;
  if (!check_kind (&r, neural, error))
    return FALSE;
  if ((r.model && !(model = cf_cli_load_model (cli, r.model, error))) || (r.graph && !(graph = cf_cli_load_graph (cli, r.graph, NULL, error))))
    return FALSE;
  if (neural ? !subject_from_neural (cli, r.files[0], r.level, &subject, error) : !subject_from_map (cli, r.files[0], r.level, &subject, error))
    return FALSE;
  command = cf_cli_command_line (argv);
  return draw (cli, &r, &subject, model, graph, command, error);
}
