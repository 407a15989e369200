/* test_entry.c: entry.h: lists of memberships, and sets of spans. */
#include "index/entry.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

static struct entry entry_of(const char *id, int64_t time, const char *owner, const char *journal) {
  return (struct entry){
      .id = text_span(id), .time = time, .owner = text_span(owner), .journal = text_span(journal)};
}

TEST(entries_order_newest_first_then_by_id) {
  struct entry late = entry_of("a", 2, "", ""), early = entry_of("a", 1, "", ""),
               other = entry_of("b", 2, "", "");
  CHECK(entry_order(&late, &early) < 0 && entry_order(&early, &late) > 0);
  CHECK(entry_order(&late, &other) < 0 && entry_order(&other, &late) > 0);
  CHECK_EQ(entry_order(&late, &late), 0);
}

TEST(entries_are_the_same_by_id_time_and_owner) {
  struct entry a = entry_of("a", 1, "user", "j1");
  CHECK(entry_same(
      &a,
      &(struct entry){.id = a.id, .time = 1, .owner = a.owner})); /* the journal does not count */
  CHECK(!entry_same(&a, &(struct entry){.id = a.id, .time = 2, .owner = a.owner}));
  CHECK(!entry_same(&a, &(struct entry){.id = a.id, .time = 1}));
  CHECK(!entry_same(&a, &(struct entry){.id = SPAN("b"), .time = 1, .owner = a.owner}));
}

/* The naive twin of entries_sort: bubble sort, then repetitions out. */
static int naive_order(const struct entry *a, const struct entry *b) {
  int by[] = {(b->time > a->time) - (b->time < a->time), span_cmp(a->id, b->id),
              span_cmp(a->owner, b->owner), span_cmp(a->journal, b->journal)};
  for (size_t i = 0; i < 4; i++)
    if (by[i])
      return by[i];
  return 0;
}

static size_t naive_sort(struct entry *items, size_t count) {
  for (size_t i = 0; i < count; i++)
    for (size_t k = i + 1; k < count; k++)
      if (naive_order(&items[k], &items[i]) < 0) {
        struct entry swapped = items[i];
        items[i] = items[k];
        items[k] = swapped;
      }
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!kept || !entry_same(&items[kept - 1], &items[i]))
      items[kept++] = items[i];
  return kept;
}

static struct entry random_entry(struct dice *dice) {
  static const char *const ids[] = {"a", "b", "c", "d", "e", "f", "g", "h"}, *const few[] = {
                                                                                 "", "x", "y"};
  return entry_of(ids[dice_next(dice, 8)], dice_next(dice, 12), few[dice_next(dice, 3)],
                  few[dice_next(dice, 3)]);
}

static void check_sort(struct dice *dice, size_t count, size_t sorted_part) {
  struct arena arena = {0};
  struct entries entries = {0};
  struct entry *naive = ARENA_ARRAY(&arena, struct entry, count + 1);
  for (size_t i = 0; i < count; i++)
    naive[i] = random_entry(dice);
  naive_sort(naive, sorted_part); /* heads are sorted already; a few come after */
  for (size_t i = 0; i < count; i++)
    entries_add(&arena, &entries, naive[i]);
  size_t kept = naive_sort(naive, count);
  entries_sort(&arena, &entries);
  CHECK_EQ(entries.count, kept);
  for (size_t i = 0; i < kept && i < entries.count; i++) {
    CHECK(entry_same(&entries.items[i], &naive[i]));
    CHECK_SPAN(entries.items[i].journal, naive[i].journal);
  }
  arena_free(&arena);
}

TEST(entries_sort_as_a_naive_sort_does) {
  struct dice dice = {21};
  for (size_t round = 0; round < 2000; round++) {
    size_t count = dice_next(&dice, 40);
    check_context("round %zu", round);
    check_sort(&dice, count, round % 3 ? 0 : count - count / 8);
  }
}

TEST(entries_sort_keeps_the_newest_journal_of_repetitions) {
  struct arena arena = {0};
  struct entries entries = {0};
  entries_add(&arena, &entries, entry_of("a", 1, "u", "older-sorts-last"));
  entries_add(&arena, &entries, entry_of("a", 1, "u", "newer"));
  entries_add(&arena, &entries, entry_of("a", 1, "other", "newer"));
  entries_sort(&arena, &entries);
  CHECK_EQ(entries.count, 2);
  CHECK_TEXT(entries.items[0].owner, "other");
  CHECK_TEXT(entries.items[1].journal, "newer");
  arena_free(&arena);
}

TEST(entries_sort_of_many_sorted_but_for_a_few) {
  struct arena arena = {0};
  struct entries entries = {0};
  for (int64_t i = 0; i < 100000; i++)
    entries_add(&arena, &entries, entry_of("a", 1000000 - i * 2, "", ""));
  entries_add(&arena, &entries, entry_of("a", 1000001, "", ""));
  entries_add(&arena, &entries, entry_of("a", 999999, "", ""));
  entries_sort(&arena, &entries);
  CHECK_EQ(entries.count, 100002);
  for (size_t i = 1; i < entries.count; i++)
    REQUIRE(entries.items[i - 1].time > entries.items[i].time);
  arena_free(&arena);
}

static void check_order(struct entry **ordered, const char *ids) {
  for (size_t i = 0; ids[i]; i++)
    CHECK_SPAN(ordered[i]->id, ((struct span){ids + i, 1}));
}

TEST(entries_ordered_turns_time_around_but_not_ids) {
  struct arena arena = {0};
  struct entries entries = {0};
  CHECK(entries_ordered(&arena, &entries, entry_older) != NULL);
  entries_add(&arena, &entries, entry_of("a", 3, "", ""));
  entries_add(&arena, &entries, entry_of("b", 2, "", ""));
  entries_add(&arena, &entries, entry_of("c", 2, "", ""));
  entries_add(&arena, &entries, entry_of("d", 2, "", ""));
  entries_add(&arena, &entries, entry_of("e", 1, "", ""));
  check_order(entries_ordered(&arena, &entries, entry_newer), "abcde");
  check_order(entries_ordered(&arena, &entries, entry_older), "ebcda");
  arena_free(&arena);
}

TEST(entries_find_the_first_under_an_id) {
  struct arena arena = {0};
  struct entries entries = {0};
  CHECK(entries_find(&entries, SPAN("a")) == NULL);
  entries_add(&arena, &entries, entry_of("a", 2, "", ""));
  entries_add(&arena, &entries, entry_of("a", 1, "", ""));
  CHECK(entries_find(&entries, SPAN("a")) == &entries.items[0]);
  CHECK(entries_find(&entries, SPAN("b")) == NULL);
  arena_free(&arena);
}

TEST(span_set_holds_what_was_added_once) {
  enum { COUNT = 5000 };
  struct arena arena = {0};
  struct span_set set = {0};
  char texts[COUNT][8];
  CHECK(!span_set_has(&set, SPAN("1")));
  for (int i = 0; i < COUNT; i++) {
    struct span text = {texts[i], (size_t)snprintf(texts[i], sizeof texts[i], "%d", i * 7)};
    CHECK(span_set_add(&arena, &set, text));
    CHECK(!span_set_add(&arena, &set, text));
  }
  CHECK_EQ(set.count, COUNT);
  for (int i = 0; i < COUNT * 7; i++) {
    char text[8];
    struct span wanted = {text, (size_t)snprintf(text, sizeof text, "%d", i)};
    REQUIRE(span_set_has(&set, wanted) == (i % 7 == 0));
  }
  arena_free(&arena);
}

TEST(span_set_holds_the_empty_span) {
  struct arena arena = {0};
  struct span_set set = {0};
  CHECK(span_set_add(&arena, &set, SPAN_NONE));
  CHECK(!span_set_add(&arena, &set, SPAN("")));
  CHECK(span_set_has(&set, SPAN("")) && span_set_has(&set, SPAN_NONE));
  arena_free(&arena);
}

/* One that tells of a place only leaves nothing but that, wherever it comes: it does not name the
 * journal, and where nothing else says the same, there is no entry. */
TEST(entries_sorted_keep_of_hints_their_place) {
  struct arena arena = {0};
  struct entries entries = {0};
  entries_add(&arena, &entries, (struct entry){.id = SPAN("c"), .time = 9, .hint = true});
  entries_add(
      &arena, &entries,
      (struct entry){.id = SPAN("a"), .time = 9, .journal = SPAN("x"), .stamp = 4, .hint = true});
  entries_add(&arena, &entries,
              (struct entry){.id = SPAN("a"), .time = 9, .journal = SPAN("y"), .stamp = 7});
  entries_add(&arena, &entries,
              (struct entry){.id = SPAN("b"), .time = 9, .journal = SPAN("x"), .stamp = 5});
  entries_add(
      &arena, &entries,
      (struct entry){.id = SPAN("b"), .time = 9, .journal = SPAN("y"), .stamp = 3, .hint = true});
  entries_add(&arena, &entries, (struct entry){.id = SPAN("d"), .time = 3, .hint = true});
  entries_sort(&arena, &entries);
  REQUIRE(entries.count == 2);
  CHECK_SPAN(entries.items[0].id, SPAN("a"));
  CHECK_SPAN(entries.items[0].journal, SPAN("y"));
  CHECK_EQ(entries.items[0].stamp, 4);
  CHECK(!entries.items[0].hint);
  CHECK_SPAN(entries.items[1].id, SPAN("b"));
  CHECK_EQ(entries.items[1].stamp, 3);
  arena_free(&arena);
}
