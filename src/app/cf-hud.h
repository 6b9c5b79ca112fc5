/* cf-hud.h: what stands over the picture: scale bar, axes, a label for voxels or reduced detail. Takes no events. */
#pragma once

#include <gtk/gtk.h>

#include "cf-viewport.h"

G_BEGIN_DECLS

/** A drawing area that follows the viewport. tools: what stands over the same picture at the upper right, which no note may run under; borrowed. */
GtkWidget *cf_hud_new (CfViewport *viewport, CfPicture *picture, GtkWidget *tools);

G_END_DECLS
