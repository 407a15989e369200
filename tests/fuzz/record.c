/* record.c: records and the metadata beside them.  The input is cut in two at its first newline: value, metadata.
 * Reading never crashes; a thread that was read and written again reads the same. */
#include "kv/step.h"
#include "rows/row.h"
#include "rows/workflow.h"
#include "threads/message.h"
#include "threads/thread.h"

#include <stdlib.h>

static void require(bool held) {
  if (!held)
    abort();
}

static void try_message(struct call *call, struct span value) {
  struct message message;
  if (!message_parse(call, value, &message))
    return;
  struct entry entry = message_entry(&message);
  require(span_eq(entry.id, message.id) && entry_same(&entry, &entry));
  require(json_is_object(message.raw));
}

static void try_thread(struct call *call, struct kv_request *get) {
  struct thread thread, again;
  if (thread_parse(call, get->value, &thread) && !thread_key(call, thread.id, &get->key))
    return;
  thread = thread_read(call, get);
  require(thread.state != THREAD_NONE);
  if (thread.state == THREAD_DELETED) {
    struct kv_request buried = {
        .kind = KV_GET, .found = true, .value = thread_tombstone(call, &thread, 5)};
    again = thread_read(call, &buried);
    require(again.state == THREAD_DELETED && again.deleted == 5);
    require(span_eq(again.resource, thread.resource) && span_eq(again.journal, thread.journal));
  }
  if (thread.state != THREAD_THERE)
    return;
  struct json_out out = json_out(&call->arena, 64);
  thread_put_updated(&out, &thread, 86400000);
  require(thread_parse(call, json_out_span(&out), &again) && again.updated == 86400000);
  require(span_eq(again.id, thread.id) && span_eq(again.resource, thread.resource));
  require(again.created == thread.created);
  thread_head(call, get);
  struct span metadata = thread_metadata(call, &thread, 7);
  require(kv_fits_metadata(metadata) && kv_stamp_of(metadata) == 7);
}

static void try_rows(struct call *call, const struct kv_request *get) {
  struct span object, key, row;
  if (!json_value(get->value, &object) || !json_is_object(object))
    return;
  for (int table = 0; table < TABLE_COUNT; table++) {
    const struct row_kind *kind = row_kind_at((enum tkv_table)table);
    struct kv_request asked = *get;
    if (!kind)
      continue;
    if (row_key(call, kind, object, &asked.key) && row_check(call, kind, object) &&
        row_read(call, kind, &asked, &row))
      require(row_key(call, kind, row, &key) && span_eq(key, asked.key));
    require(kv_stamp_of(row_metadata(call, kind, object, 7)) == 7);
    row_expires(call, kind, object);
  }
  struct workflow_row run;
  workflow_read(call, object, &run);
  row_cover_of(get->metadata);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct shared shared = {0};
  struct call call = {.shared = &shared, .memory = &shared.memory};
  char *exact = malloc(size ? size : 1);
  if (size)
    memcpy(exact, data, size);
  const char *cut = memchr(exact, '\n', size);
  struct span value = {exact, cut ? (size_t)(cut - exact) : size};
  struct span metadata = cut ? (struct span){cut + 1, size - value.len - 1} : SPAN_NONE;
  struct kv_request get = {.kind = KV_GET, .found = true, .value = value, .metadata = metadata};
  try_message(&call, value);
  try_thread(&call, &get);
  try_rows(&call, &get);
  kv_stamp_of(metadata);
  record_journal(metadata);
  arena_free(&call.arena);
  free(exact);
  return 0;
}
