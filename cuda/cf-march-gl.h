/* cf-march-gl.h: rays through the field, and the textures of a GL context that they fill; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-query.h"

CfCudaStatus cf_march (CfCudaQuery *query, const CfCudaField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target,
                       char message[CF_CUDA_MESSAGE]);

/** Whether the calling thread's GL context runs on this device. No error stays behind. */
bool cf_gl_is_of (int device);
/** Rows first_row .. of a texture RGBA32F of the calling thread's GL context, from memory on the device. The texture is registered for this call
 * alone: whoever owns it may delete it afterwards. FALSE where that is not possible; no error stays behind, unless the device was lost. */
bool cf_gl_fill (CfStream *stream, unsigned texture, int width, int first_row, int rows, const float *rgba);
/** The same of a whole 3D texture R32F of dims. */
bool cf_gl_fill_box (CfStream *stream, unsigned texture, const int dims[3], const float *samples);
