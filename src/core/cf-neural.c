/* cf-neural.c: neural maps as safetensors files. Everything in the header is checked against the file's real size before a tensor is
 * allocated. */
#include "cf-neural.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-half.h"
#include "cf-neural-private.h"
#include "cf-words.h"

/* -- written ---------------------------------------------------------------------------------------------------------------- */

static json_t *
tensor_make (const int *shape, gsize n_shape, gboolean half, guint64 *offset)
{
  json_t *made = json_object (), *dims = json_array (), *range = json_array ();
  guint64 n = 1;

  for (gsize i = 0; i < n_shape; i++)
    {
      json_array_append_new (dims, json_integer (shape[i]));
      n *= shape[i];
    }
  json_array_append_new (range, json_integer ((json_int_t) *offset));
  *offset += n * (half ? sizeof (guint16) : sizeof (float));
  json_array_append_new (range, json_integer ((json_int_t) *offset));
  json_object_set_new (made, "dtype", json_string (half ? "F16" : "F32"));
  json_object_set_new (made, "shape", dims);
  json_object_set_new (made, "data_offsets", range);
  return made;
}

static char *
tensor_name (int region, int layer, const char *part)
{
  return g_strdup_printf ("region.%d.layers.%d.%s", region, layer, part);
}

static gboolean
is_half (const CfField *field, int region, int layer)
{
  return field->fits[region].half && layer >= 1 && layer <= field->sirens[region]->shape.hidden;
}

/* In the order of the data: region by region, as CfSiren holds it. */
static char *
header_make (const CfField *field)
{
  json_t *header = json_object ();
  guint64 offset = 0;
  char *text, *made;

  json_object_set_new (header, "__metadata__", cf_neural_metadata_make (field));
  for (int r = 0; r < field->n_regions; r++)
    for (int l = 0; field->sirens[r] != NULL && l < cf_siren_n_layers (&field->sirens[r]->shape); l++)
      {
        const CfSirenShape *s = &field->sirens[r]->shape;
        int shape[2] = { cf_siren_layer_out (s, l), cf_siren_layer_in (s, l) };
        g_autofree char *weight = tensor_name (r, l, "weight"), *bias = tensor_name (r, l, "bias");

        json_object_set_new (header, weight, tensor_make (shape, 2, is_half (field, r, l), &offset));
        json_object_set_new (header, bias, tensor_make (shape, 1, FALSE, &offset));
      }
  text = json_dumps (header, JSON_COMPACT);
  json_decref (header);
  /* Blanks at its end, so that the tensors lie at multiples of 8 bytes. */
  made = g_strdup_printf ("%s%*s", text, (int) ((8 - strlen (text) % 8) % 8), "");
  free (text);
  return made;
}

static gboolean
write_floats (CfFileWriter *writer, const float *values, gsize n, GError **error)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return cf_file_writer_write (writer, values, n * sizeof (float), error);
#else
  g_autofree guint32 *swapped = g_memdup2 (values, n * sizeof (float));

  for (gsize i = 0; i < n; i++)
    swapped[i] = GUINT32_TO_LE (swapped[i]);
  return cf_file_writer_write (writer, swapped, n * sizeof (float), error);
#endif
}

static gboolean
write_halves (CfFileWriter *writer, const float *values, gsize n, GError **error)
{
  g_autofree guint16 *halves = g_new (guint16, n);

  for (gsize i = 0; i < n; i++)
    halves[i] = GUINT16_TO_LE (cf_half_from_float (values[i]));
  return cf_file_writer_write (writer, halves, n * sizeof *halves, error);
}

static gboolean
write_region (CfFileWriter *writer, const CfField *field, int region, GError **error)
{
  const CfSiren *siren = field->sirens[region];

  for (int l = 0; l < cf_siren_n_layers (&siren->shape); l++)
    {
      gsize weight = cf_siren_weight_offset (&siren->shape, l), bias = cf_siren_bias_offset (&siren->shape, l);
      gboolean (*write) (CfFileWriter *, const float *, gsize, GError **) = is_half (field, region, l) ? write_halves : write_floats;

      if (!write (writer, siren->params + weight, bias - weight, error)
          || !write_floats (writer, siren->params + bias, cf_siren_layer_out (&siren->shape, l), error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cf_neural_save (const CfField *field, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *header = header_make (field);
  guint64 length = GUINT64_TO_LE ((guint64) strlen (header));
  g_autoptr (CfFileWriter) writer = cf_file_writer_new (path, error);

  if (writer == NULL || !cf_file_writer_write (writer, &length, sizeof length, error)
      || !cf_file_writer_write (writer, header, strlen (header), error))
    return FALSE;
  for (int r = 0; r < field->n_regions; r++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (field->sirens[r] != NULL && !write_region (writer, field, r, error))
        return FALSE;
    }
  return cf_file_writer_commit (writer, error);
}

/* -- read ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *name; /* for messages */
  int fd;
  guint64 size;   /* of the file */
  guint64 data;   /* where the tensors begin */
  json_t *header;
} NeuralFile;

static void
neural_file_clear (NeuralFile *file)
{
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->name);
  json_decref (file->header);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NeuralFile, neural_file_clear)

static gboolean
read_at (const NeuralFile *file, guint64 offset, void *out, gsize n, GError **error)
{
  char *to = out;

  while (n > 0)
    {
      gssize got = pread (file->fd, to, n, (off_t) offset);

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        {
          int saved = errno;

          if (got == 0)
            cf_neural_refuse (error, CF_INPUT_ERROR_LENGTH, file->name, _("file ends at byte %" PRIu64), offset);
          else
            g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s: cannot be read: %s"), file->name, g_strerror (saved));
          return FALSE;
        }
      to += got;
      offset += got;
      n -= got;
    }
  return TRUE;
}

static gboolean
open_file (NeuralFile *file, const char *path, GError **error)
{
  struct stat about;

  file->name = g_filename_display_name (path);
  file->fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file->fd < 0 || fstat (file->fd, &about) < 0)
    {
      int saved = errno;

      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: cannot be opened: %s"), file->name, g_strerror (saved));
      return FALSE;
    }
  if (!S_ISREG (about.st_mode))
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_NOT_THIS, file->name, _("is not a regular file, needs one"));
      return FALSE;
    }
  file->size = about.st_size;
  return TRUE;
}

static gboolean
read_header (NeuralFile *file, GError **error)
{
  g_autofree char *text = NULL;
  json_error_t wrong;
  guint64 length;

  if (file->size < sizeof length + 2)
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_NOT_THIS, file->name, _("file has %" PRIu64 " bytes, needs at least 10"), file->size);
      return FALSE;
    }
  if (!read_at (file, 0, &length, sizeof length, error))
    return FALSE;
  length = GUINT64_FROM_LE (length);
  if (length < 2 || length > CF_NEURAL_HEADER_MAX || length > file->size - sizeof length)
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_LENGTH, file->name,
                        _("header length is %" PRIu64 ", needs 2 to %d and within the file's %" PRIu64 " bytes"), length,
                        CF_NEURAL_HEADER_MAX, file->size);
      return FALSE;
    }
  text = g_try_malloc (length);
  if (text == NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: out of memory for its header"), file->name);
      return FALSE;
    }
  if (!read_at (file, sizeof length, text, length, error))
    return FALSE;
  file->header = json_loadb (text, length, JSON_REJECT_DUPLICATES, &wrong);
  if (!json_is_object (file->header))
    {
      g_autofree char *why = g_utf8_make_valid (file->header == NULL ? wrong.text : _("not an object"), -1);

      cf_neural_refuse (error, text[0] == '{' ? CF_INPUT_ERROR_DAMAGED : CF_INPUT_ERROR_NOT_THIS, file->name, _("header is not JSON: %s"), why);
      return FALSE;
    }
  file->data = sizeof length + length;
  return TRUE;
}

/* Where one tensor lies. */
typedef struct
{
  guint64 begin, end; /* within the data */
  int region;
  gsize offset, n;    /* into the network's parameters */
  gboolean half;      /* float16 */
  gboolean matrix;    /* of a hidden layer */
} Tensor;

static gboolean
refuse_tensor (const NeuralFile *file, const char *tensor, const char *what, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (tensor, MIN (strlen (tensor), 60));

  cf_neural_refuse (error, CF_INPUT_ERROR_FIELD, file->name, _("tensor %s: %s"), shown, what);
  return FALSE;
}

static gboolean
check_tensor (const NeuralFile *file, const char *key, const json_t *value, const int *shape, gsize n_shape, Tensor *out, GError **error)
{
  const json_t *dims = json_object_get (value, "shape"), *range = json_object_get (value, "data_offsets");
  const char *dtype = json_string_value (json_object_get (value, "dtype"));
  json_int_t begin = json_integer_value (json_array_get (range, 0)), end = json_integer_value (json_array_get (range, 1));
  guint64 bytes;

  if (g_strcmp0 (dtype, "F32") != 0 && g_strcmp0 (dtype, "F16") != 0)
    return refuse_tensor (file, key, _("dtype needs to be F32 or F16"), error);
  out->half = g_str_equal (dtype, "F16");
  if (json_array_size (dims) != n_shape)
    return refuse_tensor (file, key, n_shape == 2 ? _("shape needs 2 dimensions") : _("shape needs 1 dimension"), error);
  out->n = 1;
  for (gsize i = 0; i < n_shape; i++)
    {
      if (json_integer_value (json_array_get (dims, i)) != shape[i])
        {
          g_autofree char *what = g_strdup_printf ("shape[%d] is %" G_GINT64_FORMAT ", needs %d", (int) i,
                                                   (gint64) json_integer_value (json_array_get (dims, i)), shape[i]);

          return refuse_tensor (file, key, what, error);
        }
      out->n *= shape[i];
    }
  bytes = out->n * (out->half ? 2 : 4);
  if (json_array_size (range) != 2 || !json_is_integer (json_array_get (range, 0)) || !json_is_integer (json_array_get (range, 1)) || begin < 0
      || end < begin || (guint64) end > file->size - file->data)
    return refuse_tensor (file, key, _("data_offsets need two positions within the file"), error);
  if ((guint64) (end - begin) != bytes)
    return refuse_tensor (file, key, _("data_offsets differ from shape and dtype"), error);
  out->begin = begin;
  out->end = end;
  return TRUE;
}

static int
compare_tensors (gconstpointer a, gconstpointer b)
{
  const Tensor *x = a, *y = b;

  return x->begin < y->begin ? -1 : x->begin > y->begin;
}

/* No holes, no overlaps, nothing behind the last. */
static gboolean
check_ranges (const NeuralFile *file, GArray *tensors, GError **error)
{
  guint64 at = 0;

  g_array_sort (tensors, compare_tensors);
  for (guint i = 0; i < tensors->len; i++)
    {
      const Tensor *tensor = &g_array_index (tensors, Tensor, i);

      if (tensor->begin != at)
        {
          cf_neural_refuse (error, CF_INPUT_ERROR_LENGTH, file->name,
                            _("tensor data begins at byte %" PRIu64 ", needs %" PRIu64 " (a hole or an overlap)"),
                            tensor->begin, at);
          return FALSE;
        }
      at = tensor->end;
    }
  if (at != file->size - file->data)
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_LENGTH, file->name, _("tensor data has %" PRIu64 " bytes, needs %" PRIu64),
                        file->size - file->data, at);
      return FALSE;
    }
  return TRUE;
}

/* Every tensor that the regions need, and no other. */
static GArray *
find_tensors (const NeuralFile *file, const CfField *field, const CfSirenShape *shape, GError **error)
{
  g_autoptr (GArray) tensors = g_array_new (FALSE, FALSE, sizeof (Tensor));

  for (int r = 0; r < field->n_regions; r++)
    for (int l = 0; field->fits[r].trained && !field->fits[r].flat && l < cf_siren_n_layers (shape); l++)
      for (int part = 0; part < 2; part++)
        {
          int dims[2] = { cf_siren_layer_out (shape, l), cf_siren_layer_in (shape, l) };
          g_autofree char *key = tensor_name (r, l, part == 0 ? "weight" : "bias");
          const json_t *value = json_object_get (file->header, key);
          Tensor tensor = { .region = r, .matrix = part == 0 && l >= 1 && l <= shape->hidden };

          if (value == NULL)
            {
              refuse_tensor (file, key, _("is missing"), error);
              return NULL;
            }
          if (!check_tensor (file, key, value, dims, part == 0 ? 2 : 1, &tensor, error))
            return NULL;
          tensor.offset = part == 0 ? cf_siren_weight_offset (shape, l) : cf_siren_bias_offset (shape, l);
          g_array_append_val (tensors, tensor);
        }
  if (json_object_size (file->header) != tensors->len + 1)
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_FIELD, file->name, _("header has %zu tensors, needs %u"),
                        json_object_size (file->header) - 1, tensors->len);
      return NULL;
    }
  return check_ranges (file, tensors, error) ? g_steal_pointer (&tensors) : NULL;
}

static gboolean
read_tensor (const NeuralFile *file, const Tensor *tensor, float *out, GError **error)
{
  if (tensor->half)
    {
      g_autofree guint16 *halves = g_new (guint16, tensor->n);

      if (!read_at (file, file->data + tensor->begin, halves, tensor->n * 2, error))
        return FALSE;
      for (gsize i = 0; i < tensor->n; i++)
        out[i] = cf_half_to_float (GUINT16_FROM_LE (halves[i]));
    }
  else
    {
      if (!read_at (file, file->data + tensor->begin, out, tensor->n * 4, error))
        return FALSE;
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
      for (gsize i = 0; i < tensor->n; i++)
        ((guint32 *) out)[i] = GUINT32_FROM_LE (((guint32 *) out)[i]);
#endif
    }
  for (gsize i = 0; i < tensor->n; i++)
    if (!isfinite (out[i]))
      {
        cf_neural_refuse (error, CF_INPUT_ERROR_DAMAGED, file->name, _("region %d has a weight that is %g, needs a number"), tensor->region, out[i]);
        return FALSE;
      }
  return TRUE;
}

CfField *
cf_neural_load (const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (NeuralFile) file = { .fd = -1 };
  g_autoptr (CfField) field = NULL;
  g_autoptr (GArray) tensors = NULL;
  CfSirenShape shape;

  if (!open_file (&file, path, error) || !read_header (&file, error))
    return NULL;
  field = cf_neural_metadata_read (file.name, json_object_get (file.header, "__metadata__"), &shape, error);
  if (field == NULL)
    return NULL;
  tensors = find_tensors (&file, field, &shape, error);
  if (tensors == NULL)
    return NULL;
  for (guint i = 0; i < tensors->len; i++)
    {
      const Tensor *tensor = &g_array_index (tensors, Tensor, i);
      CfRegionFit *fit = &field->fits[tensor->region];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (field->sirens[tensor->region] == NULL)
        {
          field->sirens[tensor->region] = cf_siren_new (&shape);
          fit->half = TRUE;
        }
      fit->half &= !tensor->matrix || tensor->half;
      if (!read_tensor (&file, tensor, field->sirens[tensor->region]->params + tensor->offset, error))
        return NULL;
    }
  return g_steal_pointer (&field);
}

gboolean
cf_neural_probe (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  guint64 length = 0;
  char first = 0;
  gboolean looks;

  if (fd < 0)
    return FALSE;
  looks = pread (fd, &length, sizeof length, 0) == sizeof length && GUINT64_FROM_LE (length) >= 2
          && GUINT64_FROM_LE (length) <= CF_NEURAL_HEADER_MAX && pread (fd, &first, 1, sizeof length) == 1 && first == '{';
  close (fd);
  return looks;
}
