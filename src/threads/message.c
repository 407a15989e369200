/* message.c: reading message records, and gathering them. */
#include "threads/message.h"

#include "codec/date.h"
#include "codec/key.h"
#include "codec/limits.h"
#include "index/place.h"

bool message_parse(struct call *call, struct span raw, struct message *message) {
  static const struct shape shape[] = {{SHAPE(struct message, id, "id"), SHAPE_TEXT},
                                       {SHAPE(struct message, thread, "threadId"), SHAPE_TEXT},
                                       {SHAPE(struct message, resource, "resourceId"), SHAPE_TEXT},
                                       {SHAPE(struct message, created, "createdAt"), SHAPE_DATE}};
  message->raw = json_trim(raw);
  return shape_fits(&call->arena, message->raw, shape, 4, message);
}

bool message_read(struct call *call, const struct kv_request *get, struct message *message) {
  return message_parse(call, get->value, message) &&
         kv_is_key(call, get->key, TABLE_MESSAGES, message->id);
}

bool message_key(struct call *call, struct span id, struct span *key) {
  return kv_key(call, TABLE_MESSAGES, &id, 1, key);
}

bool message_ask(struct call *call, struct message_ids *asked) {
  struct span ids = json_get(call->payload, SPAN("messageIds"));
  struct span_set seen = {0};
  if (!arg_ids(call, ids, SPAN("messageIds"), &seen, &asked->ids))
    return false;
  asked->gets = ARENA_ARRAY(&call->arena, struct kv_request *, asked->ids.count + 1);
  for (size_t i = 0; i < asked->ids.count; i++) {
    struct span key;
    if (!message_key(call, asked->ids.items[i].id, &key))
      return false;
    asked->gets[i] = kv_get(call, TABLE_MESSAGES, key, KV_OWN | KV_SURE);
  }
  return true;
}

struct entry message_entry(const struct message *message) {
  return (struct entry){.id = message->id,
                        .time = message->created,
                        .owner = message->resource,
                        .home = message->thread};
}

static void ask(struct call *call, struct gather *self, size_t index) {
  struct message_gather *gather = (struct message_gather *)self;
  struct span key;
  gather->gets[index] = message_key(call, gather->entries[index]->id, &key)
                            ? kv_get(call, TABLE_MESSAGES, key, KV_OWN)
                            : NULL;
}

bool message_passes(struct span raw, struct span filter) {
  struct span metadata = json_get(json_get(raw, SPAN("content")), SPAN("metadata"));
  for (struct json_walk walk = json_walk(filter); json_next(&walk);) {
    struct span member = json_get(metadata, (struct span){walk.name.ptr + 1, walk.name.len - 2});
    if (!member.ptr || !json_equal(member, walk.value))
      return false;
  }
  return true;
}

/* Whether |entry|, the first one under its id, is all that leads to a record that says |said|. */
static bool alone_leads_to(const struct message_gather *gather, const struct entry *entry,
                           const struct entry *said) {
  for (size_t i = 0; gather->among && i < gather->among->count; i++) {
    const struct collection *collection = gather->among->items[i];
    const struct entry *first = entries_find(&collection->entries, entry->id);
    if (span_eq(collection->id, entry->home))
      return first && entry_same(first, entry) && !entries_say(&collection->entries, said) &&
             (collection->all || !collection_below_floor(&collection->head, said));
  }
  return false;
}

/* Notes that |entry| is to be put in doubt once it is old, and so is what its record says: until then
 * the record may be on its way, or on its way back. */
static void note_gone(struct call *call, struct message_gather *gather, const struct entry *entry,
                      const struct kv_request *get) {
  bool settled = !get || !get->found || now_since(call, get->stamp) > YOUNG_MS;
  if (settled && !entry->doubt && now_since(call, journal_time(entry->journal)) > YOUNG_MS)
    entries_append(&call->arena, &gather->gone, entry);
}

static enum gather_verdict judge(struct call *call, struct gather *self, size_t index) {
  struct message_gather *gather = (struct message_gather *)self;
  struct entry *entry = gather->entries[index];
  struct kv_request *get = gather->gets[index];
  struct message message;
  if (get && get->found) {
    if (!message_read(call, get, &message)) {
      call_corrupt(call, get->key);
      return GATHER_FAILED;
    }
    struct entry said = message_entry(&message);
    bool same = entry_same(entry, &said);
    if (span_eq(entry->home, said.home) && (same || alone_leads_to(gather, entry, &said))) {
      if (!same)
        note_gone(call, gather, entry, get); /* a refresh puts a right one in its place */
      entry->time = said.time;
      entry->owner = said.owner;
      if (gather->filter.ptr && !message_passes(message.raw, gather->filter))
        return GATHER_PASSED;
      entry->record = message.raw;
      record_place(get->metadata, entry);
      return GATHER_GOOD;
    }
  }
  if (get && get->unseen) /* written here, and KV does not show it yet */
    return GATHER_GONE;
  entry->gone = true;
  note_gone(call, gather, entry, get);
  return GATHER_GONE;
}

static bool unsure(const struct gather *self, size_t index) {
  struct entry **entries = ((const struct message_gather *)self)->entries;
  return place_unsure(entries[index - 1], entries[index]);
}

struct message_gather *message_gather(struct call *call, struct entry **entries, size_t count,
                                      size_t want, struct span filter) {
  struct message_gather *gather = ARENA_NEW(&call->arena, struct message_gather);
  *gather =
      (struct message_gather){.gather = {.count = count,
                                         .want = want,
                                         .stride = filter.ptr ? 500 : 0,
                                         .ask = ask,
                                         .judge = judge,
                                         .unsure = unsure},
                              .entries = entries,
                              .filter = filter,
                              .gets = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1)};
  return gather;
}

static bool bad_filter(struct call *call, struct span message) {
  call_fail(call, TKV_ERR_INVALID_FILTER, message, SPAN_NONE);
  return false;
}

bool message_filter_check(struct call *call, struct span value, struct span *filter) {
  *filter = SPAN_NONE;
  if (!value.ptr)
    return true;
  if (!json_is_object(value))
    return bad_filter(call, SPAN("filter.metadata must be an object"));
  for (struct json_walk walk = json_walk(value); json_next(&walk);) {
    struct span name = {walk.name.ptr + 1, walk.name.len - 2};
    struct json_out message = json_out(&call->arena, name.len + 96);
    json_put(&message, SPAN("filter.metadata."));
    json_put(&message, name);
    if (!arg_is_name(name)) {
      json_put(&message, SPAN(": " ARG_NAME_RULE));
      return bad_filter(call, json_out_span(&message));
    }
    if (json_is_object(walk.value) || json_is_array(walk.value)) {
      json_put(&message, SPAN(": the value must be a string, a finite number, a boolean or null"));
      return bad_filter(call, json_out_span(&message));
    }
    *filter = value;
  }
  return true;
}

void messages_put(struct call *call, struct json_out *out, const struct entries *entries,
                  bool ascending) {
  struct entry **ordered = places_ordered(&call->arena, entries, ascending);
  json_put(out, SPAN("{\"messages\":["));
  for (size_t i = 0; i < entries->count; i++) {
    if (i)
      json_put_char(out, ',');
    json_put(out, ordered[i]->record);
  }
  json_put_char(out, ']');
}
