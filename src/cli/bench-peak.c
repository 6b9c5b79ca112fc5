/* bench-peak.c: the fused multiply-adds that this machine's threads can do, measured: what other rates are shares of. */
#include "bench.h"

#define ROUNDS (1 << 22)
#define CHAINS 12

/* Twelve independent chains hide the latency of one, and with their two constants fit sixteen registers. The sum is returned so that
 * none can be left out. */
#define MULTIPLY_ADD(NAME, BYTES, ATTRIBUTES) \
  ATTRIBUTES static float NAME (void) \
  { \
    typedef float Vector __attribute__ ((vector_size (BYTES))); \
    const Vector a = (Vector) { 0 } + 0.999f, b = (Vector) { 0 } + 1e-3f; \
    Vector c0 = b, c1 = b, c2 = b, c3 = b, c4 = b, c5 = b, c6 = b, c7 = b, c8 = b, c9 = b, c10 = b, c11 = b; \
    float total = 0; \
    for (int r = 0; r < ROUNDS; r++) \
      { \
        c0 = c0 * a + b; \
        c1 = c1 * a + b; \
        c2 = c2 * a + b; \
        c3 = c3 * a + b; \
        c4 = c4 * a + b; \
        c5 = c5 * a + b; \
        c6 = c6 * a + b; \
        c7 = c7 * a + b; \
        c8 = c8 * a + b; \
        c9 = c9 * a + b; \
        c10 = c10 * a + b; \
        c11 = c11 * a + b; \
        /* the chains would otherwise be seen to be equal and be merged */ \
        __asm__ volatile ("" : BARRIER (c0), BARRIER (c1), BARRIER (c2), BARRIER (c3), BARRIER (c4), BARRIER (c5)); \
        __asm__ volatile ("" : BARRIER (c6), BARRIER (c7), BARRIER (c8), BARRIER (c9), BARRIER (c10), BARRIER (c11)); \
      } \
    c0 += c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11; \
    for (gsize i = 0; i < BYTES / sizeof (float); i++) \
      total += c0[i]; \
    return total; \
  }

#if defined(__x86_64__)
#define BARRIER(c) "+v"(c)
MULTIPLY_ADD (multiply_add_512, 64, __attribute__ ((target ("avx512f,fma"), noinline)))
MULTIPLY_ADD (multiply_add_256, 32, __attribute__ ((target ("avx2,fma"), noinline)))
#undef BARRIER
#define BARRIER(c) "+x"(c)
#else
#define BARRIER(c) "+w"(c)
#endif
MULTIPLY_ADD (multiply_add_128, 16, __attribute__ ((noinline)))

typedef struct
{
  float (*run) (void);
  float sum;
} Work;

static gpointer
work (gpointer data)
{
  Work *w = data;
  w->sum = w->run ();
  return NULL;
}

double
cf_bench_peak_gflops (int threads)
{
  g_autofree GThread **running = g_new (GThread *, threads);
  g_autofree Work *works = g_new0 (Work, threads);
  float (*run) (void) = multiply_add_128;
  int lanes = 4;
  double best = 0;

#if defined(__x86_64__)
  if (__builtin_cpu_supports ("avx512f"))
    {
      run = multiply_add_512;
      lanes = 16;
    }
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    {
      run = multiply_add_256;
      lanes = 8;
    }
#endif
  for (int trial = 0; trial < 5; trial++)
    {
      gint64 start = g_get_monotonic_time ();
      double seconds;

      for (int i = 0; i < threads; i++)
        {
          works[i].run = run;
          running[i] = g_thread_new ("peak", work, &works[i]);
        }
      for (int i = 0; i < threads; i++)
        g_thread_join (running[i]);
      seconds = (g_get_monotonic_time () - start) / 1e6;
      best = MAX (best, 2.0 * lanes * CHAINS * ROUNDS * threads / seconds / 1e9);
    }
  return best;
}
