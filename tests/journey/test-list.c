/* A list beside the folders that batch left: which results belong to which row, and what opens a row's session. */
#include "cf-list-results.h"

#include <glib/gstdio.h>
#include <math.h>

#define REQUEST(row, map, resolution, contour) \
  "\"request\": {\"row\": " #row ", \"map\": \"%s/" map "\", \"model\": null, \"resolution\": " #resolution ", \"contour\": " #contour ", \"others\": []}"

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL), *in = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;
  g_assert_cmpint (g_mkdir_with_parents (in, 0777), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
put_summary (const char *folder, const char *name, const char *format)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  g_autofree char *text = g_strdup_printf (format, folder);
#pragma GCC diagnostic pop
  put (folder, name, text);
}

static char *
make_folder (void)
{
  char *folder = g_dir_make_tmp ("cryofield-list-XXXXXX", NULL);
  g_assert_nonnull (folder);
  put (folder, "list.csv", "# maps\nmap,resolution,contour\na.mrc,3,0.5\nb.mrc,2,\nc.mrc,,\nd.mrc,,\nEMD-11103,,\n");
  for (const char *name = "abcd"; *name; name++)
    {
      char file[] = { *name, '.', 'm', 'r', 'c', 0 };
      put (folder, file, "x");
    }
  put_summary (folder, "out/rows/0001-a/row.json",
               "{" REQUEST (1, "a.mrc", 3.0, 0.5) ", \"status\": \"done\", \"run\": {\"nodes\": 42, \"resolution\": 3.0, \"files\": {\"neural\": "
               "\"/moved/away/a.neural.safetensors\"}, \"comparison\": {\"ca\": {\"coverage\": 0.75, \"rmsd\": 1.25}, \"nodes\": {\"precision\": 0.5}}}}");
  put (folder, "out/rows/0001-a/a.neural.safetensors", "x");
  put_summary (folder, "out/rows/0002-b/row.json", "{" REQUEST (2, "b.mrc", 2.0, null) ", \"status\": \"failed\", \"error\": \"run: no\"}");
  /* of another request: no result of the third row */
  put_summary (folder, "out/rows/0003-c/row.json", "{" REQUEST (3, "c.mrc", 9.0, null) ", \"status\": \"done\"}");
  put (folder, "out/rows/0004-d/d.neural.safetensors.checkpoint/about", "x");
  return folder;
}

static void
test_rows (void)
{
  g_autofree char *folder = make_folder (), *list = g_build_filename (folder, "list.csv", NULL), *map = g_build_filename (folder, "a.mrc", NULL);
  g_autofree char *neural = g_build_filename (folder, "out/rows/0001-a/a.neural.safetensors", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cf_list_entries_load (list, NULL, &error);
  static const CfListState states[] = { CF_LIST_DONE, CF_LIST_FAILED, CF_LIST_NOT_RUN, CF_LIST_UNDER_WAY, CF_LIST_NOT_RUN };

  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (states));
  for (guint i = 0; i < rows->len; i++)
    {
      const CfListEntry *entry = rows->pdata[i];
      g_assert_cmpint (entry->row, ==, (int) i + 1);
      g_assert_cmpint (entry->state, ==, states[i]);
      g_assert_cmpint (entry->has_field, ==, i == 0);
    }
  const CfListEntry *first = rows->pdata[0], *second = rows->pdata[1], *last = rows->pdata[4];
  const char *const files[] = { neural, map, NULL };
  g_assert_true (g_strv_equal ((const char *const *) first->files, files));
  g_assert_cmpfloat (first->coverage, ==, 0.75);
  g_assert_cmpfloat (first->rmsd, ==, 1.25);
  g_assert_cmpfloat (first->precision, ==, 0.5);
  g_assert_cmpfloat (first->nodes, ==, 42);
  g_assert_cmpfloat (first->contour, ==, 0.5);
  g_assert_cmpstr (first->name, ==, "a.mrc");
  g_assert_cmpstr (second->error, ==, "run: no");
  g_assert_cmpfloat (second->resolution, ==, 2);
  g_assert_true (isnan (second->coverage) && isnan (second->contour));
  g_assert_cmpstr (last->entry, ==, "EMD-11103");
  g_assert_null (last->files[0]);
  /* a folder that was chosen is the only one that is looked through */
  g_autoptr (GPtrArray) elsewhere = cf_list_entries_load (list, folder, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((const CfListEntry *) elsewhere->pdata[0])->state, ==, CF_LIST_NOT_RUN);
}

static void
test_recognise (void)
{
  g_autofree char *folder = make_folder ();
  static const struct
  {
    const char *text;
    gboolean is_list;
  } cases[] = { { "\357\273\277# a list\r\n\r\nModel , MAP\r\n", TRUE }, { "map\n", TRUE },       { "model,resolution\n", FALSE },
                { "x,y,z\n1,2,3\n", FALSE },                         { "", FALSE },             { "maps,model\n", FALSE } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (folder, "case", NULL);
      put (folder, "case", cases[i].text);
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (cf_list_recognise (path), ==, cases[i].is_list);
    }
  g_assert_true (cf_list_recognise ("/nowhere/atomic.csv"));
  g_assert_false (cf_list_recognise ("/nowhere/other.csv"));
}

static void
test_own_list (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = cf_list_entries_load ("/nowhere/atomic.csv", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, ==, 6);
  g_assert_null (cf_list_entries_load ("/nowhere/other.csv", NULL, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/list/rows", test_rows);
  g_test_add_func ("/list/recognise", test_recognise);
  g_test_add_func ("/list/own", test_own_list);
  return g_test_run ();
}
