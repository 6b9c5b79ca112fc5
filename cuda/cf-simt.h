/* cf-simt.h: what the kernels are written in. With nvcc it is CUDA's runtime; with another compiler, the few calls and words of it that this room
 * uses, carried out on the host (tests/cuda/cf-simt-host.cpp), so that whole kernels are tested where there is no device. */
#pragma once

#ifdef __CUDACC__

#include <cuda_runtime.h>

/* Bounded, so that no kernel takes more registers than a block may have. */
#define CF_KERNEL __global__ __launch_bounds__ (CF_BLOCK)
/* Of so few registers that two blocks share a multiprocessor: what one waits for, the other one uses. */
#define CF_KERNEL_TWICE __global__ __launch_bounds__ (CF_BLOCK, 2)
#define CF_DEVICE __device__ __forceinline__
#define CF_SHARED __shared__
#define CF_SYNC() __syncthreads ()
/* Before a loop whose counter chooses registers. */
#define CF_UNROLL _Pragma ("unroll")
/* of the 32 threads of a warp */
#define CF_SYNC_WARP() __syncwarp ()
/* KERNEL<T> has commas: the kernel comes in parentheses. */
#define CF_LAUNCH(KERNEL, GRID, STREAM, ...) KERNEL<<<GRID, CF_BLOCK, 0, STREAM>>> (__VA_ARGS__)
/* for kernels with a CF_SYNC () */
#define CF_LAUNCH_SYNC(KERNEL, GRID, STREAM, ...) KERNEL<<<GRID, CF_BLOCK, 0, STREAM>>> (__VA_ARGS__)

#else
#include "cf-simt-host.h"
#endif

#define CF_BLOCK 256 /* threads of every block */
#define CF_ROWS 64   /* rows of the matrices that one block of a layer's kernel goes through */
#define CF_GROUP 32  /* threads that sum one row together */
