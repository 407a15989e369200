/* message_query.c: the arguments of listMessages and listMessagesByResourceId.
 */
#include "threads/message_query.h"

#include "threads/message_window.h"

enum { PAGE_STANDARD = 40 };

static enum tkv_status bad_thread(struct call *call) {
  return call_invalid(call, SPAN(""),
                      SPAN("threadId must be a non-empty string or array of non-empty strings"));
}

static bool add_thread(struct call *call, struct list *list, struct span value,
                       struct span_set *seen) {
  struct entry entry = {0};
  if (!json_is_string(value) || !json_string(&call->arena, value, &entry.id) ||
      arg_is_blank(entry.id)) {
    bad_thread(call);
    return false;
  }
  if (span_set_add(&call->arena, seen, entry.id))
    entries_append(&call->arena, &list->threads, &entry);
  return true;
}

static bool read_threads(struct call *call, struct list *list, struct span value) {
  struct span_set seen = {0};
  if (!json_is_array(value))
    return add_thread(call, list, value, &seen);
  for (struct json_walk walk = json_walk(value); json_next(&walk);)
    if (!add_thread(call, list, walk.value, &seen))
      return false;
  if (!list->threads.count)
    bad_thread(call);
  return list->threads.count;
}

struct query {
  struct span thread, resource, include, range, metadata;
};

bool query_read(struct call *call, struct list *list) {
  static const struct shape shape[] = {
      {SHAPE(struct query, thread, "threadId"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct query, resource, "resourceId"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct query, include, "include"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct query, range, "dateRange"), SHAPE_RAW | SHAPE_OPTIONAL},
      {SHAPE(struct query, metadata, "metadata"), SHAPE_RAW | SHAPE_OPTIONAL}};
  struct query query;
  if (!ARG_READ(call, "", shape, &query))
    return false;
  if (list->by_resource ? !arg_id(call, query.resource, SPAN("resourceId"), &list->resource)
                        : !read_threads(call, list, query.thread))
    return false;
  if (!arg_page(call, PAGE_STANDARD, &list->page) ||
      !message_filter_check(call, query.metadata, &list->filter) ||
      !arg_range(call, query.range, &list->range))
    return false;
  if (!list->by_resource && !arg_text(call, query.resource, SPAN("resourceId"), &list->resource))
    return false;
  list->ascending = !call->control.descending;
  list->count_all = call->control.include_total.kind != CONTROL_FALSE;
  return windows_read(call, list, query.include);
}
