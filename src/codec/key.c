/* key.c: percent-encoding and joining. */
#include "codec/key.h"

static bool is_plain(unsigned char c) {
  return c >= 0x20 && c != '%' && c != ':' && c != 0x7f;
}

static size_t encoded_len(struct span text) {
  size_t len = text.len;
  for (size_t i = 0; i < text.len; i++)
    len += is_plain((unsigned char)text.ptr[i]) ? 0 : 2;
  return len;
}

static char *put_encoded(char *to, struct span text) {
  static const char hex[] = "0123456789ABCDEF";
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (is_plain(c)) {
      *to++ = (char)c;
      continue;
    }
    *to++ = '%';
    *to++ = hex[c >> 4];
    *to++ = hex[c & 15];
  }
  return to;
}

static char *put_span(char *to, struct span text) {
  if (text.len)
    memcpy(to, text.ptr, text.len);
  return to + text.len;
}

struct span key_encode(struct arena *arena, struct span text) {
  size_t len = encoded_len(text);
  if (len == text.len)
    return text;
  char *start = arena_alloc(arena, len);
  put_encoded(start, text);
  return (struct span){start, len};
}

static int hex_value(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct span key_decode(struct arena *arena, struct span text) {
  if (!memchr(text.ptr, '%', text.len))
    return text;
  char *start = arena_alloc(arena, text.len), *to = start;
  for (size_t i = 0; i < text.len; i++) {
    int high = i + 2 < text.len && text.ptr[i] == '%' ? hex_value(text.ptr[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text.ptr[i + 2]) : -1;
    *to++ = low >= 0 ? (char)(high << 4 | low) : text.ptr[i];
    i += low >= 0 ? 2 : 0;
  }
  return (struct span){start, (size_t)(to - start)};
}

struct span key_join(struct arena *arena, struct span prefix, enum tkv_table table,
                     const struct span *parts, size_t count) {
  struct span name = table_name(table);
  size_t len = prefix.len + name.len + count;
  for (size_t i = 0; i < count; i++)
    len += encoded_len(parts[i]);
  char *start = arena_alloc(arena, len), *to = put_span(put_span(start, prefix), name);
  for (size_t i = 0; i < count; i++) {
    *to++ = ':';
    to = put_encoded(to, parts[i]);
  }
  return (struct span){start, len};
}
