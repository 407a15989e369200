/* saving.h: one saveMessages call under way, as message_save.c and message_join.c work on it. */
#ifndef TKV_SAVING_H
#define TKV_SAVING_H

#include "threads/mention.h"
#include "threads/message.h"
#include "threads/thread.h"

struct saved {
  struct message message;
  struct span key;
  uint32_t call; /* that brought it, if another's */
  struct kv_request *old, *proof,
      *put;              /* proof: to restore: the journal entry that the record names */
  struct message before; /* what stood under the id; `raw` unset for nothing */
  struct entry entry;    /* where it stands */
};

struct save {
  struct saved *items;
  size_t count, own;     /* all messages; those that this call was given, which come first */
  bool moves;            /* some message changes its place */
  struct entries others; /* threads that only superseded messages name: they must exist, too */
  struct kv_request **other_gets;
  struct changes changes;
  struct collections collections;
  struct mention *mentions;
};

/* save_change returns the change of the messages of |thread|. */
struct change *save_change(const struct save *save, struct span thread);

/* save_stored tells whether the message at |index| is: its record, and the journal entry that names
 * it. */
bool save_stored(const struct save *save, size_t index);

#endif
