/* sim_look.c: what a message or thread that was read may say. */
#include "sim/sim_work.h"

#include "codec/json.h"

struct span look_field(struct sim *sim, struct span json, const char *name) {
  struct json_field field = {text_span(name), SPAN_NONE};
  struct span text;
  if (!json_fields(json, &field, 1))
    sim_fail(sim, "damaged JSON: %.*s", ARGS(json));
  return json_string(&sim->arena, field.value, &text) ? text : field.value;
}

static bool look_value(struct sim *sim, struct object *object, enum field field, struct span value,
                       const struct actor *reader, const char *where) {
  static const char *const names[] = {"text", "note", "home", "time"};
  if (model_may_be(sim, object, field, value, reader))
    return true;
  sim_fail(sim, "%s: %.*s under prefix %d has %s \"%.*s\", which nobody may see there", where,
           ARGS(object->id), object->prefix, names[field], ARGS(value));
  return false;
}

/* Every token begins with the prefix under which it was written. */
static bool is_inside(struct sim *sim, int prefix, struct span value, const char *where) {
  if (!value.len || span_starts(value, sim_text(sim, "p%d.", prefix)))
    return true;
  sim_fail(sim, "%s: a reader of prefix %d was given \"%.*s\"", where, prefix, ARGS(value));
  return false;
}

struct object *look_message(struct sim *sim, int prefix, struct span json,
                            const struct actor *reader, const char *where) {
  struct span content = look_field(sim, json, "content"),
              metadata = look_field(sim, content, "metadata");
  struct span id = look_field(sim, json, "id");
  struct span values[FIELD_COUNT] = {[FIELD_TEXT] = look_field(sim, content, "content"),
                                     [FIELD_NOTE] = look_field(sim, metadata, "note"),
                                     [FIELD_HOME] = look_field(sim, json, "threadId"),
                                     [FIELD_TIME] = look_field(sim, json, "createdAt")};
  if (!is_inside(sim, prefix, values[FIELD_TEXT], where) ||
      !is_inside(sim, prefix, values[FIELD_NOTE], where))
    return NULL;
  struct object *object = model_find(sim, prefix, OBJECT_MESSAGE, id);
  if (!object) {
    struct object *thread = model_find(sim, prefix, OBJECT_THREAD, values[FIELD_HOME]);
    if (!thread || !thread->strangers)
      sim_fail(sim, "%s: nobody wrote message %.*s", where, ARGS(id));
    return NULL;
  }
  if (!model_may_exist(sim, object, reader)) {
    sim_fail(sim, "%s: %.*s was deleted and is there again", where, ARGS(id));
    return NULL;
  }
  for (int field = 0; field < FIELD_COUNT; field++)
    if (!look_value(sim, object, (enum field)field, values[field], reader, where))
      return NULL;
  return object;
}

struct object *look_thread(struct sim *sim, int prefix, struct span json,
                           const struct actor *reader, const char *where) {
  struct span title = look_field(sim, json, "title"),
              note = look_field(sim, look_field(sim, json, "metadata"), "note");
  struct span id = look_field(sim, json, "id");
  if (!is_inside(sim, prefix, title, where) || !is_inside(sim, prefix, note, where))
    return NULL;
  struct object *object = model_find(sim, prefix, OBJECT_THREAD, id);
  if (!object || !model_may_exist(sim, object, reader)) {
    sim_fail(sim,
             object ? "%s: thread %.*s was deleted and is there again"
                    : "%s: nobody wrote thread %.*s",
             where, ARGS(id));
    return NULL;
  }
  bool fine =
      look_value(sim, object, FIELD_TEXT, title, reader, where) &&
      look_value(sim, object, FIELD_NOTE, note, reader, where) &&
      look_value(sim, object, FIELD_HOME, look_field(sim, json, "resourceId"), reader, where);
  return fine ? object : NULL;
}

bool look_listed(const struct listed *listed, const struct object *object) {
  for (size_t i = 0; i < listed->count; i++)
    if (listed->objects[i] == object)
      return true;
  return false;
}

typedef struct object *(*looker)(struct sim *sim, int prefix, struct span json,
                                 const struct actor *reader, const char *where);

/* Of what |listed| has of |object|'s time and thread nothing was brought there after it. */
static void check_moment(struct work *work, const struct listed *listed, const struct span *times,
                         const struct object *object, struct span time, const char *where) {
  for (size_t i = listed->count; i-- > 0 && span_eq(times[i], time);) {
    const struct object *other = listed->objects[i];
    if (work->ascending ? model_precedes(work->sim, object, other)
                        : model_precedes(work->sim, other, object))
      sim_fail(work->sim, "%s: of one moment, %.*s and %.*s are out of order", where,
               ARGS(other->id), ARGS(object->id));
  }
}

static struct listed look_all(struct work *work, struct span array, looker look,
                              const struct actor *reader, const char *where) {
  struct sim *sim = work->sim;
  struct listed listed = {0};
  struct span before = SPAN_NONE;
  for (struct json_walk walk = json_walk(array); json_next(&walk);)
    listed.total++;
  listed.objects = ARENA_ARRAY(&sim->arena, struct object *, listed.total + 1);
  struct span *times = ARENA_ARRAY(&sim->arena, struct span, listed.total + 1);
  for (struct json_walk walk = json_walk(array); json_next(&walk) && !sim->failed;) {
    struct span time = look_field(sim, walk.value, "createdAt");
    struct object *object = look(sim, work->prefix, walk.value, reader, where);
    if (object && look_listed(&listed, object))
      sim_fail(sim, "%s: %.*s is listed twice", where, ARGS(object->id));
    bool ordered = look == look_message ||
                   reader->isolate < 0; /* a list of threads may lag behind their records */
    if (ordered && before.ptr &&
        (work->ascending ? span_cmp(before, time) > 0 : span_cmp(before, time) < 0))
      sim_fail(sim, "%s: %.*s is out of order", where, ARGS(look_field(sim, walk.value, "id")));
    before = time;
    if (look == look_message && work->thread &&
        !span_eq(look_field(sim, walk.value, "threadId"), work->thread->id))
      sim_fail(sim, "%s: %.*s is of another thread", where,
               ARGS(look_field(sim, walk.value, "id")));
    if (object && look == look_message && work->thread && !sim->config.bare)
      check_moment(work, &listed, times, object, time, where);
    times[listed.count] = time;
    if (object)
      listed.objects[listed.count++] = object;
  }
  return listed;
}

struct listed look_messages(struct work *work, struct span json, const struct actor *reader,
                            const char *where) {
  return look_all(work, look_field(work->sim, json, "messages"), look_message, reader, where);
}

struct listed look_threads(struct work *work, struct span json, const struct actor *reader,
                           const char *where) {
  return look_all(work, look_field(work->sim, json, "threads"), look_thread, reader, where);
}

bool look_excused(struct sim *sim, struct span error) {
  struct span code = look_field(sim, error, "code");
  return span_eq(code, SPAN("KV_FAILED")) ||
         (sim->config.blind && span_eq(code, SPAN("TRY_AGAIN")));
}
