/* message_get.c: listMessagesById: one bulk get per 100 ids. */
#include "codec/limits.h"
#include "index/place.h"
#include "threads/message.h"
#include "threads/operations.h"
#include "threads/thread.h"

static enum tkv_status answer(struct call *call, void *self);

enum tkv_status message_get(struct call *call, void *self) {
  struct message_ids *op = ARENA_NEW(&call->arena, struct message_ids);
  (void)self;
  call_self(call, op);
  if (!message_ask(call, op))
    return call->error;
  return call_next(call, answer);
}

/* A message of a thread that this isolate has just deleted may still be there: sweep has not come to
 * it.  One that was journaled after the deletion is of a thread made anew elsewhere; one of which
 * that is not known may be. */
static bool thread_is_gone(struct call *call, struct span thread, struct span journal) {
  struct span key;
  if (!thread_key(call, thread, &key))
    return false;
  struct note *note = memory_find(call->memory, call->store.spaces[TABLE_THREADS], key);
  if (!note || !note->own || note->kind == NOTE_EMPTY)
    return false;
  struct kv_request known = {.key = key, .found = note->kind == NOTE_VALUE, .value = note->value};
  struct thread last = thread_read(call, &known);
  bool before = journal.len ? journal_time(journal) <= last.deleted
                            : now_since(call, note->latest_at) < MEMORY_OVERLAY_MS;
  return last.state != THREAD_THERE && before;
}

static enum tkv_status answer(struct call *call, void *self) {
  struct message_ids *op = self;
  struct entries found = {0};
  size_t bytes = 64;
  for (size_t i = 0; i < op->ids.count; i++) {
    struct message message;
    if (!op->gets[i]->found)
      continue;
    if (!message_read(call, op->gets[i], &message))
      return call_corrupt(call, op->gets[i]->key);
    if (thread_is_gone(call, message.thread, record_journal(op->gets[i]->metadata)))
      continue;
    struct entry entry = message_entry(&message);
    entry.record = message.raw;
    record_place(op->gets[i]->metadata, &entry);
    entries_append(&call->arena, &found, &entry);
    bytes += message.raw.len + 1;
  }
  entries_sort(&call->arena, &found);
  struct json_out out = json_out(&call->arena, bytes);
  messages_put(call, &out, &found, true);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
