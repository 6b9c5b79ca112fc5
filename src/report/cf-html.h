/* cf-html.h: what every page has in common: a head that lets nothing run or load, plots for a desk and for a telephone, a foot. */
#pragma once

#include "cf-report-private.h"

G_BEGIN_DECLS

/** Up to and with <body>. title: safe for HTML; style: CSS after that of all pages, NULL for none. */
void cf_html_begin (GString *out, const char *title, const char *style);
/** label, caption: translated. A plot as two drawings, of which the page's width chooses one: a picture that is only shrunk cannot be read. */
void cf_html_figure (GString *out, const char *id, const char *label, const char *caption, const double heights[2], CfDrawFunc draw,
                     gpointer user_data);
extern const double cf_html_figure_widths[2];
/** more: a sentence after the one that names the program; NULL for that which is true of all pages. */
void cf_html_end (GString *out, const char *more);

G_END_DECLS
