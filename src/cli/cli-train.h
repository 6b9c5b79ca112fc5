/* cli-train.h: a fit with its progress on the terminal, saved as it goes. */
#pragma once

#include "cf-structure.h"
#include "cf-trainer.h"
#include "cf-words.h"
#include "cli.h"

G_BEGIN_DECLS

typedef enum
{
  CF_CLI_PROGRESS_BAR,  /* stderr, where it is a terminal; a line every ten seconds where it is not */
  CF_CLI_PROGRESS_JSON, /* stdout, one object a line and epoch */
  CF_CLI_PROGRESS_NONE
} CfCliProgress;

/** Options that train and run have in common, as texts; the rest of CfTrainOptions is the caller's. */
typedef struct
{
  char *recipe, *partition, *blend, *backend, *progress, *weights, *keep, *box, *around;
  double margin; /* A */
  int threads, epochs, every;
  gint64 seed;
} CfCliTrainFlags;
#define CF_CLI_TRAIN_ENTRIES(flags) \
  { "recipe", 0, 0, G_OPTION_ARG_STRING, &(flags).recipe, N_("How regions are fitted: default or paper"), "KIND" }, \
    { "partition", 0, 0, G_OPTION_ARG_STRING, &(flags).partition, N_("Sub-regions: balanced (default) or paper"), "KIND" }, \
    { "blend", 0, 0, G_OPTION_ARG_STRING, &(flags).blend, N_("Between sub-regions: smooth (default) or paper"), "KIND" }, \
    { "backend", 0, 0, G_OPTION_ARG_STRING, &(flags).backend, N_("What computes: auto (default), cpu, cuda, cuda:N"), "NAME" }, \
    { "threads", 0, 0, G_OPTION_ARG_INT, &(flags).threads, N_("Processor threads; default: all"), "N" }, \
    { "seed", 0, 0, G_OPTION_ARG_INT64, &(flags).seed, N_("Seed of all random numbers; default 0"), "N" }, \
    { "epochs", 0, 0, G_OPTION_ARG_INT, &(flags).epochs, N_("At most so many passes over each region; default: the recipe's"), "N" }, \
    { "progress", 0, 0, G_OPTION_ARG_STRING, &(flags).progress, N_("bar (default), json (one object a line on stdout) or none"), "KIND" }
/** For commands that compare fits. */
#define CF_CLI_KEEP_ENTRY(flags) \
  { "keep", 0, 0, G_OPTION_ARG_STRING, &(flags).keep, N_("Weights of each region: best (default), or last, as published"), "KIND" }
/** For commands that may fit a part of the map. */
#define CF_CLI_PART_ENTRIES(flags) \
  { "box", 0, 0, G_OPTION_ARG_STRING, &(flags).box, N_("Fit only what lies in this box, A"), "x0,y0,z0,x1,y1,z1" }, \
    { "around", 0, 0, G_OPTION_ARG_STRING, &(flags).around, N_("Fit only around these residues of the model: A, A/12, A/10-40, several with commas"), "SELECTION" }, \
    { "margin", 0, 0, G_OPTION_ARG_DOUBLE, &(flags).margin, N_("With --around, A beyond the atoms on each side; default 5"), "A" }
/** For commands that save as they go. */
#define CF_CLI_SAVING_ENTRIES(flags) \
  { "weights", 0, 0, G_OPTION_ARG_STRING, &(flags).weights, N_("float16 (default; float32 where it changes the held-out error by over 1 %) or float32"), "KIND" }, \
  { "checkpoint-every", 0, 0, G_OPTION_ARG_INT, &(flags).every, N_("Keep the fits under way every S seconds; default 20"), "S" }
void cf_cli_train_flags_clear (CfCliTrainFlags *flags);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCliTrainFlags, cf_cli_train_flags_clear)
/** Fills checkpoint_every, recipe, partition, blend, seed, max_epochs of options, contour and resolution as NAN, regions as all. */
gboolean cf_cli_train_options (const CfCliTrainFlags *flags, CfTrainOptions *options, CfCliProgress *progress, GError **error);

/** --box and --around, into the box of options; model: NULL where none was given. */
gboolean cf_cli_train_part (const CfCliTrainFlags *flags, const CfStructure *model, CfTrainOptions *options, GError **error);
/** Says of which part of the map a field is, where it is not of all. */
void cf_cli_note_part (const char *name, const CfField *field);

/** Before the options are read. */
#define CF_CLI_TRAIN_FLAGS_INIT { .every = 20, .margin = 5 }
/** Fits volume. Where save_path is given, the field is saved there at the end, and when cancelled or failed with some regions done; until then the
 * folder SAVE_PATH.checkpoint holds what is done and what is under way, and cli->resume says how to go on. Returns the field. */
CfField *cf_cli_train (CfCli *cli, CfBackend *backend, CfVolume *volume, const CfTrainOptions *options, CfCliProgress progress,
                       const char *save_path, GError **error);

/** SAVE_PATH.checkpoint, whose lock is that of the output; NULL for a device or a pipe, beside which nothing is kept. New string. */
char *cf_cli_checkpoint_folder (const char *save_path);
/** For --resume: the neural map at path where there is one, refused where it is of another map. */
gboolean cf_cli_load_part (CfCli *cli, const char *path, const CfVolume *volume, CfField **part, GError **error);
/** The command line of argv with --resume; new string. */
char *cf_cli_resume_command (char **argv);

G_END_DECLS
