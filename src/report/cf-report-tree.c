#include "cf-report-tree.h"

#include <math.h>

void
cf_tree_set (json_t *object, const char *key, json_t *value)
{
  json_object_set_new (object, key, value);
}

void
cf_tree_set_real (json_t *object, const char *key, double value)
{
  cf_tree_set (object, key, cf_json_number (value));
}

void
cf_tree_set_integer (json_t *object, const char *key, json_int_t value)
{
  cf_tree_set (object, key, json_integer (value));
}

/* Text from files may hold anything; jansson takes valid UTF-8 only. */
static json_t *
text_or_null (const char *text)
{
  if (text == NULL || *text == '\0')
    return json_null ();
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return json_string (valid);
}

void
cf_tree_set_text (json_t *object, const char *key, const char *text)
{
  cf_tree_set (object, key, text_or_null (text));
}

json_t *
cf_tree_texts (const char *const *strings)
{
  json_t *array = json_array ();
  for (; strings != NULL && *strings != NULL; strings++)
    json_array_append_new (array, text_or_null (*strings));
  return array;
}

json_t *
cf_tree_level (const CfLevel *level)
{
  json_t *object = json_object ();
  cf_tree_set_real (object, "file", level->file);
  cf_tree_set_real (object, "normalised", level->normalised);
  cf_tree_set_real (object, "sigma", level->sigma);
  return object;
}

json_t *
cf_json_at (json_t *root, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, ".", -1);
  json_t *at = root;
  for (char **part = parts; *part != NULL && at != NULL; part++)
    at = json_is_array (at) ? json_array_get (at, g_ascii_strtoull (*part, NULL, 10)) : json_object_get (at, *part);
  return at;
}

/* Null where the curve knows none. */
static json_t *
plateau_tree (const CfReport *report)
{
  double plateau = report->curve != NULL ? report->curve->plateau : NAN;
  CfLevel level = cf_level_from_normalised (&report->field->normalisation, plateau);
  return isfinite (plateau) ? cf_tree_level (&level) : json_null ();
}

json_t *
cf_report_tree (const CfReportParts *parts)
{
  const CfReport *report = &parts->report;
  json_t *root = json_object ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");

  cf_tree_set (root, "program", json_string ("Cryofield"));
  cf_tree_set (root, "version", json_string (CF_VERSION));
  cf_tree_set (root, "date", json_string (date));
  cf_tree_set (root, "map", cf_tree_map (parts));
  cf_tree_set (root, "model", cf_tree_model (report));
  cf_tree_set (root, "neural", cf_tree_neural (report));
  cf_tree_set (root, "level", cf_tree_level (&report->graph->level));
  cf_tree_set (root, "plateau", plateau_tree (report));
  cf_tree_set (root, "field", cf_tree_field (report));
  cf_tree_set (root, "graph", cf_tree_graph (report->graph, report->comparison));
  cf_tree_set (root, "comparison", report->comparison != NULL ? cf_comparison_tree (report->comparison, report->structure) : json_null ());
  cf_tree_set (root, "findings", cf_tree_findings (parts));
  cf_tree_set (root, "curve", cf_tree_curve (report->curve));
  cf_tree_set (root, "histogram", cf_tree_histogram (parts));
  cf_tree_set (root, "residues", cf_tree_residues (report));
  cf_tree_set (root, "commands", cf_tree_texts (report->commands));
  return root;
}

char *
cf_report_json (const CfReportParts *parts)
{
  char *dumped = json_dumps (parts->root, JSON_INDENT (2) | JSON_REAL_PRECISION (9));
  char *text = g_strconcat (dumped, "\n", NULL);
  free (dumped);
  return text;
}
