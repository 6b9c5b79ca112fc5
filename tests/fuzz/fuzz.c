#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                                                                 \
  do                                                                                                                                       \
    {                                                                                                                                      \
      if (!(condition))                                                                                                                    \
        abort ();                                                                                                                          \
    }                                                                                                                                      \
  while (0)

const char *
fuzz_file (const guint8 *data, gsize n)
{
  static int fd = -1;
  static char path[64];
  if (fd < 0)
    {
      fd = memfd_create ("fuzz", MFD_CLOEXEC);
      g_snprintf (path, sizeof path, "/proc/self/fd/%d", fd);
    }
  REQUIRE (fd >= 0 && ftruncate (fd, 0) == 0 && pwrite (fd, data, n, 0) == (gssize)n);
  return path;
}

void
fuzz_check_text (const char *text)
{
  REQUIRE (!text || g_utf8_validate (text, -1, NULL));
  for (const char *at = text; at && *at; at = g_utf8_next_char (at))
    REQUIRE (!g_unichar_iscntrl (g_utf8_get_char (at)));
}

void
fuzz_check (gconstpointer made, GError *error)
{
  REQUIRE ((made == NULL) == (error != NULL));
  if (error)
    {
      REQUIRE (error->domain == CF_INPUT_ERROR);
      fuzz_check_text (error->message);
    }
  g_clear_error (&error);
}
