/* json.h: JSON text as spans: find, compare, copy and write, without a tree.
 *
 * A user's value is never decoded and printed again: it is found as a span of the text that it
 * arrived in and copied byte for byte.  All readers take one JSON value as a span without
 * surrounding white space, as json_value (json_scan.h) returns it.
 */
#ifndef TKV_JSON_H
#define TKV_JSON_H

#include "codec/json_scan.h"
#include "codec/json_write.h"

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

/* json_next_int steps to the next element and reads it likewise. */
bool json_next_int(struct json_walk *walk, int64_t *number);

/* json_equal compares two checked values: arrays by order, objects by their set of names, all else
 * by its text. Below 100 levels values are compared by their text alone. */
bool json_equal(struct span a, struct span b);

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
