/* session-fixture.c: a session with what it said, and the small files that its tests open. */
#include "session-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cf-mrc.h"
#include "cf-simulate.h"

static char *folder;

const char session_model[]
    = "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1\n"
      "ATOM      1  CA  GLY A   1       0.000   0.000   0.000  1.00 10.00           C\n"
      "ATOM      2  CA  GLY A   2       3.800   0.000   0.000  1.00 10.00           C\n"
      "ATOM      3  CA  GLY A   3       3.800   3.800   0.000  1.00 10.00           C\n"
      "ATOM      4  CA  GLY A   4      40.000  40.000  40.000  1.00 10.00           C\n"
      "END\n";

void
session_folder_make (void)
{
  folder = g_dir_make_tmp ("cryofield-session-XXXXXX", NULL);
}

void
session_folder_remove (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = session_path (name);
      g_remove (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

char *
session_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

char *
session_write_map_of (const char *name, const char *text, const CfSimulateOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = cf_structure_parse ("m.pdb", text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (CfVolume) volume = cf_simulate (structure, options, NULL, &error);
  g_assert_no_error (error);
  char *path = session_path (name);
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
  g_assert_no_error (error);
  return path;
}

char *
session_write_map (const char *name, double spacing)
{
  CfSimulateOptions options = { .resolution = 2.0, .spacing = spacing, .has_box = TRUE, .box = { -6, -6, -6, 10, 10, 6 } };
  return session_write_map_of (name, session_model, &options);
}

char *
session_write_text (const char *name, const char *text)
{
  char *path = session_path (name);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
message (CfSession *session, gboolean is_error, const char *text, SessionFixture *f)
{
  if (!is_error)
    return;
  f->errors++;
  g_free (f->last_error);
  f->last_error = g_strdup (text);
}

static void
changed (CfSession *session, guint change, SessionFixture *f)
{
  if (change & CF_CHANGED_SAMPLES && f->s->samples != NULL && !f->s->samples->voxels && isnan (f->s->samples->data[0]))
    f->samples_were_nan = TRUE;
}

static void
set_up (SessionFixture *f, gconstpointer data)
{
  f->session = cf_session_new ();
  f->s = cf_session_state (f->session);
  g_signal_connect (f->session, "message", G_CALLBACK (message), f);
  g_signal_connect (f->session, "changed", G_CALLBACK (changed), f);
}

static void
tear_down (SessionFixture *f, gconstpointer data)
{
  cf_session_close (f->session);
  g_signal_handlers_disconnect_by_data (f->session, f);
  g_object_unref (f->session);
  g_free (f->last_error);
}

void
session_test_add (const char *name, void (*test) (SessionFixture *f, gconstpointer data))
{
  g_test_add (name, SessionFixture, NULL, set_up, test, tear_down);
}

void
session_open (SessionFixture *f, const char *a, const char *b)
{
  const char *paths[] = { a, b, NULL };
  cf_session_open (f->session, paths);
}
