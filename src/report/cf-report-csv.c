#include "cf-report-private.h"

#include <string.h>

#include "cf-file.h"

/* A table is a list of the tree with the paths of its columns, in the words of the JSON. */
typedef struct
{
  const char *suffix;
  const char *list[2], *kind[2]; /* two lists are one table, told apart by a first column */
  const char *const *columns;
} Table;

static const char *const finding_columns[]
    = { "rank", "chain", "name", "number", "node", "pos.0", "pos.1", "pos.2", "nearest_node", "nearest_atom", "density", "persistence", NULL };
static const char *const residue_columns[] = { "chain", "name", "number", "node", "distance", "density", NULL };
static const char *const chain_columns[] = { "chain", "ca.total", "ca.matched", "ca.coverage", "ca.rmsd", "ca.recall", "ca_score",
                                             "null_coverage", "null_rmsd", "atoms.total", "atoms.matched", "atoms.coverage", "atoms.rmsd", NULL };
static const char *const region_columns[] = { "region", "trained", "flat", "epochs", "loss", "held_out", "seconds", "at_voxels.rms",
                                              "between_voxels.rms", NULL };
static const char *const seam_columns[] = { "a", "b", "axis", "points", "mean_abs", "rms", "max", NULL };
static const char *const sweep_columns[] = { "level.file", "level.normalised", "level.sigma", "nodes", "components", "coverage", "precision", "rmsd",
                                             "null_coverage", "null_precision", "atom_inclusion", "backbone_inclusion", NULL };
static const Table tables[] = {
  { ".findings.csv", { "findings.residues", "findings.nodes" }, { "residue", "node" }, finding_columns },
  { ".residues.csv", { "residues" }, { NULL }, residue_columns },
  { ".chains.csv", { "comparison.chains" }, { NULL }, chain_columns },
  { ".regions.csv", { "field.region" }, { NULL }, region_columns },
  { ".seams.csv", { "field.seam" }, { NULL }, seam_columns },
  { ".sweep.csv", { "curve" }, { NULL }, sweep_columns },
};

const char *const *
cf_report_tables (void)
{
  static const char *const suffixes[]
      = { ".findings.csv", ".residues.csv", ".chains.csv", ".regions.csv", ".seams.csv", ".sweep.csv", NULL };
  return suffixes;
}

static void
append_value (GString *out, json_t *value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  if (json_is_integer (value))
    g_string_append_printf (out, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
  else if (json_is_real (value))
    g_string_append (out, g_ascii_formatd (number, sizeof number, "%.9g", json_real_value (value)));
  else if (json_is_boolean (value))
    g_string_append_c (out, json_is_true (value) ? '1' : '0');
  else if (json_is_string (value))
    {
      g_autofree char *clean = cf_text_clean (json_string_value (value), -1), *safe = cf_text_for_csv (clean);
      g_string_append (out, safe);
    }
}

static void
append_rows (GString *out, json_t *list, const char *kind, const char *const *columns)
{
  json_t *row;
  gsize i;
  json_array_foreach (list, i, row)
  {
    if (kind != NULL)
      g_string_append_printf (out, "%s,", kind);
    for (gsize k = 0; columns[k] != NULL; k++)
      {
        if (k > 0)
          g_string_append_c (out, ',');
        append_value (out, cf_json_at (row, columns[k]));
      }
    g_string_append (out, "\r\n");
  }
}

char *
cf_report_csv (const CfReportParts *parts, const char *path)
{
  const Table *table = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_has_suffix (path, tables[i].suffix))
      table = &tables[i];
  if (table == NULL)
    return NULL;
  GString *out = g_string_new (table->kind[0] != NULL ? "kind," : NULL);
  g_autofree char *head = g_strjoinv (",", (char **)table->columns);
  g_string_append (out, g_strdelimit (head, ".", '_'));
  g_string_append (out, "\r\n");
  for (int k = 0; k < 2 && table->list[k] != NULL; k++)
    append_rows (out, cf_json_at (parts->root, table->list[k]), table->kind[k], table->columns);
  return g_string_free (out, FALSE);
}
