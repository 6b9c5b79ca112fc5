/* cf-ready.h: the renderer's shaders are made ready on a thread of their own while the window comes up: cf-warm-up.h. Main thread. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/** Before GTK is there: where no graphics card is, its widgets are drawn by cairo. GTK's own shaders take a software rasteriser seconds to make ready,
 * on the thread that answers. GSK_RENDERER says otherwise. */
void cf_ready_choose_renderer (void);
/** Begins, once. */
void cf_ready_begin (void);
/** Calls func (object) as soon as the first style is ready: now, where it is or where nothing was begun. Not after the object is gone. */
void cf_ready_then (GObject *object, void (*func) (GObject *object));

/** Before the process ends. FALSE: the worker still draws; it cannot be stopped in the middle of a shader, and exit () would unload its drivers under it. */
gboolean cf_ready_end (void);

G_END_DECLS
