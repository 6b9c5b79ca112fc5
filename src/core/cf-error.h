/* cf-error.h: the error domains of the rooms, and what an exit status makes of them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * CF_INPUT_ERROR: an input file was refused (exit status 3 of the command line). The message names the file, the field, the
 * value found and the value needed, on one line, without a trailing full stop: "FILE: FIELD is VALUE, needs NEEDED".
 */
#define CF_INPUT_ERROR (cf_input_error_quark ())
GQuark cf_input_error_quark (void);

typedef enum
{
  CF_INPUT_ERROR_NOT_THIS,    /* not this kind of file at all (text, HTML, empty) */
  CF_INPUT_ERROR_FIELD,       /* a field of the header holds a value that cannot be */
  CF_INPUT_ERROR_LENGTH,      /* short, or sizes that contradict each other */
  CF_INPUT_ERROR_UNSUPPORTED, /* well formed, but holds what this program does not open */
  CF_INPUT_ERROR_DAMAGED,     /* compression or checksum errors */
  CF_INPUT_ERROR_EMPTY        /* nothing in it to work on: zero atoms, a constant map */
} CfInputError;

/** CF_ERROR: work that failed for another reason (exit status 1). G_IO_ERROR_CANCELLED is used for a cancelled call. */
#define CF_ERROR (cf_error_quark ())
GQuark cf_error_quark (void);

typedef enum
{
  CF_ERROR_FAILED,
  CF_ERROR_ARGUMENT, /* a parameter outside of its range (exit status 2) */
  CF_ERROR_DEVICE    /* a device that does not work or is not there */
} CfError;

/** Progress of long work: fraction in [0, 1]; may be called from a worker thread, never with a lock held. */
typedef void (*CfProgressFunc) (double fraction, gpointer user_data);

G_END_DECLS
