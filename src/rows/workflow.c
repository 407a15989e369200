/* workflow.c: workflow.persist and workflow.delete.  Reading and listing runs is row.get's and
 * row.list's business, and row.flush writes progress. */
#include "rows/workflow.h"

#include "index/record.h"
#include "operations.h"

struct workflow *workflow_named(struct call *call) {
  struct workflow *run = ARENA_NEW(&call->arena, struct workflow);
  call_self(call, run);
  run->kind = row_kind_at(TABLE_WORKFLOWS);
  run->id = workflow_field(call->payload, SPAN("runId"));
  run->name = workflow_field(call->payload, SPAN("workflowName"));
  return row_key(call, run->kind, call->payload, &run->key) ? run : NULL;
}

/* ---- Reading a record */

struct span workflow_field(struct span object, struct span name) {
  struct json_field field = {name, SPAN_NONE};
  return json_is_object(object) && json_fields(object, &field, 1) ? field.value : SPAN_NONE;
}

static struct span descend(struct span object, const struct span *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    object = workflow_field(object, names[i]);
  return object;
}

/* The thread of an agent's run: in the stream that a suspended step left, else in the input of a
 * durable agent. */
static struct span thread_of(struct span snapshot) {
  static const struct span stream[] = {{"messageList", 11}, {"memoryInfo", 10}, {"threadId", 8}};
  static const struct span durable[] = {
      {"input", 5}, {"messageListState", 16}, {"memoryInfo", 10}, {"threadId", 8}};
  struct span context = workflow_field(snapshot, SPAN("context"));
  if (!json_is_object(context))
    return SPAN_NONE;
  for (struct json_walk walk = json_walk(context); json_next(&walk);) {
    if (!span_eq(workflow_field(walk.value, SPAN("status")), SPAN("\"suspended\"")))
      continue;
    struct span payload = workflow_field(walk.value, SPAN("suspendPayload"));
    struct span state = workflow_field(payload, SPAN("__streamState"));
    if (json_is_object(state))
      return descend(state, stream, 3);
  }
  return descend(context, durable, 4);
}

/* Other stores keep the snapshot as text. */
static struct span snapshot_of(struct call *call, struct span value) {
  struct span text, object;
  if (json_is_string(value) && json_string(&call->arena, value, &text) && json_value(text, &object))
    value = object;
  return json_is_object(value) ? value : SPAN_NONE;
}

void workflow_read(struct call *call, struct span text, struct workflow_row *row) {
  struct json_field fields[] = {{SPAN("workflowName"), SPAN_NONE}, {SPAN("runId"), SPAN_NONE},
                                {SPAN("resourceId"), SPAN_NONE},   {SPAN("createdAt"), SPAN_NONE},
                                {SPAN("updatedAt"), SPAN_NONE},    {SPAN("snapshot"), SPAN_NONE}};
  enum { STRINGS = 5 };
  *row = (struct workflow_row){.text = text};
  if (!text.ptr || !json_fields(text, fields, STRINGS + 1))
    return;
  for (size_t i = 0; i < STRINGS; i++)
    if (!json_is_string(fields[i].value))
      fields[i].value = SPAN_NONE;
  row->name = fields[0].value;
  row->id = fields[1].value;
  row->resource = fields[2].value;
  row->created = fields[3].value;
  row->updated = fields[4].value;
  row->snapshot = snapshot_of(call, fields[5].value);
}

/* ---- Writing one */

static void put_member(struct json_out *out, struct span name, struct span value) {
  if (!value.ptr)
    return;
  if (out->len > 1)
    json_put_char(out, ',');
  json_put_string(out, name);
  json_put_char(out, ':');
  json_put(out, value);
}

struct span workflow_cover(struct call *call, struct span text) {
  struct workflow_row row;
  struct json_out out = json_out(&call->arena, 256);
  workflow_read(call, text, &row);
  json_put_char(&out, '{');
  put_member(&out, SPAN("workflowName"), row.name);
  put_member(&out, SPAN("runId"), row.id);
  put_member(&out, SPAN("status"), workflow_field(row.snapshot, SPAN("status")));
  put_member(&out, SPAN("resourceId"), row.resource);
  put_member(&out, SPAN("threadId"), thread_of(row.snapshot));
  put_member(&out, SPAN("createdAt"), row.created);
  put_member(&out, SPAN("updatedAt"), row.updated);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

/* Whether a snapshot says no more than how far its run has come. */
static bool is_progress(struct span snapshot) {
  struct span status = workflow_field(snapshot, SPAN("status"));
  return span_eq(status, SPAN("\"pending\"")) || span_eq(status, SPAN("\"running\""));
}

static bool is_internal(const struct workflow *run) {
  return span_eq(run->name, SPAN("\"agentic-loop\"")) ||
         span_eq(run->name, SPAN("\"executionWorkflow\""));
}

static enum tkv_status finish(struct call *call, void *self) {
  struct workflow *run = self;
  call->outcome.result = run->result;
  if (run->flush)
    row_ask_flush(call, TABLE_WORKFLOWS, run->key);
  return TKV_DONE;
}

enum tkv_status workflow_put(struct call *call, struct workflow *run, struct span text,
                             unsigned flags) {
  struct workflow_row row;
  if (!text.len)
    return call_fail(call, TKV_ERR_NO_MEMORY, SPAN("the run does not fit in memory"), SPAN_NONE);
  if (!record_fits(call, text, SPAN("snapshot")))
    return call->error;
  workflow_read(call, text, &row);
  if (call->control.all.kind != CONTROL_TRUE && is_progress(row.snapshot)) {
    flags |= KV_HOLD;
    run->flush = !is_internal(run);
  }
  row_put(call, run->kind, run->key, text, flags);
  return call_next(call, finish);
}

/* ---- Operations */

/* What is given of a run, as JSON values. */
enum { GIVEN_SNAPSHOT, GIVEN_RESOURCE, GIVEN_CREATED, GIVEN_UPDATED, GIVEN_COUNT };

static struct json_field *read_given(struct call *call) {
  static const struct span names[] = {
      {"snapshot", 8}, {"resourceId", 10}, {"createdAt", 9}, {"updatedAt", 9}};
  struct json_field *given = ARENA_ARRAY(&call->arena, struct json_field, GIVEN_COUNT);
  struct span resource;
  int64_t ms;
  for (size_t i = 0; i < GIVEN_COUNT; i++)
    given[i].name = names[i];
  json_fields(call->payload, given, GIVEN_COUNT);
  for (size_t i = GIVEN_RESOURCE; i < GIVEN_COUNT; i++)
    if (json_is_null(given[i].value))
      given[i].value = SPAN_NONE;
  if (!json_is_object(given[GIVEN_SNAPSHOT].value) &&
      !json_is_string(given[GIVEN_SNAPSHOT].value)) {
    call_invalid(call, SPAN("snapshot"), SPAN("must be an object"));
    return NULL;
  }
  for (size_t i = GIVEN_CREATED; i < GIVEN_COUNT; i++)
    if (given[i].value.ptr && !arg_date(call, given[i].value, given[i].name, &ms))
      return NULL;
  return arg_text(call, given[GIVEN_RESOURCE].value, SPAN("resourceId"), &resource) ? given : NULL;
}

/* The time of a write.  What is stored again a moment later, unaltered, keeps its time: so the two
 * are the same value, and KV_SAME spares the second put. */
static struct span updated_at(struct call *call, const struct workflow_row *old,
                              const struct json_field *given, struct span now) {
  int64_t before;
  if (given[GIVEN_UPDATED].value.ptr)
    return given[GIVEN_UPDATED].value;
  bool same = old->text.ptr && span_eq(old->snapshot, given[GIVEN_SNAPSHOT].value) &&
              json_is_string(old->updated) &&
              arg_date(call, old->updated, SPAN("updatedAt"), &before) &&
              now_since(call, before) >= 0 && now_since(call, before) <= KV_FLUSH_MS;
  return same ? old->updated : now;
}

static enum tkv_status persist(struct call *call, void *self) {
  struct workflow *run = self;
  struct workflow_row old;
  const struct json_field *given = run->given;
  struct span text;
  struct span now = record_date(call, call->now);
  if (!row_read(call, run->kind, run->get, &text)) /* damaged: this heals it */
    text = SPAN_NONE;
  workflow_read(call, text, &old);
  struct span resource = given[GIVEN_RESOURCE].value, created = given[GIVEN_CREATED].value;
  struct json_out out = json_out(&call->arena, call->payload.len + 160);
  json_put_char(&out, '{');
  put_member(&out, SPAN("workflowName"), run->name);
  put_member(&out, SPAN("runId"), run->id);
  put_member(&out, SPAN("resourceId"), resource.ptr ? resource : old.resource);
  put_member(&out, SPAN("createdAt"), created.ptr ? created : old.created.ptr ? old.created : now);
  put_member(&out, SPAN("updatedAt"), updated_at(call, &old, given, now));
  put_member(&out, SPAN("snapshot"), given[GIVEN_SNAPSHOT].value);
  json_put_char(&out, '}');
  return workflow_put(call, run, out.failed ? SPAN_NONE : json_out_span(&out),
                      KV_OVERWRITE | KV_SAME);
}

enum tkv_status workflow_persist(struct call *call, void *self) {
  struct workflow *run = workflow_named(call);
  (void)self;
  if (!run || !(run->given = read_given(call)))
    return call->error;
  run->get = kv_get(call, TABLE_WORKFLOWS, run->key, KV_REMEMBER | KV_KNOWN);
  return call_next(call, persist);
}

enum tkv_status workflow_delete(struct call *call, void *self) {
  struct workflow *run = workflow_named(call);
  (void)self;
  if (!run)
    return call->error;
  if (!kv_drop(call, TABLE_WORKFLOWS, run->key))
    kv_delete(call, TABLE_WORKFLOWS, run->key, KV_REMEMBER | KV_OVERWRITE);
  return call_next(call, finish);
}
