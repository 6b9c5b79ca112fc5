/* cf-report-tree.h: the report's tree of numbers and texts, made in parts: what the pages, the JSON and the tables are written from. */
#pragma once

#include "cf-json.h"
#include "cf-report-private.h"

G_BEGIN_DECLS

/* JSON has no NAN: what is not known is null. Text from files is made valid UTF-8. */
void cf_tree_set (json_t *object, const char *key, json_t *value);
void cf_tree_set_real (json_t *object, const char *key, double value);
void cf_tree_set_integer (json_t *object, const char *key, json_int_t value);
void cf_tree_set_text (json_t *object, const char *key, const char *text);
json_t *cf_tree_texts (const char *const *strings);
json_t *cf_tree_level (const CfLevel *level);

/* Each a new reference; null where the report has nothing of it. */
json_t *cf_tree_map (const CfReportParts *parts);
json_t *cf_tree_model (const CfReport *report);
json_t *cf_tree_neural (const CfReport *report);
json_t *cf_tree_field (const CfReport *report);
json_t *cf_tree_graph (const CfGraph *graph, const CfComparison *comparison);
json_t *cf_tree_curve (const CfCurve *curve);
json_t *cf_tree_residues (const CfReport *report);
json_t *cf_tree_findings (const CfReportParts *parts);
json_t *cf_tree_histogram (const CfReportParts *parts);

G_END_DECLS
