/* cf-both.h: arithmetic that the host and a CUDA device share, so that it is written once and tested where there is no device. Headers
 * that use it need neither GLib nor CUDA. */
#pragma once

#ifdef __CUDACC__
#define CF_BOTH static __host__ __device__ __forceinline__
#else
#define CF_BOTH static inline __attribute__ ((always_inline))
#endif
