/* story.h: the threads and messages that most tests of operations are about.
 *
 * Minutes count from the world's start.  A thread's message number n is called "<thread>-<n>",
 * belongs to the thread's resource and was created in minute n.
 */
#ifndef TESTS_STORY_H
#define TESTS_STORY_H

#include "support/host_mem.h"

/* story_date returns the JSON text of a date: minute |minute|. */
const char *story_date(struct world *world, int minute);

/* story_thread_json returns a thread created in |minute|; story_thread saves it. */
const char *story_thread_json(struct world *world, const char *id, const char *resource,
                              int minute);
void story_thread(struct world *world, const char *id, const char *resource, int minute);

/* story_message_json returns message number |number| of |thread|. */
const char *story_message_json(struct world *world, const char *thread, const char *resource,
                               int number);

/* story_messages_json returns an array of messages number |first| to |last|; story_messages saves
 * it. */
const char *story_messages_json(struct world *world, const char *thread, const char *resource,
                                int first, int last);
void story_messages(struct world *world, const char *thread, const char *resource, int first,
                    int last);

/* story_ids returns the ids in |result|'s `messages` or `threads`, separated by spaces. */
struct span story_ids(struct world *world, struct span result);

/* story_field returns a top-level field of |object|, SPAN_NONE when absent. */
struct span story_field(struct span object, const char *name);

/* story_list lists what |thread| holds, all of it, oldest first: an exact question.  story_newest
 * asks for the newest |count|, as an agent does. */
struct span story_list(struct world *world, const char *thread);
struct span story_newest(struct world *world, const char *thread, int count);

/* story_later moves the clock on. */
void story_later(struct world *world, int seconds);

/* story_run returns the workflow run that |ids| names, the members of an object; "" when there is
 * none. */
struct span story_run(struct world *world, const char *ids);

/* story_shuffle steps calls, of which world_begin told the statuses, by chance to their ends, which
 * must be good. */
void story_shuffle(struct world *world, struct dice *dice, const uint32_t *calls,
                   enum tkv_status *statuses, uint32_t count);

#endif
