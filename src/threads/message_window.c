/* message_window.c: `include`: messages by id with their neighbours, from whatever thread the
 * target is in. */
#include "threads/message_window.h"

static bool read_window(struct call *call, struct span value, size_t index, struct window *window) {
  static const struct shape shape[] = {
      {SHAPE(struct window, id, "id"), SHAPE_ID},
      {SHAPE(struct window, thread, "threadId"), SHAPE_ID | SHAPE_OPTIONAL},
      {SHAPE(struct window, previous, "withPreviousMessages"), SHAPE_COUNT | SHAPE_OPTIONAL},
      {SHAPE(struct window, next, "withNextMessages"), SHAPE_COUNT | SHAPE_OPTIONAL}};
  return arg_read(call, value, SPAN("include"), index, shape, 4, window);
}

bool windows_read(struct call *call, struct list *list, struct span include) {
  if (!include.ptr)
    return true;
  if (!json_is_array(include)) {
    call_invalid(call, SPAN("include"), SPAN("must be an array"));
    return false;
  }
  size_t count = 0;
  for (struct json_walk walk = json_walk(include); json_next(&walk);)
    count++;
  list->windows = ARENA_ARRAY(&call->arena, struct window, count + 1);
  for (struct json_walk walk = json_walk(include); json_next(&walk); list->window_count++) {
    struct window *window = &list->windows[list->window_count];
    struct span key;
    if (!read_window(call, walk.value, list->window_count, window) ||
        !message_key(call, window->id, &key))
      return false;
    window->get = kv_get(call, TABLE_MESSAGES, key, 0);
  }
  return true;
}

static struct collection *find_collection(const struct collections *list, struct span id) {
  for (size_t i = list->count; i-- > 0;)
    if (span_eq(list->items[i]->id, id))
      return list->items[i];
  return NULL;
}

static struct collection *collection_for(const struct list *list, struct span thread) {
  struct collection *collection = find_collection(&list->extra, thread);
  return collection ? collection : find_collection(&list->collections, thread);
}

bool windows_aim(struct call *call, struct list *list) {
  for (size_t i = 0; i < list->window_count; i++) {
    struct window *window = &list->windows[i];
    if (!window->get->found)
      continue;
    if (!message_read(call, window->get, &window->target)) {
      call_corrupt(call, window->get->key);
      return false;
    }
    if (list->resource.ptr && !span_eq(window->target.resource, list->resource)) {
      window->target.raw = SPAN_NONE;
      continue;
    }
    if (collection_for(list, window->target.thread))
      continue;
    struct collection *collection =
        collection_new(call, COLLECTION_THREAD, window->target.thread, LOAD_HEAD);
    if (!collection)
      return false;
    collections_add(call, &list->extra, collection);
  }
  return true;
}

/* The entries of a window: pointers into the collection's, oldest first.  `short_of_floor` when the
 * window may go on below what was loaded. */
struct view {
  struct entry **entries;
  size_t count;
  bool found, short_of_floor;
};

static bool counts(const struct list *list, const struct entry *entry) {
  return !list->resource.ptr || span_eq(entry->owner, list->resource);
}

static struct view view_of(struct call *call, const struct list *list,
                           const struct window *window) {
  const struct entries *all = &window->collection->entries;
  struct entry target = message_entry(&window->target);
  struct entry **line = entries_ordered(&call->arena, all, true);
  size_t count = 0, at = SIZE_MAX;
  for (size_t i = 0; i < all->count; i++) {
    if (!counts(list, line[i]))
      continue;
    if (entry_same(line[i], &target))
      at = count;
    line[count++] = line[i];
  }
  if (at == SIZE_MAX)
    return (struct view){.short_of_floor = !window->collection->all};
  size_t newer = count - at - 1 < window->next ? count - at - 1 : (size_t)window->next;
  size_t older = at < window->previous ? at : (size_t)window->previous;
  return (struct view){.entries = line + at - older,
                       .count = older + 1 + newer,
                       .found = true,
                       .short_of_floor = older < window->previous && !window->collection->all};
}

void windows_deepen(struct call *call, struct list *list) {
  for (size_t i = 0; i < list->window_count; i++) {
    struct window *window = &list->windows[i];
    if (!window->target.raw.ptr)
      continue;
    window->collection = collection_for(list, window->target.thread);
    if (window->collection->load != LOAD_ALL && view_of(call, list, window).short_of_floor)
      collections_add(call, &list->extra,
                      collection_new(call, COLLECTION_THREAD, window->target.thread, LOAD_ALL));
  }
}

/* The target itself counts even when no entry names it: its record is the truth. */
static void add_view(struct call *call, struct list *list, struct window *window,
                     struct entries *lone, struct entries *wanted) {
  window->collection = collection_for(list, window->target.thread);
  struct view view = view_of(call, list, window);
  for (size_t i = 0; i < view.count; i++)
    entries_append(&call->arena, wanted, view.entries[i]);
  bool swept = window->collection->head.since && !view.found;
  if (!view.found && !swept) {
    struct entry target = message_entry(&window->target);
    target.record = window->target.raw;
    entries_append(&call->arena, lone, &target);
  }
}

void windows_gather(struct call *call, struct list *list) {
  struct entries wanted = {0};
  for (size_t i = 0; i < list->window_count; i++)
    if (list->windows[i].target.raw.ptr)
      add_view(call, list, &list->windows[i], &list->result, &wanted);
  entries_sort(&call->arena, &wanted);
  struct entry **entries = entries_ordered(&call->arena, &wanted, false);
  list->window_gather = message_gather(call, entries, wanted.count, SIZE_MAX, SPAN_NONE);
}
