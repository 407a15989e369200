/* mention.h: in which threads of others a resource has messages.
 *
 *   metadata:mentions:<resource>:<suffix>   a document like a journal entry's, which names one thread
 *
 * listMessagesByResourceId looks into the threads of a resource and into those that its mentions name
 * (COLLECTION_MENTIONS, a collection without a head); nothing else reads them.
 *
 * A mention is stored before the first record that needs it.  Its suffix is a hash of the thread's id
 * and of when a thread under that id was last deleted: whoever notes the same writes the same key, and
 * what goes with a deleted thread is none of one that lives anew.
 */
#ifndef TKV_MENTION_H
#define TKV_MENTION_H

#include "index/change.h"

/* A thread, as mentions see it. */
struct mention_site {
  struct span thread, resource;
  int64_t since; /* ms: when a thread under its id was last deleted; 0: never */
};

struct mention {
  struct mention *next;
  struct span thread, owner, key;
  struct kv_request *get; /* NULL: it is taken for not being there */
};

/* mention_new adds to |list| what notes a message of |owner| at |site|.  NULL when nothing has to be
 * noted, or it is in the list. */
struct mention *mention_new(struct call *call, struct mention **list,
                            const struct mention_site *site, struct span owner);

/* mention_ask does so for a message in the thread of |change|, which was bumped, and asks whether it
 * is noted already. */
void mention_ask(struct call *call, struct mention **list, const struct change *change,
                 struct span owner);

/* mentions_put queues the writes of those that are not known to be stored; false when all are.  If
 * one fails the call does. */
bool mentions_put(struct call *call, const struct mention *list);

/* mention_drop queues the deletion of what notes messages of |owner| at |site|; false when there is
 * nothing, or it is in |list|, to which it is added. */
bool mention_drop(struct call *call, struct mention **list, const struct mention_site *site,
                  struct span owner);

#endif
