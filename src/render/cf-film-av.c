/* cf-film-av.c: films by libav. Built only where it is. */
#include "cf-film-private.h"

#include <errno.h>
#include <fcntl.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <unistd.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

typedef struct
{
  char *path, *partial;
  int width; /* of the pictures that are added */
  AVFormatContext *format;
  AVCodecContext *codec;
  AVStream *stream;
  AVFrame *frame;
  AVPacket *packet;
  struct SwsContext *scaler;
  gint64 n;
  gboolean opened; /* the file is there */
} Film;

static gboolean
failed (const Film *film, const char *what, int code, GError **error)
{
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "%s: %s: %s", film->path, what, av_err2str (code));
  return FALSE;
}

static void
av_film_free (gpointer data)
{
  Film *film = data;
  if (film->format && film->format->pb)
    avio_closep (&film->format->pb);
  if (film->opened)
    unlink (film->partial);
  avformat_free_context (film->format);
  avcodec_free_context (&film->codec);
  av_frame_free (&film->frame);
  av_packet_free (&film->packet);
  sws_freeContext (film->scaler);
  g_free (film->path);
  g_free (film->partial);
  g_free (film);
}

static gboolean
open_codec (Film *film, const char *encoder, int height, int fps, GError **error)
{
  const AVCodec *codec = avcodec_find_encoder_by_name (encoder);
  if (!codec)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("%s: libav has no encoder %s here"), film->path, encoder);
      return FALSE;
    }
  film->codec = avcodec_alloc_context3 (codec);
  film->codec->width = film->width & ~1;
  film->codec->height = height & ~1;
  film->codec->time_base = (AVRational){ 1, fps };
  film->codec->framerate = (AVRational){ fps, 1 };
  film->codec->pix_fmt = AV_PIX_FMT_YUV420P;
  film->codec->colorspace = AVCOL_SPC_BT709;
  film->codec->color_range = AVCOL_RANGE_MPEG;
  if (film->format->oformat->flags & AVFMT_GLOBALHEADER)
    film->codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  /* Of good quality, whatever rate that takes; options that an encoder does not know are left out. */
  av_opt_set (film->codec->priv_data, "crf", "22", 0);
  av_opt_set (film->codec->priv_data, "deadline", "good", 0);
  av_opt_set (film->codec->priv_data, "cpu-used", "5", 0);
  int code = avcodec_open2 (film->codec, codec, NULL);
  return code >= 0 || failed (film, _("the encoder cannot be opened"), code, error);
}

static gboolean
open_file (Film *film, GError **error)
{
  film->stream = avformat_new_stream (film->format, NULL);
  film->stream->time_base = film->codec->time_base;
  int code = avcodec_parameters_from_context (film->stream->codecpar, film->codec);
  if (code >= 0)
    code = avio_open (&film->format->pb, film->partial, AVIO_FLAG_WRITE);
  if (code < 0)
    return failed (film, _("cannot be written"), code, error);
  film->opened = TRUE;
  code = avformat_write_header (film->format, NULL);
  return code >= 0 || failed (film, _("its header cannot be written"), code, error);
}

static gpointer
av_film_open (const char *path, const char *container, const char *encoder, int width, int height, int fps, GError **error)
{
  Film *film = g_new0 (Film, 1);
  film->path = g_strdup (path);
  film->partial = g_strdup_printf ("%s.%d.part", path, (int) getpid ());
  film->width = width;
  av_log_set_level (AV_LOG_ERROR);
  int code = avformat_alloc_output_context2 (&film->format, NULL, container, NULL);
  film->frame = av_frame_alloc ();
  film->packet = av_packet_alloc ();
  gboolean ok = code >= 0 ? open_codec (film, encoder, height, fps, error) && open_file (film, error)
                          : failed (film, _("libav does not write this kind of film"), code, error);
  if (ok)
    {
      film->frame->format = film->codec->pix_fmt;
      film->frame->width = film->codec->width;
      film->frame->height = film->codec->height;
      film->scaler = sws_getContext (film->codec->width, film->codec->height, AV_PIX_FMT_RGBA, film->codec->width, film->codec->height,
                                     film->codec->pix_fmt, SWS_BICUBIC, NULL, NULL, NULL);
      sws_setColorspaceDetails (film->scaler, sws_getCoefficients (SWS_CS_ITU709), 1, sws_getCoefficients (SWS_CS_ITU709), 0, 0, 1 << 16, 1 << 16);
      code = av_frame_get_buffer (film->frame, 0);
      ok = code >= 0 || failed (film, _("no memory for a frame"), code, error);
    }
  if (ok)
    return film;
  av_film_free (film);
  return NULL;
}

/* What the encoder has ready, to the file. */
static gboolean
drain (Film *film, GError **error)
{
  int code;
  while ((code = avcodec_receive_packet (film->codec, film->packet)) >= 0)
    {
      film->packet->duration = MAX (film->packet->duration, 1); /* else the last frame is shown for no time */
      av_packet_rescale_ts (film->packet, film->codec->time_base, film->stream->time_base);
      film->packet->stream_index = film->stream->index;
      if ((code = av_interleaved_write_frame (film->format, film->packet)) < 0)
        return failed (film, _("a frame cannot be written"), code, error);
    }
  return code == AVERROR (EAGAIN) || code == AVERROR_EOF || failed (film, _("a frame cannot be encoded"), code, error);
}

static gboolean
av_film_add (gpointer data, const guint8 *rgba, GError **error)
{
  Film *film = data;
  const guint8 *const planes[1] = { rgba };
  const int strides[1] = { 4 * film->width };
  int code = av_frame_make_writable (film->frame);
  if (code < 0)
    return failed (film, _("no memory for a frame"), code, error);
  sws_scale (film->scaler, planes, strides, 0, film->codec->height, film->frame->data, film->frame->linesize);
  film->frame->pts = film->n++;
  code = avcodec_send_frame (film->codec, film->frame);
  return code >= 0 ? drain (film, error) : failed (film, _("a frame cannot be encoded"), code, error);
}

static gboolean
av_film_finish (gpointer data, GError **error)
{
  Film *film = data;
  int code = avcodec_send_frame (film->codec, NULL);
  if (code < 0)
    return failed (film, _("its end cannot be encoded"), code, error);
  if (!drain (film, error))
    return FALSE;
  code = av_write_trailer (film->format);
  if (code >= 0)
    code = avio_closep (&film->format->pb);
  if (code < 0)
    return failed (film, _("its end cannot be written"), code, error);
  int fd = open (film->partial, O_RDONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && cf_file_sync_and_rename (fd, film->partial, film->path);
  if (fd >= 0)
    close (fd);
  film->opened = !ok;
  return ok || failed (film, _("cannot be written"), AVERROR (errno), error);
}

static gpointer
webm_open (const char *path, int width, int height, int fps, int n_frames, GError **error)
{
  return av_film_open (path, "webm", "libvpx-vp9", width, height, fps, error);
}

static gpointer
mp4_open (const char *path, int width, int height, int fps, int n_frames, GError **error)
{
  return av_film_open (path, "mp4", "libx264", width, height, fps, error);
}

const CfFilmKind cf_film_webm = { ".webm", webm_open, av_film_add, av_film_finish, av_film_free };
const CfFilmKind cf_film_mp4 = { ".mp4", mp4_open, av_film_add, av_film_finish, av_film_free };
