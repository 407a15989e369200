/* sim_excuse.c: calls that overlapped, isolates that went, hosts that fell silent. */
#include "sim/sim_excuse.h"

#include "codec/limits.h"

bool excuse_removed_lately(const struct object *object, const struct actor *actor, int64_t ms) {
  for (size_t i = 0; i < object->count; i++) {
    const struct event *event = object->events[i];
    if (event->effect == EFFECT_REMOVE && event->certainty != EVENT_VOID && event->actor->isolate &&
        event->actor->start <= actor->end && event->actor->end > actor->start - ms)
      return true;
  }
  return false;
}

static bool leads_to(const struct event *event, struct span home) {
  return event->effect == EFFECT_WRITE && event->values[FIELD_HOME].ptr &&
         span_eq(event->values[FIELD_HOME], home);
}

bool excuse_torn(const struct object *object, struct span home) {
  for (size_t i = 0; i < object->count; i++) {
    const struct event *torn = object->events[i];
    if (torn->certainty != EVENT_MAYBE || !leads_to(torn, home))
      continue;
    for (size_t k = 0; k < object->count; k++) {
      const struct event *other = object->events[k];
      bool at_once =
          other->actor->start <= torn->actor->end && torn->actor->start <= other->actor->end;
      if (other->effect == EFFECT_WRITE && at_once && !leads_to(other, home))
        return true;
    }
  }
  return false;
}

bool excuse_taken_over(const struct sim *sim, const struct object *thread,
                       const struct event *event) {
  for (size_t i = 0; i < thread->count && sim->config.silent; i++) {
    const struct event *other = thread->events[i];
    if (other != event && other->effect == EFFECT_WRITE && other->certainty != EVENT_VOID &&
        other->actor->isolate == event->actor->isolate &&
        other->actor->start <= event->actor->end && event->actor->start <= other->actor->end)
      return true;
  }
  return false;
}

bool excuse_swept(struct sim *sim, const struct event *event, const struct actor *sweep) {
  const struct span home = event->values[FIELD_HOME];
  const struct object *thread =
      home.ptr ? model_find(sim, event->object->prefix, OBJECT_THREAD, home) : NULL;
  return event->effect == EFFECT_WRITE && event->certainty != EVENT_VOID && thread &&
         event->actor->start <= sweep->end && event->actor->end > sweep->start - RISK_MS &&
         excuse_removed_lately(thread, event->actor, INT64_MAX / 2);
}

bool excuse_led(const struct actor *actor) {
  return actor->end - actor->start >= KV_FLIGHT_MAX_MS;
}
