/* What must be seen in the text of a PDB file before gemmi reads it: 0.5.7 takes blank coordinates as 0 and stops at small things. */
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-structure-parts.h"
#include "cf-words.h"

#define WIDTH 80

/* A number that fills its columns and nothing else: "12 .5", "1.5-3.2", "nan" and blanks are none. */
static gboolean
is_number (const char *columns, gsize n)
{
  gsize first = 0, digits = 0, points = 0;
  while (first < n && columns[first] == ' ')
    first++;
  while (n > first && columns[n - 1] == ' ')
    n--;
  if (first < n && (columns[first] == '-' || columns[first] == '+'))
    first++;
  for (gsize i = first; i < n; i++)
    {
      digits += g_ascii_isdigit (columns[i]);
      points += columns[i] == '.';
    }
  return digits > 0 && points <= 1 && digits + points == n - first;
}

static void
fill_element (char line[WIDTH + 1])
{
  char name[5], residue[4];
  g_strlcpy (name, line + 12, sizeof name);
  g_strlcpy (residue, line + 17, sizeof residue);
  g_strstrip (name);
  g_strstrip (residue);
  char given[3] = { line[76], line[77], '\0' };
  g_strstrip (given);
  guint8 number = cf_element_number (given);
  gboolean calcium_in_protein = number == 20 && strcmp (name, "CA") == 0 && cf_residue_is_amino_acid (residue);
  if (number == 0 || calcium_in_protein)
    {
      guint8 guess = cf_element_guess (name, residue, line + 12);
      const char *symbol = guess ? cf_element_symbol (guess) : "X";
      line[76] = symbol[1] ? symbol[0] : ' ';
      line[77] = symbol[1] ? g_ascii_toupper (symbol[1]) : symbol[0];
    }
  /* A charge is not used, and gemmi refuses a file for one that it cannot read. */
  line[78] = line[79] = ' ';
}

static gboolean
is_record (const char *line, gsize n, const char *record)
{
  gsize length = strlen (record);
  return n >= length && g_ascii_strncasecmp (line, record, length) == 0;
}

typedef struct
{
  GString *out;
  CfStructureParts *parts;
  guint32 atoms_here; /* in the model that is being read */
} Filter;

static void
end_model (Filter *filter)
{
  if (filter->atoms_here > 0)
    filter->parts->n_models++;
  filter->atoms_here = 0;
}

static void
take_atom (Filter *filter, const char *line, gsize n)
{
  filter->atoms_here++;
  if (filter->parts->n_models != filter->parts->model)
    return;
  char padded[WIDTH + 1];
  memset (padded, ' ', WIDTH);
  memcpy (padded, line, MIN (n, WIDTH));
  padded[WIDTH] = '\0';
  for (int i = 0; i < WIDTH; i++)
    if ((guchar) padded[i] < ' ')
      padded[i] = ' ';
  for (int a = 0; a < 3; a++)
    if (!is_number (padded + 30 + 8 * a, 8))
      {
        filter->parts->n_rejected++;
        return;
      }
  if (!is_number (padded + 54, 6))
    memcpy (padded + 54, "  1.00", 6);
  if (!is_number (padded + 60, 6))
    memcpy (padded + 60, "  0.00", 6);
  fill_element (padded);
  g_string_append_len (filter->out, padded, WIDTH);
  g_string_append_c (filter->out, '\n');
}

/* REMARK 350 BIOMTn: a row of a matrix and a shift, columns 24 to 68; row n of the identity is 1 at n. */
static gboolean
is_copy (const char *line, gsize n)
{
  if (n < 68 || !is_record (line, n, "REMARK 350   BIOMT") || line[18] < '1' || line[18] > '3')
    return FALSE;
  static const gsize first[4] = { 23, 33, 43, 53 }, width[4] = { 10, 10, 10, 15 };
  for (int i = 0; i < 4; i++)
    {
      char number[16];
      g_strlcpy (number, line + first[i], width[i] + 1);
      if (fabs (g_ascii_strtod (number, NULL) - (i == line[18] - '1')) > 1e-4)
        return TRUE;
    }
  return FALSE;
}

static char *
id_of_header (const char *line, gsize n)
{
  if (n < 66 || !g_ascii_isdigit (line[62]))
    return NULL;
  for (int i = 63; i < 66; i++)
    if (!g_ascii_isalnum (line[i]))
      return NULL;
  return g_ascii_strup (line + 62, 4);
}

GString *
cf_structure_filter_pdb (const char *name, const char *data, gsize n, CfStructureParts *parts, gboolean *has_end, GError **error)
{
  Filter filter = { .out = g_string_sized_new (n + n / 8 + 256), .parts = parts };
  const char *end = data + n;
  *has_end = FALSE;
  for (const char *line = data, *next; line < end; line = next)
    {
      const char *newline = memchr (line, '\n', (gsize) (end - line));
      next = newline ? newline + 1 : end;
      gsize length = (gsize) ((newline ? newline : end) - line);
      while (length > 0 && (line[length - 1] == '\r' || line[length - 1] == '\0'))
        length--;
      if (is_record (line, length, "ATOM  ") || is_record (line, length, "HETATM"))
        {
          if (!newline && length < 54)
            {
              g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH,
                           _("%s: last line is %zu columns of an atom, needs 54: the file is cut short"), name, length);
              g_string_free (filter.out, TRUE);
              return NULL;
            }
          take_atom (&filter, line, length);
        }
      else if (is_record (line, length, "MODEL ") || is_record (line, length, "ENDMDL") ||
               (is_record (line, length, "END") && (length == 3 || line[3] == ' ')))
        {
          *has_end = *has_end || (length >= 3 && !is_record (line, length, "MODEL "));
          end_model (&filter);
        }
      else if (!parts->has_copies && is_copy (line, length))
        parts->has_copies = TRUE;
      else if (is_record (line, length, "HEADER") && !parts->id)
        parts->id = id_of_header (line, length);
    }
  end_model (&filter);
  return filter.out;
}
