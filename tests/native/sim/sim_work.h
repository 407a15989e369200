/* sim_work.h: one operation of the workload, from its start to what its answer tells. */
#ifndef TESTS_SIM_WORK_H
#define TESTS_SIM_WORK_H

#include "sim/sim_model.h"

enum { WORK_THEMES = 4 };

struct work {
  struct sim *sim;
  int prefix;
  struct actor actor;
  struct object *thread, *target; /* target: of a move or a copy */
  struct event *event;            /* on the thread, or a resource */
  struct event **events;          /* on messages */
  size_t count, cap;
  struct span resource; /* of a list */
  bool exact, ascending;
  uint32_t limit; /* of a list; 0: none */
};

/* work_start starts an operation on |isolate|, chosen by chance. */
void work_start(struct sim *sim, struct isolate *isolate);

/* work_setup makes the threads that the workload begins with. */
void work_setup(struct sim *sim);

/* work_read starts a read of |thread| on |isolate|: its last messages, all of them, or the thread
 * itself. */
void work_read(struct isolate *isolate, struct object *thread);

/* work_save starts a save of |count| new messages into |thread|. */
void work_save(struct isolate *isolate, struct object *thread, int64_t count);

/* work_event adds an event to |work|. */
struct event *work_event(struct work *work, struct object *object, enum effect effect);

/* What sim_check.c does with answers. */
void done_message_save(struct run *run);
void done_message_update(struct run *run);
void done_message_delete(struct run *run);
void done_message_get(struct run *run);
void done_message_list(struct run *run);
void done_thread_save(struct run *run);
void done_thread_create(struct run *run);
void done_thread_update(struct run *run);
void done_thread_delete(struct run *run);
void done_thread_copy(struct run *run);
void done_thread_get(struct run *run);
void done_thread_list(struct run *run);
void done_resource(struct run *run);
void done_sweep(struct run *run);

/* sim_look.c: what a message or thread that was read may say. */

/* look_message checks a message that |reader| was given; NULL when it fails or is a stranger. */
struct object *look_message(struct sim *sim, int prefix, struct span json,
                            const struct actor *reader, const char *where);

/* look_thread likewise. */
struct object *look_thread(struct sim *sim, int prefix, struct span json,
                           const struct actor *reader, const char *where);

/* look_excused tells whether |error| may be: KV failed; or it is blind, and what a call wrote is
 * forgotten, for a later write of the same record failed. */
bool look_excused(struct sim *sim, struct span error);

/* look_field returns a top-level field of |json|, decoded when it is a string. */
struct span look_field(struct sim *sim, struct span json, const char *name);

/* A set of objects that an answer listed. */
struct listed {
  struct object **objects;
  size_t count, total; /* total: strangers included */
};

/* look_messages checks every message of an answer, that none comes twice, and their order. */
struct listed look_messages(struct work *work, struct span json, const struct actor *reader,
                            const char *where);

/* look_threads likewise. */
struct listed look_threads(struct work *work, struct span json, const struct actor *reader,
                           const char *where);

bool look_listed(const struct listed *listed, const struct object *object);

#endif
