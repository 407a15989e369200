/* workflow_merge.c: one step's result into a run's context.
 *
 * A step that runs for each element of a list reports an array in which only some elements are
 * known: null is no news, and a marker asks that an element be done over, which is granted to one
 * that is empty or suspended.  An array with a marker brings no other news.
 */
#include "rows/workflow.h"

/* {"__mastra_pending__":true} */
static bool is_marker(struct span value) {
  if (!json_is_object(value))
    return false;
  struct json_walk walk = json_walk(value);
  return json_next(&walk) && json_name_is(walk.name, SPAN("__mastra_pending__")) &&
         span_eq(walk.value, SPAN("true")) && !json_next(&walk);
}

static bool may_be_done_over(struct span value) {
  return json_is_null(value) || is_marker(value) ||
         (span_eq(workflow_field(value, SPAN("status")), SPAN("\"suspended\"")) &&
          (workflow_field(value, SPAN("suspendPayload")).ptr ||
           workflow_field(value, SPAN("suspendedAt")).ptr));
}

static bool has_marker(struct span array) {
  for (struct json_walk walk = json_walk(array); json_next(&walk);)
    if (is_marker(walk.value))
      return true;
  return false;
}

static struct span merge_element(struct span old, struct span new, bool marked) {
  bool kept = old.ptr;
  if (!new.ptr)
    return old;
  if (is_marker(new))
    return !kept || may_be_done_over(old) ? SPAN("null") : old;
  if (!json_is_null(new) && !marked)
    return new;
  return kept ? old : SPAN("null");
}

static struct span merge_outputs(struct arena *arena, struct span old, struct span new) {
  struct json_out out = json_out(arena, old.len + new.len);
  struct json_walk olds = json_walk(old), news = json_walk(new);
  bool marked = has_marker(new);
  json_put_char(&out, '[');
  for (;;) {
    struct span had = json_next(&olds) ? olds.value : SPAN_NONE;
    struct span given = json_next(&news) ? news.value : SPAN_NONE;
    if (!had.ptr && !given.ptr)
      break;
    if (out.len > 1)
      json_put_char(&out, ',');
    json_put(&out, merge_element(had, given, marked));
  }
  json_put_char(&out, ']');
  return out.failed ? SPAN_NONE : json_out_span(&out);
}

/* |object| with one member set; |name| is a JSON string.  Empty when memory ran out. */
static struct span with_member(struct arena *arena, struct span object, struct span name,
                               struct span value) {
  struct json_out out = json_out(arena, name.len + value.len + 8);
  json_put_char(&out, '{');
  json_put(&out, name);
  json_put_char(&out, ':');
  json_put(&out, value);
  json_put_char(&out, '}');
  return out.failed || !value.len ? SPAN_NONE
                                  : json_merge(arena, object, json_out_span(&out), NULL, 0);
}

static struct span member_of(struct span object, struct span name) {
  struct span value = SPAN_NONE;
  for (struct json_walk walk = json_walk(object); json_next(&walk);)
    if (span_eq(walk.name, name))
      value = walk.value;
  return value;
}

struct span workflow_merge(struct arena *arena, struct span context, struct span step,
                           struct span result) {
  struct span old = member_of(context, step);
  struct span had = workflow_field(old, SPAN("output"));
  struct span given = workflow_field(result, SPAN("output"));
  if (json_is_array(had) && json_is_array(given)) {
    struct span output = merge_outputs(arena, had, given);
    if (!has_marker(given))
      old = json_merge(arena, old, result, NULL, 0);
    result = with_member(arena, old, SPAN("\"output\""), output);
  }
  return with_member(arena, context, step, result);
}
