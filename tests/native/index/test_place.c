/* test_place.c: place.h: the order of answers, and how it is told. */
#include "index/place.h"

#include "index/head_read.h"
#include "support/check.h"

static struct entry placed(const char *id, int64_t stamp, int64_t position) {
  return (struct entry){.id = text_span(id), .time = 10, .stamp = stamp, .position = position};
}

static void check_order(const struct entries *entries, bool ascending, const char *ids) {
  struct arena arena = {0};
  struct entry **ordered = places_ordered(&arena, entries, ascending);
  for (size_t i = 0; ids[i]; i++)
    CHECK_SPAN(ordered[i]->id, ((struct span){ids + i, 1}));
  arena_free(&arena);
}

TEST(places_order_by_time_stamp_position_and_id_both_ways) {
  struct arena arena = {0};
  struct entries entries = {0};
  entries_add(&arena, &entries, (struct entry){.id = SPAN("a"), .time = 11, .stamp = 1});
  entries_add(&arena, &entries, placed("b", 6, 0));
  entries_add(&arena, &entries, placed("c", 5, 1));
  entries_add(&arena, &entries, placed("d", 5, 0));
  entries_add(&arena, &entries, placed("e", 5, 0));
  entries_add(&arena, &entries, (struct entry){.id = SPAN("f"), .time = 9, .stamp = 9});
  check_order(&entries, true, "fdecba");
  check_order(&entries, false, "abcedf");
  arena_free(&arena);
}

TEST(places_without_a_stamp_are_what_the_suffix_says) {
  static const unsigned char nonce[5] = {0};
  char suffix[JOURNAL_LEN];
  journal_suffix(7, nonce, suffix);
  struct entry entry = {.id = SPAN("a"), .journal = {suffix, JOURNAL_LEN}};
  CHECK_EQ(entry_stamp(&entry), 7);
  entry.stamp = 6;
  CHECK_EQ(entry_stamp(&entry), 6);
  CHECK_EQ(entry_stamp(&(struct entry){.id = SPAN("a")}), INT64_MAX);
}

/* In whatever order sources are joined, and however often. */
TEST(places_joined_are_the_oldest_that_is_told) {
  static const int64_t stamps[] = {0, 5, 6}, positions[] = {0, 1, 2};
  struct dice dice = {23};
  for (int round = 0; round < 500; round++) {
    struct entry sources[4], one = {0}, other = {0};
    for (int i = 0; i < 4; i++) {
      sources[i] = placed("a", stamps[dice_next(&dice, 3)], positions[dice_next(&dice, 3)]);
      if (!sources[i].stamp)
        sources[i].position = 0; /* who knows no stamp knows no position */
    }
    for (int i = 0; i < 4; i++)
      entry_join(&one, &sources[i]);
    for (int i = 0; i < 12; i++)
      entry_join(&other, &sources[i < 8 ? dice_next(&dice, 4) : (uint32_t)(11 - i)]);
    CHECK_EQ(one.stamp, other.stamp);
    CHECK_EQ(one.position, other.position);
    for (int i = 0; i < 4; i++)
      CHECK(!sources[i].stamp || one.stamp < sources[i].stamp ||
            (one.stamp == sources[i].stamp && one.position >= sources[i].position));
  }
}

static struct entries random_places(struct arena *arena, struct dice *dice, bool untold) {
  struct entries entries = {0};
  char *suffixes = arena_alloc(arena, 4 * JOURNAL_LEN);
  for (int i = 0; i < 4; i++)
    journal_suffix(100 + i, (unsigned char[5]){0}, suffixes + i * JOURNAL_LEN);
  int64_t time = 50;
  for (uint32_t i = 0, count = dice_next(dice, 30); i < count; i++) {
    uint32_t which = dice_next(dice, 4);
    char *id = arena_alloc(arena, 1);
    *id = (char)('A' + i);
    time -= dice_next(dice, 3) == 0;
    struct entry entry = {.id = {id, 1},
                          .time = time,
                          .owner = SPAN("u"),
                          .journal = {suffixes + which * JOURNAL_LEN, JOURNAL_LEN}};
    entry.untold = untold && which < 2;
    if (dice_next(dice, 2)) {
      entry.position = dice_next(dice, 3);
      entry.stamp = dice_next(dice, 2) ? 90 : 0;
    }
    entries_append(arena, &entries, &entry);
  }
  return entries;
}

static bool is_tied(const struct entries *entries, size_t i) {
  return (i && entries->items[i - 1].time == entries->items[i].time) ||
         (i + 1 < entries->count && entries->items[i + 1].time == entries->items[i].time);
}

TEST(places_come_back_from_a_head) {
  struct dice dice = {29};
  for (int round = 0; round < 1000; round++) {
    struct arena arena = {0};
    struct head head = {.stamp = 1}, back;
    bool untold = round % 2;
    head.entries = random_places(&arena, &dice, untold);
    REQUIRE(head_read(&arena, head_write(&arena, &head, true), &back));
    REQUIRE(back.entries.count == head.entries.count);
    for (size_t i = 0; i < head.entries.count; i++) {
      const struct entry *a = &head.entries.items[i], *b = &back.entries.items[i];
      CHECK_EQ(a->stamp, b->stamp);
      CHECK_EQ(a->position, b->position);
      if (is_tied(&head.entries, i))
        CHECK(b->untold || !a->untold);
      if (!untold)
        CHECK(!b->untold);
    }
    arena_free(&arena);
  }
}

/* As 0.1.0 writes them: which of one time came first is for their records to say. */
TEST(places_of_one_time_are_untold_without_an_order) {
  struct dice dice = {31};
  for (int round = 0; round < 200; round++) {
    struct arena arena = {0};
    struct head head = {.stamp = 1}, back;
    head.entries = random_places(&arena, &dice, false);
    REQUIRE(head_read(&arena, head_write(&arena, &head, false), &back));
    for (size_t i = 0; i < back.entries.count; i++) {
      const struct entry *entry = &back.entries.items[i];
      CHECK(entry->stamp == 0 && entry->position == 0);
      CHECK_EQ(entry->untold, is_tied(&back.entries, i));
    }
    arena_free(&arena);
  }
}

#define HEAD(more)                                                                                 \
  "{\"v\":1,\"w\":5,\"updatedAt\":0,\"bumpedAt\":0,\"checkedAt\":0,\"since\":0,\"floor\":null,"    \
  "\"owners\":[\"u\"],\"journal\":[\"7vvvvvvvsr00000000\"],\"entries\":[\"a\",10,0,0,\"b\",10,0,"  \
  "0,"                                                                                             \
  "\"c\",9,0,0]" more "}"

static const struct {
  const char *text;
  int64_t position, stamp; /* of b */
  bool untold;
} orders[] = {
    {HEAD(""), 0, 0, true},
    {HEAD(",\"order\":[0]"), 0, 0, false},
    {HEAD(",\"order\":[0,1,2,3]"), 2, 3, false},
    {HEAD(",\"order\":[0,0,7,0,0,2,3]"), 2, 3, false},
    {HEAD(",\"order\":[99,1,2,3]"), 2, 3, false}, /* the suffix is of 100 */
    {HEAD(",\"order\":[100,1,2,3]"), 2, 3, true},
    {HEAD(",\"order\":[0,1,2]"), 2, 0, false}, /* what is damaged tells less, and loses nothing */
    {HEAD(",\"order\":[0,3,2,3]"), 0, 0, false},
    {HEAD(",\"order\":[0,-1,2,3]"), 0, 0, false},
    {HEAD(",\"order\":[0,1,\"x\",3]"), 0, 0, false},
    {HEAD(",\"order\":{}"), 0, 0, true},
    {HEAD(",\"order\":7"), 0, 0, true},
    {HEAD(",\"order\":[\"x\"]"), 0, 0, true},
};

TEST(places_that_are_damaged_lose_no_entry) {
  for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
    struct arena arena = {0};
    struct head head;
    check_context("%s", orders[i].text);
    REQUIRE(head_read(&arena, text_span(orders[i].text), &head));
    REQUIRE(head.entries.count == 3);
    CHECK_EQ(head.entries.items[1].position, orders[i].position);
    CHECK_EQ(head.entries.items[1].stamp, orders[i].stamp);
    CHECK_EQ(head.entries.items[1].untold, orders[i].untold);
    arena_free(&arena);
  }
}

TEST(places_of_one_time_are_untold_together) {
  struct arena arena = {0};
  struct entries entries = {0};
  for (int i = 0; i < 5; i++)
    entries_add(&arena, &entries, placed("e", 5 + i, 0));
  entries.items[2].untold = true;
  entries.items[4].time = 11;
  places_ordered(&arena, &entries, true);
  for (int i = 0; i < 5; i++)
    CHECK_EQ(entries.items[i].untold, i < 4);
  CHECK(place_unsure(&entries.items[0], &entries.items[1]));
  CHECK(!place_unsure(&entries.items[3], &entries.items[4]));
  arena_free(&arena);
}
