/* message_join.h: saves of one thread that are under way in one isolate go together: the first one
 * takes the messages of those that began before it writes. */
#ifndef TKV_MESSAGE_JOIN_H
#define TKV_MESSAGE_JOIN_H

#include "threads/saving.h"

/* save_take takes the messages of calls that ask for it (join.h), once the thread was bumped, and
 * asks whether they are new.  In their order, up to one that could fail for a reason of its own, or
 * change other threads.  save_keep_new looks at the answers: from the first call on that brings what is
 * there already, or whose answer failed, all go alone. */
void save_take(struct call *call, struct save *save);
void save_keep_new(struct call *call, struct save *save);

/* save_tell tells the calls that were taken what came of it: done is whose messages are all stored; the
 * others try, and fail, themselves. */
void save_tell(struct call *call, const struct save *save);

#endif
