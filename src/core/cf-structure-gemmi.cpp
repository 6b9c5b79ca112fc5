// The one C++ file: gemmi behind a C face. Nothing is thrown past it, and nothing of gemmi is seen outside of it.
#include "cf-structure-parts.h"

#include <cmath>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <gemmi/cif.hpp>
#include <gemmi/mmcif.hpp>
#include <gemmi/pdb.hpp>

namespace
{

void
add_column (gemmi::cif::Loop &loop, const char *tag, const char *value)
{
  size_t width = loop.width (), length = loop.length ();
  std::vector<std::string> wider;
  wider.reserve (length * (width + 1));
  for (size_t row = 0; row < length; row++)
    {
      for (size_t column = 0; column < width; column++)
        wider.push_back (std::move (loop.values[row * width + column]));
      wider.emplace_back (value);
    }
  loop.tags.emplace_back (tag);
  loop.values = std::move (wider);
}

/* gemmi 0.5.7 finds no atoms at all where one of these columns is missing; a minimal file may leave them out. */
void
complete_atom_site (gemmi::cif::Block &block)
{
  gemmi::cif::Column x = block.find_loop ("_atom_site.Cartn_x");
  gemmi::cif::Loop *loop = x.get_loop ();
  if (!loop)
    return;
  auto has = [loop] (const char *tag) { return loop->find_tag (tag) >= 0; };
  auto add = [loop] (const char *tag, const char *value) { add_column (*loop, tag, value); };
  if (!has ("_atom_site.id"))
    add ("_atom_site.id", "1");
  if (!has ("_atom_site.label_alt_id"))
    add ("_atom_site.label_alt_id", ".");
  if (!has ("_atom_site.occupancy"))
    add ("_atom_site.occupancy", "1.0");
  if (!has ("_atom_site.B_iso_or_equiv"))
    add ("_atom_site.B_iso_or_equiv", "0.0");
  auto copy = [&] (const char *missing, const char *present) {
    if (has (missing) || !has (present))
      return;
    add (missing, ".");
    int to = loop->find_tag (missing), from = loop->find_tag (present);
    for (size_t row = 0; row < loop->length (); row++)
      loop->values[row * loop->width () + to] = loop->values[row * loop->width () + from];
  };
  copy ("_atom_site.label_asym_id", "_atom_site.auth_asym_id");
  copy ("_atom_site.auth_seq_id", "_atom_site.label_seq_id");
  if (!has ("_atom_site.type_symbol"))
    add ("_atom_site.type_symbol", "?");
}

template <size_t N>
void
set_text (char (&to)[N], const std::string &from)
{
  g_strlcpy (to, from.c_str (), N);
  for (char *at = to; *at; at++)
    if ((guchar) *at < ' ' || (guchar) *at > '~')
      *at = '?';
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
  out.altloc = atom.altloc;
  out.residue = parts->residues->len - 1;
  g_array_append_val (parts->atoms, out);
}

void
append_residue (const gemmi::Residue &residue, CfStructureParts *parts)
{
  CfResidue out = {};
  set_text (out.name, residue.name);
  out.seq = residue.seqid.num ? *residue.seqid.num : 0;
  out.icode = residue.seqid.icode == ' ' ? '\0' : residue.seqid.icode;
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

gemmi::Structure
read_cif (const char *data, gsize n)
{
  gemmi::cif::Document document = gemmi::cif::read_memory (data, n, "line");
  for (gemmi::cif::Block &block : document.blocks)
    if (block.has_tag ("_atom_site.Cartn_x"))
      {
        complete_atom_site (block);
        return gemmi::make_structure_from_block (block);
      }
  return gemmi::Structure ();
}

} // namespace

gboolean
cf_structure_gemmi_read (const char *data, gsize n, gboolean is_cif, CfStructureParts *parts, char **message)
{
  try
    {
      gemmi::Structure structure = is_cif ? read_cif (data, n) : gemmi::read_pdb_from_memory (data, n, "model");
      structure.merge_chain_parts ();
      if (is_cif)
        {
          parts->n_models = (int) structure.models.size ();
          auto id = structure.info.find ("_entry.id");
          if (id != structure.info.end () && !id->second.empty ())
            parts->id = g_strdup (id->second.c_str ());
        }
      for (const gemmi::Model &model : structure.models)
        {
          append_model (model, parts);
          break;
        }
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
