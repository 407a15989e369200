/* row_flush.c: row.flush, which writes a row that is held, once a second as long as it is held again.
 *
 *   payload {"table":n,"key":"…"}, as row_ask_flush makes it: where the row stands in KV
 *
 * Round 1: the row as KV has it, a run's only: progress gives way to what another isolate has written,
 * so that a run which was cancelled there, or deleted, stays so; a run that is new may not be seen yet.  Round 2: the row
 */
#include "index/record.h"
#include "rows/operations.h"
#include "rows/row.h"

struct held {
  enum tkv_table table;
  struct span key;
  struct kv_request *look;
};

static enum tkv_status write(struct call *call, void *self);

static enum tkv_status look(struct call *call, void *self) {
  struct held *held = self;
  if (!kv_is_held(call, held->table, held->key))
    return TKV_DONE;
  held->look = kv_look(call, held->table, held->key, held->table == TABLE_WORKFLOWS ? KV_FRESH : 0);
  return call_next(call, write);
}

static enum tkv_status write(struct call *call, void *self) {
  struct held *held = self;
  int64_t later = kv_look_again(call, held->look);
  if (later) {
    held->look = kv_look(call, held->table, held->key, KV_FRESH);
    held->look->delay = later;
    return call_next(call, write);
  }
  if (kv_yield(call, held->look))
    return TKV_DONE;
  kv_flush(call, held->table, held->key);
  return call_next(call, look);
}

enum tkv_status row_flush(struct call *call, void *self) {
  struct held *held = ARENA_NEW(&call->arena, struct held);
  struct json_field fields[] = {{SPAN("table"), SPAN_NONE}, {SPAN("key"), SPAN_NONE}};
  int64_t table;
  (void)self;
  call_self(call, held);
  if (!arg_fields(call, fields, 2))
    return call->error;
  if (!json_int(fields[0].value, &table) || table < 0 || table >= TABLE_COUNT)
    return call_invalid(call, fields[0].name, SPAN("is none"));
  held->table = (enum tkv_table)table;
  return arg_text(call, fields[1].value, fields[1].name, &held->key) ? look(call, held)
                                                                     : call->error;
}

void row_ask_flush(struct call *call, enum tkv_table table, struct span key) {
  struct json_out out = json_out(&call->arena, key.len + 32);
  if (!kv_wants_flush(call, table, key))
    return;
  json_put_number(&out, SPAN("{\"table\":"), table);
  json_put_text(&out, SPAN(",\"key\":"), key);
  json_put_char(&out, '}');
  if (out.failed)
    return;
  call->outcome.followup = json_out_span(&out);
  call->outcome.followup_op = TKV_FOLLOWUP_ROW_FLUSH;
}
