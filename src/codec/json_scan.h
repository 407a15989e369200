/* json_scan.h: the scanner: whether text is JSON, what a value is, and a walk over what it holds.
 *
 * Text is checked strictly against RFC 8259, in one pass and without recursion; nesting deeper than
 * JSON_DEPTH_MAX counts as damaged.
 */
#ifndef TKV_JSON_SCAN_H
#define TKV_JSON_SCAN_H

#include "codec/span.h"

/* json_value checks that |text| is one JSON value and stores its span, white space trimmed, in
 * |value|. */
bool json_value(struct span text, struct span *value);

/* json_value_within does the same, and takes what is nested deeper than |levels|, at most
 * JSON_DEPTH_MAX, for damaged. */
bool json_value_within(struct span text, size_t levels, struct span *value);

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

/* For json.c and index/head_read.c: positions are offsets into a text. */
#define JSON_BAD ((size_t)-1)

/* json_skip_value returns the offset after the value that starts at |at|, or JSON_BAD when it is
 * damaged. */
size_t json_skip_value(struct span text, size_t at);

/* json_skip_name returns the offset of the value that follows the member name at |at|, or JSON_BAD.
 */
size_t json_skip_name(struct span text, size_t at);

/* json_find_special returns the offset, from |at| on, of the first quote, backslash or control
 * character; the text's length when there is none.  Sixteen bytes a step in Wasm. */
size_t json_find_special(struct span text, size_t at);

#endif
