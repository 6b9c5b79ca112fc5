/* cli.h: what the commands of cryofield-cli share: options, one-line errors, inputs with their warnings, levels, JSON, progress. */
#pragma once

#include <gio/gio.h>
#include <jansson.h>

#include "cf-backend.h"
#include "cf-error.h"
#include "cf-json.h"
#include "cf-level.h"
#include "cf-structure.h"
#include "cf-volume.h"

G_BEGIN_DECLS

/** One run of the program. */
typedef struct
{
  GCancellable *cancellable; /* cancelled by SIGINT and SIGTERM */
  const char *command;       /* "train" */
  char *resume;              /* the command line that goes on after a cancel, or NULL */
  CfBackend *backend;        /* that queries are asked of, once a field was opened: a reference, for its notice at the end */
} CfCli;

/** A row of the table in main.c. run returns FALSE with an error, or FALSE without one where --help was all that was asked. */
typedef struct
{
  const char *name;
  const char *arguments;
  const char *summary;
  const char *description; /* below the options of --help; NULL */
  gboolean (*run) (CfCli *cli, char **argv, GError **error);
} CfCommand;

extern const CfCommand cf_commands[]; /* ends with a NULL name */

/* one function a command, each in its own file */
gboolean cf_cmd_info (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_probe (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_simulate (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_train (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_merge (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_sample (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_graph (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_walk (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_sweep (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_compare (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_report (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_interpolate (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_seams (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_render (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_run (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_fetch (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_batch (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_merge_batch (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_devices (CfCli *cli, char **argv, GError **error);
gboolean cf_cmd_bench (CfCli *cli, char **argv, GError **error);

/* -- options and errors ----------------------------------------------------------------------------------------------------- */

/** Parses the options of a command; *files gets what is left, between min and max names (max < 0: any). FALSE without an error after --help. */
gboolean cf_cli_parse (CfCli *cli, const GOptionEntry *entries, char **argv, int min, int max, char ***files, GError **error);
/** "A,B,C" to exactly n finite numbers; CF_ERROR_ARGUMENT otherwise, naming the option. */
gboolean cf_cli_parse_numbers (const char *option, const char *text, int n, double *out, GError **error);
/** Index of text in the NULL-terminated names, *out untouched where text is NULL; CF_ERROR_ARGUMENT names the choices. */
gboolean cf_cli_parse_choice (const char *option, const char *text, const char *const *names, int *out, GError **error);
/** CF_ERROR_ARGUMENT where an option that is needed is missing. */
gboolean cf_cli_need (const char *option, gconstpointer value, GError **error);
/** CF_ERROR_ARGUMENT where value is not in [lo, hi] or not finite. */
gboolean cf_cli_check_range (const char *option, double value, double lo, double hi, GError **error);
/** Whether a file could be written there: its folder exists. Asked before long work. */
gboolean cf_cli_check_output (const char *path, GError **error);
/** The command line that repeats argv, quoted for a shell; new string. */
char *cf_cli_command_line (char **argv);
/** 0, 1, 2 or 3: done, failed while working, wrong usage, an input was refused. */
int cf_cli_exit_status (const GError *error);
/** One line to stderr. */
void cf_cli_print_error (const CfCli *cli, const GError *error);
void cf_cli_warn (const char *file, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** Information for a person, to stderr. */
void cf_cli_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
/** Prints what the backend has to tell, if anything. */
void cf_cli_print_notice (CfBackend *backend);

/* -- inputs: any failure is an input that was refused; warnings go to stderr ------------------------------------------------- */

typedef enum
{
  CF_INPUT_MAP,
  CF_INPUT_MODEL,
  CF_INPUT_NEURAL
} CfInputKind;

/* Names may say what is chosen in the file: "MAP#nstart", "STACK#volume=2", "MODEL#model=3" (cf-command.h). */

/** By content; what cannot be told is a map, whose reader says what it looks like. */
CfInputKind cf_cli_input_kind (const char *path);
/** A file that is there; a folder is not one. */
gboolean cf_cli_check_input (const char *path, GError **error);
CfVolume *cf_cli_load_map (CfCli *cli, const char *path, GError **error);
/** "demo:" is the embedded demonstration. */
CfStructure *cf_cli_load_model (CfCli *cli, const char *path, GError **error);
/** Makes an error of a reader one about an input: CF_INPUT_ERROR with the file's name in front. */
void cf_cli_refuse (const char *path, GError **error);

/* -- JSON and numbers ------------------------------------------------------------------------------------------------------- */

json_t *cf_json_strings (char *const *strings);
json_t *cf_json_level (const CfLevel *level);
/** The object as a file, atomically; borrows it. */
gboolean cf_json_save (json_t *object, const char *path, GError **error);
/** One object and a newline on stdout; takes the reference. */
gboolean cf_json_print (json_t *object, GError **error);
/** FALSE with an error where stdout could not be written (a full disk, a closed pipe). */
gboolean cf_cli_flush (GError **error);

/* -- progress --------------------------------------------------------------------------------------------------------------- */

/** One line on a terminal's stderr, rewritten; elsewhere a line each 10 s, from the tenth second on. Use as CfProgressFunc with the text as user data. */
void cf_cli_progress (double fraction, gpointer text);
void cf_cli_progress_end (void);

G_END_DECLS
