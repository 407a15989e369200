/* workflow_update.c: updateWorkflowState, updateWorkflowResults: a run's snapshot is read, changed
 * and put in one call.  Two of them in one isolate never lose a change: nothing comes between the
 * last look at the memory and the put. */
#include "codec/key.h"
#include "index/record.h"
#include "rows/operations.h"
#include "rows/workflow.h"

/* What a snapshot is before anything ran. */
static struct span empty_snapshot(struct call *call, const struct workflow_row *row) {
  struct json_out out = json_out(&call->arena, row->id.len + 224);
  json_put_number(&out,
                  SPAN("{\"context\":{},\"activePaths\":[],\"activeStepsPath\":{},\"timestamp\":"),
                  call->now);
  json_put(&out, SPAN(",\"suspendedPaths\":{},\"resumeLabels\":{},\"serializedStepGraph\":[],"
                      "\"value\":{},\"waitingPaths\":{},\"status\":\"pending\",\"runId\":"));
  json_put(&out, row->id);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

/* Reads the run and its snapshot; false, with the error recorded, when they are damaged. */
static bool read_snapshot(struct call *call, const struct workflow *run, struct workflow_row *row) {
  struct span text;
  if (!row_read(call, run->kind, run->get, &text))
    return false;
  workflow_read(call, text, row);
  struct span given = workflow_field(text, SPAN("snapshot"));
  if (given.ptr && !row->snapshot.ptr && !json_is_null(given)) {
    call_corrupt(call, run->key);
    return false;
  }
  if (!row->snapshot.ptr)
    row->snapshot = empty_snapshot(call, row);
  return true;
}

static enum tkv_status put_snapshot(struct call *call, struct workflow *run,
                                    const struct workflow_row *row, struct span snapshot) {
  const struct json_field fields[] = {{SPAN("updatedAt"), record_date(call, call->now)},
                                      {SPAN("snapshot"), snapshot}};
  struct json_out out = json_out(&call->arena, row->text.len + snapshot.len);
  bool good = snapshot.len && json_put_replaced(&out, row->text, fields, 2) && !out.failed;
  return workflow_put(call, run, good ? json_out_span(&out) : SPAN_NONE, 0);
}

static enum tkv_status begin(struct call *call, call_step then) {
  struct workflow *run = workflow_named(call);
  if (!run)
    return call->error;
  run->get = kv_get(call, TABLE_WORKFLOWS, run->key, KV_REMEMBER | KV_SURE);
  return call_next(call, then);
}

/* Whether |status| is what is expected: anything, one word, or one of several. */
static bool is_expected(struct span status, struct span expected) {
  if (!expected.ptr)
    return true;
  if (!json_is_array(expected))
    return status.ptr && span_eq(status, expected);
  for (struct json_walk walk = json_walk(expected); json_next(&walk);)
    if (status.ptr && span_eq(status, walk.value))
      return true;
  return false;
}

static enum tkv_status update_state(struct call *call, void *self) {
  struct workflow *run = self;
  struct workflow_row row;
  struct span state = workflow_field(call->payload, SPAN("state"));
  if (!read_snapshot(call, run, &row))
    return call->error;
  struct span status = workflow_field(row.snapshot, SPAN("status"));
  if (!row.text.ptr || !is_expected(status, workflow_field(call->payload, SPAN("expectedStatus"))))
    return TKV_DONE;
  run->result = json_merge(&call->arena, row.snapshot, state, NULL, 0);
  return put_snapshot(call, run, &row, run->result);
}

enum tkv_status workflow_update_state(struct call *call, void *self) {
  (void)self;
  if (!json_is_object(workflow_field(call->payload, SPAN("state"))))
    return call_invalid(call, SPAN("opts"), SPAN("must be an object"));
  return begin(call, update_state);
}

static enum tkv_status update_results(struct call *call, void *self) {
  struct workflow *run = self;
  struct workflow_row row;
  struct json_field given[] = {{SPAN("stepId"), SPAN_NONE},
                               {SPAN("result"), SPAN_NONE},
                               {SPAN("requestContext"), SPAN_NONE}};
  json_fields(call->payload, given, 3);
  if (!read_snapshot(call, run, &row))
    return call->error;
  if (!row.text.ptr) {
    call->outcome.result = SPAN("{}");
    return TKV_DONE;
  }
  struct span context = workflow_field(row.snapshot, SPAN("context"));
  struct span request = workflow_field(row.snapshot, SPAN("requestContext"));
  if (!context.ptr)
    context = SPAN("{}");
  if (!json_is_object(context))
    return call_corrupt(call, run->key);
  run->result = workflow_merge(&call->arena, context, given[0].value, given[1].value);
  const struct json_field fields[] = {
      {SPAN("context"), run->result},
      {SPAN("requestContext"),
       json_merge(&call->arena, json_is_object(request) ? request : SPAN("{}"),
                  json_is_object(given[2].value) ? given[2].value : SPAN("{}"), NULL, 0)}};
  struct json_out out = json_out(&call->arena, row.snapshot.len + call->payload.len);
  bool good = fields[0].value.len && fields[1].value.len &&
              json_put_replaced(&out, row.snapshot, fields, 2) && !out.failed;
  return put_snapshot(call, run, &row, good ? json_out_span(&out) : SPAN_NONE);
}

enum tkv_status workflow_update_results(struct call *call, void *self) {
  struct json_field given[] = {{SPAN("stepId"), SPAN_NONE}, {SPAN("result"), SPAN_NONE}};
  (void)self;
  if (!arg_fields(call, given, 2))
    return call->error;
  if (!json_is_string(given[0].value))
    return call_invalid(call, SPAN("stepId"), SPAN("must be a string"));
  if (!given[1].value.ptr)
    return call_invalid(call, SPAN("result"), SPAN("must be given"));
  return begin(call, update_results);
}
