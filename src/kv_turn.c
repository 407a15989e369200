/* kv_turn.c: what the memory says about a key before it is asked for or written.
 *
 * Writes of one key: the newest value is noted when it is issued, so a call that merges sees what
 * others are about to store.  It is sent as soon as no other write of the key is under way. Whoever
 * comes first sends the newest value that is noted, which has all older ones merged in or
 * overwritten; the others are settled by it.
 */
#include "core_private.h"
#include "kv_round.h"

static struct note *note_of(struct call *call, struct kv_request *request) {
  return memory_note(call->memory, call->store.spaces[request->table], request->key,
                     request->group.len, call->now);
}

static void keep(struct call *call, struct kv_request *request, struct note *note, bool own) {
  enum note_kind kind = request->kind == KV_PUT || request->found ? NOTE_VALUE : NOTE_ABSENT;
  memory_keep(call->memory, note, kind, request->value, request->metadata);
  note->own = own;
  note->stamp = request->stamp;
  note->expires = request->expires;
}

/* The first look at a write: gives it its order and notes its value. */
static void issue(struct call *call, struct kv_request *put, struct note *note) {
  if (put->flags & KV_OVERWRITE) {
    if (note->overwrite > call->order) {
      put->order = note->latest; /* a later call overwrites this: wait for that one */
      return;
    }
    note->overwrite = call->order;
  }
  put->order = note->latest = ++call->core->orders;
  note->latest_at = call->now;
  if (put->flags & KV_REMEMBER)
    keep(call, put, note, true);
  else
    memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
}

/* Takes the newest noted value in place of the put's own. */
static void send_newest(struct call *call, struct kv_request *put, const struct note *note) {
  bool noted =
      note->own && note->kind == NOTE_VALUE && put->kind == KV_PUT && put->flags & KV_REMEMBER;
  put->sent = put->order;
  if (!noted || note->latest <= put->order)
    return;
  put->sent = note->latest;
  put->value = arena_copy(&call->arena, note->value);
  put->metadata = arena_copy(&call->arena, note->metadata);
  put->stamp = note->stamp;
  put->expires = note->expires;
}

bool kv_turn_take(struct call *call, struct kv_request *put) {
  struct note *note = note_of(call, put);
  if (!note)
    return true;
  if (!put->order)
    issue(call, put, note);
  bool other_flies = note->flight && now_since(call, note->flight_at) < KV_FLIGHT_MAX_MS;
  bool newer_waits = note->kind == NOTE_EMPTY && note->latest > put->order &&
                     now_since(call, note->latest_at) < KV_FLIGHT_MAX_MS;
  if (note->written >= put->order) {
    put->state = KV_SETTLED;
    put->status = 200;
    return false;
  }
  if (other_flies || newer_waits) {
    put->state = KV_BLOCKED;
    return false;
  }
  note->flight = call->handle;
  note->flight_at = call->now;
  send_newest(call, put, note);
  return true;
}

void kv_turn_end(struct call *call, struct kv_request *put, bool stored) {
  struct note *note = memory_find(call->memory, call->store.spaces[put->table], put->key);
  if (!note)
    return;
  if (note->flight == call->handle)
    note->flight = 0;
  if (stored) {
    note->written = put->sent > note->written ? put->sent : note->written;
  } else if (put->state == KV_SETTLED && note->latest == put->order) {
    note->latest = note->written;
    if (note->own)
      memory_keep(call->memory, note, NOTE_EMPTY, SPAN_NONE, SPAN_NONE);
  }
}

static void answer_from(struct call *call, struct kv_request *get, const struct note *note) {
  get->found = note->kind == NOTE_VALUE;
  get->value = get->found ? arena_copy(&call->arena, note->value) : SPAN_NONE;
  get->metadata = get->found ? arena_copy(&call->arena, note->metadata) : SPAN_NONE;
  get->stamp = note->stamp;
}

bool kv_recall(struct call *call, struct kv_request *get) {
  if (!(get->flags & KV_REMEMBER) || get->flags & KV_FRESH || call->store.strict)
    return false;
  struct note *note = memory_find(call->memory, call->store.spaces[get->table], get->key);
  if (!note || note->kind == NOTE_EMPTY || now_since(call, note->at) > MEMORY_REUSE_MS)
    return false;
  answer_from(call, get, note);
  get->state = KV_SETTLED;
  get->status = get->found ? 200 : 404;
  return true;
}

void kv_outweigh(struct call *call, struct kv_request *get) {
  get->stamp = kv_stamp_of(get->metadata);
  call_saw_stamp(call, get->stamp);
  if (!(get->flags & KV_REMEMBER))
    return;
  struct note *known = memory_find(call->memory, call->store.spaces[get->table], get->key);
  if (known && known->own && known->kind != NOTE_EMPTY) {
    bool outweighs = get->stamp ? known->stamp > get->stamp
                                : now_since(call, known->latest_at) < MEMORY_OVERLAY_MS;
    if (outweighs) {
      answer_from(call, get, known);
      return;
    }
  }
  struct note *note = note_of(call, get);
  if (note)
    keep(call, get, note, note->own && note->stamp == get->stamp);
}

void kv_renew(struct call *call, struct kv_request *get) {
  if (!(get->flags & KV_REMEMBER))
    return;
  struct note *note = memory_find(call->memory, call->store.spaces[get->table], get->key);
  if (note && note->own && note->kind != NOTE_EMPTY && note->stamp > get->stamp &&
      (get->stamp || now_since(call, note->latest_at) < MEMORY_OVERLAY_MS))
    answer_from(call, get, note);
}
