/* scan.c: pages of a list under what the memory knows better. */
#include "index/scan.h"

#include "codec/limits.h"

/* A list answered now may not show yet what was written this recently. */
static bool is_recent(const struct call *call, const struct note *note) {
  return note->held || (note->latest && now_since(call, note->latest_at) <= MEMORY_OVERLAY_MS);
}

static void take_note(struct call *call, struct scan *scan, const struct note *note) {
  struct span metadata = SPAN_NONE;
  if (note->kind == NOTE_ABSENT)
    return;
  if (note->kind == NOTE_VALUE && note->metadata.len)
    metadata = arena_copy(&call->arena, note->metadata);
  scan->take(call, scan, arena_copy(&call->arena, note->key), metadata);
}

static void take_listed(struct call *call, struct scan *scan, const struct kv_item *item) {
  uint32_t space = call->store.spaces[scan->table];
  const struct note *note = memory_find(call->memory, space, item->name);
  if (!span_set_add(&call->arena, &scan->seen, item->name))
    return;
  if (note && is_recent(call, note) &&
      (note->held || note->kind == NOTE_EMPTY || kv_stamp_of(item->metadata) <= note->stamp))
    take_note(call, scan, note);
  else
    scan->take(call, scan, item->name, item->metadata);
}

/* Whether |key| is for a later page. */
static bool is_later(const struct scan *scan, struct span key) {
  const struct kv_request *page = scan->page;
  return scan->cursor.ptr && (!page->count || span_cmp(key, page->items[page->count - 1].name) > 0);
}

/* What was written here and is on no page yet. */
static void take_unlisted(struct call *call, struct scan *scan) {
  struct span group = {scan->prefix.ptr, call->prefix.len + table_name(scan->table).len};
  uint32_t space = call->store.spaces[scan->table];
  for (struct note *note = NULL; (note = memory_in_group(call->memory, space, group, note));)
    if (is_recent(call, note) && span_starts(note->key, scan->prefix) &&
        !span_set_has(&scan->seen, note->key) && !is_later(scan, note->key))
      take_note(call, scan, note);
}

enum tkv_status scan_run(struct call *call, void *self) {
  struct scan *scan = self;
  if (scan->page) {
    for (size_t i = 0; i < scan->page->count; i++)
      take_listed(call, scan, &scan->page->items[i]);
    scan->cursor = scan->page->cursor;
    if (!scan->cursor.ptr || scan->limit) {
      take_unlisted(call, scan);
      return TKV_DONE;
    }
  }
  scan->page = kv_list(call, scan->table, scan->prefix, scan->cursor);
  scan->page->limit = scan->limit;
  return TKV_PENDING;
}
