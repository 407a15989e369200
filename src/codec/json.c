/* json.c: reading and comparing of JSON spans; json_scan.c finds where they end. */
#include "codec/json.h"

#include "codec/limits.h"

bool json_fields(struct span object, struct json_field *fields, size_t count) {
  for (size_t i = 0; i < count; i++)
    fields[i].value = SPAN_NONE;
  if (!json_is_object(object))
    return false;
  struct json_walk walk = json_walk(object);
  while (json_next(&walk))
    for (size_t i = 0; i < count; i++)
      if (json_name_is(walk.name, fields[i].name))
        fields[i].value = walk.value;
  return !walk.bad;
}

struct span json_get(struct span object, struct span name) {
  struct json_field field = {name, SPAN_NONE};
  return json_fields(object, &field, 1) ? field.value : SPAN_NONE;
}

static uint32_t hex4(const char *p) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++)
    value = value << 4 | (uint32_t)(p[i] <= '9' ? p[i] - '0' : (p[i] | 0x20) - 'a' + 10);
  return value;
}

static char *put_utf8(char *out, uint32_t code) {
  if (code < 0x80) {
    *out++ = (char)code;
    return out;
  }
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  *out++ = (char)(lead[more] | (code >> (6 * more)));
  while (more--)
    *out++ = (char)(0x80 | (code >> (6 * more) & 0x3f));
  return out;
}

/* Decodes the escape at |in| to |out|; returns the bytes consumed, 0 for a lone surrogate. */
static size_t decode_escape(const char *in, const char *end, char **out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  if (in[1] != 'u') {
    *(*out)++ = to[strchr(from, in[1]) - from];
    return 2;
  }
  uint32_t code = hex4(in + 2);
  if (code < 0xd800 || code > 0xdfff) {
    *out = put_utf8(*out, code);
    return 6;
  }
  if (code > 0xdbff || end - in < 12 || in[6] != '\\' || in[7] != 'u')
    return 0;
  uint32_t low = hex4(in + 8);
  if (low < 0xdc00 || low > 0xdfff)
    return 0;
  *out = put_utf8(*out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
  return 12;
}

bool json_name_is(struct span name, struct span text) {
  if (name.len < 2)
    return false;
  struct span inner = {name.ptr + 1, name.len - 2};
  if (span_eq(inner, text))
    return true;
  if (inner.len <= text.len || !memchr(inner.ptr, '\\', inner.len)) /* escapes make a name longer */
    return false;
  for (const char *in = inner.ptr, *end = inner.ptr + inner.len; in < end;) {
    char decoded[4], *out = decoded;
    size_t used = *in == '\\' ? decode_escape(in, end, &out) : 1;
    struct span part =
        *in == '\\' ? (struct span){decoded, (size_t)(out - decoded)} : (struct span){in, 1};
    if (!used || !span_starts(text, part))
      return false;
    text = span_from(text, part.len);
    in += used;
  }
  return text.len == 0;
}

bool json_string(struct arena *arena, struct span value, struct span *text) {
  if (!json_is_string(value))
    return false;
  const char *in = value.ptr + 1, *end = value.ptr + value.len - 1;
  if (!memchr(in, '\\', (size_t)(end - in))) {
    *text = (struct span){in, (size_t)(end - in)};
    return true;
  }
  char *start = arena_take(arena, value.len), *out = start;
  if (!start)
    return false;
  while (in < end) {
    if (*in != '\\') {
      *out++ = *in++;
      continue;
    }
    size_t used = decode_escape(in, end, &out);
    if (!used)
      return false;
    in += used;
  }
  *text = (struct span){start, (size_t)(out - start)};
  return true;
}

bool json_int(struct span value, int64_t *number) {
  bool negative = value.len && value.ptr[0] == '-';
  struct span text = span_from(value, negative);
  if (text.len == 0 || text.len > 16)
    return false;
  int64_t sum = 0;
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9')
      return false;
    sum = sum * 10 + (text.ptr[i] - '0');
  }
  if (sum > INT64_C(1) << 53)
    return false;
  *number = negative ? -sum : sum;
  return true;
}

bool json_next_int(struct json_walk *walk, int64_t *number) {
  return json_next(walk) && json_int(walk->value, number);
}

static size_t count_members(struct span container) {
  size_t count = 0;
  for (struct json_walk walk = json_walk(container); json_next(&walk);)
    count++;
  return count;
}

/* Finds the last member of |object| under the same name text. */
static bool find_member(struct span object, struct span name, struct span *value) {
  bool found = false;
  for (struct json_walk walk = json_walk(object); json_next(&walk);)
    if (span_eq(walk.name, name)) {
      *value = walk.value;
      found = true;
    }
  return found;
}

static bool equal(struct span a, struct span b, int depth);

static bool arrays_equal(struct span a, struct span b, int depth) {
  struct json_walk left = json_walk(a), right = json_walk(b);
  for (;;) {
    bool more = json_next(&left);
    if (more != json_next(&right))
      return false;
    if (!more)
      return true;
    if (!equal(left.value, right.value, depth))
      return false;
  }
}

static bool equal(struct span a, struct span b, int depth) {
  if (span_eq(a, b))
    return true;
  if (depth == JSON_EQUAL_DEPTH_MAX)
    return false;
  if (json_is_array(a) && json_is_array(b))
    return arrays_equal(a, b, depth + 1);
  if (!json_is_object(a) || !json_is_object(b) || count_members(a) != count_members(b))
    return false;
  for (struct json_walk walk = json_walk(a); json_next(&walk);) {
    struct span other;
    if (!find_member(b, walk.name, &other) || !equal(walk.value, other, depth + 1))
      return false;
  }
  return true;
}

bool json_equal(struct span a, struct span b) {
  return equal(a, b, 0);
}

static void put_member(struct json_out *out, bool *first, struct span name, struct span value) {
  if (!*first)
    json_put_char(out, ',');
  *first = false;
  json_put(out, name);
  json_put_char(out, ':');
  json_put(out, value);
}

static const struct json_field *find_field(const struct json_field *fields, size_t count,
                                           struct span name) {
  for (size_t i = 0; i < count; i++)
    if (json_name_is(name, fields[i].name))
      return &fields[i];
  return NULL;
}

bool json_put_replaced(struct json_out *out, struct span object, const struct json_field *fields,
                       size_t count) {
  bool *written = ARENA_ARRAY(out->arena, bool, count + 1), first = true;
  struct json_walk walk = json_walk(object);
  json_put_char(out, '{');
  while (json_next(&walk)) {
    const struct json_field *field = find_field(fields, count, walk.name);
    if (!field)
      put_member(out, &first, walk.name, walk.value);
    else if (field->value.ptr && !written[field - fields])
      put_member(out, &first, walk.name, field->value);
    if (field)
      written[field - fields] = true;
  }
  for (size_t i = 0; i < count; i++)
    if (!written[i] && fields[i].value.ptr) {
      if (!first)
        json_put_char(out, ',');
      first = false;
      json_put_string(out, fields[i].name);
      json_put_char(out, ':');
      json_put(out, fields[i].value);
    }
  json_put_char(out, '}');
  return json_is_object(object) && !walk.bad;
}
