/* thread.c: reading thread records, bumping threads. */
#include "thread.h"

#include "date.h"
#include "key.h"

bool thread_key(struct call *call, struct span id, struct span *key) {
  return kv_key(call, TABLE_THREADS, &id, 1, key);
}

static bool parse_date(struct call *call, struct span value, int64_t *ms) {
  struct span text;
  return json_string(&call->arena, value, &text) && date_parse(text, ms);
}

bool thread_parse(struct call *call, struct span raw, struct thread *thread) {
  struct json_field fields[] = {{SPAN("id"), SPAN_NONE},        {SPAN("resourceId"), SPAN_NONE},
                                {SPAN("createdAt"), SPAN_NONE}, {SPAN("updatedAt"), SPAN_NONE},
                                {SPAN("metadata"), SPAN_NONE},  {SPAN("archivedAt"), SPAN_NONE}};
  *thread = (struct thread){.raw = raw, .state = THREAD_THERE};
  if (!json_fields(raw, fields, 6) || !json_string(&call->arena, fields[0].value, &thread->id) ||
      !json_string(&call->arena, fields[1].value, &thread->resource) ||
      !parse_date(call, fields[2].value, &thread->created) ||
      !parse_date(call, fields[3].value, &thread->updated))
    return false;
  thread->metadata = fields[4].value;
  thread->archived = json_is_null(fields[5].value) ? SPAN_NONE : fields[5].value;
  return true;
}

/* Reads a tombstone; false when |raw| is none. */
static bool read_tombstone(struct call *call, struct span raw, struct thread *thread) {
  struct json_field fields[] = {{SPAN("deletedAt"), SPAN_NONE},
                                {SPAN("id"), SPAN_NONE},
                                {SPAN("resource"), SPAN_NONE},
                                {SPAN("journal"), SPAN_NONE}};
  *thread = (struct thread){.state = THREAD_DELETED};
  return json_fields(raw, fields, 4) && !fields[1].value.ptr &&
         json_int(fields[0].value, &thread->deleted) &&
         json_string(&call->arena, fields[2].value, &thread->resource) &&
         json_string(&call->arena, fields[3].value, &thread->journal);
}

struct span thread_tombstone(struct call *call, const struct thread *thread, int64_t stamp) {
  struct json_out out = json_out(&call->arena, 128 + thread->resource.len);
  json_put(&out, SPAN("{\"deletedAt\":"));
  json_put_int(&out, stamp);
  json_put(&out, SPAN(",\"resource\":"));
  json_put_string(&out, thread->resource);
  json_put(&out, SPAN(",\"journal\":"));
  json_put_string(&out, thread->journal);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

struct thread thread_read(struct call *call, const struct kv_request *get) {
  struct thread thread = {.state = THREAD_NONE};
  struct span raw;
  if (!get->found)
    return thread;
  raw = json_trim(get->value);
  if (read_tombstone(call, raw, &thread)) {
    call_saw_stamp(call, thread.deleted);
    return thread;
  }
  if (!thread_parse(call, raw, &thread))
    thread.state = THREAD_DAMAGED;
  struct json_field predecessor = {SPAN("d"), SPAN_NONE};
  if (get->metadata.len && json_fields(get->metadata, &predecessor, 1))
    json_int(predecessor.value, &thread.deleted);
  thread.stamp = get->stamp;
  thread.journal = record_journal(get->metadata);
  return thread;
}

int64_t thread_updated(const struct thread *thread, const struct head *head) {
  bool bumped_later = head->bumped_at > thread->stamp && head->updated_at > thread->updated;
  return bumped_later ? head->updated_at : thread->updated;
}

struct head thread_head(struct call *call, const struct kv_request *get) {
  struct json_field fields[] = {{SPAN("u"), SPAN_NONE}, {SPAN("b"), SPAN_NONE}};
  struct head head = {0};
  if (get->found && get->metadata.len && json_fields(get->metadata, fields, 2) &&
      json_int(fields[0].value, &head.updated_at) && json_int(fields[1].value, &head.bumped_at))
    return head;
  if (!get->found || !head_read(&call->arena, get->value, &head))
    head = (struct head){0};
  return head;
}

void thread_put_updated(struct json_out *out, const struct thread *thread, int64_t updated) {
  char text[DATE_TEXT_MAX + 2] = "\"";
  size_t len = date_format(updated, text + 1);
  text[len + 1] = '"';
  struct json_field field = {SPAN("updatedAt"), {text, len + 2}};
  json_put_replaced(out, thread->raw, &field, 1);
}

static void put_number(struct json_out *out, struct span name, int64_t number) {
  json_put(out, name);
  json_put_int(out, number);
}

static struct span metadata_with(struct call *call, const struct thread *thread, int64_t stamp,
                                 bool resource, bool metadata) {
  struct json_out out =
      json_out(&call->arena, 256 + thread->resource.len * 6 + thread->metadata.len);
  put_number(&out, SPAN("{\"v\":1,\"w\":"), stamp);
  if (thread->journal.len) {
    json_put(&out, SPAN(",\"j\":"));
    json_put_string(&out, thread->journal);
  }
  if (thread->deleted)
    put_number(&out, SPAN(",\"d\":"), thread->deleted);
  put_number(&out, SPAN(",\"c\":"), thread->created);
  put_number(&out, SPAN(",\"u\":"), thread->updated);
  json_put(&out, thread->archived.ptr ? SPAN(",\"a\":true") : SPAN(",\"a\":false"));
  if (resource) {
    json_put(&out, SPAN(",\"r\":"));
    json_put_string(&out, thread->resource);
  }
  if (metadata) {
    json_put(&out, SPAN(",\"m\":"));
    json_put(&out, thread->metadata.ptr ? thread->metadata : SPAN("null"));
  }
  json_put_char(&out, '}');
  return json_out_span(&out);
}

struct span thread_metadata(struct call *call, const struct thread *thread, int64_t stamp) {
  struct span text = metadata_with(call, thread, stamp, true, true);
  if (!kv_fits_metadata(text))
    text = metadata_with(call, thread, stamp, true, false);
  return kv_fits_metadata(text) ? text : metadata_with(call, thread, stamp, false, false);
}

struct change *thread_touch(struct call *call, struct changes *list, struct collections *load,
                            struct span id, enum collection_load how) {
  struct change *change = change_of(list, COLLECTION_THREAD, id);
  struct span key;
  if (change)
    return change;
  struct collection *collection =
      thread_key(call, id, &key) ? collection_new(call, COLLECTION_THREAD, id, how) : NULL;
  if (!collection)
    return NULL;
  collections_add(call, load, collection);
  change = change_new(call, list, collection);
  change->record = kv_get(call, TABLE_THREADS, key, KV_REMEMBER);
  return change;
}

void thread_bump(struct call *call, struct change *change) {
  const struct head *head = &change->collection->head;
  struct thread thread = thread_read(call, change->record);
  change->dead = thread.state != THREAD_THERE;
  int64_t before = change->dead ? 0 : thread_updated(&thread, head);
  change->bump = change->dead ? 0 : call->now > before ? call->now : before + 1;
  if (thread.deleted > change->since)
    change->since = thread.deleted;
}
