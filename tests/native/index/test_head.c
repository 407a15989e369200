/* test_head.c: head.h: heads, journal entries and their suffixes as text. */
#include "codec/limits.h"
#include "index/head.h"
#include "index/head_read.h"
#include "support/check.h"
#include "support/guard.h"

TEST(journal_suffixes_list_newest_first) {
  static const unsigned char nonce[5] = {0xff, 0, 0x80, 1, 2};
  static const int64_t stamps[] = {
      1, 2, 31, 32, 1000000, 1700000000000, 1700000000001, 1800000000000, (INT64_C(1) << 48) - 1};
  char before[JOURNAL_LEN], after[JOURNAL_LEN];
  for (size_t i = 0; i < sizeof stamps / sizeof *stamps; i++) {
    journal_suffix(stamps[i], nonce, after);
    CHECK_EQ(journal_time((struct span){after, JOURNAL_LEN}), stamps[i]);
    for (int k = 0; k < JOURNAL_LEN; k++)
      CHECK((after[k] >= '0' && after[k] <= '9') || (after[k] >= 'a' && after[k] <= 'v'));
    if (i)
      CHECK(memcmp(after, before, JOURNAL_LEN) < 0);
    memcpy(before, after, JOURNAL_LEN);
  }
}

TEST(journal_suffixes_differ_by_nonce) {
  char a[JOURNAL_LEN], b[JOURNAL_LEN];
  for (int bit = 0; bit < 40; bit++) {
    unsigned char nonce[5] = {0};
    journal_suffix(1700000000000, nonce, a);
    nonce[bit / 8] = (unsigned char)(1 << bit % 8);
    journal_suffix(1700000000000, nonce, b);
    CHECK(memcmp(a, b, JOURNAL_TIME_LEN) == 0 && memcmp(a, b, JOURNAL_LEN) != 0);
  }
}

TEST(journal_time_of_what_is_no_suffix_is_0) {
  static const char *const bad[] = {"",
                                    "7vv",
                                    "7vvvvvvvvv0000000",
                                    "7vvvvvvvvv0000000000",
                                    "7vvvwvvvvv00000000",
                                    "7vvvVvvvvv00000000",
                                    "vvvvvvvvvv00000000",
                                    "7vvvvvvvvv00000000",
                                    "7vvv vvvvv00000000"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i]);
    CHECK_EQ(journal_time(text_span(bad[i])), 0);
  }
  CHECK_EQ(journal_time(SPAN_NONE), 0);
}

static void check_same(const struct entries *a, const struct entries *b) {
  CHECK_EQ(a->count, b->count);
  for (size_t i = 0; i < a->count && i < b->count; i++) {
    CHECK(entry_same(&a->items[i], &b->items[i]));
    CHECK_SPAN(a->items[i].journal, b->items[i].journal);
    CHECK(a->items[i].record.ptr == NULL && a->items[i].home.ptr == NULL);
  }
}

/* Any bytes that make a JSON string: what ids and owners may be. */
static struct span random_text(struct arena *arena, struct dice *dice) {
  size_t len = dice_next(dice, 12);
  char *text = arena_alloc(arena, len + 1);
  for (size_t i = 0; i < len; i++)
    text[i] = (char)dice_next(dice, dice_next(dice, 2) ? 0x80 : 0x30);
  return (struct span){text, len};
}

static struct entries random_entries(struct arena *arena, struct dice *dice, bool journals) {
  struct entries entries = {0};
  struct span journal = SPAN("7000000000aaaaaaaa"), owner = random_text(arena, dice);
  for (uint32_t i = 0, count = dice_next(dice, 120); i < count; i++) {
    if (dice_next(dice, 4) == 0)
      owner = random_text(arena, dice);
    if (journals && dice_next(dice, 4) == 0)
      journal = random_text(arena, dice);
    int64_t time = (int64_t)dice_next(dice, 1u << 31) * 4000 - INT64_C(4000000000000);
    entries_add(
        arena, &entries,
        (struct entry){
            .id = random_text(arena, dice), .time = time, .owner = owner, .journal = journal});
  }
  return entries;
}

TEST(head_round_trip) {
  struct dice dice = {17};
  for (int round = 0; round < 600; round++) {
    struct arena arena = {0};
    struct head back, head = {.stamp = dice_next(&dice, 1000),
                              .updated_at = -5,
                              .bumped_at = 7,
                              .checked_at = 1700000000000};
    head.since = dice_next(&dice, 2);
    head.has_floor = dice_next(&dice, 2);
    if (head.has_floor)
      head.floor = (struct entry){.id = random_text(&arena, &dice), .time = 12};
    head.entries = random_entries(&arena, &dice, true);
    REQUIRE(head_read(&arena, head_write(&arena, &head, true), &back));
    CHECK_EQ(back.stamp, head.stamp);
    CHECK_EQ(back.updated_at, head.updated_at);
    CHECK_EQ(back.bumped_at, head.bumped_at);
    CHECK_EQ(back.checked_at, head.checked_at);
    CHECK_EQ(back.since, head.since);
    CHECK_EQ(back.has_floor, head.has_floor);
    CHECK_SPAN(back.floor.id, head.floor.id);
    CHECK_EQ(back.floor.time, head.floor.time);
    check_same(&back.entries, &head.entries);
    arena_free(&arena);
  }
}

TEST(head_as_text) {
  struct arena arena = {0};
  struct entry items[] = {{.id = SPAN("m2"), .time = 20, .owner = SPAN("u"), .journal = SPAN("j")},
                          {.id = SPAN("m1"), .time = 10, .owner = SPAN("u"), .journal = SPAN("i")}};
  struct head head = {
      .stamp = 5, .updated_at = 6, .bumped_at = 5, .checked_at = 4, .entries = {items, 2, 2}};
  CHECK_TEXT(
      head_write(&arena, &head, true),
      "{\"v\":1,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,\"since\":0,\"floor\":null,"
      "\"owners\":[\"u\"],\"journal\":[\"j\",\"i\"],\"entries\":[\"m2\",20,0,0,\"m1\",10,1,0]}");
  arena_free(&arena);
}

#define HEAD(floor, owners, journal, entries)                                                      \
  "{\"v\":1,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,\"since\":0,\"floor\":" floor   \
  ",\"owners\":" owners ",\"journal\":" journal ",\"entries\":" entries "}"

static const char *const damaged_heads[] = {
    "",
    "null",
    "[]",
    "{}",
    "{\"v\":2,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,\"since\":0,\"floor\":null,"
    "\"owners\":[],\"journal\":[],\"entries\":[]}",
    "{\"v\":1,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,\"floor\":null,\"owners\":[],"
    "\"journal\":[],\"entries\":[]}",
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"m\",1,0]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"m\",1,0,1]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"m\",1,1,0]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"m\",1,-1,0]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"m\",\"1\",0,0]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[1,1,0,0]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "[\"\\ud800\",1,0,0]"),
    HEAD("null", "[1]", "[\"j\"]", "[]"),
    HEAD("null", "[\"u\"]", "null", "[]"),
    HEAD("null", "[\"u\"]", "[\"j\"]", "{}x"),
    HEAD("[]", "[]", "[]", "[]"),
    HEAD("[\"m\"]", "[]", "[]", "[]"),
    HEAD("7", "[]", "[]", "[]"),
};

/* One byte of a head after the other becomes another: what the reader in one pass still takes, the
 * general one, to which the space leads, reads alike. */
TEST(head_read_in_one_pass_is_as_strict) {
  static const char bytes[] = "0129,]}{[\":\\ xn-\n";
  const struct span text =
      SPAN("{\"v\":1,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,\"since\":0,\"floor\":["
           "\"m1\",9],"
           "\"owners\":[\"u\",\"w\"],\"journal\":[\"7000000000aaaaaaaa\"],\"doubt\":[\"m1\",3],"
           "\"entries\":[\"m2\",10,0,0,\"m1\",10,0,1],\"order\":[0,0,1,0]} ");
  size_t taken = 0;
  for (size_t at = 0; at + 1 < text.len; at++)
    for (const char *byte = bytes; *byte; byte++) {
      struct arena arena = {0};
      struct head plain, any;
      char *copy = arena_alloc(&arena, text.len);
      memcpy(copy, text.ptr, text.len);
      copy[at] = *byte;
      CHECK(!head_read_plain(&arena, (struct span){copy, text.len}, &plain));
      if (head_read_plain(&arena, (struct span){copy, text.len - 1}, &plain)) {
        taken++;
        check_context("%.*s", (int)text.len, copy);
        REQUIRE(head_read(&arena, (struct span){copy, text.len}, &any));
        CHECK_SPAN(head_write(&arena, &plain, true), head_write(&arena, &any, true));
        check_same(&plain.entries, &any.entries);
      }
      arena_free(&arena);
    }
  CHECK(taken > 100); /* digits, and letters of ids */
}

TEST(head_read_refuses_damage_and_newer_versions) {
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof damaged_heads / sizeof *damaged_heads; i++) {
    struct head head;
    check_context("%s", damaged_heads[i]);
    CHECK(!head_read(&arena, text_span(damaged_heads[i]), &head));
  }
  arena_free(&arena);
}

TEST(head_read_ignores_fields_it_does_not_know) {
  struct arena arena = {0};
  struct head head;
  CHECK(head_read(
      &arena,
      SPAN(
          "{\"new\":[1],\"since\":0,\"v\":1,\"w\":5,\"updatedAt\":6,\"bumpedAt\":5,\"checkedAt\":4,"
          "\"floor\":[\"m\",9],\"owners\":[],\"journal\":[],\"entries\":[]}"),
      &head));
  CHECK(head.has_floor);
  CHECK_EQ(head.floor.time, 9);
  arena_free(&arena);
}

/* Each by its name; of too many, only that there are, and since when the last is. */
TEST(head_doubt_as_text) {
  struct arena arena = {0};
  struct head head = {.stamp = 1}, read;
  for (int n = 1; n <= HEAD_DOUBT_MAX + 1; n++) {
    entries_add(&arena, &head.doubt, (struct entry){.id = SPAN("m"), .time = n});
    CHECK(head_read(&arena, head_write(&arena, &head, true), &read));
    bool all = n > HEAD_DOUBT_MAX;
    REQUIRE(read.doubt.count == (all ? 1 : (size_t)n));
    CHECK_SPAN(read.doubt.items[read.doubt.count - 1].id, all ? SPAN("") : SPAN("m"));
    CHECK_EQ(read.doubt.items[read.doubt.count - 1].time, n);
  }
  CHECK(
      head_read(&arena,
                SPAN("{\"v\":1,\"w\":1,\"updatedAt\":0,\"bumpedAt\":0,\"checkedAt\":0,\"since\":0,"
                     "\"floor\":null,\"owners\":[],\"journal\":[],\"doubt\":true,\"entries\":[]}"),
                &read));
  REQUIRE(read.doubt.count == 1); /* as it was once written */
  CHECK_EQ(read.doubt.items[0].id.len, 0);
  CHECK(read.doubt.items[0].time > 0);
  arena_free(&arena);
}

static void read_head(struct span text, void *whole) {
  struct arena arena = {0};
  struct head head;
  CHECK_EQ(head_read(&arena, text, &head), text.len == *(size_t *)whole);
  arena_free(&arena);
}

TEST(head_read_reads_no_further_than_its_text) {
  const struct span text = SPAN(HEAD("[\"m1\",10]", "[\"user-1\",\"\\u00e9\"]",
                                     "[\"7000000000aaaaaaaa\"]", "[\"m2\",20,0,0,\"m1\",10,0,1]"));
  guard_each(text, read_head, (void *)&text.len);
}

TEST(journal_round_trip) {
  struct dice dice = {19};
  for (int round = 0; round < 2000; round++) {
    struct arena arena = {0};
    struct entries entries = random_entries(&arena, &dice, false), back = {0};
    struct span text = journal_write(&arena, 1700000000000, entries.items, entries.count, true);
    REQUIRE(journal_read(&arena, text, SPAN("7000000000aaaaaaaa"), &back));
    check_same(&back, &entries);
    arena_free(&arena);
  }
}

TEST(journal_as_text) {
  struct arena arena = {0};
  struct entry items[] = {{.id = SPAN("m2"), .time = 20, .owner = SPAN("u")},
                          {.id = SPAN("m1"), .time = 10, .owner = SPAN("w")}};
  CHECK_TEXT(journal_write(&arena, 5, items, 2, true),
             "{\"v\":1,\"w\":5,\"owner\":\"u\",\"entries\":[\"m2\",20,0,\"m1\",10,\"w\"]}");
  CHECK_TEXT(journal_write(&arena, 5, NULL, 0, true),
             "{\"v\":1,\"w\":5,\"owner\":\"\",\"entries\":[]}");
  arena_free(&arena);
}

static const char *const damaged_journals[] = {
    "",
    "null",
    "{}",
    "{\"v\":1,\"w\":5}",
    "{\"v\":2,\"w\":5,\"owner\":\"u\",\"entries\":[]}",
    "{\"v\":1,\"owner\":0,\"entries\":[]}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":{}}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":[1,2,0]}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":[\"m\"]}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":[\"m\",1]}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":[\"m\",1.5,0]}",
    "{\"v\":1,\"owner\":\"u\",\"entries\":[\"m\",1,\"\\udead\"]}",
};

TEST(journal_read_refuses_damage) {
  struct arena arena = {0};
  for (size_t i = 0; i < sizeof damaged_journals / sizeof *damaged_journals; i++) {
    struct entries entries = {0};
    check_context("%s", damaged_journals[i]);
    CHECK(!journal_read(&arena, text_span(damaged_journals[i]), SPAN("7000000000aaaaaaaa"),
                        &entries));
  }
  arena_free(&arena);
}

static void read_journal(struct span text, void *whole) {
  struct arena arena = {0};
  struct entries entries = {0};
  CHECK_EQ(journal_read(&arena, text, SPAN("7000000000aaaaaaaa"), &entries),
           text.len == *(size_t *)whole);
  arena_free(&arena);
}

TEST(journal_read_reads_no_further_than_its_text) {
  const struct span text =
      SPAN("{\"v\":1,\"w\":5,\"owner\":\"user-1\",\"entries\":[\"m2\",20,0,\"m\\n1\",10,\"w\"]}");
  guard_each(text, read_journal, (void *)&text.len);
}
