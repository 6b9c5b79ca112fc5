/* cf-renderer.h: draws a scene into a framebuffer that it is given. Desktop GL 3.3 core; the context must be current on the calling
 * thread at every call, the same for new and free. Never touches framebuffer 0 unless it is given it. */
#pragma once

#include "cf-camera.h"
#include "cf-march-waves.h"
#include "cf-scene.h"

G_BEGIN_DECLS

typedef struct _CfRenderer CfRenderer;

/** Compiles the shaders (GResource /org/cryofield/shaders; CRYOFIELD_SHADER_DIR reads them from disk instead). */
CfRenderer *cf_renderer_new (GError **error);
void cf_renderer_free (CfRenderer *renderer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfRenderer, cf_renderer_free)

/** Fills the rows that target names with where the field's own surface is: see CfMarchTarget. Its textures are those of the current GL context and
 * belong to the renderer: whoever shares them with a device lets go of them before it returns. Called on the thread that draws. */
typedef gboolean (*CfFieldMarch) (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error);

/** What a frame may cost: detail 1 is full; less takes longer steps and fewer rays (while the user moves), up to 2 takes more rays
 * and averages them (pictures for files, a still on a fast device). With a query, for final pictures: in style surface each ray's hit
 * is moved from the samples' surface onto the field's own and lit by the field's gradient, three queries a hit, and rays beside outlines, where samples end in
 * other places than the field, are marched through the field; slow. With a march, which comes before a query, the samples only tell where nothing is, and rays find the field's surface themselves. */
typedef struct
{
  double detail; /* (0, 2], the size of the picture drawn relative to the framebuffer */
  CfFieldQuery query; /* called on the thread that draws; NULL: the samples are all there is */
  gpointer query_data;
  CfFieldMarch march;
  gpointer march_data;
} CfRenderQuality;

/** Draws into framebuffer `fbo`, whole width x height pixels. Restores no GL state but leaves fbo bound. quality NULL: detail 1.
 * What the scene's serials say is unchanged is not uploaded again; a dirty box of the field is used only where its serial is the last
 * drawn one plus 1, else everything is uploaded. On failure fbo may hold anything. */
gboolean cf_renderer_draw (CfRenderer *renderer, guint fbo, int width, int height, const CfScene *scene, const CfCamera *camera,
                           const CfRenderQuality *quality, GError **error);
/** The same picture in parts, for a host that must not wait for all of it: the rows between two shares of the height, from 0 (which begins a
 * picture) on to 1, scene and camera unchanged between; it waits until they are there. Not with a query. Then cf_renderer_present (). */
gboolean cf_renderer_draw_rows (CfRenderer *renderer, int width, int height, const CfScene *scene, const CfCamera *camera,
                                const CfRenderQuality *quality, double from, double to, GError **error);
/** Puts what was drawn last into a framebuffer. */
gboolean cf_renderer_present (CfRenderer *renderer, guint fbo, const CfScene *scene, GError **error);
/** The framebuffer that is bound for drawing: for a host that has no GL of its own, as a GtkGLArea in its render handler. */
guint cf_renderer_bound_framebuffer (void);
/** What lies under a pixel (from the top left) of the last frame: a pick id or 0; xyz (A) of the point, NAN for nothing. xyz may be NULL. */
guint32 cf_renderer_pick (CfRenderer *renderer, int x, int y, double xyz[3]);
/** Of the cylinders in view those that the last frame drew, as a share of all that belong there: while pictures of such detail follow each other a scene need
 * have no more (CfMolecules). */
double cf_renderer_edge_share (const CfRenderer *renderer);
/** What is in the bound framebuffer, of width x height pixels, from the top, 4 bytes a pixel as cairo has them (native 0x..RRGGBB), rows of `stride` bytes. */
void cf_renderer_read (const CfRenderer *renderer, int width, int height, gsize stride, guint8 *pixels);
/** After a frame: whether the device has lost the context (a reset, a driver that was replaced). Nothing of this renderer is left then: free it, make a
 * new context, and another renderer in it. CRYOFIELD_LOSE_CONTEXT=N, for tests, answers so to the Nth question of the process, -1 to each. */
gboolean cf_renderer_is_lost (const CfRenderer *renderer);
/** "Mesa llvmpipe ..., GL 4.5": for the about-this-device panel. */
const char *cf_renderer_description (const CfRenderer *renderer);

G_END_DECLS
