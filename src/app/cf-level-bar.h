/* cf-level-bar.h: a plot over the level as a control: drag, wheel and keys move the session's level. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

/** Press anywhere and the bar comes there, but for its own width, where it is taken as it stands; Shift makes each move ten times finer,
 * and begins where the bar is. Fractions of a wheel's step are taken as they come. session must outlive area. */
void cf_level_bar_add (GtkWidget *area, CfSession *session);
/** Tells a screen reader. Until GTK 4.10 a widget of one's own has no value over AT-SPI: the level is its description as well. */
void cf_level_bar_say (GtkWidget *area, const CfLevel *level);

G_END_DECLS
