/* message_window.h: `include`: single messages with those around them. */
#ifndef TKV_MESSAGE_WINDOW_H
#define TKV_MESSAGE_WINDOW_H

#include "threads/listing.h"

/* windows_read reads the `include` argument and asks for the targets.  False with the error
 * recorded. */
bool windows_read(struct call *call, struct list *list, struct span include);

/* windows_aim finds the targets' threads and adds to `extra` those collections that are not loaded.
 */
bool windows_aim(struct call *call, struct list *list);

/* windows_deepen adds to |list->extra| a full load of each collection whose head does not reach far
 * enough. */
void windows_deepen(struct call *call, struct list *list);

/* windows_gather starts gathering all windows' messages, windows_take adds them to `result`. */
void windows_gather(struct call *call, struct list *list);
void windows_take(struct call *call, struct list *list);

#endif
