/* cf-list.h: a list of maps and models: a CSV with a heading, as `batch` works it off and the window shows it. */
#pragma once

#include <jansson.h>

#include "cf-archive.h"

G_BEGIN_DECLS

/** What each row has to have. */
typedef enum
{
  CF_LIST_OF_MAPS,  /* a map */
  CF_LIST_OF_MODELS /* a model and a resolution */
} CfListKind;

/** The rows as JSON objects, numbered from 1 by `row`: `map`, `model`, `others` [], `resolution`, `contour` (null where not said). Files are
 * made absolute from the list's folder and must be there; an entry of an archive (EMD-11103, 6ZU5) stays its id. path: of a file, else the name of
 * a list that comes with the program ("atomic.csv"). NULL with CF_INPUT_ERROR that names line and column. */
json_t *cf_list_load (const char *path, CfListKind kind, GError **error);
/** Whether path is no file but the name of a list that comes with the program. */
gboolean cf_list_is_own (const char *path);

G_END_DECLS
