/* cf-window-selection.c: what is picked in the picture, and the findings to step through. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-format.h"

static void
node_rows (CfFacts *facts, const CfSessionState *s, guint32 index)
{
  const CfNode *node = &s->graph->nodes[index];
  cf_facts_addf (facts, "node", "%u", index);
  cf_facts_addf (facts, "at, Å", "%.2f, %.2f, %.2f", node->pos[0], node->pos[1], node->pos[2]);
  cf_facts_addf (facts, "density", "%.4f (%.3g in the file)", node->density, node->density * s->normalisation.max);
  cf_facts_addf (facts, "lives from … to", "%.3f … %.3f", node->birth, node->merge);
  cf_facts_addf (facts, "seeds", "%u", node->size);
  if (node->region >= 0)
    cf_facts_addf (facts, "region", "#%d%s", node->region + 1, node->in_blend ? ", in a seam" : "");
  if (s->comparison == NULL || s->structure == NULL || index >= s->comparison->n_nodes || s->comparison->residue_of_node[index] < 0)
    return;
  guint32 residue = (guint32) s->comparison->residue_of_node[index];
  g_autofree char *label = cf_structure_atom_label (s->structure, (guint32) s->structure->residues[residue].trace);
  cf_facts_addf (facts, "matches", "%s, %.2f Å", label, s->comparison->node_distance[residue]);
}

static void
atom_rows (CfFacts *facts, const CfSessionState *s, guint32 index)
{
  const CfAtom *atom = &s->structure->atoms[index];
  g_autofree char *label = cf_structure_atom_label (s->structure, index);
  cf_facts_add (facts, "atom", label, NULL);
  cf_facts_addf (facts, "at, Å", "%.2f, %.2f, %.2f", atom->pos[0], atom->pos[1], atom->pos[2]);
  if (s->comparison == NULL || atom->residue >= s->comparison->n_residues)
    return;
  gint32 node = s->comparison->node_of_residue[atom->residue];
  if (node >= 0)
    cf_facts_addf (facts, "residue's node", "%d, %.2f Å", node, s->comparison->node_distance[atom->residue]);
  else
    cf_facts_add (facts, "residue's node", "none within 3 Å", NULL);
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
  cf_facts_end (window->selection);
  gtk_widget_set_visible (window->selection_hint, !is_node && !is_atom);
}

void
cf_window_select (CfWindow *window, guint32 pick)
{
  window->picked = window->picture->selected = pick;
  window->picture->marker[0] = NAN;
  cf_window_fill_selection (window);
  cf_window_redraw (window, CF_CHANGED_GRAPH, FALSE);
}

void
cf_window_show_finding (CfWindow *window, guint index)
{
  const CfSessionState *s = cf_session_state (window->session);
  if (index >= s->findings->len)
    return;
  const CfFinding *finding = s->findings->pdata[index];
  window->finding = (int) index;
  window->picked = 0;
  if (finding->kind == CF_FINDING_NODE)
    window->picked = CF_PICK_NODE | finding->index;
  else if (s->structure->residues[finding->index].trace >= 0)
    window->picked = CF_PICK_ATOM | (guint32) s->structure->residues[finding->index].trace;
  window->picture->selected = window->picked;
  memcpy (window->picture->marker, finding->pos, sizeof finding->pos);
  cf_window_fill_selection (window);
  cf_viewport_centre (window->viewport, finding->pos, 25);
  cf_window_redraw (window, CF_CHANGED_GRAPH, FALSE);
  g_autofree char *text = g_strdup_printf ("Finding %u of %u: %s", index + 1, s->findings->len, finding->text);
  cf_window_say (window, FALSE, text, NULL);
}

void
cf_window_fill_findings (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  guint n = s->findings->len;
  gboolean stale = s->comparison_stale;
  gtk_widget_set_visible (window->findings_title, s->comparison != NULL);
  gtk_widget_set_visible (window->findings_scroller, n > 0);
  g_autofree char *title = g_strdup_printf (n == 1 ? "%u finding (G)" : n == 0 ? "No findings" : "%u findings (G)", n);
  gtk_label_set_text (GTK_LABEL (window->findings_title), title);
  cf_set_stale (window->findings_scroller, stale);
  /* Filled at rest: a list of hundreds at each step of a drag would cost what the drag has. */
  if (stale)
    return;
  window->finding = -1;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < n; i++)
    g_strv_builder_add (builder, ((CfFinding *) s->findings->pdata[i])->text);
  g_auto (GStrv) strings = g_strv_builder_end (builder);
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) strings);
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (model)));
  gtk_list_view_set_model (GTK_LIST_VIEW (window->findings), GTK_SELECTION_MODEL (selection));
}
