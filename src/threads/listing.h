/* listing.h: one listMessages call, as message_list.c, message_query.c and message_window.c work on
 * it.
 */
#ifndef TKV_LISTING_H
#define TKV_LISTING_H

#include "index/place.h"
#include "threads/message.h"

/* One `include` argument, and what came of it. */
struct window {
  struct span id, thread; /* thread: a hint, SPAN_NONE without */
  uint64_t previous, next;
  struct kv_request *get;
  struct message target; /* `raw` unset: unknown, or of another resource */
  struct collection *collection;
};

struct list {
  struct entries threads; /* their ids */
  bool by_resource;
  struct span resource; /* SPAN_NONE: any */
  struct span filter;   /* of content.metadata; SPAN_NONE: any */
  struct date_range range;
  struct page page;
  bool ascending, count_all; /* count_all: `total` is wanted */

  struct window *windows;
  size_t window_count;
  uint64_t windows_reach; /* so many messages they show at most */

  struct collections collections;       /* of the threads */
  struct collections extra;             /* of the windows' targets */
  struct collections *resource_threads; /* by resource: its threads and its mentions */
  struct entries base; /* all that match, newest first, as far as the index tells */
  bool base_ends;      /* nothing matching lies beyond `base` */
  bool cut;            /* save what was left out, for a page needs no more */
  size_t lead;         /* entries that are read though the page begins behind them */
  bool deepened;       /* everything was loaded, for too little was good */
  struct message_gather *gather, *window_gather;
  struct entries result;
  size_t page_length;
};

#endif
