/* workflow.c: workflow.persist and workflow.delete.  Reading and listing runs is row.get's and
 * row.list's business, and row.flush writes progress. */
#include "rows/workflow.h"

#include "codec/limits.h"
#include "index/record.h"
#include "rows/operations.h"

struct workflow *workflow_named(struct call *call) {
  struct workflow *run = ARENA_NEW(&call->arena, struct workflow);
  call_self(call, run);
  run->kind = row_kind_at(TABLE_WORKFLOWS);
  run->id = workflow_field(call->payload, SPAN("runId"));
  run->name = workflow_field(call->payload, SPAN("workflowName"));
  return row_key(call, run->kind, call->payload, &run->key) ? run : NULL;
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
  bool all = call->control.all.kind == CONTROL_TRUE || call->store.sole;
  if (!all && is_progress(row.snapshot)) {
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
  workflow_put_field(&out, SPAN("workflowName"), run->name);
  workflow_put_field(&out, SPAN("runId"), run->id);
  workflow_put_field(&out, SPAN("resourceId"), resource.ptr ? resource : old.resource);
  workflow_put_field(&out, SPAN("createdAt"),
                     created.ptr       ? created
                     : old.created.ptr ? old.created
                                       : now);
  workflow_put_field(&out, SPAN("updatedAt"), updated_at(call, &old, given, now));
  workflow_put_field(&out, SPAN("snapshot"), given[GIVEN_SNAPSHOT].value);
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
