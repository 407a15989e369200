/* row.c: keys, covers and dates of rows. */
#include "rows/row.h"

#include "codec/date.h"
#include "codec/limits.h"
#include "index/record.h"

bool row_fields(const struct row_kind *kind, struct span object, struct json_field *fields) {
  for (size_t i = 0; i < kind->count; i++)
    fields[i] = (struct json_field){row_field_name(&kind->fields[i]), SPAN_NONE};
  return json_fields(object, fields, kind->count);
}

static bool is_missing(struct span value) {
  return !value.ptr || json_is_null(value);
}

bool row_key(struct call *call, const struct row_kind *kind, struct span object, struct span *key) {
  struct json_field fields[ROW_FIELDS_MAX];
  struct span parts[ROW_KEYS_MAX];
  size_t count = 0;
  if (!row_fields(kind, object, fields)) {
    call_invalid(call, table_name(kind->table), SPAN("must be an object"));
    return false;
  }
  for (size_t i = 0; i < kind->count; i++) {
    unsigned traits = kind->fields[i].traits;
    if (!(traits & ROW_KEY) || (traits & ROW_OPTIONAL && is_missing(fields[i].value)))
      continue;
    if (!arg_id(call, fields[i].value, fields[i].name, &parts[count++]))
      return false;
  }
  return kv_key(call, kind->table, parts, count, key);
}

bool row_check(struct call *call, const struct row_kind *kind, struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  int64_t ms;
  row_fields(kind, row, fields);
  for (size_t i = 0; i < kind->count; i++)
    if (kind->fields[i].traits & ROW_DATE && !is_missing(fields[i].value) &&
        !arg_date(call, fields[i].value, fields[i].name, &ms))
      return false;
  return record_fits(call, row, table_name(kind->table));
}

bool row_read(struct call *call, const struct row_kind *kind, const struct kv_request *get,
              struct span *row) {
  struct span key;
  *row = SPAN_NONE;
  if (!get->found ||
      (json_value(get->value, row) && row_key(call, kind, *row, &key) && span_eq(key, get->key)))
    return true;
  call_corrupt(call, get->key);
  return false;
}

bool row_date(struct span value, int64_t *ms) {
  return json_is_string(value) && date_parse((struct span){value.ptr + 1, value.len - 2}, ms);
}

bool row_matches(struct span wanted, struct span value) {
  if (!json_is_array(wanted))
    return is_missing(value) ? json_is_null(wanted) : json_equal(wanted, value);
  for (struct json_walk walk = json_walk(wanted); json_next(&walk);)
    if (!json_is_array(walk.value) && row_matches(walk.value, value))
      return true;
  return false;
}

struct span row_cover(struct call *call, const struct row_kind *kind, struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  struct json_out out = json_out(&call->arena, KV_METADATA_MAX);
  if (kind->cover)
    return kind->cover(call, row);
  row_fields(kind, row, fields);
  for (size_t i = 0; i < kind->count; i++) {
    if (!(kind->fields[i].traits & ROW_COVERED) || is_missing(fields[i].value))
      continue;
    json_put(&out, out.len ? SPAN(",") : SPAN("{"));
    json_put_string(&out, fields[i].name);
    json_put_char(&out, ':');
    json_put(&out, fields[i].value);
  }
  json_put(&out, out.len ? SPAN("}") : SPAN("{}"));
  return json_out_span(&out);
}

struct span row_cover_of(struct span metadata) {
  struct json_field cover = {SPAN("c"), SPAN_NONE};
  bool has = metadata.len && json_fields(metadata, &cover, 1) && json_is_object(cover.value);
  return has ? cover.value : SPAN_NONE;
}

struct span row_metadata(struct call *call, const struct row_kind *kind, struct span row,
                         int64_t stamp) {
  struct span bare = record_metadata(call, stamp, NULL);
  struct json_out out = json_out(&call->arena, KV_METADATA_MAX);
  json_put(&out, (struct span){bare.ptr, bare.len - 1});
  json_put(&out, SPAN(",\"c\":"));
  json_put(&out, row_cover(call, kind, row));
  json_put_char(&out, '}');
  return kv_fits_metadata(json_out_span(&out)) ? json_out_span(&out) : bare;
}

int64_t row_expires(struct call *call, const struct row_kind *kind, struct span row) {
  struct json_field fields[ROW_FIELDS_MAX];
  uint64_t age;
  int64_t anchor;
  if (!control_number(call->control.max_age, &age) || !row_fields(kind, row, fields))
    return 0;
  for (size_t i = 0; i < kind->count; i++)
    if (kind->fields[i].traits & ROW_ANCHOR && row_date(fields[i].value, &anchor))
      return kv_expires(anchor + (int64_t)age);
  return 0;
}

struct kv_request *row_put(struct call *call, const struct row_kind *kind, struct span key,
                           struct span row, unsigned flags) {
  struct kv_request *put =
      kv_put(call, kind->table, key, row, row_metadata(call, kind, row, call_stamp(call)),
             KV_REMEMBER | flags);
  put->expires = row_expires(call, kind, row);
  return put;
}

struct kv_request *row_ask(struct call *call, const struct row_kind *kind, struct span object) {
  struct span key;
  return row_key(call, kind, object, &key) ? kv_get(call, kind->table, key, KV_REMEMBER | KV_SURE)
                                           : NULL;
}

void row_put_text(struct json_out *out, struct span text) {
  if (out->len > 1)
    json_put_char(out, ',');
  json_put(out, text);
}
