#include "cf-random.h"

#include <math.h>

#define GOLDEN G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)

/* The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
static guint64
mix (guint64 z)
{
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

void
cf_random_init (CfRandom *random, guint64 seed, guint64 stream)
{
  random->key = mix (mix (seed + GOLDEN) ^ (stream * GOLDEN));
  random->counter = 0;
}

guint64
cf_random_u64 (CfRandom *random)
{
  return mix (random->key + ++random->counter * GOLDEN);
}

double
cf_random_double (CfRandom *random)
{
  return (double) (cf_random_u64 (random) >> 11) * 0x1p-53;
}

double
cf_random_normal (CfRandom *random)
{
  /* Box-Muller, one value a pair: the number of draws is then fixed, which a rejection method's is not. */
  double u = 1.0 - cf_random_double (random), v = cf_random_double (random);
  return sqrt (-2.0 * log (u)) * cos (2.0 * G_PI * v);
}

/* Uniform in [0, n) without bias: the high word of a product, refused in the short first interval (Lemire 2019). */
static guint64
below (CfRandom *random, guint64 n)
{
  guint64 threshold = -n % n;
  for (;;)
    {
      unsigned __int128 product = (unsigned __int128) cf_random_u64 (random) * n;
      if ((guint64) product >= threshold)
        return (guint64) (product >> 64);
    }
}

void
cf_random_shuffle (CfRandom *random, guint32 *values, gsize n)
{
  for (gsize i = n; i > 1; i--)
    {
      gsize j = below (random, i);
      guint32 kept = values[i - 1];
      values[i - 1] = values[j];
      values[j] = kept;
    }
}
