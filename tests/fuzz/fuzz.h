/* fuzz.h: what the fuzzing targets share: bytes as a file, and what must hold whatever the bytes are. */
#pragma once

#include <gio/gio.h>

#include "cf-error.h"

/** libFuzzer calls it for each input; 0 always. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize n);

/** Makes the bytes a file in memory and returns its path, valid until the next call. */
const char *fuzz_file (const guint8 *data, gsize n);
/** Stops the run unless the call either made something or said why not: an input error of one line. Frees `error`. */
void fuzz_check (gconstpointer made, GError *error);
/** Stops the run unless `text` is valid UTF-8 without control characters; NULL is fine. */
void fuzz_check_text (const char *text);
