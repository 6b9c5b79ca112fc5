/* cf-facts.h: rows of a name and a value, as the panels show their numbers. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CF_TYPE_FACTS (cf_facts_get_type ())
G_DECLARE_FINAL_TYPE (CfFacts, cf_facts, CF, FACTS, GtkGrid)

/** Between _begin () and _end (): the rows in order. Rows beyond the last go. value is copied; tooltip may be NULL. */
void cf_facts_begin (CfFacts *facts);
void cf_facts_add (CfFacts *facts, const char *name, const char *value, const char *tooltip);
void cf_facts_addf (CfFacts *facts, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);
void cf_facts_end (CfFacts *facts);

G_END_DECLS
