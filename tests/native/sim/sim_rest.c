/* sim_rest.c: the end: what was asked for later is done, caches run out, and then everything has to
 * be in its place. */
#include "sim/sim_rest.h"
#include "codec/limits.h"
#include "sim/sim_excuse.h"

#include "codec/json.h"
#include "codec/key.h"
#include "index/head_read.h"
#include "sim/sim_work.h"

enum { MINUTE = 60 * 1000, SWEEPS_MAX = 60, IDS_MAX = 60, PAGE = 7 };

/* ---- calls that are waited for */

struct rest {
  struct sim *sim;
  struct isolate isolate;
  struct actor reader;
  int prefix;
};

static struct span call(struct rest *rest, enum tkv_op op, struct span control,
                        struct span payload) {
  struct sim *sim = rest->sim;
  struct actor *actor = ARENA_NEW(&sim->arena, struct actor);
  if (sim->failed)
    return SPAN("{}");
  struct run *run = sim_call(&rest->isolate, rest->prefix, op, control, payload, NULL, NULL, actor);
  sim_drain(sim);
  if (run->state != RUN_DONE && !sim->failed)
    sim_fail(sim, "at rest %s failed: %.*s", sim_op_name(op), ARGS(run->result));
  return run->state == RUN_DONE ? run->result : SPAN("{}");
}

static struct rest begin(struct sim *sim, int place) {
  struct rest rest = {.sim = sim, .reader = model_rest(place)};
  sim_isolate_new(sim, &rest.isolate, place, 0);
  return rest;
}

static void end(struct rest *rest) {
  if (tkv_core_calls(rest->isolate.core) && !rest->sim->failed)
    sim_fail(rest->sim, "a core kept %zu calls", tkv_core_calls(rest->isolate.core));
  tkv_core_del(rest->isolate.core);
}

static struct span list_exact(struct rest *rest, const struct object *thread) {
  return call(rest, TKV_OP_MESSAGE_LIST, SPAN("{\"perPage\":false}"),
              sim_text(rest->sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)));
}

static struct span list_last(struct rest *rest, const struct object *thread) {
  return call(rest, TKV_OP_MESSAGE_LIST,
              SPAN("{\"perPage\":10000,\"direction\":\"DESC\",\"includeTotal\":false}"),
              sim_text(rest->sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)));
}

static struct span list_threads(struct rest *rest, const char *resource) {
  struct span filter =
      resource ? sim_text(rest->sim, "{\"resourceId\":\"%s\"}", resource) : SPAN("{}");
  return call(rest, TKV_OP_THREAD_LIST, SPAN("{\"perPage\":false}"), filter);
}

/* ---- settling */

static void sweep(struct rest *rest) {
  struct span left = SPAN_NONE;
  for (int i = 0; i < SWEEPS_MAX && !rest->sim->failed; i++) {
    left = look_field(rest->sim, call(rest, TKV_OP_STORE_SWEEP, SPAN(""), SPAN("")), "pending");
    if (span_eq(left, SPAN("0")))
      return;
    sim_sleep(rest->sim, MINUTE); /* lists still show what has just been swept */
  }
  sim_fail(rest->sim, "sweeping does not end: %.*s threads are pending", ARGS(left));
}

static void use_everything(struct rest *rest) {
  struct sim *sim = rest->sim;
  sweep(rest);
  for (size_t i = 0; i < sim->model->count; i++) {
    const struct object *object = sim->model->objects[i];
    if (object->kind != OBJECT_THREAD || object->prefix != rest->prefix)
      continue;
    list_last(rest, object);
    list_exact(rest, object);
  }
  list_threads(rest, "u");
  list_threads(rest, "u:a");
  list_threads(rest, NULL);
}

static void let_settle(struct sim *sim) {
  for (int round = 0; round < 3 && !sim->failed; round++) {
    sim_sleep(sim, 7 * MINUTE);
    struct rest rest = begin(sim, round % sim->config.places);
    for (rest.prefix = 0; rest.prefix < sim->config.prefixes; rest.prefix++)
      use_everything(&rest);
    end(&rest);
  }
  sim_sleep(sim, 3 * MINUTE);
}

/* ---- verdicts */

static struct span key_of(struct sim *sim, int prefix, enum tkv_table table,
                          const struct span *parts, size_t count) {
  struct span name = key_encode(&sim->arena, sim->config.prefix[prefix]);
  return key_join(&sim->arena, name, table, parts, count);
}

static const struct sim_value *truth(struct sim *sim, int prefix, enum tkv_table table,
                                     const struct span *parts, size_t count) {
  return sim_kv_truth(sim, sim->config.store.spaces[table],
                      key_of(sim, prefix, table, parts, count));
}

static void check_head(struct rest *rest, const struct object *thread,
                       const struct listed *listed) {
  struct sim *sim = rest->sim;
  struct span parts[] = {SPAN("thread"), thread->id};
  const struct sim_value *value = truth(sim, rest->prefix, TABLE_METADATA, parts, 2);
  struct head head;
  if (!value || !head_read(&sim->arena, value->value, &head))
    return;
  for (size_t i = 0; i < head.entries.count; i++) {
    struct object *object = model_find(sim, rest->prefix, OBJECT_MESSAGE, head.entries.items[i].id);
    if (object && !look_listed(listed, object))
      sim_fail(sim, "the head of %.*s still names %.*s", ARGS(thread->id), ARGS(object->id));
  }
  for (size_t i = 0; i < listed->count && !head.has_floor; i++)
    if (!entries_find(&head.entries, listed->objects[i]->id))
      sim_fail(sim, "the head of %.*s lacks %.*s", ARGS(thread->id), ARGS(listed->objects[i]->id));
}

static void check_total(struct sim *sim, struct span answer, const struct listed *listed,
                        const char *where, const struct object *thread) {
  int64_t total = -1;
  json_int(look_field(sim, answer, "total"), &total);
  if (total != (int64_t)listed->total)
    sim_fail(sim, "%s %.*s: a total of %lld for %zu", where, ARGS(thread->id), (long long)total,
             listed->total);
}

/* Whether a record exists, and where it says it is. */
static bool is_stored(struct rest *rest, const struct object *message, struct span *home) {
  const struct sim_value *value = truth(rest->sim, rest->prefix, TABLE_MESSAGES, &message->id, 1);
  *home = value ? look_field(rest->sim, value->value, "threadId") : SPAN_NONE;
  return value;
}

static void check_members(struct rest *rest, const struct object *thread,
                          const struct listed *listed) {
  struct sim *sim = rest->sim;
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *message = sim->model->objects[i];
    struct span home;
    if (message->kind != OBJECT_MESSAGE || message->prefix != rest->prefix ||
        model_may_be_absent(sim, message, &rest->reader))
      continue;
    if (!is_stored(rest, message, &home))
      sim_fail(sim, "message %.*s was acknowledged and is lost", ARGS(message->id));
    else if (span_eq(home, thread->id) && !look_listed(listed, message) &&
             !excuse_torn(message, home))
      sim_fail(sim, "message %.*s was acknowledged and is stored, but thread %.*s does not list it",
               ARGS(message->id), ARGS(thread->id));
  }
}

/* The pages of a list, put together, must be the whole list. */
static void check_pages(struct rest *rest, const struct object *thread, const struct listed *all) {
  struct sim *sim = rest->sim;
  size_t seen = 0;
  for (size_t page = 0; seen < all->total && page <= all->total && !sim->failed; page++) {
    struct work work = {
        .sim = sim, .prefix = rest->prefix, .thread = (struct object *)thread, .ascending = true};
    struct span control = sim_text(sim, "{\"perPage\":%d,\"page\":%zu}", PAGE, page);
    struct span answer = call(rest, TKV_OP_MESSAGE_LIST, control,
                              sim_text(sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)));
    struct listed part = look_messages(&work, answer, &rest->reader, "at rest, a page");
    for (size_t i = 0; i < part.count; i++)
      if (all->count == all->total && part.objects[i] != all->objects[seen + i])
        sim_fail(sim, "page %zu of thread %.*s is not what stands there in the whole list", page,
                 ARGS(thread->id));
    seen += part.total;
    if (part.total < PAGE && seen < all->total)
      sim_fail(sim, "page %zu of thread %.*s ends early: %zu of %zu", page, ARGS(thread->id), seen,
               all->total);
  }
}

/* What a deleted thread leaves behind, once it was swept: a tombstone and an empty head, but no
 * message and no journal. */
static void check_gone(struct rest *rest, const struct object *thread) {
  struct sim *sim = rest->sim;
  struct span parts[] = {SPAN("thread"), thread->id, SPAN_NONE};
  struct span journal = key_of(sim, rest->prefix, TABLE_METADATA, parts, 3);
  const struct sim_value *value = truth(sim, rest->prefix, TABLE_METADATA, parts, 2);
  struct head head;
  bool read = value && head_read(&sim->arena, value->value, &head);
  for (size_t i = 0; read && i < head.entries.count; i++)
    if (!truth(sim, rest->prefix, TABLE_MESSAGES, &head.entries.items[i].id, 1))
      sim_fail(sim, "the head of deleted thread %.*s names %.*s", ARGS(thread->id),
               ARGS(head.entries.items[i].id));
  for (size_t i = 0; i < sim->kv.count && !sim->failed; i++) {
    const struct sim_key *key = sim->kv.keys[i];
    if (span_starts(key->name, journal) && sim_kv_truth(sim, key->space, key->name))
      sim_fail(sim, "deleted thread %.*s left %.*s behind", ARGS(thread->id), ARGS(key->name));
  }
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *message = sim->model->objects[i];
    struct span home;
    if (message->kind == OBJECT_MESSAGE && message->prefix == rest->prefix &&
        is_stored(rest, message, &home) && span_eq(home, thread->id) &&
        !model_may_exist(sim, message, &rest->reader))
      sim_fail(sim, "deleted thread %.*s left message %.*s behind", ARGS(thread->id),
               ARGS(message->id));
  }
}

/* What a copy that failed leaves behind, once it was swept: nothing. */
static void check_never_was(struct rest *rest, const struct object *thread,
                            const struct listed *listed) {
  struct sim *sim = rest->sim;
  struct span none = SPAN_NONE, prefix = key_of(sim, rest->prefix, TABLE_MESSAGES, &none, 1);
  struct span parts[] = {SPAN("sweep"), thread->id};
  if (truth(sim, rest->prefix, TABLE_THREADS, &thread->id, 1))
    return;
  if (listed->total || truth(sim, rest->prefix, TABLE_METADATA, parts, 2))
    sim_fail(sim, "thread %.*s is not there, yet has %zu messages, or a marker", ARGS(thread->id),
             listed->total);
  for (size_t i = 0; i < sim->kv.count && !sim->failed; i++) {
    const struct sim_key *key = sim->kv.keys[i];
    const struct sim_value *value =
        key->space == sim->config.store.spaces[TABLE_MESSAGES] && span_starts(key->name, prefix)
            ? sim_kv_truth(sim, key->space, key->name)
            : NULL;
    if (value && span_eq(look_field(sim, value->value, "threadId"), thread->id))
      sim_fail(sim, "%.*s is of thread %.*s, which is not there", ARGS(key->name),
               ARGS(thread->id));
  }
}

static void check_thread(struct rest *rest, struct object *thread) {
  struct sim *sim = rest->sim;
  struct work work = {.sim = sim, .prefix = rest->prefix, .thread = thread, .ascending = true};
  struct span record = call(rest, TKV_OP_THREAD_GET, SPAN(""),
                            sim_text(sim, "{\"threadId\":\"%.*s\"}", ARGS(thread->id)));
  bool there = record.len > 2;
  if (there)
    look_thread(sim, rest->prefix, record, &rest->reader, "at rest");
  else if (!model_may_be_absent(sim, thread, &rest->reader))
    sim_fail(sim, "thread %.*s was acknowledged and is lost", ARGS(thread->id));
  struct span exact = list_exact(rest, thread), last = list_last(rest, thread);
  struct listed all = look_messages(&work, exact, &rest->reader, "at rest, all");
  work.ascending = false;
  struct listed newest = look_messages(&work, last, &rest->reader, "at rest, last");
  if (sim->failed)
    return;
  check_total(sim, exact, &all, "thread", thread);
  if (all.total != newest.total)
    sim_fail(sim, "thread %.*s has %zu messages by its journal, %zu by its head", ARGS(thread->id),
             all.total, newest.total);
  if (!there && !model_may_exist(sim, thread, &rest->reader))
    check_gone(rest, thread);
  if (!there)
    check_never_was(rest, thread, &all);
  if (!there)
    return;
  check_pages(rest, thread, &all);
  check_head(rest, thread, &all);
  check_members(rest, thread, &all);
}

static void check_resource(struct rest *rest, const char *resource) {
  struct sim *sim = rest->sim;
  struct work work = {
      .sim = sim, .prefix = rest->prefix, .resource = resource ? text_span(resource) : SPAN_NONE};
  struct span answer = list_threads(rest, resource);
  struct listed listed = look_threads(&work, answer, &rest->reader, "at rest, threads");
  int64_t total = -1;
  json_int(look_field(sim, answer, "total"), &total);
  if (total != (int64_t)listed.total && !sim->failed)
    sim_fail(sim, "threads of %s: a total of %lld for %zu", resource ? resource : "all",
             (long long)total, listed.total);
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *thread = sim->model->objects[i];
    const struct sim_value *value = thread->kind == OBJECT_THREAD && thread->prefix == rest->prefix
                                        ? truth(sim, rest->prefix, TABLE_THREADS, &thread->id, 1)
                                        : NULL;
    if (!value || model_may_be_absent(sim, thread, &rest->reader) || look_listed(&listed, thread))
      continue;
    if (!resource || span_eq(look_field(sim, value->value, "resourceId"), work.resource))
      sim_fail(sim, "the threads of %s lack %.*s", resource ? resource : "all", ARGS(thread->id));
  }
}

/* All messages of |resource|, whosever their threads are. */
static void check_owner(struct rest *rest, const char *resource) {
  struct sim *sim = rest->sim;
  struct work work = {.sim = sim, .prefix = rest->prefix, .ascending = true};
  struct span answer = call(rest, TKV_OP_MESSAGE_LIST_BY_RESOURCE, SPAN("{\"perPage\":false}"),
                            sim_text(sim, "{\"resourceId\":\"%s\"}", resource));
  struct listed all = look_messages(&work, answer, &rest->reader, "at rest, by resource");
  for (size_t i = 0; i < sim->model->count && !sim->failed; i++) {
    struct object *message = sim->model->objects[i];
    struct span home;
    if (message->kind != OBJECT_MESSAGE || message->prefix != rest->prefix ||
        model_may_be_absent(sim, message, &rest->reader) || !is_stored(rest, message, &home) ||
        excuse_torn(message, home))
      continue;
    const struct sim_value *thread = truth(sim, rest->prefix, TABLE_THREADS, &home, 1);
    struct span owner = look_field(
        sim, truth(sim, rest->prefix, TABLE_MESSAGES, &message->id, 1)->value, "resourceId");
    if (thread && look_field(sim, thread->value, "id").ptr && span_eq(owner, text_span(resource)) &&
        !look_listed(&all, message))
      sim_fail(sim, "the messages of %s lack %.*s of thread %.*s", resource, ARGS(message->id),
               ARGS(home));
  }
}

static void check_by_id(struct rest *rest) {
  struct sim *sim = rest->sim;
  struct work work = {.sim = sim, .prefix = rest->prefix, .ascending = true};
  for (size_t i = 0; i < sim->model->count && !sim->failed;) {
    struct span ids = SPAN("");
    for (size_t count = 0; i < sim->model->count && count < IDS_MAX; i++)
      if (sim->model->objects[i]->kind == OBJECT_MESSAGE &&
          sim->model->objects[i]->prefix == rest->prefix)
        ids = sim_text(sim, "%.*s%s\"%.*s\"", ARGS(ids), count++ ? "," : "",
                       ARGS(sim->model->objects[i]->id));
    struct span answer = call(rest, TKV_OP_MESSAGE_GET, SPAN(""),
                              sim_text(sim, "{\"messageIds\":[%.*s]}", ARGS(ids)));
    look_messages(&work, answer, &rest->reader, "at rest, by id");
  }
}

static void check_everything(struct sim *sim) {
  struct rest rest = begin(sim, (int)sim_upto(sim, sim->config.places - 1));
  for (rest.prefix = 0; rest.prefix < sim->config.prefixes; rest.prefix++) {
    for (size_t i = 0; i < sim->model->count && !sim->failed; i++)
      if (sim->model->objects[i]->kind == OBJECT_THREAD &&
          sim->model->objects[i]->prefix == rest.prefix)
        check_thread(&rest, sim->model->objects[i]);
    check_resource(&rest, "u");
    check_resource(&rest, "u:a");
    check_resource(&rest, NULL);
    check_by_id(&rest);
    check_owner(&rest, "u");
    check_owner(&rest, "u:a");
  }
  end(&rest);
}

/* Calls that went away are reclaimed by later ones. */
static void check_leaks(struct sim *sim) {
  sim_sleep(sim, CALL_SILENT_MS + MINUTE);
  for (int i = 0; i < sim->config.isolates && !sim->failed; i++) {
    struct actor *actor = ARENA_NEW(&sim->arena, struct actor);
    sim_call(&sim->isolates[i], 0, TKV_OP_STORE_INIT, SPAN(""), SPAN(""), NULL, NULL, actor);
    sim_drain(sim);
    if (tkv_core_calls(sim->isolates[i].core))
      sim_fail(sim, "isolate %d kept %zu calls", sim->isolates[i].number,
               tkv_core_calls(sim->isolates[i].core));
  }
}

void sim_rest(struct sim *sim) {
  sim->calm = true;
  sim_trace(sim, "---- calm");
  sim_drain(sim);
  let_settle(sim);
  if (!sim->failed)
    sim_trace(sim, "---- at rest");
  if (!sim->failed)
    check_everything(sim);
  if (!sim->failed)
    check_leaks(sim);
}
