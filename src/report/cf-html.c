#include "cf-html.h"

#include "cf-file.h"
#include "cf-words.h"

const double cf_html_figure_widths[2] = { 760.0, 340.0 };

void
cf_html_begin (GString *out, const char *title, const char *style)
{
  g_string_append_printf (
      out,
      "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"%s\">\n<head>\n<meta charset=\"utf-8\" />\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\" />\n<title>%s</title>\n"
      "<style>\n%s%s</style>\n</head>\n<body>\n",
      C_ ("language of the page, as HTML has it", "en"), title, cf_report_style (), style ? style : "");
}

void
cf_html_figure (GString *out, const char *id, const char *label, const char *caption, const double heights[2], CfDrawFunc draw, gpointer user_data)
{
  static const char *const names[] = { "wide", "narrow" };

  g_string_append (out, "<figure>");
  for (int k = 0; k < 2; k++)
    {
      g_autofree char *prefix = g_strdup_printf ("%s-%s", id, names[k]);
      g_autofree char *svg = cf_svg_inline (prefix, label, cf_html_figure_widths[k], heights[k], draw, user_data);
      g_string_append (out, svg);
    }
  g_autofree char *safe = cf_text_for_html (caption);
  g_string_append_printf (out, "<figcaption>%s</figcaption></figure>\n", safe);
}

void
cf_html_end (GString *out, const char *more)
{
  g_autofree char *text = g_strconcat (_("Made by Cryofield."), " ", more ? more : _("No script, nothing from the network."), NULL);
  g_autofree char *safe = cf_text_for_html (text);
  g_string_append_printf (out, "<footer>%s</footer>\n</body>\n</html>\n", safe);
}
