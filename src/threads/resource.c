/* resource.c: saveResource, getResourceById, updateResource: one record each, nothing around it. */
#include "codec/key.h"
#include "index/record.h"
#include "threads/operations.h"

struct resource_op {
  struct span id, key;
  struct kv_request *get;
  struct span memory, metadata; /* workingMemory and metadata, as they were given */
  struct span result;
};

static bool read_id(struct call *call, struct span name, struct resource_op *op) {
  call_self(call, op);
  return arg_id(call, json_get(call->payload, name), name, &op->id) &&
         kv_key(call, TABLE_RESOURCES, &op->id, 1, &op->key);
}

static struct kv_request *put(struct call *call, struct span key, struct span value,
                              unsigned flags) {
  struct span metadata = record_metadata(call, call_stamp(call), NULL);
  return kv_put(call, TABLE_RESOURCES, key, value, metadata, KV_REMEMBER | flags);
}

static enum tkv_status finish(struct call *call, void *self) {
  struct resource_op *op = self;
  call->outcome.result = op->result;
  return TKV_DONE;
}

enum tkv_status resource_save(struct call *call, void *self) {
  struct resource_op *op = ARENA_NEW(&call->arena, struct resource_op);
  static const struct shape dates[] = {
      {SHAPE(struct resource_op, metadata, "createdAt"), SHAPE_WHEN},
      {SHAPE(struct resource_op, metadata, "updatedAt"), SHAPE_WHEN}};
  (void)self;
  if (!read_id(call, SPAN("id"), op) || !arg_made(call, op->id, SPAN("id")) ||
      !ARG_READ(call, "", dates, op) || !record_fits(call, call->payload, SPAN("resource")))
    return call->error;
  put(call, op->key, call->payload, KV_OVERWRITE);
  return call_next(call, finish);
}

/* Checks that what was read is a record; SPAN_NONE in |raw| when there is none. */
static bool read_stored(struct call *call, const struct resource_op *op, struct span *raw) {
  const struct kv_request *get = op->get;
  struct span id;
  *raw = SPAN_NONE;
  if (!get->found ||
      (json_value(get->value, raw) && json_string(&call->arena, json_get(*raw, SPAN("id")), &id) &&
       span_eq(id, op->id)))
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
  op->get = kv_get(call, TABLE_RESOURCES, op->key, KV_REMEMBER | KV_SURE);
  return call_next(call, answer);
}

static struct span merged(struct call *call, struct span old, struct span given) {
  return json_merge(&call->arena, json_is_object(old) ? old : SPAN("{}"), given, NULL, 0);
}

static struct span create(struct call *call, const struct resource_op *op, struct span memory,
                          struct span metadata) {
  struct span now = record_date(call, call->now);
  struct json_out out = json_out(&call->arena, op->id.len + memory.len + metadata.len + 160);
  json_put_text(&out, SPAN("{\"id\":"), op->id);
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
  struct json_field fields[3] = {{SPAN("updatedAt"), SPAN_NONE}};
  size_t count = 1;
  static const struct shape shape[] = {{"updatedAt", 9, 0, SHAPE_DATE}};
  int64_t before = 0;
  shape_read(&call->arena, old, shape, 1, &before);
  fields[0].value = record_date(call, call->now > before ? call->now : before + 1);
  if (memory.ptr)
    fields[count++] = (struct json_field){SPAN("workingMemory"), memory};
  if (metadata.ptr)
    fields[count++] = (struct json_field){SPAN("metadata"),
                                          merged(call, json_get(old, SPAN("metadata")), metadata)};
  struct json_out out = json_out(&call->arena, old.len + memory.len + metadata.len + 64);
  json_put_replaced(&out, old, fields, count);
  return json_out_span(&out);
}

static enum tkv_status update(struct call *call, void *self) {
  struct resource_op *op = self;
  struct span old;
  if (!read_stored(call, op, &old))
    return call->error;
  op->result = old.ptr ? change(call, old, op->memory, op->metadata)
                       : create(call, op, op->memory, op->metadata);
  if (!record_fits(call, op->result, SPAN("resource")))
    return call->error;
  put(call, op->key, op->result, 0);
  return call_next(call, finish);
}

enum tkv_status resource_update(struct call *call, void *self) {
  struct resource_op *op = ARENA_NEW(&call->arena, struct resource_op);
  (void)self;
  static const struct shape shape[] = {
      {SHAPE(struct resource_op, memory, "workingMemory"), SHAPE_STRING | SHAPE_OPTIONAL},
      {SHAPE(struct resource_op, metadata, "metadata"), SHAPE_OBJECT | SHAPE_OPTIONAL}};
  if (!read_id(call, SPAN("resourceId"), op) || !arg_made(call, op->id, SPAN("resourceId")) ||
      !ARG_READ(call, "", shape, op))
    return call->error;
  op->get = kv_get(call, TABLE_RESOURCES, op->key, KV_REMEMBER | KV_SURE);
  return call_next(call, update);
}
