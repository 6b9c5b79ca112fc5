#include "cf-json.h"

#include <math.h>

json_t *
cf_json_number (double value)
{
  return isfinite (value) ? json_real (value) : json_null ();
}

json_t *
cf_json_numbers (const double *values, int n)
{
  json_t *array = json_array ();
  for (int i = 0; i < n; i++)
    json_array_append_new (array, cf_json_number (values[i]));
  return array;
}

json_t *
cf_json_ints (const int *values, int n)
{
  json_t *array = json_array ();
  for (int i = 0; i < n; i++)
    json_array_append_new (array, json_integer (values[i]));
  return array;
}
