/* prune.c: row.prune: what is older than an age, one page of a list at a time.
 *
 *   payload   {"limit": n, "cursor": where to go on, or null}; control: table, maxAge in ms.
 *             With "resourceId": in place of what is old, what carries this id; with a maxAge, too, only
 *             what does not say that it is younger
 *   answer    {"deleted":n,"ids":[id, …],"cursor": where to go on, or null,"done": nothing is left}
 *
 * Rows and resources are deleted here.  Threads and messages are only named, for their deletion
 * takes more than their record.  Whether a row is due is read from itself, and nothing comes between
 * that and its deletion.
 */
#include "codec/key.h"
#include "codec/limits.h"
#include "index/record.h"
#include "rows/operations.h"
#include "rows/row.h"

struct prune {
  const struct row_kind *kind;
  int64_t before, limit, deleted;
  struct span cursor, owner; /* given */
  struct kv_request *page, **gets;
  size_t count;
};

static enum tkv_status listed(struct call *call, void *self);
static enum tkv_status judge(struct call *call, void *self);
static enum tkv_status answer(struct call *call, struct prune *op, struct span ids, bool more);

enum tkv_status row_prune(struct call *call, void *self) {
  struct prune *op = ARENA_NEW(&call->arena, struct prune);
  struct json_field fields[] = {
      {SPAN("limit"), SPAN_NONE}, {SPAN("cursor"), SPAN_NONE}, {SPAN("resourceId"), SPAN_NONE}};
  uint64_t age;
  struct span none = SPAN_NONE;
  (void)self;
  call_self(call, op);
  op->kind = row_kind_aging(call);
  if (!op->kind || !arg_fields(call, fields, 3) ||
      !arg_text(call, fields[2].value, fields[2].name, &op->owner))
    return call->error;
  bool aged = control_number(call->control.max_age, &age);
  if (!aged && op->owner.ptr)
    op->before = INT64_MAX;
  else if (aged)
    op->before = call->now - (int64_t)age;
  else
    return call_invalid(call, SPAN("maxAge"), SPAN("must be a number of milliseconds"));
  if (!json_int(fields[0].value, &op->limit) || op->limit < 1)
    return call_invalid(call, SPAN("limit"), SPAN("must be a positive integer"));
  if (!json_is_null(fields[1].value) &&
      !arg_text(call, fields[1].value, SPAN("cursor"), &op->cursor))
    return call->error;
  op->page = kv_list(call, op->kind->table,
                     key_join(&call->arena, call->prefix, op->kind->table, &none, 1), op->cursor);
  if (op->owner.ptr) /* of most tables all is read: a bulk get at a time */
    op->page->limit = KV_BULK_MAX;
  return call_next(call, listed);
}

static struct span anchor_of(const struct row_kind *kind, struct span object) {
  struct json_field fields[ROW_FIELDS_MAX];
  if (row_fields(kind, object, fields))
    for (size_t i = 0; i < kind->count; i++)
      if (kind->fields[i].traits & ROW_ANCHOR)
        return fields[i].value;
  return SPAN_NONE;
}

/* Metadata may tell that a row is too young: its cover, or a thread's createdAt. */
static bool may_be_due(const struct prune *op, struct span metadata) {
  struct json_field cover = {SPAN("c"), SPAN_NONE};
  int64_t ms;
  if (!metadata.len || !json_fields(metadata, &cover, 1))
    return true;
  if (json_is_object(cover.value))
    return row_date(anchor_of(op->kind, cover.value), &ms) && ms < op->before;
  return !json_int(cover.value, &ms) || ms < op->before;
}

static enum tkv_status listed(struct call *call, void *self) {
  struct prune *op = self;
  op->gets = ARENA_ARRAY(&call->arena, struct kv_request *, op->page->count + 1);
  for (size_t i = 0; i < op->page->count; i++)
    if (op->owner.ptr || may_be_due(op, op->page->items[i].metadata))
      op->gets[op->count++] = kv_get(call, op->kind->table, op->page->items[i].name, KV_REMEMBER);
  return call_next(call, judge);
}

static enum tkv_status finish(struct call *call, void *self) {
  (void)call, (void)self;
  return TKV_DONE;
}

/* When a row, thread or message came about, by its own word; states tell their last change alone. */
static bool begun(struct span row, int64_t *ms) {
  return row_date(json_get(row, SPAN("createdAt")), ms) ||
         row_date(json_get(row, SPAN("updatedAt")), ms);
}

/* What is damaged has no age, and stops the pruning; of nobody can be told that it is his. */
static bool is_due(struct call *call, const struct prune *op, const struct kv_request *get,
                   bool *due) {
  struct span row, owner;
  int64_t ms = INT64_MAX;
  *due = false;
  if (!get->found)
    return true;
  if (!json_value(get->value, &row)) {
    call_corrupt(call, get->key);
    return false;
  }
  if (op->owner.ptr) {
    struct span given = json_get(row, SPAN("resourceId"));
    *due = json_string(&call->arena, given, &owner) && span_eq(owner, op->owner) &&
           !(begun(row, &ms) && ms >= op->before);
    return true;
  }
  row_date(anchor_of(op->kind, row), &ms);
  *due = ms < op->before;
  return true;
}

static enum tkv_status judge(struct call *call, void *self) {
  struct prune *op = self;
  struct json_out ids = json_out(&call->arena, 1024);
  bool named = op->kind->table == TABLE_THREADS || op->kind->table == TABLE_MESSAGES, more = false;
  json_put_char(&ids, '[');
  for (size_t i = 0; i < op->count; i++) {
    struct kv_request *get = op->gets[i];
    bool due;
    if (!is_due(call, op, get, &due))
      return call->error;
    if (!due)
      continue;
    more = op->deleted == op->limit || (!named && call_over_budget(call, (size_t)op->deleted + 1));
    if (more)
      break;
    op->deleted++;
    if (!named) {
      kv_delete(call, op->kind->table, get->key, KV_REMEMBER | KV_OVERWRITE);
      continue;
    }
    row_put_text(&ids, SPAN(""));
    json_put_string(&ids, key_decode(&call->arena, span_from(get->key, op->page->key.len)));
  }
  json_put_char(&ids, ']');
  return answer(call, op, json_out_span(&ids), more);
}

/* What is left of a page is found again when it is listed again. */
static enum tkv_status answer(struct call *call, struct prune *op, struct span ids, bool more) {
  struct span cursor = more ? op->cursor : op->page->cursor;
  struct json_out out = json_out(&call->arena, ids.len + cursor.len + 64);
  json_put_number(&out, SPAN("{\"deleted\":"), op->deleted);
  json_put(&out, SPAN(",\"ids\":"));
  json_put(&out, ids);
  json_put(&out, SPAN(",\"cursor\":"));
  if (cursor.ptr)
    json_put_string(&out, cursor);
  else
    json_put(&out, SPAN("null"));
  json_put(&out, SPAN(",\"done\":"));
  json_put_bool(&out, !more && !cursor.ptr);
  json_put_char(&out, '}');
  enum tkv_status status = call_return(call, &out);
  return status == TKV_DONE ? call_next(call, finish) : status;
}
