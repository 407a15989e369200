/* resource.c: saveResource, getResourceById, updateResource: one record each, nothing around it. */
#include "key.h"
#include "operations.h"
#include "record.h"

struct resource_op {
  struct span id, key;
  struct kv_request *get;
  struct span result;
};

static bool read_id(struct call *call, struct span name, struct resource_op *op) {
  struct json_field id = {name, SPAN_NONE};
  call_self(call, op);
  return arg_fields(call, &id, 1) && arg_id(call, id.value, name, &op->id) &&
         kv_key(call, TABLE_RESOURCES, &op->id, 1, &op->key);
}

static struct kv_request *put(struct call *call, struct span key, struct span value,
                              unsigned flags) {
  struct span metadata = record_metadata(call, call_stamp(call), SPAN_NONE);
  return kv_put(call, TABLE_RESOURCES, key, value, metadata, KV_REMEMBER | flags);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct resource_op *op = self;
  call->outcome.result = op->result;
  return TKV_DONE;
}

enum tkv_status resource_save(struct call *call, void *self) {
  struct resource_op *op = ARENA_NEW(&call->arena, struct resource_op);
  struct json_field dates[] = {{SPAN("createdAt"), SPAN_NONE}, {SPAN("updatedAt"), SPAN_NONE}};
  int64_t ms;
  (void)self;
  if (!read_id(call, SPAN("id"), op) || !json_fields(call->payload, dates, 2) ||
      !arg_date(call, dates[0].value, SPAN("createdAt"), &ms) ||
      !arg_date(call, dates[1].value, SPAN("updatedAt"), &ms) ||
      !record_fits(call, call->payload, SPAN("resource")))
    return call->error;
  put(call, op->key, call->payload, KV_OVERWRITE);
  return call_next(call, finish);
}

/* Checks that what was read is a record; SPAN_NONE in |raw| when there is none. */
static bool read_stored(struct call *call, const struct resource_op *op, struct span *raw) {
  const struct kv_request *get = op->get;
  struct json_field field = {SPAN("id"), SPAN_NONE};
  struct span id;
  *raw = SPAN_NONE;
  if (!get->found || (json_value(get->value, raw) && json_fields(*raw, &field, 1) &&
                      json_string(&call->arena, field.value, &id) && span_eq(id, op->id)))
    return true;
  call_corrupt(call, get->key);
  return false;
}

static enum tkv_status answer(struct call *call, void *self) {
  struct resource_op *op = self;
  return read_stored(call, op, &op->result) ? finish(call, op) : call->error;
}

enum tkv_status resource_get(struct call *call, void *self) {
  struct resource_op *op = ARENA_NEW(&call->arena, struct resource_op);
  (void)self;
  if (!read_id(call, SPAN("resourceId"), op))
    return call->error;
  op->get = kv_get(call, TABLE_RESOURCES, op->key, KV_REMEMBER);
  return call_next(call, answer);
}

static struct span date_text(struct call *call, int64_t ms) {
  struct json_out out = json_out(&call->arena, 32);
  json_put_date(&out, ms);
  return json_out_span(&out);
}

static struct span merged(struct call *call, struct span old, struct span given) {
  return json_merge(&call->arena, json_is_object(old) ? old : SPAN("{}"), given, NULL, 0);
}

static struct span create(struct call *call, const struct resource_op *op, struct span memory,
                          struct span metadata) {
  struct span now = date_text(call, call->now);
  struct json_out out = json_out(&call->arena, op->id.len + memory.len + metadata.len + 160);
  json_put(&out, SPAN("{\"id\":"));
  json_put_string(&out, op->id);
  if (memory.ptr) {
    json_put(&out, SPAN(",\"workingMemory\":"));
    json_put(&out, memory);
  }
  json_put(&out, SPAN(",\"metadata\":"));
  json_put(&out, metadata.ptr ? metadata : SPAN("{}"));
  json_put(&out, SPAN(",\"createdAt\":"));
  json_put(&out, now);
  json_put(&out, SPAN(",\"updatedAt\":"));
  json_put(&out, now);
  json_put_char(&out, '}');
  return json_out_span(&out);
}

static struct span change(struct call *call, struct span old, struct span memory,
                          struct span metadata) {
  struct json_field was[] = {{SPAN("updatedAt"), SPAN_NONE}, {SPAN("metadata"), SPAN_NONE}};
  struct json_field fields[3] = {{SPAN("updatedAt"), SPAN_NONE}};
  size_t count = 1;
  int64_t before = 0;
  json_fields(old, was, 2);
  if (json_is_string(was[0].value) && !arg_date(call, was[0].value, SPAN("updatedAt"), &before))
    before = 0;
  fields[0].value = date_text(call, call->now > before ? call->now : before + 1);
  if (memory.ptr)
    fields[count++] = (struct json_field){SPAN("workingMemory"), memory};
  if (metadata.ptr)
    fields[count++] = (struct json_field){SPAN("metadata"), merged(call, was[1].value, metadata)};
  struct json_out out = json_out(&call->arena, old.len + memory.len + metadata.len + 64);
  json_put_replaced(&out, old, fields, count);
  return json_out_span(&out);
}

static enum tkv_status update(struct call *call, void *self) {
  struct resource_op *op = self;
  struct json_field given[] = {{SPAN("workingMemory"), SPAN_NONE}, {SPAN("metadata"), SPAN_NONE}};
  struct span old;
  json_fields(call->payload, given, 2);
  if (!read_stored(call, op, &old))
    return call->error;
  op->result = old.ptr ? change(call, old, given[0].value, given[1].value)
                       : create(call, op, given[0].value, given[1].value);
  if (!record_fits(call, op->result, SPAN("resource")))
    return call->error;
  put(call, op->key, op->result, 0);
  return call_next(call, finish);
}

enum tkv_status resource_update(struct call *call, void *self) {
  struct resource_op *op = ARENA_NEW(&call->arena, struct resource_op);
  (void)self;
  if (!read_id(call, SPAN("resourceId"), op))
    return call->error;
  struct json_field given[] = {{SPAN("workingMemory"), SPAN_NONE}, {SPAN("metadata"), SPAN_NONE}};
  json_fields(call->payload, given, 2);
  if (given[0].value.ptr && !json_is_string(given[0].value))
    return call_invalid(call, SPAN("workingMemory"), SPAN("must be a string"));
  if (given[1].value.ptr && !json_is_object(given[1].value))
    return call_invalid(call, SPAN("metadata"), SPAN("must be an object"));
  op->get = kv_get(call, TABLE_RESOURCES, op->key, KV_REMEMBER);
  return call_next(call, update);
}
