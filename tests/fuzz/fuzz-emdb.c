/* An EMDB header. */
#include <math.h>
#include <stdlib.h>

#include "cf-emdb.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n)
{
  GError *error = NULL;
  g_autoptr (CfEmdbHeader) header = cf_emdb_load (fuzz_file (data, n), &error);
  fuzz_check (header, error);
  if (!header)
    return 0;
  if (isinf (header->contour) || isinf (header->resolution) || isinf (header->pixel[0]))
    abort ();
  fuzz_check_text (header->id);
  fuzz_check_text (header->title);
  fuzz_check_text (header->method);
  fuzz_check_text (header->symmetry);
  fuzz_check_text (header->contour_source);
  for (char **id = header->pdb_ids; *id; id++)
    fuzz_check_text (*id);
  return 0;
}
