/* thread.c: reading thread records, bumping threads. */
#include "threads/thread.h"

#include "codec/date.h"
#include "codec/key.h"
#include "index/head_read.h"

bool thread_key(struct call *call, struct span id, struct span *key) {
  return kv_key(call, TABLE_THREADS, &id, 1, key);
}

bool thread_parse(struct call *call, struct span raw, struct thread *thread) {
  static const struct shape shape[] = {
      {SHAPE(struct thread, id, "id"), SHAPE_TEXT},
      {SHAPE(struct thread, resource, "resourceId"), SHAPE_TEXT},
      {SHAPE(struct thread, created, "createdAt"), SHAPE_DATE},
      {SHAPE(struct thread, updated, "updatedAt"), SHAPE_DATE},
      {SHAPE(struct thread, metadata, "metadata"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct thread, archived, "archivedAt"), SHAPE_RAW | SHAPE_OPTIONAL}};
  *thread = (struct thread){.raw = raw, .state = THREAD_THERE};
  if (!shape_fits(&call->arena, raw, shape, 6, thread))
    return false;
  if (json_is_null(thread->archived))
    thread->archived = SPAN_NONE;
  return true;
}

/* Reads a tombstone; false when |raw| is none. */
static bool read_tombstone(struct call *call, struct span raw, struct thread *thread) {
  static const struct shape shape[] = {{SHAPE(struct thread, deleted, "deletedAt"), SHAPE_INT},
                                       {SHAPE(struct thread, id, "id"), SHAPE_RAW | SHAPE_OPTIONAL},
                                       {SHAPE(struct thread, resource, "resource"), SHAPE_TEXT},
                                       {SHAPE(struct thread, journal, "journal"), SHAPE_TEXT}};
  *thread = (struct thread){.state = THREAD_DELETED};
  return shape_fits(&call->arena, raw, shape, 4, thread) && !thread->id.ptr;
}

struct span thread_tombstone(struct call *call, const struct thread *thread, int64_t stamp) {
  struct json_out out = json_out(&call->arena, 128 + thread->resource.len);
  json_put_number(&out, SPAN("{\"deletedAt\":"), stamp);
  json_put_text(&out, SPAN(",\"resource\":"), thread->resource);
  json_put_text(&out, SPAN(",\"journal\":"), thread->journal);
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
  if (!thread_parse(call, raw, &thread) || !kv_is_key(call, get->key, TABLE_THREADS, thread.id))
    thread.state = THREAD_DAMAGED;
  json_int(json_get(get->metadata, SPAN("d")), &thread.deleted);
  thread.stamp = get->stamp;
  thread.journal = record_journal(get->metadata);
  return thread;
}

enum tkv_status thread_already_there(struct call *call, struct span id) {
  struct span message = call_join(call, SPAN("Thread with id "), id, SPAN(" already exists"));
  return call_fail(call, TKV_ERR_ALREADY_EXISTS, message, SPAN_NONE);
}

int64_t thread_updated(const struct thread *thread, const struct head *head) {
  bool bumped_later = head->bumped_at > thread->stamp && head->updated_at > thread->updated;
  return bumped_later ? head->updated_at : thread->updated;
}

struct head thread_head(struct call *call, const struct kv_request *get) {
  static const struct shape shape[] = {{SHAPE(struct head, updated_at, "u"), SHAPE_INT},
                                       {SHAPE(struct head, bumped_at, "b"), SHAPE_INT}};
  struct head head = {0};
  if (get->found && shape_fits(&call->arena, get->metadata, shape, 2, &head))
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

static struct span metadata_with(struct call *call, const struct thread *thread, int64_t stamp,
                                 bool resource, bool metadata) {
  struct json_out out =
      json_out(&call->arena, 256 + thread->resource.len * 6 + thread->metadata.len);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), stamp);
  if (thread->journal.len) {
    json_put_text(&out, SPAN(",\"j\":"), thread->journal);
  }
  if (thread->deleted)
    json_put_number(&out, SPAN(",\"d\":"), thread->deleted);
  json_put_number(&out, SPAN(",\"c\":"), thread->created);
  json_put_number(&out, SPAN(",\"u\":"), thread->updated);
  json_put(&out, thread->archived.ptr ? SPAN(",\"a\":true") : SPAN(",\"a\":false"));
  if (resource) {
    json_put_text(&out, SPAN(",\"r\":"), thread->resource);
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

struct change *thread_change(struct call *call, struct changes *list, struct span id,
                             enum collection_load how) {
  struct change *change = change_of(list, COLLECTION_THREAD, id);
  struct span key;
  if (change)
    return change;
  struct collection *collection =
      thread_key(call, id, &key) ? collection_new(call, COLLECTION_THREAD, id, how) : NULL;
  if (!collection)
    return NULL;
  collection->copies = true;
  return change_new(call, list, collection);
}

struct change *thread_touch(struct call *call, struct changes *list, struct collections *load,
                            struct span id, enum collection_load how) {
  struct change *change = thread_change(call, list, id, how);
  struct span key;
  if (!change || change->record || !thread_key(call, id, &key))
    return change;
  collections_add(call, load, change->collection);
  change->record = kv_get(call, TABLE_THREADS, key, KV_REMEMBER | KV_SURE);
  return change;
}

void thread_bump(struct call *call, struct change *change) {
  const struct head *head = &change->collection->head;
  struct thread thread = thread_read(call, change->record);
  change->dead = thread.state != THREAD_THERE;
  change->resource = thread.resource;
  int64_t before = change->dead ? 0 : thread_updated(&thread, head);
  change->bump = change->dead ? 0 : call->now > before ? call->now : before + 1;
  if (thread.deleted > change->since)
    change->since = thread.deleted;
}
