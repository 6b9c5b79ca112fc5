/* cf-presenter.h: presenter mode: the picture on the whole screen, the level and the essential numbers large, nothing else. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _CfWindow CfWindow;

#define CF_TYPE_PRESENTER (cf_presenter_get_type ())
/** What stands below the picture while presenting; hidden otherwise. */
G_DECLARE_FINAL_TYPE (CfPresenter, cf_presenter, CF, PRESENTER, GtkBox)

/** Action: present (state: whether it is on). Escape leaves it; keys that are pressed are shown, and the pointer has a ring. A picture that
 * spins stops where the user wants no animations. */
void cf_presenter_add (CfWindow *window);

G_END_DECLS
