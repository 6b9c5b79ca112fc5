/* cf-saved-session.c: the life of a saved session, and the files that it names. */
#include "cf-saved-session.h"

#include <math.h>
#include <string.h>

#include "cf-file.h"

#define MAX_BYTES (8 << 20)

CfSavedSession *
cf_saved_session_new (void)
{
  CfSavedSession *saved = g_new0 (CfSavedSession, 1);
  saved->contour = saved->resolution = saved->level = NAN;
  saved->crop = TRUE;
  saved->notes = g_strdup ("");
  return saved;
}

void
cf_saved_session_free (CfSavedSession *saved)
{
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    {
      g_free (saved->files[k].path);
      g_free (saved->files[k].relative);
    }
  g_clear_pointer (&saved->options, g_variant_unref);
  g_free (saved->notes);
  g_free (saved->of);
  g_free (saved);
}

void
cf_saved_problem_free (CfSavedProblem *problem)
{
  g_free (problem->path);
  g_free (problem);
}

gboolean
cf_saved_session_save (CfSavedSession *saved, const char *path, GCancellable *cancellable, GError **error)
{
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    if (saved->files[k].path != NULL && saved->files[k].sha256[0] == '\0'
        && !cf_file_sha256 (saved->files[k].path, saved->files[k].sha256, cancellable, error))
      return FALSE;
  g_autofree char *folder = g_path_get_dirname (path), *text = cf_saved_session_text (saved, folder);
  return cf_file_save (path, text, strlen (text), error);
}

CfSavedSession *
cf_saved_session_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = cf_file_load (path, MAX_BYTES, cancellable, error);
  if (bytes == NULL)
    return NULL;
  gsize n;
  const char *text = g_bytes_get_data (bytes, &n);
  return cf_saved_session_parse (path, text, n, error);
}

/* The hash of a file that is there; "" for one that is not or that cannot be read. FALSE where it was cancelled. */
static gboolean
hash_of (const char *path, char out[65], GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  out[0] = '\0';
  if (path == NULL || cf_file_sha256 (path, out, cancellable, &trouble))
    return TRUE;
  out[0] = '\0';
  if (!g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

static gboolean
find_file (CfSavedFile *file, CfSavedKind kind, const char *folder, GPtrArray *problems, GCancellable *cancellable, GError **error)
{
  g_autofree char *beside = file->relative != NULL ? g_canonicalize_filename (file->relative, folder) : NULL;
  const char *places[2] = { file->path, beside };
  char found[2][65] = { "", "" };
  int best = -1;
  for (int i = 0; i < 2; i++)
    {
      if (!hash_of (places[i], found[i], cancellable, error))
        return FALSE;
      if (found[i][0] == '\0')
        continue;
      gboolean right = file->sha256[0] == '\0' || strcmp (found[i], file->sha256) == 0;
      if (best < 0 || right)
        best = i;
      if (right)
        break;
    }
  if (best < 0 || (file->sha256[0] != '\0' && strcmp (found[best], file->sha256) != 0))
    {
      CfSavedProblem *problem = g_new0 (CfSavedProblem, 1);
      problem->kind = kind;
      problem->path = g_strdup (places[MAX (best, 0)] != NULL ? places[MAX (best, 0)] : beside);
      memcpy (problem->expected, file->sha256, sizeof problem->expected);
      memcpy (problem->found, found[MAX (best, 0)], sizeof problem->found);
      g_ptr_array_add (problems, problem);
    }
  if (best == 1)
    {
      g_free (file->path);
      file->path = g_steal_pointer (&beside);
    }
  else if (best < 0)
    g_clear_pointer (&file->path, g_free);
  return TRUE;
}

GPtrArray *
cf_saved_session_find (CfSavedSession *saved, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify) cf_saved_problem_free);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL), *folder = g_path_get_dirname (absolute);
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    if ((saved->files[k].path != NULL || saved->files[k].relative != NULL)
        && !find_file (&saved->files[k], (CfSavedKind) k, folder, problems, cancellable, error))
      return NULL;
  return g_steal_pointer (&problems);
}
