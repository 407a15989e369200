/* record.c: metadata and arguments. */
#include "index/record.h"

#include "codec/date.h"
#include "codec/limits.h"
#include "index/place.h"
#include "index/suffix.h"

#define TEXT(literal) {"" literal, sizeof(literal) - 1}

enum { UUID_LEN = 36 };

struct span record_metadata(struct call *call, int64_t stamp, const struct entry *entry) {
  struct json_out out = json_out(&call->arena, 64);
  json_put_number(&out, SPAN("{\"v\":1,\"w\":"), stamp);
  if (entry) {
    json_put_text(&out, SPAN(",\"j\":"), entry->journal);
    place_put(&out, entry);
  }
  json_put_char(&out, '}');
  return json_out_span(&out);
}

struct span record_uuid(struct call *call) {
  static const char hex[] = "0123456789abcdef";
  unsigned char bytes[16];
  char *text = arena_alloc(&call->arena, UUID_LEN), *to = text;
  call_random(call, bytes, sizeof bytes);
  bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* RFC 9562: version 4 */
  bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      *to++ = '-';
    *to++ = hex[bytes[i] >> 4];
    *to++ = hex[bytes[i] & 15];
  }
  return (struct span){text, UUID_LEN};
}

struct span record_journal(struct span metadata) {
  struct span journal = json_get(metadata, SPAN("j"));
  struct span suffix =
      json_is_string(journal) ? (struct span){journal.ptr + 1, journal.len - 2} : SPAN_NONE;
  return journal_time(suffix) ? suffix : SPAN_NONE; /* what is none would be written on for ever */
}

void record_place(struct span metadata, struct entry *entry) {
  struct entry told = {.journal = record_journal(metadata)};
  struct json_walk walk = json_walk(json_get(metadata, SPAN("o")));
  place_take(&walk, &told);
  entry_join(entry, &told);
}

struct span record_date(struct call *call, int64_t ms) {
  struct json_out out = json_out(&call->arena, 32);
  json_put_date(&out, ms);
  return json_out_span(&out);
}

bool record_fits(struct call *call, struct span value, struct span where) {
  if (value.len <= TKV_VALUE_MAX)
    return true;
  struct json_out message = json_out(&call->arena, where.len + 64);
  json_put(&message, where);
  json_put(&message, SPAN(": the record would exceed 25 MiB"));
  call_fail(call, TKV_ERR_VALUE_TOO_LARGE, json_out_span(&message), SPAN_NONE);
  return false;
}

struct span arg_where(struct call *call, struct span list, size_t index, struct span name) {
  struct json_out out = json_out(&call->arena, list.len + name.len + 24);
  json_put(&out, list);
  json_put_char(&out, '[');
  json_put_int(&out, (int64_t)index);
  json_put_char(&out, ']');
  if (name.len) {
    json_put_char(&out, '.');
    json_put(&out, name);
  }
  return json_out_span(&out);
}

static struct span demand(const struct shape *field, struct span value) {
  static const struct span demands[SHAPE_KINDS] = {
      [SHAPE_RAW] = TEXT("must be given"),
      [SHAPE_STRING] = TEXT("must be a string"),
      [SHAPE_OBJECT] = TEXT("must be an object"),
      [SHAPE_CONTENT] = TEXT("must be an object, an array, a string or null"),
      [SHAPE_WHEN] = TEXT("must be a valid date"),
      [SHAPE_TEXT] = TEXT("must be a string"),
      [SHAPE_ID] = TEXT("must be a non-empty string"),
      [SHAPE_DATE] = TEXT("must be a valid date"),
      [SHAPE_INT] = TEXT("must be a whole number"),
      [SHAPE_COUNT] = TEXT("must be a whole number >= 0")};
  enum shape_kind kind = field->kind % SHAPE_OPTIONAL;
  if ((kind == SHAPE_ID || kind == SHAPE_TEXT) && json_is_string(value) && value.len > 2)
    return SPAN("must be well-formed Unicode");
  return demands[kind];
}

bool arg_read(struct call *call, struct span object, struct span where, size_t index,
              const struct shape *shape, size_t count, void *target) {
  const struct shape *bad = shape_read(&call->arena, object, shape, count, target);
  bool alone = index == (size_t)ARG_ALONE;
  if (!bad)
    return true;
  if (!json_is_object(object)) {
    call_invalid(call, alone ? SPAN("") : arg_where(call, where, index, SPAN("")),
                 alone ? SPAN("the argument must be an object") : SPAN("must be an object"));
    return false;
  }
  struct span name = {bad->name, bad->len};
  call_invalid(call,
               alone ? call_join(call, where, name, SPAN("")) : arg_where(call, where, index, name),
               demand(bad, json_get(object, name)));
  return false;
}

bool arg_id(struct call *call, struct span value, struct span where, struct span *id) {
  if (json_is_string(value) && value.len > 2) {
    if (json_string(&call->arena, value, id))
      return true;
    call_invalid(call, where, SPAN("must be well-formed Unicode"));
    return false;
  }
  call_invalid(call, where, SPAN("must be a non-empty string"));
  return false;
}

bool arg_is_blank(struct span id) {
  for (size_t i = 0; i < id.len; i++)
    if (id.ptr[i] != ' ' && (id.ptr[i] < '\t' || id.ptr[i] > '\r'))
      return false;
  return true;
}

bool arg_made(struct call *call, struct span id, struct span where) {
  if (!arg_is_blank(id) || call->control.restore.kind == CONTROL_TRUE)
    return true;
  call_invalid(call, where, SPAN("must not be blank"));
  return false;
}

bool arg_text(struct call *call, struct span value, struct span where, struct span *text) {
  *text = SPAN_NONE;
  if (!value.ptr || json_string(&call->arena, value, text))
    return true;
  call_invalid(call, where,
               json_is_string(value) ? SPAN("must be well-formed Unicode")
                                     : SPAN("must be a string"));
  return false;
}

bool arg_date(struct call *call, struct span value, struct span where, int64_t *ms) {
  if (json_is_string(value) && date_parse((struct span){value.ptr + 1, value.len - 2}, ms))
    return true;
  call_invalid(call, where, SPAN("must be a valid date"));
  return false;
}

bool arg_range(struct call *call, struct span value, struct date_range *range) {
  struct json_field fields[] = {{SPAN("start"), SPAN_NONE},
                                {SPAN("end"), SPAN_NONE},
                                {SPAN("startExclusive"), SPAN_NONE},
                                {SPAN("endExclusive"), SPAN_NONE}};
  if (!value.ptr)
    return true;
  if (!json_fields(value, fields, 4)) {
    call_invalid(call, SPAN("filter.dateRange"), SPAN("must be an object"));
    return false;
  }
  range->has_start = fields[0].value.ptr;
  range->has_end = fields[1].value.ptr;
  if ((range->has_start &&
       !arg_date(call, fields[0].value, SPAN("filter.dateRange.start"), &range->start)) ||
      (range->has_end &&
       !arg_date(call, fields[1].value, SPAN("filter.dateRange.end"), &range->end)))
    return false;
  range->start += json_is_true(fields[2].value);
  range->end -= json_is_true(fields[3].value);
  return true;
}

bool range_has(const struct date_range *range, int64_t ms) {
  return !(range->has_start && ms < range->start) && !(range->has_end && ms > range->end);
}

bool arg_fields(struct call *call, struct json_field *fields, size_t count) {
  if (json_fields(call->payload, fields, count))
    return true;
  call_invalid(call, SPAN(""), SPAN("the argument must be an object"));
  return false;
}

bool arg_ids(struct call *call, struct span array, struct span where, struct span_set *seen,
             struct entries *ids) {
  struct json_walk walk = json_walk(array);
  if (!json_is_array(array)) {
    call_invalid(call, where, SPAN("must be an array of non-empty strings"));
    return false;
  }
  for (size_t i = 0; json_next(&walk); i++) {
    struct entry entry = {0};
    if (!arg_id(call, walk.value, arg_where(call, where, i, SPAN("")), &entry.id))
      return false;
    if (span_set_add(&call->arena, seen, entry.id))
      entries_append(&call->arena, ids, &entry);
  }
  return true;
}

bool arg_is_name(struct span name) {
  if (name.len == 0 || name.len > 128 || (name.ptr[0] >= '0' && name.ptr[0] <= '9'))
    return false;
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
      return false;
  }
  return !span_eq(name, SPAN("__proto__")) && !span_eq(name, SPAN("prototype")) &&
         !span_eq(name, SPAN("constructor"));
}

static bool bad_count(struct call *call, struct control_value value, struct span name) {
  bool part = value.kind == CONTROL_NUMBER && value.number > 0;
  struct span rule = part ? SPAN(">= 0 and a whole number") : SPAN(">= 0");
  call_invalid(call, SPAN(""), call_join(call, name, SPAN(" must be "), rule));
  return false;
}

bool arg_page(struct call *call, uint64_t standard, struct page *page) {
  struct control_value wanted = call->control.per_page;
  uint64_t number = 0;
  page->limit = standard;
  if (wanted.kind == CONTROL_FALSE) {
    page->limit = UINT64_MAX;
  } else if (wanted.kind != CONTROL_ABSENT && !control_number(wanted, &page->limit)) {
    return bad_count(call, wanted, SPAN("perPage"));
  }
  if (call->control.page.kind != CONTROL_ABSENT && !control_number(call->control.page, &number))
    return bad_count(call, call->control.page, SPAN("page"));
  page->offset = page->limit == UINT64_MAX ? 0 : number * page->limit;
  if (number && page->limit != UINT64_MAX && page->limit > (UINT64_C(1) << 52) / number) {
    call_invalid(call, SPAN(""), SPAN("page value too large"));
    return false;
  }
  return true;
}
