/* page.c: row.page: one page of a table's keys, in their order, without reading a row.
 *
 *   payload   {"under":[first parts of the keys],"start": how the next part begins,"limit": n,
 *             "cursor": where to go on, or null}; control: table
 *   answer    {"keys":[[what follows the table in the key, cover or null], …],"cursor": where to go
 *             on, or null}
 *
 * One list, outweighed by what was written here since.  So keys may come in any order within a page,
 * one that stands on it already may come again on the next, and one may name a row that is gone.
 */
#include "codec/key.h"
#include "index/record.h"
#include "index/scan.h"
#include "rows/operations.h"
#include "rows/row.h"

struct page_read {
  struct scan scan;
  struct json_out keys;
  size_t skip; /* of each key: prefix and table */
};

static void take(struct call *call, struct scan *scan, struct span key, struct span metadata) {
  struct page_read *op = scan->owner;
  struct span cover = row_cover_of(metadata);
  (void)call;
  row_put_text(&op->keys, SPAN("["));
  json_put_string(&op->keys, span_from(key, op->skip));
  json_put_char(&op->keys, ',');
  json_put(&op->keys, cover.ptr ? cover : SPAN("null"));
  json_put_char(&op->keys, ']');
}

static enum tkv_status answer(struct call *call, void *self) {
  const struct page_read *op = self;
  struct span keys = json_out_span(&op->keys), cursor = op->scan.cursor;
  struct json_out out = json_out(&call->arena, keys.len + cursor.len + 32);
  json_put(&out, SPAN("{\"keys\":"));
  json_put(&out, keys);
  json_put(&out, SPAN("],\"cursor\":"));
  if (cursor.ptr)
    json_put_string(&out, cursor);
  else
    json_put(&out, SPAN("null"));
  json_put_char(&out, '}');
  return call_return(call, &out);
}

/* The prefix of the keys that |under| and |start| name. */
static bool join_prefix(struct call *call, struct page_read *op, struct span under,
                        struct span start) {
  struct span parts[ROW_KEYS_MAX + 1];
  size_t count = 0;
  for (struct json_walk walk = json_walk(under); count < ROW_KEYS_MAX && json_next(&walk);)
    if (!arg_id(call, walk.value, SPAN("under"), &parts[count++]))
      return false;
  if (!arg_text(call, start, SPAN("start"), &parts[count++]))
    return false;
  return kv_key(call, op->scan.table, parts, count, &op->scan.prefix);
}

enum tkv_status row_page(struct call *call, void *self) {
  struct page_read *op = ARENA_NEW(&call->arena, struct page_read);
  struct json_field fields[] = {{SPAN("under"), SPAN_NONE},
                                {SPAN("start"), SPAN_NONE},
                                {SPAN("limit"), SPAN_NONE},
                                {SPAN("cursor"), SPAN_NONE}};
  int64_t limit;
  (void)self;
  call_self(call, op);
  const struct row_kind *kind = row_kind_of(call);
  if (!kind || !arg_fields(call, fields, 4))
    return call->error;
  if (!json_is_array(fields[0].value))
    return call_invalid(call, SPAN("under"), SPAN("must be an array"));
  if (!json_int(fields[2].value, &limit) || limit < 1 || limit > KV_LIST_MAX)
    return call_invalid(call, SPAN("limit"), SPAN("must be a number of keys"));
  op->scan =
      (struct scan){.table = kind->table, .take = take, .owner = op, .limit = (uint32_t)limit};
  if (!arg_text(call, fields[3].value, SPAN("cursor"), &op->scan.cursor) ||
      !join_prefix(call, op, fields[0].value, fields[1].value))
    return call->error;
  op->skip = call->prefix.len + table_name(kind->table).len + 1;
  op->keys = json_out(&call->arena, 4096);
  json_put_char(&op->keys, '[');
  return call_enter(call, scan_run, &op->scan, answer);
}
