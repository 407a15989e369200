/* followup.h: what a call asks to be done after it. */
#ifndef TKV_FOLLOWUP_H
#define TKV_FOLLOWUP_H

#include "collection.h"

/* What a refresh is told besides the collection. */
struct refresh_wish {
  const struct entries *gone;    /* entries to be dropped; NULL for none */
  const struct entries *doubted; /* members that moved, which a head that could not be written
                                    should say; NULL for none */
  int64_t bump; /* the thread's new updatedAt, which a head that could not be written should say; 0
                   for none */
  bool soon;    /* before the request ends */
};

/* call_ask_refresh asks for a collection.refresh call (refresh.c) that brings |collection|'s head
 * up to date. */
void call_ask_refresh(struct call *call, const struct collection *collection,
                      struct refresh_wish wish);

#endif
