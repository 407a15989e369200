/* followup.h: what a call asks to be done after it. */
#ifndef TKV_FOLLOWUP_H
#define TKV_FOLLOWUP_H

#include "collection.h"

/* call_ask_refresh asks for a collection.refresh call (refresh.c) that brings |collection|'s head up to date; |gone| are
 * entries to be dropped from it, NULL for none.  |soon|: before the request ends. */
void call_ask_refresh(struct call *call, const struct collection *collection, const struct entries *gone, bool soon);

#endif
