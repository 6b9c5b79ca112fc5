/* cf-locale.h: the user's language. For the two mains. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Characters and messages follow the environment (LANGUAGE, LC_ALL, LC_MESSAGES, LANG); numbers, dates and order stay those of "C", in files and in
 * pictures. Messages come from po/ beside a program that was built and not installed, else from where it is installed; without one that fits they are
 * English. Not thread safe: once, before any thread. GTK has to be told not to set the locale (gtk_disable_setlocale). */
void cf_locale_init (void);
/** From here on messages are English: for a command whose JSON holds the words of an error. Not thread safe: before any other thread. */
void cf_locale_plain (void);

G_END_DECLS
