/* json.c: the scanner and what stands on it.  What json_value accepts can be walked, decoded,
 * replaced and merged to the end, and what is written is JSON again.  Nothing else may happen to
 * any input than being refused.
 */
#include "codec/json.h"

#include <stdlib.h>

static void require(bool held) {
  if (!held)
    abort();
}

static void walk(struct arena *arena, struct span value, int depth) {
  struct span text;
  int64_t number;
  if (json_is_string(value))
    json_string(arena, value, &text);
  if (json_is_number(value))
    json_int(value, &number);
  if (depth == 50 || !(json_is_object(value) || json_is_array(value)))
    return;
  struct json_walk at = json_walk(value);
  while (json_next(&at)) {
    if (at.object)
      require(json_is_string(at.name));
    walk(arena, at.value, depth + 1);
  }
  require(!at.bad);
}

static void rewrite(struct arena *arena, struct span value) {
  static const struct span deeper[] = {{"content", 7}, {"metadata", 8}};
  struct json_field fields[] = {{SPAN("id"), SPAN_NONE}, {SPAN("a"), SPAN_NONE}};
  struct json_field given[] = {{SPAN("id"), SPAN("[1]")}, {SPAN("new"), SPAN("\"x\"")}};
  struct span again;
  require(json_fields(value, fields, 2));
  struct json_out out = json_out(arena, 0);
  require(json_put_replaced(&out, value, given, 2));
  require(json_value(json_out_span(&out), &again));
  require(json_fields(again, fields, 1) && span_eq(fields[0].value, SPAN("[1]")));
  require(json_value(json_merge(arena, value, value, deeper, 2), &again));
  require(json_value(json_merge(arena, SPAN("{\"content\":{\"metadata\":{}}}"), value, deeper, 2),
                     &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena arena = {0};
  char *exact = malloc(size ? size : 1); /* so that the sanitizer sees a byte read too far */
  struct span text = {exact, size}, value;
  struct json_field field = {SPAN("id"), SPAN_NONE};
  if (size)
    memcpy(exact, data, size);
  if (json_value(text, &value)) {
    walk(&arena, value, 0);
    require(json_equal(value, value));
    if (json_is_object(value))
      rewrite(&arena, value);
  } else {
    struct json_walk at = json_walk(text);
    while (json_next(&at))
      continue;
    require(size == 0 || !json_fields(text, &field, 1));
  }
  arena_free(&arena);
  free(exact);
  return 0;
}
