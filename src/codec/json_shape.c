/* json_shape.c: objects into structs. */
#include "codec/json_shape.h"

#include "codec/date.h"

static bool is_content(struct span value) {
  return json_is_object(value) || json_is_array(value) || json_is_string(value) ||
         json_is_null(value);
}

static bool take(struct arena *arena, enum shape_kind kind, struct span value, void *at) {
  struct span *span = at, text;
  int64_t *number = at, ms;
  if (kind < SHAPE_TEXT)
    *span = value;
  switch (kind) {
  case SHAPE_RAW:
    return true;
  case SHAPE_OBJECT:
    return json_is_object(value);
  case SHAPE_CONTENT:
    return is_content(value);
  case SHAPE_STRING:
    return json_is_string(value);
  case SHAPE_TEXT:
  case SHAPE_ID:
    return json_string(arena, value, span) && (kind == SHAPE_TEXT || span->len);
  case SHAPE_INT:
    return json_int(value, number);
  case SHAPE_COUNT:
    return json_int(value, number) && *number >= 0;
  default:
    return json_string(arena, value, &text) && date_parse(text, kind == SHAPE_DATE ? number : &ms);
  }
}

static bool take_field(struct arena *arena, const struct shape *field, struct span value,
                       void *target) {
  void *at = (char *)target + field->at;
  enum shape_kind kind = field->kind % SHAPE_OPTIONAL;
  bool null = field->kind & SHAPE_NULL && json_is_null(value);
  if (value.ptr && !null)
    return take(arena, kind, value, at);
  if (kind <= SHAPE_ID)
    *(struct span *)at = kind < SHAPE_TEXT ? value : SPAN_NONE;
  return field->kind & SHAPE_OPTIONAL;
}

const struct shape *shape_read(struct arena *arena, struct span object, const struct shape *shape,
                               size_t count, void *target) {
  struct json_field fields[SHAPE_MAX];
  for (size_t i = 0; i < count; i++)
    fields[i].name = (struct span){shape[i].name, shape[i].len};
  if (!json_fields(object, fields, count))
    return shape;
  for (size_t i = 0; i < count; i++)
    if (!take_field(arena, &shape[i], fields[i].value, target))
      return &shape[i];
  return NULL;
}
