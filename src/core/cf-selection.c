/* cf-selection.c: reads a selection and measures what it names. */
#include "cf-selection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-error.h"
#include "cf-words.h"

typedef struct
{
  char *chain;
  int first, last;
} Range;

static void
range_clear (gpointer data)
{
  g_free (((Range *) data)->chain);
}

static gboolean
parse_range (const char *text, Range *out)
{
  const char *slash = strrchr (text, '/');
  int used = 0;

  *out = (Range){ .first = G_MININT, .last = G_MAXINT };
  if (slash == NULL)
    {
      out->chain = g_strdup (text);
      return *text != '\0';
    }
  if (sscanf (slash + 1, "%6d%n", &out->first, &used) != 1)
    return FALSE;
  out->last = out->first;
  if (slash[1 + used] == '-')
    {
      const char *rest = slash + 1 + used + 1;

      if (sscanf (rest, "%6d%n", &out->last, &used) != 1 || rest[used] != '\0')
        return FALSE;
    }
  else if (slash[1 + used] != '\0')
    return FALSE;
  out->chain = g_strndup (text, slash - text);
  return out->first <= out->last;
}

static gboolean
widen (const CfStructure *structure, const Range *range, double box[6])
{
  gboolean any = FALSE;

  for (guint32 r = 0; r < structure->n_residues; r++)
    {
      const CfResidue *residue = &structure->residues[r];

      if (residue->water || residue->seq < range->first || residue->seq > range->last
          || strcmp (structure->chains[residue->chain].name, range->chain) != 0)
        continue;
      for (guint32 i = residue->first; i < residue->first + residue->n; i++)
        for (int a = 0; a < 3; a++)
          {
            box[a] = MIN (box[a], structure->atoms[i].pos[a]);
            box[3 + a] = MAX (box[3 + a], structure->atoms[i].pos[a]);
          }
      any = any || residue->n > 0;
    }
  return any;
}

gboolean
cf_selection_box (const CfStructure *structure, const char *selection, double margin, double box[6], GError **error)
{
  g_auto (GStrv) parts = g_strsplit (selection, ",", -1);
  double found[6] = { INFINITY, INFINITY, INFINITY, -INFINITY, -INFINITY, -INFINITY };

  if (parts[0] == NULL)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("selection is empty, needs CHAIN, CHAIN/N or CHAIN/N-M"));
      return FALSE;
    }
  for (int i = 0; parts[i] != NULL; i++)
    {
      Range range;
      gboolean good = parse_range (parts[i], &range), any = good && widen (structure, &range, found);

      range_clear (&range);
      if (any)
        continue;
      if (good)
        g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("selection is '%s', needs residues that %s has"), parts[i], structure->name);
      else
        g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("selection is '%s', needs CHAIN, CHAIN/N or CHAIN/N-M"), parts[i]);
      return FALSE;
    }
  for (int a = 0; a < 3; a++)
    {
      box[a] = found[a] - margin;
      box[3 + a] = found[3 + a] + margin;
    }
  return TRUE;
}
