/* row_flush.c: row.flush, which writes a row that is held.
 *
 *   payload {"table":n,"key":{…}}, as row_ask_flush makes it
 */
#include "operations.h"
#include "record.h"
#include "row.h"

enum tkv_status row_write_held(struct call *call, void *self) {
  struct row_held *held = self;
  if (!kv_is_held(call, held->table, held->key))
    return TKV_DONE;
  kv_flush(call, held->table, held->key);
  return call_next(call, row_write_held);
}

enum tkv_status row_flush(struct call *call, void *self) {
  struct row_held *held = ARENA_NEW(&call->arena, struct row_held);
  struct json_field fields[] = {{SPAN("table"), SPAN_NONE}, {SPAN("key"), SPAN_NONE}};
  int64_t table = 0;
  (void)self;
  call_self(call, held);
  if (!arg_fields(call, fields, 2))
    return call->error;
  bool known = json_int(fields[0].value, &table) && table >= 0 && table < TABLE_COUNT;
  held->table = (enum tkv_table)table;
  const struct row_kind *kind = known ? row_kind_at(held->table) : NULL;
  if (!kind)
    return call_invalid(call, SPAN("table"), SPAN("holds no rows"));
  return row_key(call, kind, fields[1].value, &held->key) ? row_write_held(call, held)
                                                          : call->error;
}

void row_ask_flush(struct call *call, const struct row_kind *kind, struct span key,
                   struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  struct json_out out = json_out(&call->arena, key.len * 2 + 64);
  if (!kv_wants_flush(call, kind->table, key))
    return;
  row_fields(kind, row, fields);
  json_put(&out, SPAN("{\"table\":"));
  json_put_int(&out, kind->table);
  json_put(&out, SPAN(",\"key\":{"));
  for (size_t i = 0, count = 0; i < kind->count; i++)
    if (kind->fields[i].traits & ROW_KEY && fields[i].value.ptr) {
      json_put(&out, count++ ? SPAN(",") : SPAN(""));
      json_put_string(&out, fields[i].name);
      json_put_char(&out, ':');
      json_put(&out, fields[i].value);
    }
  json_put(&out, SPAN("}}"));
  if (out.failed)
    return;
  call->outcome.followup = json_out_span(&out);
  call->outcome.followup_op = TKV_OP_ROW_FLUSH;
}
