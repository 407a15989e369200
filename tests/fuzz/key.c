/* key.c: the key codec.  The input is cut in two at its first newline; for both parts
 * decode(encode(x)) = x, and keys made of them start alike only where they are alike.
 */
#include "codec/key.h"

#include <stdint.h>
#include <stdlib.h>

static void require(bool held) {
  if (!held)
    abort();
}

static void round_trip(struct arena *arena, struct span text) {
  struct span encoded = key_encode(arena, text);
  require(span_eq(key_decode(arena, encoded), text));
  for (size_t i = 0; i < encoded.len; i++)
    require((unsigned char)encoded.ptr[i] >= 0x20 && encoded.ptr[i] != ':' &&
            encoded.ptr[i] != 0x7f);
  key_decode(arena, text); /* which may be no encoding */
}

/* Prefixes |a| and |b|, threads |a| and |b|: one's list prefix starts the other's keys only when
 * they are the same. */
static void check_wall(struct arena *arena, struct span a, struct span b) {
  struct span list[] = {SPAN("thread"), a, SPAN_NONE}, key[] = {SPAN("thread"), b, SPAN("x")};
  struct span one = key_encode(arena, a), other = key_encode(arena, b), none = SPAN_NONE;
  bool same = span_eq(a, b);
  require(span_starts(key_join(arena, one, TABLE_METADATA, key, 3),
                      key_join(arena, one, TABLE_METADATA, list, 3)) == same);
  require(span_starts(key_join(arena, other, TABLE_THREADS, &a, 1),
                      key_join(arena, one, TABLE_THREADS, &none, 1)) == same);
  require(!span_starts(key_join(arena, other, TABLE_MESSAGES, &a, 1),
                       key_join(arena, one, TABLE_THREADS, &none, 1)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena arena = {0};
  char *exact = malloc(size ? size : 1);
  if (size)
    memcpy(exact, data, size);
  const char *cut = memchr(exact, '\n', size);
  struct span first = {exact, cut ? (size_t)(cut - exact) : size};
  struct span second = cut ? (struct span){cut + 1, size - first.len - 1} : SPAN("");
  round_trip(&arena, first);
  round_trip(&arena, second);
  check_wall(&arena, first, second);
  arena_free(&arena);
  free(exact);
  return 0;
}
