/* json_scan.c: the strict one-pass scanner behind json.h.  It keeps one bit per open bracket and no
 * tree. */
#include "codec/json_scan.h"

#include "codec/limits.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

static size_t skip_space(struct span text, size_t at) {
  while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' || text.ptr[at] == '\r' ||
                           text.ptr[at] == '\t'))
    at++;
  return at;
}

static bool is_special(unsigned char c) {
  return c == '"' || c == '\\' || c < 0x20;
}

#ifdef __wasm_simd128__

/* Which of the 16 bytes at |text| are special, a bit each. */
static uint32_t specials(const char *text) {
  v128_t bytes = wasm_v128_load(text);
  v128_t quote = wasm_i8x16_eq(bytes, wasm_i8x16_splat('"'));
  v128_t slash = wasm_i8x16_eq(bytes, wasm_i8x16_splat('\\'));
  v128_t control = wasm_u8x16_lt(bytes, wasm_i8x16_splat(0x20));
  return wasm_i8x16_bitmask(wasm_v128_or(control, wasm_v128_or(quote, slash)));
}

size_t json_find_special(struct span text, size_t at) {
  for (; at + 16 <= text.len; at += 16) {
    uint32_t hits = specials(text.ptr + at);
    if (hits)
      return at + (size_t)__builtin_ctz(hits);
  }
  while (at < text.len && !is_special((unsigned char)text.ptr[at]))
    at++;
  return at;
}

#else

/* Tells whether one of 8 bytes is a quote, a backslash or a control character (a zero byte after
 * the right XOR or subtraction sets that byte's high bit; bytes above 0x7f are excluded by ~word).
 */
static bool word_has_special(uint64_t word) {
  const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
  uint64_t quote = word ^ (ones * '"'), slash = word ^ (ones * '\\');
  uint64_t hits =
      ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((word - ones * 0x20) & ~word);
  return hits & highs;
}

size_t json_find_special(struct span text, size_t at) {
  uint64_t word;
  for (; at + sizeof word <= text.len; at += sizeof word) {
    memcpy(&word, text.ptr + at, sizeof word);
    if (word_has_special(word))
      break;
  }
  while (at < text.len && !is_special((unsigned char)text.ptr[at]))
    at++;
  return at;
}

#endif

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t skip_escape(struct span text, size_t at) {
  if (at + 1 >= text.len)
    return JSON_BAD;
  char c = text.ptr[at + 1];
  if (c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' || c == 't')
    return at + 2;
  if (c != 'u' || at + 6 > text.len)
    return JSON_BAD;
  for (size_t i = at + 2; i < at + 6; i++)
    if (!is_hex(text.ptr[i]))
      return JSON_BAD;
  return at + 6;
}

static size_t skip_string(struct span text, size_t at) {
  for (at++;;) {
    at = json_find_special(text, at);
    if (at >= text.len)
      return JSON_BAD;
    if (text.ptr[at] == '"')
      return at + 1;
    if (text.ptr[at] != '\\' || (at = skip_escape(text, at)) == JSON_BAD)
      return JSON_BAD;
  }
}

static size_t skip_digits(struct span text, size_t at) {
  while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
    at++;
  return at;
}

static size_t skip_some_digits(struct span text, size_t at) {
  size_t end = skip_digits(text, at);
  return end > at ? end : JSON_BAD;
}

static size_t skip_number(struct span text, size_t at) {
  if (text.ptr[at] == '-')
    at++;
  if (at < text.len && text.ptr[at] == '0')
    at++;
  else if ((at = skip_some_digits(text, at)) == JSON_BAD)
    return JSON_BAD;
  if (at < text.len && text.ptr[at] == '.')
    if ((at = skip_some_digits(text, at + 1)) == JSON_BAD)
      return JSON_BAD;
  if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
    at++;
    if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-'))
      at++;
    return skip_some_digits(text, at);
  }
  return at;
}

static size_t skip_word(struct span text, size_t at, struct span word) {
  return span_starts(span_from(text, at), word) ? at + word.len : JSON_BAD;
}

static size_t skip_scalar(struct span text, size_t at) {
  switch (text.ptr[at]) {
  case '"':
    return skip_string(text, at);
  case 't':
    return skip_word(text, at, SPAN("true"));
  case 'f':
    return skip_word(text, at, SPAN("false"));
  case 'n':
    return skip_word(text, at, SPAN("null"));
  default:
    return skip_number(text, at);
  }
}

size_t json_skip_name(struct span text, size_t at) {
  at = skip_space(text, at);
  if (at >= text.len || text.ptr[at] != '"' || (at = skip_string(text, at)) == JSON_BAD)
    return JSON_BAD;
  at = skip_space(text, at);
  return at < text.len && text.ptr[at] == ':' ? skip_space(text, at + 1) : JSON_BAD;
}

/* The open brackets of a value: a set bit is an object. */
struct nesting {
  uint8_t bits[JSON_DEPTH_MAX / 8];
  size_t depth, most;
};

static bool nesting_open(struct nesting *nesting, bool object) {
  if (nesting->depth == nesting->most)
    return false;
  uint8_t bit = (uint8_t)(1u << (nesting->depth % 8)), *byte = &nesting->bits[nesting->depth / 8];
  *byte = object ? *byte | bit : *byte & (uint8_t)~bit;
  nesting->depth++;
  return true;
}

static bool nesting_in_object(const struct nesting *nesting) {
  size_t top = nesting->depth - 1;
  return nesting->bits[top / 8] >> (top % 8) & 1;
}

/* Opens the container at |at|.  Returns where its first value starts, or past its end when it is
 * empty. */
static size_t open_container(struct nesting *nesting, struct span text, size_t at, bool *empty) {
  bool object = text.ptr[at] == '{';
  at = skip_space(text, at + 1);
  *empty = at < text.len && text.ptr[at] == (object ? '}' : ']');
  if (*empty)
    return at + 1;
  if (!nesting_open(nesting, object))
    return JSON_BAD;
  return object ? json_skip_name(text, at) : at;
}

/* After a value: closes what ends here.  Returns where the next value starts, or the end when
 * nothing is open. */
static size_t after_value(struct nesting *nesting, struct span text, size_t at) {
  while (nesting->depth) {
    bool object = nesting_in_object(nesting);
    at = skip_space(text, at);
    if (at >= text.len)
      return JSON_BAD;
    if (text.ptr[at] == ',')
      return object ? json_skip_name(text, at + 1) : skip_space(text, at + 1);
    if (text.ptr[at] != (object ? '}' : ']'))
      return JSON_BAD;
    nesting->depth--;
    at++;
  }
  return at;
}

static size_t skip_value(struct span text, size_t at, size_t levels) {
  if (at >= text.len)
    return JSON_BAD;
  if (text.ptr[at] != '{' && text.ptr[at] != '[')
    return skip_scalar(text, at);
  struct nesting nesting;
  nesting.depth = 0;
  nesting.most = levels;
  do {
    if (at >= text.len)
      return JSON_BAD;
    bool empty = true;
    if (text.ptr[at] == '{' || text.ptr[at] == '[')
      at = open_container(&nesting, text, at, &empty);
    else
      at = skip_scalar(text, at);
    if (at == JSON_BAD)
      return JSON_BAD;
    if (empty && (at = after_value(&nesting, text, at)) == JSON_BAD)
      return JSON_BAD;
  } while (nesting.depth);
  return at;
}

size_t json_skip_value(struct span text, size_t at) {
  return skip_value(text, at, JSON_DEPTH_MAX);
}

struct span json_trim(struct span text) {
  size_t start = skip_space(text, 0), end = text.len;
  while (end > start && (text.ptr[end - 1] == ' ' || text.ptr[end - 1] == '\n' ||
                         text.ptr[end - 1] == '\r' || text.ptr[end - 1] == '\t'))
    end--;
  return (struct span){text.ptr + start, end - start};
}

bool json_value(struct span text, struct span *value) {
  return json_value_within(text, JSON_DEPTH_MAX, value);
}

bool json_value_within(struct span text, size_t levels, struct span *value) {
  size_t start = skip_space(text, 0), end = skip_value(text, start, levels);
  if (end == JSON_BAD || skip_space(text, end) != text.len)
    return false;
  *value = (struct span){text.ptr + start, end - start};
  return true;
}

struct json_walk json_walk(struct span container) {
  bool opens = json_is_object(container) || json_is_array(container);
  return (struct json_walk){.rest = container, .bad = !opens};
}

static bool walk_ends(struct json_walk *walk, bool bad) {
  walk->bad = bad;
  walk->rest = SPAN_NONE;
  return false;
}

bool json_next(struct json_walk *walk) {
  struct span text = walk->rest;
  if (walk->bad || !text.ptr)
    return false;
  bool first = walk->value.ptr == NULL, object;
  if (first)
    walk->object = text.ptr[0] == '{';
  object = walk->object;
  size_t at = skip_space(text, first ? 1 : 0);
  if (at < text.len && text.ptr[at] == (object ? '}' : ']'))
    return walk_ends(walk, skip_space(text, at + 1) != text.len);
  if (!first) {
    if (at >= text.len || text.ptr[at] != ',')
      return walk_ends(walk, true);
    at = skip_space(text, at + 1);
  }
  if (object) {
    size_t name = at;
    if ((at = json_skip_name(text, at)) == JSON_BAD)
      return walk_ends(walk, true);
    walk->name = (struct span){text.ptr + name, skip_string(text, name) - name};
  }
  size_t end = json_skip_value(text, at);
  if (end == JSON_BAD)
    return walk_ends(walk, true);
  walk->value = (struct span){text.ptr + at, end - at};
  walk->rest = span_from(text, end);
  return true;
}
