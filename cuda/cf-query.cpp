/* cf-query.cpp: points sorted by network, in tiles, many tiles at once. */
#include "cf-query.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "cf-field-kernels.h"
#include "cf-fused-kernels.h"
#include "cf-net-pass.h"

#define TILE (2 * CF_ROWS) /* rows of one network */

static CfCudaStatus
fill_net (CfCudaNet *net, const float *params, char *message)
{
  const size_t n = cf_n_params (&net->shape);
  const bool half = net->device->precision == CF_CUDA_FP16 || (net->device->precision == CF_CUDA_TF32 && cf_fused_fits (net->shape));
  CfStream stream (net->device);

  TRY (cf_device_status (net->params.need (n * sizeof (float)), "memory for a network", message));
  if (half)
    TRY (cf_device_status (net->halves.need (n * sizeof (CfHalf)), "memory for a network", message));
  TRY (stream.open_plain (message));
  TRY (cf_device_status (cudaMemcpyAsync (net->params.as<float> (), params, n * sizeof (float), cudaMemcpyHostToDevice, stream.stream),
                         "copying a network", message));
  if (half)
    CF_LAUNCH ((cf_halves_kernel<CfHalf>), dim3 ((unsigned) ((n + CF_BLOCK - 1) / CF_BLOCK)), stream.stream, n, net->params.as<float> (),
               net->halves.as<CfHalf> ());
  return stream.finish ("copying a network", message);
}

CfCudaStatus
cf_net_set (CfCudaDevice *device, const CfCudaShape *shape, const float *params, CfCudaNet **net, char message[CF_CUDA_MESSAGE])
{
  CfCudaNet *filled = *net;

  TRY (cf_device_use (device->index, message));
  if (filled == NULL)
    filled = new CfCudaNet ();
  filled->device = device;
  filled->shape = *shape;
  CfCudaStatus status = fill_net (filled, params, message);
  if (status == CF_CUDA_OK)
    *net = filled;
  else if (*net == NULL)
    delete filled;
  return status;
}

namespace
{
struct Tile
{
  const CfCudaNet *net;
  int rows;
};

template <typename T> class Query : public CfCudaQuery, private CfOperands<T>
{
public:
  Query (CfCudaDevice *device, const CfCudaShape *shape, int rows) : CfCudaQuery (device), stream (device)
  {
    pass.shape = *shape;
    pass.stride = TILE;
    most = std::max (1, rows / TILE);
  }

  ~Query () override
  {
    cudaSetDevice (device->index);
    if (stream.stream != NULL)
      stream.drain ();
  }

  CfCudaStatus open (char *message);
  CfCudaStatus eval (const CfCudaJob *jobs, size_t n_jobs, char *message) override;
  CfCudaStatus field (const CfCudaField *field, size_t n, const double *xyz, float *value, float *gradient, char *message) override;
  CfCudaStatus bake (const CfCudaField *field, const CfLattice *lattice, size_t first, size_t n, float *value, char *message) override;
  CfCudaStatus matrix_rate (double *tflops, char *message) override;
  CfCudaStatus begin_field (const CfCudaField *field, size_t most, char *message) override;
  CfCudaStatus points (int n, bool gradients, char *message) override;
  CfCudaStatus points_about (int n, char *message) override;
  CfStream &queue () override { return stream; }

private:
  CfOperand
  by_pointers (int array) const
  {
    return CfOperand{ NULL, 0, (const void *const *) pointers.as<const void *> () + (size_t) array * most, pass.shape.width };
  }
  /* Arrays of pointers: the sines of layers 0 .. hidden, z, dz, weights of layers 1 .. hidden. */
  CfOperand act (size_t at) const override { return by_pointers ((int) (at / pass.layer_step)); }
  CfOperand z () const override { return by_pointers (pass.shape.hidden + 1); }
  CfOperand dz () const override { return by_pointers (pass.shape.hidden + 2); }
  CfOperand weight (int layer) const override { return by_pointers (pass.shape.hidden + 2 + layer); }

  CfCudaStatus upload (void *to, const void *from, size_t bytes, char *message);
  CfCudaStatus download (void *to, const void *from, size_t bytes, char *message);
  CfCudaStatus check (const CfCudaNet *net, char *message) const;
  CfCudaStatus prepare_wave (const Tile *tiles, int n, char *message);
  void values_of (int n);
  CfCudaStatus run_tiles (const std::vector<Tile> &tiles, bool slopes, char *message);
  CfCudaStatus need_rows (size_t rows, char *message);
  CfCudaStatus prepare_field (const CfCudaField *field, char *message);
  CfCudaStatus sort_points (int n, std::vector<Tile> *tiles, char *message);

  CfStream stream;
  int most; /* tiles */
  bool halves = cf_is_half<T> (); /* the operands are these; for a float's query only in points_about () */
  CfPass<T> pass = {};
  CfMemory act_memory, slope_memory, z_memory, dz_memory, dout_memory, params_memory, rows_memory, pointers;
  CfMemory x, out, by_input;                                         /* of all rows of a call */
  CfMemory axis, kinds, flat, counts, begins, place;                 /* of a field */
  const CfCudaField *now = NULL;                                     /* during a call */
  CfFieldView view;
};

template <typename T> CfCudaStatus
Query<T>::open (char *message)
{
  const size_t width = pass.shape.width, hidden = pass.shape.hidden, matrix = (size_t) most * TILE * width, n_static = hidden + 3;

  TRY (stream.open (message));
  TRY (cf_device_status (act_memory.need ((hidden + 1) * matrix * sizeof (T)), "memory for queries", message));
  TRY (cf_device_status (slope_memory.need ((hidden + 1) * matrix * sizeof (T)), "memory for queries", message));
  TRY (cf_device_status (z_memory.need (matrix * sizeof (float)), "memory for queries", message));
  TRY (cf_device_status (dz_memory.need (matrix * sizeof (T)), "memory for queries", message));
  TRY (cf_device_status (dout_memory.need ((size_t) most * TILE * sizeof (float)), "memory for queries", message));
  TRY (cf_device_status (params_memory.need (most * sizeof (float *)), "memory for queries", message));
  TRY (cf_device_status (rows_memory.need (most * sizeof (int)), "memory for queries", message));
  TRY (cf_device_status (pointers.need ((n_static + hidden) * most * sizeof (void *)), "memory for queries", message));
  pass.act = act_memory.as<T> ();
  pass.slope = slope_memory.as<T> ();
  pass.z = z_memory.as<float> ();
  pass.dz = dz_memory.as<T> ();
  pass.dout = dout_memory.as<float> ();
  pass.layer_step = matrix;
  pass.params = params_memory.as<const float *> ();
  pass.rows = rows_memory.as<int> ();
  pass.blocks = TILE / CF_ROWS;
  pass.dout_scale = cf_is_half<T> () ? 64 : 1;

  std::vector<const void *> fixed (n_static * most);
  for (int g = 0; g < most; g++)
    {
      const size_t at = (size_t) g * TILE * width;

      for (size_t l = 0; l <= hidden; l++)
        fixed[l * most + g] = pass.act + l * matrix + at;
      fixed[(hidden + 1) * most + g] = pass.z + at;
      fixed[(hidden + 2) * most + g] = pass.dz + at;
    }
  TRY (upload (pointers.as<void> (), fixed.data (), fixed.size () * sizeof (void *), message));
  return stream.finish ("preparing queries", message);
}

template <typename T> CfCudaStatus
Query<T>::upload (void *to, const void *from, size_t bytes, char *message)
{
  return cf_device_status (cudaMemcpyAsync (to, from, bytes, cudaMemcpyHostToDevice, stream.stream), "copying to the device", message);
}

template <typename T> CfCudaStatus
Query<T>::download (void *to, const void *from, size_t bytes, char *message)
{
  return cf_device_status (cudaMemcpyAsync (to, from, bytes, cudaMemcpyDeviceToHost, stream.stream), "copying from the device", message);
}

template <typename T> CfCudaStatus
Query<T>::prepare_wave (const Tile *tiles, int n, char *message)
{
  const int hidden = pass.shape.hidden;
  std::vector<const void *> weights ((size_t) hidden * most);
  std::vector<const float *> params (n);
  std::vector<int> rows (n);

  for (int g = 0; g < n; g++)
    {
      params[g] = tiles[g].net->params.template as<float> ();
      rows[g] = tiles[g].rows;
      for (int l = 1; l <= hidden; l++)
        weights[(size_t) (l - 1) * most + g] = halves
                                                 ? (const void *) (tiles[g].net->halves.template as<CfHalf> () + cf_weight_at (&pass.shape, l))
                                                 : (const void *) (params[g] + cf_weight_at (&pass.shape, l));
    }
  TRY (stream.hold (params_memory.as<void> (), params.data (), n * sizeof (float *), message));
  TRY (stream.hold (rows_memory.as<void> (), rows.data (), n * sizeof (int), message));
  return stream.hold (pointers.as<const void *> () + (size_t) (hidden + 3) * most, weights.data (), weights.size () * sizeof (void *), message);
}

/* Of n tiles: in one kernel, where there is one for the networks. */
template <typename T> void
Query<T>::values_of (int n)
{
  CfPass<CfHalf> fused = {};

  if (!halves || !cf_fused_fits (pass.shape))
    {
      cf_pass_forward<T> (&stream, pass, *this, TILE, n, false);
      return;
    }
  fused.shape = pass.shape;
  fused.stride = pass.stride;
  fused.params = pass.params;
  fused.x = pass.x;
  fused.out = pass.out;
  CF_LAUNCH_SYNC (cf_fused_kernel, cf_row_grid (TILE, n), stream.stream, fused,
                  (const CfHalf *const *) (pointers.as<const void *> () + (size_t) (pass.shape.hidden + 3) * most), most);
}

/* The tiles' points are in x; values go to out, gradients to by_input. */
template <typename T> CfCudaStatus
Query<T>::run_tiles (const std::vector<Tile> &tiles, bool slopes, char *message)
{
  for (size_t first = 0; first < tiles.size (); first += most)
    {
      const int n = (int) std::min (tiles.size () - first, (size_t) most);
      const size_t row = first * TILE;

      TRY (prepare_wave (&tiles[first], n, message));
      pass.x = x.as<float> () + 3 * row;
      pass.out = out.as<float> () + row;
      if (!slopes)
        {
          values_of (n);
          continue;
        }
      cf_pass_forward<T> (&stream, pass, *this, TILE, n, true);
      cf_pass_backward<T> (&stream, pass, *this, TILE, n, [] (int) {});
      CF_LAUNCH_SYNC ((cf_input_gradient_kernel<T>), cf_row_grid (TILE, n), stream.stream, pass, by_input.as<float> () + 3 * row);
    }
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
Query<T>::need_rows (size_t rows, char *message)
{
  TRY (cf_device_status (x.need (3 * rows * sizeof (float)), "memory for points", message));
  TRY (cf_device_status (out.need (rows * sizeof (float)), "memory for points", message));
  TRY (cf_device_status (by_input.need (3 * rows * sizeof (float)), "memory for points", message));
  /* Rows that no point takes lie at the centre. */
  return cf_device_status (cudaMemsetAsync (x.as<void> (), 0, 3 * rows * sizeof (float), stream.stream), "clearing points", message);
}

template <typename T> CfCudaStatus
Query<T>::check (const CfCudaNet *net, char *message) const
{
  if (net->device == device && net->shape.width == pass.shape.width && net->shape.hidden == pass.shape.hidden)
    return CF_CUDA_OK;
  snprintf (message, CF_CUDA_MESSAGE, "a network of width %d is asked for with those of width %d", net->shape.width, pass.shape.width);
  return CF_CUDA_LOST;
}

template <typename T> CfCudaStatus
Query<T>::eval (const CfCudaJob *jobs, size_t n_jobs, char *message)
{
  std::vector<Tile> tiles;
  bool slopes = n_jobs > 0 && jobs[0].gradient != NULL;
  size_t row = 0;

  halves = cf_is_half<T> ();
  TRY (cf_device_use (device->index, message));
  for (size_t j = 0; j < n_jobs; j++)
    {
      TRY (check (jobs[j].net, message));
      for (size_t first = 0; first < jobs[j].n; first += TILE)
        tiles.push_back (Tile{ jobs[j].net, (int) std::min ((size_t) TILE, jobs[j].n - first) });
    }
  if (tiles.empty ())
    return CF_CUDA_OK;
  TRY (need_rows (tiles.size () * TILE, message));
  for (size_t j = 0; j < n_jobs; row += (jobs[j].n + TILE - 1) / TILE * TILE, j++)
    if (jobs[j].n > 0)
      TRY (upload (x.as<float> () + 3 * row, jobs[j].local, 3 * jobs[j].n * sizeof (float), message));
  TRY (run_tiles (tiles, slopes, message));
  row = 0;
  for (size_t j = 0; j < n_jobs; row += (jobs[j].n + TILE - 1) / TILE * TILE, j++)
    {
      if (jobs[j].n == 0)
        continue;
      TRY (download (jobs[j].value, out.as<float> () + row, jobs[j].n * sizeof (float), message));
      if (slopes)
        TRY (download (jobs[j].gradient, by_input.as<float> () + 3 * row, 3 * jobs[j].n * sizeof (float), message));
    }
  return stream.finish ("evaluating", message);
}

template <typename T> CfCudaStatus
Query<T>::prepare_field (const CfCudaField *field, char *message)
{
  const size_t n = field->n_regions;
  std::vector<int> kind (n);

  for (size_t r = 0; r < n; r++)
    {
      kind[r] = field->nets[r] != NULL ? CF_REGION_NET : isnan (field->flat[r]) ? CF_REGION_UNKNOWN : CF_REGION_CONSTANT;
      if (field->nets[r] != NULL)
        TRY (check (field->nets[r], message));
    }
  TRY (cf_device_status (axis.need (sizeof field->axis), "memory for a field", message));
  TRY (cf_device_status (kinds.need (n * sizeof (int)), "memory for a field", message));
  TRY (cf_device_status (flat.need (n * sizeof (float)), "memory for a field", message));
  TRY (cf_device_status (counts.need (n * sizeof (int)), "memory for a field", message));
  TRY (cf_device_status (begins.need (n * sizeof (int)), "memory for a field", message));
  TRY (stream.hold (axis.as<void> (), field->axis, sizeof field->axis, message));
  TRY (stream.hold (kinds.as<void> (), kind.data (), n * sizeof (int), message));
  TRY (stream.hold (flat.as<void> (), field->flat, n * sizeof (float), message));
  view = CfFieldView ();
  view.axis = axis.as<CfPartitionAxis> ();
  view.blend = field->blend;
  view.transform = field->transform;
  memcpy (view.origin, field->origin, sizeof view.origin);
  memcpy (view.inverse, field->inverse, sizeof view.inverse);
  for (int a = 0; a < 3; a++)
    view.scale[a] = field->axis[a].size > 1 ? 2.0 / (field->axis[a].size - 1) : 0;
  view.kinds = kinds.as<int> ();
  view.flat = flat.as<float> ();
  view.counts = counts.as<int> ();
  view.begins = begins.as<int> ();
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
Query<T>::begin_field (const CfCudaField *field, size_t most, char *message)
{
  halves = cf_is_half<T> (); /* whatever a call that ended early left */
  TRY (cf_device_use (device->index, message));
  TRY (prepare_field (field, message));
  TRY (cf_device_status (xyz.need (3 * most * sizeof (double)), "memory for points", message));
  TRY (cf_device_status (place.need (CF_PARTITION_OVERLAP_MAX * most * sizeof (int)), "memory for points", message));
  TRY (cf_device_status (value.need (most * sizeof (float)), "memory for points", message));
  TRY (cf_device_status (gradient.need (3 * most * sizeof (float)), "memory for points", message));
  now = field;
  return CF_CUDA_OK;
}

/* Makes the tiles of each region. */
template <typename T> CfCudaStatus
Query<T>::sort_points (int n, std::vector<Tile> *tiles, char *message)
{
  std::vector<int> count (now->n_regions), begin (now->n_regions);

  cudaMemsetAsync (counts.as<void> (), 0, now->n_regions * sizeof (int), stream.stream);
  CF_LAUNCH (cf_field_count_kernel, cf_thread_grid (n), stream.stream, view, n, xyz.as<double> ());
  TRY (download (count.data (), counts.as<void> (), now->n_regions * sizeof (int), message));
  TRY (stream.finish ("sorting points", message));
  for (int r = 0; r < now->n_regions; r++)
    {
      begin[r] = (int) tiles->size () * TILE;
      for (int first = 0; first < count[r]; first += TILE)
        tiles->push_back (Tile{ now->nets[r], std::min (TILE, count[r] - first) });
    }
  TRY (need_rows (std::max ((size_t) 1, tiles->size ()) * TILE, message));
  TRY (stream.hold (begins.as<void> (), begin.data (), now->n_regions * sizeof (int), message));
  cudaMemsetAsync (counts.as<void> (), 0, now->n_regions * sizeof (int), stream.stream);
  CF_LAUNCH (cf_field_place_kernel, cf_thread_grid (n), stream.stream, view, n, xyz.as<double> (), x.as<float> (), place.as<int> ());
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
Query<T>::points (int n, bool gradients, char *message)
{
  std::vector<Tile> tiles;

  TRY (sort_points (n, &tiles, message));
  TRY (run_tiles (tiles, gradients, message));
  CF_LAUNCH (cf_field_blend_kernel, cf_thread_grid (n), stream.stream, view, n, xyz.as<double> (), place.as<int> (), out.as<float> (),
             gradients ? by_input.as<float> () : (float *) NULL, value.as<float> (), gradients ? gradient.as<float> () : (float *) NULL);
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
Query<T>::points_about (int n, char *message)
{
  halves = cf_is_half<T> () || (device->precision == CF_CUDA_TF32 && cf_fused_fits (pass.shape));
  CfCudaStatus status = points (n, false, message);
  halves = cf_is_half<T> ();
  return status;
}

template <typename T> CfCudaStatus
Query<T>::field (const CfCudaField *field, size_t n, const double *where, float *values, float *gradients, char *message)
{
  const size_t most = std::min (n, (size_t) CF_QUERY_POINTS);

  if (n == 0)
    return CF_CUDA_OK;
  TRY (begin_field (field, most, message));
  for (size_t first = 0; first < n; first += most)
    {
      const size_t m = std::min (most, n - first);

      TRY (upload (xyz.as<void> (), where + 3 * first, 3 * m * sizeof (double), message));
      TRY (points ((int) m, gradients != NULL, message));
      TRY (download (values + first, value.as<void> (), m * sizeof (float), message));
      if (gradients != NULL)
        TRY (download (gradients + 3 * first, gradient.as<void> (), 3 * m * sizeof (float), message));
      TRY (stream.finish ("evaluating the field", message));
    }
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
Query<T>::bake (const CfCudaField *field, const CfLattice *lattice, size_t first, size_t n, float *values, char *message)
{
  const size_t most = std::min (n, (size_t) CF_QUERY_POINTS);

  if (n == 0)
    return CF_CUDA_OK;
  TRY (begin_field (field, most, message));
  for (size_t done = 0; done < n; done += most)
    {
      const size_t m = std::min (most, n - done);

      CF_LAUNCH (cf_lattice_kernel, cf_thread_grid (m), stream.stream, *lattice, first + done, (int) m, xyz.as<double> ());
      TRY (points ((int) m, false, message));
      TRY (download (values + done, value.as<void> (), m * sizeof (float), message));
      TRY (stream.finish ("sampling the field", message));
    }
  return CF_CUDA_OK;
}

/* One product over all rows in flight, again and again. The numbers in it do not matter, but are set: zeros take less power, and run faster. */
template <typename T> CfCudaStatus
Query<T>::matrix_rate (double *tflops, char *message)
{
  const int width = pass.shape.width, repeats = 50;
  const size_t n = (size_t) most * TILE;
  std::vector<float> params (cf_n_params (&pass.shape)), points (3 * n);
  std::vector<float> values (n), gradients (3 * n); /* with these, each layer's sines are in memory */
  CfCudaNet *net = NULL;
  CfCudaStatus status;

  for (size_t i = 0; i < params.size (); i++)
    params[i] = (float) (i * 7919 % 2001) / 30000 - 1.0f / 30;
  for (size_t i = 0; i < points.size (); i++)
    points[i] = (float) (i * 7919 % 2001) / 1000 - 1;
  TRY (cf_net_set (device, &pass.shape, params.data (), &net, message));
  const CfCudaJob job = { net, n, points.data (), values.data (), gradients.data () };
  status = eval (&job, 1, message);
  for (int round = 0; status == CF_CUDA_OK && round < 2; round++) /* the first warms up */
    {
      auto start = std::chrono::steady_clock::now ();

      for (int i = 0; i < repeats; i++)
        cf_product (&stream, cf_is_half<T> (), false, true, TILE, width, width, 1, act (0), weight (1), 0, z (), most);
      status = stream.finish ("measuring products", message);
      *tflops = 2e-12 * repeats * n * width * width / std::chrono::duration<double> (std::chrono::steady_clock::now () - start).count ();
    }
  delete net;
  return status;
}

template <typename T> CfCudaStatus
make (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char *message)
{
  Query<T> *made = new Query<T> (device, shape, rows);
  CfCudaStatus status = made->open (message);

  if (status == CF_CUDA_OK)
    *out = made;
  else
    delete made;
  return status;
}
}

CfCudaStatus
cf_query_make (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char message[CF_CUDA_MESSAGE])
{
  return device->precision == CF_CUDA_FP16 ? make<CfHalf> (device, shape, rows, out, message) : make<float> (device, shape, rows, out, message);
}
