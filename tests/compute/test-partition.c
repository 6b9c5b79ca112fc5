/* The partition: the paper's own numbers, and what a blend must be: a partition of unity, continuous, with the gradient that it says. */
#include <math.h>

#include "cf-partition.h"

static void
check_axis (CfPartitionKind kind, int n, int count, int size, const int *starts)
{
  const int dims[3] = { n, 1, 1 };
  CfPartition partition;

  g_assert_true (cf_partition_init (&partition, kind, dims));
  g_assert_cmpint (partition.axis[0].count, ==, count);
  g_assert_cmpint (partition.axis[0].size, ==, size);
  for (int i = 0; i < count; i++)
    g_assert_cmpint (partition.axis[0].start[i], ==, starts[i]);
}

/* From method.md section 2, worked by hand: r = ceil ((n - 64) / 60) + 1, start floor (i (n - 64) / (r - 1)). */
static void
test_paper_numbers (void)
{
  check_axis (CF_PARTITION_PAPER, 1, 1, 1, (int[]){ 0 });
  check_axis (CF_PARTITION_PAPER, 64, 1, 64, (int[]){ 0 });
  check_axis (CF_PARTITION_PAPER, 65, 2, 64, (int[]){ 0, 1 });
  check_axis (CF_PARTITION_PAPER, 70, 2, 64, (int[]){ 0, 6 });
  check_axis (CF_PARTITION_PAPER, 124, 2, 64, (int[]){ 0, 60 });
  check_axis (CF_PARTITION_PAPER, 125, 3, 64, (int[]){ 0, 30, 61 });
  check_axis (CF_PARTITION_PAPER, 512, 9, 64, (int[]){ 0, 56, 112, 168, 224, 280, 336, 392, 448 });
  check_axis (CF_PARTITION_BALANCED, 65, 2, 35, (int[]){ 0, 30 });
  check_axis (CF_PARTITION_BALANCED, 70, 2, 37, (int[]){ 0, 33 });
  check_axis (CF_PARTITION_BALANCED, 125, 3, 45, (int[]){ 0, 40, 80 });
  check_axis (CF_PARTITION_BALANCED, 512, 9, 61, (int[]){ 0, 56, 112, 169, 225, 281, 338, 394, 451 });
}

static void
test_every_size (void)
{
  for (int kind = 0; kind < 2; kind++)
    for (int n = 1; n <= 1500; n++)
      {
        const int dims[3] = { 1, n, 2 };
        CfPartition partition;
        int count, size;

        g_assert_true (cf_partition_init (&partition, kind, dims));
        count = partition.axis[1].count;
        size = partition.axis[1].size;
        g_assert_cmpint (size, <=, CF_REGION_MAX);
        g_assert_cmpint (partition.axis[1].start[0], ==, 0);
        g_assert_cmpint (partition.axis[1].start[count - 1] + size, ==, n);
        for (int i = 0; i + 1 < count; i++)
          g_assert_cmpint (partition.axis[1].start[i] + size - partition.axis[1].start[i + 1], >=, CF_REGION_OVERLAP);
      }
}

static void
test_refused (void)
{
  CfPartition partition;

  g_assert_false (cf_partition_init (&partition, CF_PARTITION_PAPER, (const int[]){ 0, 5, 5 }));
  g_assert_false (cf_partition_init (&partition, CF_PARTITION_PAPER, (const int[]){ 5, 64 + 60 * CF_PARTITION_AXIS_MAX, 5 }));
}

static void
test_regions (void)
{
  const int dims[3] = { 70, 20, 130 };
  CfPartition partition;
  CfRegion region;

  cf_partition_init (&partition, CF_PARTITION_PAPER, dims);
  g_assert_cmpint (cf_partition_n_regions (&partition), ==, 6);
  cf_partition_region (&partition, 5, &region);
  g_assert_cmpint (region.position[0], ==, 1);
  g_assert_cmpint (region.position[1], ==, 0);
  g_assert_cmpint (region.position[2], ==, 2);
  g_assert_cmpint (region.start[0], ==, 6);
  g_assert_cmpint (region.start[2], ==, 66);
  g_assert_cmpint (region.size[1], ==, 20);
}

/* A made-up field, another one in each region, and its blend. */
static double
blend_at (const CfPartition *partition, CfBlend blend, const double ijk[3], double gradient[3])
{
  CfRegionWeight w[CF_PARTITION_OVERLAP_MAX];
  int n = cf_partition_weights (partition, blend, ijk, w);
  double sum = 0;

  g_assert_cmpint (n, >, 0);
  gradient[0] = gradient[1] = gradient[2] = 0;
  for (int k = 0; k < n; k++)
    {
      double value = sin (1.7 * w[k].region + 1);

      sum += w[k].weight * value;
      for (int a = 0; a < 3; a++)
        gradient[a] += w[k].gradient[a] * value;
    }
  return sum;
}

static void
test_unity (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (int kind = 0; kind < 2; kind++)
    for (int blend = 0; blend < 2; blend++)
      for (int trial = 0; trial < 20000; trial++)
        {
          int dims[3] = { g_rand_int_range (rand, 1, 300), g_rand_int_range (rand, 1, 300), g_rand_int_range (rand, 1, 300) };
          CfRegionWeight w[CF_PARTITION_OVERLAP_MAX];
          double ijk[3], sum = 0, slope[3] = { 0 };
          CfPartition partition;
          int n;

          cf_partition_init (&partition, kind, dims);
          for (int a = 0; a < 3; a++)
            ijk[a] = trial % 3 == 0 ? g_rand_int_range (rand, 0, dims[a]) : g_rand_double (rand) * (dims[a] - 1);
          n = cf_partition_weights (&partition, blend, ijk, w);
          for (int k = 0; k < n; k++)
            {
              CfRegion region;

              cf_partition_region (&partition, w[k].region, &region);
              sum += w[k].weight;
              for (int a = 0; a < 3; a++)
                {
                  double local = region.size[a] > 1 ? 2 * (ijk[a] - region.start[a]) / (region.size[a] - 1) - 1 : 0;

                  slope[a] += w[k].gradient[a];
                  g_assert_cmpfloat_with_epsilon (w[k].local[a], local, 1e-9);
                  g_assert_cmpfloat (fabs (w[k].local[a]), <=, 1 + 1e-9);
                }
            }
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-12);
          for (int a = 0; a < 3; a++)
            g_assert_cmpfloat_with_epsilon (slope[a], 0, 1e-12);
        }
}

static void
test_outside (void)
{
  const int dims[3] = { 70, 10, 10 };
  CfRegionWeight w[CF_PARTITION_OVERLAP_MAX];
  CfPartition partition;

  cf_partition_init (&partition, CF_PARTITION_BALANCED, dims);
  g_assert_cmpint (cf_partition_weights (&partition, CF_BLEND_SMOOTH, (const double[]){ 69.001, 5, 5 }, w), ==, 0);
  g_assert_cmpint (cf_partition_weights (&partition, CF_BLEND_SMOOTH, (const double[]){ 5, -0.001, 5 }, w), ==, 0);
  g_assert_cmpint (cf_partition_weights (&partition, CF_BLEND_SMOOTH, (const double[]){ 5, NAN, 5 }, w), ==, 0);
  g_assert_cmpint (cf_partition_weights (&partition, CF_BLEND_SMOOTH, (const double[]){ 69, 9, 9 }, w), ==, 1);
  g_assert_cmpint (cf_partition_weights (&partition, CF_BLEND_SMOOTH, (const double[]){ 69 + 1e-10, -1e-10, 9 }, w), ==, 1);
}

/* Along diagonal lines through maps where two and three regions share points, on all axes at once: no jump of the smooth blend, of its
 * gradient, or of its second derivative, and a gradient that is the one of finite differences. */
static void
test_smooth (void)
{
  for (int kind = 0; kind < 2; kind++)
    {
      const int dims[3] = { 130, 71, 126 };
      const double h = 1e-3;
      double before[3] = { 0 }, second_before[3] = { 0 };
      CfPartition partition;
      gboolean started = FALSE;

      cf_partition_init (&partition, kind, dims);
      for (double s = 0.01; s < 0.99; s += 2e-6 * 40)
        {
          double ijk[3], gradient[3];

          for (int a = 0; a < 3; a++)
            ijk[a] = s * (dims[a] - 1);
          blend_at (&partition, CF_BLEND_SMOOTH, ijk, gradient);
          for (int a = 0; a < 3; a++)
            {
              double lo[3] = { ijk[0], ijk[1], ijk[2] }, hi[3] = { ijk[0], ijk[1], ijk[2] }, g_lo[3], g_hi[3], second;
              double difference;

              lo[a] -= h;
              hi[a] += h;
              difference = (blend_at (&partition, CF_BLEND_SMOOTH, hi, g_hi) - blend_at (&partition, CF_BLEND_SMOOTH, lo, g_lo)) / (2 * h);
              g_assert_cmpfloat_with_epsilon (gradient[a], difference, 1e-5);
              second = (g_hi[a] - g_lo[a]) / (2 * h);
              if (started)
                {
                  g_assert_cmpfloat_with_epsilon (gradient[a], before[a], 0.05);
                  g_assert_cmpfloat_with_epsilon (second, second_before[a], 0.2);
                }
              before[a] = gradient[a];
              second_before[a] = second;
            }
          started = TRUE;
        }
    }
}

/* Inside an overlap the paper's blend has the gradient that it says; where a second axis' overlap begins it jumps (method.md), which is why it is
 * not the default. */
static void
test_paper_blend (void)
{
  const int dims[3] = { 70, 71, 20 };
  const double h = 1e-4;
  double ijk[3] = { 20, 6.5, 9 }, gradient[3], ignored[3], inside, outside;
  CfPartition partition;

  cf_partition_init (&partition, CF_PARTITION_PAPER, dims);
  for (double x = 7.5; x < 62; x += 0.731)
    for (int a = 0; a < 3; a++)
      {
        double at[3] = { x, 30, 9 }, lo[3], hi[3];

        for (int b = 0; b < 3; b++)
          lo[b] = at[b] - (b == a) * h, hi[b] = at[b] + (b == a) * h;
        blend_at (&partition, CF_BLEND_PAPER, at, gradient);
        g_assert_cmpfloat_with_epsilon (
            gradient[a], (blend_at (&partition, CF_BLEND_PAPER, hi, ignored) - blend_at (&partition, CF_BLEND_PAPER, lo, ignored)) / (2 * h),
            1e-7);
      }
  ijk[1] = 7 - 1e-7;
  outside = blend_at (&partition, CF_BLEND_PAPER, ijk, ignored);
  ijk[1] = 7 + 1e-7;
  inside = blend_at (&partition, CF_BLEND_PAPER, ijk, ignored);
  g_assert_cmpfloat (fabs (inside - outside), >, 0.01);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partition/paper-numbers", test_paper_numbers);
  g_test_add_func ("/partition/every-size", test_every_size);
  g_test_add_func ("/partition/refused", test_refused);
  g_test_add_func ("/partition/regions", test_regions);
  g_test_add_func ("/partition/unity", test_unity);
  g_test_add_func ("/partition/outside", test_outside);
  g_test_add_func ("/partition/smooth", test_smooth);
  g_test_add_func ("/partition/paper-blend", test_paper_blend);
  return g_test_run ();
}
