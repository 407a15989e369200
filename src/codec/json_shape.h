/* json_shape.h: objects read into structs, by a table of their fields.
 *
 *   static const struct shape shape[] = {{SHAPE(struct message, id, "id"), SHAPE_ID},
 *                                        {SHAPE(struct message, created, "createdAt"), SHAPE_DATE}};
 *   shape_read(arena, raw, shape, 2, &message)
 */
#ifndef TKV_JSON_SHAPE_H
#define TKV_JSON_SHAPE_H

#include "codec/json.h"

/* What a field has to be, and as what it is read.  Unless optional it has to be there. */
enum shape_kind {
  SHAPE_RAW,     /* anything, as a struct span of its JSON */
  SHAPE_STRING,  /* likewise a string */
  SHAPE_OBJECT,  /* likewise an object */
  SHAPE_CONTENT, /* likewise an object, an array, a string or null */
  SHAPE_WHEN,    /* likewise a date */
  SHAPE_TEXT,    /* a string, as a struct span of its text */
  SHAPE_ID,      /* likewise a non-empty string */
  SHAPE_DATE,    /* a date, as an int64_t of its ms */
  SHAPE_INT,     /* a whole number, as an int64_t */
  SHAPE_COUNT,   /* one that is not negative, as a uint64_t */
  SHAPE_KINDS,
  SHAPE_OPTIONAL = 16, /* may be missing: then a span is SPAN_NONE, a number left as it is */
  SHAPE_NULL = 32      /* null counts as missing; a span of JSON says null */
};

enum { SHAPE_MAX = 12 }; /* fields */

struct shape {
  const char *name;
  uint16_t len, at; /* of the name; where in the struct it is read to */
  unsigned kind;    /* enum shape_kind and its flags */
};

#define SHAPE(type, member, name) name, sizeof(name) - 1, offsetof(type, member)

/* shape_read reads |object| into the struct |target|.  Returns NULL when all is as it should be,
 * else the first field that is not; |shape| itself when |object| is damaged or no object. */
const struct shape *shape_read(struct arena *arena, struct span object, const struct shape *shape,
                               size_t count, void *target);

/* shape_fits does the same and tells whether all is as it should be. */
static inline bool shape_fits(struct arena *arena, struct span object, const struct shape *shape,
                              size_t count, void *target) {
  return !shape_read(arena, object, shape, count, target);
}

#endif
