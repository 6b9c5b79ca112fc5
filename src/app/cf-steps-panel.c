/* cf-steps-panel.c: the left panel: five steps with their key numbers, controls and warnings. */
#include "cf-steps-panel.h"

#include <math.h>

#include "cf-facts.h"
#include "cf-format.h"
#include "cf-graph-file.h"
#include "cf-map-choices.h"
#include "cf-step.h"
#include "cf-words.h"

#define WIDTH 268 /* px */
#define COMPACT_WIDTH 110

struct _CfStepsPanel
{
  GtkBox parent_instance;
  CfSession *session;
  gboolean filling; /* our own change of a control */
  gboolean had_graph;
  gboolean opened_graph; /* for the walk, to be closed after it */
  CfStep *map_step, *train_step, *graph_step, *compare_step, *export_step;
  CfFacts *map_facts, *train_facts, *graph_facts, *compare_facts;
  GtkWidget *warnings, *train_options, *crop, *around, *use_around, *part, *recipe, *epochs, *train, *pause, *cancel;
  GtkWidget *stop_sampling, *sample_on, *stop_walk, *walk_on, *adjacency, *component, *open_model, *next_finding, *copy_compare, *copy_train, *report;
  CfMapChoices *map_choices;
  GMenu *graph_menu;
};

G_DEFINE_FINAL_TYPE (CfStepsPanel, cf_steps_panel, GTK_TYPE_BOX)

/* -- 1 map ----------------------------------------------------------------------------------------------------------------------- */

static void
add_warnings (GString *text, char **warnings)
{
  for (int i = 0; warnings != NULL && warnings[i] != NULL; i++)
    g_string_append_printf (text, "%s⚠ %s", text->len > 0 ? "\n" : "", warnings[i]);
}

static const char *
placement_name (CfPlacement placement)
{
  return placement == CF_PLACED_BY_ORIGIN ? "ORIGIN" : placement == CF_PLACED_BY_NSTART ? "NSTART" : _("at zero");
}

static void
add_size (CfFacts *facts, const char *name, double a)
{
  g_autofree char *text = cf_format_size (a);
  cf_facts_add (facts, name, text, NULL);
}

static void
map_rows (CfFacts *facts, const CfSessionState *s)
{
  const CfVolume *volume = s->volume;
  const int *dims = volume->grid.dims;
  double edge[3];
  for (int a = 0; a < 3; a++)
    edge[a] = cf_grid_edge (&volume->grid, a);
  cf_facts_addf (facts, _("voxels"), "%d × %d × %d", dims[0], dims[1], dims[2]);
  if (fabs (edge[0] - edge[1]) + fabs (edge[0] - edge[2]) < 1e-3)
    add_size (facts, _("voxel"), edge[0]);
  else
    cf_facts_addf (facts, _("voxel"), "%.3g × %.3g × %.3g Å", edge[0], edge[1], edge[2]);
  if (!isnan (s->resolution))
    add_size (facts, _("resolution"), s->resolution);
  cf_facts_addf (facts, _("range"), "%.3g … %.3g", volume->statistics.min, volume->statistics.max);
  cf_facts_addf (facts, _("mean, sd"), "%.3g, %.3g", volume->statistics.mean, volume->statistics.sd);
  if (s->prepared)
    cf_facts_addf (facts, _("normalised µ, σ"), "%.4f, %.4f", s->normalisation.mu, s->normalisation.sigma);
  if (volume->path != NULL)
    {
      const int *axes = volume->header.axes;
      cf_facts_addf (facts, _("mode, axes"), "%d; %d, %d, %d", volume->header.mode, axes[0], axes[1], axes[2]);
      if (!volume->header.two_placements)
        cf_facts_add (facts, _("placed by"), placement_name (volume->header.placement), NULL);
    }
}

static void
fill_map (CfStepsPanel *panel, const CfSessionState *s)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *value = g_strdup (s->title == NULL ? _("none") : "");
  cf_facts_begin (panel->map_facts);
  if (s->title != NULL)
    cf_facts_add (panel->map_facts, _("name"), s->title, s->header != NULL ? s->header->title : NULL);
  if (s->volume != NULL)
    {
      map_rows (panel->map_facts, s);
      add_warnings (text, s->volume->warnings);
      g_autofree char *level = s->prepared ? cf_level_warning (&s->normalisation) : NULL;
      add_warnings (text, (char *[]){ level, NULL });
      g_free (value);
      value = g_strdup_printf ("%d × %d × %d", s->volume->grid.dims[0], s->volume->grid.dims[1], s->volume->grid.dims[2]);
    }
  if (s->structure != NULL)
    {
      cf_facts_add (panel->map_facts, _("model"), s->structure->name, NULL);
      cf_facts_addf (panel->map_facts, _("chains, residues"), "%u, %u", s->structure->n_chains, s->structure->n_residues);
      cf_facts_addf (panel->map_facts, _("atoms"), "%u", s->structure->n_atoms);
      add_warnings (text, s->structure->warnings);
    }
  cf_facts_end (panel->map_facts);
  gtk_label_set_text (GTK_LABEL (panel->warnings), text->str);
  gtk_widget_set_visible (panel->warnings, text->len > 0);
  cf_step_set (panel->map_step, s->volume != NULL || s->field != NULL ? CF_STEP_DONE : CF_STEP_READY, value, FALSE, -1);
}

/* -- 2 train --------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_training (const CfSessionState *s)
{
  return s->trainer != NULL && (s->training.state == CF_TRAINER_RUNNING || s->training.state == CF_TRAINER_PAUSED);
}

static void
fit_rows (CfFacts *facts, const CfField *field)
{
  double loss = 0, held_out = 0;
  int n = 0, n_held_out = 0;
  for (int i = 0; i < field->n_regions; i++)
    if (field->fits[i].trained && !field->fits[i].flat)
      {
        loss += field->fits[i].loss;
        n++;
        if (!isnan (field->fits[i].held_out))
          {
            held_out += field->fits[i].held_out;
            n_held_out++;
          }
      }
  if (n > 0)
    cf_facts_addf (facts, _("loss (mean square)"), "%.2e", loss / n);
  if (n_held_out > 0)
    cf_facts_addf (facts, _("held-out voxels"), "%.2e", held_out / n_held_out);
}

/* What is not the whole map; before the fit, what it will be of. */
static void
add_part (CfFacts *facts, const CfSessionState *s)
{
  double size[3];
  if (s->volume == NULL || !cf_session_is_of_part (s))
    return;
  for (int a = 0; a < 3; a++)
    size[a] = (s->normalisation.dims[a] - 1) * cf_grid_edge (&s->volume->grid, a);
  cf_facts_addf (facts, _("part of the map, Å"), "%.1f × %.1f × %.1f", size[0], size[1], size[2]);
}

static char *
train_rows (CfFacts *facts, const CfSessionState *s, double *fraction)
{
  const CfTrainerProgress *t = &s->training;
  *fraction = -1;
  if (!s->prepared)
    return g_strdup ("");
  g_autofree char *voxels = cf_format_count (s->n_voxels);
  int n = cf_partition_n_regions (&s->partition);
  cf_facts_addf (facts, _("voxels in use"), "%s", voxels);
  add_part (facts, s);
  cf_facts_addf (facts, _("regions"), "%d", n);
  if (s->field != NULL)
    fit_rows (facts, s->field);
  if (s->trainer == NULL)
    return g_strdup (s->field != NULL ? _("from file") : "");
  g_autofree char *spent = cf_format_seconds (t->seconds);
  cf_facts_add (facts, _("time"), spent, NULL);
  if (!is_training (s))
    return t->state == CF_TRAINER_DONE ? g_strdup_printf (CF_PLURAL ("%d region", "%d regions", t->n_done), t->n_done)
                                       : g_strdup_printf (_("%d of %d"), t->n_done, t->n_regions);
  g_autofree char *left = cf_format_seconds (t->seconds_left);
  if (*left != '\0')
    cf_facts_add (facts, _("left, estimated"), left, NULL);
  *fraction = t->fraction;
  return g_strdup_printf (t->state == CF_TRAINER_PAUSED ? _("paused, %d of %d") : _("%d of %d"), t->n_done, t->n_regions);
}

static void
fill_part (CfStepsPanel *panel, const CfSessionState *s)
{
  const double *b = s->box;
  g_autofree char *text = s->has_box ? g_strdup_printf ("%.1f × %.1f × %.1f Å", b[3] - b[0], b[4] - b[1], b[5] - b[2]) : NULL;
  gtk_label_set_text (GTK_LABEL (panel->part), text != NULL ? text : "");
  gtk_widget_set_visible (panel->part, text != NULL);
}

static void
fill_train (CfStepsPanel *panel, const CfSessionState *s)
{
  double fraction;
  gboolean running = is_training (s), can = cf_session_can_train (panel->session);
  cf_facts_begin (panel->train_facts);
  g_autofree char *value = train_rows (panel->train_facts, s, &fraction);
  cf_facts_end (panel->train_facts);
  gboolean complete = s->field != NULL && cf_field_is_complete (s->field);
  CfStepState state = running ? CF_STEP_BUSY : complete ? CF_STEP_DONE : can ? CF_STEP_READY : CF_STEP_WAITING;
  cf_step_set (panel->train_step, state, value, FALSE, fraction);
  gtk_widget_set_visible (panel->train, can);
  gtk_button_set_label (GTK_BUTTON (panel->train), complete ? _("Train again") : s->field != NULL ? _("Go on training") : _("Train"));
  if (complete)
    gtk_widget_remove_css_class (panel->train, "suggested-action");
  else
    gtk_widget_add_css_class (panel->train, "suggested-action");
  gtk_widget_set_visible (panel->copy_train, s->prepared && s->volume != NULL);
  gtk_widget_set_visible (panel->pause, running);
  gtk_widget_set_visible (panel->cancel, running);
  gtk_widget_set_visible (panel->train_options, can && (s->field == NULL || complete));
  panel->filling = TRUE;
  gtk_widget_set_visible (panel->crop, !isnan (s->contour));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (panel->crop), s->crop);
  gtk_widget_set_sensitive (panel->crop, !s->has_box);
  fill_part (panel, s);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (panel->recipe), s->recipe);
  if (!(gtk_widget_get_state_flags (panel->epochs) & GTK_STATE_FLAG_FOCUS_WITHIN))
    gtk_spin_button_set_value (GTK_SPIN_BUTTON (panel->epochs), s->max_epochs);
  panel->filling = FALSE;
}

/* -- 3 graph --------------------------------------------------------------------------------------------------------------------- */

static void
fill_graph (CfStepsPanel *panel, const CfSessionState *s)
{
  const CfGraph *graph = s->graph;
  g_autofree char *value = g_strdup ("");
  cf_facts_begin (panel->graph_facts);
  if (graph != NULL)
    {
      g_free (value);
      value = g_strdup_printf (CF_PLURAL ("%zu node", "%zu nodes", graph->n_nodes), graph->n_nodes);
      cf_facts_addf (panel->graph_facts, _("nodes"), "%" G_GSIZE_FORMAT, graph->n_nodes);
      cf_facts_addf (panel->graph_facts, _("edges"), _("%zu within %.3g Å"), graph->n_edges, graph->adjacency);
      cf_facts_addf (panel->graph_facts, _("connected parts"), "%" G_GSIZE_FORMAT, graph->n_components);
      cf_facts_addf (panel->graph_facts, _("seeds"), "%" G_GSIZE_FORMAT, graph->n_seeds);
    }
  if (s->walk_stopped && s->sweep != NULL && !cf_session_is_walked (s))
    cf_facts_addf (panel->graph_facts, _("climbed down to"), "%.4f", cf_sweep_get_peaks (s->sweep)->lowest);
  cf_facts_end (panel->graph_facts);
  cf_set_stale (GTK_WIDGET (panel->graph_facts), s->graph_stale);
  gtk_widget_set_visible (panel->stop_sampling, cf_session_is_sampling (panel->session));
  gtk_widget_set_visible (panel->sample_on, s->sampling_stopped);
  gtk_widget_set_visible (panel->stop_walk, s->walking);
  gtk_widget_set_visible (panel->walk_on, cf_session_can_walk (panel->session));
  gboolean busy = s->field != NULL && cf_field_is_complete (s->field) && s->activity != NULL;
  if (graph == NULL && !busy && (s->walk_stopped || s->sampling_stopped))
    {
      g_free (value);
      value = g_strdup (_("stopped"));
    }
  cf_step_set (panel->graph_step, graph != NULL ? CF_STEP_DONE : busy ? CF_STEP_BUSY : CF_STEP_WAITING,
               graph == NULL && busy ? s->activity : value, s->graph_stale, busy && s->fraction >= 0 ? s->fraction : -1);
}

/* -- 4 compare ------------------------------------------------------------------------------------------------------------------- */

/* Where it does not fit on one line it breaks before the chance, not within a number. */
static char *
with_chance (const char *value, const char *chance)
{
  g_autofree char *text = g_strdup_printf (_("%s (chance %s)"), value, chance);
  g_auto (GStrv) halves = g_strsplit (text, " (", 2);
  for (char **half = halves; *half != NULL; half++)
    {
      GString *string = g_string_new (*half);
      g_string_replace (string, " ", "\u00a0", 0);
      g_free (*half);
      *half = g_string_free (string, FALSE);
    }
  return g_strjoinv (" (", halves);
}

/* chance: NULL where it is not known. */
static void
add_value (CfFacts *facts, const char *name, const char *value, const char *chance, const char *tooltip)
{
  g_autofree char *text = chance == NULL ? g_strdup (value) : with_chance (value, chance);
  cf_facts_add (facts, name, text, tooltip);
}

/* none: what stands for a chance that is not known; NULL: nothing. */
static void
add_share (CfFacts *facts, const char *name, double share, double null, const char *none, const char *tooltip)
{
  g_autofree char *value = cf_format_percent (share), *chance = cf_format_percent (null);
  add_value (facts, name, value, isnan (null) ? none : chance, tooltip);
}

/* pending: chance is still to come, as while the bar moves. */
static void
comparison_rows (CfFacts *facts, const CfComparison *c, gboolean pending)
{
  gboolean null = c->has_null;
  const char *none = pending ? "…" : NULL;
  add_share (facts, _("coverage"), c->ca.coverage, c->null_ca.coverage, none,
             _("Residues with a node of their own within 3 Å of their Cα or P. Chance: as many random points inside the same contour"));
  add_share (facts, _("recall"), c->recall, c->null_recall, none,
             _("Residues with any node within 3 Å, which residues may share (ModelAngelo's recall); coverage gives each a node of its own"));
  add_share (facts, _("precision"), c->precision, c->null_precision, none, _("Nodes with a Cα or P within 3 Å"));
  g_autofree char *rmsd = cf_format_length (c->ca.rmsd), *null_rmsd = cf_format_length (c->null_ca.rmsd);
  add_value (facts, _("RMSD"), rmsd, null ? null_rmsd : none, _("Over the matched residues"));
  g_autofree char *score = isnan (c->ca_score) ? g_strdup ("–") : g_strdup_printf ("%.2f", c->ca_score);
  g_autofree char *null_score = g_strdup_printf ("%.2f", c->null_ca_score);
  add_value (facts, _("CA score"), score, null ? null_score : none, NULL);
  add_share (facts, _("atoms within 1 Å"), c->atoms.coverage, c->null_atoms.coverage, none, _("Non-hydrogen, non-water atoms with a node of their own"));
  add_share (facts, _("nodes at atoms"), c->atoms_nodes, c->null_atoms_nodes, none, _("Nodes that are matched to an atom within 1 Å"));
  g_autofree char *atoms_rmsd = cf_format_length (c->atoms.rmsd), *null_atoms_rmsd = cf_format_length (c->null_atoms.rmsd);
  add_value (facts, _("RMSD of atoms"), atoms_rmsd, null ? null_atoms_rmsd : none, _("Over the matched atoms"));
  if (isnan (c->inclusion))
    return;
  const char *what = _("Atom inclusion: non-hydrogen, non-water atoms where the field is at or above the level");
  add_share (facts, _("atoms inside"), c->inclusion, NAN, NULL, what);
  add_share (facts, _("backbone inside"), c->inclusion_backbone, NAN, NULL, what);
}

static void
fill_compare (CfStepsPanel *panel, const CfSessionState *s)
{
  const CfComparison *c = s->comparison;
  g_autofree char *value = c != NULL ? cf_format_percent (c->ca.coverage) : g_strdup (s->structure == NULL && s->title ? _("no model") : "");
  const char *missing = s->title != NULL && s->structure != NULL && s->graph == NULL ? _("the graph") : NULL;
  cf_facts_begin (panel->compare_facts);
  if (c != NULL)
    comparison_rows (panel->compare_facts, c, s->comparison_stale);
  else if (missing != NULL)
    cf_facts_add (panel->compare_facts, _("waits for"), missing, NULL);
  cf_facts_end (panel->compare_facts);
  cf_set_stale (GTK_WIDGET (panel->compare_facts), s->graph_stale);
  cf_step_set (panel->compare_step, c != NULL ? CF_STEP_DONE : s->graph != NULL ? CF_STEP_READY : CF_STEP_WAITING, value, s->graph_stale, -1);
  gtk_widget_set_visible (panel->open_model, s->structure == NULL && s->title != NULL);
  gtk_widget_set_visible (panel->next_finding, cf_session_n_findings (s) > 0);
  gtk_widget_set_visible (panel->copy_compare, c != NULL);
}

/* -- 5 export -------------------------------------------------------------------------------------------------------------------- */

static void
fill_export (CfStepsPanel *panel, const CfSessionState *s)
{
  gboolean ready = s->graph != NULL;
  cf_step_set (panel->export_step, ready ? CF_STEP_READY : CF_STEP_WAITING, "", FALSE, -1);
  if (ready)
    gtk_widget_add_css_class (panel->report, "suggested-action");
  else
    gtk_widget_remove_css_class (panel->report, "suggested-action");
}

/* What stops the sampling or a walk, and lets it go on, is in sight as long as it does something. */
static void
open_for_walk (CfStepsPanel *panel, gboolean wanted)
{
  if (wanted == panel->opened_graph)
    return;
  panel->opened_graph = wanted;
  cf_step_set_expanded (panel->graph_step, wanted);
}

static void
session_changed (CfSession *session, guint change, CfStepsPanel *panel)
{
  const CfSessionState *s = cf_session_state (session);
  if (change & CF_CHANGED_DOCUMENT)
    fill_map (panel, s);
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_TRAINING))
    fill_train (panel, s);
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_GRAPH | CF_CHANGED_ACTIVITY))
    fill_graph (panel, s);
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_GRAPH))
    {
      fill_compare (panel, s);
      fill_export (panel, s);
    }
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_GRAPH | CF_CHANGED_ACTIVITY))
    {
      gboolean between = panel->opened_graph && s->sweep != NULL && !cf_session_is_walked (s); /* two walks of one field */
      gboolean sampling = cf_session_is_sampling (session) || s->sampling_stopped;
      open_for_walk (panel, sampling || s->walking || between || cf_session_can_walk (session));
    }
  /* The map's numbers give way to the results once there are any. */
  gboolean has_graph = s->graph != NULL;
  if (has_graph != panel->had_graph)
    {
      cf_step_set_expanded (panel->map_step, !has_graph);
      cf_step_set_expanded (panel->train_step, !has_graph);
      panel->had_graph = has_graph;
    }
}

/* -- controls -------------------------------------------------------------------------------------------------------------------- */

static void
crop_toggled (CfStepsPanel *panel)
{
  if (!panel->filling)
    cf_session_set_crop (panel->session, gtk_check_button_get_active (GTK_CHECK_BUTTON (panel->crop)));
}

static void
use_around (CfStepsPanel *panel)
{
  gtk_widget_activate_action (GTK_WIDGET (panel), "win.train-around", "s", gtk_editable_get_text (GTK_EDITABLE (panel->around)));
}

static void
recipe_chosen (CfStepsPanel *panel)
{
  if (!panel->filling)
    cf_session_set_recipe (panel->session, (CfRecipeKind) gtk_drop_down_get_selected (GTK_DROP_DOWN (panel->recipe)));
}

static void
epochs_changed (CfStepsPanel *panel)
{
  if (!panel->filling)
    cf_session_set_max_epochs (panel->session, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (panel->epochs)));
}

/* No number of epochs is 0: the recipe's own. */
static gboolean
epochs_shown (GtkSpinButton *epochs)
{
  if (gtk_spin_button_get_value_as_int (epochs) != 0)
    return FALSE;
  gtk_editable_set_text (GTK_EDITABLE (epochs), _("auto"));
  return TRUE;
}

static int
epochs_read (GtkSpinButton *epochs, double *value)
{
  if (strcmp (gtk_editable_get_text (GTK_EDITABLE (epochs)), _("auto")) != 0)
    return FALSE;
  *value = 0;
  return TRUE;
}

static void
graph_options_changed (CfStepsPanel *panel)
{
  cf_session_set_graph_options (panel->session, gtk_spin_button_get_value (GTK_SPIN_BUTTON (panel->adjacency)),
                                (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (panel->component)));
}

static void
fill_graph_menu (CfStepsPanel *panel)
{
  for (const CfGraphFormat *format = cf_graph_formats (); format->suffix != NULL; format++)
    {
      g_autofree char *label = g_strdup_printf ("%s (%s)…", format->description, format->suffix);
      g_autofree char *action = g_strdup_printf ("win.export-graph('%s')", format->suffix);
      g_menu_append (panel->graph_menu, label, action);
    }
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
cf_steps_panel_dispose (GObject *object)
{
  g_clear_object (&CF_STEPS_PANEL (object)->session);
  G_OBJECT_CLASS (cf_steps_panel_parent_class)->dispose (object);
}

static void
cf_steps_panel_class_init (CfStepsPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cf_steps_panel_dispose;
  g_type_ensure (CF_TYPE_STEP);
  g_type_ensure (CF_TYPE_FACTS);
  g_type_ensure (CF_TYPE_MAP_CHOICES);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/cryofield/ui/steps-panel.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, CfStepsPanel, name)
  BIND (map_step);
  BIND (train_step);
  BIND (graph_step);
  BIND (compare_step);
  BIND (export_step);
  BIND (map_facts);
  BIND (train_facts);
  BIND (graph_facts);
  BIND (compare_facts);
  BIND (map_choices);
  BIND (warnings);
  BIND (train_options);
  BIND (crop);
  BIND (around);
  BIND (use_around);
  BIND (part);
  BIND (recipe);
  BIND (epochs);
  BIND (train);
  BIND (pause);
  BIND (cancel);
  BIND (stop_sampling);
  BIND (sample_on);
  BIND (stop_walk);
  BIND (walk_on);
  BIND (adjacency);
  BIND (component);
  BIND (open_model);
  BIND (next_finding);
  BIND (report);
  BIND (copy_compare);
  BIND (copy_train);
  BIND (graph_menu);
#undef BIND
}

static void
cf_steps_panel_init (CfStepsPanel *panel)
{
  gtk_widget_init_template (GTK_WIDGET (panel));
  gtk_widget_set_size_request (GTK_WIDGET (panel), WIDTH, -1);
}

void
cf_steps_panel_set_compact (CfStepsPanel *panel, gboolean compact)
{
  CfStep *steps[] = { panel->map_step, panel->train_step, panel->graph_step, panel->compare_step, panel->export_step };
  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    cf_step_set_compact (steps[i], compact);
  gtk_widget_set_size_request (GTK_WIDGET (panel), compact ? COMPACT_WIDTH : WIDTH, -1);
}

void
cf_steps_panel_set_session (CfStepsPanel *panel, CfSession *session)
{
  panel->session = g_object_ref (session);
  fill_graph_menu (panel);
  cf_set_name (panel->recipe, _("Recipe of the training"));
  cf_map_choices_set_session (panel->map_choices, session);
  g_signal_connect_swapped (panel->crop, "toggled", G_CALLBACK (crop_toggled), panel);
  g_signal_connect_swapped (panel->around, "activate", G_CALLBACK (use_around), panel);
  g_signal_connect_swapped (panel->use_around, "clicked", G_CALLBACK (use_around), panel);
  g_signal_connect_swapped (panel->recipe, "notify::selected", G_CALLBACK (recipe_chosen), panel);
  g_signal_connect (panel->epochs, "output", G_CALLBACK (epochs_shown), NULL);
  g_signal_connect (panel->epochs, "input", G_CALLBACK (epochs_read), NULL);
  gtk_spin_button_update (GTK_SPIN_BUTTON (panel->epochs));
  g_signal_connect_swapped (panel->epochs, "value-changed", G_CALLBACK (epochs_changed), panel);
  g_signal_connect_swapped (panel->stop_sampling, "clicked", G_CALLBACK (cf_session_stop_sampling), session);
  g_signal_connect_swapped (panel->sample_on, "clicked", G_CALLBACK (cf_session_sample_on), session);
  g_signal_connect_swapped (panel->stop_walk, "clicked", G_CALLBACK (cf_session_stop_walk), session);
  g_signal_connect_swapped (panel->walk_on, "clicked", G_CALLBACK (cf_session_walk_on), session);
  g_signal_connect_swapped (panel->adjacency, "value-changed", G_CALLBACK (graph_options_changed), panel);
  g_signal_connect_swapped (panel->component, "value-changed", G_CALLBACK (graph_options_changed), panel);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed), panel, 0);
  session_changed (session, CF_CHANGED_ALL, panel);
}
