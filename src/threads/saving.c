/* saving.c: what is known of one saveMessages call. */
#include "threads/saving.h"

struct change *save_change(const struct save *save, struct span thread) {
  return change_of(&save->changes, COLLECTION_THREAD, thread);
}

bool save_stored(const struct save *save, size_t index) {
  const struct saved *item = &save->items[index];
  struct change *change = save_change(save, item->message.thread);
  bool journaled = !change->journal_put || !change->journal_put->failed;
  return !item->put->failed && (journaled || !entries_find(&change->added, item->message.id));
}
