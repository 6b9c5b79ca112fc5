/* cf-download.c: one file over HTTP. */
#include "cf-download.h"

#include <inttypes.h>
#include <libsoup/soup.h>
#include <string.h>

#include "cf-error.h"
#include "cf-part.h"
#include "cf-words.h"

#define MAX_REDIRECTS 5
#define PIECE (256 * 1024)
#define CRAWL 1024 /* bytes within the stall time: less is no progress */

typedef struct
{
  const CfDownloadOptions *options;
  const char *url;
  char *host; /* of the URL that was asked for; redirects are not the user's words */
  char *name; /* of the file */
  SoupSession *session;
  GCancellable *cancellable;
} Transfer;

static gboolean
is_loopback (const char *host)
{
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  return address && g_inet_address_get_is_loopback (address);
}

gboolean
cf_download_is_allowed (GUri *uri)
{
  const char *scheme = g_uri_get_scheme (uri), *host = g_uri_get_host (uri);
  if (!host || *host == '\0' || g_uri_get_userinfo (uri))
    return FALSE;
  return g_strcmp0 (scheme, "https") == 0 || (g_strcmp0 (scheme, "http") == 0 && is_loopback (host));
}

char *
cf_download_host (GUri *uri)
{
  int port = g_uri_get_port (uri), usual = strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
  return port > 0 && port != usual ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), port) : g_strdup (g_uri_get_host (uri));
}

/* -- what went wrong --------------------------------------------------------------------------------------------------------------- */

static gboolean
fail (const Transfer *t, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);
static gboolean
fail (const Transfer *t, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "%s: %s %s", t->name, t->host, text);
  return FALSE;
}

static gboolean
fail_stalled (const Transfer *t, const CfPart *part, GError **error)
{
  return fail (t, error, _("sends nothing for %u s; the %" PRIu64 " bytes that came are kept, try again to go on from there"),
               t->options->stall, part->n);
}

static gboolean
fail_short (const Transfer *t, const CfPart *part, GError **error)
{
  if (part->total > 0)
    return fail (t, error, _("ended it after %" PRIu64 " of %" PRIu64 " bytes; they are kept, try again to go on from there"), part->n, part->total);
  return fail (t, error, _("ended it after %" PRIu64 " bytes; they are kept, try again to go on from there"), part->n);
}

/* The words of libraries say what broke, but neither where nor what to do. */
static gboolean
fail_network (const Transfer *t, const CfPart *part, GError *reason, GError **error)
{
  g_autoptr (GError) taken = reason;
  if (g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&taken));
  else if (taken->domain == G_TLS_ERROR)
    fail (t, error, _("has no certificate that can be trusted: %s"), taken->message);
  else if (taken->domain == G_RESOLVER_ERROR)
    fail (t, error, _("cannot be found: is there a network? (%s)"), taken->message);
  else if (g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    fail_stalled (t, part, error);
  else if (g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) || g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    fail_short (t, part, error);
  else
    fail (t, error, _("cannot be reached: %s"), taken->message);
  return FALSE;
}

static gboolean
fail_status (const Transfer *t, SoupMessage *message, GError **error)
{
  guint status = soup_message_get_status (message);
  if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s is not in the archive %s"), t->name, t->host);
  else
    fail (t, error, status >= 500 || status == 429 ? _("answers %u (%s); try again later") : _("answers %u (%s)"), status, soup_status_get_phrase (status));
  return FALSE;
}

static gboolean
fail_cap (const Transfer *t, guint64 n, GError **error)
{
  return fail (t, error,
               n > t->options->cap ? _("sends %" PRIu64 " bytes, needs to be no more than %" PRIu64 " (the limit of a download)")
                                   : _("sends more than %" PRIu64 " bytes, needs to be no more than %" PRIu64 " (the limit of a download)"), n, t->options->cap);
}

/* -- asking ------------------------------------------------------------------------------------------------------------------------ */

static SoupMessage *
message_new (GUri *uri, const CfPart *part)
{
  SoupMessage *message = soup_message_new_from_uri ("GET", uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  /* The bytes are wanted as they are stored, and redirects are judged here. */
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (part->n > 0)
    {
      g_autofree char *range = g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-", part->n);
      soup_message_headers_replace (headers, "Range", range);
      soup_message_headers_replace (headers, "If-Range", part->validator);
    }
  return message;
}

/* The address that a redirect leads to, or NULL. From https nothing leads back to http. */
static GUri *
redirect_target (const Transfer *t, GUri *from, SoupMessage *message, GError **error)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) to = location ? g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  gboolean was_https = strcmp (g_uri_get_scheme (from), "https") == 0;
  if (to && cf_download_is_allowed (to) && (!was_https || strcmp (g_uri_get_scheme (to), "https") == 0))
    return g_steal_pointer (&to);
  g_autofree char *where = to ? cf_download_host (to) : NULL;
  fail (t, error, _("redirects to %s%s%s, needs an https address"), to ? g_uri_get_scheme (to) : _("nowhere"), to ? "://" : "", where ? where : "");
  return NULL;
}

static GInputStream *
ask (const Transfer *t, const CfPart *part, SoupMessage **answer, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (t->url, SOUP_HTTP_URI_FLAGS, error);
  for (int i = 0; uri && i <= MAX_REDIRECTS; i++)
    {
      GError *reason = NULL;
      g_autoptr (SoupMessage) message = message_new (uri, part);
      g_autoptr (GInputStream) body = soup_session_send (t->session, message, t->cancellable, &reason);
      if (!body)
        {
          fail_network (t, part, reason, error);
          return NULL;
        }
      if (!SOUP_STATUS_IS_REDIRECTION (soup_message_get_status (message)) || soup_message_get_status (message) == SOUP_STATUS_NOT_MODIFIED)
        {
          *answer = g_steal_pointer (&message);
          return g_steal_pointer (&body);
        }
      GUri *next = redirect_target (t, uri, message, error);
      g_uri_unref (uri);
      uri = next;
    }
  if (uri)
    fail (t, error, _("redirects more than %d times"), MAX_REDIRECTS);
  return NULL;
}

/* What proves later that the rest belongs to these bytes. A weak ETag does not. */
static const char *
validator_of (SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  return etag && *etag == '"' ? etag : soup_message_headers_get_one (headers, "Last-Modified");
}

/* Whether the answer goes on exactly where the part ends, of the same file. */
static gboolean
goes_on (const CfPart *part, SoupMessage *message)
{
  goffset start, end, total;
  const char *validator = validator_of (message);
  return soup_message_headers_get_content_range (soup_message_get_response_headers (message), &start, &end, &total)
         && start == (goffset) part->n && (total < 0 || part->total == 0 || total == (goffset) part->total)
         && (!validator || strcmp (validator, part->validator) == 0);
}

static gboolean
begin (const Transfer *t, CfPart *part, SoupMessage *message, GError **error)
{
  goffset length = soup_message_headers_get_content_length (soup_message_get_response_headers (message));
  if (length > 0 && (guint64) length > t->options->cap)
    {
      cf_part_discard (part);
      return fail_cap (t, (guint64) length, error);
    }
  return cf_part_begin (part, t->url, validator_of (message), length > 0 ? (guint64) length : 0, error);
}

/* -- taking ------------------------------------------------------------------------------------------------------------------------ */

static gboolean
take (const Transfer *t, CfPart *part, GInputStream *body, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);
  gint64 window = g_get_monotonic_time ();
  guint64 window_n = part->n;
  for (;;)
    {
      GError *reason = NULL;
      gssize n = g_input_stream_read (body, piece, PIECE, t->cancellable, &reason);
      if (n < 0)
        return fail_network (t, part, reason, error);
      if (n == 0)
        break;
      if (part->n + (guint64) n > t->options->cap)
        {
          cf_part_discard (part);
          return fail_cap (t, t->options->cap, error);
        }
      if (!cf_part_write (part, piece, (gsize) n, error))
        return FALSE;
      if (t->options->progress)
        t->options->progress (part->n, part->total, FALSE, t->options->user_data);
      gint64 now = g_get_monotonic_time ();
      if (now - window < (gint64) t->options->stall * G_USEC_PER_SEC)
        continue;
      if (part->n - window_n < CRAWL)
        return fail_stalled (t, part, error);
      window = now;
      window_n = part->n;
    }
  return part->n == part->total || (part->total == 0 && part->n > 0) || fail_short (t, part, error);
}

/* The whole of it into the part. */
static gboolean
transfer (const Transfer *t, CfPart *part, GError **error)
{
  for (int attempt = 0; attempt < 2; attempt++)
    {
      g_autoptr (SoupMessage) message = NULL;
      g_autoptr (GInputStream) body = ask (t, part, &message, error);
      if (!body)
        return FALSE;
      guint status = soup_message_get_status (message);
      if (status == SOUP_STATUS_OK)
        return begin (t, part, message, error) && take (t, part, body, error);
      if (status == SOUP_STATUS_PARTIAL_CONTENT && part->n > 0 && goes_on (part, message))
        return take (t, part, body, error);
      if (part->n == 0 || (status != SOUP_STATUS_PARTIAL_CONTENT && status != SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE))
        return fail_status (t, message, error);
      /* What is here is not the beginning of what is there now. */
      if (!cf_part_begin (part, t->url, NULL, 0, error))
        return FALSE;
    }
  return fail (t, error, _("does not say what it sends"));
}

static gboolean
fetch (const Transfer *t, CfPart *part, GError **error)
{
  GError *reason = NULL;
  /* All bytes may be here already: an earlier run ended before the rename. */
  if ((part->n == 0 || part->n != part->total) && !transfer (t, part, error))
    return FALSE;
  if (t->options->check && !t->options->check (part->part_path, t->options->user_data, t->cancellable, &reason))
    {
      if (!g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        cf_part_discard (part);
      g_propagate_error (error, reason);
      return FALSE;
    }
  return cf_part_commit (part, error);
}

static void
waiting (gpointer data)
{
  const CfDownloadOptions *options = data;
  if (options->progress)
    options->progress (0, 0, TRUE, options->user_data);
}

gboolean
cf_download (const char *url, const char *path, const CfDownloadOptions *options, gboolean *fetched, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, error);
  g_autoptr (CfPart) part = NULL;
  *fetched = FALSE;
  if (!uri)
    return FALSE;
  if (!options->again && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  if (!cf_part_open (path, url, options->again, waiting, (gpointer) options, cancellable, &part, error))
    return FALSE;
  if (!part)
    return TRUE;
  g_autofree char *name = g_path_get_basename (path), *host = cf_download_host (uri);
  /* The session's own sources stay off the main loop of the program. */
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_main_context_push_thread_default (context);
  SoupSession *session = soup_session_new_with_options ("user-agent", "cryofield/" CF_VERSION, "timeout", options->stall, NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  const Transfer t = { .options = options, .url = url, .host = host, .name = name, .session = session, .cancellable = cancellable };
  gboolean good = fetch (&t, part, error);
  g_object_unref (session);
  g_main_context_pop_thread_default (context);
  if (!good && part->n == 0)
    cf_part_discard (part);
  *fetched = good;
  return good;
}
