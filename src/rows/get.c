/* row_get.c: row.get and row.delete, of many rows at once.
 *
 *   row.get      payload [{key fields}, …], answer [row or null, …]
 *   row.delete   likewise, answer [whether it existed, …] where rows never change (ROW_SAVE_NEW) and
 *                nothing elsewhere, for there it costs no read
 */
#include "codec/limits.h"
#include "index/record.h"
#include "rows/operations.h"
#include "rows/row.h"

struct rows {
  const struct row_kind *kind;
  struct kv_request **asked; /* a read or a deletion each */
  size_t count;
};

static enum tkv_status answer(struct call *call, void *self);
static enum tkv_status delete_found(struct call *call, void *self);
static enum tkv_status tell(struct call *call, void *self);

/* Queues a read, or with |deletes| a deletion, of every row that the payload names. */
static bool read_names(struct call *call, struct rows *op, bool deletes) {
  size_t count = 0;
  struct span key;
  if (!json_is_array(call->payload)) {
    call_invalid(call, SPAN(""), SPAN("the argument must be an array"));
    return false;
  }
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);)
    count++;
  if (call_over_budget(call, deletes ? count : count / KV_BULK_MAX)) {
    call_fail(call, TKV_ERR_BUDGET, SPAN("more rows than one call may delete"), SPAN_NONE);
    return false;
  }
  op->asked = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);) {
    if (!row_key(call, op->kind, walk.value, &key))
      return false;
    op->asked[op->count++] = deletes
                                 ? kv_delete(call, op->kind->table, key, KV_REMEMBER | KV_OVERWRITE)
                                 : kv_get(call, op->kind->table, key, KV_REMEMBER | KV_SURE);
  }
  return true;
}

static struct rows *rows_new(struct call *call) {
  struct rows *op = ARENA_NEW(&call->arena, struct rows);
  call_self(call, op);
  op->kind = row_kind_aging(call);
  return op->kind ? op : NULL;
}

enum tkv_status row_get(struct call *call, void *self) {
  struct rows *op = rows_new(call);
  (void)self;
  return op && read_names(call, op, false) ? call_next(call, answer) : call->error;
}

static enum tkv_status answer(struct call *call, void *self) {
  const struct rows *op = self;
  struct json_out out = json_out(&call->arena, 1024);
  json_put_char(&out, '[');
  for (size_t i = 0; i < op->count; i++) {
    struct span row;
    if (!row_read(call, op->kind, op->asked[i], &row))
      return call->error;
    row_put_text(&out, row.ptr ? row : SPAN("null"));
  }
  json_put_char(&out, ']');
  return call_return(call, &out);
}

/* row.delete */

enum tkv_status row_delete(struct call *call, void *self) {
  struct rows *op = rows_new(call);
  (void)self;
  if (!op)
    return call->error;
  bool tells = op->kind->mode == ROW_SAVE_NEW;
  if (!read_names(call, op, !tells))
    return call->error;
  return call_next(call, tells ? delete_found : tell);
}

static enum tkv_status delete_found(struct call *call, void *self) {
  const struct rows *op = self;
  for (size_t i = 0; i < op->count; i++)
    if (op->asked[i]->found)
      kv_delete(call, op->kind->table, op->asked[i]->key, KV_REMEMBER | KV_OVERWRITE);
  return call_next(call, tell);
}

static enum tkv_status tell(struct call *call, void *self) {
  const struct rows *op = self;
  struct json_out out = json_out(&call->arena, 8 * op->count + 16);
  if (op->kind->mode != ROW_SAVE_NEW)
    return TKV_DONE;
  json_put_char(&out, '[');
  for (size_t i = 0; i < op->count; i++)
    row_put_text(&out, op->asked[i]->found ? SPAN("true") : SPAN("false"));
  json_put_char(&out, ']');
  return call_return(call, &out);
}
