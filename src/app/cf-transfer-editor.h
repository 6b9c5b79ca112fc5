/* cf-transfer-editor.h: the transfer function of style volume on the histogram: points that are dragged, added by a click, removed by the
 * other button or Delete, coloured; presets. It follows and changes the state of the window's action "transfer" (cf_transfer_text ()). */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

/** Both are borrowed and outlive it. */
GtkWidget *cf_transfer_editor_new (GActionGroup *window, CfSession *session);

G_END_DECLS
