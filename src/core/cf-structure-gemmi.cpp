// The one C++ file: gemmi behind a C face. Nothing is thrown past it, and nothing of gemmi is seen outside of it.
#include "cf-structure-parts.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <iterator>
#include <string>
#include <unordered_map>
#include <vector>

#include <gemmi/cif.hpp>
#include <gemmi/numb.hpp>
#include <gemmi/pdb.hpp>

namespace
{

/* One byte of a file, fit to be shown. */
char
plain (char c)
{
  return (guchar) c < ' ' || (guchar) c > '~' ? '?' : c;
}

template <size_t N>
void
set_text (char (&to)[N], const std::string &from)
{
  g_strlcpy (to, from.c_str (), N);
  for (char *at = to; *at; at++)
    *at = plain (*at);
}

void
append_atom (const gemmi::Atom &atom, const gemmi::Residue &residue, CfStructureParts *parts)
{
  const double xyz[3] = { atom.pos.x, atom.pos.y, atom.pos.z };
  CfAtom out = {};
  for (int a = 0; a < 3; a++)
    {
      if (!std::isfinite (xyz[a]) || std::fabs (xyz[a]) > 1e6)
        {
          parts->n_rejected++;
          return;
        }
      out.pos[a] = (float) xyz[a];
    }
  out.occupancy = std::isfinite (atom.occ) ? atom.occ : 1.0f;
  out.b_factor = std::isfinite (atom.b_iso) ? atom.b_iso : 0.0f;
  set_text (out.name, atom.name);
  int number = atom.element.elem == gemmi::El::X ? 0 : atom.element.atomic_number ();
  out.number = (guint8) number;
  if (number == 0 || (number == 20 && std::strcmp (out.name, "CA") == 0 && cf_residue_is_amino_acid (residue.name.c_str ())))
    out.number = cf_element_guess (out.name, residue.name.c_str (), nullptr);
  g_strlcpy (out.element, cf_element_symbol (out.number), sizeof out.element);
  out.altloc = atom.altloc ? plain (atom.altloc) : '\0';
  out.residue = parts->residues->len - 1;
  g_array_append_val (parts->atoms, out);
}

void
append_residue (const gemmi::Residue &residue, CfStructureParts *parts)
{
  CfResidue out = {};
  set_text (out.name, residue.name);
  out.seq = residue.seqid.num ? *residue.seqid.num : 0;
  out.icode = residue.seqid.icode == ' ' || !residue.seqid.icode ? '\0' : plain (residue.seqid.icode);
  out.hetero = residue.het_flag == 'H';
  out.chain = parts->chains->len - 1;
  out.first = parts->atoms->len;
  out.trace = -1;
  set_text (out.label_chain, residue.subchain);
  out.label_seq = residue.label_seq ? *residue.label_seq : 0;
  g_array_append_val (parts->residues, out);
  for (const gemmi::Atom &atom : residue.atoms)
    append_atom (atom, residue, parts);
  guint32 n = parts->atoms->len - out.first;
  if (n == 0)
    g_array_set_size (parts->residues, parts->residues->len - 1);
  else
    g_array_index (parts->residues, CfResidue, parts->residues->len - 1).n = n;
}

void
append_model (const gemmi::Model &model, CfStructureParts *parts)
{
  for (const gemmi::Chain &chain : model.chains)
    {
      CfChain out = {};
      out.first = parts->residues->len;
      g_array_append_val (parts->chains, out);
      for (const gemmi::Residue &residue : chain.residues)
        append_residue (residue, parts);
      CfChain *kept = &g_array_index (parts->chains, CfChain, parts->chains->len - 1);
      kept->n = parts->residues->len - kept->first;
      if (kept->n == 0)
        g_array_set_size (parts->chains, parts->chains->len - 1);
      else
        kept->name = g_strdup (chain.name.c_str ());
    }
}

/* The columns of _atom_site that are used; only the coordinates must be there. gemmi's own reader of the table (0.5.7) wants more of
 * them, finds nothing where one is missing, and looks for each residue from the start of its chain. */
enum
{
  X,
  Y,
  Z,
  GROUP,
  SYMBOL,
  LABEL_ATOM,
  AUTH_ATOM,
  ALT,
  LABEL_COMP,
  AUTH_COMP,
  LABEL_ASYM,
  AUTH_ASYM,
  LABEL_SEQ,
  AUTH_SEQ,
  INS_CODE,
  OCCUPANCY,
  B_FACTOR,
  MODEL
};

const std::vector<std::string> columns = { "Cartn_x",       "Cartn_y",        "Cartn_z",        "?group_PDB",     "?type_symbol",
                                           "?label_atom_id", "?auth_atom_id",  "?label_alt_id",  "?label_comp_id", "?auth_comp_id",
                                           "?label_asym_id", "?auth_asym_id",  "?label_seq_id",  "?auth_seq_id",   "?pdbx_PDB_ins_code",
                                           "?occupancy",     "?B_iso_or_equiv", "?pdbx_PDB_model_num" };

using Row = gemmi::cif::Table::Row;

std::string
text_at (const Row &row, int first, int second = -1)
{
  if (row.has2 (first))
    return gemmi::cif::as_string (row[first]);
  return second >= 0 && row.has2 (second) ? gemmi::cif::as_string (row[second]) : std::string ();
}

/* "15", "-3", and "15A" of old files; the letter goes to icode where that is still blank. */
gemmi::SeqId
number_at (const Row &row)
{
  gemmi::SeqId id;
  std::string text = text_at (row, AUTH_SEQ, LABEL_SEQ), code = text_at (row, INS_CODE);
  char *end;
  gint64 number = g_ascii_strtoll (text.c_str (), &end, 10);
  if (end != text.c_str ())
    id.num = (int) CLAMP (number, -9999999, G_MAXINT32);
  if (!code.empty ())
    id.icode = code[0];
  else if (end != text.c_str () && g_ascii_isalpha (end[0]) && !end[1])
    id.icode = end[0];
  return id;
}

gemmi::Atom
atom_at (const Row &row)
{
  gemmi::Atom atom;
  atom.name = text_at (row, AUTH_ATOM, LABEL_ATOM);
  atom.altloc = row.has2 (ALT) ? gemmi::cif::as_char (row[ALT], '\0') : '\0';
  atom.element = gemmi::Element (text_at (row, SYMBOL));
  atom.pos = gemmi::Position (gemmi::cif::as_number (row[X]), gemmi::cif::as_number (row[Y]), gemmi::cif::as_number (row[Z]));
  atom.occ = row.has2 (OCCUPANCY) ? (float) gemmi::cif::as_number (row[OCCUPANCY], 1.0) : 1.0f;
  atom.b_iso = row.has2 (B_FACTOR) ? (float) gemmi::cif::as_number (row[B_FACTOR], 0.0) : 0.0f;
  return atom;
}

/* Chains and residues in the order in which they first appear; their atoms need not stand together. */
class Sorter
{
public:
  gemmi::Model model{ "1" };

  void
  take (const Row &row)
  {
    gemmi::ResidueId id;
    id.seqid = number_at (row);
    id.name = text_at (row, AUTH_COMP, LABEL_COMP);
    std::string chain = text_at (row, AUTH_ASYM, LABEL_ASYM), label = text_at (row, LABEL_ASYM);
    auto place = chains.try_emplace (chain, model.chains.size ());
    if (place.second)
      {
        model.chains.emplace_back (chain);
        residues.emplace_back ();
      }
    std::vector<gemmi::Residue> &all = model.chains[place.first->second].residues;
    std::string key = id.seqid.str () + '\n' + id.name + '\n' + (id.seqid.num ? std::string () : label);
    auto found = residues[place.first->second].try_emplace (key, all.size ());
    if (found.second)
      {
        all.emplace_back (id);
        all.back ().subchain = label;
        all.back ().het_flag = g_ascii_toupper (text_at (row, GROUP).c_str ()[0]) == 'H' ? 'H' : 'A';
        gint64 number = g_ascii_strtoll (text_at (row, LABEL_SEQ).c_str (), nullptr, 10);
        if (number > 0 && number <= G_MAXINT32)
          all.back ().label_seq = (int) number;
      }
    all[found.first->second].atoms.push_back (atom_at (row));
  }

private:
  std::unordered_map<std::string, size_t> chains;
  std::vector<std::unordered_map<std::string, size_t>> residues;
};

void
read_cif (const char *data, gsize n, CfStructureParts *parts)
{
  gemmi::cif::Document document = gemmi::cif::read_memory (data, n, "line");
  for (gemmi::cif::Block &block : document.blocks)
    {
      gemmi::cif::Table table = block.find ("_atom_site.", columns);
      if (table.length () == 0)
        continue;
      Sorter sorter;
      std::unordered_map<std::string, size_t> models; /* name to place in the file's order */
      for (Row row : table)
        if (models.try_emplace (text_at (row, MODEL), models.size ()).first->second == (size_t) parts->model)
          sorter.take (row);
      parts->n_models = (int) models.size ();
      if (const std::string *id = block.find_value ("_entry.id"))
        if (!gemmi::cif::is_null (*id))
          parts->id = g_strdup (gemmi::cif::as_string (*id).c_str ());
      for (const std::string &type : block.find_values ("_pdbx_struct_oper_list.type"))
        parts->has_copies = parts->has_copies || gemmi::cif::as_string (type) != "identity operation";
      append_model (sorter.model, parts);
      return;
    }
}

/* A chain's parts, which waters and ligands behind the others are, joined. What gemmi has for this takes the square of their number. */
void
read_pdb (const char *data, gsize n, CfStructureParts *parts)
{
  gemmi::Structure structure = gemmi::read_pdb_from_memory (data, n, "model");
  if (structure.models.empty ())
    return;
  gemmi::Model joined ("1");
  std::unordered_map<std::string, size_t> chains;
  for (gemmi::Chain &part : structure.models[0].chains)
    {
      auto place = chains.try_emplace (part.name, joined.chains.size ());
      if (place.second)
        joined.chains.emplace_back (part.name);
      std::vector<gemmi::Residue> &all = joined.chains[place.first->second].residues;
      std::move (part.residues.begin (), part.residues.end (), std::back_inserter (all));
    }
  append_model (joined, parts);
}

} // namespace

gboolean
cf_structure_gemmi_read (const char *data, gsize n, gboolean is_cif, CfStructureParts *parts, char **message)
{
  try
    {
      (is_cif ? read_cif : read_pdb) (data, n, parts);
      return TRUE;
    }
  catch (const std::exception &problem)
    {
      *message = g_strdup (problem.what ());
    }
  catch (...)
    {
      *message = g_strdup ("unknown problem");
    }
  return FALSE;
}
