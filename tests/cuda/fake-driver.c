/* fake-driver.c: stands for libcuda.so.1 in tests: what it answers is in the environment. */
#include <stdlib.h>

int cuInit (unsigned flags);
int cuDriverGetVersion (int *version);

static int
number (const char *name, int otherwise)
{
  const char *text = getenv (name);

  return text != NULL ? atoi (text) : otherwise;
}

int
cuInit (unsigned flags)
{
  return number ("CF_FAKE_DRIVER_STATUS", 0);
}

int
cuDriverGetVersion (int *version)
{
  *version = number ("CF_FAKE_DRIVER_VERSION", 13000);
  return 0;
}
