/* test_arena.c: arena.h and span.h. */
#include "codec/arena.h"
#include "support/check.h"

TEST(arena_gives_aligned_zeroed_blocks) {
  struct arena arena = {0};
  for (size_t size = 0; size < 3000; size += 37) {
    char *block = arena_alloc(&arena, size);
    CHECK_EQ((uintptr_t)block % 8, 0);
    for (size_t i = 0; i < size; i++)
      REQUIRE(block[i] == 0);
    memset(block, 0xff, size);
  }
  arena_free(&arena);
}

TEST(arena_blocks_do_not_overlap) {
  enum { COUNT = 200 };
  struct arena arena = {0};
  unsigned char *blocks[COUNT];
  size_t sizes[COUNT];
  struct dice dice = {1};
  for (size_t i = 0; i < COUNT; i++) {
    sizes[i] = i % 20 == 0 ? 20000 : dice_next(&dice, 300);
    blocks[i] = arena_alloc(&arena, sizes[i]);
    memset(blocks[i], (int)i, sizes[i]);
  }
  for (size_t i = 0; i < COUNT; i++)
    for (size_t k = 0; k < sizes[i]; k++)
      REQUIRE(blocks[i][k] == i);
  arena_free(&arena);
}

TEST(arena_try_refuses_sizes_that_cannot_be) {
  struct arena arena = {0};
  CHECK(arena_try(&arena, SIZE_MAX) == NULL);
  CHECK(arena_try(&arena, SIZE_MAX - 8) == NULL);
  CHECK(arena_try(&arena, SIZE_MAX / 2) == NULL);
  CHECK(arena_try(&arena, 16) != NULL); /* it is still usable */
  arena_free(&arena);
}

TEST(arena_shrink_gives_back_the_newest_tail) {
  struct arena arena = {0};
  char *first = arena_alloc(&arena, 1000);
  arena_shrink(&arena, first, 1000, 10);
  char *second = arena_alloc(&arena, 8);
  CHECK(second == first + 16);        /* 10 bytes, rounded up */
  arena_shrink(&arena, first, 16, 0); /* not the newest any more */
  CHECK(arena_alloc(&arena, 8) == second + 8);
  arena_free(&arena);
}

TEST(arena_shrink_of_everything_leaves_an_empty_block) {
  struct arena arena = {0};
  char *block = arena_alloc(&arena, 24);
  arena_shrink(&arena, block, 24, 0);
  CHECK(arena_alloc(&arena, 24) == (void *)block);
  arena_free(&arena);
}

TEST(arena_copy_copies) {
  struct arena arena = {0};
  char text[] = "thread-1";
  struct span copy = arena_copy(&arena, text_span(text));
  text[0] = 'X';
  CHECK_TEXT(copy, "thread-1");
  CHECK(arena_copy(&arena, SPAN_NONE).ptr != NULL); /* empty, yet not nothing */
  CHECK_EQ(arena_copy(&arena, SPAN_NONE).len, 0);
  arena_free(&arena);
}

TEST(arena_may_be_used_anew_after_free) {
  struct arena arena = {0};
  for (int round = 0; round < 3; round++) {
    CHECK(arena_alloc(&arena, 100000) != NULL);
    arena_free(&arena);
    CHECK(arena.newest == NULL && arena.used == 0);
  }
  arena_free(&arena); /* of nothing: nothing */
}

TEST(spans_compare_by_bytes) {
  CHECK(span_eq(SPAN("a"), SPAN("a")));
  CHECK(!span_eq(SPAN("a"), SPAN("ab")));
  CHECK(span_eq(SPAN(""), SPAN_NONE));
  CHECK(span_eq(SPAN("a\0b"), SPAN("a\0b")) && !span_eq(SPAN("a\0b"), SPAN("a\0c")));
}

TEST(spans_order_as_kv_lists_keys) {
  static const char *ordered[] = {
      "", "\x01", "A", "Z", "a", "a!", "aa", "b", "\x7f", "\xc3\xa9", "\xf0\x9f\x98\x80"};
  enum { COUNT = sizeof ordered / sizeof *ordered };
  for (size_t i = 0; i < COUNT; i++)
    for (size_t k = 0; k < COUNT; k++) {
      int order = span_cmp(text_span(ordered[i]), text_span(ordered[k]));
      CHECK_EQ((order > 0) - (order < 0), (i > k) - (i < k));
    }
  CHECK_EQ(span_cmp(SPAN_NONE, SPAN("")), 0);
}

TEST(spans_start_with_themselves_and_with_nothing) {
  CHECK(span_starts(SPAN("threads:a"), SPAN("threads:")));
  CHECK(span_starts(SPAN("a"), SPAN("a")) && span_starts(SPAN("a"), SPAN("")) &&
        span_starts(SPAN("a"), SPAN_NONE));
  CHECK(!span_starts(SPAN("a"), SPAN("aa")) && !span_starts(SPAN("ba"), SPAN("a")));
  CHECK_TEXT(span_from(SPAN("threads:a"), 8), "a");
  CHECK_TEXT(span_from(SPAN("a"), 1), "");
}

TEST(span_hash_depends_on_text_and_seed) {
  CHECK_EQ(span_hash(SPAN("a"), 1), span_hash(SPAN("a"), 1));
  CHECK(span_hash(SPAN("a"), 1) != span_hash(SPAN("a"), 2));
  CHECK(span_hash(SPAN("ab"), 1) != span_hash(SPAN("ba"), 1));
}
