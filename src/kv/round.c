/* round.c: slots: what one exchange asks the host for, and how its answers read. */
#include "kv/round.h"

#include "codec/limits.h"
#include "kv/host.h"
#include <assert.h>

struct kv_slot {
  struct kv_request *first; /* chained by next_in_slot; NULL for a wait */
  size_t count;
  char *bytes;
  size_t room, used;
  int status;
  uint32_t retry_after;
};

static struct kv_slot *add_slot(struct call *call, struct kv_request *first) {
  struct kv *kv = &call->kv;
  if (!kv->slots) {
    size_t most = 1;
    for (struct kv_request *request = kv->first; request; request = request->next)
      most++;
    kv->slots = ARENA_ARRAY(&call->arena, struct kv_slot, most);
  }
  kv->slots[kv->slot_count] = (struct kv_slot){.first = first, .count = 1};
  if (first) {
    first->state = KV_SENT;
    first->asked = call->now;
    kv->operations++;
  }
  return &kv->slots[kv->slot_count++];
}

static uint32_t expires_of(const struct call *call, const struct kv_request *request) {
  int64_t soonest = call->now / 1000 + KV_EXPIRES_AHEAD_S;
  if (!request->expires)
    return 0;
  int64_t expires = request->expires > soonest ? request->expires : soonest;
  return expires < UINT32_MAX ? (uint32_t)expires : 0;
}

static struct tkv_request request_of(struct call *call, const struct kv_request *request) {
  return (struct tkv_request){.slot = (uint32_t)call->kv.slot_count - 1,
                              .space = call->store.spaces[request->table],
                              .table = request->table,
                              .limit = request->limit ? request->limit : KV_LIST_MAX,
                              .tries = (uint32_t)request->tries,
                              .expires = expires_of(call, request),
                              .key = request->key,
                              .value = request->kind == KV_LIST ? request->cursor : request->value,
                              .metadata = request->metadata};
}

/* Gathers up to 100 gets of one namespace, |first| leading, in one slot. */
static void send_gets(struct call *call, struct kv_request *first) {
  struct kv_slot *slot = add_slot(call, first);
  struct kv_request **tail = &first->next_in_slot;
  struct span *keys = ARENA_ARRAY(&call->arena, struct span, KV_BULK_MAX);
  keys[0] = first->key;
  for (struct kv_request *get = first->next; get && slot->count < KV_BULK_MAX; get = get->next) {
    if (get->kind != KV_GET || get->state != KV_QUEUED || kv_recall(call, get) ||
        call->store.spaces[get->table] != call->store.spaces[first->table])
      continue;
    get->state = KV_SENT;
    get->asked = call->now;
    keys[slot->count++] = get->key;
    *tail = get;
    tail = &get->next_in_slot;
  }
  *tail = NULL;
  struct tkv_request request = request_of(call, first);
  request.keys = keys;
  request.count = slot->count;
  (slot->count == 1 ? host_kv_get : host_kv_get_many)(call->host, call->handle, &request);
}

static void settle(struct kv_request *request, int status) {
  request->state = KV_SETTLED;
  request->status = status;
}

static void send_one(struct call *call, struct kv_request *request) {
  if (request->kind == KV_GET) {
    if (!kv_recall(call, request))
      send_gets(call, request);
    return;
  }
  if (request->kind == KV_WAIT) {
    settle(request, 200);
    return;
  }
  if (request->kind != KV_LIST && !kv_turn_take(call, request))
    return;
  if (request->kind == KV_LIST && request->cursor.ptr && call_over_budget(call, 1)) {
    request->failed = true;
    settle(request, KV_OVER_BUDGET);
    return;
  }
  add_slot(call, request);
  struct tkv_request wanted = request_of(call, request);
  if (request->kind == KV_LIST)
    host_kv_list(call->host, call->handle, &wanted);
  else
    (request->kind == KV_PUT ? host_kv_put : host_kv_delete)(call->host, call->handle, &wanted);
}

void kv_round_send(struct call *call) {
  for (struct kv_request *request = call->kv.first; request; request = request->next)
    if (request->state == KV_QUEUED)
      send_one(call, request);
}

void kv_round_wait(struct call *call, int64_t ms) {
  struct seat *seat = seats_find(&call->shared->seats, call->handle);
  add_slot(call, NULL);
  if (seat) /* until then nobody expects to hear of it */
    seat->touched = call->now + ms;
  host_wait(call->host, call->handle, (uint32_t)call->kv.slot_count - 1, (uint32_t)ms);
}

static struct kv_slot *find_slot(struct call *call, uint32_t slot) {
  return slot < call->kv.slot_count ? &call->kv.slots[slot] : NULL;
}

void *kv_reply_room(struct call *call, uint32_t number, size_t size) {
  struct kv_slot *slot = find_slot(call, number);
  if (!slot)
    return NULL;
  slot->room = size;
  slot->bytes = arena_try(&call->arena, size);
  call->arena.failed |= !slot->bytes;
  return slot->bytes;
}

void kv_replied(struct call *call, uint32_t number, uint32_t status, size_t used,
                uint32_t retry_after) {
  struct kv_slot *slot = find_slot(call, number);
  if (!slot)
    return;
  bool fits = used <= slot->room && (slot->bytes || !used);
  if (slot->bytes && fits)
    arena_shrink(&call->arena, slot->bytes, slot->room, used);
  slot->used = fits ? used : 0;
  slot->status = fits ? (int)status : 0;
  slot->retry_after = retry_after;
}

/* A reader of answers; `bad` once something runs past the end. */
struct reader {
  const char *at, *end;
  bool bad;
};

static uint32_t read_number(struct reader *reader) {
  uint32_t number = 0;
  if (reader->end - reader->at < 4)
    reader->bad = true;
  else
    memcpy(&number, reader->at, 4);
  reader->at += reader->bad ? 0 : 4;
  return number;
}

static struct span read_bytes(struct reader *reader, size_t len) {
  if ((size_t)(reader->end - reader->at) < len)
    reader->bad = true;
  struct span text = {reader->at, reader->bad ? 0 : len};
  reader->at += text.len;
  return text;
}

static void retry_or_fail(struct call *call, struct kv_request *request, int status,
                          uint32_t retry_after) {
  bool busy = status == 429, broken = status == 0 || status == 408 || status >= 500;
  int tries = request->flags & KV_OPTIONAL ? 1
              : busy                       ? KV_TRIES_BUSY
              : broken                     ? KV_TRIES_BROKEN
                                           : 1;
  uint8_t jitter;
  call_random(call, &jitter, 1);
  int64_t unit = busy ? KV_DELAY_BUSY_MS : KV_DELAY_BROKEN_MS;
  request->status = status;
  request->waited += retry_after;
  request->failed =
      ++request->tries >= tries || (call->store.patience && request->waited > call->store.patience);
  request->state = request->failed ? KV_SETTLED : KV_QUEUED;
  request->delay = unit * request->tries + unit * jitter / 512;
  if (request->delay < retry_after)
    request->delay = retry_after;
  if (request->kind == KV_PUT || request->kind == KV_DELETE)
    kv_turn_end(call, request, false);
}

/* Asks again for what KV does not show yet, a few times. */
static void look_again(struct kv_request *get) {
  get->failed = get->tries++ >= KV_TRIES_UNSEEN;
  get->state = get->failed ? KV_SETTLED : KV_QUEUED;
  get->status = KV_UNSEEN;
  get->delay = KV_DELAY_UNSEEN_MS * get->tries;
}

static void absorb_values(struct call *call, struct kv_slot *slot, struct reader *reader) {
  size_t count = slot->status == 404 ? 0 : slot->count;
  uint32_t (*sizes)[2] = arena_alloc(&call->arena, count * sizeof *sizes);
  for (size_t i = 0; i < count; i++) {
    sizes[i][0] = read_number(reader);
    sizes[i][1] = read_number(reader);
  }
  size_t i = 0;
  for (struct kv_request *get = slot->first; get; get = get->next_in_slot, i++) {
    get->found = i < count && sizes[i][0] != (uint32_t)KV_NO_VALUE;
    if (get->found) {
      get->value = read_bytes(reader, sizes[i][0]);
      get->metadata = read_bytes(reader, sizes[i][1]);
    }
  }
}

static void absorb_list(struct call *call, struct kv_request *list, struct reader *reader) {
  size_t count = read_number(reader), cursor = read_number(reader);
  if (reader->bad || count > KV_LIST_MAX) {
    reader->bad = true;
    return;
  }
  list->items = ARENA_ARRAY(&call->arena, struct kv_item, count + 1);
  for (size_t i = 0; i < count; i++) {
    list->items[i].name.len = read_number(reader);
    list->items[i].metadata.len = read_number(reader);
  }
  list->cursor = cursor == (uint32_t)KV_NO_VALUE ? SPAN_NONE : read_bytes(reader, cursor);
  for (size_t i = 0; i < count; i++) {
    list->items[i].name = read_bytes(reader, list->items[i].name.len);
    reader->bad |= !span_starts(list->items[i].name, list->key); /* whoever lists relies on it */
    list->items[i].metadata = read_bytes(reader, list->items[i].metadata.len);
  }
  list->count = count;
}

static void absorb_slot(struct call *call, struct kv_slot *slot) {
  struct kv_request *first = slot->first;
  const char *bytes = slot->bytes ? slot->bytes : "";
  struct reader reader = {bytes, bytes + slot->used, false};
  bool answered = slot->status == 200 || (slot->status == 404 && first->kind == KV_GET);
  if (answered && first->kind == KV_GET)
    absorb_values(call, slot, &reader);
  else if (answered && first->kind == KV_LIST)
    absorb_list(call, first, &reader);
  for (struct kv_request *request = first, *next; request; request = next) {
    next = request->next_in_slot;
    request->next_in_slot = NULL;
    assert(request->state == KV_SENT); /* it is answered once */
    if (!answered || reader.bad) {
      retry_or_fail(call, request, answered ? 0 : slot->status, slot->retry_after);
      continue;
    }
    settle(request, slot->status);
    if (request->kind == KV_GET) {
      kv_outweigh(call, request);
      if (request->unseen && request->flags & KV_SURE)
        look_again(request);
    } else if (request->kind != KV_LIST)
      kv_turn_end(call, request, true);
  }
}

void kv_round_absorb(struct call *call) {
  struct kv_slot *slots = call->kv.slots;
  size_t count = call->kv.slot_count;
  call->kv.slots = NULL;
  call->kv.slot_count = 0;
  for (size_t i = 0; i < count; i++)
    if (slots[i].first)
      absorb_slot(call, &slots[i]);
}
