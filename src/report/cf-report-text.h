/* cf-report-text.h: what the report says, once for all its forms. Words with numbers and texts of the report's tree in braces:
 * "{graph.nodes}", "{level.file|%.4g}", "{comparison.ca.coverage|%.1f|100} %" (format, factor). A path that begins with a dot starts at
 * a row. "{+edge}" is a noun (in the table of cf-report-text.c) for the number before it; "{@level}" says the level at a path; "{map.placement|_}" is a
 * text that is the program's own and is translated. Words are marked with N_() and translated where they are said; a translation keeps what is in braces. */
#pragma once

#include "cf-report-private.h"

G_BEGIN_DECLS

/** A piece of what was said. */
typedef struct
{
  const char *text;  /* the program's own words; a number as shown; or text from a file: untrusted */
  const char *key;   /* the path in the tree of a number or a text; NULL for own words and for the dash of what is not known */
  gboolean is_number;
  double value;      /* of a number, as the tree has it */
} CfPiece;
typedef void (*CfPieceFunc) (const CfPiece *piece, gpointer user_data);

/** row: the path of the row, NULL where the words need none. */
void cf_report_say (json_t *root, const char *row, const char *words, CfPieceFunc emit, gpointer user_data);
/** Whether every value that the words name is known: where one is not, a cell holds a dash alone. */
gboolean cf_report_can_say (json_t *root, const char *row, const char *words);
/** need: NULL; a path that must be known; or one after a "+" whose number must be above 0. */
gboolean cf_report_needs (json_t *root, const char *need);

/** "Voxels": "94 x 104 x 112 ...". */
typedef struct
{
  const char *label, *need, *words;
} CfFact;
typedef struct
{
  const char *title;
  const CfFact *facts; /* ends with a NULL label */
  const char *note;    /* NULL */
} CfFacts;
extern const CfFacts cf_report_level_facts, cf_report_fit_facts, cf_report_map_facts, cf_report_file_facts;

/* What more than one form says, in the reader's language. */
const char *cf_report_pictures_caption (gboolean compared);
extern const char *const cf_report_of_map, *const cf_report_page_title, *const cf_report_against, *const cf_report_model_counts; /* for cf_report_say () */

/** A key number of the head. */
typedef struct
{
  const char *need, *value, *label, *small;
} CfFigure;
extern const CfFigure cf_report_figures[]; /* ends with a NULL value */

/** A row of the table of the comparison. */
typedef struct
{
  const char *label, *note, *count, *value, *chance; /* words; NULL for nothing, chance: for a dash */
} CfMeasure;
extern const CfMeasure cf_report_measures[]; /* ends with a NULL label */
extern const CfFact cf_report_notes[];       /* below it: label unused but for the end */
extern const CfFact cf_report_alarms[];      /* warnings of the report's own */

/** A ranked list, or any table with a row for each member of a list. */
typedef struct
{
  const char *title, *words; /* of the column; words start with a dot path */
  gboolean numeric;
} CfColumn;
typedef struct
{
  const char *title, *list; /* path of the rows */
  const char *some, *none;  /* what is said above it */
  CfColumn columns[8];      /* ends with a NULL title */
  gsize most;               /* rows on a page; 0: all */
} CfTable;
extern const CfTable cf_report_findings[2], cf_report_chains, cf_report_regions, cf_report_seams, cf_report_residues;
/** How many rows of it a page shows. */
gsize cf_report_n_rows (json_t *root, const CfTable *table);
/** "The first 20 of 31; ...": new string, NULL where a page has all. */
char *cf_report_left_out (json_t *root, const CfTable *table);

G_END_DECLS
