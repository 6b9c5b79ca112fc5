/* cf-checkpoint.h: a fit under way on disk, so that one that was killed goes on: a folder with small files, one or two a region, that one
 * process at a time works in. */
#pragma once

#include "cf-region-fit.h"

G_BEGIN_DECLS

/** Regions may be read and written by several threads at once, one region by one thread at a time. */
typedef struct _CfCheckpoint CfCheckpoint;

/** Takes the lock of the folder and leaves all else: nobody fits to, or writes, what it stands beside until it is freed. */
CfCheckpoint *cf_checkpoint_hold (const char *folder, GError **error);
/** Makes the folder where it is not there and takes its lock, which the kernel gives back when the process ends in any way. about: lines
 * "KEY: VALUE" that say what is fitted and how. With recover what an earlier process left is kept, and CF_ERROR_ARGUMENT where that has another value
 * of a key; without, it is removed. CF_ERROR_FAILED where another process holds the lock, G_IO_ERROR where
 * the folder cannot be made; what cannot be written (a full disk) is tried again with each record. */
CfCheckpoint *cf_checkpoint_open (const char *folder, const char *about, int n_regions, gboolean recover, GError **error);
/** The newest whole record of a region, or, where that is damaged, the one before. FALSE where there is none. shape: of the networks.
 * Free with cf_region_point_clear (). */
gboolean cf_checkpoint_read (CfCheckpoint *checkpoint, int region, const CfSirenShape *shape, CfRegionPoint *out);
/** Atomic; the record before stays until the next, except after that of a region that is done. */
gboolean cf_checkpoint_write (CfCheckpoint *checkpoint, int region, const CfRegionPoint *point, GError **error);
/** TRUE where it holds no record. */
gboolean cf_checkpoint_is_empty (const CfCheckpoint *checkpoint);
const char *cf_checkpoint_folder (const CfCheckpoint *checkpoint);
/** Gives the lock back; the files stay. */
void cf_checkpoint_free (CfCheckpoint *checkpoint);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfCheckpoint, cf_checkpoint_free)
/** Removes the files and the folder, then frees. */
void cf_checkpoint_remove (CfCheckpoint *checkpoint);

G_END_DECLS
