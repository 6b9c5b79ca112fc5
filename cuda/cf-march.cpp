/* cf-march.cpp: the pixels of a picture in batches, the rays of a batch in waves, each wave one question to the field. A wave costs the host some 100 us, however few
 * rays it has: a picture is one batch where there is memory for it. No kernel of the networks takes longer for that, so that a display that shares the
 * device stays alive. What a ray meets on its way decides no more than between which two places it looks; value and gradient at the surface are the field's. */
#include <algorithm>

#include "cf-march-gl.h"
#include "cf-march-kernels.h"

#ifndef CF_MARCH_RAYS
#define CF_MARCH_RAYS ((size_t) 1 << 20) /* of a batch; 260 bytes each */
#define CF_MARCH_RAYS_LEAST ((size_t) 1 << 16)
#endif

static CfCudaStatus
prepare (CfCudaQuery *query, const CfMarchView *view, const CfMarchSpace *space, const CfMarchTarget *target, size_t most, CfWaves *waves, char *message)
{
  const size_t all = (size_t) view->width * target->rows;
  const size_t bricks = (size_t) space->n[0] * space->n[1] * space->n[2];
  CfMarchMemory &own = query->march;

  TRY (cf_device_status (own.rays.need (most * sizeof (CfMarchRay)), "memory for rays", message));
  TRY (cf_device_status (own.arrived.need (most * sizeof (int)), "memory for rays", message));
  TRY (cf_device_status (own.counts.need (CF_N_WAVES_COUNTS * sizeof (int)), "memory for rays", message));
  for (CfMemory &list : own.asks)
    TRY (cf_device_status (list.need (most * sizeof (int)), "memory for rays", message));
  TRY (cf_device_status (own.empty.need (bricks), "memory for bricks", message));
  TRY (cf_device_status (own.hits.need (4 * all * sizeof (float)), "memory for a picture", message));
  TRY (cf_device_status (own.normals.need (4 * all * sizeof (float)), "memory for a picture", message));
  TRY (query->queue ().hold (own.empty.as<void> (), space->empty, bricks, message));
  *waves = CfWaves ();
  waves->view = *view;
  waves->space = *space;
  waves->space.empty = own.empty.as<unsigned char> ();
  waves->first_row = target->first_row;
  waves->rays = own.rays.as<CfMarchRay> ();
  waves->arrived = own.arrived.as<int> ();
  waves->counts = own.counts.as<int> ();
  waves->xyz = query->xyz.as<double> ();
  waves->hits = own.hits.as<float> ();
  waves->normals = own.normals.as<float> ();
  return CF_CUDA_OK;
}

static CfCudaStatus
read_counts (CfCudaQuery *query, const CfWaves &waves, int counts[CF_N_WAVES_COUNTS], char *message)
{
  CfStream &stream = query->queue ();

  TRY (cf_device_status (cudaMemcpyAsync (counts, waves.counts, CF_N_WAVES_COUNTS * sizeof (int), cudaMemcpyDeviceToHost, stream.stream), "counting rays",
                         message));
  return stream.finish ("marching", message);
}

/* n rays from pixel waves->first on. */
static CfCudaStatus
march_batch (CfCudaQuery *query, CfWaves *waves, int n, char *message)
{
  cudaStream_t stream = query->queue ().stream;
  int counts[CF_N_WAVES_COUNTS], turn = 0;

  TRY (cf_device_status (cudaMemsetAsync (waves->counts, 0, CF_N_WAVES_COUNTS * sizeof (int), stream), "clearing counts", message));
  waves->next = query->march.asks[0].as<int> ();
  CF_LAUNCH (cf_waves_begin_kernel, cf_thread_grid (n), stream, *waves, n);
  TRY (read_counts (query, *waves, counts, message));
  while (counts[CF_WAVES_ASK] > 0)
    {
      const int asked = counts[CF_WAVES_ASK];
      const int *who = query->march.asks[turn].as<int> ();

      TRY (query->points_about (asked, message));
      turn = !turn;
      waves->next = query->march.asks[turn].as<int> ();
      TRY (cf_device_status (cudaMemsetAsync (waves->counts + CF_WAVES_ASK, 0, sizeof (int), stream), "clearing counts", message));
      CF_LAUNCH (cf_waves_next_kernel, cf_thread_grid (asked), stream, *waves, asked, who, query->value.as<float> ());
      TRY (read_counts (query, *waves, counts, message));
    }
  if (counts[CF_WAVES_ARRIVED] == 0)
    return CF_CUDA_OK;
  CF_LAUNCH (cf_waves_arrive_kernel, cf_thread_grid (counts[CF_WAVES_ARRIVED]), stream, *waves, counts[CF_WAVES_ARRIVED]);
  TRY (query->points (counts[CF_WAVES_ARRIVED], true, message));
  CF_LAUNCH (cf_waves_finish_kernel, cf_thread_grid (counts[CF_WAVES_ARRIVED]), stream, *waves, counts[CF_WAVES_ARRIVED], query->value.as<float> (),
             query->gradient.as<float> ());
  return CF_CUDA_OK;
}

static CfCudaStatus
hand_over (CfCudaQuery *query, const CfWaves &waves, CfMarchTarget *target, char *message)
{
  const size_t bytes = 4 * sizeof (float) * waves.view.width * target->rows;
  CfStream &stream = query->queue ();

  target->in_gl = target->gl_hits != 0 && target->gl_normals != 0 && cf_gl_is_of (query->device->index)
                  && cf_gl_fill (&stream, target->gl_hits, waves.view.width, target->first_row, target->rows, waves.hits)
                  && cf_gl_fill (&stream, target->gl_normals, waves.view.width, target->first_row, target->rows, waves.normals);
  if (!target->in_gl)
    {
      TRY (cf_device_status (cudaMemcpyAsync (target->hits, waves.hits, bytes, cudaMemcpyDeviceToHost, stream.stream), "reading a picture", message));
      TRY (cf_device_status (cudaMemcpyAsync (target->normals, waves.normals, bytes, cudaMemcpyDeviceToHost, stream.stream), "reading a picture",
                             message));
    }
  return stream.finish ("handing over a picture", message);
}

/* In batches of `most` rays. */
static CfCudaStatus
march_all (CfCudaQuery *query, const CfCudaField *field, const CfMarchView *view, const CfMarchSpace *space, const CfMarchTarget *target, size_t most,
           CfWaves *waves, char *message)
{
  const size_t all = (size_t) view->width * target->rows;

  TRY (query->begin_field (field, most, message));
  TRY (prepare (query, view, space, target, most, waves, message));
  for (waves->first = 0; waves->first < all; waves->first += most)
    TRY (march_batch (query, waves, (int) std::min (all - waves->first, most), message));
  return CF_CUDA_OK;
}

CfCudaStatus
cf_march (CfCudaQuery *query, const CfCudaField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target,
          char message[CF_CUDA_MESSAGE])
{
  const size_t all = (size_t) view->width * target->rows;
  size_t most = std::min (all, CF_MARCH_RAYS);
  CfCudaStatus status;
  CfWaves waves;

  target->in_gl = 0;
  if (all == 0)
    return CF_CUDA_OK;
  if (all > CF_CUDA_PIXELS_MOST)
    {
      snprintf (message, CF_CUDA_MESSAGE, "a picture of %zu pixels is asked for at once, %d are possible", all, CF_CUDA_PIXELS_MOST);
      return CF_CUDA_NO_MEMORY;
    }
  while ((status = march_all (query, field, view, space, target, most, &waves, message)) == CF_CUDA_NO_MEMORY && most > CF_MARCH_RAYS_LEAST)
    {
      query->queue ().drain ();
      most = std::max (most / 4, CF_MARCH_RAYS_LEAST);
    }
  return status == CF_CUDA_OK ? hand_over (query, waves, target, message) : status;
}
