/* kv.c: the queue of a call, and what a round of it amounts to.  round.c talks to the host. */
#include "kv/kv.h"

#include "codec/key.h"
#include "codec/limits.h"
#include "kv/round.h"
#include <assert.h>

static struct kv_request *queue(struct call *call, enum kv_kind kind, enum tkv_table table,
                                struct span key, unsigned flags) {
  struct kv_request *added = ARENA_NEW(&call->arena, struct kv_request);
  added->kind = kind;
  added->table = table;
  added->key = added->group = key;
  added->flags = flags;
  if (table != TABLE_METADATA) /* so that a scan finds them in the memory */
    added->group.len = call->prefix.len + table_name(table).len;
  *(call->kv.last ? &call->kv.last->next : &call->kv.first) = added;
  return call->kv.last = added;
}

struct kv_request *kv_get(struct call *call, enum tkv_table table, struct span key,
                          unsigned flags) {
  return queue(call, KV_GET, table, key, flags);
}

struct kv_request *kv_put(struct call *call, enum tkv_table table, struct span key,
                          struct span value, struct span metadata, unsigned flags) {
  struct kv_request *put = queue(call, KV_PUT, table, key, flags);
  put->value = value;
  put->metadata = metadata;
  put->stamp = kv_stamp_of(metadata);
  return put;
}

struct kv_request *kv_delete(struct call *call, enum tkv_table table, struct span key,
                             unsigned flags) {
  struct kv_request *gone = queue(call, KV_DELETE, table, key, flags);
  gone->stamp = call_stamp(call);
  return gone;
}

void kv_flush(struct call *call, enum tkv_table table, struct span key) {
  kv_put(call, table, key, SPAN_NONE, SPAN_NONE, KV_REMEMBER | KV_FLUSH);
}

struct kv_request *kv_look(struct call *call, enum tkv_table table, struct span key,
                           unsigned flags) {
  struct kv_request *look = kv_get(call, table, key, KV_TOLERATE | KV_FLUSH | flags);
  look->delay = KV_FLUSH_MS;
  return look;
}

struct kv_request *kv_list(struct call *call, enum tkv_table table, struct span prefix,
                           struct span cursor) {
  struct kv_request *list = queue(call, KV_LIST, table, prefix, 0);
  list->cursor = cursor;
  return list;
}

void kv_wait(struct call *call, int64_t ms) {
  queue(call, KV_WAIT, TABLE_METADATA, SPAN_NONE, 0)->delay = ms;
}

bool kv_key(struct call *call, enum tkv_table table, const struct span *parts, size_t count,
            struct span *key) {
  *key = key_join(&call->arena, call->prefix, table, parts, count);
  if (key->len <= KEY_MAX)
    return true;
  struct json_out message = json_out(&call->arena, 128);
  json_put(&message, SPAN("the "));
  json_put(&message, table_name(table));
  json_put_number(&message, SPAN(" key would be "), (int64_t)key->len);
  json_put(&message, SPAN(" bytes long; KV allows 512: use a shorter id or prefix"));
  call_fail(call, TKV_ERR_KEY_TOO_LONG, json_out_span(&message), SPAN_NONE);
  return false;
}

bool kv_is_key(struct call *call, struct span key, enum tkv_table table, struct span id) {
  return span_eq(key, key_join(&call->arena, call->prefix, table, &id, 1));
}

static struct span verb(enum kv_kind kind) {
  static const struct span verbs[] = {[KV_GET] = {"get", 3},
                                      [KV_PUT] = {"put", 3},
                                      [KV_DELETE] = {"delete", 6},
                                      [KV_LIST] = {"list", 4}};
  return verbs[kind];
}

enum tkv_status kv_fail(struct call *call, const struct kv_request *request) {
  if (request->status == KV_OVER_BUDGET)
    return call_fail(call, TKV_ERR_BUDGET, SPAN("a list has more pages than maxOperations"),
                     SPAN_NONE);
  struct json_out message = json_out(&call->arena, 128 + request->key.len);
  struct json_out details = json_out(&call->arena, 128 + request->key.len);
  if (request->status == KV_UNSEEN) {
    json_put_text(&details, SPAN("{\"key\":"), request->key);
    json_put_char(&details, '}');
    return call_fail(call, TKV_ERR_TRY_AGAIN,
                     SPAN("KV does not show yet what was written a moment ago; try again"),
                     json_out_span(&details));
  }
  json_put(&message, SPAN("KV "));
  json_put(&message, verb(request->kind));
  json_put(&message, SPAN(" of "));
  json_put(&message, request->key);
  json_put(&message, request->status ? SPAN(" failed with status ") : SPAN(" got no answer"));
  if (request->status)
    json_put_int(&message, request->status);
  json_put_text(&details, SPAN("{\"operation\":"), verb(request->kind));
  json_put_text(&details, SPAN(",\"key\":"), request->key);
  json_put_number(&details, SPAN(",\"status\":"), request->status);
  json_put_char(&details, '}');
  return call_fail(call, TKV_ERR_KV_FAILED, json_out_span(&message), json_out_span(&details));
}

/* The longest delay that a queued request asks for, and no longer asks for afterwards. */
static int64_t take_delay(struct kv *kv) {
  int64_t delay = 0;
  for (struct kv_request *request = kv->first; request; request = request->next) {
    if (request->state == KV_QUEUED && request->delay > delay)
      delay = request->delay;
    request->delay = 0;
  }
  return delay;
}

static bool unblock(struct kv *kv) {
  bool any = false;
  for (struct kv_request *request = kv->first; request; request = request->next)
    if (request->state == KV_BLOCKED) {
      request->state = KV_QUEUED;
      any = true;
    }
  return any;
}

static enum tkv_status finish(struct call *call) {
  struct kv_request *first = call->kv.first;
  for (const struct kv_request *request = first; request; request = request->next)
    assert(request->state == KV_SETTLED);
  call->kv.first = call->kv.last = NULL;
  for (struct kv_request *request = first; request; request = request->next)
    if (request->kind == KV_GET && !request->failed)
      kv_renew(call, request);
  for (struct kv_request *request = first; request; request = request->next)
    if (request->failed && !(request->flags & (KV_OPTIONAL | KV_TOLERATE)))
      return kv_fail(call, request);
  return TKV_DONE;
}

void kv_give_up(struct call *call) {
  for (struct kv_request *request = call->kv.first; request; request = request->next)
    if (request->order && request->state != KV_SETTLED) {
      request->state = KV_SETTLED;
      kv_turn_end(call, request, false);
    }
}

struct kv_request *kv_put_off_writes(struct call *call) {
  struct kv_request **link = &call->kv.first, *last = NULL, *writes;
  while (*link && ((*link)->kind == KV_GET || (*link)->kind == KV_LIST)) {
    last = *link;
    link = &last->next;
  }
  writes = *link;
  *link = NULL;
  call->kv.last = last;
  return writes;
}

void kv_put_back(struct call *call, struct kv_request *requests) {
  *(call->kv.last ? &call->kv.last->next : &call->kv.first) = requests;
  for (; requests; requests = requests->next)
    call->kv.last = requests;
}

enum tkv_status kv_settle(struct call *call) {
  kv_round_absorb(call);
  while (call->kv.first) {
    int64_t delay = take_delay(&call->kv);
    if (delay)
      kv_round_wait(call, delay);
    else
      kv_round_send(call);
    if (call->kv.slot_count)
      return TKV_PENDING;
    if (!unblock(&call->kv))
      return finish(call);
  }
  return TKV_DONE;
}
