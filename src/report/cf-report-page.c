#include "cf-report-page.h"

#include <math.h>

#include "cf-file.h"

void
cf_page_raw (CfPage *page, const char *html)
{
  g_string_append (page->out, html);
}

void
cf_page_text (CfPage *page, const char *untrusted)
{
  g_autofree char *clean = cf_text_clean (untrusted, -1), *safe = cf_text_for_html (clean);
  g_string_append (page->out, safe);
}

void
cf_page_text_at (CfPage *page, const char *key)
{
  json_t *value = cf_json_at (page->root, key);
  cf_page_text (page, json_is_string (value) ? json_string_value (value) : CF_DASH);
}

gboolean
cf_page_is_known (CfPage *page, const char *key)
{
  json_t *value = cf_json_at (page->root, key);
  return value != NULL && !json_is_null (value);
}

double
cf_page_value_at (CfPage *page, const char *key)
{
  json_t *value = cf_json_at (page->root, key);
  return json_is_number (value) ? json_number_value (value) : NAN;
}

/* A number as the tree has it, shown times `scale`: the value travels with the text. */
void
cf_page_number (CfPage *page, const char *key, const char *format, double scale, const char *unit)
{
  double value = cf_page_value_at (page, key);
  char exact[G_ASCII_DTOSTR_BUF_SIZE], shown[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (value))
    {
      cf_page_raw (page, CF_DASH);
      return;
    }
  g_ascii_formatd (exact, sizeof exact, "%.9g", value);
  g_ascii_formatd (shown, sizeof shown, format, scale * value);
  g_string_append_printf (page->out, "<data value=\"%s\" data-key=\"%s\">%s</data>%s", exact, key, shown, unit);
}

void
cf_page_count (CfPage *page, const char *key)
{
  cf_page_number (page, key, "%.0f", 1.0, "");
}

void
cf_page_percent (CfPage *page, const char *key)
{
  cf_page_number (page, key, "%.1f", 100.0, " %");
}

/* "a x b x c" of an array of three */
void
cf_page_triple (CfPage *page, const char *key, const char *format, const char *between, const char *unit)
{
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *item = g_strdup_printf ("%s.%d", key, i);
      cf_page_number (page, item, format, 1.0, i < 2 ? between : unit);
    }
}

void
cf_page_begin_section (CfPage *page, const char *title)
{
  g_string_append_printf (page->out, "<section>\n<h2>%s</h2>\n", title);
}

void
cf_page_end_section (CfPage *page)
{
  cf_page_raw (page, "</section>\n");
}

void
cf_page_begin_facts (CfPage *page)
{
  cf_page_raw (page, "<table class=\"facts\"><tbody>\n");
}

void
cf_page_end_table (CfPage *page)
{
  cf_page_raw (page, "</tbody></table>\n");
}

void
cf_page_begin_fact (CfPage *page, const char *name)
{
  g_string_append_printf (page->out, "<tr><th scope=\"row\">%s</th><td>", name);
}

void
cf_page_end_fact (CfPage *page)
{
  cf_page_raw (page, "</td></tr>\n");
}

void
cf_page_fact_text (CfPage *page, const char *name, const char *key)
{
  if (!cf_page_is_known (page, key))
    return;
  cf_page_begin_fact (page, name);
  cf_page_text_at (page, key);
  cf_page_end_fact (page);
}

void
cf_page_fact_count (CfPage *page, const char *name, const char *key)
{
  cf_page_begin_fact (page, name);
  cf_page_count (page, key);
  cf_page_end_fact (page);
}
