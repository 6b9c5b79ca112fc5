/* cf-viewport.h: the picture as a widget: a GtkGLArea that turns events into moves of a camera and lets the renderer draw. */
#pragma once

#include <gtk/gtk.h>

#include "cf-camera.h"
#include "cf-picture.h"

G_BEGIN_DECLS

#define CF_TYPE_VIEWPORT (cf_viewport_get_type ())
G_DECLARE_FINAL_TYPE (CfViewport, cf_viewport, CF, VIEWPORT, GtkGLArea)

/* signals: "picked" (guint pick id, 0 for nothing; gboolean: as the second of two), "hovered" (guint pick id under a pointer that rests; 0),
 * "level-nudged" (double fraction of the level axis), "slid" (double fraction: what cuts the picture moves on), "divided" (double share of
 * the width: the divider was dragged), "drawn" (): a frame was made, "changed" (): what is drawn is other than it was, "lost" (): the device had lost
 * what was drawn, and the picture is begun anew, "whole" (): a picture that stands is about
 * to be drawn of a scene that has but a share of its edges: whoever thinned it puts them all in at once */

/** Borrowed; must outlive the viewport's use of it. */
void cf_viewport_set_picture (CfViewport *viewport, CfPicture *picture);
/** The scene changed. moving: more will follow soon, so that detail may wait. */
void cf_viewport_refresh (CfViewport *viewport, gboolean moving);
/** The same, moving, but what belongs to it is expected soon, with a refresh of its own: this one comes after so many ms without. */
void cf_viewport_refresh_within (CfViewport *viewport, guint ms);
/** The same scene is drawn in more detail than before: what stands stays until that is there. */
void cf_viewport_refine (CfViewport *viewport);
/** So much (us) of the time from a hand that moves to the picture is spent before a frame begins: a moving frame takes less of it. */
void cf_viewport_set_lead (CfViewport *viewport, gint64 lead);
/** While workers have the cores a frame gets no more detail than it has time for. */
void cf_viewport_set_busy (CfViewport *viewport, gboolean busy);
const CfCamera *cf_viewport_camera (CfViewport *viewport);
/** Rotation, centre, distance and field of view; the rest follows the picture's options. */
void cf_viewport_set_camera (CfViewport *viewport, const CfCamera *camera);
void cf_viewport_frame (CfViewport *viewport, const double lo[3], const double hi[3]);
void cf_viewport_centre (CfViewport *viewport, const double xyz[3], double distance); /* A; distance 0 keeps it */
void cf_viewport_turn (CfViewport *viewport, double azimuth, double elevation);
void cf_viewport_zoom (CfViewport *viewport, double factor);
void cf_viewport_set_spin (CfViewport *viewport, gboolean spin);
gboolean cf_viewport_get_spin (CfViewport *viewport);
/** A button is down that turns or moves it. */
gboolean cf_viewport_is_dragging (CfViewport *viewport);
/** "chimerax", "coot" or "pymol"; FALSE for another name. */
gboolean cf_viewport_set_mouse (CfViewport *viewport, const char *name);
/** Where the pointer was last, pixels of the widget; x < 0: elsewhere. */
void cf_viewport_hover_position (CfViewport *viewport, double *x, double *y);
/** Pixels of the device, as drawn last. */
void cf_viewport_size (CfViewport *viewport, int *width, int *height);
/** How large a share of the edges a scene needs while it moves; 1 where it does not. */
double cf_viewport_edge_share (CfViewport *viewport);
gboolean cf_viewport_is_reduced (CfViewport *viewport); /* the last frame was not in full detail */
const char *cf_viewport_description (CfViewport *viewport); /* of the renderer; NULL before the first frame */

G_END_DECLS
