/* png-tool PATH: a picture with text chunks, for test-png.py to read. */
#include <stdio.h>

#include "cf-offscreen.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const int width = 61, height = 37;
  g_autofree guint8 *rgba = g_malloc (61 * 37 * 4);
  for (int i = 0; i < width * height; i++)
    {
      rgba[4 * i] = (guint8) (i % width);
      rgba[4 * i + 1] = (guint8) (i / width);
      rgba[4 * i + 2] = (guint8) (i * 7);
      rgba[4 * i + 3] = 255;
    }
  const char *text[] = { "Software", "Cryofield", "level", "0.0342 (3.0 sigma)", "Comment", "3 \303\205, \316\274 + 3\317\203", NULL };
  if (argc == 2 && cf_png_save (argv[1], width, height, rgba, text, &error))
    return 0;
  fprintf (stderr, "%s\n", error ? error->message : "png-tool PATH");
  return 1;
}
