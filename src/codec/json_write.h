/* json_write.h: JSON text being written. */
#ifndef TKV_JSON_WRITE_H
#define TKV_JSON_WRITE_H

#include "codec/arena.h"
#include <stdint.h>

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
/* |before|, as it is, then |number| or |text| */
void json_put_number(struct json_out *out, struct span before, int64_t number);
void json_put_text(struct json_out *out, struct span before, struct span text);
void json_put_date(struct json_out *out, int64_t ms); /* quoted ISO text */
void json_put_bool(struct json_out *out, bool truth);
static inline struct span json_out_span(const struct json_out *out) {
  return (struct span){out->ptr, out->len};
}

#endif
