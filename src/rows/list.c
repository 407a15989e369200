/* row_list.c: row.list.
 *
 *   payload   {"where":{field: value or [value, …]}, "dateField", "dateRange", "orderBy",
 *             "under": the first part of the keys, or [part, …], "covers": what does not matter};
 *             control: table, page, perPage, direction
 *   answer    {"rows":[row, …],"total":n,"hasMore":…}
 *
 * `where` names fields of the cover; null matches a field that is missing.  A row without the date
 * is in no range, and comes first in ascending order.  Ties are in the order of the keys.  Records
 * that are no rows (resources) come in the order of their keys.  With `covers` the answer has the
 * rows' covers in their place, for which no row that has one is read.
 *
 * Rounds: the pages of a list, whose covers are filtered and ordered; the rows without a cover, if
 * there are any; the page's rows.  A row that has changed since the list was made counts as it is.
 */
#include "index/gather.h"
#include "index/record.h"
#include "index/scan.h"
#include "rows/operations.h"
#include "rows/row.h"

enum { PAGE_STANDARD = 100, ORDER = 0, DATE, WHERE }; /* WHERE: the first of them */

struct list {
  struct gather gather; /* must be first; over `ordered` */
  const struct row_kind *kind;
  struct json_field fields[WHERE + ROW_FIELDS_MAX]; /* of the cover */
  struct span wanted[WHERE + ROW_FIELDS_MAX];       /* from WHERE on */
  size_t count;                                     /* of both */
  struct date_range range;
  struct page page;
  bool ascending, covers;

  struct scan scan;
  struct entries rows, unread; /* by key; `time` is what they are ordered by */
  struct entry **ordered;
  struct kv_request **gets;
};

static void take(struct call *call, struct scan *scan, struct span key, struct span metadata);
static enum tkv_status scanned(struct call *call, void *self);
static enum tkv_status read_all(struct call *call, void *self);
static enum tkv_status answer(struct call *call, void *self);

/* ---- The question ---- */

static bool is_covered(const struct row_kind *kind, struct span name, unsigned traits) {
  for (size_t i = 0; i < kind->count; i++)
    if (span_eq(row_field_name(&kind->fields[i]), name))
      return (kind->fields[i].traits & traits) == traits;
  return false;
}

static bool read_where(struct call *call, struct list *list, struct span where) {
  for (struct json_walk walk = json_walk(where); where.ptr && json_next(&walk);) {
    struct span name = {walk.name.ptr + 1, walk.name.len - 2};
    if (list->count == WHERE + ROW_FIELDS_MAX || !is_covered(list->kind, name, ROW_COVERED)) {
      call_invalid(call, SPAN("filter"), SPAN("names a field that lists cannot filter by"));
      return false;
    }
    list->fields[list->count].name = name;
    list->wanted[list->count++] = walk.value;
  }
  return true;
}

static bool read_date_field(struct call *call, struct list *list, struct span value,
                            struct span where, size_t index) {
  struct span name;
  if (!arg_text(call, value, where, &name))
    return false;
  list->fields[index].name = name.ptr ? name : SPAN("createdAt");
  if (!name.ptr || is_covered(list->kind, name, ROW_COVERED | ROW_DATE))
    return true;
  call_invalid(call, where, SPAN("names no date of these rows"));
  return false;
}

/* Reads what |under| names, one part or several, into the prefix of the keys. */
static bool read_under(struct call *call, struct list *list, struct span under) {
  struct span parts[ROW_KEYS_MAX + 1];
  struct json_walk walk = json_walk(under);
  bool several = under.ptr && json_is_array(under);
  size_t count = 0;
  if (under.ptr && !several && !arg_id(call, under, SPAN("under"), &parts[count++]))
    return false;
  while (several && count < ROW_KEYS_MAX && json_next(&walk))
    if (!arg_id(call, walk.value, SPAN("under"), &parts[count++]))
      return false;
  parts[count++] = SPAN_NONE;
  return kv_key(call, list->kind->table, parts, count, &list->scan.prefix);
}

static bool read_query(struct call *call, struct list *list) {
  struct json_field fields[] = {{SPAN("where"), SPAN_NONE},     {SPAN("dateField"), SPAN_NONE},
                                {SPAN("dateRange"), SPAN_NONE}, {SPAN("orderBy"), SPAN_NONE},
                                {SPAN("under"), SPAN_NONE},     {SPAN("covers"), SPAN_NONE}};
  list->count = WHERE;
  list->kind = row_kind_aging(call);
  if (!list->kind || !arg_page(call, PAGE_STANDARD, &list->page) || !arg_fields(call, fields, 6) ||
      !read_where(call, list, fields[0].value) ||
      !read_date_field(call, list, fields[1].value, SPAN("dateFilterBy"), DATE) ||
      !read_date_field(call, list, fields[3].value, SPAN("orderBy"), ORDER) ||
      !arg_range(call, fields[2].value, &list->range))
    return false;
  list->covers = fields[5].value.ptr;
  list->ascending = call->control.ascending;
  list->scan = (struct scan){.table = list->kind->table, .take = take, .owner = list};
  return read_under(call, list, fields[4].value);
}

enum tkv_status row_list(struct call *call, void *self) {
  struct list *list = ARENA_NEW(&call->arena, struct list);
  (void)self;
  call_self(call, list);
  return read_query(call, list) ? call_enter(call, scan_run, &list->scan, scanned) : call->error;
}

/* ---- Which rows, in which order ---- */

/* Tells whether the row with |cover| belongs in the list, and where. */
static bool passes(struct list *list, struct span cover, int64_t *order) {
  int64_t date;
  if (!json_fields(cover, list->fields, list->count))
    return false;
  for (size_t i = WHERE; i < list->count; i++)
    if (!row_matches(list->wanted[i], list->fields[i].value))
      return false;
  if (!row_date(list->fields[ORDER].value, order))
    *order = 0;
  if (!list->range.has_start && !list->range.has_end)
    return true;
  return row_date(list->fields[DATE].value, &date) && range_has(&list->range, date);
}

static void take(struct call *call, struct scan *scan, struct span key, struct span metadata) {
  struct list *list = scan->owner;
  struct entry row = {.id = key};
  struct span cover =
      list->kind->mode == ROW_SAVE_NEVER ? SPAN("{}") : row_cover_of(metadata); /* no dates there */
  if (!cover.ptr)
    entries_append(&call->arena, &list->unread, &row);
  else if (passes(list, cover, &row.time)) {
    row.record = list->covers ? cover : SPAN_NONE;
    entries_append(&call->arena, &list->rows, &row);
  }
}

static void ask(struct call *call, struct gather *self, size_t index) {
  struct list *list = (struct list *)self;
  struct entry *row = list->ordered[index];
  if (!row->record.ptr)
    list->gets[index] = kv_get(call, list->kind->table, row->id, KV_REMEMBER);
}

static enum gather_verdict judge(struct call *call, struct gather *self, size_t index) {
  struct list *list = (struct list *)self;
  struct entry *row = list->ordered[index];
  struct span record;
  if (row->record.ptr)
    return GATHER_GOOD;
  if (!row_read(call, list->kind, list->gets[index], &record))
    return GATHER_FAILED;
  if (!record.ptr)
    return GATHER_GONE;
  if (!passes(list, row_cover(call, list->kind, record), &row->time))
    return GATHER_PASSED;
  row->record = list->covers ? row_cover(call, list->kind, record) : record;
  return GATHER_GOOD;
}

static enum tkv_status read_rows(struct call *call, struct list *list, struct entry **rows,
                                 size_t count, size_t want, call_step then) {
  list->ordered = rows;
  list->gets = ARENA_ARRAY(&call->arena, struct kv_request *, count + 1);
  list->gather = (struct gather){.count = count, .want = want, .ask = ask, .judge = judge};
  return call_enter(call, gather_run, &list->gather, then);
}

static enum tkv_status scanned(struct call *call, void *self) {
  struct list *list = self;
  struct entry **unread = entries_ordered(&call->arena, &list->unread, entry_newer);
  return read_rows(call, list, unread, list->unread.count, SIZE_MAX, read_all);
}

static enum tkv_status read_all(struct call *call, void *self) {
  struct list *list = self;
  for (size_t i = 0; i < list->unread.count; i++)
    if (list->unread.items[i].record.ptr)
      entries_append(&call->arena, &list->rows, &list->unread.items[i]);
  entries_sort(&call->arena, &list->rows);
  size_t count = list->rows.count,
         skip = list->page.offset < count ? (size_t)list->page.offset : count;
  size_t want = list->page.limit < count - skip ? (size_t)list->page.limit : count - skip;
  struct entry **ordered =
      entries_ordered(&call->arena, &list->rows, list->ascending ? entry_older : entry_newer);
  return read_rows(call, list, ordered + skip, count - skip, want, answer);
}

static enum tkv_status answer(struct call *call, void *self) {
  const struct list *list = self;
  struct json_out out = json_out(&call->arena, 4096);
  struct entries page = {0};
  size_t total = list->rows.count - (list->gather.judged - list->gather.good);
  for (size_t i = 0; i < list->gather.judged; i++)
    if (list->ordered[i]->record.ptr)
      entries_append(&call->arena, &page, list->ordered[i]);
  entries_sort(&call->arena, &page);
  struct entry **ordered =
      entries_ordered(&call->arena, &page, list->ascending ? entry_older : entry_newer);
  json_put(&out, SPAN("{\"rows\":["));
  for (size_t i = 0; i < page.count; i++) {
    if (i)
      json_put_char(&out, ',');
    json_put(&out, ordered[i]->record);
  }
  json_put_number(&out, SPAN("],\"total\":"), (int64_t)total);
  json_put(&out, SPAN(",\"hasMore\":"));
  json_put_bool(&out,
                list->page.limit != UINT64_MAX && list->page.offset + list->page.limit < total);
  json_put_char(&out, '}');
  return call_return(call, &out);
}
