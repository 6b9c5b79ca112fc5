/* cf-fine-box.cpp: finer samples: first what lies between the field's own, then the field's answers where they are asked for. They go into a texture of OpenGL's
 * without the host where that is of the same device. */
#include "cf-fine-kernels.h"

#include <limits.h>

#include <algorithm>
#include <memory>

#include "cf-march-gl.h"

#define POINTS (4 * CF_QUERY_POINTS) /* of a call */

CfCudaFine::~CfCudaFine ()
{
  cudaSetDevice (device->index);
  if (stream.stream != NULL)
    stream.drain ();
}

CfCudaStatus
CfCudaFine::open (const CfFineBox *box, char *message)
{
  const size_t all = (size_t) box->lattice.dims[0] * box->lattice.dims[1] * box->lattice.dims[2];
  const size_t blocks = (size_t) box->blocks[0] * box->blocks[1] * box->blocks[2], part = (size_t) box->part[0] * box->part[1] * box->part[2];

  if (all > INT_MAX)
    {
      snprintf (message, CF_CUDA_MESSAGE, "%zu samples are asked for at once, %d are possible", all, INT_MAX);
      return CF_CUDA_NO_MEMORY;
    }
  TRY (stream.open_plain (message));
  TRY (cf_device_status (between.need (part * sizeof (float)), "memory for samples", message));
  TRY (cf_device_status (seen.need (blocks), "memory for samples", message));
  TRY (cf_device_status (out.need (all * sizeof (float)), "memory for samples", message));
  TRY (cf_device_status (asks.need (all * sizeof (int)), "memory for samples", message));
  TRY (cf_device_status (count.need (sizeof (int)), "memory for samples", message));
  n = (int) all;
  view.box = *box;
  view.box.between = between.as<float> ();
  view.box.seen = seen.as<unsigned char> ();
  view.out = out.as<float> ();
  view.asks = asks.as<int> ();
  view.count = count.as<int> ();
  TRY (cf_device_status (cudaMemcpyAsync (between.as<void> (), box->between, part * sizeof (float), cudaMemcpyHostToDevice, stream.stream), "copying samples",
                         message));
  TRY (cf_device_status (cudaMemcpyAsync (seen.as<void> (), box->seen, blocks, cudaMemcpyHostToDevice, stream.stream), "copying samples", message));
  TRY (cf_device_status (cudaMemsetAsync (view.count, 0, sizeof (int), stream.stream), "copying samples", message));
  CF_LAUNCH (cf_fine_begin_kernel, cf_thread_grid (all), stream.stream, view, n);
  TRY (cf_device_status (cudaMemcpyAsync (&n_asks, view.count, sizeof (int), cudaMemcpyDeviceToHost, stream.stream), "counting samples", message));
  return stream.finish ("copying samples", message);
}

CfCudaStatus
CfCudaFine::fill (CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message)
{
  const int end = (int) std::min ((size_t) n_asks, (size_t) asked + POINTS);
  CfStream &queue = query->queue ();

  TRY (cf_device_use (device->index, message));
  if (asked < end)
    TRY (query->begin_field (field, std::min (end - asked, CF_QUERY_POINTS), message));
  while (asked < end)
    {
      const int m = std::min (end - asked, CF_QUERY_POINTS);

      CF_LAUNCH (cf_fine_places_kernel, cf_thread_grid (m), queue.stream, view, asked, m, query->xyz.as<double> ());
      TRY (query->points (m, false, message));
      CF_LAUNCH (cf_fine_answers_kernel, cf_thread_grid (m), queue.stream, view, asked, m, query->value.as<float> ());
      asked += m;
    }
  *left = (size_t) (n_asks - asked);
  return queue.finish ("sampling the field", message);
}

/* What NAN becomes is put into a copy: the samples may be asked for again. */
CfCudaStatus
CfCudaFine::to_gl (CfFineTarget *target, char *message)
{
  const int *dims = view.box.lattice.dims;
  const size_t bricks = (size_t) target->n[0] * target->n[1] * target->n[2];
  CfFineBricks of = { { dims[0], dims[1], dims[2] }, target->edge, { target->first[0], target->first[1], target->first[2] },
                      { target->n[0], target->n[1], target->n[2] } };
  CfMemory texels, ranges;

  TRY (cf_device_status (texels.need (n * sizeof (float)), "memory for a texture", message));
  TRY (cf_device_status (ranges.need (2 * bricks * sizeof (float)), "memory for a texture", message));
  CF_LAUNCH (cf_fine_texels_kernel, cf_thread_grid (n), stream.stream, (size_t) n, view.out, target->empty, texels.as<float> ());
  CF_LAUNCH_SYNC (cf_fine_ranges_kernel, dim3 ((unsigned) bricks), stream.stream, of, view.out, ranges.as<float> ());
  target->in_gl = cf_gl_fill_box (&stream, target->gl_texture, dims, texels.as<float> ());
  TRY (cf_device_status (cudaMemcpyAsync (target->ranges, ranges.as<void> (), 2 * bricks * sizeof (float), cudaMemcpyDeviceToHost, stream.stream),
                         "reading ranges", message));
  return stream.finish ("handing over samples", message);
}

CfCudaStatus
CfCudaFine::give (CfFineTarget *target, char *message)
{
  CfCudaStatus status = CF_CUDA_OK;

  TRY (cf_device_use (device->index, message));
  target->in_gl = 0;
  if (target->gl_texture != 0 && cf_gl_is_of (device->index))
    status = to_gl (target, message);
  if (status != CF_CUDA_OK)
    target->in_gl = 0;
  if (status == CF_CUDA_LOST || target->in_gl || target->samples == NULL)
    return status == CF_CUDA_LOST ? status : CF_CUDA_OK;
  TRY (cf_device_status (cudaMemcpyAsync (target->samples, view.out, n * sizeof (float), cudaMemcpyDeviceToHost, stream.stream), "reading samples", message));
  return stream.finish ("reading samples", message);
}

CfCudaStatus
cf_fine_make (CfCudaDevice *device, const CfFineBox *box, CfCudaFine **out, char message[CF_CUDA_MESSAGE])
{
  std::unique_ptr<CfCudaFine> made (new CfCudaFine (device));

  TRY (made->open (box, message));
  *out = made.release ();
  return CF_CUDA_OK;
}
