/* sim_model.c: histories of objects. */
#include "sim/sim_model.h"

static struct object **bucket_of(struct model *model, int prefix, enum object_kind kind,
                                 struct span id) {
  return &model->buckets[span_hash(id, (uint32_t)(prefix * 8 + (int)kind)) % 1024];
}

struct object *model_find(struct sim *sim, int prefix, enum object_kind kind, struct span id) {
  struct object *object = *bucket_of(sim->model, prefix, kind, id);
  while (object && !(object->prefix == prefix && object->kind == kind && span_eq(object->id, id)))
    object = object->next;
  return object;
}

/* The beginning of every history: there was nothing. */
static void begin(struct sim *sim, struct object *object) {
  struct actor *nobody = ARENA_NEW(&sim->arena, struct actor);
  struct event *event = model_event(sim, object, EFFECT_REMOVE, nobody);
  event->certainty = EVENT_SURE;
  event->sure_at_rest = true;
  for (int field = 0; field < FIELD_COUNT; field++)
    event->values[field] = SPAN("");
}

struct object *model_object(struct sim *sim, int prefix, enum object_kind kind, struct span id) {
  struct model *model = sim->model;
  struct object *object = model_find(sim, prefix, kind, id);
  if (object)
    return object;
  struct object **bucket = bucket_of(model, prefix, kind, id);
  object = ARENA_NEW(&sim->arena, struct object);
  *object = (struct object){
      .next = *bucket, .kind = kind, .prefix = prefix, .id = arena_copy(&sim->arena, id)};
  *bucket = object;
  if (model->count == model->cap) {
    model->cap = model->cap ? model->cap * 2 : 64;
    struct object **objects = ARENA_ARRAY(&sim->arena, struct object *, model->cap);
    if (model->count)
      memcpy(objects, model->objects, model->count * sizeof(struct object *));
    model->objects = objects;
  }
  begin(sim, object);
  return model->objects[model->count++] = object;
}

struct event *model_event(struct sim *sim, struct object *object, enum effect effect,
                          struct actor *actor) {
  struct event *event = ARENA_NEW(&sim->arena, struct event);
  *event = (struct event){.object = object, .effect = effect, .actor = actor};
  if (object->count == object->cap) {
    object->cap = object->cap ? object->cap * 2 : 4;
    struct event **events = ARENA_ARRAY(&sim->arena, struct event *, object->cap);
    if (object->count)
      memcpy(events, object->events, object->count * sizeof(struct event *));
    object->events = events;
  }
  return object->events[object->count++] = event;
}

struct actor model_rest(int place) {
  return (struct actor){
      .start = INT64_MAX - 1, .end = INT64_MAX - 1, .isolate = -1, .place = place};
}

static bool is_rest(const struct actor *reader) {
  return reader->isolate < 0;
}

/* ---- visibility */

/* Whether KV may have answered |reader| that there is no such object: such an answer has no stamp.
 */
static bool may_answer_absent(const struct sim *sim, const struct object *object,
                              const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    bool seen = event->actor->isolate || sim->config.blind; /* from before there was anything */
    if (event->effect == EFFECT_REMOVE && seen && event->certainty != EVENT_VOID &&
        event->actor->start <= reader->end)
      return true;
  }
  return false;
}

/* Until when |own|, which |reader|'s isolate wrote, may count for more there than |change|, which came
 * later from elsewhere: its clock may run ahead, and an answer without a stamp counts for less than
 * one's own write of the last minute. */
static int64_t outweighs_until(const struct sim *sim, const struct event *own,
                               const struct event *change, const struct actor *reader) {
  const struct actor *a = own->actor, *b = change->actor;
  if (own->certainty == EVENT_VOID || a->isolate != reader->isolate || a->start > b->end)
    return 0;
  if (a->end == INT64_MAX)
    return INT64_MAX;
  /* its stamps follow those that it has read */
  if (a->end + sim->config.skew >= b->start + b->skew)
    return a->end + SIM_OWN_MS;
  bool unstamped = sim->config.bare || may_answer_absent(sim, change->object, reader);
  return unstamped ? a->end + SIM_OVERLAY_MS : 0;
}

/* Until when what |reader|'s isolate wrote itself may hide |change| from it. */
static int64_t hidden_until(const struct sim *sim, const struct event *change,
                            const struct actor *reader) {
  int64_t until = 0;
  for (size_t i = 0; i < change->object->count; i++) {
    int64_t end = outweighs_until(sim, change->object->events[i], change, reader);
    until = end > until ? end : until;
  }
  return until;
}

/* How old an answer may be when it arrives. */
static int64_t longest_transit(const struct sim *sim) {
  return sim->config.latency + (sim->config.slow ? SIM_SLOW_MS : 0);
}

/* Whether |change|'s isolate no longer knows of it, for a later write of its own failed; a place that
 * is blind may then show what was before. */
static bool is_forgotten(const struct sim *sim, const struct event *change) {
  for (size_t i = 0; sim->config.blind && i < change->object->count; i++) {
    const struct event *later = change->object->events[i];
    if (later->certainty == EVENT_MAYBE && later->actor->isolate == change->actor->isolate &&
        later->actor->end > change->actor->end)
      return true;
  }
  return false;
}

/* Whether |reader| cannot miss |change|, which has ended. */
static bool is_visible(const struct sim *sim, const struct event *change,
                       const struct actor *reader) {
  const struct actor *by = change->actor;
  if (is_rest(reader))
    return true;
  if (by->end > reader->start)
    return false;
  if ((by->isolate == reader->isolate && !is_forgotten(sim, change)) || reader->sees_all)
    return true;
  int64_t stale = by->place == reader->place && !sim->config.blind ? 0 : SIM_CACHE_MS;
  int64_t from = by->end + stale + SIM_REUSE_MS + longest_transit(sim);
  int64_t hidden = hidden_until(sim, change, reader);
  return reader->start >= (hidden > from ? hidden : from);
}

static bool is_sure(const struct event *event, const struct actor *reader) {
  return event->certainty == EVENT_SURE || (event->sure_at_rest && is_rest(reader));
}

/* Whether |event| replaces what was in |field| before. */
static bool replaces(const struct event *event, enum field field) {
  return event->effect != EFFECT_PATCH || event->values[field].ptr;
}

/* Whether |event| is what |reader|'s isolate wrote itself, and may still see whatever came later
 * elsewhere. */
static bool is_kept(const struct sim *sim, const struct event *event, const struct actor *reader) {
  const struct object *object = event->object;
  if (event->actor->isolate != reader->isolate)
    return false;
  for (size_t i = 0; i < object->count; i++) {
    const struct event *other = object->events[i];
    if (other->certainty != EVENT_VOID && other->actor->isolate != reader->isolate &&
        other->actor->start <= reader->end &&
        outweighs_until(sim, event, other, reader) > reader->start)
      return true;
  }
  return false;
}

/* Whether something that |reader| cannot miss came after |event|. */
static bool is_superseded(const struct sim *sim, const struct event *event, enum field field,
                          const struct actor *reader) {
  bool kept = is_kept(sim, event, reader);
  for (size_t i = 0; i < event->object->count; i++) {
    const struct event *later = event->object->events[i];
    if (later->actor->start > event->actor->end && is_sure(later, reader) &&
        replaces(later, field) && is_visible(sim, later, reader) &&
        !(kept && later->actor->isolate != reader->isolate))
      return true;
  }
  return false;
}

static bool may_see(struct sim *sim, struct event *event, enum field field,
                    const struct actor *reader) {
  struct object *object = event->object;
  if (event->certainty == EVENT_VOID || event->actor->start > reader->end ||
      event->asked == sim->model->queries)
    return false;
  event->asked = sim->model->queries;
  if (!is_superseded(sim, event, field, reader))
    return true;
  for (size_t i = 0; i < object->count; i++) {
    struct event *carrier = object->events[i];
    bool carries = carrier->effect == EFFECT_PATCH && !carrier->values[field].ptr &&
                   carrier->certainty != EVENT_VOID;
    if (carries && event->actor->start <= carrier->actor->end &&
        !is_superseded(sim, event, field, carrier->actor) && may_see(sim, carrier, field, reader))
      return true;
  }
  return false;
}

static bool sees(struct sim *sim, struct event *event, enum field field,
                 const struct actor *reader) {
  sim->model->queries++;
  return may_see(sim, event, field, reader);
}

/* ---- questions */

static bool says(const struct event *event, enum field field, struct span value) {
  if (event->values[field].ptr || !event->copied)
    return event->values[field].ptr && span_eq(event->values[field], value);
  for (size_t i = 0; i < event->copied->count; i++)
    if (says(event->copied->events[i], field, value))
      return true;
  return false;
}

bool model_may_be(struct sim *sim, struct object *object, enum field field, struct span value,
                  const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++)
    if (says(object->events[i], field, value) && sees(sim, object->events[i], field, reader))
      return true;
  return false;
}

/* Existence: what a patch writes exists as much as what a write writes. */
static bool may_hold(const struct sim *sim, const struct event *event, const struct actor *reader) {
  if (event->certainty == EVENT_VOID || event->actor->start > reader->end)
    return false;
  for (size_t i = 0; i < event->object->count; i++) {
    const struct event *later = event->object->events[i];
    if (later->actor->start > event->actor->end && is_sure(later, reader) &&
        is_visible(sim, later, reader) &&
        (later->effect == EFFECT_REMOVE) != (event->effect == EFFECT_REMOVE))
      return false;
  }
  return true;
}

bool model_may_be_absent(struct sim *sim, struct object *object, const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++)
    if (object->events[i]->effect == EFFECT_REMOVE && may_hold(sim, object->events[i], reader))
      return true;
  return false;
}

bool model_may_exist(struct sim *sim, struct object *object, const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++)
    if (object->events[i]->effect != EFFECT_REMOVE && may_hold(sim, object->events[i], reader))
      return true;
  return false;
}

bool model_must_be(struct sim *sim, struct object *object, enum field field, struct span value,
                   const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++) {
    struct event *event = object->events[i];
    bool other =
        event->values[field].ptr ? !span_eq(event->values[field], value) : event->copied != NULL;
    if (other && event->effect != EFFECT_REMOVE && sees(sim, event, field, reader))
      return false;
  }
  return true;
}

bool model_was_removed(struct sim *sim, struct object *object, const struct actor *actor,
                       int64_t ms) {
  struct actor reader = *actor;
  reader.sees_all = true;
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    int64_t end = event->actor->end;
    if (event->effect != EFFECT_REMOVE || event->certainty == EVENT_VOID ||
        end <= actor->start - ms)
      continue;
    bool untold = sim->config.bare && object->kind == OBJECT_THREAD; /* one made anew says no `d` */
    if (untold || end > actor->start - 2 * sim->config.skew || may_hold(sim, event, &reader))
      return true;
  }
  return false;
}

bool model_lost_thread(const struct object *object, const struct actor *actor, int64_t ms) {
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    if (event->with_thread && event->certainty != EVENT_VOID && event->actor->start <= actor->end &&
        event->actor->end > actor->start - ms)
      return true;
  }
  return false;
}

bool model_is_sure(const struct object *object, const struct actor *reader) {
  for (size_t i = 0; i < object->count; i++)
    if (object->events[i]->certainty == EVENT_MAYBE &&
        object->events[i]->actor->start <= reader->end)
      return false;
  return true;
}

bool model_ended(const struct object *object, const struct actor *reader, int64_t ms) {
  for (size_t i = 0; i < object->count; i++) {
    const struct actor *actor = object->events[i]->actor;
    if (object->events[i]->certainty != EVENT_VOID && actor->start <= reader->end &&
        (actor->end == INT64_MAX || actor->end + ms > reader->start))
      return false;
  }
  return true;
}

bool model_ended_elsewhere(const struct object *object, const struct actor *reader, int64_t ms) {
  for (size_t i = 0; i < object->count; i++) {
    const struct actor *actor = object->events[i]->actor;
    int64_t more = actor->isolate == reader->isolate ? 0 : ms;
    if (object->events[i]->certainty != EVENT_VOID && actor->start < reader->start &&
        (actor->end == INT64_MAX || actor->end + more > reader->start))
      return false;
  }
  return true;
}

/* The one save that can have brought |object| to where it is; NULL when others may have, or when it
 * may have been gone in between. */
static const struct event *arrival(const struct object *object) {
  const struct event *found = NULL;
  for (size_t i = 1; i < object->count; i++) {
    const struct event *event = object->events[i];
    if (event->certainty == EVENT_VOID)
      continue;
    bool places = event->effect == EFFECT_WRITE || event->values[FIELD_HOME].ptr ||
                  event->values[FIELD_TIME].ptr;
    if (event->effect == EFFECT_REMOVE || event->copied || (places && found))
      return NULL;
    found = places ? event : found;
  }
  return found;
}

bool model_precedes(struct sim *sim, const struct object *a, const struct object *b) {
  enum { MARGIN_MS = 2000 }; /* stamps that are given faster than the clock runs */
  const struct event *first = arrival(a), *second = arrival(b);
  if (!first || !second)
    return false;
  if (first->actor == second->actor)
    return first->position < second->position;
  if (first->actor->isolate == second->actor->isolate)
    return first->actor->call < second->actor->call;
  return first->certainty == EVENT_SURE &&
         first->actor->end + 2 * sim->config.skew + MARGIN_MS < second->actor->start;
}
