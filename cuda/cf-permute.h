/* cf-permute.h: the order of samples in an epoch without a stored list, for host and device: where a Fisher-Yates shuffle has to be made in turn,
 * this gives each position its sample by itself. */
#pragma once

#include "cf-both.h"

CF_BOTH unsigned long long
cf_permute_mix (unsigned long long z)
{
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

/** A permutation of 0 .. n - 1, another one for each key: the image of i < n. Rounds of steps that are each one-to-one on the next power of two
 * (odd factor, addition, shifted exclusive or), walked until the image is below n. */
CF_BOTH unsigned
cf_permute (unsigned i, unsigned n, unsigned long long key)
{
  unsigned bits = 0, mask, shift, round;

  if (n < 2)
    return 0;
  while (bits < 32 && (n - 1) >> bits != 0)
    bits++;
  mask = bits == 32 ? 0xffffffffu : (1u << bits) - 1;
  shift = bits / 2 + (bits == 1);
  do
    for (round = 0; round < 6; round++)
      {
        unsigned long long k = cf_permute_mix (key + (round + 1) * 0x9E3779B97F4A7C15ull);

        i = (i * ((unsigned) k | 1) + (unsigned) (k >> 32)) & mask;
        i ^= i >> (shift > 0 ? shift : 1);
      }
  while (i >= n);
  return i;
}
