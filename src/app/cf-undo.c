/* cf-undo.c: steps as pairs of values. */
#include "cf-undo.h"

#include <string.h>

typedef struct
{
  guint kind;
  guint group; /* steps of one group go together; 0: alone */
  gboolean open; /* the move goes on */
  gpointer before, after;
} Step;

struct _CfUndo
{
  CfUndoApply apply;
  gpointer user_data;
  gsize size[CF_UNDO_KINDS_MAX];
  gpointer now[CF_UNDO_KINDS_MAX]; /* NULL: not noted yet */
  GPtrArray *steps;
  guint at; /* so many are done; those from here on are undone */
  guint group, groups;
  gboolean applying;
};

static void
step_free (gpointer data)
{
  Step *step = data;
  g_free (step->before);
  g_free (step->after);
  g_free (step);
}

CfUndo *
cf_undo_new (CfUndoApply apply, gpointer user_data)
{
  CfUndo *undo = g_new0 (CfUndo, 1);
  undo->apply = apply;
  undo->user_data = user_data;
  undo->steps = g_ptr_array_new_with_free_func (step_free);
  return undo;
}

void
cf_undo_free (CfUndo *undo)
{
  cf_undo_clear (undo);
  g_ptr_array_unref (undo->steps);
  g_free (undo);
}

void
cf_undo_add_kind (CfUndo *undo, guint kind, gsize size)
{
  undo->size[kind] = size;
}

void
cf_undo_clear (CfUndo *undo)
{
  g_ptr_array_set_size (undo->steps, 0);
  undo->at = undo->group = 0;
  for (int k = 0; k < CF_UNDO_KINDS_MAX; k++)
    g_clear_pointer (&undo->now[k], g_free);
}

void
cf_undo_rebase (CfUndo *undo, guint kind, const void *value)
{
  g_free (undo->now[kind]);
  undo->now[kind] = g_memdup2 (value, undo->size[kind]);
}

/* The last step, where it is of this kind and goes on. */
static Step *
open_step (CfUndo *undo, guint kind)
{
  Step *last = undo->at > 0 && undo->at == undo->steps->len ? undo->steps->pdata[undo->at - 1] : NULL;
  return last != NULL && last->kind == kind && last->open ? last : NULL;
}

void
cf_undo_settle (CfUndo *undo, guint kind)
{
  Step *step = open_step (undo, kind);
  if (step == NULL)
    return;
  step->open = FALSE;
  if (memcmp (step->before, step->after, undo->size[kind]) == 0) /* it came back to where it was */
    g_ptr_array_set_size (undo->steps, (int) --undo->at);
}

static void
push (CfUndo *undo, guint kind, const void *value)
{
  Step *step = g_new0 (Step, 1);
  g_ptr_array_set_size (undo->steps, (int) undo->at);
  for (guint i = 0; i < undo->steps->len; i++)
    ((Step *) undo->steps->pdata[i])->open = FALSE;
  step->kind = kind;
  step->group = undo->group;
  step->open = TRUE;
  step->before = g_memdup2 (undo->now[kind], undo->size[kind]);
  step->after = g_memdup2 (value, undo->size[kind]);
  g_ptr_array_add (undo->steps, step);
  if (undo->steps->len > CF_UNDO_STEPS_MAX)
    g_ptr_array_remove_index (undo->steps, 0);
  undo->at = undo->steps->len;
}

void
cf_undo_note (CfUndo *undo, guint kind, const void *value, gboolean settled)
{
  if (undo->now[kind] != NULL && !undo->applying && memcmp (undo->now[kind], value, undo->size[kind]) != 0)
    {
      Step *step = open_step (undo, kind);
      if (step != NULL)
        memcpy (step->after, value, undo->size[kind]);
      else
        push (undo, kind, value);
    }
  if (!undo->applying || undo->now[kind] == NULL)
    cf_undo_rebase (undo, kind, value);
  if (settled && !undo->applying)
    cf_undo_settle (undo, kind);
}

void
cf_undo_begin_group (CfUndo *undo)
{
  undo->group = ++undo->groups;
}

void
cf_undo_end_group (CfUndo *undo)
{
  undo->group = 0;
}

int
cf_undo_next_undo (const CfUndo *undo)
{
  return undo->at > 0 ? (int) ((const Step *) undo->steps->pdata[undo->at - 1])->kind : -1;
}

int
cf_undo_next_redo (const CfUndo *undo)
{
  return undo->at < undo->steps->len ? (int) ((const Step *) undo->steps->pdata[undo->at])->kind : -1;
}

static void
set (CfUndo *undo, guint kind, const void *value)
{
  g_autofree gpointer copy = g_memdup2 (value, undo->size[kind]); /* what is applied may clear the list */
  cf_undo_rebase (undo, kind, copy);
  undo->applying = TRUE;
  undo->apply (kind, copy, undo->user_data);
  undo->applying = FALSE;
}

void
cf_undo_undo (CfUndo *undo)
{
  guint group = 0;
  while (undo->at > 0)
    {
      Step *step = undo->steps->pdata[undo->at - 1];
      if (group != 0 && step->group != group)
        break;
      group = step->group;
      step->open = FALSE;
      undo->at--;
      set (undo, step->kind, step->before);
      if (group == 0)
        break;
    }
}

void
cf_undo_redo (CfUndo *undo)
{
  guint group = 0;
  while (undo->at < undo->steps->len)
    {
      Step *step = undo->steps->pdata[undo->at];
      if (group != 0 && step->group != group)
        break;
      group = step->group;
      undo->at++;
      set (undo, step->kind, step->after);
      if (group == 0)
        break;
    }
}
