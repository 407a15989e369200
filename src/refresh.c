/* refresh.c: collection.refresh: brings heads up to date with their journals, after the call that asked for it.
 *
 * Asked for "soon" when a head could not be written (429), "some time" when a reader found one unchecked for a minute,
 * lacking something, or naming messages that are gone.  Payload: {"collections":[{"kind","id","gone":["id","journal", …]}]}.
 */
#include "change.h"
#include "operations.h"
#include "record.h"

static void put_gone(struct json_out *out, const struct entries *gone) {
  for (size_t i = 0; gone && i < gone->count; i++) {
    if (i)
      json_put_char(out, ',');
    json_put_string(out, gone->items[i].id);
    json_put_char(out, ',');
    json_put_string(out, gone->items[i].journal);
  }
}

void call_ask_refresh(struct call *call, const struct collection *collection, const struct entries *gone, bool soon) {
  struct span asked = call->outcome.followup;
  struct json_out out = json_out(&call->arena, asked.len + collection->id.len * 2 + 128);
  json_put(&out, asked.len ? (struct span){asked.ptr, asked.len - 2} : SPAN("{\"collections\":["));
  json_put(&out, asked.len ? SPAN(",{\"kind\":") : SPAN("{\"kind\":"));
  json_put(&out, collection->kind == COLLECTION_THREAD ? SPAN("\"thread\"") : SPAN("\"resource\""));
  json_put(&out, SPAN(",\"id\":"));
  json_put_string(&out, collection->id);
  json_put(&out, SPAN(",\"gone\":["));
  put_gone(&out, gone);
  json_put(&out, SPAN("]}]}"));
  if (out.failed)
    return;
  call->outcome.followup = json_out_span(&out);
  call->outcome.soon |= soon;
}

struct refresh {
  struct changes changes;
  struct collections collections;
};

static enum tkv_status fetch(struct call *call, void *self);
static enum tkv_status write(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

static bool read_gone(struct call *call, struct span array, struct change *change) {
  struct json_walk walk = json_walk(array);
  struct span id, journal;
  change->exact = true;
  while (json_next(&walk)) {
    if (!arg_id(call, walk.value, SPAN("gone"), &id) || !json_next(&walk) ||
        !arg_id(call, walk.value, SPAN("gone"), &journal))
      return false;
    entries_add(&call->arena, &change->removed, (struct entry){.id = id, .journal = journal});
  }
  return true;
}

static bool read_collection(struct call *call, struct span value, struct refresh *op) {
  struct json_field fields[] = {{SPAN("kind"), SPAN_NONE}, {SPAN("id"), SPAN_NONE}, {SPAN("gone"), SPAN_NONE}};
  struct span id;
  if (!json_fields(value, fields, 3) || !arg_id(call, fields[1].value, SPAN("id"), &id))
    return false;
  bool thread = span_eq(fields[0].value, SPAN("\"thread\""));
  struct collection *collection =
      collection_new(call, thread ? COLLECTION_THREAD : COLLECTION_RESOURCE, id, LOAD_RECENT);
  if (!collection)
    return false;
  collection->head_flags = KV_FRESH;
  collections_add(call, &op->collections, collection);
  return read_gone(call, fields[2].value, change_new(call, &op->changes, collection));
}

enum tkv_status collection_refresh(struct call *call, void *self) {
  struct refresh *op = ARENA_NEW(&call->arena, struct refresh);
  struct json_field collections = {SPAN("collections"), SPAN_NONE};
  (void)self;
  call_self(call, op);
  if (!arg_fields(call, &collections, 1))
    return call->error;
  for (struct json_walk walk = json_walk(collections.value); json_next(&walk);)
    if (!read_collection(call, walk.value, op))
      return call->error;
  return call_enter(call, collections_load, &op->collections, fetch);
}

static enum tkv_status fetch(struct call *call, void *self) {
  struct refresh *op = self;
  changes_fetch(call, &op->changes);
  return call_next(call, write);
}

static enum tkv_status write(struct call *call, void *self) {
  struct refresh *op = self;
  changes_refresh(call, &op->changes);
  return call_next(call, finish);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}
