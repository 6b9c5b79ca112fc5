/* cf-ascent.cpp: climbs in waves, each one question to the field, or some steps between samples: no kernel takes longer than CF_QUERY_POINTS points do, so that
 * a display that shares the device stays alive. */
#include <algorithm>
#include <memory>
#include <vector>

#include "cf-ascent-kernels.h"

#define WAVES 4     /* a call */
#define BRICKS 4096 /* copied at a time: 8 MiB */

CfCudaAscent::~CfCudaAscent ()
{
  cudaSetDevice (device->index);
  if (stream.stream != NULL)
    stream.drain ();
}

/* The bricks that are kept, one after the other, and where each lies: a part at a time, so that they do not stand in main memory twice. */
CfCudaStatus
CfCudaAscent::copy_samples (const CfLandscapeView *from, char *message)
{
  const size_t n = (size_t) from->n[0] * from->n[1] * from->n[2], bytes = CF_LANDSCAPE_BRICK * sizeof (float);
  std::vector<float> part ((size_t) BRICKS * CF_LANDSCAPE_BRICK);
  std::vector<int> which (n, -1);
  std::vector<size_t> kept;
  CfMemory places;

  for (size_t b = 0; b < n; b++)
    if (from->bricks[b] != NULL)
      {
        which[b] = (int) kept.size ();
        kept.push_back (b);
      }
  TRY (cf_device_status (bricks.need (std::max ((size_t) 1, kept.size ()) * bytes), "memory for samples", message));
  TRY (cf_device_status (pointers.need (n * sizeof (float *)), "memory for samples", message));
  TRY (cf_device_status (places.need (n * sizeof (int)), "memory for samples", message));
  for (size_t first = 0; first < kept.size (); first += BRICKS)
    {
      const size_t m = std::min (kept.size () - first, (size_t) BRICKS);

      for (size_t i = 0; i < m; i++)
        std::copy_n (from->bricks[kept[first + i]], CF_LANDSCAPE_BRICK, &part[i * CF_LANDSCAPE_BRICK]);
      TRY (cf_device_status (cudaMemcpyAsync (bricks.as<float> () + first * CF_LANDSCAPE_BRICK, part.data (), m * bytes, cudaMemcpyHostToDevice, stream.stream),
                             "copying samples", message));
      TRY (stream.finish ("copying samples", message));
    }
  TRY (stream.hold (places.as<void> (), which.data (), n * sizeof (int), message));
  CF_LAUNCH (cf_ascent_bricks_kernel, cf_thread_grid (n), stream.stream, n, places.as<int> (), bricks.as<float> (), pointers.as<const float *> ());
  view = *from;
  view.bricks = pointers.as<const float *> ();
  has_samples = true;
  return stream.finish ("copying samples", message);
}

CfCudaStatus
CfCudaAscent::open (int paper, size_t n, const float *start, const CfLandscapeView *samples, char *message)
{
  const int room = (int) std::min (n, (size_t) CF_QUERY_POINTS);

  TRY (stream.open_plain (message));
  TRY (cf_device_status (starts.need (3 * n * sizeof (float)), "memory for climbs", message));
  TRY (cf_device_status (peaks.need (3 * n * sizeof (float)), "memory for climbs", message));
  TRY (cf_device_status (shoulders.need (3 * n * sizeof (float)), "memory for climbs", message));
  TRY (cf_device_status (densities.need (n * sizeof (float)), "memory for climbs", message));
  TRY (cf_device_status (climbs.need (room * sizeof (CfClimb)), "memory for climbs", message));
  for (CfMemory &list : lists)
    TRY (cf_device_status (list.need (room * sizeof (int)), "memory for climbs", message));
  TRY (cf_device_status (counts.need (CF_N_ASCENT_COUNTS * sizeof (int)), "memory for climbs", message));
  if (samples != NULL)
    TRY (copy_samples (samples, message));
  ascents.paper = paper;
  ascents.n = (int) n;
  ascents.start = starts.as<float> ();
  ascents.climbs = climbs.as<CfClimb> ();
  ascents.counts = counts.as<int> ();
  ascents.peak = peaks.as<float> ();
  ascents.density = densities.as<float> ();
  ascents.shoulder = shoulders.as<float> ();
  ascents.next = lists[0].as<int> ();
  counts_now[CF_ASCENT_NEXT] = n_live = room;
  TRY (cf_device_status (cudaMemcpyAsync (starts.as<void> (), start, 3 * n * sizeof (float), cudaMemcpyHostToDevice, stream.stream), "copying seeds", message));
  TRY (cf_device_status (cudaMemcpyAsync (counts.as<void> (), counts_now, sizeof counts_now, cudaMemcpyHostToDevice, stream.stream), "copying seeds", message));
  CF_LAUNCH (cf_ascent_begin_kernel, cf_thread_grid (room), stream.stream, ascents, room);
  return stream.finish ("beginning climbs", message);
}

/* One question of all that are under way. */
CfCudaStatus
CfCudaAscent::wave (CfCudaQuery *query, char *message)
{
  CfStream &queue = has_samples ? stream : query->queue ();
  int *live_count = ascents.counts + CF_ASCENT_LIVE;

  ascents.live = lists[turn].as<int> ();
  ascents.next = lists[!turn].as<int> ();
  if (!has_samples)
    {
      CF_LAUNCH (cf_ascent_place_kernel, cf_thread_grid (n_live), queue.stream, ascents, n_live, query->xyz.as<double> ());
      TRY (query->points (n_live, true, message));
    }
  TRY (cf_device_status (cudaMemsetAsync (live_count, 0, sizeof (int), queue.stream), "counting climbs", message));
  if (has_samples)
    CF_LAUNCH (cf_ascent_samples_kernel, cf_thread_grid (n_live), queue.stream, ascents, n_live, view);
  else
    CF_LAUNCH (cf_ascent_field_kernel, cf_thread_grid (n_live), queue.stream, ascents, n_live, query->value.as<float> (), query->gradient.as<float> ());
  TRY (cf_device_status (cudaMemcpyAsync (counts_now, ascents.counts, sizeof counts_now, cudaMemcpyDeviceToHost, queue.stream), "counting climbs", message));
  TRY (queue.finish ("climbing", message));
  asked += n_live;
  n_live = counts_now[CF_ASCENT_LIVE];
  turn = !turn;
  return CF_CUDA_OK;
}

CfCudaStatus
CfCudaAscent::ascend (CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message)
{
  TRY (cf_device_use (device->index, message));
  if (!has_samples && n_live > 0)
    TRY (query->begin_field (field, n_live, message));
  for (int i = 0; i < WAVES && n_live > 0; i++)
    TRY (wave (query, message));
  *left = (size_t) n_live + ascents.n - std::min (counts_now[CF_ASCENT_NEXT], ascents.n);
  return CF_CUDA_OK;
}

CfCudaStatus
CfCudaAscent::result (CfCudaPeaks *out, char *message)
{
  const size_t n = ascents.n, bytes = n * sizeof (float);

  TRY (cf_device_use (device->index, message));
  TRY (cf_device_status (cudaMemcpyAsync (out->peak, ascents.peak, 3 * bytes, cudaMemcpyDeviceToHost, stream.stream), "reading peaks", message));
  TRY (cf_device_status (cudaMemcpyAsync (out->density, ascents.density, bytes, cudaMemcpyDeviceToHost, stream.stream), "reading peaks", message));
  if (out->shoulder != NULL)
    TRY (cf_device_status (cudaMemcpyAsync (out->shoulder, ascents.shoulder, 3 * bytes, cudaMemcpyDeviceToHost, stream.stream), "reading peaks", message));
  TRY (stream.finish ("reading peaks", message));
  out->asked = asked;
  out->unfinished = counts_now[CF_ASCENT_UNFINISHED];
  return CF_CUDA_OK;
}

CfCudaStatus
cf_ascent_make (CfCudaDevice *device, int paper, size_t n, const float *start, const CfLandscapeView *samples, CfCudaAscent **out,
                char message[CF_CUDA_MESSAGE])
{
  std::unique_ptr<CfCudaAscent> made (new CfCudaAscent (device));

  TRY (made->open (paper, n, start, samples, message));
  *out = made.release ();
  return CF_CUDA_OK;
}
