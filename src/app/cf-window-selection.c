/* cf-window-selection.c: what is picked in the picture, and the findings to step through. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-format.h"
#include "cf-words.h"

static void
node_rows (CfFacts *facts, const CfSessionState *s, guint32 index)
{
  const CfNode *node = &s->graph->nodes[index];
  cf_facts_addf (facts, _("node"), "%u", index);
  cf_facts_addf (facts, _("at, Å"), "%.2f, %.2f, %.2f", node->pos[0], node->pos[1], node->pos[2]);
  cf_facts_addf (facts, _("density"), _("%.4f (%.3g in the file)"), node->density, node->density * s->normalisation.max);
  cf_facts_addf (facts, _("lives from … to"), "%.3f … %.3f", node->birth, node->merge);
  cf_facts_addf (facts, _("seeds"), "%u", node->size);
  if (node->region >= 0)
    cf_facts_addf (facts, _("region"), "#%d%s", node->region + 1, node->in_blend ? _(", in a seam") : "");
  if (s->comparison == NULL || s->structure == NULL || index >= s->comparison->n_nodes || s->comparison->residue_of_node[index] < 0)
    return;
  guint32 residue = (guint32) s->comparison->residue_of_node[index];
  g_autofree char *label = cf_structure_atom_label (s->structure, (guint32) s->structure->residues[residue].trace);
  g_autofree char *distance = cf_format_length (s->comparison->node_distance[residue]);
  cf_facts_addf (facts, _("matches"), "%s, %s", label, distance);
}

static void
atom_rows (CfFacts *facts, const CfSessionState *s, guint32 index)
{
  const CfAtom *atom = &s->structure->atoms[index];
  g_autofree char *label = cf_structure_atom_label (s->structure, index);
  cf_facts_add (facts, _("atom"), label, NULL);
  cf_facts_addf (facts, _("at, Å"), "%.2f, %.2f, %.2f", atom->pos[0], atom->pos[1], atom->pos[2]);
  if (s->comparison == NULL || atom->residue >= s->comparison->n_residues)
    return;
  gint32 node = s->comparison->node_of_residue[atom->residue];
  g_autofree char *distance = cf_format_length (s->comparison->node_distance[atom->residue]);
  if (node >= 0)
    cf_facts_addf (facts, _("residue's node"), "%d, %s", node, distance);
  else
    cf_facts_add (facts, _("residue's node"), _("none within 3 Å"), NULL);
}

/* FALSE for what is no longer there. */
static gboolean
position_of (const CfSessionState *s, guint32 pick, double xyz[3])
{
  guint32 index = pick & CF_PICK_INDEX;
  gboolean is_node = pick & CF_PICK_NODE && s->graph != NULL && index < s->graph->n_nodes;
  gboolean is_atom = pick & CF_PICK_ATOM && s->structure != NULL && index < s->structure->n_atoms;
  for (int a = 0; a < 3 && (is_node || is_atom); a++)
    xyz[a] = is_node ? s->graph->nodes[index].pos[a] : s->structure->atoms[index].pos[a];
  return is_node || is_atom;
}

static char *
name_of (const CfSessionState *s, guint32 pick)
{
  return pick & CF_PICK_NODE ? g_strdup_printf (_("node %u"), pick & CF_PICK_INDEX) : cf_structure_atom_label (s->structure, pick & CF_PICK_INDEX);
}

void
cf_window_get_picks (CfWindow *window, CfSavedPick picks[2])
{
  const CfSessionState *s = cf_session_state (window->session);
  const guint32 ids[2] = { window->picked, window->second };
  for (int i = 0; i < 2; i++)
    picks[i].kind = !position_of (s, ids[i], picks[i].at) ? CF_SAVED_PICK_NONE : ids[i] & CF_PICK_NODE ? CF_SAVED_PICK_NODE : CF_SAVED_PICK_ATOM;
}

/* 0 where there is none. */
static guint32
find_pick (const CfSessionState *s, const CfSavedPick *pick)
{
  guint32 kind = pick->kind == CF_SAVED_PICK_NODE ? CF_PICK_NODE : CF_PICK_ATOM, best = 0;
  gsize n = pick->kind == CF_SAVED_PICK_NONE ? 0 : kind == CF_PICK_NODE ? (s->graph != NULL ? s->graph->n_nodes : 0) : s->structure != NULL ? s->structure->n_atoms : 0;
  double nearest = 0.3 * 0.3, at[3];
  for (guint32 i = 0; i < n && position_of (s, kind | i, at); i++)
    {
      double d2 = pow (at[0] - pick->at[0], 2) + pow (at[1] - pick->at[1], 2) + pow (at[2] - pick->at[2], 2);
      if (d2 <= nearest)
        {
          nearest = d2;
          best = kind | i;
        }
    }
  return best;
}

static void select_pick (CfWindow *window, guint32 pick);

void
cf_window_set_picks (CfWindow *window, const CfSavedPick picks[2])
{
  const CfSessionState *s = cf_session_state (window->session);
  guint32 first = find_pick (s, &picks[0]), second = find_pick (s, &picks[1]);
  window->finding = -1;
  select_pick (window, first);
  if (first != 0 && second != 0)
    cf_window_select_second (window, second);
  cf_window_note_selection (window, FALSE);
}

/* The distance between what is selected and what was clicked with Ctrl. */
static void
measure (CfWindow *window, const CfSessionState *s)
{
  double (*ends)[3] = window->picture->measure;
  if (!position_of (s, window->picked, ends[0]) || !position_of (s, window->second, ends[1]))
    {
      ends[0][0] = NAN;
      return;
    }
  g_autofree char *name = name_of (s, window->second);
  cf_facts_addf (window->selection, _("to"), "%s", name);
  g_autofree char *distance = cf_format_length (sqrt (pow (ends[0][0] - ends[1][0], 2) + pow (ends[0][1] - ends[1][1], 2) + pow (ends[0][2] - ends[1][2], 2)));
  cf_facts_addf (window->selection, _("distance"), "%s", distance);
}

void
cf_window_fill_selection (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  guint32 index = window->picked & CF_PICK_INDEX;
  gboolean is_node = window->picked & CF_PICK_NODE && s->graph != NULL && index < s->graph->n_nodes;
  gboolean is_atom = !is_node && window->picked & CF_PICK_ATOM && s->structure != NULL && index < s->structure->n_atoms;
  cf_facts_begin (window->selection);
  if (is_node)
    node_rows (window->selection, s, index);
  else if (is_atom)
    atom_rows (window->selection, s, index);
  measure (window, s);
  cf_facts_end (window->selection);
  gtk_widget_set_visible (window->selection_hint, window->second == 0);
  gtk_label_set_text (GTK_LABEL (window->selection_hint), is_node || is_atom ? _("Ctrl+click another: their distance") : _("Click a node or an atom"));
  cf_residues_list_set_selected (window->residues, is_atom ? s->structure->atoms[index].residue : G_MAXUINT32);
}

static void
select_pick (CfWindow *window, guint32 pick)
{
  window->picked = window->picture->selected = pick;
  window->second = 0;
  window->picture->marker[0] = NAN;
  cf_window_fill_selection (window);
  cf_window_redraw (window, CF_CHANGED_GRAPH, FALSE);
}

void
cf_window_select_quietly (CfWindow *window, guint32 pick)
{
  select_pick (window, pick);
  cf_window_note_selection (window, FALSE);
}

void
cf_window_select (CfWindow *window, guint32 pick)
{
  select_pick (window, pick);
  cf_window_note_selection (window, TRUE);
}

/* In the list, where the user reads what the camera shows. */
static void
mark_finding (CfWindow *window)
{
  GtkSelectionModel *model = gtk_list_view_get_model (GTK_LIST_VIEW (window->findings));
  if (model == NULL)
    return;
  guint at = window->finding >= 0 ? (guint) window->finding : GTK_INVALID_LIST_POSITION;
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (model), at);
  if (window->finding >= 0)
    gtk_widget_activate_action (window->findings, "list.scroll-to-item", "u", at);
}

void
cf_window_select_second (CfWindow *window, guint32 pick)
{
  if (window->picked == 0 || pick == window->picked)
    {
      cf_window_select (window, pick);
      return;
    }
  window->second = pick;
  cf_window_fill_selection (window);
  cf_window_redraw (window, CF_CHANGED_GRAPH, FALSE);
  cf_window_note_selection (window, TRUE);
}

/* "0.41 Å from A/Leu 45 CA", of any atom. */
static void
append_nearest_atom (GString *text, const CfSessionState *s, const double pos[3])
{
  double best = INFINITY;
  guint32 nearest = 0;
  for (guint32 i = 0; s->structure != NULL && i < s->structure->n_atoms; i++)
    {
      const float *at = s->structure->atoms[i].pos;
      double d2 = (at[0] - pos[0]) * (at[0] - pos[0]) + (at[1] - pos[1]) * (at[1] - pos[1]) + (at[2] - pos[2]) * (at[2] - pos[2]);
      if (d2 < best)
        {
          best = d2;
          nearest = i;
        }
    }
  if (!isfinite (best))
    return;
  g_autofree char *label = cf_structure_atom_label (s->structure, nearest);
  g_autofree char *distance = cf_format_length (sqrt (best));
  g_string_append_printf (text, _(", %s from %s"), distance, label);
}

void
cf_window_hover (CfWindow *window, guint32 pick)
{
  const CfSessionState *s = cf_session_state (window->session);
  double pos[3];
  g_clear_pointer (&window->picture->hover, g_free);
  if (!position_of (s, pick, pos))
    return;
  g_autofree char *name = name_of (s, pick);
  g_autoptr (GString) text = g_string_new (name);
  if (pick & CF_PICK_NODE)
    {
      const CfNode *node = &s->graph->nodes[pick & CF_PICK_INDEX];
      append_nearest_atom (text, s, pos);
      g_string_append_printf (text, _("\ndensity %.3f, lives over %.3f"), node->density, node->persistence);
    }
  window->picture->hover = g_string_free (g_steal_pointer (&text), FALSE);
}

void
cf_window_show_finding (CfWindow *window, guint index)
{
  const CfSessionState *s = cf_session_state (window->session);
  gsize n = cf_session_n_findings (s);
  if (index >= n)
    return;
  const CfFinding *finding = &s->findings->findings[index];
  window->finding = (int) index;
  window->finding_kind = finding->kind;
  window->picked = window->second = 0;
  if (finding->kind == CF_FINDING_NODE)
    window->picked = CF_PICK_NODE | finding->index;
  else
    window->picked = CF_PICK_ATOM | (guint32) s->comparison->atom_of_residue[finding->index];
  window->picture->selected = window->picked;
  memcpy (window->picture->marker, finding->pos, sizeof finding->pos);
  cf_window_fill_selection (window);
  cf_viewport_centre (window->viewport, finding->pos, 25);
  cf_window_redraw (window, CF_CHANGED_GRAPH, FALSE);
  mark_finding (window);
  cf_window_note_place (window);
  cf_window_update_actions (window);
  g_autofree char *what = cf_session_finding_text (s, finding);
  g_autofree char *text = g_strdup_printf (_("Finding %u of %zu: %s"), index + 1, n, what);
  cf_window_say (window, FALSE, text, NULL);
}

void
cf_window_show_residue (CfWindow *window, guint32 residue)
{
  const CfSessionState *s = cf_session_state (window->session);
  if (s->structure == NULL || residue >= s->structure->n_residues || s->structure->residues[residue].trace < 0)
    return;
  guint32 atom = (guint32) s->structure->residues[residue].trace;
  const double at[3] = { s->structure->atoms[atom].pos[0], s->structure->atoms[atom].pos[1], s->structure->atoms[atom].pos[2] };
  window->finding = -1;
  mark_finding (window);
  cf_viewport_centre (window->viewport, at, 25);
  select_pick (window, CF_PICK_ATOM | atom);
  cf_window_note_place (window);
}

/* The one that was looked at, in the findings of another level: nodes are numbered anew, places stay. */
static int
find_again (CfWindow *window, const CfSessionState *s)
{
  const double *was = window->picture->marker;
  for (gsize i = 0; window->finding >= 0 && !isnan (was[0]) && i < cf_session_n_findings (s); i++)
    {
      const CfFinding *finding = &s->findings->findings[i];
      double x = finding->pos[0] - was[0], y = finding->pos[1] - was[1], z = finding->pos[2] - was[2];
      if (finding->kind == window->finding_kind && x * x + y * y + z * z < 0.09)
        return (int) i;
    }
  return -1;
}

void
cf_window_fill_findings (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  guint n = (guint) cf_session_n_findings (s);
  gboolean stale = s->comparison_stale;
  gtk_widget_set_visible (window->findings_title, s->comparison != NULL);
  gtk_widget_set_visible (window->findings_scroller, n > 0);
  g_autofree char *title = n == 0 ? g_strdup (_("No findings")) : g_strdup_printf (CF_PLURAL ("%u finding (G)", "%u findings (G)", n), n);
  gtk_label_set_text (GTK_LABEL (window->findings_title), title);
  cf_set_stale (window->findings_scroller, stale);
  /* Filled at rest: a list of hundreds at each step of a drag would cost what the drag has. */
  if (stale)
    return;
  window->finding = find_again (window, s);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = cf_session_finding_text (s, &s->findings->findings[i]);
      g_strv_builder_add (builder, text);
    }
  g_auto (GStrv) strings = g_strv_builder_end (builder);
  g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) strings);
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (model));
  gtk_single_selection_set_selected (selection, GTK_INVALID_LIST_POSITION);
  gtk_list_view_set_model (GTK_LIST_VIEW (window->findings), GTK_SELECTION_MODEL (selection));
  mark_finding (window);
}
