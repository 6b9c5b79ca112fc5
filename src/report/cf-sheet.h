/* cf-sheet.h: pages of A4 on which text, tables, plots and pictures are set from top to bottom: the PDF of every report. */
#pragma once

#include <pango/pangocairo.h>

#include "cf-report-private.h"

G_BEGIN_DECLS

/* In points. */
#define CF_SHEET_WIDTH 595.28
#define CF_SHEET_HEIGHT 841.89
#define CF_SHEET_MARGIN 51.0
#define CF_SHEET_TEXT_WIDTH (CF_SHEET_WIDTH - 2.0 * CF_SHEET_MARGIN)
#define CF_SHEET_FOOT (CF_SHEET_HEIGHT - CF_SHEET_MARGIN)

typedef struct
{
  cairo_t *cr;
  cairo_surface_t *surface;
  GByteArray *bytes;
  double y; /* where the next line begins */
  int page;
} CfSheet;

typedef enum
{
  CF_SHEET_BODY,
  CF_SHEET_SMALL,
  CF_SHEET_TITLE,
  CF_SHEET_HEADING,
  CF_SHEET_FIGURE,
  CF_SHEET_CODE,
  CF_SHEET_DENSE /* tables of many columns */
} CfSheetStyle;

/** The first page; title: of the document, may be text from a file. */
void cf_sheet_open (CfSheet *sheet, const char *title);
/** The document; the sheet is over, also where NULL is returned. */
GBytes *cf_sheet_close (CfSheet *sheet, GError **error);

/** A new layout of that style that wraps at width. */
PangoLayout *cf_sheet_layout (CfSheet *sheet, CfSheetStyle style, double width, const char *text);
double cf_sheet_layout_height (PangoLayout *layout);
void cf_sheet_show (CfSheet *sheet, PangoLayout *layout, CfSheetStyle style, double x, double y);

/** Goes on to the next page where so much does not fit on this one. */
void cf_sheet_need (CfSheet *sheet, double height);
void cf_sheet_text (CfSheet *sheet, CfSheetStyle style, const char *text, double after);
/** with: what has to stand on the same page. */
#define CF_SHEET_HEADING_ROOM 30.0 /* of the heading itself */
void cf_sheet_heading (CfSheet *sheet, const char *title, double with);

#define CF_SHEET_COLUMNS 12
typedef struct
{
  double share; /* of the width */
  gboolean numeric;
  CfSheetStyle style;
} CfSheetCell;
/** A row of a table, at most CF_SHEET_COLUMNS cells, which wrap. */
void cf_sheet_row (CfSheet *sheet, const CfSheetCell *cells, char *const *texts, gsize n);
/** The same of a table with a head, which stands again above a row that begins a page. */
void cf_sheet_row_below (CfSheet *sheet, const CfSheetCell *head, char *const *titles, const CfSheetCell *cells, char *const *texts, gsize n);

/** The plots draw their letters for a page of CF_SHEET_PLOT_WIDTH; on paper all of it is a little smaller. */
#define CF_SHEET_PLOT_SCALE 0.8
#define CF_SHEET_PLOT_WIDTH (CF_SHEET_TEXT_WIDTH / CF_SHEET_PLOT_SCALE)
/** least: the share of its height down to which it is drawn lower, rather than on the next page, where no more is left of this one; 1: never. */
void cf_sheet_plot (CfSheet *sheet, CfDrawFunc draw, gpointer user_data, double height, double least, const char *caption);
#define CF_SHEET_PLOT_CAPTION 26.0 /* room for one of two lines */
/** What is left of the page, points. */
double cf_sheet_left (const CfSheet *sheet);

G_END_DECLS
