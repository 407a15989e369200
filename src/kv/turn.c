/* turn.c: the notes behind turns, overlays and held values. */
#include "kv/turn.h"

#include "codec/limits.h"
#include <assert.h>

static struct note *note_of(struct call *call, const struct kv_request *request) {
  struct note *note = memory_note(call->memory, call->store.spaces[request->table], request->key,
                                  request->group.len, call->now);
  if (note)
    note->record = request->table != TABLE_METADATA;
  return note;
}

/* Whether |value| stands for one that is not here: see kv.h. */
static bool is_stand_in(struct span value) {
  return span_starts(value, SPAN("{\"\":"));
}

static void keep(struct call *call, struct kv_request *request, struct note *note, bool own) {
  enum note_kind kind = request->kind == KV_PUT || request->found ? NOTE_VALUE : NOTE_ABSENT;
  if ((!own && request->value.len > MEMORY_READ_MAX) || is_stand_in(request->value))
    kind = NOTE_EMPTY;
  memory_keep(call->memory, note, kind, request->value, request->metadata);
  note->own = own;
  bool unranked = own && !request->newest && request->key.len > request->group.len;
  memory_rank(call->memory, note, unranked ? INT64_MAX : request->newest);
  note->stamp = request->stamp;
  if (!own)
    note->seen = request->stamp;
  note->expires = request->expires;
}

static struct note *find_note(struct call *call, const struct kv_request *request) {
  return memory_find(call->memory, call->store.spaces[request->table], request->key);
}

/* Whether |put| would only write once more what was written a moment ago. */
static bool is_repeated(const struct call *call, const struct kv_request *put,
                        const struct note *note) {
  return put->flags & KV_SAME && note->own && !note->held && note->kind == NOTE_VALUE &&
         now_since(call, note->latest_at) <= KV_FLUSH_MS && span_eq(put->value, note->value);
}

/* The first look at a write: gives it its order and notes its value. */
static void issue(struct call *call, struct kv_request *put, struct note *note) {
  bool overtaken = put->flags & KV_OVERWRITE && note->overwrite > call->order;
  if (overtaken || is_repeated(call, put, note)) {
    put->order = note->latest; /* the write of another call stands for this one: wait for it */
    put->yields = true;
    return;
  }
  if (put->flags & KV_OVERWRITE)
    note->overwrite = call->order;
  put->order = note->latest = ++call->shared->orders;
  note->latest_at = call->now;
  memory_hold(call->memory, note, false, call->now);
  if (put->flags & KV_REMEMBER)
    keep(call, put, note, true);
  else
    memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
}

/* Whether |put| can write the newest noted value in place of its own. */
static bool carries_newest(const struct kv_request *put, const struct note *note) {
  return note->own && note->kind == NOTE_VALUE && put->kind == KV_PUT && put->flags & KV_REMEMBER;
}

/* Should the write that |put| yields to have failed for good, |put| is the newest again. */
static bool is_newest(const struct kv_request *put, const struct note *note) {
  return put->yields ? note->latest < put->order : note->latest <= put->order;
}

static void send(struct call *call, struct kv_request *put, struct note *note) {
  assert(put->order && put->order <= call->shared->orders);
  note->flight = call->handle;
  note->sent_at = call->now;
  note->made_at = note->seen ? note->made_at : call->now;
  note->missing = false;
  put->sent = put->order;
  if (!is_newest(put, note) && carries_newest(put, note)) {
    put->sent = note->latest;
    put->value = arena_copy(&call->arena, note->value);
    put->metadata = arena_copy(&call->arena, note->metadata);
    put->stamp = note->stamp;
    put->expires = note->expires;
  }
  note->seen = put->kind == KV_PUT ? put->stamp : 0;
}

int64_t kv_turn_wait(int64_t silence) {
  return KV_TURN_MS + (silence > 0 ? silence / KV_TURN_SHARE : 0);
}

/* How long to look away while another call writes the key; 0 when none does. */
static int64_t turn_delay(const struct call *call, const struct note *note) {
  int64_t silence = now_since(call, seats_heard_of(&call->shared->seats, note->flight));
  return silence < KV_FLIGHT_MAX_MS ? kv_turn_wait(silence) : 0;
}

static bool settle(struct kv_request *put) {
  put->state = KV_SETTLED;
  put->status = 200;
  return false;
}

/* A flush has no value of its own: it waits for its time and then yields to what is held. */
static bool may_flush(struct call *call, struct kv_request *put, struct note *note) {
  if (!note || !note->held) {
    if (note)
      note->flusher_at = 0;
    return settle(put);
  }
  note->flusher_at = call->now;
  put->order = note->latest;
  put->yields = true;
  int64_t early = note->sent_at + KV_FLUSH_MS - call->now, turn = turn_delay(call, note);
  if (early <= 0 && !turn)
    return true;
  put->state = KV_BLOCKED;
  put->delay = early > turn ? early : turn;
  return false;
}

/* The first look at a write that is to be held.  False when it has to be sent. */
static bool hold(struct call *call, struct kv_request *put, struct note *note) {
  issue(call, put, note);
  if (!put->yields && note->kind == NOTE_VALUE)
    memory_hold(call->memory, note, true, call->now);
  return put->yields || note->held;
}

static bool is_to_be_held(const struct call *call, const struct kv_request *put,
                          const struct note *note) {
  return put->flags & KV_HOLD ||
         (put->flags & KV_SPACE && note->sent_at && now_since(call, note->sent_at) < KV_FLUSH_MS);
}

bool kv_turn_take(struct call *call, struct kv_request *put) {
  struct note *note = put->flags & KV_FLUSH ? find_note(call, put) : note_of(call, put);
  if (put->flags & KV_FLUSH && !may_flush(call, put, note))
    return false;
  if (!note)
    return true;
  if (!put->order && is_to_be_held(call, put, note)) {
    if (hold(call, put, note))
      return settle(put);
  } else if (!put->order) {
    issue(call, put, note);
  }
  bool overwritten = put->flags & KV_OVERWRITE && note->overwrote > call->order;
  if (note->written >= put->order || overwritten)
    return settle(put);
  int64_t turn = turn_delay(call, note);
  bool newer_waits = !is_newest(put, note) && !carries_newest(put, note) && !note->held &&
                     now_since(call, note->latest_at) < KV_FLIGHT_MAX_MS;
  if (turn || newer_waits) {
    put->state = KV_BLOCKED;
    put->delay = turn ? turn : KV_TURN_MS;
    return false;
  }
  send(call, put, note);
  return true;
}

void kv_turn_end(struct call *call, struct kv_request *put, bool stored) {
  struct note *note = find_note(call, put);
  if (!note)
    return;
  if (note->flight == call->handle)
    note->flight = 0;
  if (!stored)
    note->seen = 0;
  if (stored) {
    note->written = put->sent > note->written ? put->sent : note->written;
    note->written_at = call->now;
    assert(note->written <= call->shared->orders);
    note->acked = put->stamp;
    bool newest = note->written >= note->latest;
    uint64_t by = newest ? note->overwrite : put->flags & KV_OVERWRITE ? call->order : 0;
    note->overwrote = by > note->overwrote ? by : note->overwrote;
    if (newest) {
      memory_hold(call->memory, note, false, call->now);
      note->flusher_at = 0;
      if (!note->own) /* read meanwhile: another isolate's clock is ahead, but this came later */
        memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
    }
  } else if (put->state == KV_SETTLED && note->held) {
    note->flusher_at = put->flags & KV_FLUSH ? 0 : note->flusher_at;
  } else if (put->state == KV_SETTLED && note->latest == put->order) {
    note->latest = note->written;
    note->overwrite = note->overwrote;
    if (note->own)
      memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
    note->stamp = note->acked;
    note->own = note->own && put->kind == KV_PUT; /* what was to be deleted may be gone */
  }
}

static void answer_from(struct call *call, struct kv_request *get, const struct note *note) {
  get->found = note->kind == NOTE_VALUE;
  get->value = get->found ? arena_copy(&call->arena, note->value) : SPAN_NONE;
  get->metadata = get->found ? arena_copy(&call->arena, note->metadata) : SPAN_NONE;
  get->stamp = note->stamp;
  get->unseen = false;
}

/* Whether a look that kv_look queued is not to be sent, now or at all. */
static bool need_not_look(struct call *call, struct kv_request *look) {
  struct note *note = find_note(call, look);
  return !may_flush(call, look, note) || (!(look->flags & KV_FRESH && note->seen) && !settle(look));
}

bool kv_recall(struct call *call, struct kv_request *get) {
  if (get->flags & KV_FLUSH)
    return need_not_look(call, get);
  struct note *note = get->flags & KV_REMEMBER ? find_note(call, get) : NULL;
  if (!note || note->kind == NOTE_EMPTY)
    return false;
  bool known = get->flags & KV_KNOWN && (note->own || note->kind == NOTE_VALUE);
  bool recent = !(get->flags & KV_FRESH) && !call->store.strict &&
                now_since(call, note->at) <= MEMORY_REUSE_MS;
  if (!note->held && !known && !recent)
    return false;
  answer_from(call, get, note);
  get->state = KV_SETTLED;
  get->status = get->found ? 200 : 404;
  return true;
}

/* Whether KV's answer to |get| may be older than this isolate's own write that |note| is of: by its
 * stamp, yet not for ever, for clocks differ; where it has none, while a cache may show what was
 * before. */
static bool is_behind(const struct call *call, const struct kv_request *get,
                      const struct note *note) {
  bool asked = note->kind != NOTE_EMPTY && note->latest_at > note->written_at;
  int64_t last = asked ? note->latest_at : note->written_at;
  return note->own &&
         (get->stamp ? note->stamp > get->stamp && now_since(call, last) <= MEMORY_OWN_MS
                     : get->asked - last < MEMORY_OVERLAY_MS);
}

/* Whether this isolate has written more than |get| shows, and forgotten what. */
static bool is_unseen(const struct call *call, const struct kv_request *get,
                      const struct note *note) {
  int64_t forgot = call->memory->forgot_at;
  if (!note)
    return !get->found && forgot && get->asked - forgot < MEMORY_OVERLAY_MS;
  return note->kind == NOTE_EMPTY && note->written && (get->stamp || !get->found) &&
         is_behind(call, get, note);
}

void kv_outweigh(struct call *call, struct kv_request *get) {
  get->stamp = kv_stamp_of(get->metadata);
  call_saw_stamp(call, get->stamp);
  if (!(get->flags & (KV_REMEMBER | KV_OWN)))
    return;
  struct note *note = find_note(call, get);
  if (note && note->kind != NOTE_EMPTY && (note->held || is_behind(call, get, note))) {
    answer_from(call, get, note);
    return;
  }
  get->unseen = is_unseen(call, get, note);
  if (get->unseen || !(get->flags & KV_REMEMBER) || now_since(call, get->asked) > MEMORY_REUSE_MS)
    return; /* what took long is not noted: others may have read something newer meanwhile */
  if (is_stand_in(get->value))
    return; /* nor what is not here */
  if (!(note = note_of(call, get)))
    return;
  keep(call, get, note, note->own && note->stamp == get->stamp);
  note->missing = !get->found;
}

bool kv_is_settled(struct call *call, const struct kv_request *get) {
  const struct note *note = find_note(call, get);
  return !note || note->latest <= note->written;
}

void kv_renew(struct call *call, struct kv_request *get) {
  if (!(get->flags & (KV_REMEMBER | KV_OWN)))
    return;
  struct note *note = find_note(call, get);
  if (note && note->kind != NOTE_EMPTY && note->stamp > get->stamp && is_behind(call, get, note))
    answer_from(call, get, note);
}

static struct note *held_note(struct call *call, enum tkv_table table, struct span key) {
  struct note *note = memory_find(call->memory, call->store.spaces[table], key);
  return note && note->held ? note : NULL;
}

bool kv_is_held(struct call *call, enum tkv_table table, struct span key) {
  return held_note(call, table, key) != NULL;
}

bool kv_wants_flush(struct call *call, enum tkv_table table, struct span key) {
  struct note *note = held_note(call, table, key);
  if (!note ||
      (note->flusher_at && now_since(call, note->flusher_at) <= KV_FLUSH_MS + KV_FLIGHT_MAX_MS))
    return false;
  note->flusher_at = call->now;
  return true;
}

static void let_go(struct call *call, struct note *note, enum note_kind kind) {
  memory_hold(call->memory, note, false, call->now);
  memory_keep(call->memory, note, kind, SPAN_NONE, SPAN_NONE);
  note->own = false;
}

bool kv_drop(struct call *call, enum tkv_table table, struct span key) {
  struct note *note = held_note(call, table, key);
  if (!note || !note->missing)
    return false;
  let_go(call, note, NOTE_ABSENT);
  note->overwrite = note->overwrote = call->order;
  note->written = note->latest = ++call->shared->orders;
  return true;
}

/* What is held, if |look| says that it is not the newest any more. */
static struct note *overtaken_note(struct call *call, const struct kv_request *look) {
  struct note *note = held_note(call, look->table, look->key);
  bool counts = note && !look->failed && !note->flight && note->sent_at < look->asked &&
                !(look->found && look->stamp <= note->seen);
  return counts ? note : NULL;
}

int64_t kv_look_again(struct call *call, const struct kv_request *look) {
  const struct note *note = overtaken_note(call, look);
  int64_t left = note && !look->found ? note->made_at + MEMORY_OVERLAY_MS - look->asked : 0;
  return left > 0 ? left : 0;
}

bool kv_yield(struct call *call, const struct kv_request *look) {
  struct note *note = overtaken_note(call, look);
  if (!note)
    return false;
  let_go(call, note, NOTE_EMPTY);
  note->latest = note->written;
  return true;
}
