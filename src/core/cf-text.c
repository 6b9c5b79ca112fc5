/* Text from files, made safe for where it is shown or stored. */
#include <string.h>

#include "cf-file.h"

/* What would move the cursor, break the line, or turn the order of the letters around it. */
static gboolean
is_control (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
         c == 0x200E || c == 0x200F || c == 0xFEFF;
}

char *
cf_text_clean (const char *bytes, gssize n)
{
  gsize length = n < 0 ? strlen (bytes) : (gsize) n;
  g_autofree char *copy = g_malloc (length + 1);
  for (gsize i = 0; i < length; i++)
    copy[i] = bytes[i] ? bytes[i] : ' ';
  copy[length] = '\0';
  g_autofree char *valid = g_utf8_make_valid (copy, (gssize) length);
  GString *text = g_string_sized_new (length);
  for (const char *at = valid; *at; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      g_string_append_unichar (text, is_control (c) ? ' ' : c);
    }
  g_strchomp (text->str);
  return g_string_free (text, FALSE);
}

char *
cf_text_for_html (const char *text)
{
  GString *out = g_string_new (NULL);
  for (const char *at = text; *at; at++)
    switch (*at)
      {
      case '&':
        g_string_append (out, "&amp;");
        break;
      case '<':
        g_string_append (out, "&lt;");
        break;
      case '>':
        g_string_append (out, "&gt;");
        break;
      case '"':
        g_string_append (out, "&quot;");
        break;
      case '\'':
        g_string_append (out, "&#39;");
        break;
      default:
        g_string_append_c (out, *at);
      }
  return g_string_free (out, FALSE);
}

static gboolean
is_number (const char *text)
{
  char *end;
  g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

char *
cf_text_for_csv (const char *text)
{
  gboolean formula = *text && strchr ("=+-@\t\r", *text) && !is_number (text);
  gboolean quoted = strpbrk (text, ",;\"\n\r\t") != NULL;
  GString *out = g_string_new (quoted ? "\"" : NULL);
  if (formula)
    g_string_append_c (out, '\'');
  for (const char *at = text; *at; at++)
    {
      if (*at == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *at);
    }
  if (quoted)
    g_string_append_c (out, '"');
  return g_string_free (out, FALSE);
}

char *
cf_text_for_file_name (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);
  for (const char *at = valid; *at; at = g_utf8_next_char (at))
    g_string_append_c (out, g_ascii_isalnum (*at) || strchr ("._-", *at) ? *at : '_');
  /* No hidden files, no "..", nothing that a program would take for an option. */
  for (gsize i = 0; i < out->len && strchr (".-", out->str[i]); i++)
    out->str[i] = '_';
  if (out->len == 0)
    g_string_append (out, "unnamed");
  if (out->len > 200)
    g_string_truncate (out, 200);
  return g_string_free (out, FALSE);
}
