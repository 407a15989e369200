/* test_key.c: key.h and table.h: what makes a prefix a wall. */
#include "codec/key.h"
#include "support/check.h"
#include "support/guard.h"

static const struct {
  struct span text;
  const char *encoded;
} known[] = {
    {{"thread-1", 8}, "thread-1"},
    {{"", 0}, ""},
    {{"a:b", 3}, "a%3Ab"},
    {{"100%", 4}, "100%25"},
    {{"%3A", 3}, "%253A"},
    {{"\n\0\x1f\x7f", 4}, "%0A%00%1F%7F"},
    {{"a/b c?d#e", 9}, "a/b c?d#e"},
    {{"h\xc3\xa9 \xf0\x9f\x98\x80", 8}, "h\xc3\xa9 \xf0\x9f\x98\x80"},
    {{"__proto__", 9}, "__proto__"},
};

TEST(key_encodes_what_separates_and_keeps_the_rest_readable) {
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    CHECK_TEXT(key_encode(&arena, known[i].text), known[i].encoded);
    CHECK_SPAN(key_decode(&arena, text_span(known[i].encoded)), known[i].text);
  }
  arena_free(&arena);
}

TEST(key_encode_copies_nothing_that_is_plain) {
  struct arena arena = {0};
  struct span plain = SPAN("thread-1");
  CHECK(key_encode(&arena, plain).ptr == plain.ptr);
  CHECK(key_decode(&arena, plain).ptr == plain.ptr);
  CHECK(arena.newest == NULL);
  CHECK_EQ(key_decode(&arena, SPAN("")).len, 0);
  CHECK_EQ(key_encode(&arena, SPAN_NONE).len, 0);
  arena_free(&arena);
}

TEST(key_decode_undoes_encode_for_all_bytes) {
  struct dice dice = {3};
  for (int round = 0; round < 20000; round++) {
    struct arena arena = {0};
    char bytes[24];
    struct span text = {bytes, dice_next(&dice, sizeof bytes)};
    for (size_t i = 0; i < text.len; i++)
      bytes[i] = (char)(dice_next(&dice, 3) ? dice_next(&dice, 256) : ":%3A"[dice_next(&dice, 4)]);
    struct span encoded = key_encode(&arena, text);
    CHECK_SPAN(key_decode(&arena, encoded), text);
    for (size_t i = 0; i < encoded.len; i++)
      REQUIRE((unsigned char)encoded.ptr[i] >= 0x20 && encoded.ptr[i] != ':' &&
              encoded.ptr[i] != 0x7f);
    arena_free(&arena);
  }
}

static void decode(struct span text, void *self) {
  struct arena arena = {0};
  (void)self;
  CHECK(key_decode(&arena, text).len <= text.len);
  CHECK(key_encode(&arena, text).len >= text.len);
  arena_free(&arena);
}

TEST(key_codec_reads_no_further_than_its_text) {
  guard_each(SPAN("a%3Ab%00%%2%zz%F"), decode, NULL);
}

TEST(key_decode_leaves_foreign_text_as_it_can_be_read) {
  struct arena arena = {0};
  CHECK_TEXT(key_decode(&arena, SPAN("%")), "%");
  CHECK_TEXT(key_decode(&arena, SPAN("%2")), "%2");
  CHECK_TEXT(key_decode(&arena, SPAN("%zz%3a")), "%zz%3a"); /* lower case is not ours */
  CHECK_TEXT(key_decode(&arena, SPAN("%41%")), "A%");
  arena_free(&arena);
}

TEST(key_join_puts_colons_between_encoded_parts) {
  struct arena arena = {0};
  struct span id = SPAN("a:b"), parts[] = {SPAN("thread"), SPAN("a:b"), SPAN_NONE};
  CHECK_TEXT(key_join(&arena, SPAN(""), TABLE_THREADS, &id, 1), "threads:a%3Ab");
  CHECK_TEXT(key_join(&arena, SPAN("dev_"), TABLE_THREADS, &id, 1), "dev_threads:a%3Ab");
  CHECK_TEXT(key_join(&arena, SPAN("dev_"), TABLE_METADATA, parts, 2), "dev_metadata:thread:a%3Ab");
  CHECK_TEXT(key_join(&arena, SPAN("dev_"), TABLE_METADATA, parts, 3),
             "dev_metadata:thread:a%3Ab:");
  CHECK_TEXT(key_join(&arena, SPAN(""), TABLE_MESSAGES, &(struct span){NULL, 0}, 1), "messages:");
  arena_free(&arena);
}

TEST(tables_have_distinct_names_none_a_suffix_of_another) {
  for (int a = 0; a < TABLE_COUNT; a++)
    for (int b = 0; b < TABLE_COUNT; b++) {
      struct span longer = table_name((enum tkv_table)a), shorter = table_name((enum tkv_table)b);
      bool suffix = longer.len >= shorter.len &&
                    span_eq(span_from(longer, longer.len - shorter.len), shorter);
      CHECK_EQ(suffix, a == b);
    }
}

/* The wall, exhaustively over short prefixes and ids of an alphabet of all that could confuse:
 * separators, the escape, bits of encoded text, whole table names, and nothing. */
static const char *const words[] = {"",    "a",       ":",        "%",        "3A",
                                    "%3A", "threads", "threads:", "messages", "metadata:thread"};
enum { WORDS = sizeof words / sizeof *words, TEXTS = WORDS * WORDS };

static void make_texts(struct arena *arena, struct span *texts) {
  for (size_t i = 0; i < TEXTS; i++) {
    struct span first = text_span(words[i / WORDS]), second = text_span(words[i % WORDS]);
    char *text = arena_alloc(arena, first.len + second.len);
    memcpy(text, first.ptr, first.len);
    memcpy(text + first.len, second.ptr, second.len);
    texts[i] = (struct span){text, first.len + second.len};
  }
}

static struct span join(struct arena *arena, struct span prefix, enum tkv_table table,
                        struct span id) {
  return key_join(arena, key_encode(arena, prefix), table, &id, 1);
}

/* A key belongs to one prefix and table: its list prefix starts no key of any other. */
TEST(key_wall_no_list_prefix_meets_another_prefix_or_table) {
  struct arena arena = {0};
  struct span texts[TEXTS], *lists = ARENA_ARRAY(&arena, struct span, TEXTS * TABLE_COUNT);
  make_texts(&arena, texts);
  for (size_t i = 0; i < TEXTS * TABLE_COUNT; i++)
    lists[i] = join(&arena, texts[i / TABLE_COUNT], (enum tkv_table)(i % TABLE_COUNT), SPAN_NONE);
  for (size_t i = 0; i < TEXTS * TABLE_COUNT; i++)
    for (size_t k = 0; k < TEXTS * TABLE_COUNT; k++) {
      bool same = i % TABLE_COUNT == k % TABLE_COUNT &&
                  span_eq(texts[i / TABLE_COUNT], texts[k / TABLE_COUNT]);
      if (span_starts(lists[i], lists[k]) !=
          same) /* a key starts so only if its list prefix does: it has no ':' */
        CHECK_SPAN(lists[i], lists[k]);
    }
  arena_free(&arena);
}

/* Keys under one list prefix belong to its prefix and table, whatever the id. */
TEST(key_wall_no_id_leaves_its_prefix) {
  struct arena arena = {0};
  struct span texts[TEXTS];
  make_texts(&arena, texts);
  for (size_t p = 0; p < TEXTS; p++) {
    struct span list = join(&arena, texts[p], TABLE_THREADS, SPAN_NONE);
    for (size_t i = 0; i < TEXTS; i++) {
      struct span key = join(&arena, texts[p], TABLE_THREADS, texts[i]);
      CHECK(span_starts(key, list));
      CHECK(memchr(key.ptr + list.len, ':', key.len - list.len) == NULL);
      CHECK_SPAN(key_decode(&arena, span_from(key, list.len)), texts[i]);
    }
  }
  arena_free(&arena);
}

/* Thread "a" and thread "a:b": neither's journal lists the other's keys. */
TEST(key_wall_no_collection_lists_another_one) {
  struct arena arena = {0};
  struct span texts[TEXTS], *lists = ARENA_ARRAY(&arena, struct span, TEXTS);
  make_texts(&arena, texts);
  for (size_t i = 0; i < TEXTS; i++) {
    struct span parts[] = {SPAN("thread"), texts[i], SPAN_NONE};
    lists[i] = key_join(&arena, SPAN("dev_"), TABLE_METADATA, parts, 3);
  }
  for (size_t i = 0; i < TEXTS; i++)
    for (size_t k = 0; k < TEXTS; k++) {
      struct span parts[] = {SPAN("thread"), texts[k], SPAN("suffix")};
      struct span key = key_join(&arena, SPAN("dev_"), TABLE_METADATA, parts, 3);
      if (span_starts(key, lists[i]) != span_eq(texts[i], texts[k]))
        CHECK_SPAN(key, lists[i]);
    }
  arena_free(&arena);
}
