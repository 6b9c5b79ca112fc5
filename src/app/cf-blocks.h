/* cf-blocks.h: how long the main loop is kept from listening, for tests and for whoever looks for the cause. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Where the environment names a file in CRYOFIELD_BLOCKS, a line is written to it for each time that the main loop did anything else than wait for
 * over 50 ms: when it began (s since this call), how long it took by the clock, how much processor time the main thread spent in it, and how long that
 * thread was ready but had no core, which is the machine's doing (ms; -1 where the kernel does not tell); then the stack as it was after 50 ms of it.
 * Call it once, on the main thread, before the main loop runs. */
void cf_blocks_watch (void);

G_END_DECLS
