#include "cf-csv.h"

#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

#define LARGEST (64u << 20)

typedef struct
{
  const char *name, *at;
  guint line;
} Reader;

static gboolean
refuse (const Reader *reader, guint line, const char *what, GError **error)
{
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: line %u: %s"), reader->name, line, what);
  return FALSE;
}

/* The text between quotes; a doubled quote is one. */
static gboolean
read_quoted (Reader *reader, GString *cell, GError **error)
{
  guint begin = reader->line;

  for (reader->at++; *reader->at; reader->at++)
    {
      if (*reader->at == '"' && *++reader->at != '"')
        return TRUE;
      reader->line += *reader->at == '\n';
      g_string_append_c (cell, *reader->at);
    }
  return refuse (reader, begin, _("a quote is opened and not closed"), error);
}

static gboolean
read_cell (Reader *reader, char **out, GError **error)
{
  g_autoptr (GString) cell = g_string_new (NULL);

  reader->at += strspn (reader->at, " \t");
  if (*reader->at == '"')
    {
      if (!read_quoted (reader, cell, error))
        return FALSE;
      reader->at += strspn (reader->at, " \t\r");
      if (*reader->at && *reader->at != ',' && *reader->at != '\n')
        return refuse (reader, reader->line, _("text follows a closing quote, needs a comma or the end of the line"), error);
      *out = g_strdup (cell->str);
      return TRUE;
    }
  g_string_append_len (cell, reader->at, strcspn (reader->at, ",\n"));
  reader->at += cell->len;
  *out = g_strdup (g_strstrip (cell->str));
  return TRUE;
}

/* A record: cells up to the end of the line. */
static char **
read_record (Reader *reader, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (;;)
    {
      char *cell;

      if (!read_cell (reader, &cell, error))
        return NULL;
      g_ptr_array_add (cells, cell);
      if (*reader->at != ',')
        break;
      reader->at++;
    }
  if (*reader->at == '\n')
    {
      reader->at++;
      reader->line++;
    }
  g_ptr_array_add (cells, NULL);
  return (char **) g_ptr_array_steal (cells, NULL);
}

/* Over blank lines and comments. */
static void
skip_empty (Reader *reader)
{
  for (;;)
    {
      const char *p = reader->at + strspn (reader->at, " \t\r");

      if (*p != '\n' && *p != '#')
        break;
      p += strcspn (p, "\n");
      reader->at = p + (*p == '\n');
      reader->line += *p == '\n';
    }
  if (reader->at[strspn (reader->at, " \t\r")] == '\0')
    reader->at += strlen (reader->at);
}

static gboolean
add_row (CfCsv *csv, Reader *reader, GError **error)
{
  guint line = reader->line, needed = g_strv_length (csv->heading);
  char **row = read_record (reader, error);

  if (!row)
    return FALSE;
  g_ptr_array_add (csv->rows, row);
  g_array_append_val (csv->lines, line);
  if (g_strv_length (row) != needed)
    {
      g_autofree char *what = g_strdup_printf (_("%u cells, needs %u as the heading has"), g_strv_length (row), needed);
      return refuse (reader, line, what, error);
    }
  return TRUE;
}

CfCsv *
cf_csv_parse (const char *name, const char *text, GError **error)
{
  g_autoptr (CfCsv) csv = g_new0 (CfCsv, 1);
  Reader reader = { .name = name, .at = text, .line = 1 };

  csv->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  csv->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: is not UTF-8, needs a table of text"), name);
      return NULL;
    }
  if (g_str_has_prefix (text, "\357\273\277")) /* the byte order mark of spreadsheets */
    reader.at += 3;
  skip_empty (&reader);
  if (!*reader.at)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: is empty, needs a heading and rows"), name);
      return NULL;
    }
  csv->heading = read_record (&reader, error);
  if (!csv->heading)
    return NULL;
  for (skip_empty (&reader); *reader.at; skip_empty (&reader))
    if (!add_row (csv, &reader, error))
      return NULL;
  return g_steal_pointer (&csv);
}

CfCsv *
cf_csv_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = cf_file_load (path, LARGEST, NULL, error);
  g_autofree char *text = NULL;
  gsize n;

  if (!bytes)
    return NULL;
  n = g_bytes_get_size (bytes);
  if (n > 0 && memchr (g_bytes_get_data (bytes, NULL), '\0', n))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: holds zero bytes, needs a table of text"), path);
      return NULL;
    }
  text = g_strndup (n > 0 ? g_bytes_get_data (bytes, NULL) : "", n);
  return cf_csv_parse (path, text, error);
}

void
cf_csv_free (CfCsv *csv)
{
  g_strfreev (csv->heading);
  g_ptr_array_unref (csv->rows);
  g_array_unref (csv->lines);
  g_free (csv);
}

int
cf_csv_column (const CfCsv *csv, const char *heading)
{
  for (int i = 0; csv->heading[i]; i++)
    if (g_ascii_strcasecmp (csv->heading[i], heading) == 0)
      return i;
  return -1;
}

const char *
cf_csv_cell (const CfCsv *csv, gsize row, int column)
{
  char **cells = g_ptr_array_index (csv->rows, row);

  return column < 0 ? "" : cells[column];
}
