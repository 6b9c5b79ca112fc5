/* cf-outlines.h: hits that were found by samples end in other places than the field does, and where a piece of it is missed something behind it is hit.
 * Rays beside such places are marched through the field itself, and in turn those beside whatever that changed. No GL. */
#pragma once

#include "cf-gl-frame.h"
#include "cf-march-waves.h"

G_BEGIN_DECLS

/** Rows of a picture, from below; hits and normals are changed. */
typedef struct
{
  const CfMarchView *view;
  const CfMarchSpace *space;
  const CfGlFrame *frame; /* that the view was made of */
  int first_row, rows;
  int x0, x1;             /* columns that show this field, half open */
  float *hits, *normals;  /* [rows][view->width][4], as CfMarchTarget has them; a normal of w 0 beside a hit: it did not arrive on the field */
  const float *solid;     /* [rows][view->width] window depth of what is solid; what lies behind it is not hit */
  double margin;          /* A: so far before what samples have rays begin */
} CfOutlines;

/** FALSE: a query failed. */
gboolean cf_outlines_mend (const CfOutlines *outlines, CfFieldQuery query, gpointer data, GError **error);

G_END_DECLS
