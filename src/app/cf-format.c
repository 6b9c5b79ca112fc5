/* cf-format.c: how numbers, times and staleness look in the window. */
#include "cf-format.h"

#include <math.h>

char *
cf_format_seconds (double seconds)
{
  if (isnan (seconds))
    return g_strdup ("");
  int s = (int) lround (MAX (seconds, 0));
  if (s < 60)
    return g_strdup_printf ("%d s", s);
  if (s < 3600)
    return g_strdup_printf ("%d min %02d s", s / 60, s % 60);
  return g_strdup_printf ("%d h %02d min", s / 3600, s / 60 % 60);
}

char *
cf_format_percent (double fraction)
{
  return isnan (fraction) ? g_strdup ("–") : g_strdup_printf ("%.1f %%", 100 * fraction);
}

char *
cf_format_count (guint64 n)
{
  if (n < 10000)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  if (n < 1000000)
    return g_strdup_printf ("%.1f k", n / 1e3);
  return g_strdup_printf ("%.1f M", n / 1e6);
}

char *
cf_format_angstrom (double a)
{
  return isnan (a) ? g_strdup ("–") : g_strdup_printf ("%.2f Å", a);
}

void
cf_set_stale (GtkWidget *widget, gboolean stale)
{
  if (stale)
    gtk_widget_add_css_class (widget, "stale");
  else
    gtk_widget_remove_css_class (widget, "stale");
}
