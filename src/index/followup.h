/* followup.h: what a call asks to be done after it. */
#ifndef TKV_FOLLOWUP_H
#define TKV_FOLLOWUP_H

#include "index/collection.h"

/* What a refresh is told besides the collection. */
struct refresh_wish {
  const struct entries *gone;    /* members that an entry names and the record does not bear out:
                                    to be put in doubt; NULL for none */
  const struct entries *doubted; /* members that moved or were deleted, which a head that could not
                                    be written should say; NULL for none */
  int64_t bump; /* the thread's new updatedAt, which a head that could not be written should say; 0
                   for none */
  bool soon;    /* before the request ends */
  bool own;  /* the head was written: only if it is another by now, or gone, what this isolate has
                   journaled is merged into it; the journal is not listed */
  bool drop; /* what is gone is known to be so for long: it goes at once */
};

/* call_ask_refresh asks for a collection.refresh call (refresh.c) that brings |collection|'s head
 * up to date. */
void call_ask_refresh(struct call *call, const struct collection *collection,
                      struct refresh_wish wish);

/* collection_ask_refresh asks for one if a reader found that |collection| needs it: by its check, or
 * on account of |gone|, entries without a record. */
void collection_ask_refresh(struct call *call, const struct collection *collection,
                            const struct entries *gone);

#endif
