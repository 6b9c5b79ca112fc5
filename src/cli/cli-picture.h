/* cli-picture.h: a picture without a display. */
#pragma once

#include "cf-offscreen.h"
#include "cf-evaluator.h"
#include "cf-film-plan.h"
#include "cli.h"

G_BEGIN_DECLS

/** Samples of d on a grid: what the picture is marched through and what seeds are taken from. */
typedef struct
{
  CfGrid grid;
  float *data; /* owned */
} CfCliSamples;
void cf_cli_samples_clear (CfCliSamples *samples);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCliSamples, cf_cli_samples_clear)
/** The field on the grid that walks begin from. */
gboolean cf_cli_samples_from_field (CfCli *cli, CfEvaluator *evaluator, CfCliSamples *out, GError **error);
/** The voxels of a map. */
void cf_cli_samples_from_map (const CfVolume *volume, const CfNormalisation *normalisation, CfCliSamples *out);

typedef struct
{
  int width, height;
  CfStyle style;
  CfBackground background;
  double level;              /* d */
  double azimuth, elevation; /* degrees */
  double zoom;
  gboolean orthographic;
  double slice[3];           /* shares of the map; all 0: through the middle */
  double clip[2];            /* A along the view from the middle; both 0: none */
  double plane[4];           /* as CfScene's; all 0: none */
  double second;             /* of the level: a second surface; 0: none */
  gboolean has_camera;       /* `camera` instead of azimuth, elevation and zoom */
  CfCamera camera;
  double opacity;            /* of the surface; 0: the default */
  gboolean no_outline, no_fog, no_edges, all_atoms;
  int node_colour, atom_colour; /* CfColouring + 1; 0: the default */
  CfTransfer transfer;       /* of style volume; n = 0: none */
  const CfStructure *model;  /* these may be NULL */
  const CfGraph *graph;
  const CfComparison *comparison;
  CfEvaluator *final;        /* NULL: what is drawn are the samples; else the field itself, in style surface */
  CfEvaluator *finer;        /* NULL: the samples are all that is drawn; else what is in view is sampled as finely as it shows, but where `final` marches on a device */
  GCancellable *cancellable;
  const char *const *text;   /* of the PNG: pairs, NULL-terminated */
} CfCliPicture;

/** What is drawn, for cf_views_draw (); it points into samples. */
CfScene *cf_cli_scene_new (const CfCliPicture *picture, const CfCliSamples *samples);
/** Draws and writes a PNG. */
gboolean cf_cli_picture_save (const CfCliPicture *picture, const CfCliSamples *samples, const char *path, GError **error);
/** Draws and writes a film by the suffix of its path; progress as cf_cli_progress () has it. replay: of a training, else NULL. */
gboolean cf_cli_film_save (const CfCliPicture *picture, const CfCliSamples *samples, CfFilmMove move, const CfReplay *replay, double seconds, int frames_a_second, const char *path,
                           GError **error);
/** The pairs of text that each picture carries; free with g_strfreev (). */
char **cf_cli_picture_text (const CfLevel *level, const char *map_name, const char *map_sha256, const char *command);

G_END_DECLS
