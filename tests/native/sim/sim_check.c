/* sim_check.c: what an answer tells: which events took place, and whether a reader saw what it had
 * to see. */
#include "sim/sim_excuse.h"
#include "sim/sim_work.h"

#include "codec/json.h"

enum {
  OWN_MS = 110 * 1000, /* how long an isolate surely remembers what it wrote */
  LATE_MS = SIM_CACHE_MS + 1000
};

static void settle(struct work *work, enum certainty certainty) {
  if (work->event)
    work->event->certainty = certainty;
  for (size_t i = 0; i < work->count; i++)
    work->events[i]->certainty = certainty;
}

/* True when the call came back with a result.  Otherwise its events stay uncertain, or are known to
 * be void. */
static bool came_back(struct run *run, const char *excuse) {
  struct sim *sim = run->sim;
  if (run->state != RUN_FAILED)
    return run->state == RUN_DONE;
  struct span code = look_field(sim, run->result, "code");
  bool faulty = sim->config.refused || sim->config.lost || sim->config.rate_limit;
  if (span_eq(code, SPAN("KV_FAILED")) && faulty && !sim->calm) {
    run->actor->end += SIM_CARRY_MS;
    return false;
  }
  if (span_eq(code, SPAN("BUDGET")) && sim->config.store.max_operations < SIM_BUDGET)
    return false; /* perhaps with some of it done */
  if ((sim->config.blind && faulty && span_eq(code, SPAN("TRY_AGAIN"))) ||
      (excuse && strstr(excuse, sim_text(sim, "%.*s", ARGS(code)).ptr)))
    settle(run->work, EVENT_VOID);
  else
    sim_fail(sim, "%s failed: %.*s", sim_op_name(run->op), ARGS(run->result));
  return false;
}

static bool failed_with(struct run *run, const char *code) {
  return run->state == RUN_FAILED &&
         span_eq(look_field(run->sim, run->result, "code"), text_span(code));
}

static int64_t number_of(struct run *run, const char *name) {
  int64_t number = 0;
  if (!json_int(look_field(run->sim, run->result, name), &number))
    sim_fail(run->sim, "%s: no %s in %.*s", sim_op_name(run->op), name, ARGS(run->result));
  return number;
}

static void check_not_found(struct run *run, struct object *thread) {
  if (failed_with(run, "NOT_FOUND") && !model_may_be_absent(run->sim, thread, run->actor))
    sim_fail(run->sim, "%s: thread %.*s is there, yet was not found", sim_op_name(run->op),
             ARGS(thread->id));
}

/* What is written may go: from now on nobody knows whether |event|'s object is there. */
static void doubt(struct work *work, struct event *event) {
  struct actor *later = ARENA_NEW(&work->sim->arena, struct actor);
  *later = work->actor;
  later->end += RISK_MS;
  model_event(work->sim, event->object, EFFECT_REMOVE, later);
}

/* What is written into a thread that may just have been deleted may go with it.  So may an object
 * that an update brought back, having read it before it saw the deletion. */
static void mark_risk(struct work *work, struct event *event, struct object *thread) {
  if (thread && model_was_removed(work->sim, thread, &work->actor, RISK_MS))
    doubt(work, event);
}

/* ---- messages */

static bool names(struct span array, struct span id) {
  for (struct json_walk walk = json_walk(array); json_next(&walk);)
    if (json_name_is(walk.value, id))
      return true;
  return false;
}

void done_message_save(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  bool whole = came_back(run, "NOT_FOUND");
  check_not_found(run, work->thread);
  struct span stored = SPAN_NONE;
  bool led = failed_with(run, "NOT_FOUND") && excuse_led(run->actor);
  if (failed_with(run, "KV_FAILED"))
    stored = look_field(sim, look_field(sim, run->result, "details"), "stored");
  for (size_t i = 0; i < work->count; i++) {
    struct event *event = work->events[i];
    if (whole || (stored.ptr && names(stored, event->object->id)))
      event->certainty = EVENT_SURE;
    else if (led)
      event->certainty = EVENT_MAYBE;
    if (event->certainty !=
        EVENT_VOID) /* a message may also have moved there before the call went */
      mark_risk(work, event, work->thread);
  }
  if (whole && !sim->calm && sim_chance(sim, 400))
    work_read(run->isolate, work->thread);
}

static bool thread_may_be_gone(struct sim *sim, struct object *message,
                               const struct actor *reader) {
  for (size_t i = 0; i < sim->model->count; i++) {
    struct object *thread = sim->model->objects[i];
    if (thread->kind == OBJECT_THREAD && thread->prefix == message->prefix &&
        model_may_be(sim, message, FIELD_HOME, thread->id, reader) &&
        model_may_be_absent(sim, thread, reader))
      return true;
  }
  return false;
}

static struct event *event_of(const struct work *work, const struct object *object) {
  for (size_t i = 0; i < work->count; i++)
    if (work->events[i]->object == object)
      return work->events[i];
  return NULL;
}

static void check_missing(struct run *run, struct object *object) {
  if (!model_may_be_absent(run->sim, object, run->actor) &&
      !thread_may_be_gone(run->sim, object, run->actor))
    sim_fail(run->sim, "%s: message %.*s is there, yet was not found", sim_op_name(run->op),
             ARGS(object->id));
}

void done_message_update(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  bool whole = came_back(run, "NOT_FOUND");
  if (work->target)
    check_not_found(run, work->target);
  if (!whole)
    return;
  struct listed found = {0};
  found.objects = ARENA_ARRAY(&sim->arena, struct object *, work->count);
  for (size_t i = work->count; i-- > 0;) {
    struct object *object = work->events[i]->object;
    bool lost = model_lost_thread(object, &work->actor, RISK_MS);
    if (lost || model_was_removed(sim, object, &work->actor, RISK_MS))
      doubt(work, work->events[i]);
  }
  settle(work, EVENT_SURE);
  struct span messages = look_field(sim, run->result, "messages");
  for (struct json_walk walk = json_walk(messages); json_next(&walk) && !sim->failed;) {
    struct object *object =
        look_message(sim, work->prefix, walk.value, run->actor, "message.update");
    if (object && event_of(work, object))
      found.objects[found.count++] = object;
  }
  for (size_t i = 0; i < work->count && !sim->failed; i++) {
    struct event *event = work->events[i];
    if (!look_listed(&found, event->object)) {
      event->certainty = EVENT_VOID;
      check_missing(run, event->object);
      continue;
    }
    for (size_t k = 0; k < sim->model->count; k++) {
      struct object *thread = sim->model->objects[k];
      if (thread->kind == OBJECT_THREAD && thread->prefix == work->prefix &&
          model_may_be(sim, event->object, FIELD_HOME, thread->id, run->actor) &&
          excuse_removed_lately(thread, &work->actor, RISK_MS)) /* anew or not: FORMAT.md, 6 */
        doubt(work, event);
    }
  }
}

void done_message_delete(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  if (!came_back(run, "BUDGET"))
    return;
  int64_t deleted = number_of(run, "deleted"), least = 0, most = 0;
  settle(work, EVENT_VOID);
  for (size_t i = 0; i < work->count; i++) {
    least += !model_may_be_absent(sim, work->events[i]->object, run->actor);
    most += model_may_exist(sim, work->events[i]->object, run->actor);
  }
  if (deleted < least || deleted > most)
    sim_fail(sim, "message.delete found %lld messages, of which there are %lld to %lld",
             (long long)deleted, (long long)least, (long long)most);
  settle(work, deleted == (int64_t)work->count ? EVENT_SURE : deleted ? EVENT_MAYBE : EVENT_VOID);
}

void done_message_get(struct run *run) {
  struct work *work = run->work;
  if (!came_back(run, NULL))
    return;
  work->ascending = true;
  struct listed listed = look_messages(work, run->result, run->actor, "message.get");
  for (size_t i = 0; i < work->count && !run->sim->failed; i++)
    if (!look_listed(&listed, work->events[i]->object))
      check_missing(run, work->events[i]->object);
}

/* Whether |event| said where its object stands: an isolate remembers that it did. */
static bool places(const struct event *event) {
  return event->effect == EFFECT_WRITE ||
         (event->effect == EFFECT_PATCH &&
          (event->values[FIELD_HOME].ptr || event->values[FIELD_TIME].ptr));
}

/* Whether all of |object|'s history is |reader|'s isolate's own, and its place recent. */
static bool is_own(const struct object *object, const struct actor *reader) {
  bool recent = false;
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    const struct actor *by = event->actor;
    if (event->certainty == EVENT_VOID || !by->isolate || by->start > reader->end)
      continue;
    if (by->isolate != reader->isolate || by->end > reader->start)
      return false;
    recent |= by->end + OWN_MS > reader->start && places(event);
  }
  return recent;
}

/* Whether a list of |thread| has to show |message|. */
static bool must_be_listed(struct sim *sim, struct object *message, struct object *thread,
                           const struct actor *reader, bool exact) {
  if (message->kind != OBJECT_MESSAGE || message->prefix != thread->prefix ||
      !model_is_sure(message, reader))
    return false;
  if (model_may_be_absent(sim, message, reader) || model_may_be_absent(sim, thread, reader) ||
      !model_must_be(sim, message, FIELD_HOME, thread->id, reader))
    return false;
  return is_own(message, reader) || (exact && model_ended(message, reader, LATE_MS));
}

void done_message_list(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  if (!came_back(run, NULL))
    return;
  struct listed listed = look_messages(work, run->result, run->actor, sim_op_name(run->op));
  if (!work->thread || (work->limit && listed.total == work->limit))
    return;
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *message = sim->model->objects[i];
    if (must_be_listed(sim, message, work->thread, run->actor, work->exact) &&
        !look_listed(&listed, message))
      sim_fail(sim, "message.list: the %s of thread %.*s lack %.*s",
               work->exact ? "messages" : "last messages", ARGS(work->thread->id),
               ARGS(message->id));
  }
}

/* ---- threads */

void done_thread_save(struct run *run) {
  if (came_back(run, NULL))
    settle(run->work, EVENT_SURE);
  if (run->state == RUN_DONE && !run->sim->calm && sim_chance(run->sim, 300))
    work_read(run->isolate, run->work->thread);
}

/* Whether |object| may have been removed between two events. */
static bool removed_between(const struct object *object, const struct event *a,
                            const struct event *b) {
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    if (event->effect == EFFECT_REMOVE && event->certainty != EVENT_VOID && event->actor->isolate &&
        event->actor->end >= a->actor->start && event->actor->start <= b->actor->end)
      return true;
  }
  return false;
}

/* An isolate makes a thread once, unless it is deleted meanwhile; or its host was silent for so long that
 * another call took over what it was about to write. */
static void check_created_once(struct run *run, const struct object *thread,
                               const struct event *event) {
  for (size_t i = 0; i < thread->count && !run->sim->config.silent; i++) {
    const struct event *other = thread->events[i];
    if (other != event && other->creates && other->certainty == EVENT_SURE &&
        other->actor->isolate == event->actor->isolate && !removed_between(thread, other, event) &&
        !removed_between(thread, event, other))
      sim_fail(run->sim, "thread %.*s was made twice", ARGS(thread->id));
  }
}

static void check_is_there(struct run *run, struct object *thread) {
  if (failed_with(run, "ALREADY_EXISTS") && !model_may_exist(run->sim, thread, run->actor))
    sim_fail(run->sim, "%s: there is no thread %.*s", sim_op_name(run->op), ARGS(thread->id));
}

void done_thread_create(struct run *run) {
  struct work *work = run->work;
  if (came_back(run, "ALREADY_EXISTS")) {
    settle(work, EVENT_SURE);
    check_created_once(run, work->thread, work->event);
  }
  check_is_there(run, work->thread);
}

void done_thread_update(struct run *run) {
  struct work *work = run->work;
  bool whole = came_back(run, "NOT_FOUND");
  check_not_found(run, work->thread);
  if (!whole)
    return;
  mark_risk(work, work->event, work->thread);
  settle(work, EVENT_SURE);
  look_thread(run->sim, work->prefix, run->result, run->actor, "thread.update");
}

/* Messages that came into the thread while it was deleted may be gone, too. */
static void remove_newcomers(struct work *work) {
  struct sim *sim = work->sim;
  for (size_t i = 0; i < sim->model->count; i++) {
    struct object *object = sim->model->objects[i];
    if (object->kind == OBJECT_MESSAGE && object->prefix == work->prefix &&
        !event_of(work, object) &&
        model_may_be(sim, object, FIELD_HOME, work->thread->id, &work->actor))
      work_event(work, object, EFFECT_REMOVE)->with_thread = true;
  }
}

void done_thread_delete(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  if (came_back(run, NULL)) {
    struct actor linear = work->actor;
    linear.sees_all = true;
    bool pending = look_field(sim, run->result, "pending").ptr[0] == 't';
    settle(work, EVENT_VOID);
    bool known = !model_may_be_absent(sim, work->thread, run->actor);
    for (size_t i = 0; i < work->count; i++) {
      struct object *object = work->events[i]->object;
      bool only = known && !model_may_be_absent(sim, object, &linear) &&
                  model_must_be(sim, object, FIELD_HOME, work->thread->id, &linear) &&
                  model_ended_elsewhere(object, &work->actor, 2 * sim->config.skew);
      /* What was saved elsewhere just before has not come to light here; a sweep will find it. */
      bool found = !pending && model_ended_elsewhere(object, &work->actor, RISK_MS);
      work->events[i]->sure_at_rest = only;
      work->events[i]->certainty = only && found ? EVENT_SURE : EVENT_MAYBE;
    }
    work->event->certainty = known ? EVENT_SURE : EVENT_MAYBE;
  }
  remove_newcomers(work);
}

/* Notes one copied message; false when what the answer says cannot be. */
static bool take_copy(struct run *run, struct span old_id, struct span new_id) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  struct object *old = model_find(sim, work->prefix, OBJECT_MESSAGE, old_id);
  if (!old && work->thread->strangers) {
    work->target->strangers++; /* its copy is one for good */
    return true;
  }
  if (!old || !model_may_exist(sim, old, run->actor)) {
    sim_fail(sim, "thread.copy: there is no message %.*s to copy", ARGS(old_id));
    return false;
  }
  struct event *event =
      work_event(work, model_object(sim, work->prefix, OBJECT_MESSAGE, new_id), EFFECT_WRITE);
  event->values[FIELD_HOME] = work->target->id;
  event->copied = old;
  event->certainty = EVENT_SURE;
  mark_risk(work, event, work->target);
  if (excuse_taken_over(sim, work->target, work->event))
    doubt(work, event);
  return true;
}

void done_thread_copy(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  bool whole = came_back(run, "NOT_FOUND ALREADY_EXISTS BUDGET");
  check_not_found(run, work->thread);
  check_is_there(run, work->target);
  if (whole || work->event->certainty == EVENT_VOID)
    work->target->strangers--;
  if (!whole)
    return;
  work->event->certainty = EVENT_SURE;
  check_created_once(run, work->target, work->event);
  struct listed copied = {0};
  copied.objects = ARENA_ARRAY(&sim->arena, struct object *, sim->model->count + 1);
  struct span map = look_field(sim, run->result, "messageIdMap");
  for (struct json_walk walk = json_walk(map); json_next(&walk) && !sim->failed;) {
    struct span old = {walk.name.ptr + 1, walk.name.len - 2},
                new = {walk.value.ptr + 1, walk.value.len - 2};
    if (take_copy(run, old, new))
      copied.objects[copied.count++] = model_find(sim, work->prefix, OBJECT_MESSAGE, old);
  }
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++)
    if (must_be_listed(sim, sim->model->objects[i], work->thread, run->actor, true) &&
        !look_listed(&copied, sim->model->objects[i]))
      sim_fail(sim, "thread.copy: %.*s was not copied", ARGS(sim->model->objects[i]->id));
}

void done_thread_get(struct run *run) {
  struct work *work = run->work;
  if (!came_back(run, NULL))
    return;
  if (run->result.len)
    look_thread(run->sim, work->prefix, run->result, run->actor, "thread.get");
  else if (!model_may_be_absent(run->sim, work->thread, run->actor))
    sim_fail(run->sim, "thread.get: thread %.*s is there, yet was not found",
             ARGS(work->thread->id));
}

void done_thread_list(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  if (!came_back(run, NULL))
    return;
  struct listed listed = look_threads(work, run->result, run->actor, "thread.list");
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *thread = sim->model->objects[i];
    if (thread->kind != OBJECT_THREAD || thread->prefix != work->prefix ||
        !model_is_sure(thread, run->actor) || model_may_be_absent(sim, thread, run->actor) ||
        look_listed(&listed, thread))
      continue;
    if (work->resource.len && !model_must_be(sim, thread, FIELD_HOME, work->resource, run->actor))
      continue;
    if (is_own(thread, run->actor) || (work->exact && model_ended(thread, run->actor, LATE_MS)))
      sim_fail(sim, "thread.list: the threads of \"%.*s\" lack %.*s", ARGS(work->resource),
               ARGS(thread->id));
  }
}

/* ---- the rest */

void done_resource(struct run *run) {
  struct work *work = run->work;
  struct sim *sim = run->sim;
  if (!came_back(run, NULL))
    return;
  settle(work, EVENT_SURE);
  if (!run->result.len) {
    if (run->op == TKV_OP_RESOURCE_GET && !model_may_be_absent(sim, work->thread, run->actor))
      sim_fail(sim, "resource.get: %.*s is there, yet was not found", ARGS(work->thread->id));
    return;
  }
  struct span metadata = look_field(sim, run->result, "metadata");
  struct span text = look_field(sim, run->result, "workingMemory"),
              note = metadata.ptr ? look_field(sim, metadata, "note") : SPAN_NONE;
  text = text.ptr ? text : SPAN("");
  note = note.ptr ? note : SPAN("");
  if (!model_may_be(sim, work->thread, FIELD_TEXT, text, run->actor) ||
      !model_may_be(sim, work->thread, FIELD_NOTE, note, run->actor))
    sim_fail(sim, "%s: %.*s has \"%.*s\" and \"%.*s\", which nobody may see there",
             sim_op_name(run->op), ARGS(work->thread->id), ARGS(text), ARGS(note));
}

void done_sweep(struct run *run) {
  struct sim *sim = run->sim;
  came_back(run, NULL);
  for (size_t i = 0; sim->config.blind && i < sim->model->count; i++) {
    struct object *object = sim->model->objects[i];
    for (size_t k = object->count; object->kind == OBJECT_MESSAGE && k-- > 0;)
      if (excuse_swept(sim, object->events[k], run->actor)) {
        model_event(sim, object, EFFECT_REMOVE, run->actor);
        break;
      }
  }
}
