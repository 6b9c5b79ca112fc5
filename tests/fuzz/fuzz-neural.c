/* A neural map. */
#include <math.h>
#include <stdlib.h>

#include "cf-neural.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n)
{
  GError *error = NULL;
  const char *path = fuzz_file (data, n);
  cf_neural_probe (path);
  g_autoptr (CfField) field = cf_neural_load (path, NULL, &error);
  fuzz_check (field, error);
  if (!field)
    return 0;
  if (field->n_regions != cf_partition_n_regions (&field->partition) || !(field->normalisation.max > 0))
    abort ();
  fuzz_check_text (field->source_name);
  for (int i = 0; i < field->n_regions; i++)
    if (!isfinite (field->fits[i].value) || (field->sirens[i] != NULL) != (field->fits[i].trained && !field->fits[i].flat))
      abort ();
  return 0;
}
