/* cf-emdb.h: the EMDB header (XML v3, emd-NNNNN.xml) that lies beside a map. No entity expansion, no network. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;          /* "EMD-8216" */
  char *title;
  double contour;    /* file units; NAN where none is given. The one marked primary, else the first */
  char *contour_source; /* "AUTHOR", "EMDB"...; NULL */
  double resolution; /* A; NAN */
  char *method;      /* NULL */
  char **pdb_ids;    /* fitted models, upper case; never NULL */
  double pixel[3];   /* A; NAN */
  char *symmetry;    /* point group that was applied, "C1"; NULL */
} CfEmdbHeader;

CfEmdbHeader *cf_emdb_load (const char *path, GError **error);
void cf_emdb_free (CfEmdbHeader *header);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfEmdbHeader, cf_emdb_free)
/** The path of the header beside `map_path` by its name (emd_8216.map.gz -> emd-8216.xml or emd_8216.xml, in the same folder
 * or in ../emdb or ../header), or NULL. */
char *cf_emdb_find_beside (const char *map_path);

G_END_DECLS
