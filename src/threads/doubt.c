/* doubt.c: the records behind doubtful entries, gathered; then the entries without those that are
 * gone. */
#include "threads/doubt.h"

static enum tkv_status drop_gone(struct call *call, void *self);

enum tkv_status doubts_settle(struct call *call, void *self) {
  struct doubts *doubts = self;
  size_t most = 0, count = 0;
  for (size_t i = 0; i < doubts->list->count; i++)
    most += doubts->list->items[i]->entries.count;
  struct entry **doubtful = ARENA_ARRAY(&call->arena, struct entry *, most + 1);
  for (size_t i = 0; i < doubts->list->count; i++) {
    struct entries *entries = &doubts->list->items[i]->entries;
    for (size_t k = 0; k < entries->count; k++)
      if (entries->items[k].doubt)
        doubtful[count++] = &entries->items[k];
  }
  if (!count)
    return TKV_DONE;
  doubts->gather = message_gather(call, doubtful, count, SIZE_MAX, SPAN_NONE);
  doubts->gather->among = doubts->list;
  return call_enter(call, gather_run, doubts->gather, drop_gone);
}

static enum tkv_status drop_gone(struct call *call, void *self) {
  struct doubts *doubts = self;
  for (size_t i = 0; i < doubts->list->count; i++) {
    struct collection *collection = doubts->list->items[i];
    size_t kept = 0;
    for (size_t k = 0; k < collection->entries.count; k++) {
      struct entry *entry = &collection->entries.items[k];
      entry->doubt = 0;
      entry->record = SPAN_NONE; /* whether it matches is for others to judge */
      if (!entry->gone)
        collection->entries.items[kept++] = *entry;
    }
    collection->entries.count = kept;
    entries_sort(&call->arena, &collection->entries);
    for (size_t k = 0; k < doubts->gather->gone.count; k++)
      if (span_eq(doubts->gather->gone.items[k].home, collection->id))
        entries_append(&call->arena, &collection->gone, &doubts->gather->gone.items[k]);
  }
  return TKV_DONE;
}
