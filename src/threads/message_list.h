/* message_list.h: what message_list.c and message_window.c share: one listMessages call. */
#ifndef TKV_MESSAGE_LIST_H
#define TKV_MESSAGE_LIST_H

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

  struct collections collections; /* of the threads */
  struct collections extra;       /* of the windows' targets */
  struct collection *resource_threads;
  struct entries base; /* all that match, newest first, as far as the index tells */
  bool base_ends;      /* nothing matching lies beyond `base` */
  bool cut;            /* save what was left out, for a page needs no more */
  bool deepened;       /* everything was loaded, for too little was good */
  struct message_gather *gather, *window_gather;
  struct entries result;
  size_t page_length;
};

/* windows_read reads the `include` argument and asks for the targets.  False with the error
 * recorded. */
bool windows_read(struct call *call, struct list *list, struct span include);

/* windows_aim finds the targets' threads and adds to `extra` those collections that are not loaded.
 */
bool windows_aim(struct call *call, struct list *list);

/* windows_deepen adds to |list->extra| a full load of each collection whose head does not reach far
 * enough. */
void windows_deepen(struct call *call, struct list *list);

/* windows_gather starts gathering all windows' messages. */
void windows_gather(struct call *call, struct list *list);

#endif
