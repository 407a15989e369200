/* json.h: JSON text as spans: find, compare, copy and write, without a tree.
 *
 * A user's value is never decoded and printed again: it is found as a span of the text that it
 * arrived in and copied byte for byte.  All readers take one JSON value as a span without
 * surrounding white space, as json_value returns it. Text is checked strictly against RFC 8259;
 * nesting deeper than JSON_DEPTH_MAX counts as damaged.
 */
#ifndef TKV_JSON_H
#define TKV_JSON_H

#include "codec/arena.h"
#include <stdint.h>

enum { JSON_DEPTH_MAX = 8192 };

/* json_value checks that |text| is one JSON value and stores its span, white space trimmed, in
 * |value|. */
bool json_value(struct span text, struct span *value);

/* json_trim returns |text| without the white space around it.  Nothing is checked: json_fields and
 * json_next do that as they go. */
struct span json_trim(struct span text);

/* What a checked value is. */
static inline bool json_is_object(struct span value) {
  return value.len && value.ptr[0] == '{';
}
static inline bool json_is_array(struct span value) {
  return value.len && value.ptr[0] == '[';
}
static inline bool json_is_string(struct span value) {
  return value.len && value.ptr[0] == '"';
}
static inline bool json_is_null(struct span value) {
  return value.len && value.ptr[0] == 'n';
}
static inline bool json_is_true(struct span value) {
  return value.len && value.ptr[0] == 't';
}
static inline bool json_is_bool(struct span value) {
  return value.len && (value.ptr[0] == 't' || value.ptr[0] == 'f');
}
static inline bool json_is_number(struct span value) {
  return value.len && (value.ptr[0] == '-' || (value.ptr[0] >= '0' && value.ptr[0] <= '9'));
}

/* A walk over the members of an object or the elements of an array.  `bad` tells why it ended. */
struct json_walk {
  struct span rest; /* what is left, after the opening bracket */
  struct span name; /* of the current member, quotes included; unset in arrays */
  struct span value;
  bool object; /* an object, not an array */
  bool bad;    /* the text is damaged */
};

/* json_walk starts at |container|, an object or array whose content need not have been checked yet.
 */
struct json_walk json_walk(struct span container);

/* json_next steps to the next member or element; false at the end or at damage.  It checks what it
 * passes. */
bool json_next(struct json_walk *walk);

/* One field to look for: |name| is given, |value| is the answer (SPAN_NONE when absent).  When an
 * object repeats a name the last one holds, as in JavaScript. */
struct json_field {
  struct span name;
  struct span value;
};

/* json_fields fills |fields| from |object| in one pass.  False when it is damaged or no object. */
bool json_fields(struct span object, struct json_field *fields, size_t count);

/* json_get returns |object|'s field |name|; SPAN_NONE when there is none, |object| is damaged or no
 * object. */
struct span json_get(struct span object, struct span name);

/* json_name_is tells whether |name|, a JSON string with its quotes, spells |text|. */
bool json_name_is(struct span name, struct span text);

/* json_string decodes |value|, a checked JSON string, into |arena| (or points into it when nothing
 * is escaped).  False when it is no string or holds a lone surrogate: such text is not Unicode and
 * can be no id. */
bool json_string(struct arena *arena, struct span value, struct span *text);

/* json_int reads |value|, a number without fraction or exponent, within ±2^53.  False for anything
 * else. */
bool json_int(struct span value, int64_t *number);

/* json_equal compares two checked values: arrays by order, objects by their set of names, all else
 * by its text. Below 100 levels values are compared by their text alone. */
bool json_equal(struct span a, struct span b);

/* Output: a growing text.  When memory runs out `failed` is set and further writes do nothing: test
 * it once, at the end. */
struct json_out {
  struct arena *arena;
  char *ptr;
  size_t len, cap;
  bool failed;
};

struct json_out json_out(struct arena *arena, size_t expected);
void json_put(struct json_out *out, struct span text); /* as it is */
void json_put_char(struct json_out *out, char c);      /* as it is */
void json_put_string(struct json_out *out,
                     struct span text); /* quoted, escaped as JSON.stringify does */
void json_put_int(struct json_out *out, int64_t number); /* decimal */
void json_put_date(struct json_out *out, int64_t ms);    /* quoted ISO text */
void json_put_bool(struct json_out *out, bool truth);
static inline struct span json_out_span(const struct json_out *out) {
  return (struct span){out->ptr, out->len};
}

/* json_put_replaced writes |object| with some fields replaced, in their places; those that it lacks
 * are appended in the order of |fields|; a field whose value is SPAN_NONE is left out.  False when
 * |object| is damaged. */
bool json_put_replaced(struct json_out *out, struct span object, const struct json_field *fields,
                       size_t count);

/* json_merge returns |old| with the members of |patch| laid over it, in |arena|; both are objects.
 * A member named deeper[0] that is an object on both sides merges likewise, with the rest of
 * |deeper|.  Names compare by their text. Empty when memory ran out. */
struct span json_merge(struct arena *arena, struct span old, struct span patch,
                       const struct span *deeper, size_t levels);

#endif
