/* json_write.c: a text that grows in an arena. */
#include "codec/json_write.h"

#include "codec/date.h"

struct json_out json_out(struct arena *arena, size_t expected) {
  struct json_out out = {.arena = arena};
  out.ptr = arena_take(arena, expected);
  out.cap = out.ptr ? expected : 0;
  out.failed = !out.ptr;
  return out;
}

static bool make_room(struct json_out *out, size_t more) {
  if (out->failed)
    return false;
  if (out->cap - out->len >= more)
    return true;
  size_t cap = out->cap * 2 + more; /* of one large piece not twice its size */
  char *grown = arena_take(out->arena, cap);
  if (!grown) {
    out->failed = true;
    return false;
  }
  memcpy(grown, out->ptr, out->len);
  out->ptr = grown;
  out->cap = cap;
  return true;
}

void json_put(struct json_out *out, struct span text) {
  if (!text.len || !make_room(out, text.len))
    return;
  memcpy(out->ptr + out->len, text.ptr, text.len);
  out->len += text.len;
}

void json_put_char(struct json_out *out, char c) {
  if (make_room(out, 1))
    out->ptr[out->len++] = c;
}

static size_t put_escaped(char *to, unsigned char c) {
  static const char from[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt", hex[] = "0123456789abcdef";
  const char *known = c ? strchr(from, c) : NULL;
  *to++ = '\\';
  if (known) {
    *to = letter[known - from];
    return 2;
  }
  memcpy(to, "u00", 3);
  to[3] = hex[c >> 4];
  to[4] = hex[c & 15];
  return 6;
}

void json_put_string(struct json_out *out, struct span text) {
  if (!make_room(out, text.len * 6 + 2))
    return;
  char *to = out->ptr + out->len;
  *to++ = '"';
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (c < 0x20 || c == '"' || c == '\\')
      to += put_escaped(to, c);
    else
      *to++ = (char)c;
  }
  *to++ = '"';
  out->len = (size_t)(to - out->ptr);
}

void json_put_int(struct json_out *out, int64_t number) {
  char digits[20], *p = digits + sizeof digits;
  uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  do
    *--p = (char)('0' + left % 10);
  while (left /= 10);
  if (number < 0)
    json_put_char(out, '-');
  json_put(out, (struct span){p, (size_t)(digits + sizeof digits - p)});
}

void json_put_number(struct json_out *out, struct span before, int64_t number) {
  json_put(out, before);
  json_put_int(out, number);
}

void json_put_text(struct json_out *out, struct span before, struct span text) {
  json_put(out, before);
  json_put_string(out, text);
}

void json_put_date(struct json_out *out, int64_t ms) {
  char text[DATE_TEXT_MAX];
  json_put_char(out, '"');
  json_put(out, (struct span){text, date_format(ms, text)});
  json_put_char(out, '"');
}

void json_put_bool(struct json_out *out, bool truth) {
  json_put(out, truth ? SPAN("true") : SPAN("false"));
}
