/* store.c: init and clear: the store as a whole. */
#include "codec/key.h"
#include "index/record.h"
#include "upkeep/operations.h"

/* store.init: the schema record says which format the data has. */

struct init {
  struct span key;
  struct kv_request *get;
};

static enum tkv_status compare(struct call *call, void *self);
static enum tkv_status finish(struct call *call, void *self);

/* NULL, with the error recorded, when the key would be too long. */
static struct init *ask(struct call *call) {
  struct init *op = ARENA_NEW(&call->arena, struct init);
  struct span parts[] = {SPAN("schema")};
  if (!kv_key(call, TABLE_METADATA, parts, 1, &op->key))
    return NULL;
  op->get = kv_get(call, TABLE_METADATA, op->key, KV_REMEMBER);
  return op;
}

enum tkv_status store_init(struct call *call, void *self) {
  struct init *op = ask(call);
  (void)self;
  call_self(call, op);
  return op ? call_next(call, compare) : call->error;
}

enum tkv_status store_guard(struct call *call) {
  struct init *op = ask(call);
  if (op)
    call_guard(call, compare, op);
  return op ? TKV_DONE : call->error;
}

static struct span schema_text(struct call *call) {
  struct json_out out = json_out(&call->arena, 512);
  json_put_number(&out, SPAN("{\"v\":1,\"format\":"), TKV_FORMAT_VERSION);
  json_put(&out, SPAN(",\"tables\":["));
  for (int table = 0; table < TABLE_COUNT; table++) {
    if (table)
      json_put_char(&out, ',');
    json_put_string(&out, table_name((enum tkv_table)table));
  }
  json_put(&out, SPAN("]}"));
  return json_out_span(&out);
}

static enum tkv_status too_new(struct call *call, int64_t format) {
  struct json_out message = json_out(&call->arena, 160);
  json_put_number(&message, SPAN("the data has format "), format);
  json_put_number(&message, SPAN(", this version of threadkv knows formats up to "),
                  TKV_FORMAT_VERSION);
  json_put(&message, SPAN(": use a newer version"));
  return call_fail(call, TKV_ERR_FORMAT_TOO_NEW, json_out_span(&message), SPAN_NONE);
}

/* Format 1 is the first: there is nothing to upgrade from yet. */
static enum tkv_status compare(struct call *call, void *self) {
  struct init *op = self;
  int64_t format;
  if (!op->get->found) {
    struct span metadata = record_metadata(call, call_stamp(call), NULL);
    kv_put(call, TABLE_METADATA, op->key, schema_text(call), metadata, KV_REMEMBER | KV_OVERWRITE);
    return call_next(call, finish);
  }
  if (!json_int(json_get(op->get->value, SPAN("format")), &format) || format < 1)
    return call_corrupt(call, op->get->key);
  return format > TKV_FORMAT_VERSION ? too_new(call, format) : TKV_DONE;
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}

/* store.clear: every key of a table, and of the collections that index it; without a table, of all
 * tables.  With payload {"under":[part, …]} only the table's keys below these parts, with
 * {"all":true} the key of these parts, too. */

enum { PARTS_MAX = TABLE_COUNT + 4 }; /* of all tables, and what is cleared with some */

static const struct clear_part {
  enum tkv_table cleared, table;
  struct span under; /* first part of the keys; empty: all of the table */
} parts[] = {
    {TABLE_THREADS, TABLE_METADATA, {"resource", 8}},
    {TABLE_THREADS, TABLE_METADATA, {"sweep", 5}},
    {TABLE_MESSAGES, TABLE_METADATA, {"thread", 6}},
    {TABLE_MESSAGES, TABLE_METADATA, {"mentions", 8}},
};

_Static_assert(PARTS_MAX >= TABLE_COUNT + sizeof parts / sizeof *parts, "more to clear than fits");

struct clear {
  struct span prefixes[PARTS_MAX];
  enum tkv_table tables[PARTS_MAX];
  size_t count, next, deleted;
  struct kv_request *page;
};

static enum tkv_status drop_page(struct call *call, void *self);
static enum tkv_status next_page(struct call *call, void *self);

static void add_part(struct call *call, struct clear *op, enum tkv_table table, struct span under) {
  struct span names[] = {under.len ? under : SPAN_NONE, SPAN_NONE};
  op->tables[op->count] = table;
  op->prefixes[op->count++] = key_join(&call->arena, call->prefix, table, names, under.len ? 2 : 1);
}

/* False, with the error recorded, when |under| holds no ids, or longer ones than any key. */
static bool add_under(struct call *call, struct clear *op, enum tkv_table table,
                      struct span under) {
  struct span names[PARTS_MAX];
  size_t count = 0;
  for (struct json_walk walk = json_walk(under); count < PARTS_MAX - 1 && json_next(&walk);)
    if (!arg_id(call, walk.value, SPAN("under"), &names[count++]))
      return false;
  names[count++] = SPAN_NONE;
  op->tables[0] = table;
  if (!kv_key(call, table, names, count, &op->prefixes[op->count]))
    return false;
  struct span key = op->prefixes[op->count++];
  if (call->control.all.kind == CONTROL_TRUE)
    kv_delete(call, table, (struct span){key.ptr, key.len - 1}, KV_REMEMBER | KV_OVERWRITE);
  return true;
}

static enum tkv_status list_part(struct call *call, struct clear *op, struct span cursor) {
  op->page = kv_list(call, op->tables[op->next], op->prefixes[op->next], cursor);
  return call_next(call, drop_page);
}

enum tkv_status store_clear(struct call *call, void *self) {
  struct clear *op = ARENA_NEW(&call->arena, struct clear);
  struct json_field under = {SPAN("under"), SPAN_NONE};
  (void)self;
  call_self(call, op);
  int wanted = call->control.table;
  if (wanted < 0)
    return call_invalid(call, SPAN("tableName"), SPAN("is no table of this store"));
  if (json_fields(call->payload, &under, 1) && json_is_array(under.value) && wanted < TABLE_COUNT)
    return add_under(call, op, (enum tkv_table)wanted, under.value) ? list_part(call, op, SPAN_NONE)
                                                                    : call->error;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if ((int)parts[i].cleared == wanted)
      add_part(call, op, parts[i].table, parts[i].under);
  for (int table = 0; table < TABLE_COUNT; table++)
    if (table == wanted || wanted == TABLE_COUNT)
      add_part(call, op, (enum tkv_table)table, SPAN_NONE);
  return list_part(call, op, SPAN_NONE);
}

static enum tkv_status answer(struct call *call, const struct clear *op, bool pending) {
  struct json_out out = json_out(&call->arena, 64);
  json_put_number(&out, SPAN("{\"deleted\":"), (int64_t)op->deleted);
  json_put(&out, SPAN(",\"pending\":"));
  json_put_bool(&out, pending);
  json_put_char(&out, '}');
  return call_return(call, &out);
}

static enum tkv_status drop_page(struct call *call, void *self) {
  struct clear *op = self;
  size_t count = op->page->count;
  memory_forget(call->memory, call->store.spaces[op->tables[op->next]], op->prefixes[op->next]);
  while (count && call_over_budget(call, count))
    count--;
  for (size_t i = 0; i < count; i++)
    kv_delete(call, op->tables[op->next], op->page->items[i].name, KV_REMEMBER);
  op->deleted += count;
  if (count < op->page->count || (op->page->cursor.ptr && call_over_budget(call, count + 1)))
    op->next = SIZE_MAX;
  return call_next(call, next_page);
}

static enum tkv_status next_page(struct call *call, void *self) {
  struct clear *op = self;
  if (op->next == SIZE_MAX)
    return answer(call, op, true);
  if (op->page->cursor.ptr)
    return list_part(call, op, op->page->cursor);
  return ++op->next == op->count ? answer(call, op, false) : list_part(call, op, SPAN_NONE);
}
