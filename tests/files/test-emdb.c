/* EMDB headers: real ones where the data is, and hostile ones. */
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cf-emdb.h"
#include "cf-error.h"

static char *folder;

static CfEmdbHeader *
load (const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "emd-1234.xml", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  CfEmdbHeader *header = cf_emdb_load (path, error);
  g_remove (path);
  return header;
}

static char *
data_file (const char *name)
{
  const char *data = g_getenv ("CRYOFIELD_DATA");
  g_autofree char *path = g_build_filename (data ? data : "/nonexistent", name, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip_printf ("no %s beside this checkout", name);
  return NULL;
}

static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = data_file ("emdb/emd-8216.xml"), *other = path ? data_file ("emdb/emd-0001.xml") : NULL;
  if (!other)
    return;
  g_autoptr (CfEmdbHeader) header = cf_emdb_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (header->id, ==, "EMD-8216");
  g_assert_cmpfloat (header->contour, ==, 0.2);
  g_assert_cmpstr (header->contour_source, ==, "EMDB");
  g_assert_cmpfloat (header->resolution, ==, 1.1);
  g_assert_cmpstr (header->method, ==, "electronCrystallography");
  g_assert_cmpstr (header->title, ==, "MicroED structure of tau VQIVYK peptide at 1.1 A resolution");
  g_assert_cmpuint (g_strv_length (header->pdb_ids), ==, 1);
  g_assert_cmpstr (header->pdb_ids[0], ==, "5K7N");
  g_autoptr (CfEmdbHeader) particle = cf_emdb_load (other, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (particle->contour, ==, 0.018);
  g_assert_cmpfloat (particle->resolution, ==, 3.4);
  g_assert_cmpstr (particle->method, ==, "singleParticle");
  g_assert_true (particle->pixel[0] > 0.5 && particle->pixel[0] < 3);
  g_autofree char *map = data_file ("maps/emd_8216.map.gz"), *beside = map ? cf_emdb_find_beside (map) : NULL;
  g_assert_nonnull (beside);
  g_assert_true (g_str_has_suffix (beside, "emd-8216.xml"));
}

static void
test_contours (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfEmdbHeader) primary = load ("<emd emdb_id='EMD-1234'><map><contour_list><contour primary='false'><level>1</level></contour>"
                                           "<contour primary='true'><level>2.5</level><source>AUTHOR</source></contour></contour_list></map></emd>",
                                           &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (primary->contour, ==, 2.5);
  g_assert_cmpstr (primary->contour_source, ==, "AUTHOR");
  g_autoptr (CfEmdbHeader) first = load ("<emd><map><contour_list><contour><level>x</level></contour><contour><level>1</level></contour>"
                                         "<contour><level>2</level></contour></contour_list></map></emd>",
                                         &error);
  g_assert_cmpfloat (first->contour, ==, 1);
  g_autoptr (CfEmdbHeader) none = load ("<emd/>", &error);
  g_assert_true (isnan (none->contour) && isnan (none->resolution) && isnan (none->pixel[2]));
  g_assert_cmpuint (g_strv_length (none->pdb_ids), ==, 0);
  g_assert_null (none->contour_source);
}

static void
assert_refused (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (load (text, &error));
  g_assert_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS);
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_refused (void)
{
  assert_refused ("");
  assert_refused ("text");
  assert_refused ("<emd><map></emd>");
  assert_refused ("<html><body/></html>");
  assert_refused ("<emdEntry accessCode='1234'/>");
  /* Entities: a file of this machine, and a thousand million laughs. */
  assert_refused ("<!DOCTYPE emd [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><emd><admin><title>&x;</title></admin></emd>");
  GString *laughs = g_string_new ("<!DOCTYPE emd [<!ENTITY a0 'ha'>");
  for (int i = 1; i < 30; i++)
    g_string_append_printf (laughs, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>", i, i - 1, i - 1, i - 1, i - 1, i - 1,
                            i - 1, i - 1, i - 1, i - 1, i - 1);
  g_string_append (laughs, "]><emd emdb_id='&a29;'><admin><title>&a29;</title></admin></emd>");
  gint64 start = g_get_monotonic_time ();
  assert_refused (laughs->str);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_string_free (laughs, TRUE);
  GString *deep = g_string_new (NULL);
  for (int i = 0; i < 100000; i++)
    g_string_append (deep, "<emd>");
  assert_refused (deep->str);
  g_string_free (deep, TRUE);
}

static void
test_beside (void)
{
  g_autofree char *map = g_build_filename (folder, "emd_1234.map.gz", NULL), *header = g_build_filename (folder, "emd_1234.xml", NULL);
  g_autofree char *crop = g_build_filename (folder, "EMD-1234_chain9.mrc", NULL), *other = g_build_filename (folder, "map.mrc", NULL);
  g_assert_null (cf_emdb_find_beside (map));
  g_assert_true (g_file_set_contents (header, "<emd/>", -1, NULL));
  g_autofree char *found = cf_emdb_find_beside (map), *of_crop = cf_emdb_find_beside (crop);
  g_assert_cmpstr (found, ==, header);
  g_assert_cmpstr (of_crop, ==, header);
  g_assert_null (cf_emdb_find_beside (other));
  g_assert_null (cf_emdb_find_beside ("emd_.map"));
  g_remove (header);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cryofield-emdb-XXXXXX", NULL);
  g_test_add_func ("/emdb/real", test_real);
  g_test_add_func ("/emdb/contours", test_contours);
  g_test_add_func ("/emdb/refused", test_refused);
  g_test_add_func ("/emdb/beside", test_beside);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
