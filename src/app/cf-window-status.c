/* cf-window-status.c: what the window says of its document in its title, and below the picture of what goes on. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-format.h"
#include "cf-words.h"

void
cf_window_fill_title (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  g_autofree char *name = cf_window_session_name (window);
  g_autoptr (GString) text = g_string_new (NULL);
  const char *open = s->demo ? _("Demonstration: crambin") : s->title != NULL ? s->title : "Cryofield";
  g_autofree char *title = g_strdup_printf ("%s%s", cf_window_is_unsaved (window) ? "• " : "", name != NULL ? name : open);
  if (s->header != NULL && s->header->id != NULL)
    g_string_append_printf (text, "%s  ·  ", s->header->id);
  const CfGrid *grid = s->volume != NULL ? &s->volume->grid : s->field != NULL ? &s->field->source_grid : NULL;
  if (grid != NULL)
    {
      g_autofree char *edge = cf_format_size (cf_grid_smallest_edge (grid));
      g_string_append_printf (text, "%d × %d × %d  ·  %s", grid->dims[0], grid->dims[1], grid->dims[2], edge);
    }
  if (grid != NULL && !isnan (s->resolution))
    {
      g_autofree char *resolution = cf_format_size (s->resolution);
      g_string_append_printf (text, _("  ·  resolution %s"), resolution);
    }
  if (s->structure != NULL && !s->demo)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "  ·  " : "", s->structure->name);
  adw_window_title_set_title (window->window_title, title);
  adw_window_title_set_subtitle (window->window_title, text->str);
  g_autofree char *full = s->title != NULL ? g_strdup_printf (_("%s – Cryofield"), title) : g_strdup ("Cryofield");
  gtk_window_set_title (GTK_WINDOW (window), full);
}

static char *
training_status (const CfSessionState *s)
{
  g_autofree char *left = cf_format_seconds (s->training.seconds_left);
  if (s->training.state == CF_TRAINER_PAUSED)
    return g_strdup_printf (_("Paused: %d of %d regions are trained"), s->training.n_done, s->training.n_regions);
  if (*left == '\0')
    return g_strdup_printf (_("Training region by region: %d of %d"), s->training.n_done, s->training.n_regions);
  return g_strdup_printf (_("Training region by region: %d of %d, about %s left"), s->training.n_done, s->training.n_regions, left);
}

static char *
result_status (const CfSessionState *s)
{
  gsize n = s->graph->n_nodes;
  g_autofree char *nodes = g_strdup_printf (CF_PLURAL ("%zu node", "%zu nodes", n), n);
  if (s->comparison == NULL)
    return g_steal_pointer (&nodes);
  g_autofree char *coverage = cf_format_percent (s->comparison->ca.coverage), *rmsd = cf_format_length (s->comparison->ca.rmsd);
  return g_strdup_printf (_("%s, coverage %s, RMSD %s"), nodes, coverage, rmsd);
}

/* NULL: at rest. */
static char *
activity_status (CfWindow *window, const CfSessionState *s)
{
  if (s->activity != window->paced)
    window->pace = (CfPace){ 0, 0 };
  window->paced = s->activity;
  if (s->activity == NULL)
    return NULL;
  if (cf_session_is_loading (window->session))
    return g_strdup_printf (_("%s … (Esc stops)"), s->activity);
  if (s->fraction < 0)
    return g_strdup_printf ("%s …", s->activity);
  g_autofree char *left = cf_format_seconds (cf_pace_left (&window->pace, s->fraction));
  return *left == '\0' ? g_strdup_printf ("%s: %.0f %%", s->activity, 100 * s->fraction)
                       : g_strdup_printf (_("%s: %.0f %%, about %s left"), s->activity, 100 * s->fraction, left);
}

/* What goes on, or what to do next. */
static char *
status_text (CfWindow *window, const CfSessionState *s)
{
  if (s->trainer != NULL && (s->training.state == CF_TRAINER_RUNNING || s->training.state == CF_TRAINER_PAUSED))
    return training_status (s);
  g_autofree char *activity = activity_status (window, s);
  gboolean other_level = s->graph != NULL && s->sweep != NULL && !cf_session_is_level_walked (s);
  if ((s->graph == NULL || other_level) && activity != NULL)
    return g_steal_pointer (&activity);
  if (other_level && s->walk_stopped)
    return g_strdup_printf (_("Nodes and numbers are of level %.4f: the seeds of this one have not climbed"), s->graph->level.normalised);
  if (s->graph == NULL && s->sampling_stopped)
    return g_strdup (_("No graph: the sampling was stopped. Step Graph goes on"));
  if (s->graph == NULL && s->walk_stopped)
    return g_strdup (_("No graph: the seeds were stopped. Step Graph goes on"));
  if (s->graph != NULL)
    {
      g_autofree char *result = result_status (s);
      const char *hint = s->structure != NULL ? _("Drag the threshold below, or export the report") : _("Open a model to compare with, or export the report");
      return g_strdup_printf ("%s\n%s", result, activity != NULL ? activity : hint);
    }
  if (s->field == NULL && cf_session_can_train (window->session))
    return g_strdup (_("These are the map's voxels. Train to make them a field"));
  return g_strdup ("");
}

void
cf_window_fill_status (CfWindow *window, const CfSessionState *s)
{
  g_autofree char *text = status_text (window, s);
  if (strcmp (text, gtk_label_get_text (GTK_LABEL (window->status))) != 0)
    gtk_label_set_text (GTK_LABEL (window->status), text);
  gtk_widget_set_visible (window->status, *text != '\0');
  cf_window_set_status_state (window, text);
}
