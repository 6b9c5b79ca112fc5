/* cf-window-devices.c: what computes and draws here, as the window about the program tells it. */
#include "cf-window-private.h"

#include "cf-marching.h"
#include "cf-session-private.h"
#include "cf-words.h"

/* How the field itself comes into a picture, and the finer samples of what is in view. */
static const char *
picture_words (CfWindow *window, CfEvaluator *evaluator)
{
  if (!cf_evaluator_has_march (evaluator))
    return _("samples of the field, refined on the processor");
  gtk_gl_area_make_current (GTK_GL_AREA (window->viewport));
  return cf_backend_shares_gl (cf_evaluator_backend (evaluator)) ? _("marched by CUDA and shared with OpenGL")
                                                                 : _("marched by CUDA and copied through the host, because OpenGL runs on another device");
}

char *
cf_window_devices (CfWindow *window)
{
  CfEvaluator *evaluator = cf_session_state (window->session)->evaluator;
  const char *draws = cf_viewport_description (window->viewport);
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, _("Draws: %s"), draws != NULL ? draws : _("nothing yet"));
  g_string_append_c (text, '\n');
  g_string_append_printf (text, _("Computes: %s"), evaluator != NULL ? cf_backend_description (cf_evaluator_backend (evaluator)) : _("nothing yet"));
  if (evaluator != NULL)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("The field in a picture: %s"), picture_words (window, evaluator));
    }
  return g_string_free (text, FALSE);
}
