/* span.h: a piece of somebody else's bytes.
 *
 * This folder: bytes in, bytes out, and the tables, errors and limits that all agree on. It uses
 * nothing of the project, and must not know that there are calls or a KV.
 *
 * A span never owns and is never NUL-terminated.  It lives as long as what it points into: a call's
 * arena, a note of the memory, or static text.
 */
#ifndef TKV_SPAN_H
#define TKV_SPAN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
  const char *ptr;
  size_t len;
};

/* The bytes of a string literal, without its NUL. */
#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})
#define SPAN_NONE ((struct span){NULL, 0})

static inline bool span_eq(struct span a, struct span b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Byte order, shorter first: the order in which KV lists keys.  Negative, 0 or positive. */
static inline int span_cmp(struct span a, struct span b) {
  size_t len = a.len < b.len ? a.len : b.len;
  int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
  return order ? order : (a.len > b.len) - (a.len < b.len);
}

static inline bool span_starts(struct span text, struct span prefix) {
  return text.len >= prefix.len &&
         (prefix.len == 0 || memcmp(text.ptr, prefix.ptr, prefix.len) == 0);
}

static inline struct span span_from(struct span text, size_t start) {
  assert(start <= text.len);
  return (struct span){text.ptr ? text.ptr + start : NULL, text.len - start};
}

/* FNV-1a over |text|, from |seed|. */
static inline uint32_t span_hash(struct span text, uint32_t seed) {
  uint32_t hash = 2166136261u ^ seed;
  for (size_t i = 0; i < text.len; i++)
    hash = (hash ^ (unsigned char)text.ptr[i]) * 16777619u;
  return hash;
}

#endif
