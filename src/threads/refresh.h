/* refresh.h: the records behind the members of a collection. */
#ifndef TKV_REFRESH_H
#define TKV_REFRESH_H

#include "index/collection.h"

/* member_ask queues the read of the record of |id|, a member of a collection of |kind|.  NULL, with
 * the error recorded, when the key is too long. */
struct kv_request *member_ask(struct call *call, enum collection_kind kind, struct span id,
                              unsigned flags);

/* member_says returns what a record, answered in |get|, says of its membership in a collection of
 * |collection|'s kind; an entry without an id when it says nothing. */
struct entry member_says(struct call *call, const struct collection *collection,
                         const struct kv_request *get);

#endif
