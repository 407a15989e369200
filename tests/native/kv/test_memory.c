/* test_memory.c: memory.h: what an isolate knows of KV. */
#include "codec/limits.h"
#include "kv/memory.h"
#include "kv/seats.h"
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>

static struct note *note_value(struct memory *memory, const char *key, const char *value,
                               int64_t now) {
  struct note *note = memory_note(memory, 1, text_span(key), strlen(key), now);
  memory_keep(memory, note, NOTE_VALUE, text_span(value), SPAN("{\"w\":1}"));
  return note;
}

TEST(memory_finds_what_was_noted) {
  struct memory memory = {0};
  note_value(&memory, "threads:a", "A", 1000);
  struct note *note = memory_find(&memory, 1, SPAN("threads:a"));
  REQUIRE(note != NULL);
  CHECK_EQ(note->kind, NOTE_VALUE);
  CHECK_TEXT(note->value, "A");
  CHECK_TEXT(note->metadata, "{\"w\":1}");
  CHECK_EQ(note->at, 1000);
  CHECK(memory_find(&memory, 1, SPAN("threads:b")) == NULL);
  CHECK(memory_find(&memory, 2, SPAN("threads:a")) == NULL); /* another namespace */
  memory_free(&memory);
}

TEST(memory_keeps_copies) {
  struct memory memory = {0};
  char key[] = "threads:a", value[] = "A";
  struct note *note = memory_note(&memory, 1, text_span(key), 7, 0);
  memory_keep(&memory, note, NOTE_VALUE, text_span(value), SPAN_NONE);
  key[8] = value[0] = 'x';
  CHECK(memory_find(&memory, 1, SPAN("threads:a")) == note);
  CHECK_TEXT(note->value, "A");
  CHECK_TEXT(note->group, "threads");
  memory_free(&memory);
}

TEST(memory_notes_a_key_once) {
  struct memory memory = {0};
  struct note *note = note_value(&memory, "a", "1", 0);
  CHECK(note_value(&memory, "a", "2", 5) == note);
  CHECK_TEXT(note->value, "2");
  CHECK_EQ(note->at, 5);
  memory_keep(&memory, note, NOTE_ABSENT, SPAN("ignored"), SPAN_NONE);
  CHECK_EQ(note->kind, NOTE_ABSENT);
  CHECK_EQ(note->value.len, 0);
  memory_keep(&memory, note, NOTE_VALUE, SPAN(""), SPAN_NONE);
  CHECK_EQ(note->kind, NOTE_VALUE); /* an empty value is a value */
  memory_free(&memory);
}

TEST(memory_groups_hold_the_keys_noted_under_them) {
  struct memory memory = {0};
  size_t found = 0;
  for (int i = 0; i < 50; i++) {
    char key[32];
    struct span text = {key, (size_t)snprintf(key, sizeof key, "metadata:thread:t%d:%d", i % 5, i)};
    memory_note(&memory, 1, text, 18, i);
    memory_note(&memory, 2, text, 18, i); /* the same in another namespace */
  }
  for (struct note *note = NULL;
       (note = memory_in_group(&memory, 1, SPAN("metadata:thread:t3"), note)); found++)
    CHECK(span_starts(note->key, SPAN("metadata:thread:t3:")) && note->space == 1);
  CHECK_EQ(found, 10);
  CHECK(memory_in_group(&memory, 1, SPAN("metadata:thread:t"), NULL) ==
        NULL); /* a group is its exact text */
  CHECK(memory_in_group(&memory, 3, SPAN("metadata:thread:t3"), NULL) == NULL);
  memory_free(&memory);
}

static struct note *note_journal(struct memory *memory, int index, int64_t newest) {
  char key[32];
  struct span text = {key, (size_t)snprintf(key, sizeof key, "metadata:thread:t:%d", index)};
  struct note *note = memory_note(memory, 1, text, 17, index);
  memory_keep(memory, note, NOTE_VALUE, SPAN("{}"), SPAN_NONE);
  memory_rank(memory, note, newest);
  return note;
}

/* How many notes are gone through until none of what is left is as new as |floor|. */
static size_t steps_to(struct memory *memory, int64_t floor) {
  size_t steps = 0;
  for (struct note *note = NULL;
       (note = memory_in_group(memory, 1, SPAN("metadata:thread:t"), note)) &&
       note->reach >= floor;)
    steps++;
  return steps;
}

TEST(memory_tells_where_a_group_holds_nothing_newer) {
  struct memory memory = {0};
  for (int i = 1; i <= 3000; i++)
    note_journal(&memory, i, i);
  CHECK_EQ(steps_to(&memory, 2937), 64); /* of three thousand */
  CHECK_EQ(steps_to(&memory, 3001), 0);
  memory_free(&memory);
}

TEST(memory_never_stops_before_what_has_to_be_looked_at) {
  struct memory memory = {0};
  for (int i = 1; i <= 100; i++)
    note_journal(&memory, i, i);
  note_journal(&memory, 50, INT64_MAX); /* written once more: in front of all the others now */
  CHECK_EQ(steps_to(&memory, 200), 1);
  note_journal(&memory, 200, 200);
  CHECK_EQ(steps_to(&memory, 300), 2);
  memory_note(&memory, 1, SPAN("metadata:thread:t:50"), 17, 300); /* tried once more */
  CHECK_EQ(steps_to(&memory, 300), 2); /* what stood in front of it keeps what it was told */
  memory_free(&memory);
}

TEST(memory_expires_by_age) {
  struct memory memory = {0};
  note_value(&memory, "old", "1", 0);
  note_value(&memory, "renewed", "1", 0);
  note_value(&memory, "new", "1", 1000);
  note_value(&memory, "renewed", "2", 1000);
  memory_expire(&memory, MEMORY_OWN_MS);
  CHECK(memory_find(&memory, 1, SPAN("old")) != NULL); /* not a moment too soon */
  memory_expire(&memory, MEMORY_OWN_MS + 1);
  CHECK(memory_find(&memory, 1, SPAN("old")) == NULL);
  CHECK(memory_find(&memory, 1, SPAN("renewed")) != NULL &&
        memory_find(&memory, 1, SPAN("new")) != NULL);
  memory_expire(&memory, 10 * MEMORY_OWN_MS);
  for (int shelf = 0; shelf < SHELF_COUNT; shelf++)
    CHECK(memory.shelves[shelf].oldest == NULL && memory.shelves[shelf].newest == NULL);
  CHECK_EQ(memory.bytes, 0);
  memory_free(&memory);
}

TEST(memory_is_bounded_in_bytes) {
  struct memory memory = {0};
  char *value = calloc(1, MEMORY_VALUE_MAX + 1);
  for (int i = 0; i < 100; i++) {
    char key[16];
    struct span text = {key, (size_t)snprintf(key, sizeof key, "key-%d", i)};
    struct note *note = memory_note(&memory, 1, text, text.len, i);
    memory_keep(&memory, note, NOTE_VALUE, (struct span){value, MEMORY_VALUE_MAX}, SPAN_NONE);
  }
  memory_expire(&memory, 100);
  CHECK(memory.bytes <= MEMORY_BYTES_MAX);
  CHECK(memory_find(&memory, 1, SPAN("key-0")) == NULL); /* the oldest went */
  CHECK(memory_find(&memory, 1, SPAN("key-99")) != NULL);
  struct note *large = memory_note(&memory, 1, SPAN("large"), 5, 100);
  memory_keep(&memory, large, NOTE_VALUE, (struct span){value, MEMORY_VALUE_MAX + 1}, SPAN_NONE);
  CHECK_EQ(large->kind, NOTE_EMPTY); /* too large: less is known, nothing is wrong */
  memory_free(&memory);
  free(value);
}

static struct note *note_large(struct memory *memory, const char *key, bool own, bool record,
                               int64_t now) {
  static char value[MEMORY_VALUE_MAX];
  struct span text = {key, strlen(key)};
  struct note *note = memory_note(memory, 1, text, text.len, now);
  note->own = own;
  note->record = record;
  memory_keep(memory, note, NOTE_VALUE, (struct span){value, sizeof value - 1024}, SPAN_NONE);
  CHECK(memory->bytes <= MEMORY_BYTES_MAX); /* at every moment, not just in the end */
  return note;
}

/* Of records the values go first, the oldest before others; of what was written here it stays known
 * that it was. */
TEST(memory_drops_values_of_records_before_indexes) {
  struct memory memory = {0};
  note_large(&memory, "index", true, false, 1);
  note_large(&memory, "read", false, true, 2);
  struct note *first = note_large(&memory, "first", true, true, 3);
  CHECK(memory_find(&memory, 1, SPAN("read")) == NULL);
  struct note *second = note_large(&memory, "second", true, true, 4);
  CHECK_EQ(first->kind, NOTE_EMPTY);
  CHECK(first->own && second->kind == NOTE_VALUE);
  CHECK_EQ(memory_find(&memory, 1, SPAN("index"))->kind, NOTE_VALUE);
  CHECK_EQ(memory.forgot_at, 0);
  note_large(&memory, "first", true, true, 5); /* and is kept again when it is written again */
  CHECK(first->kind == NOTE_VALUE && second->kind == NOTE_EMPTY);
  memory_free(&memory);
}

/* Nothing but indexes: then they go, and it is known that something was forgotten. */
TEST(memory_tells_when_it_forgot_an_own_write) {
  struct memory memory = {0};
  note_large(&memory, "read", false, false, 1);
  note_large(&memory, "a", true, false, 2);
  note_large(&memory, "b", true, false, 3);
  CHECK_EQ(memory.forgot_at, 0);
  note_large(&memory, "c", true, false, 4);
  CHECK(memory_find(&memory, 1, SPAN("a")) == NULL);
  CHECK_EQ(memory.forgot_at, 4);
  memory_free(&memory);
}

TEST(memory_forgets_values_under_a_prefix) {
  struct memory memory = {0};
  struct note *a = note_value(&memory, "threads:a", "1", 0),
              *b = note_value(&memory, "threads:b", "1", 0);
  struct note *other = note_value(&memory, "messages:a", "1", 0);
  struct note *elsewhere = memory_note(&memory, 2, SPAN("threads:a"), 7, 0);
  memory_keep(&memory, elsewhere, NOTE_VALUE, SPAN("1"), SPAN_NONE);
  a->own = b->own = true;
  memory_forget(&memory, 1, SPAN("threads:"));
  CHECK(a->kind == NOTE_EMPTY && b->kind == NOTE_EMPTY);
  CHECK(!a->own && !b->own); /* nor that they were written here: they are being deleted */
  CHECK(other->kind == NOTE_VALUE && elsewhere->kind == NOTE_VALUE);
  memory_free(&memory);
}

/* Many random uses, checked against a plain table. */
TEST(memory_against_a_plain_table) {
  enum { KEYS = 300, ROUNDS = 30000 };
  struct memory memory = {0};
  struct dice dice = {23};
  int64_t noted[KEYS], now = 0;
  memset(noted, 0xff, sizeof noted); /* -1: unknown */
  for (int round = 0; round < ROUNDS; round++) {
    char key[16];
    int number = (int)dice_next(&dice, KEYS);
    struct span text = {key, (size_t)snprintf(key, sizeof key, "k%d", number)};
    now += dice_next(&dice, 2000);
    memory_expire(&memory, now);
    struct note *found = memory_find(&memory, 1, text);
    bool known = noted[number] >= 0 && now - noted[number] <= MEMORY_OWN_MS;
    REQUIRE((found != NULL) == known);
    if (found)
      CHECK_EQ(found->at, noted[number]);
    struct note *note = memory_note(&memory, 1, text, 1, now);
    memory_keep(&memory, note, dice_next(&dice, 3) ? NOTE_VALUE : NOTE_ABSENT, text, text);
    noted[number] = now;
  }
  memory_free(&memory);
}

static char *copy_of(const void *bytes, size_t count) {
  char *copy = malloc(count);
  return copy ? memcpy(copy, bytes, count) : NULL;
}

/* As a host does, between two instances. */
static void carry(struct memory *from, struct memory *to) {
  for (struct note *note = memory_next(from, NULL); note; note = memory_next(from, note)) {
    char *value =
        note->value.ptr ? copy_of(note->value.ptr, note->value.len + note->metadata.len) : NULL;
    memory_adopt(to, (struct note *)copy_of(note, sizeof *note + note->key.len), value);
  }
  memory_free(from);
}

TEST(memory_adopts_what_another_had) {
  struct memory old = {0}, memory = {0};
  struct note *own = note_value(&old, "threads:a", "A", 10);
  own->own = own->record = true;
  own->stamp = 7;
  memory_keep(&old, own, NOTE_VALUE, SPAN("A"), SPAN("{\"w\":7}"));
  memory_keep(&old, memory_note(&old, 1, SPAN("threads:b"), 7, 20), NOTE_ABSENT, SPAN_NONE,
              SPAN_NONE);
  memory_hold(&old, note_value(&old, "held", "H", 30), true, 30);
  size_t bytes = old.bytes;
  carry(&old, &memory);
  CHECK_EQ(memory.bytes, bytes);
  struct note *found = memory_find(&memory, 1, SPAN("threads:a"));
  REQUIRE(found != NULL);
  CHECK(found->own);
  CHECK_EQ(found->stamp, 7);
  CHECK_TEXT(found->value, "A");
  CHECK_TEXT(found->metadata, "{\"w\":7}");
  CHECK_EQ(memory_find(&memory, 1, SPAN("threads:b"))->kind, NOTE_ABSENT);
  CHECK(memory_find(&memory, 1, SPAN("held"))->held);
  CHECK(memory_in_group(&memory, 1, SPAN("threads"), NULL) != NULL);
  memory_free(&memory);
  CHECK_EQ(memory.bytes, 0);
}

TEST(memory_adopts_in_the_order_of_age) {
  struct memory old = {0}, memory = {0};
  for (int i = 0; i < 50; i++) {
    char key[8];
    snprintf(key, sizeof key, "k%02d", i);
    note_value(&old, key, "v", i * 1000);
  }
  carry(&old, &memory);
  memory_expire(&memory, MEMORY_OWN_MS + 25 * 1000);
  CHECK(memory_find(&memory, 1, SPAN("k24")) == NULL);
  CHECK(memory_find(&memory, 1, SPAN("k25")) != NULL);
  memory_free(&memory);
}

TEST(memory_adopts_no_write_that_is_under_way) {
  struct memory old = {0}, memory = {0};
  note_value(&old, "gone", "v", 0)->flight = 3 * SEATS_MAX + 1;
  note_value(&old, "none", "v", 0);
  carry(&old, &memory);
  CHECK_EQ(memory_find(&memory, 1, SPAN("gone"))->flight, FLIGHT_GONE);
  CHECK_EQ(memory_find(&memory, 1, SPAN("none"))->flight, 0);
  memory_free(&memory);
}
