/* cf-cpu-kernels.h: what the CPU backend does besides matrix products: sine layers, the ends of the network, optimisers. Rows are
 * samples; all matrices are row-major. Each function is compiled for several instruction sets and chosen when the program is loaded. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_KERNEL_ALIGN 64 /* bytes; of every matrix given here that came from cf_kernel_alloc () */

/** The instruction set that they were chosen for: "AVX-512", "AVX2" or "baseline". */
const char *cf_kernel_set (void);

/** s[i] = sin (x[i]), c[i] = cos (x[i]). Absolute error below 1.5e-7 for |x| <= 1e4; NAN or nonsense beyond 1e6. */
void cf_kernel_sincos (gsize n, const float *x, float *s, float *c);

/** First layer: z = x W^T + b, s = sin (w0 z), c = w0 cos (w0 z). wt: [3][width], W transposed. c may be NULL. */
void cf_kernel_first (gsize rows, gsize width, float w0, const float *x, const float *wt, const float *bias, float *s, float *c);
/** Hidden layer after its product: s holds x W^T; adds the bias, replaces it by sin (w0 z); c = w0 cos (w0 z). c may be NULL. */
void cf_kernel_sine (gsize rows, gsize width, float w0, const float *bias, float *s, float *c);

/** dz = (dout w) c, dbias += sum over rows of dz. dbias may be NULL. */
void cf_kernel_last_back (gsize rows, gsize width, const float *dout, const float *w, const float *c, float *dz, float *dbias);
/** da = da c, dbias += sum over rows. dbias may be NULL. */
void cf_kernel_sine_back (gsize rows, gsize width, float *da, const float *c, float *dbias);
/** dwt[3][width] += x^T dz. */
void cf_kernel_first_back (gsize rows, gsize width, const float *x, const float *dz, float *dwt);

/** sum[i] += part[i]. */
void cf_kernel_add (gsize n, float *sum, const float *part);

/** One step of Adam (Kingma and Ba 2015), betas 0.9 and 0.999, eps 1e-8. scale = rate / (1 - 0.9^t), correction = 1 / (1 - 0.999^t). */
void cf_kernel_adam (gsize n, float *w, float *m, float *v, const float *g, float scale, float correction);
/** m = momentum m + (1 - momentum) g; out = momentum m + (1 - momentum) g (Nesterov). Returns the sum of out's squares. */
double cf_kernel_momentum (gsize n, float *m, const float *g, float *out, float momentum);
/** y = a x + b y */
void cf_kernel_axpby (gsize n, float a, const float *x, float b, float *y);

float *cf_kernel_alloc (gsize n); /* not cleared; free with free () */

G_END_DECLS
