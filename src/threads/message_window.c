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
    list->windows_reach += 1 + window->previous + window->next;
    window->get = kv_get(call, TABLE_MESSAGES, key, KV_OWN);
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
 * window may go on below what was loaded, or at the time at which that ends. */
struct view {
  struct entry **entries;
  size_t count;
  bool found, short_of_floor;
};

static bool counts(const struct list *list, const struct entry *entry) {
  return !list->resource.ptr || span_eq(entry->owner, list->resource);
}

/* A stretch of a line of entries, from |first| to |end|, which is not in it. */
struct stretch {
  size_t first, end;
};

/* Whatever may stand in the stretch, once records have told places, comes into it. */
static void take_unsure(struct entry *const *line, size_t count, struct stretch *stretch) {
  while (stretch->first && place_unsure(line[stretch->first - 1], line[stretch->first]))
    stretch->first--;
  while (stretch->end < count && place_unsure(line[stretch->end - 1], line[stretch->end]))
    stretch->end++;
}

/* With |told|, records have told the places. */
static struct view view_of(struct call *call, const struct list *list, const struct window *window,
                           bool told) {
  const struct collection *collection = window->collection;
  struct entry target = message_entry(&window->target);
  struct entry **line = places_ordered(&call->arena, &collection->entries, true);
  struct stretch view = {0, 0};
  size_t count = 0;
  for (size_t i = 0; i < collection->entries.count; i++) {
    if (!counts(list, line[i]))
      continue;
    if (entry_same(line[i], &target))
      view = (struct stretch){count, count + 1};
    line[count++] = line[i];
  }
  if (!view.end)
    return (struct view){.short_of_floor = !collection->all};
  if (!told)
    take_unsure(line, count, &view);
  bool all = view.first >= window->previous;
  view.first -= all ? (size_t)window->previous : view.first;
  view.end += window->next < count - view.end ? (size_t)window->next : count - view.end;
  if (!told)
    take_unsure(line, count, &view);
  all &= line[view.first]->time > collection->head.floor.time;
  return (struct view){.entries = line + view.first,
                       .count = view.end - view.first,
                       .found = true,
                       .short_of_floor = !all && !collection->all};
}

void windows_deepen(struct call *call, struct list *list) {
  for (size_t i = 0; i < list->window_count; i++) {
    struct window *window = &list->windows[i];
    if (!window->target.raw.ptr)
      continue;
    window->collection = collection_for(list, window->target.thread);
    if (window->collection->load != LOAD_ALL && view_of(call, list, window, false).short_of_floor)
      collections_add(call, &list->extra,
                      collection_new(call, COLLECTION_THREAD, window->target.thread, LOAD_ALL));
  }
}

/* The target itself counts even when no entry names it: its record is the truth.  But not when its
 * thread was deleted, or is a copy that did not come to be. */
static void add_lone(struct call *call, struct list *list, const struct window *window) {
  struct entry target = message_entry(&window->target);
  if (window->collection->head.since || window->collection->unborn)
    return;
  target.record = window->target.raw;
  record_place(window->get->metadata, &target);
  entries_append(&call->arena, &list->result, &target);
}

void windows_gather(struct call *call, struct list *list) {
  struct view *views = ARENA_ARRAY(&call->arena, struct view, list->window_count + 1);
  size_t count = 0;
  for (size_t i = 0; i < list->window_count; i++) {
    struct window *window = &list->windows[i];
    if (!window->target.raw.ptr)
      continue;
    window->collection = collection_for(list, window->target.thread);
    views[i] = view_of(call, list, window, false);
    count += views[i].count;
    if (!views[i].found)
      add_lone(call, list, window);
  }
  struct entry **wanted = ARENA_ARRAY(&call->arena, struct entry *, count + 1);
  count = 0;
  for (size_t i = 0; i < list->window_count; i++)
    for (size_t k = 0; k < views[i].count; k++) {
      struct entry *entry = views[i].entries[k];
      if (!entry->wanted)
        wanted[count++] = entry;
      entry->wanted = true;
    }
  entries_arrange(&call->arena, wanted, count, place_order(false));
  list->window_gather = message_gather(call, wanted, count, SIZE_MAX, SPAN_NONE);
}

void windows_take(struct call *call, struct list *list) {
  for (size_t i = 0; list->window_gather && i < list->window_count; i++) {
    if (!list->windows[i].target.raw.ptr)
      continue;
    struct view view = view_of(call, list, &list->windows[i], true);
    for (size_t k = 0; k < view.count; k++)
      if (view.entries[k]->record.ptr)
        entries_append(&call->arena, &list->result, view.entries[k]);
  }
}
