/* Elements, and the kinds of residue that decide what an atom's name means. */
#include <string.h>

#include "cf-structure.h"

static const char symbols[119][3] = {
  "X",  "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na", "Mg", "Al", "Si", "P",  "S",  "Cl", "Ar", "K",
  "Ca", "Sc", "Ti", "V",  "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y",
  "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba", "La", "Ce", "Pr",
  "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W",  "Re", "Os", "Ir", "Pt", "Au",
  "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U",  "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es",
  "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og",
};

static const char amino_acids[] = " ALA ARG ASN ASP ASX CYS GLN GLU GLX GLY HIS ILE LEU LYS MET PHE PRO SER THR TRP TYR VAL SEC PYL UNK MSE "
                                  "SEP TPO PTR CSO CSD CME OCS CSX MLY M3L KCX LLP PCA HYP CYX HID HIE HIP HSD HSE HSP ASH GLH LYN FME "
                                  "TYS NLE NVA ORN ABA AIB CGU SAR DAL DVA DLE DPR DPN DSN DTH DTR DTY DAR DAS DCY DGL DGN DHI DIL DLY DSG ";
static const char nucleotides[] = " A C G U I N DA DC DG DT DU DI DN T ADE CYT GUA URA THY PSU 5MU 5MC 7MG 1MA 2MG M2G OMC OMG H2U YYG 5BU 5IU "
                                  "CBR BRU 4SU A2M OMU 6MZ ";
static const char waters[] = " HOH DOD WAT H2O SOL TIP TP3 TIP3 SPC OH2 ";

static gboolean
in_list (const char *list, const char *name)
{
  char key[16];
  if (!*name || strlen (name) > 8 || strchr (name, ' '))
    return FALSE;
  g_snprintf (key, sizeof key, " %s ", name);
  return strstr (list, key) != NULL;
}

gboolean
cf_residue_is_amino_acid (const char *name)
{
  return in_list (amino_acids, name);
}

gboolean
cf_residue_is_nucleotide (const char *name)
{
  return in_list (nucleotides, name);
}

gboolean
cf_residue_is_water (const char *name)
{
  return in_list (waters, name);
}

guint8
cf_element_number (const char *symbol)
{
  if (g_ascii_strcasecmp (symbol, "D") == 0 || g_ascii_strcasecmp (symbol, "T") == 0)
    return 1;
  for (guint8 i = 1; i < G_N_ELEMENTS (symbols); i++)
    if (g_ascii_strcasecmp (symbol, symbols[i]) == 0)
      return i;
  return 0;
}

const char *
cf_element_symbol (guint8 number)
{
  return symbols[number < G_N_ELEMENTS (symbols) ? number : 0];
}

static guint8
by_letters (const char *letters, gsize n)
{
  char symbol[3] = { 0 };
  memcpy (symbol, letters, MIN (n, 2));
  return cf_element_number (symbol);
}

guint8
cf_element_guess (const char *name, const char *residue, const char *columns)
{
  const char *letters = name;
  while (*letters && !g_ascii_isalpha (*letters))
    letters++;
  if (!*letters)
    return 0;
  guint8 first = by_letters (letters, 1);
  if (cf_residue_is_amino_acid (residue) || cf_residue_is_nucleotide (residue) || cf_residue_is_water (residue))
    return g_ascii_strncasecmp (letters, "SE", 2) == 0 && (strcmp (residue, "MSE") == 0 || strcmp (residue, "SEC") == 0) ? 34 : first;
  if (strcmp (name, residue) == 0 && cf_element_number (name))
    return cf_element_number (name);
  gboolean two = g_ascii_isalpha (letters[1]);
  /* Two letters begin in column 13 in a PDB file, one in column 14; but a hydrogen's name of four letters fills all columns. */
  if (columns && g_ascii_isalpha (columns[0]) && two && !(columns[3] != ' ' && g_ascii_toupper (columns[0]) == 'H'))
    return by_letters (letters, 2) ? by_letters (letters, 2) : first;
  if (columns || first)
    return first;
  return two ? by_letters (letters, 2) : 0;
}
