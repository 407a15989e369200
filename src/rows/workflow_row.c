/* workflow_row.c: a run's row: found by spans, never decoded. */
#include "rows/workflow_row.h"

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

void workflow_put_field(struct json_out *out, struct span name, struct span value) {
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
  workflow_put_field(&out, SPAN("workflowName"), row.name);
  workflow_put_field(&out, SPAN("runId"), row.id);
  workflow_put_field(&out, SPAN("status"), workflow_field(row.snapshot, SPAN("status")));
  workflow_put_field(&out, SPAN("resourceId"), row.resource);
  workflow_put_field(&out, SPAN("threadId"), thread_of(row.snapshot));
  workflow_put_field(&out, SPAN("createdAt"), row.created);
  workflow_put_field(&out, SPAN("updatedAt"), row.updated);
  json_put_char(&out, '}');
  return json_out_span(&out);
}
