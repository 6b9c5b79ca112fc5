/* cf-format.c: how numbers, times and staleness look in the window. */
#include "cf-format.h"

#include "cf-words.h"

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
    return g_strdup_printf (_("%d min %02d s"), s / 60, s % 60);
  return g_strdup_printf (_("%d h %02d min"), s / 3600, s / 60 % 60);
}

#define FORESEEN_S 2 /* of work, and as much of it is left: before, a guess is none */

double
cf_pace_left (CfPace *pace, double share)
{
  gint64 now = g_get_monotonic_time ();
  if (isnan (share) || share >= 1 || pace->since == 0 || share < pace->from)
    *pace = (CfPace){ isnan (share) || share >= 1 ? 0 : now, share };
  double spent = (now - pace->since) / (double) G_USEC_PER_SEC, left = spent * (1 - share) / (share - pace->from);
  return pace->since != 0 && spent >= FORESEEN_S && isfinite (left) && left >= FORESEEN_S ? left : NAN;
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

static gboolean in_nanometres;

void
cf_format_set_nanometres (gboolean nanometres)
{
  in_nanometres = nanometres;
}

char *
cf_format_length (double a)
{
  return isnan (a) ? g_strdup ("–") : in_nanometres ? g_strdup_printf ("%.3f nm", a / 10) : g_strdup_printf ("%.2f Å", a);
}

char *
cf_format_size (double a)
{
  return isnan (a) ? g_strdup ("–") : in_nanometres ? g_strdup_printf ("%.4g nm", a / 10) : g_strdup_printf ("%.4g Å", a);
}

void
cf_set_stale (GtkWidget *widget, gboolean stale)
{
  if (stale)
    gtk_widget_add_css_class (widget, "stale");
  else
    gtk_widget_remove_css_class (widget, "stale");
}

void
cf_set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  GtkWidget *part = GTK_IS_DROP_DOWN (widget) || GTK_IS_COLOR_BUTTON (widget) ? gtk_widget_get_first_child (widget) : NULL;
  for (; part != NULL && gtk_widget_get_focusable (part); part = gtk_widget_get_first_child (part))
    gtk_accessible_update_property (GTK_ACCESSIBLE (part), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
