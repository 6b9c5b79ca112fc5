/* cf-report-page.h: what the sections of the HTML report are written with. The page is written from the tree of numbers that the JSON report
 * is, so both say the same; it is XML as well, so that a strict parser can check it. */
#pragma once

#include "cf-report-private.h"

G_BEGIN_DECLS

typedef struct
{
  GString *out;
  json_t *root;
  const CfReport *report;
} CfPage;

#define CF_DASH "\342\200\223"
#define CF_ANGSTROM " \303\205"
#define CF_CALPHA "C\316\261"
#define CF_TIMES " \303\227 "
#define CF_DOT " \302\267 "

/** HTML of our own. */
void cf_page_raw (CfPage *page, const char *html);
/** Text that came from a file: cleaned and escaped. */
void cf_page_text (CfPage *page, const char *untrusted);
/** The same of the string at a path of the tree; a dash where there is none. */
void cf_page_text_at (CfPage *page, const char *key);
gboolean cf_page_is_known (CfPage *page, const char *key);
double cf_page_value_at (CfPage *page, const char *key);
/** The number at a path times `scale`, in a <data> that carries its exact value, and HTML after it; a dash alone where it is not known. */
void cf_page_number (CfPage *page, const char *key, const char *format, double scale, const char *unit);
void cf_page_count (CfPage *page, const char *key);
void cf_page_percent (CfPage *page, const char *key);
/** Three numbers of an array. */
void cf_page_triple (CfPage *page, const char *key, const char *format, const char *between, const char *unit);

void cf_page_begin_section (CfPage *page, const char *title);
void cf_page_end_section (CfPage *page);
/** A table of a name and a fact a row; cf_page_end_table () closes any table's body. */
void cf_page_begin_facts (CfPage *page);
void cf_page_begin_fact (CfPage *page, const char *name);
void cf_page_end_fact (CfPage *page);
void cf_page_end_table (CfPage *page);
void cf_page_fact_text (CfPage *page, const char *name, const char *key); /* none where it is not known */
void cf_page_fact_count (CfPage *page, const char *name, const char *key);

/** "Ca", "P" or both: what stands for a residue. */
const char *cf_page_trace_name (const CfStructure *structure);

/* the sections from the comparison on: cf-report-html-compare.c */
void cf_page_write_comparison (CfPage *page);
void cf_page_write_plots (CfPage *page);
void cf_page_write_misses (CfPage *page);
void cf_page_write_residues (CfPage *page);
void cf_page_write_commands (CfPage *page);

G_END_DECLS
