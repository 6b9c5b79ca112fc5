/* cf-random.h: counter-based random numbers (SplitMix64 over seed, stream, counter): the same on every machine and thread count. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 key, counter;
} CfRandom;

void cf_random_init (CfRandom *random, guint64 seed, guint64 stream);
guint64 cf_random_u64 (CfRandom *random);
double cf_random_double (CfRandom *random); /* [0, 1) */
double cf_random_normal (CfRandom *random); /* mean 0, sd 1 */
/** Fisher-Yates over n values. */
void cf_random_shuffle (CfRandom *random, guint32 *values, gsize n);

G_END_DECLS
