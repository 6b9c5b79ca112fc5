/* cf-blas.c: opens OpenBLAS. */
#include "cf-blas.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif
#include <dlfcn.h>

#include "cf-error.h"
#include "cf-words.h"

#define LIBRARY "libopenblas.so.0"

/* AMD's family of Zen 3 and 4, which halves each instruction of 512 bits. */
static gboolean
halves_avx512 (void)
{
#ifdef __x86_64__
  unsigned a, b, c, d;

  return __builtin_cpu_is ("amd") && __get_cpuid (1, &a, &b, &c, &d) && (a >> 8 & 15) + (a >> 20 & 255) == 0x19;
#else
  return FALSE;
#endif
}

static gboolean
has_avx512 (void)
{
#ifdef __x86_64__
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512bw")
         && __builtin_cpu_supports ("avx512vl");
#else
  return FALSE;
#endif
}

void
cf_blas_prepare (void)
{
  static gsize once = 0;

  if (!g_once_init_enter (&once))
    return;
  /* OpenBLAS 0.3.21 takes its Haswell kernels on newer AMD processors that have AVX-512, at half of the speed; on Zen 4 these are faster by 6 %. */
  if (has_avx512 ())
    g_setenv ("OPENBLAS_CORETYPE", halves_avx512 () ? "HASWELL" : "SKYLAKEX", FALSE);
  g_setenv ("OPENBLAS_NUM_THREADS", "1", TRUE);
  g_once_init_leave (&once, 1);
}

static char *
load (CfBlas *blas)
{
  void *library = dlopen (LIBRARY, RTLD_NOW | RTLD_LOCAL);
  void (*set_num_threads) (int);
  const char *(*get_corename) (void);

  if (library == NULL)
    return g_strdup_printf (_("cannot open OpenBLAS: %s; install libopenblas0"), dlerror ());
  blas->gemm = dlsym (library, "cblas_sgemm");
  blas->syrk = dlsym (library, "cblas_ssyrk");
  blas->gemv = dlsym (library, "cblas_sgemv");
  if (blas->gemm == NULL || blas->syrk == NULL || blas->gemv == NULL)
    return g_strdup ("cannot use OpenBLAS: " LIBRARY " has no CBLAS interface");
  set_num_threads = dlsym (library, "openblas_set_num_threads");
  if (set_num_threads != NULL)
    set_num_threads (1);
  get_corename = dlsym (library, "openblas_get_corename");
  blas->core = get_corename != NULL ? get_corename () : "unknown";
  return NULL;
}

const CfBlas *
cf_blas_get (GError **error)
{
  static gsize once = 0;
  static CfBlas blas;
  static char *failure;

  if (g_once_init_enter (&once))
    {
      cf_blas_prepare ();
      failure = load (&blas);
      g_once_init_leave (&once, 1);
    }
  if (failure == NULL)
    return &blas;
  g_set_error_literal (error, CF_ERROR, CF_ERROR_DEVICE, failure);
  return NULL;
}
