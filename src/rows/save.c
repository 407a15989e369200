/* row_save.c: row.save and row.update.
 *
 *   row.save     payload [row, …], answer [{the fields that were set or made, and the key}, …].
 *                Round 1: the old rows, where they matter; round 2: the new ones
 *                With {"restore":true} dates stay as they are given: for rows that are brought back.
 *                With {"create":true} one row that is not there: of several creations of it in one
 *                isolate one wins (claim.h)
 *   row.update   payload {"key":{…},"expect":{field: value or [value, …]},"set":{…},"clear":[field, …]},
 *                answer true; false when there is no row or it is not as expected.
 *                Round 1: the row; round 2: the row
 *
 * Updates of one row in one isolate see each other: what is about to be written is merged into.
 */
#include "codec/limits.h"
#include "index/record.h"
#include "kv/claim.h"
#include "rows/operations.h"
#include "rows/row.h"

struct saved {
  struct span row, key;
  struct kv_request *get;
  bool fresh; /* nothing can be there under a new random id */
  bool kept;  /* the old row stays */
};

struct save {
  const struct row_kind *kind;
  struct saved *items;
  size_t count;
  bool creates; /* refuses a row that is there */
};

static enum tkv_status ask_old(struct call *call, void *self);
static enum tkv_status write_all(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

static struct span with_id(struct call *call, const struct row_kind *kind, struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  struct json_out out = json_out(&call->arena, row.len + 64);
  if (!row_fields(kind, row, fields) || !(kind->fields[0].traits & ROW_MADE) ||
      (fields[0].value.ptr && !json_is_null(fields[0].value)))
    return row;
  struct json_out id = json_out(&call->arena, 48);
  json_put_string(&id, record_uuid(call));
  fields[0].value = json_out_span(&id);
  json_put_replaced(&out, row, fields, 1);
  return json_out_span(&out);
}

static bool add_row(struct call *call, struct save *op, struct span given) {
  struct saved *item = &op->items[op->count++];
  item->row = with_id(call, op->kind, given);
  item->fresh = item->row.ptr != given.ptr;
  return row_key(call, op->kind, item->row, &item->key) && row_check(call, op->kind, item->row);
}

enum tkv_status row_save(struct call *call, void *self) {
  struct save *op = ARENA_NEW(&call->arena, struct save);
  size_t count = 0;
  (void)self;
  call_self(call, op);
  op->kind = row_kind_of(call);
  if (!op->kind)
    return call->error;
  if (!json_is_array(call->payload))
    return call_invalid(call, SPAN(""), SPAN("the argument must be an array"));
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);)
    count++;
  if (call_over_budget(call, count + count / KV_BULK_MAX + 1))
    return call_fail(call, TKV_ERR_BUDGET, SPAN("more rows than one call may write"), SPAN_NONE);
  op->items = ARENA_ARRAY(&call->arena, struct saved, count + 1);
  for (struct json_walk walk = json_walk(call->payload); json_next(&walk);)
    if (!add_row(call, op, walk.value))
      return call->error;
  op->creates = call->control.create.kind == CONTROL_TRUE && count == 1;
  return op->creates ? claim_take(call, op->kind->table, op->items[0].key, true, ask_old)
                     : ask_old(call, op);
}

static enum tkv_status ask_old(struct call *call, void *self) {
  struct save *op = self;
  bool over = op->kind->mode == ROW_SAVE_OVER || op->kind->mode == ROW_SAVE_LAST;
  for (size_t i = 0; i < op->count; i++)
    if (op->creates || (!over && !op->items[i].fresh))
      op->items[i].get = kv_get(call, op->kind->table, op->items[i].key,
                                KV_REMEMBER | (op->creates ? KV_SURE : 0));
  return call_next(call, write_all);
}

/* Writes |row| with the dates that are the store's to set; |old| may be empty. */
static struct span stamped(struct call *call, const struct row_kind *kind, struct span row,
                           struct span old) {
  struct json_field was[ROW_FIELDS_MAX], given[ROW_FIELDS_MAX], set[ROW_FIELDS_MAX];
  struct json_out out = json_out(&call->arena, row.len + 128);
  size_t count = 0;
  int64_t ms;
  if (call->control.restore.kind == CONTROL_TRUE)
    return row;
  row_fields(kind, row, given);
  row_fields(kind, old.ptr ? old : SPAN("{}"), was);
  for (size_t i = 0; i < kind->count; i++) {
    unsigned traits = kind->fields[i].traits;
    struct span now = record_date(call, call->now);
    if (traits & ROW_CREATED)
      now = row_date(was[i].value, &ms)     ? was[i].value
            : row_date(given[i].value, &ms) ? given[i].value
                                            : now;
    if (traits & (ROW_CREATED | ROW_UPDATED))
      set[count++] = (struct json_field){given[i].name, now};
  }
  json_put_replaced(&out, row, set, count);
  return json_out_span(&out);
}

static enum tkv_status write_all(struct call *call, void *self) {
  struct save *op = self;
  if (op->creates && claim_lost(call))
    return row_save(call, NULL);
  for (size_t i = 0; i < op->count; i++) {
    struct saved *item = &op->items[i];
    struct span old = SPAN_NONE;
    if (item->get && !row_read(call, op->kind, item->get, &old))
      return call->error;
    if (op->creates && old.ptr)
      return call_fail(call, TKV_ERR_ALREADY_EXISTS, SPAN("there is one already"), SPAN_NONE);
    item->kept = old.ptr && op->kind->mode == ROW_SAVE_NEW;
    item->row = item->kept ? old : stamped(call, op->kind, item->row, old);
    if (!record_fits(call, item->row, table_name(op->kind->table)))
      return call->error;
  }
  /* A call can ask for one follow-up, so of several rows none is held. */
  bool spaced = op->kind->mode == ROW_SAVE_LAST && op->count == 1 && !call->store.sole;
  unsigned flags = KV_OVERWRITE | (spaced ? KV_SPACE : 0);
  for (size_t i = 0; i < op->count; i++)
    if (!op->items[i].kept)
      row_put(call, op->kind, op->items[i].key, op->items[i].row, flags);
  return call_next(call, answer);
}

static void put_told(struct json_out *out, const struct row_kind *kind, struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  bool first = true;
  row_fields(kind, row, fields);
  for (size_t i = 0; i < kind->count; i++) {
    if (!(kind->fields[i].traits & (ROW_KEY | ROW_CREATED | ROW_UPDATED)) || !fields[i].value.ptr)
      continue;
    json_put_char(out, first ? '{' : ',');
    json_put_string(out, fields[i].name);
    json_put_char(out, ':');
    json_put(out, fields[i].value);
    first = false;
  }
  json_put_char(out, '}');
}

static enum tkv_status answer(struct call *call, void *self) {
  const struct save *op = self;
  struct json_out out = json_out(&call->arena, 128 * op->count + 16);
  json_put_char(&out, '[');
  for (size_t i = 0; i < op->count; i++) {
    row_put_text(&out, SPAN(""));
    put_told(&out, op->kind, op->items[i].row);
    row_ask_flush(call, op->kind->table, op->items[i].key);
  }
  json_put_char(&out, ']');
  return call_return(call, &out);
}

/* row.update */

struct update {
  const struct row_kind *kind;
  struct span expect, set, clear;
  struct kv_request *get;
};

static enum tkv_status merge(struct call *call, void *self);

enum tkv_status row_update(struct call *call, void *self) {
  struct update *op = ARENA_NEW(&call->arena, struct update);
  struct json_field fields[] = {{SPAN("key"), SPAN_NONE},
                                {SPAN("expect"), SPAN_NONE},
                                {SPAN("set"), SPAN_NONE},
                                {SPAN("clear"), SPAN_NONE}};
  (void)self;
  call_self(call, op);
  op->kind = row_kind_of(call);
  if (!op->kind || !arg_fields(call, fields, 4))
    return call->error;
  op->expect = json_is_object(fields[1].value) ? fields[1].value : SPAN("{}");
  op->set = json_is_object(fields[2].value) ? fields[2].value : SPAN("{}");
  op->clear = json_is_array(fields[3].value) ? fields[3].value : SPAN("[]");
  if (!row_check(call, op->kind, op->set))
    return call->error;
  op->get = row_ask(call, op->kind, fields[0].value);
  return op->get ? call_next(call, merge) : call->error;
}

static bool as_expected(struct span row, struct span expect) {
  for (struct json_walk wanted = json_walk(expect); json_next(&wanted);) {
    struct json_field field = {{wanted.name.ptr + 1, wanted.name.len - 2}, SPAN_NONE};
    json_fields(row, &field, 1);
    if (!row_matches(wanted.value, field.value))
      return false;
  }
  return true;
}

static struct span without(struct call *call, struct span row, struct span names) {
  for (struct json_walk walk = json_walk(names); json_next(&walk);) {
    struct json_field field = {SPAN_NONE, SPAN_NONE};
    struct json_out out = json_out(&call->arena, row.len + 1);
    if (!json_string(&call->arena, walk.value, &field.name))
      continue;
    json_put_replaced(&out, row, &field, 1);
    row = json_out_span(&out);
  }
  return row;
}

static enum tkv_status done(struct call *call, void *self) {
  const struct update *op = self;
  row_ask_flush(call, op->kind->table, op->get->key);
  call->outcome.result = SPAN("true");
  return TKV_DONE;
}

static enum tkv_status merge(struct call *call, void *self) {
  struct update *op = self;
  struct span row, key;
  if (!row_read(call, op->kind, op->get, &row))
    return call->error;
  if (!row.ptr || !as_expected(row, op->expect)) {
    call->outcome.result = SPAN("false");
    return TKV_DONE;
  }
  row = without(call, json_merge(&call->arena, row, op->set, NULL, 0), op->clear);
  row = stamped(call, op->kind, row, row);
  if (!row_key(call, op->kind, row, &key) || !record_fits(call, row, table_name(op->kind->table)))
    return call->error;
  if (!span_eq(key, op->get->key))
    return call_invalid(call, SPAN("set"), SPAN("must not change what names the row"));
  row_put(call, op->kind, key, row, op->kind->mode == ROW_SAVE_LAST ? KV_SPACE : 0);
  return call_next(call, done);
}
