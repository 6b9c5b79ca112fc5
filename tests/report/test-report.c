/* test-report.c: the report is well formed, harmless, and says the same in HTML and in JSON. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "made-up.h"

static json_t *
parse_json (const char *text)
{
  json_error_t problem;
  json_t *root = json_loads (text, JSON_REJECT_DUPLICATES, &problem);
  g_assert_cmpstr (root ? "" : problem.text, ==, "");
  return root;
}

static json_t *
at (json_t *root, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, ".", -1);
  for (char **part = parts; *part; part++)
    root = json_is_array (root) ? json_array_get (root, g_ascii_strtoull (*part, NULL, 10)) : json_object_get (root, *part);
  return root;
}

static void
keep (const char *name, const char *text)
{
  const char *dir = g_getenv ("CRYOFIELD_PLOT_DIR");
  if (dir != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
    }
}

typedef struct
{
  json_t *root;
  GHashTable *ids, *links, *keys;
} Walk;

static void
walk_element (Walk *walk, xmlNode *node)
{
  const char *name = (const char *)node->name;
  g_assert_cmpstr (name, !=, "script");
  g_assert_cmpstr (name, !=, "iframe");
  g_assert_cmpstr (name, !=, "object");
  for (xmlAttr *attr = node->properties; attr; attr = attr->next)
    {
      g_autofree char *attr_name = g_ascii_strdown ((const char *)attr->name, -1);
      g_assert_false (g_str_has_prefix (attr_name, "on"));
      xmlChar *value = xmlNodeListGetString (node->doc, attr->children, 1);
      if (strcmp (attr_name, "src") == 0)
        g_assert_true (g_str_has_prefix ((char *)value, "data:image/png;base64,"));
      if (strcmp (attr_name, "href") == 0 && strcmp (name, "image") == 0)
        g_assert_true (g_str_has_prefix ((char *)value, "data:image/png;base64,"));
      else if (strcmp (attr_name, "href") == 0)
        {
          g_assert_cmpint (value[0], ==, '#');
          g_hash_table_add (walk->links, g_strdup ((char *)value + 1));
        }
      if (strcmp (attr_name, "id") == 0)
        g_assert_true (g_hash_table_add (walk->ids, g_strdup ((char *)value))); /* FALSE for one that was there */
      xmlFree (value);
    }
  if (strcmp (name, "data") == 0)
    {
      xmlChar *key = xmlGetProp (node, (const xmlChar *)"data-key"), *value = xmlGetProp (node, (const xmlChar *)"value");
      json_t *number = at (walk->root, (char *)key);
      if (!json_is_number (number))
        g_error ("no number at %s", (char *)key);
      double x = json_number_value (number), y = g_ascii_strtod ((char *)value, NULL);
      g_assert_cmpfloat_with_epsilon (x, y, 1e-8 * fabs (x) + 1e-30);
      g_hash_table_add (walk->keys, g_strdup ((char *)key));
      xmlFree (key);
      xmlFree (value);
    }
}

static void
walk_tree (Walk *walk, xmlNode *node)
{
  for (; node; node = node->next)
    if (node->type == XML_ELEMENT_NODE)
      {
        walk_element (walk, node);
        walk_tree (walk, node->children);
      }
}

/* Well formed, no script, every id once, every link inside the page, every number the JSON's. */
static void
check_page (const CfReport *report, const char *const *needed)
{
  g_autofree char *html = cf_report_to_html (report), *json = cf_report_to_json (report);
  json_t *root = parse_json (json);
  Walk walk
      = { root, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  GHashTableIter iter;
  gpointer link;

  g_assert_true (g_utf8_validate (html, -1, NULL));
  g_assert_null (strstr (html, "<script"));
  g_assert_null (strstr (html, "<img src=x"));
  g_assert_null (strstr (html, "<b>A/"));
  xmlDoc *doc = xmlReadMemory (html, (int)strlen (html), "report.html", "UTF-8", XML_PARSE_NONET | XML_PARSE_HUGE);
  g_assert_nonnull (doc);
  walk_tree (&walk, xmlDocGetRootElement (doc));
  g_hash_table_iter_init (&iter, walk.links);
  while (g_hash_table_iter_next (&iter, &link, NULL))
    g_assert_true (g_hash_table_contains (walk.ids, link));
  for (; *needed; needed++)
    if (!g_hash_table_contains (walk.keys, *needed))
      g_error ("%s is not on the page", *needed);
  xmlFreeDoc (doc);
  g_hash_table_unref (walk.ids);
  g_hash_table_unref (walk.links);
  g_hash_table_unref (walk.keys);
  json_decref (root);
}

static void
test_page (void)
{
  static const char *const needed[] = { "comparison.ca.coverage",
                                        "comparison.ca.rmsd",
                                        "comparison.nodes.precision",
                                        "comparison.null.coverage",
                                        "comparison.null.precision",
                                        "comparison.ca_score",
                                        "comparison.atoms.coverage",
                                        "level.file",
                                        "level.normalised",
                                        "level.sigma",
                                        "graph.nodes",
                                        "graph.edges",
                                        "graph.components",
                                        "graph.adjacency",
                                        "field.regions",
                                        "field.loss",
                                        "field.held_out",
                                        "field.region.0.loss",
                                        "field.at_voxels.rms",
                                        "field.between_voxels.rms",
                                        "map.voxel.2",
                                        "map.dims.0",
                                        "map.resolution",
                                        "map.normalised.mu",
                                        "plateau.normalised",
                                        "comparison.atom_inclusion.all",
                                        "comparison.atom_inclusion.backbone",
                                        "findings.residues_without_node",
                                        "findings.nodes_without_atom",
                                        "findings.nodes.0.persistence",
                                        NULL };
  MadeUp made;

  made_up_init (&made);
  g_autofree char *html = cf_report_to_html (&made.report), *json = cf_report_to_json (&made.report);
  keep ("report.html", html);
  keep ("report.json", json);
  check_page (&made.report, needed);
  g_assert_nonnull (strstr (html, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  g_assert_nonnull (strstr (html, "data:image/png;base64,iVBORw0KGgo="));
  g_assert_nonnull (strstr (html, "cryofield-cli train &#39;my map.mrc&#39;"));
  g_assert_nonnull (strstr (html, "waters"));
  g_assert_nonnull (strstr (html, ">1</data> chain."));
  g_assert_null (strstr (html, "{graph"));
  /* sub-regions are counted from 1 where people read them, from 0 in the JSON's indices */
  g_assert_nonnull (strstr (html, "data-key=\"field.region.0.name\""));
  g_assert_null (strstr (html, "data-key=\"field.region.0.region\""));
  g_assert_null (strstr (html, "{+"));
  made_up_clear (&made);
}

/* Each part that may be missing is left out, and the rest stands. */
static void
test_parts (void)
{
  static const char *const needed[] = { "graph.nodes", "level.sigma", NULL };
  MadeUp made;

  made_up_init (&made);
  for (int missing = 0; missing < 128; missing++)
    {
      CfReport report = made.report;
      if (missing & 1)
        report.volume = NULL;
      if (missing & 2)
        report.header = NULL;
      if (missing & 4)
        report.comparison = NULL;
      if (missing & 8)
        report.curve = NULL;
      if (missing & 16)
        report.n_pictures = 0;
      if (missing & 32)
        report.commands = NULL;
      if (missing & 64)
        {
          report.structure = NULL;
          report.comparison = NULL;
          report.residuals = NULL;
        }
      if (missing % 11 == 0) /* some of them: each takes a few ms */
        check_page (&report, needed);
    }
  made_up_clear (&made);
}

/* What the JSON says of the comparison is what the comparison says, under the names of `compare --json`. */
static void
test_comparison (void)
{
  MadeUp made;

  made_up_init (&made);
  g_autofree char *text = cf_comparison_to_json (made.comparison, made.structure), *whole = cf_report_to_json (&made.report);
  json_t *root = parse_json (text), *report = parse_json (whole);
  const CfComparison *c = made.comparison;
  g_assert_true (json_equal (root, at (report, "comparison")));
  g_assert_cmpint (json_integer_value (at (root, "ca.total")), ==, 60);
  g_assert_cmpint (json_integer_value (at (root, "ca.matched")), ==, (json_int_t)c->ca.matched);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "ca.coverage")), c->ca.coverage, 1e-8);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "ca.rmsd")), c->ca.rmsd, 1e-8);
  g_assert_cmpint (json_integer_value (at (root, "nodes.total")), ==, 90);
  g_assert_cmpint (json_integer_value (at (root, "nodes.near")), ==, (json_int_t)c->nodes_near);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "nodes.precision")), c->precision, 1e-8);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "atoms.coverage")), c->atoms.coverage, 1e-8);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "null.coverage")), c->null_ca.coverage, 1e-8);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "null.precision")), c->null_precision, 1e-8);
  g_assert_cmpfloat_with_epsilon (json_number_value (at (root, "ca_score")), c->ca_score, 1e-8);
  g_assert_cmpint (json_array_size (at (report, "residues")), ==, 60);
  g_assert_cmpint (json_array_size (at (report, "histogram")), ==, CF_HISTOGRAM_BINS);
  json_decref (root);
  json_decref (report);
  made_up_clear (&made);
}

/* Nodes beyond 3 A of every atom, the most persistent first; residues that were not matched, none of the others. */
static void
test_misses (void)
{
  MadeUp made;
  double last = INFINITY;

  made_up_init (&made);
  g_autofree char *text = cf_report_to_json (&made.report);
  json_t *root = parse_json (text), *nodes = at (root, "findings.nodes"), *residues = at (root, "findings.residues"), *row;
  gsize i, far = 0;
  for (gsize n = 0; n < made.graph->n_nodes; n++)
    {
      double best = INFINITY;
      for (guint32 a = 0; a < made.structure->n_atoms; a++)
        {
          double sum = 0;
          for (int k = 0; k < 3; k++)
            sum += pow (made.graph->nodes[n].pos[k] - made.structure->atoms[a].pos[k], 2.0);
          best = MIN (best, sqrt (sum));
        }
      far += best > 3.0;
    }
  g_assert_cmpint (far, >, 0);
  g_assert_cmpint (json_integer_value (at (root, "findings.nodes_without_atom")), ==, (json_int_t)far);
  g_assert_cmpint (json_array_size (nodes), ==, far);
  json_array_foreach (nodes, i, row)
  {
    double persistence = json_number_value (json_object_get (row, "persistence"));
    g_assert_cmpfloat (persistence, <=, last);
    g_assert_cmpfloat (json_number_value (json_object_get (row, "nearest_atom")), >, 3.0);
    last = persistence;
  }
  g_assert_cmpint (json_integer_value (at (root, "findings.residues_without_node")), ==,
                   (json_int_t)(made.comparison->ca.total - made.comparison->ca.matched));
  last = INFINITY;
  json_array_foreach (residues, i, row)
  {
    double distance = json_number_value (json_object_get (row, "nearest_node"));
    g_assert_cmpfloat (distance, <=, last);
    last = distance;
  }
  json_decref (root);
  made_up_clear (&made);
}

#define PAGE_FOOT 791.0 /* points: below it stands the number */

/* What poppler reads of a PDF, pages parted by form feeds; NULL where it is not there. */
static char *
read_pdf (const char *path)
{
  g_autofree char *tool = g_find_program_in_path ("pdftotext");
  char *text = NULL;
  const char *const argv[] = { tool, "-layout", path, "-", NULL };
  int status = -1;

  if (tool == NULL)
    return NULL;
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return text;
}

/* The pages of the PDF say what the HTML says. */
static void
check_pdf (const char *path)
{
  static const char *const wanted[] = { "Density graph of <script>alert(1)</script>",
                                        "Graph against model",
                                        "60 of 60",
                                        "100.0 %",
                                        "Every threshold",
                                        "Stable nodes far from the model",
                                        "0.2 normalised",
                                        "mean 3.25e-05",
                                        "cryofield-cli train 'my map.mrc' -o my.neural.safetensors --seed 1" };
  g_autofree char *text = read_pdf (path);

  if (text == NULL)
    {
      g_test_message ("no pdftotext: the text of the PDF is not checked");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (strstr (text, wanted[i]) == NULL)
      g_error ("the PDF does not say \"%s\"", wanted[i]);
  g_assert_null (strstr (text, "{"));
}

/* A hundred chains need three pages: each page on which the table goes on has its head. */
static void
test_long_table (void)
{
  MadeUp made;
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("cf-report-XXXXXX", &error), *pdf = g_build_filename (dir, "long.pdf", NULL);
  int pages = 0;

  made_up_init (&made);
  CfComparison *c = made.comparison;
  c->chains = g_renew (CfChainComparison, c->chains, 100);
  for (int i = 1; i < 100; i++)
    c->chains[i] = c->chains[0];
  c->n_chains = 100;
  g_assert_true (cf_report_save (&made.report, pdf, &error));
  g_assert_no_error (error);
  g_autofree char *text = read_pdf (pdf);
  g_auto (GStrv) page = g_strsplit (text != NULL ? text : "", "\f", -1);
  for (char **p = page; *p != NULL; p++)
    {
      g_auto (GStrv) around = g_regex_split_simple ("<b>A +60 of 60", *p, 0, 0);
      if (g_strv_length (around) < 2)
        continue;
      pages++;
      g_assert_nonnull (strstr (around[0], "CA score"));
    }
  if (text == NULL)
    g_test_skip ("no pdftotext");
  else
    g_assert_cmpint (pages, >=, 3);
  g_unlink (pdf);
  g_rmdir (dir);
  made_up_clear (&made);
}

static guint
lines_of (const MadeUp *made, const char *dir, const char *suffix, char **head)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat ("t", suffix, NULL), *path = g_build_filename (dir, name, NULL), *text = NULL;
  g_assert_true (cf_report_save (&made->report, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_unlink (path);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\r\n", -1);
  guint n = g_strv_length (lines), commas = 0, width = 0;
  for (const char *c = lines[0]; *c != '\0'; c++)
    commas += *c == ',';
  for (guint i = 1; i < n; i++, width = 0)
    {
      for (const char *c = lines[i]; *c != '\0'; c++)
        width += *c == ',';
      g_assert_cmpuint (width, ==, commas); /* nothing made up here has a comma of its own */
    }
  *head = g_strdup (lines[0]);
  return n - 1;
}

/* A row for each: findings of both kinds, residues, chains, regions, levels. */
static void
check_tables (const MadeUp *made, const char *dir)
{
  const struct
  {
    const char *suffix, *head;
    guint rows;
  } tables[] = {
    { ".findings.csv", "kind,rank,chain,", 20 }, { ".residues.csv", "chain,name,number,node,", 60 }, { ".chains.csv", "chain,ca_total,ca_matched,", 1 },
    { ".regions.csv", "region,trained,", 1 },    { ".seams.csv", "a,b,axis,", 0 },                   { ".sweep.csv", "level_file,", 48 },
  };
  const char *const *known = cf_report_tables ();
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *head = NULL;
      g_assert_cmpuint (lines_of (made, dir, tables[i].suffix, &head), ==, tables[i].rows);
      g_assert_true (g_str_has_prefix (head, tables[i].head));
      g_assert_cmpstr (known[i], ==, tables[i].suffix);
    }
  g_assert_null (known[G_N_ELEMENTS (tables)]);
}

static void
test_save (void)
{
  MadeUp made;
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("cf-report-XXXXXX", &error);
  g_autofree char *html = g_build_filename (dir, "r.html", NULL), *json = g_build_filename (dir, "r.json", NULL), *read = NULL;
  g_autofree char *other = g_build_filename (dir, "r.docx", NULL), *csv = g_build_filename (dir, "c.csv", NULL), *table = NULL;

  made_up_init (&made);
  g_assert_true (cf_report_save (&made.report, html, &error));
  g_assert_true (cf_report_save (&made.report, json, &error));
  g_assert_true (cf_curve_save_csv (&made.curve, csv, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (json, &read, NULL, NULL));
  json_decref (parse_json (read));
  g_assert_true (g_file_get_contents (csv, &table, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (g_strchomp (table), "\r\n", -1);
  g_assert_cmpint (g_strv_length (lines), ==, 49);
  g_assert_true (g_str_has_prefix (lines[0], "level_file,level_normalised,level_sigma,nodes,components,coverage"));
  g_autofree char *pdf = g_build_filename (dir, "r.pdf", NULL), *page = NULL;
  gsize n_page = 0;
  g_assert_true (cf_report_save (&made.report, pdf, &error));
  g_assert_true (g_file_get_contents (pdf, &page, &n_page, NULL));
  g_assert_cmpint (n_page, >, 10000);
  g_assert_true (g_str_has_prefix (page, "%PDF-"));
  check_pdf (pdf);
  if (g_getenv ("CRYOFIELD_PLOT_DIR") != NULL)
    {
      g_autofree char *kept = g_build_filename (g_getenv ("CRYOFIELD_PLOT_DIR"), "report.pdf", NULL);
      g_assert_true (g_file_set_contents (kept, page, (gssize)n_page, NULL));
    }
  g_unlink (pdf);
  check_tables (&made, dir);
  g_assert_false (cf_report_save (&made.report, other, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
  g_unlink (html);
  g_unlink (json);
  g_unlink (csv);
  g_rmdir (dir);
  made_up_clear (&made);
}

/* Down to where each page is written, points, its number aside; NULL where there is no pdftotext. */
static GArray *
read_feet (const char *path)
{
  g_autofree char *tool = g_find_program_in_path ("pdftotext"), *text = NULL;
  const char *const argv[] = { tool, "-bbox", path, "-", NULL };
  int status = -1;

  if (tool == NULL)
    return NULL;
  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  GArray *feet = g_array_new (FALSE, TRUE, sizeof (double));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      const char *at = strstr (*line, "yMax=\"");
      double y = at != NULL ? g_ascii_strtod (at + strlen ("yMax=\""), NULL) : 0.0;
      if (strstr (*line, "<page ") != NULL)
        g_array_set_size (feet, feet->len + 1);
      else if (y > 0.0 && y < PAGE_FOOT)
        g_array_index (feet, double, feet->len - 1) = MAX (g_array_index (feet, double, feet->len - 1), y);
    }
  return feet;
}

/* Whatever is how long: no page but the last is left blank by a quarter. */
static void
test_pages (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("cf-report-XXXXXX", &error), *pdf = g_build_filename (dir, "pages.pdf", NULL);

  for (int chains = 1; chains <= 46; chains++)
    {
      MadeUp made;
      made_up_init (&made);
      CfComparison *c = made.comparison;
      c->chains = g_renew (CfChainComparison, c->chains, chains);
      for (int i = 1; i < chains; i++)
        c->chains[i] = c->chains[0];
      c->n_chains = chains;
      g_assert_true (cf_report_save (&made.report, pdf, &error));
      g_assert_no_error (error);
      made_up_clear (&made);
      g_autoptr (GArray) feet = read_feet (pdf);
      if (feet == NULL)
        {
          g_test_skip ("no pdftotext");
          break;
        }
      g_assert_cmpuint (feet->len, >=, 3);
      for (guint i = 0; i < feet->len; i++)
        {
          double foot = g_array_index (feet, double, i);
          g_test_message ("%d chains: page %u of %u is written down to %.0f", chains, i + 1, feet->len, foot);
          g_assert_cmpfloat (foot, >, i + 1 < feet->len ? 0.76 * PAGE_FOOT : 100.0);
        }
    }
  g_unlink (pdf);
  g_rmdir (dir);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/page", test_page);
  g_test_add_func ("/report/parts", test_parts);
  g_test_add_func ("/report/comparison", test_comparison);
  g_test_add_func ("/report/misses", test_misses);
  g_test_add_func ("/report/long-table", test_long_table);
  g_test_add_func ("/report/pages", test_pages);
  g_test_add_func ("/report/save", test_save);
  return g_test_run ();
}
