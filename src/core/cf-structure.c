#include "cf-structure.h"

#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-structure-parts.h"
#include "cf-warnings.h"
#include "cf-words.h"

#define LARGEST_FILE ((gsize) 512 * 1024 * 1024)
#define LINKED_CA 4.5 /* A: C-alphas of residues that follow each other are 3.8 apart, 3.0 across a cis bond */
#define LINKED_P 8.5  /* A: phosphates of nucleotides that follow each other are 5 to 7.5 apart */

static void
clear_chain (gpointer chain)
{
  g_free (((CfChain *) chain)->name);
}

static void
parts_clear (CfStructureParts *parts)
{
  g_clear_pointer (&parts->atoms, g_array_unref);
  g_clear_pointer (&parts->residues, g_array_unref);
  g_clear_pointer (&parts->chains, g_array_unref);
  g_free (parts->id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfStructureParts, parts_clear)

/* The most occupied atom of that name and element, the first on a tie; -1. */
static gint32
find_atom (const CfStructure *structure, const CfResidue *residue, const char *name, guint8 number)
{
  gint32 best = -1;
  for (guint32 i = residue->first; i < residue->first + residue->n; i++)
    {
      const CfAtom *atom = &structure->atoms[i];
      if (strcmp (atom->name, name) == 0 && (number == 0 || atom->number == number) &&
          (best < 0 || atom->occupancy > structure->atoms[best].occupancy))
        best = (gint32) i;
    }
  return best;
}

static double
atom_distance (const CfStructure *structure, gint32 i, gint32 j)
{
  const float *u = structure->atoms[i].pos, *v = structure->atoms[j].pos;
  return sqrt ((u[0] - v[0]) * (double) (u[0] - v[0]) + (u[1] - v[1]) * (double) (u[1] - v[1]) + (u[2] - v[2]) * (double) (u[2] - v[2]));
}

/* Whether the atom has one of its kind in the residue before or after it in its chain. */
static gboolean
is_linked (const CfStructure *structure, guint32 index, gint32 atom, const char *name, guint8 number, double reach)
{
  const CfChain *chain = &structure->chains[structure->residues[index].chain];
  for (int side = -1; side <= 1; side += 2)
    {
      gint64 other = (gint64) index + side;
      if (other < chain->first || other >= (gint64) chain->first + chain->n)
        continue;
      gint32 theirs = find_atom (structure, &structure->residues[other], name, number);
      if (theirs >= 0 && atom_distance (structure, atom, theirs) <= reach)
        return TRUE;
    }
  return FALSE;
}

static void
choose_trace (CfStructure *structure, guint32 index)
{
  CfResidue *residue = &structure->residues[index];
  if (residue->water)
    return;
  gint32 ca = find_atom (structure, residue, "CA", 6), p = find_atom (structure, residue, "P", 15);
  /* A ligand may have an atom called CA or P too. What is marked HETATM counts where it sits in a chain as its neighbours do. */
  if (ca >= 0 && (!residue->hetero || is_linked (structure, index, ca, "CA", 6, LINKED_CA)))
    residue->trace = ca;
  else if (p >= 0 && (!residue->hetero ||
                      (find_atom (structure, residue, "C4'", 6) >= 0 && is_linked (structure, index, p, "P", 15, LINKED_P))))
    {
      residue->trace = p;
      residue->nucleic = TRUE;
    }
}

/* Residues that share number and insertion code in a chain are alternatives: one of them stands for the place. */
static void
settle_alternatives (CfStructure *structure)
{
  gint64 kept = -1; /* of the place that residue i belongs to */
  for (guint32 i = 0; i < structure->n_residues; i++)
    {
      CfResidue *residue = &structure->residues[i], *before = i > 0 ? residue - 1 : NULL;
      if (!before || before->chain != residue->chain || before->seq != residue->seq || before->icode != residue->icode)
        kept = -1;
      if (residue->trace < 0)
        continue;
      CfResidue *other = kept >= 0 ? &structure->residues[kept] : NULL;
      gboolean better = !other || structure->atoms[residue->trace].occupancy > structure->atoms[other->trace].occupancy;
      if (other)
        (better ? other : residue)->trace = -1;
      if (better)
        kept = i;
    }
}

static void
count (CfStructure *structure)
{
  for (guint32 i = 0; i < structure->n_atoms; i++)
    {
      structure->n_hydrogens += structure->atoms[i].number == 1;
      structure->n_altlocs += structure->atoms[i].altloc != '\0';
    }
  for (guint32 i = 0; i < structure->n_residues; i++)
    {
      CfResidue *residue = &structure->residues[i];
      residue->nucleic = residue->nucleic && residue->trace >= 0;
      structure->n_waters += residue->water;
      structure->n_ca += residue->trace >= 0 && !residue->nucleic;
      structure->n_p += residue->trace >= 0 && residue->nucleic;
    }
}

static CfStructure *
build (const char *name, CfStructureParts *parts, CfWarnings *warnings)
{
  CfStructure *structure = g_new0 (CfStructure, 1);
  g_atomic_ref_count_init (&structure->ref_count);
  structure->name = g_path_get_basename (name);
  structure->id = g_steal_pointer (&parts->id);
  if (structure->id)
    {
      char *clean = cf_text_clean (structure->id, -1);
      g_free (structure->id);
      structure->id = clean;
    }
  structure->n_atoms = parts->atoms->len;
  structure->n_residues = parts->residues->len;
  structure->n_chains = parts->chains->len;
  structure->n_models = parts->n_models;
  structure->model = parts->model;
  structure->n_rejected = parts->n_rejected;
  structure->has_copies = parts->has_copies;
  g_array_set_clear_func (parts->chains, NULL);
  structure->atoms = (CfAtom *) (gpointer) g_array_free (g_steal_pointer (&parts->atoms), FALSE);
  structure->residues = (CfResidue *) (gpointer) g_array_free (g_steal_pointer (&parts->residues), FALSE);
  structure->chains = (CfChain *) (gpointer) g_array_free (g_steal_pointer (&parts->chains), FALSE);
  for (guint32 i = 0; i < structure->n_chains; i++)
    {
      char *clean = cf_text_clean (structure->chains[i].name, -1);
      g_free (structure->chains[i].name);
      structure->chains[i].name = clean;
    }
  for (guint32 i = 0; i < structure->n_residues; i++)
    structure->residues[i].water = cf_residue_is_water (structure->residues[i].name);
  for (guint32 i = 0; i < structure->n_residues; i++)
    choose_trace (structure, i);
  settle_alternatives (structure);
  count (structure);
  cf_structure_find_bonds (structure);
  if (structure->n_models > 1)
    {
      if (structure->model == 0)
        cf_warnings_add (warnings, N_("has %d models: the first is read"), structure->n_models);
      else
        cf_warnings_add (warnings, N_("has %d models: number %d is read"), structure->n_models, structure->model + 1);
    }
  if (structure->n_rejected > 0)
    cf_warnings_add (warnings, N_("%u atoms have no coordinates that can be read: left out"), structure->n_rejected);
  if (structure->has_copies)
    cf_warnings_add (warnings, N_("describes copies by symmetry (an assembly): not applied, the atoms are as they stand"));
  cf_warnings_take (warnings, &structure->warnings, &structure->warnings_plain);
  return structure;
}

typedef enum
{
  TEXT_PDB,
  TEXT_CIF,
  TEXT_OTHER
} TextKind;

/* What the text is, by how it begins; *other says what it looks like where that is neither. */
static TextKind
recognise (const char *data, gsize n, const char **other)
{
  gsize i = 0;
  if (n >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    i = 3;
  while (i < n && (g_ascii_isspace (data[i]) || data[i] == '#'))
    if (data[i] == '#')
      while (i < n && data[i] != '\n')
        i++;
    else
      i++;
  *other = NULL;
  if (i == n)
    *other = n == 0 ? _("an empty file") : _("blank text");
  else if (data[i] == '<')
    *other = _("an HTML page or XML");
  else if (data[i] == '{')
    *other = "JSON";
  else if (memchr (data, '\0', MIN (n, 1024)))
    *other = n > 212 && memcmp (data + 208, "MAP", 3) == 0 ? _("an MRC map") : _("a binary file");
  if (*other)
    return TEXT_OTHER;
  return n - i >= 5 && g_ascii_strncasecmp (data + i, "data_", 5) == 0 ? TEXT_CIF : TEXT_PDB;
}

static gboolean
read_parts (const char *name, const char *data, gsize n, TextKind kind, CfStructureParts *parts, CfWarnings *warnings, GError **error)
{
  GString *filtered = NULL;
  gboolean has_end = TRUE;
  g_autofree char *message = NULL;
  if (kind == TEXT_PDB && !(filtered = cf_structure_filter_pdb (name, data, n, parts, &has_end, error)))
    return FALSE;
  gsize mark = n >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  gboolean done = filtered ? cf_structure_gemmi_read (filtered->str, filtered->len, FALSE, parts, &message)
                           : cf_structure_gemmi_read (data + mark, n - mark, TRUE, parts, &message);
  if (filtered)
    g_string_free (filtered, TRUE);
  if (!done)
    {
      g_autofree char *clean = cf_text_clean (message, -1);
      const char *said = g_str_has_prefix (clean, "line:") ? clean + strlen ("line:") : clean;
      gboolean at_line = said != clean && g_ascii_isdigit (*said); /* of a block as a whole none is told */
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: cannot be read: %s%s, needs %s that is whole"), name,
                   at_line ? _("line ") : "", said + strspn (said, " "), kind == TEXT_CIF ? "mmCIF" : "PDB");
      return FALSE;
    }
  if (parts->id && !has_end)
    cf_warnings_add (warnings, N_("has no END record: it may be cut short"));
  return TRUE;
}

static CfStructure *
parse_model (const char *name, const char *data, gsize n, int model, GError **error)
{
  const char *other;
  TextKind kind = recognise (data, n, &other);
  if (kind == TEXT_OTHER)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: looks like %s, needs a PDB or mmCIF model"), name, other);
      return NULL;
    }
  g_auto (CfStructureParts) parts = {
    .atoms = g_array_new (FALSE, TRUE, sizeof (CfAtom)),
    .residues = g_array_new (FALSE, TRUE, sizeof (CfResidue)),
    .chains = g_array_new (FALSE, TRUE, sizeof (CfChain)),
    .model = model,
  };
  g_array_set_clear_func (parts.chains, clear_chain);
  g_auto (CfWarnings) warnings = { NULL };
  cf_warnings_init (&warnings);
  if (!read_parts (name, data, n, kind, &parts, &warnings, error))
    return NULL;
  if (model < 0 || (parts.n_models > 0 && model >= parts.n_models))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: model is %d, needs 0 to %d"), name, model, parts.n_models - 1);
      return NULL;
    }
  if (parts.atoms->len == 0)
    {
      if (parts.n_rejected > 0)
        g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: coordinates are unreadable in all of %u atoms, needs numbers"), name,
                     parts.n_rejected);
      else
        g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: atoms are 0, needs at least one (of a PDB or mmCIF model)"), name);
      return NULL;
    }
  return build (name, &parts, &warnings);
}

CfStructure *
cf_structure_parse (const char *name, const char *data, gsize n, GError **error)
{
  return parse_model (name, data, n, 0, error);
}

CfStructure *
cf_structure_load (const char *path, GCancellable *cancellable, GError **error)
{
  return cf_structure_load_model (path, 0, cancellable, error);
}

CfStructure *
cf_structure_load_model (const char *path, int model, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = cf_file_load (path, LARGEST_FILE, cancellable, error);
  if (!bytes)
    return NULL;
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  g_autofree char *name = g_filename_display_name (path);
  CfStructure *structure = parse_model (name, data ? data : "", n, model, error);
  if (structure)
    structure->path = g_strdup (path);
  return structure;
}

CfStructure *
cf_structure_ref (CfStructure *structure)
{
  g_atomic_ref_count_inc (&structure->ref_count);
  return structure;
}

void
cf_structure_unref (CfStructure *structure)
{
  if (!structure || !g_atomic_ref_count_dec (&structure->ref_count))
    return;
  for (guint32 i = 0; i < structure->n_chains; i++)
    g_free (structure->chains[i].name);
  g_free (structure->chains);
  g_free (structure->residues);
  g_free (structure->atoms);
  g_free (structure->bonds);
  g_free (structure->name);
  g_free (structure->path);
  g_free (structure->id);
  g_strfreev (structure->warnings);
  g_strfreev (structure->warnings_plain);
  g_free (structure);
}

char *
cf_structure_atom_label (const CfStructure *structure, guint32 atom)
{
  g_return_val_if_fail (atom < structure->n_atoms, NULL);
  const CfResidue *residue = &structure->residues[structure->atoms[atom].residue];
  char name[sizeof residue->name], icode[2] = { residue->icode, '\0' };
  g_strlcpy (name, residue->name, sizeof name);
  for (char *at = name; *name && *++at && cf_residue_is_amino_acid (residue->name);)
    *at = g_ascii_tolower (*at);
  const char *chain = structure->chains[residue->chain].name;
  return g_strdup_printf ("%s%s%s %d%s %s", chain, *chain ? "/" : "", name, residue->seq, icode, structure->atoms[atom].name);
}
