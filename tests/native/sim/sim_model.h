/* sim_model.h: what was done to every object, and what a reader may see of it.
 *
 * KV has no transactions, so the model is a history, not a state: every operation is an event with
 * a beginning and an end, and of events that overlap either may come first.  A reader may see what
 * an event wrote unless another one that certainly took place came later, and was visible where the
 * reader is.  An update reads before it writes, so it may bring back what it could see: a carrier.
 *
 * How long a change may stay invisible: not at all in the isolate that made it, nor elsewhere in
 * its place, save for what an isolate remembers; SIM_CACHE_MS in other places; and twice that for a
 * record which the reading isolate wrote shortly before, by a clock that runs ahead.
 */
#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include "sim/sim.h"

enum object_kind { OBJECT_MESSAGE, OBJECT_THREAD, OBJECT_RESOURCE };

/* What an object's record holds, as text: a message's content, its metadata's note, thread,
 * createdAt; a thread's title, its metadata's note, resource, createdAt; a resource's working
 * memory, its metadata's note. */
enum field { FIELD_TEXT, FIELD_NOTE, FIELD_HOME, FIELD_TIME, FIELD_COUNT };

enum effect { EFFECT_WRITE, EFFECT_PATCH, EFFECT_REMOVE };

/* EVENT_SURE: it took place.  EVENT_MAYBE: nobody knows.  EVENT_VOID: it did not. */
enum certainty { EVENT_MAYBE, EVENT_SURE, EVENT_VOID };

struct event {
  struct object *object;
  struct actor *actor;
  enum effect effect;
  enum certainty certainty;
  bool sure_at_rest;               /* a removal that a later sweep completes */
  bool with_thread;                /* a removal of a whole thread */
  bool creates;                    /* a write that refuses to replace what is there */
  struct span values[FIELD_COUNT]; /* `ptr` NULL: not set */
  struct object *copied;           /* values that are not set are whatever this one's were */
  uint32_t asked;                  /* the last query that came here */
  size_t position;                 /* among the messages of its call */
};

struct object {
  struct object *next; /* in its bucket */
  enum object_kind kind;
  int prefix;
  struct span id;
  struct event **events;
  size_t count, cap;
  int strangers; /* copies that may have filled this thread with messages of unknown ids */
};

struct model {
  struct object *buckets[1024];
  struct object **objects; /* in the order they came */
  size_t count, cap;
  uint32_t queries, tokens;
};

/* model_object returns an object, made if need be. */
struct object *model_object(struct sim *sim, int prefix, enum object_kind kind, struct span id);

/* model_find returns an object, or NULL. */
struct object *model_find(struct sim *sim, int prefix, enum object_kind kind, struct span id);

/* model_event adds an event, EVENT_MAYBE for now. */
struct event *model_event(struct sim *sim, struct object *object, enum effect effect,
                          struct actor *actor);

/* model_rest returns a reader from whom nothing is hidden any more. */
struct actor model_rest(int place);

/* model_may_be tells whether |reader| may see |value| in |field|. */
bool model_may_be(struct sim *sim, struct object *object, enum field field, struct span value,
                  const struct actor *reader);

/* model_may_be_absent tells whether |reader| may find no such object. */
bool model_may_be_absent(struct sim *sim, struct object *object, const struct actor *reader);

/* model_may_exist tells whether |reader| may find the object. */
bool model_may_exist(struct sim *sim, struct object *object, const struct actor *reader);

/* model_must_be tells whether |value| is all that |reader| can see in |field|, should the object
 * exist. */
bool model_must_be(struct sim *sim, struct object *object, enum field field, struct span value,
                   const struct actor *reader);

/* model_was_removed tells whether |object| may have been gone when |actor| began, by a removal that
 * ended less than |ms| before; or by one so short before that clocks may tell another order. */
bool model_was_removed(struct sim *sim, struct object *object, const struct actor *actor,
                       int64_t ms);

/* model_lost_thread tells whether the thread that |object| was in was removed less than |ms| before
 * |actor| began, whatever came after. */
bool model_lost_thread(const struct object *object, const struct actor *actor, int64_t ms);

/* model_precedes tells whether |a| was certainly brought to where it is before |b| was: they have one
 * createdAt and one thread. */
bool model_precedes(struct sim *sim, const struct object *a, const struct object *b);

/* model_is_sure tells whether it is known of all events before |reader|'s end whether they took
 * place. */
bool model_is_sure(const struct object *object, const struct actor *reader);

/* model_ended tells whether every event of |object| that |reader| might see ended at least |ms|
 * before it started. */
bool model_ended(const struct object *object, const struct actor *reader, int64_t ms);

/* model_ended_elsewhere likewise; for events of |reader|'s own isolate it is enough that they
 * ended. */
bool model_ended_elsewhere(const struct object *object, const struct actor *reader, int64_t ms);

#endif
