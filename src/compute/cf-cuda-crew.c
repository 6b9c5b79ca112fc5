/* cf-cuda-crew.c: the fits that a device computes together. Whoever waits for an epoch takes the turn and computes for all; a turn is a few steps,
 * after which others may enter or leave. Fits that have to wait for room, and those of a crew that changes its size, rest on the host. */
#include "cf-cuda-private.h"

#include <string.h>

#include "cf-words.h"

#define TURN_TICKS 16     /* steps a turn: some 20 ms, so that a display that shares the device stays alive */
#define LINGER 20000      /* us that an epoch's end is given to come back with the next one: a device half empty takes as long as a full one */
#define SLOTS_FIRST 4     /* doubled when they do not suffice */
#define ROWS_LEAST 64
#define SAMPLES_SLACK 32
#define ROWS_MOST 6400 /* batches of the recipes have up to 1.5 times 4096 samples; longer ones take several steps */

struct _CfCudaCrew
{
  CfCudaUnit *unit;
  CfCudaShape shape;
  gboolean muon;
  unsigned samples;
  int rows;
  CfCudaTrainer *trainer;
  int n_slots, most_slots;
  gsize slot_bytes;
  gsize held; /* bytes: of the trainer that it has, or is about to make; under the unit's mutex */
  CfCudaMember **slots; /* [n_slots], NULL where free */
  gboolean turn;        /* somebody uses the trainer */
  gint64 linger_until;
};

CfCudaCrew *
cf_cuda_crew_get (CfCudaUnit *unit, const CfCudaShape *shape, gboolean muon, unsigned samples, int rows)
{
  const CfCudaModule *module = unit->backend->module;
  CfCudaCrew *crew = NULL;

  g_mutex_lock (&unit->mutex);
  for (guint i = 0; i < unit->crews->len && crew == NULL; i++)
    {
      CfCudaCrew *at = unit->crews->pdata[i];

      if (memcmp (&at->shape, shape, sizeof *shape) == 0 && at->muon == muon && at->samples >= samples && at->rows + at->rows / 32 >= MIN (rows, ROWS_MOST))
        crew = at;
    }
  if (crew == NULL)
    {
      crew = g_new0 (CfCudaCrew, 1);
      crew->unit = unit;
      crew->shape = *shape;
      crew->muon = muon;
      /* How many voxels of a region are held out is drawn by lot: a little more, so that the next region is not the first of another crew. */
      crew->samples = samples + samples / SAMPLES_SLACK;
      crew->rows = CLAMP (rows, ROWS_LEAST, ROWS_MOST);
      crew->slot_bytes = module->trainer_bytes (shape, unit->backend->precision, muon, 1, crew->rows, crew->samples);
      crew->most_slots = (int) CLAMP (unit->budget / crew->slot_bytes, 1, (gsize) unit->lanes);
      g_ptr_array_add (unit->crews, crew);
    }
  g_mutex_unlock (&unit->mutex);
  return crew;
}

void
cf_cuda_crew_free (CfCudaCrew *crew)
{
  if (crew->trainer != NULL)
    crew->unit->backend->module->trainer_free (crew->trainer);
  g_free (crew->slots);
  g_free (crew);
}

/* -- turns: with the unit's lock held before and after; the lock is not held while the device computes ------------------------------ */

static void
take_turn (CfCudaCrew *crew)
{
  while (crew->turn)
    g_cond_wait (&crew->unit->changed, &crew->unit->mutex);
  crew->turn = TRUE;
  g_mutex_unlock (&crew->unit->mutex);
}

static void
give_turn (CfCudaCrew *crew)
{
  g_mutex_lock (&crew->unit->mutex);
  crew->turn = FALSE;
  g_cond_broadcast (&crew->unit->changed);
}

/* -- in a turn -------------------------------------------------------------------------------------------------------------------- */

static CfCudaStatus
evict (CfCudaMember *member, char *message)
{
  CfCudaCrew *crew = member->crew;
  CfCudaStatus status;

  status = crew->unit->backend->module->save (crew->trainer, member->slot, &member->state, message);
  if (status == CF_CUDA_OK)
    {
      crew->slots[member->slot] = NULL;
      member->slot = -1;
    }
  return status;
}

static CfCudaStatus
settle (CfCudaMember *member, int slot, char *message)
{
  CfCudaCrew *crew = member->crew;
  CfCudaStatus status;

  status = crew->unit->backend->module->load (crew->trainer, slot, &member->samples, &member->state, message);
  if (status == CF_CUDA_OK)
    {
      crew->slots[slot] = member;
      member->slot = slot;
    }
  return status;
}

static void
set_held (CfCudaCrew *crew, int n)
{
  g_mutex_lock (&crew->unit->mutex);
  crew->held = (gsize) n * crew->slot_bytes;
  g_mutex_unlock (&crew->unit->mutex);
}

/* As many of n slots as the device's budget has room for beside its other crews, one at least. They are the crew's from now on. */
static int
reserve (CfCudaCrew *crew, int n)
{
  CfCudaUnit *unit = crew->unit;
  gsize others = 0, room;

  g_mutex_lock (&unit->mutex);
  for (guint i = 0; i < unit->crews->len; i++)
    if (unit->crews->pdata[i] != crew)
      others += ((const CfCudaCrew *) unit->crews->pdata[i])->held;
  room = unit->budget > others ? (unit->budget - others) / crew->slot_bytes : 0;
  n = (int) CLAMP (room, 1, (gsize) n);
  crew->held = (gsize) MAX (n, crew->n_slots) * crew->slot_bytes;
  g_mutex_unlock (&unit->mutex);
  return n;
}

/* A trainer with n slots, or half as many, and so on, where there is no memory. */
static CfCudaStatus
make_trainer (CfCudaCrew *crew, int n, char *message)
{
  CfCudaStatus status;

  while ((status = crew->unit->backend->module->trainer_new (crew->unit->device, &crew->shape, crew->muon, n, crew->rows, crew->samples,
                                                              &crew->trainer, message)) == CF_CUDA_NO_MEMORY
         && n > 1)
    {
      n /= 2;
      crew->most_slots = n;
      cf_cuda_tell (crew->unit->backend, CF_PLURAL ("CUDA: %s: %s; goes on with %d region at once", "CUDA: %s: %s; goes on with %d regions at once", n),
                    crew->unit->name, message, n);
    }
  set_held (crew, status == CF_CUDA_OK ? n : 0);
  if (status != CF_CUDA_OK)
    return status;
  crew->slots = g_new0 (CfCudaMember *, n);
  crew->n_slots = n;
  return CF_CUDA_OK;
}

/* Its members move to the host, and from there into the new trainer, wherever in an epoch they are. */
static CfCudaStatus
resize (CfCudaCrew *crew, int n, char *message)
{
  g_autofree CfCudaMember **members = g_steal_pointer (&crew->slots);
  int n_members = crew->n_slots, settled = 0;
  CfCudaStatus status = CF_CUDA_OK;

  crew->slots = g_memdup2 (members, sizeof *members * n_members);
  for (int i = 0; i < n_members; i++)
    if (members[i] != NULL && (status = evict (members[i], message)) != CF_CUDA_OK)
      return status;
  if (crew->trainer != NULL)
    crew->unit->backend->module->trainer_free (g_steal_pointer (&crew->trainer));
  g_clear_pointer (&crew->slots, g_free);
  crew->n_slots = 0;
  status = make_trainer (crew, n, message);
  for (int i = 0; i < n_members; i++)
    if (members[i] != NULL)
      {
        /* Somebody else took the memory that they had: all go on elsewhere. */
        if (status == CF_CUDA_NO_MEMORY || settled == crew->n_slots)
          return CF_CUDA_LOST;
        if (status != CF_CUDA_OK || (status = settle (members[i], settled++, message)) != CF_CUDA_OK)
          return status;
      }
  return status;
}

static int
free_slot (const CfCudaCrew *crew)
{
  for (int i = 0; i < crew->n_slots; i++)
    if (crew->slots[i] == NULL)
      return i;
  return -1;
}

static int
n_running (const CfCudaCrew *crew)
{
  int n = 0;

  for (int i = 0; i < crew->n_slots; i++)
    n += crew->slots[i] != NULL && crew->slots[i]->running;
  return n;
}

/* A slot for the member: a free one, one of a larger trainer, or that of a member that rests. *slot -1 where all are in an epoch. */
static CfCudaStatus
find_slot (CfCudaCrew *crew, int *slot, char *message)
{
  CfCudaStatus status = CF_CUDA_OK;
  int n;

  *slot = free_slot (crew);
  if (*slot < 0 && crew->n_slots < crew->most_slots
      && (n = reserve (crew, MIN (crew->n_slots > 0 ? 2 * crew->n_slots : SLOTS_FIRST, crew->most_slots))) > crew->n_slots)
    {
      status = resize (crew, n, message);
      *slot = free_slot (crew);
    }
  for (int i = 0; status == CF_CUDA_OK && *slot < 0 && i < crew->n_slots; i++)
    if (!crew->slots[i]->running)
      {
        status = evict (crew->slots[i], message);
        *slot = i;
      }
  return status;
}

static CfCudaStatus
begin_epoch (CfCudaMember *member, char *message)
{
  CfCudaCrew *crew = member->crew;
  CfCudaStatus status = CF_CUDA_OK;
  int slot = member->slot;

  if (slot < 0)
    {
      status = find_slot (crew, &slot, message);
      if (status != CF_CUDA_OK || slot < 0)
        return status;
      status = settle (member, slot, message);
    }
  if (status == CF_CUDA_OK)
    status = crew->unit->backend->module->epoch (crew->trainer, slot, member->samples.turn, member->samples.rest, &member->ticks_left,
                                                 &member->rows, &member->n_epoch, message);
  member->running = status == CF_CUDA_OK;
  return status;
}

/* Some steps of all that are in an epoch, and the results of those that end theirs. */
static CfCudaStatus
compute (CfCudaCrew *crew, char *message)
{
  const CfCudaModule *module = crew->unit->backend->module;
  int ticks = TURN_TICKS, rows = 1, slots = 0;
  CfCudaStatus status;

  for (int i = 0; i < crew->n_slots; i++)
    if (crew->slots[i] != NULL && crew->slots[i]->running)
      {
        ticks = MIN (ticks, crew->slots[i]->ticks_left);
        rows = MAX (rows, crew->slots[i]->rows);
        slots = i + 1;
      }
  if (slots == 0)
    return CF_CUDA_OK;
  status = module->run (crew->trainer, slots, rows, ticks, message);
  for (int i = 0; status == CF_CUDA_OK && i < slots; i++)
    {
      CfCudaMember *member = crew->slots[i];

      if (member == NULL || !member->running || (member->ticks_left -= ticks) > 0)
        continue;
      status = module->result (crew->trainer, i, &member->sum, &member->state, message);
      if (status != CF_CUDA_OK)
        break;
      member->running = FALSE;
      member->state.has_progress = FALSE;
      crew->linger_until = g_get_monotonic_time () + LINGER;
    }
  return status;
}

/* -- epochs ------------------------------------------------------------------------------------------------------------------------- */

/* With the lock held: TRUE while the others are likely to be back at once. */
static gboolean
worth_waiting (const CfCudaCrew *crew)
{
  int resident = 0;

  if (g_get_monotonic_time () >= crew->linger_until)
    return FALSE;
  for (int i = 0; i < crew->n_slots; i++)
    resident += crew->slots[i] != NULL;
  return n_running (crew) < resident;
}

static gboolean
failed (const CfCudaCrew *crew)
{
  return g_atomic_int_get (&crew->unit->failed);
}

/* With the lock held. FALSE where the epoch cannot begin here. */
static gboolean
enter (CfCudaMember *member, GCancellable *cancellable, CfCudaStatus *status, char *message)
{
  CfCudaCrew *crew = member->crew;

  while (!member->running && !failed (crew) && *status == CF_CUDA_OK && !g_cancellable_is_cancelled (cancellable))
    {
      take_turn (crew);
      if (!failed (crew))
        *status = begin_epoch (member, message);
      give_turn (crew);
      /* All slots are in an epoch: one of them is free at its end. */
      if (!member->running && *status == CF_CUDA_OK)
        g_cond_wait_until (&crew->unit->changed, &crew->unit->mutex, g_get_monotonic_time () + 50000);
    }
  return member->running;
}

gboolean
cf_cuda_crew_epoch (CfCudaMember *member, GCancellable *cancellable, GError **error)
{
  CfCudaCrew *crew = member->crew;
  CfCudaUnit *unit = crew->unit;
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = CF_CUDA_OK;
  gboolean done = FALSE;

  g_mutex_lock (&unit->mutex);
  if (enter (member, cancellable, &status, message))
    {
      while (member->running && !failed (crew) && status == CF_CUDA_OK && !g_cancellable_is_cancelled (cancellable))
        {
          if (crew->turn)
            g_cond_wait (&unit->changed, &unit->mutex);
          else if (worth_waiting (crew))
            g_cond_wait_until (&unit->changed, &unit->mutex, crew->linger_until);
          else
            {
              take_turn (crew);
              status = compute (crew, message);
              if (status == CF_CUDA_NO_MEMORY) /* there is no less to ask for in the middle of an epoch */
                status = CF_CUDA_LOST;
              cf_cuda_note (unit, status, message);
              give_turn (crew);
            }
        }
      done = !member->running;
    }
  else
    cf_cuda_note (unit, status, message);
  if (!done && member->running)
    {
      /* On the host it waits for the next call; on the device the others would take it along. */
      take_turn (crew);
      if (!failed (crew))
        status = evict (member, message);
      cf_cuda_note (unit, status, message);
      member->running = FALSE;
      give_turn (crew);
    }
  g_mutex_unlock (&unit->mutex);
  if (!done)
    g_cancellable_set_error_if_cancelled (cancellable, error);
  return done;
}

/* The last of those that stay takes the place of the one that goes, so that no product is made for an empty slot. Nobody left: the memory is for
 * others. */
static CfCudaStatus
close_ranks (CfCudaCrew *crew, int slot, char *message)
{
  const CfCudaModule *module = crew->unit->backend->module;
  int last = crew->n_slots - 1;
  CfCudaStatus status;

  while (last >= 0 && crew->slots[last] == NULL)
    last--;
  if (last < 0)
    {
      module->trainer_free (g_steal_pointer (&crew->trainer));
      g_clear_pointer (&crew->slots, g_free);
      crew->n_slots = 0;
      set_held (crew, 0);
    }
  if (last <= slot || failed (crew))
    return CF_CUDA_OK;
  status = module->move (crew->trainer, last, slot, message);
  if (status != CF_CUDA_OK)
    return status;
  crew->slots[slot] = crew->slots[last];
  crew->slots[slot]->slot = slot;
  crew->slots[last] = NULL;
  return CF_CUDA_OK;
}

void
cf_cuda_crew_leave (CfCudaMember *member)
{
  CfCudaCrew *crew = member->crew;
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = CF_CUDA_OK;
  int slot;

  g_mutex_lock (&crew->unit->mutex);
  take_turn (crew);
  slot = member->slot;
  if (slot >= 0)
    {
      crew->slots[slot] = NULL;
      member->slot = -1;
      status = close_ranks (crew, slot, message);
    }
  cf_cuda_note (crew->unit, status, message);
  give_turn (crew);
  g_mutex_unlock (&crew->unit->mutex);
}
