/* cf-net-pass.h: the order of kernels and products of a pass, which training and queries share. */
#pragma once

#include "cf-device.h"
#include "cf-kernels.h"

template <typename T> constexpr bool
cf_is_half (void)
{
  return sizeof (T) == sizeof (CfHalf);
}

/** Matrices of a pass as operands. Subclasses say where they lie: strided or by pointers. */
template <typename T> struct CfOperands
{
  virtual CfOperand act (size_t at) const = 0; /* sines that begin at pass.act + at */
  virtual CfOperand z () const = 0;
  virtual CfOperand dz () const = 0;
  virtual CfOperand weight (int layer) const = 0;
  virtual ~CfOperands () {}
};

static inline dim3
cf_row_grid (int rows, int groups)
{
  return dim3 ((unsigned) ((rows + CF_ROWS - 1) / CF_ROWS), (unsigned) groups);
}

/** Where the sines of a layer go: one after the other, or with `turns` in two matrices in turn, for a query of values only. */
template <typename T> static size_t
cf_act_at (const CfPass<T> &pass, int layer, bool turns)
{
  return (turns ? layer % 2 : layer) * pass.layer_step;
}

template <typename T> static void
cf_pass_forward (CfStream *stream, const CfPass<T> &pass, const CfOperands<T> &operands, int rows, int groups, bool slopes)
{
  const int width = pass.shape.width, hidden = pass.shape.hidden;
  const dim3 grid = cf_row_grid (rows, groups);

  CF_LAUNCH ((cf_first_kernel<T>), grid, stream->stream, pass, slopes);
  for (int l = 1; l <= hidden; l++)
    {
      cf_product (stream, cf_is_half<T> (), false, true, rows, width, width, 1, operands.act (cf_act_at (pass, l - 1, !slopes)),
                  operands.weight (l), 0, operands.z (), groups);
      CF_LAUNCH ((cf_sine_kernel<T>), grid, stream->stream, pass, l, cf_act_at (pass, l, !slopes), slopes);
    }
  CF_LAUNCH_SYNC ((cf_output_kernel<T>), grid, stream->stream, pass, cf_act_at (pass, hidden, !slopes));
}

/** Down to the derivative by the first layer's sines, in z. each (layer): called while dz of the layer is there. */
template <typename T, typename Each> static void
cf_pass_backward (CfStream *stream, const CfPass<T> &pass, const CfOperands<T> &operands, int rows, int groups, Each each)
{
  const int width = pass.shape.width, hidden = pass.shape.hidden;
  const dim3 grid = cf_row_grid (rows, groups);

  CF_LAUNCH ((cf_last_back_kernel<T>), grid, stream->stream, pass);
  for (int l = hidden; l >= 1; l--)
    {
      each (l);
      cf_product (stream, cf_is_half<T> (), false, false, rows, width, width, 1, operands.dz (), operands.weight (l), 0, operands.z (), groups);
      if (l > 1)
        CF_LAUNCH ((cf_sine_back_kernel<T>), grid, stream->stream, pass, l - 1);
    }
}
