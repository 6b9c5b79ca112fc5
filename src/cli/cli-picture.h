/* cli-picture.h: a picture without a display. */
#pragma once

#include "cf-offscreen.h"
#include "cf-evaluator.h"
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
  const CfStructure *model;  /* these may be NULL */
  const CfGraph *graph;
  const CfComparison *comparison;
  CfEvaluator *final;        /* NULL: what is drawn are the samples; else the field itself, in style surface */
  GCancellable *cancellable;
  const char *const *text;   /* of the PNG: pairs, NULL-terminated */
} CfCliPicture;

/** What is drawn, for cf_views_draw (); it points into samples. */
CfScene *cf_cli_scene_new (const CfCliPicture *picture, const CfCliSamples *samples);
/** Draws and writes a PNG. */
gboolean cf_cli_picture_save (const CfCliPicture *picture, const CfCliSamples *samples, const char *path, GError **error);
/** The pairs of text that each picture carries; free with g_strfreev (). */
char **cf_cli_picture_text (const CfLevel *level, const char *map_name, const char *map_sha256, const char *command);

G_END_DECLS
