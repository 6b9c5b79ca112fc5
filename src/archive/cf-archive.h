/* cf-archive.h: entries of the public archives by their id: an EMDB map with its header and fitted model, or a PDB model alone.
 * Layout: EMDB, https://ftp.ebi.ac.uk/pub/databases/emdb/structures/EMD-N/{map/emd_N.map.gz,header/emd-N.xml}; PDB,
 * https://files.rcsb.org/download/ID.cif.gz. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CF_ARCHIVE_EMDB "https://ftp.ebi.ac.uk/pub/databases/emdb"
#define CF_ARCHIVE_PDB "https://files.rcsb.org/download"
#define CF_ARCHIVE_CAP (G_GUINT64_CONSTANT (8) << 30) /* bytes a file */
#define CF_ARCHIVE_STALL 30                           /* s */

typedef struct
{
  gboolean is_map; /* of EMDB; else a model of the PDB */
  char name[16];   /* "EMD-11103", "6ZU5", "pdb_10006zu5" */
} CfArchiveId;

/** "EMD-11103", "emd_11103", "11103" (four to six digits), "6ZU5", "pdb_00006zu5"; blanks around it and case do not matter. Four digits
 * alone are an EMDB entry. CF_ERROR_ARGUMENT otherwise. */
gboolean cf_archive_id_parse (const char *text, CfArchiveId *out, GError **error);

/** Whether an archive may be asked there: an address of https, or of http on this machine itself; neither user, query nor fragment.
 * CF_ERROR_ARGUMENT otherwise. */
gboolean cf_archive_check_host (const char *url, GError **error);
/** The address in use: `chosen` where it is neither NULL nor "", else the environment's CRYOFIELD_EMDB_HOST or CRYOFIELD_PDB_HOST, else
 * the archive's own. */
const char *cf_archive_emdb_host (const char *chosen);
const char *cf_archive_pdb_host (const char *chosen);

/** Zeroed: from the archives themselves, into the user's cache. */
typedef struct
{
  const char *emdb_host; /* the folder that holds structures/; see cf_archive_emdb_host () */
  const char *pdb_host;  /* the folder that holds ID.cif.gz */
  const char *folder;    /* where files go; NULL: the user's cache folder, cryofield/archive, a folder for each host */
  guint64 cap;           /* bytes a file; 0: CF_ARCHIVE_CAP */
  guint stall;           /* seconds without data; 0: CF_ARCHIVE_STALL */
  gboolean no_model;
  gboolean again;        /* ask although the files are there */
} CfArchiveOptions;

typedef struct
{
  const char *file;     /* base name of the one at work */
  int step, n_steps;    /* from 1 */
  guint64 done, total;  /* bytes of it; total 0: not known */
  double seconds_left;  /* of it; NAN where it cannot be told yet */
  gboolean waiting;     /* another process downloads it */
} CfArchiveProgress;
typedef void (*CfArchiveProgressFunc) (const CfArchiveProgress *progress, gpointer user_data);

typedef struct
{
  CfArchiveId id;
  char *map, *header, *model; /* paths; NULL where the entry has none */
  char *model_id;             /* NULL */
  char **pdb_ids;             /* all fitted models; never NULL */
  char *title;                /* NULL */
  double contour;             /* of the author, file units; NAN */
  char *contour_source;       /* NULL */
  double resolution;          /* A; NAN */
  int n_fetched;              /* files that came over the network; the others were there */
  char *warning;              /* NULL: "6ZU5 is not in the archive ..." */
} CfArchiveEntry;

/** Brings the files of an entry. A file that is there and whole is used again without asking; one that came in part goes on where it
 * stopped. Each is checked before it gets its name: a gzip stream that is whole and holds a map or an mmCIF model, an EMDB header of this
 * entry. A fitted model that is not in the archive is a warning. Two processes may ask for the same entry. Errors: CF_ERROR_ARGUMENT for
 * hosts, G_IO_ERROR_CANCELLED, else one line that names file, host and what to do. progress (NULL: none) is called on the calling thread.
 * Blocks: for a worker thread. */
CfArchiveEntry *cf_archive_fetch (const CfArchiveId *id, const CfArchiveOptions *options, CfArchiveProgressFunc progress, gpointer user_data,
                                  GCancellable *cancellable, GError **error);
void cf_archive_entry_free (CfArchiveEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfArchiveEntry, cf_archive_entry_free)

G_END_DECLS
