#include "cf-warnings.h"

#include "cf-words.h"

void
cf_warnings_init (CfWarnings *warnings)
{
  warnings->shown = g_ptr_array_new_with_free_func (g_free);
  warnings->plain = g_ptr_array_new_with_free_func (g_free);
}

void
cf_warnings_clear (CfWarnings *warnings)
{
  g_clear_pointer (&warnings->shown, g_ptr_array_unref);
  g_clear_pointer (&warnings->plain, g_ptr_array_unref);
}

void
cf_warnings_add (CfWarnings *warnings, const char *format, ...)
{
  va_list arguments, again;

  va_start (arguments, format);
  va_copy (again, arguments);
  g_ptr_array_add (warnings->plain, g_strdup_vprintf (format, arguments));
  g_ptr_array_add (warnings->shown, g_strdup_vprintf (_(format), again));
  va_end (again);
  va_end (arguments);
}

void
cf_warnings_take (CfWarnings *warnings, char ***shown, char ***plain)
{
  g_ptr_array_add (warnings->shown, NULL);
  g_ptr_array_add (warnings->plain, NULL);
  *shown = (char **) g_ptr_array_steal (warnings->shown, NULL);
  *plain = (char **) g_ptr_array_steal (warnings->plain, NULL);
}
