/* message_query.h: what a listMessages call asks for. */
#ifndef TKV_MESSAGE_QUERY_H
#define TKV_MESSAGE_QUERY_H

#include "threads/listing.h"

/* query_read reads the arguments into |list|, whose `by_resource` is set, and asks for the targets
 * of `include`.  False with the error recorded. */
bool query_read(struct call *call, struct list *list);

#endif
