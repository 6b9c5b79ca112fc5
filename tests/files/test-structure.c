/* What models may hold, case by case. Texts are written here; counts are by hand. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cf-demo.h"
#include "cf-error.h"
#include "cf-selection.h"
#include "cf-structure.h"

static CfStructure *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  CfStructure *structure = cf_structure_parse ("test", text, strlen (text), &error);
  g_assert_no_error (error);
  return structure;
}

static char *
refusal_n (const char *text, gsize n, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (cf_structure_parse ("test", text, n, &error));
  g_assert_error (error, CF_INPUT_ERROR, code);
  g_assert_true (g_str_has_prefix (error->message, "test: "));
  return g_strdup (error->message);
}

static void
assert_refused (const char *text, int code, const char *words)
{
  g_autofree char *message = refusal_n (text, strlen (text), code);
  if (!strstr (message, words))
    g_error ("'%s' lacks '%s'", message, words);
}

static void
test_calcium (void)
{
  g_autoptr (CfStructure) s = parse ("ATOM      1  N   LEU A  45      10.000  10.000  10.000  1.00 20.00           N  \n"
                                     "ATOM      2  CA  LEU A  45      11.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM      3  N   GLY A  46      10.000  13.000  10.000  1.00 20.00\n"
                                     "ATOM      4 CA   GLY A  46      11.000  13.000  10.000  1.00 20.00\n"
                                     "ATOM      5  CA  ALA A  47      11.000  16.000  10.000  1.00 20.00          CA  \n"
                                     "HETATM    6 CA    CA A 101      30.000  10.000  10.000  1.00 20.00          CA  \n"
                                     "HETATM    7 CA    CA A 102      32.000  10.000  10.000  1.00 20.00\n"
                                     "HETATM    8  CA   CA A 103      34.000  10.000  10.000  1.00 20.00\n");
  g_assert_cmpuint (s->n_ca, ==, 3);
  static const guint8 numbers[] = { 7, 6, 7, 6, 6, 20, 20, 20 };
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (s->atoms[i].number, ==, numbers[i]);
  g_assert_cmpstr (s->atoms[5].element, ==, "Ca");
  g_autofree char *label = cf_structure_atom_label (s, 1);
  g_assert_cmpstr (label, ==, "A/Leu 45 CA");
}

/* A chain without a name: blank in a PDB file, '.' in mmCIF. */
static void
test_blank_chain (void)
{
  static const char *const texts[] = {
    "ATOM      1  CA  SER     1      10.000  10.000  10.000  1.00 20.00           C  \n",
    "data_x\nloop_\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n_atom_site.auth_seq_id\n_atom_site.auth_asym_id\n"
    "_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nCA SER 1 . 10 10 10\n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (CfStructure) s = parse (texts[i]);
      g_autofree char *label = cf_structure_atom_label (s, 0);
      g_assert_cmpuint (s->n_ca, ==, 1);
      g_assert_cmpstr (s->chains[0].name, ==, "");
      g_assert_cmpstr (label, ==, "Ser 1 CA");
    }
}

static void
test_alternatives (void)
{
  /* A tie between locations: the first. More of B: B. A place shared by PRO and SER: the more occupied. */
  g_autoptr (CfStructure) s = parse ("ATOM      1  CA AVAL A   1      10.000  10.000  10.000  0.50 20.00           C  \n"
                                     "ATOM      2  CA BVAL A   1      10.500  10.000  10.000  0.50 20.00           C  \n"
                                     "ATOM      3  CA AVAL A   2      13.000  10.000  10.000  0.30 20.00           C  \n"
                                     "ATOM      4  CA BVAL A   2      13.500  10.000  10.000  0.70 20.00           C  \n"
                                     "ATOM      5  CA APRO A  22      16.000  10.000  10.000  0.40 20.00           C  \n"
                                     "ATOM      6  CA BSER A  22      16.500  10.000  10.000  0.60 20.00           C  \n");
  g_assert_cmpuint (s->n_altlocs, ==, 6);
  g_assert_cmpuint (s->n_residues, ==, 4);
  g_assert_cmpuint (s->n_ca, ==, 3);
  g_assert_cmpint (s->residues[0].trace, ==, 0);
  g_assert_cmpint (s->residues[1].trace, ==, 3);
  g_assert_cmpint (s->residues[2].trace, ==, -1);
  g_assert_cmpint (s->residues[3].trace, ==, 5);
}

static void
test_numbers (void)
{
  g_autoptr (CfStructure) s = parse ("ATOM      1  CA  SER H  -3      10.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM  *****  CA  SER H  52      13.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM  A0000  CA  GLY H  52A     16.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM  1869F  CA  GLY H  52B     19.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM      1  CA  SER HA000      22.000  10.000  10.000  1.00 20.00           C  \n");
  g_assert_cmpuint (s->n_residues, ==, 5);
  g_assert_cmpuint (s->n_ca, ==, 5);
  g_assert_cmpint (s->residues[0].seq, ==, -3);
  g_assert_cmpint (s->residues[2].seq, ==, 52);
  g_assert_cmpint (s->residues[2].icode, ==, 'A');
  g_assert_cmpint (s->residues[3].icode, ==, 'B');
  g_assert_cmpint (s->residues[4].seq, ==, 10000);
  g_autofree char *label = cf_structure_atom_label (s, 2);
  g_assert_cmpstr (label, ==, "H/Gly 52A CA");
}

static void
test_coordinates (void)
{
  static const char *const columns[] = {
    "                        ", "      10.0      10.0  ******", "     nan  10.000  10.000", "     inf  10.000  10.000",
    "-1234.567-1234.567-123.4", "1 10.000  10.000  10.000", "  10.000  10.000   1e3.0", "  10.000  10.000  10.0.0",
    "  10.000          10.000", "   0x1.0  10.000  10.000", "********  10.000  10.000",
  };
  GString *text = g_string_new ("ATOM      1  CA  SER A   1      10.000 -10.500  +0.250  1.00 20.00           C  \n");
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autofree char *field = g_strdup_printf ("%-24.24s", columns[i]);
      g_string_append_printf (text, "ATOM      1  CA  SER A%4u    %s  1.00 20.00           C  \n", 10 + i, field);
      g_string_append (text, "ANISOU    1  CA  SER A  10     1234   1234   1234      0      0      0       C  \n");
    }
  g_string_append (text, "ATOM      1  CA  SER A 99\n");
  g_string_append (text, "ATOM      1  CA  SER A 100      10      20      30\r\n");
  g_autoptr (CfStructure) s = parse (text->str);
  g_assert_cmpuint (s->n_atoms, ==, 2);
  g_assert_cmpuint (s->n_rejected, ==, G_N_ELEMENTS (columns) + 1);
  g_assert_cmpuint (g_strv_length (s->warnings), ==, 1);
  g_assert_cmpfloat (s->atoms[0].pos[1], ==, -10.5f);
  g_assert_cmpfloat (s->atoms[0].pos[2], ==, 0.25f);
  g_assert_cmpfloat (s->atoms[1].pos[2], ==, 30);
  g_string_free (text, TRUE);
}

static void
test_models (void)
{
  g_autoptr (CfStructure) s = parse ("MODEL        1\n"
                                     "ATOM      1  CA  SER A   1      10.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ENDMDL\n"
                                     "MODEL        1\n"
                                     "ATOM      1  CA  SER A   1      20.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM      2  CB  SER A   1      20.000  10.000  10.000  1.00 20.00           C  \n"
                                     "ENDMDL\n"
                                     "END\n");
  g_assert_cmpint (s->n_models, ==, 2);
  g_assert_cmpuint (s->n_atoms, ==, 1);
  g_assert_cmpfloat (s->atoms[0].pos[0], ==, 10);
  g_assert_nonnull (strstr (s->warnings[0], "2 models"));
}

/* Another model than the first, of both formats; models are counted in the order of the file, whatever they are called. */
static void
test_chosen_model (void)
{
  static const char *const texts[] = {
    "MODEL        7\nATOM      1  CA  SER A   1      10.000  10.000  10.000  1.00 20.00           C  \nENDMDL\n"
    "MODEL        3\nATOM      1  CA  SER A   1      20.000  10.000  10.000  1.00 20.00           C  \n"
    "ATOM      2  CB  SER A   1                      10.000  1.00 20.00           C  \nENDMDL\nEND\n",
    "data_x\nloop_\n_atom_site.pdbx_PDB_model_num\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n_atom_site.auth_seq_id\n"
    "_atom_site.auth_asym_id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n"
    "7 CA SER 1 A 10 10 10\n3 CA SER 1 A 20 10 10\n3 CB SER 1 A ? ? 10\n",
  };
  g_autofree char *folder = g_dir_make_tmp ("cryofield-structure-XXXXXX", NULL), *path = g_build_filename (folder, "model", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      g_autoptr (CfStructure) first = cf_structure_load (path, NULL, &error), second = cf_structure_load_model (path, 1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpfloat (first->atoms[0].pos[0], ==, 10);
      g_assert_cmpfloat (second->atoms[0].pos[0], ==, 20);
      g_assert_cmpuint (first->n_rejected, ==, 0);
      g_assert_cmpuint (second->n_rejected, ==, 1);
      g_assert_cmpint (second->model, ==, 1);
      g_assert_nonnull (strstr (second->warnings[0], "number 2"));
      for (int beyond = -1; beyond <= 2; beyond += 3)
        {
          g_assert_null (cf_structure_load_model (path, beyond, NULL, &error));
          g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
          g_clear_error (&error);
        }
    }
  g_remove (path);
  g_rmdir (folder);
}

/* HETATM: selenomethionine in a chain counts, a ligand that has a CA or a P does not. Waters and hydrogens are counted apart. */
static void
test_copies (void)
{
  static const char atom[] = "ATOM      1  CA  SER A   1      10.000  10.000  10.000  1.00 20.00           C  \n";
  static const char *const rows[] = {
    "REMARK 350   BIOMT1   1  1.000000  0.000000  0.000000        0.00000            \n"
    "REMARK 350   BIOMT2   1  0.000000  1.000000  0.000000        0.00000            \n",
    "REMARK 350   BIOMT2   2  0.000000 -1.000000  0.000000        0.00000            \n",
    "REMARK 350   BIOMT3   2  0.000000  0.000000  1.000000       31.50000            \n",
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (rows[i], atom, NULL);
      g_autoptr (CfStructure) s = parse (text);
      g_assert_cmpint (s->has_copies, ==, i > 0);
      g_assert_cmpuint (g_strv_length (s->warnings), ==, i > 0);
    }
}

static void
test_hetero (void)
{
  g_autoptr (CfStructure) s = parse ("ATOM      1  CA  SER A   1      10.000  10.000  10.000  1.00 20.00           C  \n"
                                     "HETATM    2  CA  MSE A   2      13.800  10.000  10.000  1.00 20.00           C  \n"
                                     "HETATM    3 SE   MSE A   2      13.800  13.000  10.000  1.00 20.00\n"
                                     "ATOM      4  CA  SER A   3      17.600  10.000  10.000  1.00 20.00           C  \n"
                                     "ATOM      5  HA  SER A   3      17.600  11.000  10.000  1.00 20.00           H  \n"
                                     "ATOM      6  DA  SER A   3      17.600  12.000  10.000  1.00 20.00           D  \n"
                                     "HETATM    7  CA  PLM A 201      40.000  10.000  10.000  1.00 20.00           C  \n"
                                     "HETATM    8  P   PO4 A 202      50.000  10.000  10.000  1.00 20.00           P  \n"
                                     "HETATM    9  O   HOH A 301      60.000  10.000  10.000  1.00 20.00           O  \n"
                                     "HETATM   10  O   WAT A 302      62.000  10.000  10.000  1.00 20.00           O  \n");
  g_assert_cmpuint (s->n_ca, ==, 3);
  g_assert_cmpuint (s->n_p, ==, 0);
  g_assert_cmpuint (s->n_waters, ==, 2);
  g_assert_cmpuint (s->n_hydrogens, ==, 2);
  g_assert_cmpuint (s->atoms[2].number, ==, 34);
}

static void
test_cif (void)
{
  g_autoptr (CfStructure) s = parse ("# a comment\ndata_X\n_entry.id TEST\nloop_\n_atom_site.group_PDB\n_atom_site.label_atom_id\n"
                                     "_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_seq_id\n"
                                     "_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.auth_asym_id\n"
                                     "ATOM CA SER A 1 1.0 2.0 3.0 Long\nATOM \"O5'\" DA A 2 1.0 2.0 3.0 Long\nATOM 'P' DA A 2 1.0 2.0(3) 4.0 Long\n"
                                     "ATOM CB SER A 3 ? 2.0 3.0 Long\nATOM CB SER A 3 1 . 3.0 Long\nATOM CB SER A 3 1 x 3.0 Long\n"
                                     "ATOM\n;C\n;\nSER A 4 1.0 2.0 3.0 Long\n");
  g_assert_cmpuint (s->n_atoms, ==, 4);
  g_assert_cmpuint (s->n_rejected, ==, 3);
  g_assert_cmpuint (s->n_ca, ==, 1);
  g_assert_cmpuint (s->n_p, ==, 1);
  g_assert_cmpstr (s->chains[0].name, ==, "Long");
  g_assert_cmpstr (s->residues[0].label_chain, ==, "A");
  g_assert_cmpstr (s->atoms[1].name, ==, "O5'");
  g_assert_cmpuint (s->atoms[1].number, ==, 8);
  g_assert_cmpuint (s->atoms[2].number, ==, 15);
  g_assert_cmpstr (s->id, ==, "TEST");
  /* Nothing but what is needed at all. */
  g_autoptr (CfStructure) bare = parse ("data_\nloop_\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n_atom_site.auth_seq_id\n_atom_site.label_asym_id\n"
                                        "_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nCA ALA 7 A 1 2 3\n");
  g_assert_cmpuint (bare->n_ca, ==, 1);
  g_assert_cmpint (bare->residues[0].seq, ==, 7);
  /* Rows of a residue apart from each other, a second model, a number that carries its insertion code, a byte order mark. */
  g_autoptr (CfStructure) mixed = parse ("\xef\xbb\xbf" "data_m\nloop_\n_atom_site.pdbx_PDB_model_num\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n"
                                         "_atom_site.auth_seq_id\n_atom_site.auth_asym_id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n"
                                         "3 N ALA 7 B 1 2 3\n3 CA SER 15A B 1 2 3\n4 CA SER 15A B 1 2 3\n3 CA ALA 7 B 1 2 3\n3 CA ALA 7 C 1 2 3\n");
  g_assert_cmpint (mixed->n_models, ==, 2);
  g_assert_cmpuint (mixed->n_chains, ==, 2);
  g_assert_cmpuint (mixed->n_residues, ==, 3);
  g_assert_cmpuint (mixed->residues[0].n, ==, 2);
  g_assert_cmpint (mixed->residues[1].icode, ==, 'A');
  g_assert_cmpuint (mixed->n_ca, ==, 3);
}

/* Work in proportion to the file: many residues at one place, and many in one chain. */
static void
test_many (void)
{
  GString *text = g_string_new ("data_x\nloop_\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n_atom_site.auth_seq_id\n"
                                "_atom_site.auth_asym_id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n");
  for (int i = 0; i < 50000; i++)
    g_string_append_printf (text, "CA R%d 1 A 1 2 3\nCA ALA %d B 1 2 3\n", i, i);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CfStructure) s = parse (text->str);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_cmpuint (s->n_residues, ==, 100000);
  g_assert_cmpuint (s->n_ca, ==, 50001);
  g_string_truncate (text, 0);
  for (int i = 0; i < 50000; i++)
    g_string_append_printf (text, "ATOM  %5d  CA  SER %c%4d      10.000  10.000  10.000  1.00 20.00           C  \n", i, 'A' + i % 26, i / 26);
  start = g_get_monotonic_time ();
  g_autoptr (CfStructure) turns = parse (text->str);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 20 * G_USEC_PER_SEC);
  g_assert_cmpuint (turns->n_chains, ==, 26);
  g_assert_cmpuint (turns->n_ca, ==, 50000);
  g_string_free (text, TRUE);
}

static void
test_refused (void)
{
  assert_refused ("", CF_INPUT_ERROR_NOT_THIS, "an empty file");
  assert_refused (" \n\n", CF_INPUT_ERROR_NOT_THIS, "blank");
  assert_refused ("<!DOCTYPE html><html>", CF_INPUT_ERROR_NOT_THIS, "HTML");
  assert_refused ("{\"a\": 1}", CF_INPUT_ERROR_NOT_THIS, "JSON");
  assert_refused ("hello\n", CF_INPUT_ERROR_EMPTY, "atoms are 0");
  assert_refused ("HEADER    X\nEND\n", CF_INPUT_ERROR_EMPTY, "atoms are 0");
  assert_refused ("data_x\n_cell.length_a 10\n", CF_INPUT_ERROR_EMPTY, "atoms are 0");
  assert_refused ("ATOM      1  CA  SER A   1                                                  C  \n", CF_INPUT_ERROR_EMPTY, "unreadable");
  assert_refused ("ATOM      1  CA  SER A   1      10.000  10.000  10.000  1.00 20.00           C  \nATOM      2  CB  SE",
                  CF_INPUT_ERROR_LENGTH, "cut short");
  assert_refused ("data_x\nloop_\n_atom_site.id\n_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\n1 2 3 4\n2 3 4\n",
                  CF_INPUT_ERROR_DAMAGED, "line ");
  g_autofree char *binary = refusal_n ("\x01\0\0\0\x02\0\0\0", 8, CF_INPUT_ERROR_NOT_THIS);
  g_assert_nonnull (strstr (binary, "binary"));
}

static void
test_elements (void)
{
  g_assert_cmpuint (cf_element_number ("c"), ==, 6);
  g_assert_cmpuint (cf_element_number ("ZN"), ==, 30);
  g_assert_cmpuint (cf_element_number ("D"), ==, 1);
  g_assert_cmpuint (cf_element_number ("Og"), ==, 118);
  g_assert_cmpuint (cf_element_number ("Qq"), ==, 0);
  g_assert_cmpuint (cf_element_number (""), ==, 0);
  for (guint i = 1; i <= 118; i++)
    g_assert_cmpuint (cf_element_number (cf_element_symbol ((guint8) i)), ==, i);
  g_assert_cmpstr (cf_element_symbol (0), ==, "X");
  g_assert_cmpuint (cf_element_guess ("HG21", "VAL", "HG21"), ==, 1);
  g_assert_cmpuint (cf_element_guess ("1HB", "ALA", "1HB "), ==, 1);
  g_assert_cmpuint (cf_element_guess ("ZN", "ZN", "ZN  "), ==, 30);
  g_assert_cmpuint (cf_element_guess ("FE", "HEM", "FE  "), ==, 26);
  g_assert_cmpuint (cf_element_guess ("CL1", "LIG", "CL1 "), ==, 17);
  g_assert_cmpuint (cf_element_guess ("CL1", "LIG", " CL1"), ==, 6);
  g_assert_cmpuint (cf_element_guess ("O5'", "DA", NULL), ==, 8);
  g_assert_cmpuint (cf_element_guess ("", "DA", NULL), ==, 0);
}

/* Every prefix of a file, and every byte of it changed: refused or read, but never more. */
static void
test_mutations (void)
{
  static const char *const texts[] = {
    "HEADER    PLANT PROTEIN                           02-MAR-00   1EJG              \nMODEL     1\n"
    "ATOM      1  CA AVAL A   1      10.000  10.000  10.000  0.50 20.00           C1+\nTER\nENDMDL\nEND\n",
    "data_X\nloop_\n_atom_site.label_atom_id\n_atom_site.label_comp_id\n_atom_site.auth_seq_id\n_atom_site.label_asym_id\n"
    "_atom_site.Cartn_x\n_atom_site.Cartn_y\n_atom_site.Cartn_z\nCA ALA 7 A 1 2 3\n'C' \"ALA\" 7 A 1 2 3\n",
  };
  static const char bytes[] = "\0\n\r\t\x7f\xff '\";#_-9";
  for (guint t = 0; t < G_N_ELEMENTS (texts); t++)
    {
      gsize n = strlen (texts[t]);
      for (gsize i = 0; i < n; i++)
        for (gsize b = 0; b < sizeof bytes; b++)
          {
            g_autofree char *text = g_strdup (texts[t]);
            text[i] = bytes[b];
            g_autoptr (CfStructure) s = cf_structure_parse ("test", text, b + 1 == sizeof bytes ? i : n, NULL);
            g_assert_true (!s || s->n_atoms > 0);
          }
    }
}

static void
test_selection (void)
{
  static const char text[] = "ATOM      1  CA  GLY A  -2       1.000   0.000   0.000  1.00 10.00           C\n"
                             "ATOM      2  CA  GLY A   7       5.000   2.000   0.000  1.00 10.00           C\n"
                             "ATOM      3  CA  GLY A   7A      6.000   2.000   0.000  1.00 10.00           C\n"
                             "ATOM      4  CA  GLY B   7       0.000   9.000  -3.000  1.00 10.00           C\n"
                             "HETATM    5  O   HOH A   8      90.000   0.000   0.000  1.00 10.00           O\n"
                             "END\n";
  static const struct
  {
    const char *text;
    double box[6]; /* without margin */
  } good[] = {
    { "A", { 1, 0, 0, 6, 2, 0 } },
    { "A/7", { 5, 2, 0, 6, 2, 0 } },
    { "A/-2", { 1, 0, 0, 1, 0, 0 } },
    { "A/-5--1", { 1, 0, 0, 1, 0, 0 } },
    { "A/-2-6", { 1, 0, 0, 1, 0, 0 } },
    { "A/7,B", { 0, 2, -3, 6, 9, 0 } },
  };
  static const char *const bad[] = { "", "A/", "A/8", "C", "A/7-", "A/7-6", "A/7x", "A/7,", "A/7-9x", "/7" };
  g_autoptr (CfStructure) s = cf_structure_parse ("test", text, strlen (text), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      double box[6];
      g_assert_true (cf_selection_box (s, good[i].text, 1.5, box, NULL));
      for (int a = 0; a < 6; a++)
        g_assert_cmpfloat_with_epsilon (box[a], good[i].box[a] + (a < 3 ? -1.5 : 1.5), 1e-5);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      double box[6] = { 0 };
      g_assert_false (cf_selection_box (s, bad[i], 1, box, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
    }
}

static guint
bonds_between (const CfStructure *structure, const char *a, const char *b, int apart)
{
  guint n = 0;
  for (gsize i = 0; i < structure->n_bonds; i++)
    {
      const CfAtom *x = &structure->atoms[structure->bonds[i].a], *y = &structure->atoms[structure->bonds[i].b];
      g_assert_cmpuint (structure->bonds[i].a, <, structure->bonds[i].b);
      n += strcmp (x->name, a) == 0 && strcmp (y->name, b) == 0 && (int) y->residue - (int) x->residue == apart;
    }
  return n;
}

/* Crambin: 46 residues in one chain, three bridges of sulphurs; by what proteins are, not by our distances. */
static void
test_bonds (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) crambin = cf_demo_structure (&error);
  guint bridges = 0;
  g_assert_no_error (error);
  g_assert_cmpuint (crambin->n_ca, ==, 46);
  g_assert_cmpuint (bonds_between (crambin, "N", "CA", 0), ==, 46);
  g_assert_cmpuint (bonds_between (crambin, "C", "O", 0), ==, 46);
  g_assert_cmpuint (bonds_between (crambin, "C", "N", 1), ==, 45);
  g_assert_cmpuint (bonds_between (crambin, "N", "C", 0), ==, 0);
  g_assert_cmpuint (bonds_between (crambin, "CA", "CA", 1), ==, 0);
  for (gsize i = 0; i < crambin->n_bonds; i++)
    bridges += crambin->atoms[crambin->bonds[i].a].number == 16 && crambin->atoms[crambin->bonds[i].b].number == 16;
  g_assert_cmpuint (bridges, ==, 3);
  g_autoptr (CfStructure) copy = cf_structure_with_nucleic_atom (crambin, "P");
  g_assert_cmpmem (copy->bonds, copy->n_bonds * sizeof *copy->bonds, crambin->bonds, crambin->n_bonds * sizeof *crambin->bonds);
}

/* A hundred thousand atoms in one place are no molecule, and do not take the time of all their pairs. */
static void
test_crowd (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < 100000; i++)
    g_string_append_printf (text, "HETATM%5d  C   UNK A%4d    %8.3f%8.3f%8.3f  1.00 10.00           C\n", i % 100000, i % 10000, i % 3 * 0.5, 0.0, 0.0);
  g_string_append (text, "END\n");
  g_autoptr (CfStructure) crowd = cf_structure_parse ("crowd", text->str, text->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (crowd->n_atoms, ==, 100000);
  g_assert_cmpuint (crowd->n_bonds, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/structure/calcium", test_calcium);
  g_test_add_func ("/structure/blank-chain", test_blank_chain);
  g_test_add_func ("/structure/alternatives", test_alternatives);
  g_test_add_func ("/structure/numbers", test_numbers);
  g_test_add_func ("/structure/coordinates", test_coordinates);
  g_test_add_func ("/structure/models", test_models);
  g_test_add_func ("/structure/chosen-model", test_chosen_model);
  g_test_add_func ("/structure/copies", test_copies);
  g_test_add_func ("/structure/hetero", test_hetero);
  g_test_add_func ("/structure/cif", test_cif);
  g_test_add_func ("/structure/many", test_many);
  g_test_add_func ("/structure/refused", test_refused);
  g_test_add_func ("/structure/elements", test_elements);
  g_test_add_func ("/structure/selection", test_selection);
  g_test_add_func ("/structure/bonds", test_bonds);
  g_test_add_func ("/structure/crowd", test_crowd);
  g_test_add_func ("/structure/mutations", test_mutations);
  return g_test_run ();
}
