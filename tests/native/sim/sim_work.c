/* sim_work.c: the workload: what is done, by whom, to what; and the events that this makes. */
#include "sim/sim_work.h"

#include "codec/date.h"

static const char *const thread_ids[] = {"a", "a:b", "a%3Ab", "b", "c", "d"};
static const char *const resource_ids[] = {"u", "u:a"};

/* ---- helpers */

static struct work *new_work(struct sim *sim, int prefix, struct object *thread) {
  struct work *work = ARENA_NEW(&sim->arena, struct work);
  *work = (struct work){.sim = sim, .prefix = prefix, .thread = thread};
  work->actor.start = sim->now;
  work->actor.end = INT64_MAX;
  return work;
}

static void start(struct isolate *isolate, struct work *work, enum tkv_op op, struct span control,
                  struct span payload, void (*done)(struct run *run)) {
  sim_call(isolate, work->prefix, op, control, payload, done, work, &work->actor);
}

/* Every value that is written is unlike any other, and says under which prefix it was written. */
static struct span token(struct sim *sim, int prefix) {
  return sim_text(sim, "p%d.%u", prefix, ++sim->model->tokens);
}

static struct span date_now(struct sim *sim) {
  char text[DATE_TEXT_MAX + 1] = {0};
  int64_t ms = sim->now - 3000 + sim_upto(sim, 6) * 1000;
  text[date_format(sim->config.moments ? ms - ms % 60000 : ms, text)] = 0;
  return sim_text(sim, "%s", text);
}

static struct object *any_thread(struct sim *sim, int prefix) {
  const char *id = thread_ids[sim_upto(sim, sim->config.threads - 1)];
  return model_object(sim, prefix, OBJECT_THREAD, text_span(id));
}

static struct span any_resource(struct sim *sim) {
  return text_span(resource_ids[sim_upto(sim, sim->config.resources - 1)]);
}

/* A message that was saved before, the newer the likelier; NULL when there is none. */
static struct object *any_message(struct sim *sim, int prefix) {
  struct model *model = sim->model;
  for (int tries = 0; tries < 20 && model->count; tries++) {
    int64_t back = sim_upto(sim, sim_upto(sim, (int64_t)model->count - 1));
    struct object *object = model->objects[model->count - 1 - (size_t)back];
    if (object->kind == OBJECT_MESSAGE && object->prefix == prefix)
      return object;
  }
  return NULL;
}

struct event *work_event(struct work *work, struct object *object, enum effect effect) {
  struct event *event = model_event(work->sim, object, effect, &work->actor);
  event->position = work->count;
  if (object->kind != OBJECT_MESSAGE)
    return work->event = event;
  if (work->count == work->cap) {
    work->cap = work->cap ? work->cap * 2 : 8;
    struct event **events = ARENA_ARRAY(&work->sim->arena, struct event *, work->cap);
    if (work->count)
      memcpy(events, work->events, work->count * sizeof(struct event *));
    work->events = events;
  }
  return work->events[work->count++] = event;
}

/* ---- messages */

static struct span message_text(struct sim *sim, const struct event *event, struct span resource) {
  return sim_text(sim,
                  "{\"id\":\"%.*s\",\"threadId\":\"%.*s\",\"resourceId\":\"%.*s\",\"role\":"
                  "\"user\",\"createdAt\":\"%.*s\","
                  "\"content\":{\"content\":\"%.*s\",\"metadata\":{\"note\":\"%.*s\"}}}",
                  ARGS(event->object->id), ARGS(event->values[FIELD_HOME]), ARGS(resource),
                  ARGS(event->values[FIELD_TIME]), ARGS(event->values[FIELD_TEXT]),
                  ARGS(event->values[FIELD_NOTE]));
}

static bool holds_object(const struct work *work, const struct object *object) {
  for (size_t i = 0; i < work->count; i++)
    if (work->events[i]->object == object)
      return true;
  return false;
}

static void save_messages(struct sim *sim, struct isolate *isolate, int prefix,
                          struct object *thread, int64_t count, int old) {
  struct work *work = new_work(sim, prefix, thread);
  struct span payload = SPAN("[");
  while (count--) {
    struct object *object = sim_chance(sim, old) ? any_message(sim, prefix) : NULL;
    if (!object)
      object =
          model_object(sim, prefix, OBJECT_MESSAGE, sim_text(sim, "m%u", ++sim->model->tokens));
    if (holds_object(work, object))
      continue;
    struct event *event = work_event(work, object, EFFECT_WRITE);
    event->values[FIELD_TEXT] = token(sim, prefix);
    event->values[FIELD_NOTE] = token(sim, prefix);
    event->values[FIELD_HOME] = thread->id;
    event->values[FIELD_TIME] = date_now(sim);
    struct span guest = sim_chance(sim, 900) ? SPAN("u") : any_resource(sim);
    struct span text = message_text(sim, event, guest);
    payload = sim_text(sim, "%.*s%s%.*s", ARGS(payload), work->count > 1 ? "," : "", ARGS(text));
  }
  start(isolate, work, TKV_OP_MESSAGE_SAVE, SPAN(""), sim_text(sim, "%.*s]", ARGS(payload)),
        done_message_save);
}

static void job_save(struct sim *sim, struct isolate *isolate, int prefix) {
  int64_t count = sim_chance(sim, 600) ? 2 : 1 + sim_upto(sim, 4);
  save_messages(sim, isolate, prefix, any_thread(sim, prefix), count,
                sim->config.theme == 0 ? 50 : 150);
}

static void update_messages(struct sim *sim, struct isolate *isolate, int prefix,
                            enum field field) {
  struct work *work = new_work(sim, prefix, NULL);
  struct span payload = SPAN("[");
  for (int64_t count = 1 + sim_upto(sim, 1); count; count--) {
    struct object *object = any_message(sim, prefix);
    if (!object || holds_object(work, object))
      continue;
    struct event *event = work_event(work, object, EFFECT_PATCH);
    struct span patch;
    if (field == FIELD_HOME) {
      work->target = any_thread(sim, prefix);
      event->values[field] = work->target->id;
      patch = sim_text(sim, "\"threadId\":\"%.*s\"", ARGS(event->values[field]));
      count = 1;
    } else if (field == FIELD_TIME) {
      event->values[field] = date_now(sim);
      patch = sim_text(sim, "\"createdAt\":\"%.*s\"", ARGS(event->values[field]));
    } else {
      event->values[field] = token(sim, prefix);
      patch = sim_text(sim,
                       field == FIELD_TEXT ? "\"content\":{\"content\":\"%.*s\"}"
                                           : "\"content\":{\"metadata\":{\"note\":\"%.*s\"}}",
                       ARGS(event->values[field]));
    }
    payload = sim_text(sim, "%.*s%s{\"id\":\"%.*s\",%.*s}", ARGS(payload),
                       work->count > 1 ? "," : "", ARGS(object->id), ARGS(patch));
  }
  if (work->count)
    start(isolate, work, TKV_OP_MESSAGE_UPDATE, SPAN(""), sim_text(sim, "%.*s]", ARGS(payload)),
          done_message_update);
}

static void job_update_text(struct sim *sim, struct isolate *isolate, int prefix) {
  update_messages(sim, isolate, prefix, FIELD_TEXT);
}

static void job_update_note(struct sim *sim, struct isolate *isolate, int prefix) {
  update_messages(sim, isolate, prefix, FIELD_NOTE);
}

static void job_move(struct sim *sim, struct isolate *isolate, int prefix) {
  update_messages(sim, isolate, prefix, FIELD_HOME);
}

static void job_retime(struct sim *sim, struct isolate *isolate, int prefix) {
  update_messages(sim, isolate, prefix, FIELD_TIME);
}

/* Chooses a few messages; their ids as the members of a JSON array. */
static struct span choose_messages(struct work *work, enum effect effect) {
  struct sim *sim = work->sim;
  struct span ids = SPAN("");
  for (int64_t count = 1 + sim_upto(sim, 2); count; count--) {
    struct object *object = any_message(sim, work->prefix);
    if (!object || holds_object(work, object))
      continue;
    work_event(work, object, effect);
    ids = sim_text(sim, "%.*s%s\"%.*s\"", ARGS(ids), work->count > 1 ? "," : "", ARGS(object->id));
  }
  return ids;
}

static void job_delete(struct sim *sim, struct isolate *isolate, int prefix) {
  struct work *work = new_work(sim, prefix, NULL);
  struct span ids = choose_messages(work, EFFECT_REMOVE);
  if (work->count)
    start(isolate, work, TKV_OP_MESSAGE_DELETE, SPAN(""),
          sim_text(sim, "{\"messageIds\":[%.*s]}", ARGS(ids)), done_message_delete);
}

static void job_get(struct sim *sim, struct isolate *isolate, int prefix) {
  struct work *work = new_work(sim, prefix, NULL);
  struct span ids = choose_messages(work, EFFECT_PATCH);
  for (size_t i = 0; i < work->count; i++)
    work->events[i]->certainty = EVENT_VOID; /* only to remember which were asked for */
  if (work->count)
    start(isolate, work, TKV_OP_MESSAGE_GET, SPAN(""),
          sim_text(sim, "{\"messageIds\":[%.*s]}", ARGS(ids)), done_message_get);
}

static void list_messages(struct isolate *isolate, struct object *thread, bool exact) {
  struct sim *sim = isolate->sim;
  struct work *work = new_work(sim, thread->prefix, thread);
  work->exact = work->ascending = exact;
  work->limit = exact ? 0 : 1 + (uint32_t)sim_upto(sim, 1) * 99;
  struct span control =
      exact ? SPAN("{\"perPage\":false}")
            : sim_text(sim, "{\"perPage\":%u,\"direction\":\"DESC\",\"includeTotal\":false}",
                       work->limit);
  start(isolate, work, TKV_OP_MESSAGE_LIST, control,
        sim_text(sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)), done_message_list);
}

/* Several saves of one thread at once in one isolate: they go together. */
static void job_burst(struct sim *sim, struct isolate *isolate, int prefix) {
  struct object *thread = any_thread(sim, prefix);
  for (int64_t left = 2 + sim_upto(sim, 8); left; left--)
    save_messages(sim, isolate, prefix, thread, 1 + sim_upto(sim, 1), 50);
  if (sim_chance(sim, sim->config.cancels * 4))
    sim_cancel(sim->runs[sim_upto(sim, (int64_t)sim->run_count - 1)]);
}

static void job_last(struct sim *sim, struct isolate *isolate, int prefix) {
  list_messages(isolate, any_thread(sim, prefix), false);
}

static void job_all(struct sim *sim, struct isolate *isolate, int prefix) {
  list_messages(isolate, any_thread(sim, prefix), true);
}

static void job_by_resource(struct sim *sim, struct isolate *isolate, int prefix) {
  struct work *work = new_work(sim, prefix, NULL);
  work->ascending = true;
  start(isolate, work, TKV_OP_MESSAGE_LIST_BY_RESOURCE, SPAN("{\"perPage\":false}"),
        SPAN("{\"resourceId\":\"u\"}"), done_message_list);
}

/* ---- threads */

static void put_thread(struct sim *sim, struct isolate *isolate, struct object *thread,
                       bool creates) {
  struct work *work = new_work(sim, thread->prefix, thread);
  struct event *event = work_event(work, thread, EFFECT_WRITE);
  event->creates = creates;
  event->values[FIELD_TEXT] = token(sim, thread->prefix);
  event->values[FIELD_NOTE] = token(sim, thread->prefix);
  event->values[FIELD_HOME] = sim_chance(sim, 900) ? SPAN("u") : any_resource(sim);
  event->values[FIELD_TIME] = date_now(sim);
  struct span payload = sim_text(sim,
                                 "{\"id\":\"%.*s\",\"resourceId\":\"%.*s\",\"title\":\"%.*s\","
                                 "\"metadata\":{\"note\":\"%.*s\"},\"createdAt\":\"%.*s\","
                                 "\"updatedAt\":\"%.*s\"}",
                                 ARGS(thread->id), ARGS(event->values[FIELD_HOME]),
                                 ARGS(event->values[FIELD_TEXT]), ARGS(event->values[FIELD_NOTE]),
                                 ARGS(event->values[FIELD_TIME]), ARGS(event->values[FIELD_TIME]));
  start(isolate, work, creates ? TKV_OP_THREAD_CREATE : TKV_OP_THREAD_SAVE, SPAN(""), payload,
        creates ? done_thread_create : done_thread_save);
}

static void job_thread_save(struct sim *sim, struct isolate *isolate, int prefix) {
  put_thread(sim, isolate, any_thread(sim, prefix), false);
}

static void update_thread(struct sim *sim, struct isolate *isolate, int prefix, enum field field) {
  struct object *thread = any_thread(sim, prefix);
  struct work *work = new_work(sim, prefix, thread);
  struct event *event = work_event(work, thread, EFFECT_PATCH);
  struct span value = event->values[field] = token(sim, prefix);
  struct span payload =
      sim_text(sim,
               field == FIELD_TEXT ? "{\"id\":\"%.*s\",\"title\":\"%.*s\"}"
                                   : "{\"id\":\"%.*s\",\"metadata\":{\"note\":\"%.*s\"}}",
               ARGS(thread->id), ARGS(value));
  start(isolate, work, TKV_OP_THREAD_UPDATE, SPAN(""), payload, done_thread_update);
}

static void job_title(struct sim *sim, struct isolate *isolate, int prefix) {
  update_thread(sim, isolate, prefix, FIELD_TEXT);
}

static void job_thread_note(struct sim *sim, struct isolate *isolate, int prefix) {
  update_thread(sim, isolate, prefix, FIELD_NOTE);
}

static void get_thread(struct isolate *isolate, struct object *thread) {
  struct work *work = new_work(isolate->sim, thread->prefix, thread);
  start(isolate, work, TKV_OP_THREAD_GET, SPAN(""),
        sim_text(isolate->sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)), done_thread_get);
}

static void job_thread_get(struct sim *sim, struct isolate *isolate, int prefix) {
  get_thread(isolate, any_thread(sim, prefix));
}

static void job_thread_list(struct sim *sim, struct isolate *isolate, int prefix) {
  struct work *work = new_work(sim, prefix, NULL);
  work->exact = sim_chance(sim, 500); /* here: all threads, not those of one resource */
  work->resource = work->exact ? SPAN("") : any_resource(sim);
  struct span payload =
      work->exact ? SPAN("{}") : sim_text(sim, "{\"resourceId\":\"%.*s\"}", ARGS(work->resource));
  start(isolate, work, TKV_OP_THREAD_LIST, SPAN("{\"perPage\":false}"), payload, done_thread_list);
}

/* Whatever message may stand in the thread may be gone from now on. */
static void job_thread_delete(struct sim *sim, struct isolate *isolate, int prefix) {
  struct object *thread = any_thread(sim, prefix);
  struct work *work = new_work(sim, prefix, thread);
  work_event(work, thread, EFFECT_REMOVE);
  struct actor reader = work->actor;
  for (size_t i = 0; i < sim->model->count; i++) {
    struct object *object = sim->model->objects[i];
    if (object->kind == OBJECT_MESSAGE && object->prefix == prefix &&
        model_may_be(sim, object, FIELD_HOME, thread->id, &reader))
      work_event(work, object, EFFECT_REMOVE)->with_thread = true;
  }
  start(isolate, work, TKV_OP_THREAD_DELETE, SPAN(""),
        sim_text(sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)), done_thread_delete);
}

static struct object *new_thread(struct sim *sim, int prefix) {
  return sim_chance(sim, 200) ? any_thread(sim, prefix)
                              : model_object(sim, prefix, OBJECT_THREAD,
                                             sim_text(sim, "copy%u", ++sim->model->tokens));
}

static void copy_thread(struct sim *sim, struct isolate *isolate, struct object *thread,
                        struct object *target) {
  int prefix = thread->prefix;
  if (target == thread)
    return;
  struct work *work = new_work(sim, prefix, thread);
  work->target = target;
  work->target->strangers++; /* until its messages are known */
  struct event *event = work_event(work, work->target, EFFECT_WRITE);
  event->creates = true;
  event->values[FIELD_TEXT] = token(sim, prefix);
  event->values[FIELD_NOTE] = token(sim, prefix);
  event->values[FIELD_HOME] = SPAN("u");
  struct span payload = sim_text(sim,
                                 "{\"sourceThreadId\":\"%.*s\",\"newThreadId\":\"%.*s\","
                                 "\"resourceId\":\"u\",\"title\":\"%.*s\","
                                 "\"metadata\":{\"note\":\"%.*s\"}}",
                                 ARGS(thread->id), ARGS(work->target->id),
                                 ARGS(event->values[FIELD_TEXT]), ARGS(event->values[FIELD_NOTE]));
  start(isolate, work, TKV_OP_THREAD_COPY, SPAN(""), payload, done_thread_copy);
}

static void job_copy(struct sim *sim, struct isolate *isolate, int prefix) {
  struct object *thread = any_thread(sim, prefix);
  copy_thread(sim, isolate, thread, new_thread(sim, prefix));
}

/* Several threads of one id are made at once, and a request among them may be cancelled. */
static void job_create(struct sim *sim, struct isolate *isolate, int prefix) {
  struct object *thread = new_thread(sim, prefix);
  for (int64_t count = 1 + sim_upto(sim, 2); count; count--) {
    int64_t which = sim_upto(sim, 4);
    if (which < 2)
      copy_thread(sim, isolate, any_thread(sim, prefix), thread);
    else
      put_thread(sim, isolate, thread, which != 4);
    size_t last = sim->run_count;
    if (last && sim_chance(sim, sim->config.cancels * 5)) {
      sim_sleep(sim, sim_upto(sim, 2 * sim->config.latency));
      if (sim->run_count >= last)
        sim_cancel(sim->runs[last - 1]);
    }
  }
}

static void job_sweep(struct sim *sim, struct isolate *isolate, int prefix) {
  start(isolate, new_work(sim, prefix, NULL), TKV_OP_STORE_SWEEP, SPAN(""), SPAN(""), done_sweep);
}

/* ---- resources */

static void job_resource(struct sim *sim, struct isolate *isolate, int prefix) {
  struct object *object = model_object(sim, prefix, OBJECT_RESOURCE, any_resource(sim));
  struct work *work = new_work(sim, prefix, object);
  int64_t which = sim_upto(sim, 3);
  if (which == 0) {
    start(isolate, work, TKV_OP_RESOURCE_GET, SPAN(""),
          sim_text(sim, "{\"resourceId\":\"%.*s\"}", ARGS(object->id)), done_resource);
    return;
  }
  struct event *event = work_event(work, object, which == 1 ? EFFECT_WRITE : EFFECT_PATCH);
  bool text = which != 3, note = which != 2;
  struct span date = date_now(sim), memory = SPAN(""), metadata = SPAN("");
  if (text) {
    event->values[FIELD_TEXT] = token(sim, prefix);
    memory = sim_text(sim, ",\"workingMemory\":\"%.*s\"", ARGS(event->values[FIELD_TEXT]));
  }
  if (note) {
    event->values[FIELD_NOTE] = token(sim, prefix);
    metadata = sim_text(sim, ",\"metadata\":{\"note\":\"%.*s\"}", ARGS(event->values[FIELD_NOTE]));
  }
  if (which == 1)
    start(isolate, work, TKV_OP_RESOURCE_SAVE, SPAN(""),
          sim_text(sim, "{\"id\":\"%.*s\"%.*s%.*s,\"createdAt\":\"%.*s\",\"updatedAt\":\"%.*s\"}",
                   ARGS(object->id), ARGS(memory), ARGS(metadata), ARGS(date), ARGS(date)),
          done_resource);
  else
    start(isolate, work, TKV_OP_RESOURCE_UPDATE, SPAN(""),
          sim_text(sim, "{\"resourceId\":\"%.*s\"%.*s%.*s}", ARGS(object->id), ARGS(memory),
                   ARGS(metadata)),
          done_resource);
}

/* ---- choosing */

/* How often, by theme: chat, edits, threads that come and go, all of it. */
static const struct job {
  void (*start)(struct sim *sim, struct isolate *isolate, int prefix);
  int weights[WORK_THEMES];
} jobs[] = {
    {job_save, {40, 20, 20, 20}},     {job_last, {20, 8, 6, 8}},
    {job_all, {6, 6, 4, 6}},          {job_get, {2, 6, 2, 4}},
    {job_by_resource, {1, 2, 2, 2}},  {job_update_text, {2, 12, 2, 5}},
    {job_update_note, {2, 12, 1, 5}}, {job_move, {0, 8, 2, 4}},
    {job_retime, {0, 5, 1, 2}},       {job_delete, {1, 12, 3, 5}},
    {job_thread_save, {4, 2, 16, 6}}, {job_title, {8, 2, 6, 5}},
    {job_thread_note, {4, 1, 3, 3}},  {job_thread_get, {12, 2, 6, 5}},
    {job_thread_list, {4, 2, 6, 5}},  {job_thread_delete, {0, 1, 12, 4}},
    {job_copy, {1, 1, 5, 3}},         {job_sweep, {1, 1, 6, 3}},
    {job_create, {1, 1, 8, 4}},       {job_resource, {3, 1, 1, 5}},
    {job_burst, {3, 2, 1, 3}},
};

void work_start(struct sim *sim, struct isolate *isolate) {
  uint32_t theme = sim->config.theme;
  int all = 0;
  for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
    all += jobs[i].weights[theme];
  int64_t at = sim_upto(sim, all - 1);
  const struct job *job = jobs;
  while (at >= job->weights[theme])
    at -= job++->weights[theme];
  job->start(sim, isolate, (int)sim_upto(sim, sim->config.prefixes - 1));
}

void work_setup(struct sim *sim) {
  for (int prefix = 0; prefix < sim->config.prefixes; prefix++)
    for (int i = 0; i < sim->config.threads; i++)
      if (sim_chance(sim, 900))
        put_thread(sim, &sim->isolates[0],
                   model_object(sim, prefix, OBJECT_THREAD, text_span(thread_ids[i])), false);
  sim_drain(sim);
  for (int batch = 0; sim->config.large && batch < 6; batch++) {
    save_messages(sim, &sim->isolates[0], 0,
                  model_object(sim, 0, OBJECT_THREAD, text_span(thread_ids[0])), 100, 0);
    sim_drain(sim);
    sim_sleep(sim, 2000);
  }
}

void work_read(struct isolate *isolate, struct object *thread) {
  int64_t which = sim_upto(isolate->sim, 3);
  if (which < 2)
    list_messages(isolate, thread, which == 1);
  else
    get_thread(isolate, thread);
}

void work_save(struct isolate *isolate, struct object *thread, int64_t count) {
  save_messages(isolate->sim, isolate, thread->prefix, thread, count, 0);
}
