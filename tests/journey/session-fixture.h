/* session-fixture.h: a session with what it said, and the small files that its tests open. Main thread only. */
#pragma once

#include "cf-session-private.h"
#include "cf-simulate.h"

typedef struct
{
  CfSession *session;
  const CfSessionState *s;
  int errors;
  char *last_error;
  gboolean samples_were_nan; /* the picture was empty once, while training */
} SessionFixture;

/** Four C-alphas (PDB), the fourth 40 A away from the others. */
extern const char session_model[];

/** The folder of the files, once in each process. */
void session_folder_make (void);
void session_folder_remove (void);
/** Of a file in it; new string, as those of the writers are. */
char *session_path (const char *name);
/** text: PDB. */
char *session_write_map_of (const char *name, const char *text, const CfSimulateOptions *options);
/** Three atoms of the model and none of the fourth, at 2 A. */
char *session_write_map (const char *name, double spacing);
char *session_write_text (const char *name, const char *text);

void session_test_add (const char *name, void (*test) (SessionFixture *f, gconstpointer data));
/** b: NULL, or what is opened with it. */
void session_open (SessionFixture *f, const char *a, const char *b);

/** What is tested, a file each. */
void session_tests_of_the_job (void);
void session_tests_of_the_walk (void);
void session_tests_of_training (void);
void session_tests_of_choices (void);

#define SESSION_WAIT(condition)                                                                                                           \
  G_STMT_START                                                                                                                            \
  {                                                                                                                                       \
    gint64 end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;                                                                          \
    while (!(condition) && g_get_monotonic_time () < end)                                                                                 \
      if (!g_main_context_iteration (NULL, FALSE))                                                                                        \
        g_usleep (2000);                                                                                                                  \
    g_assert_true (condition);                                                                                                            \
  }                                                                                                                                       \
  G_STMT_END
