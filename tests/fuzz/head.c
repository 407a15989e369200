/* head.c: heads and journal entries.  Reading never crashes; what was read and written again reads
 * the same. */
#include "index/head_read.h"

#include <stdlib.h>

static const struct span suffix = {"7uci4ialvu000g40o4", JOURNAL_LEN};

static void require(bool held) {
  if (!held)
    abort();
}

static void check_same(const struct entries *a, const struct entries *b) {
  require(a->count == b->count);
  for (size_t i = 0; i < a->count; i++)
    require(entry_same(&a->items[i], &b->items[i]) &&
            span_eq(a->items[i].journal, b->items[i].journal));
}

static void try_head(struct arena *arena, struct span text) {
  struct head head, again;
  if (!head_read(arena, text, &head))
    return;
  require(head_read(arena, head_write(arena, &head, true), &again));
  require(head.stamp == again.stamp && head.updated_at == again.updated_at &&
          head.bumped_at == again.bumped_at);
  require(head.checked_at == again.checked_at && head.since == again.since &&
          head.has_floor == again.has_floor);
  check_same(&head.entries, &again.entries);
  entries_sort(arena, &head.entries);
  for (size_t i = 1; i < head.entries.count; i++)
    require(entry_order(&head.entries.items[i - 1], &head.entries.items[i]) <= 0);
}

static void try_journal(struct arena *arena, struct span text) {
  struct entries entries = {0}, again = {0};
  if (!journal_read(arena, text, suffix, &entries))
    return;
  struct span written = journal_write(arena, 1, entries.items, entries.count, true);
  require(journal_read(arena, written, suffix, &again));
  check_same(&entries, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena arena = {0};
  char *exact = malloc(size ? size : 1);
  if (size)
    memcpy(exact, data, size);
  struct span text = {exact, size};
  try_head(&arena, text);
  try_journal(&arena, text);
  journal_time(text);
  arena_free(&arena);
  free(exact);
  return 0;
}
