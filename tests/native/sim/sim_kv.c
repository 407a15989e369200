/* sim_kv.c: one KV, as it looks from several places.
 *
 * A get is answered by the place's cache for up to a minute, absence too; a write from the same
 * place refreshes it, unless places are blind, one from elsewhere does not.  A page of a list is cached likewise, and no
 * write refreshes it.  Nothing that a place shows is older than SIM_CACHE_MS.
 */
#include "sim/sim.h"

/* A cached page. */
struct sim_listing {
  struct sim_listing *next;
  int place;
  uint32_t space, page;
  struct span prefix, cursor;
  bool empty;
  int64_t as_of, until;
};

static int key_order(const struct sim_key *key, uint32_t space, struct span name) {
  if (key->space != space)
    return key->space < space ? -1 : 1;
  return span_cmp(key->name, name);
}

/* Where the key is, or would be. */
static size_t find(const struct sim_kv *kv, uint32_t space, struct span name) {
  size_t low = 0, high = kv->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (key_order(kv->keys[middle], space, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static struct sim_key *key_of(struct sim *sim, uint32_t space, struct span name) {
  struct sim_kv *kv = &sim->kv;
  size_t at = find(kv, space, name);
  if (at < kv->count && key_order(kv->keys[at], space, name) == 0)
    return kv->keys[at];
  if (kv->count == kv->cap) {
    kv->cap = kv->cap ? kv->cap * 2 : 256;
    struct sim_key **keys = ARENA_ARRAY(&sim->arena, struct sim_key *, kv->cap);
    if (kv->count)
      memcpy(keys, kv->keys, kv->count * sizeof(struct sim_key *));
    kv->keys = keys;
  }
  memmove(kv->keys + at + 1, kv->keys + at, (kv->count - at) * sizeof(struct sim_key *));
  kv->count++;
  struct sim_key *key = ARENA_NEW(&sim->arena, struct sim_key);
  *key = (struct sim_key){.space = space, .name = arena_copy(&sim->arena, name)};
  return kv->keys[at] = key;
}

/* What stood under |key| at |time|; NULL for nothing. */
static const struct sim_value *value_at(const struct sim_key *key, int64_t time) {
  const struct sim_value *value = key->newest;
  while (value && value->at > time)
    value = value->older;
  return value && value->there ? value : NULL;
}

/* A place without a cached answer may still get one that is not quite new. */
static int64_t as_of(struct sim *sim) {
  return sim->now - (sim_chance(sim, 500) ? sim_upto(sim, sim->config.lag) : 0);
}

/* Values that are read at once agree, so nothing is dropped sooner than a moment later. */
static int64_t until(struct sim *sim, int64_t time) {
  return sim_chance(sim, sim->config.evictions) ? sim->now + 1 : time + SIM_CACHE_MS;
}

const struct sim_value *sim_kv_get(struct sim *sim, int place, uint32_t space, struct span name) {
  struct sim_key *key = key_of(sim, space, name);
  struct sim_seen *seen = &key->seen[place];
  if (sim->now < seen->until)
    return seen->value;
  int64_t time = as_of(sim);
  seen->as_of = time > seen->as_of ? time : seen->as_of;
  seen->value = value_at(key, seen->as_of);
  seen->until = until(sim, seen->as_of);
  return seen->value;
}

int sim_kv_write(struct sim *sim, int place, uint32_t space, struct span name,
                 const struct span *value, struct span metadata) {
  struct sim_key *key = key_of(sim, space, name);
  if (sim->config.rate_limit && key->accepted && sim->now - key->accepted < 1000)
    return 429;
  struct sim_value *new = ARENA_NEW(&sim->arena, struct sim_value);
  *new = (struct sim_value){.older = key->newest, .at = sim->now, .there = value};
  if (value) {
    new->value = arena_copy(&sim->arena, *value);
    if (!sim->config.bare)
      new->metadata = arena_copy(&sim->arena, metadata);
  }
  key->newest = new;
  key->accepted = sim->now;
  if (!sim->config.blind)
    key->seen[place] = (struct sim_seen){value ? new : NULL, sim->now, sim->now + SIM_CACHE_MS};
  return 200;
}

const struct sim_value *sim_kv_truth(struct sim *sim, uint32_t space, struct span name) {
  return value_at(key_of(sim, space, name), INT64_MAX);
}

static bool is_listing(const struct sim_listing *listing, int place, uint32_t space,
                       struct span prefix, struct span cursor) {
  return listing->place == place && listing->space == space && span_eq(listing->prefix, prefix) &&
         span_eq(listing->cursor, cursor);
}

static const struct sim_listing *listing_of(struct sim *sim, int place, uint32_t space,
                                            struct span prefix, struct span cursor) {
  for (struct sim_listing **link = &sim->kv.listings; *link;) {
    struct sim_listing *listing = *link;
    if (sim->now >= listing->until)
      *link = listing->next;
    else if (is_listing(listing, place, space, prefix, cursor))
      return listing;
    else
      link = &listing->next;
  }
  struct sim_listing *listing = ARENA_NEW(&sim->arena, struct sim_listing);
  int64_t time = as_of(sim);
  *listing =
      (struct sim_listing){.next = sim->kv.listings,
                           .place = place,
                           .space = space,
                           .page = 1 + (uint32_t)sim_upto(sim, sim->config.page - 1),
                           .prefix = arena_copy(&sim->arena, prefix),
                           .cursor = cursor.ptr ? arena_copy(&sim->arena, cursor) : SPAN_NONE,
                           .as_of = time,
                           .until = until(sim, time)};
  /* Empty pages do not follow one another for ever. */
  listing->empty =
      !(cursor.len && cursor.ptr[0] == '2') && sim_chance(sim, (int)sim->config.empty_pages);
  return sim->kv.listings = listing;
}

/* A cursor is how many empty pages came before it, and the last name that was shown. */
static struct span cursor_after(struct sim *sim, char empty, struct span name) {
  return sim_text(sim, "%c%.*s", empty, ARGS(name));
}

struct sim_page sim_kv_list(struct sim *sim, int place, uint32_t space, struct span prefix,
                            struct span cursor, uint32_t limit) {
  const struct sim_listing *listing = listing_of(sim, place, space, prefix, cursor);
  struct sim_page page = {0};
  struct span last = cursor.ptr ? span_from(cursor, 1) : SPAN_NONE;
  if (listing->empty) {
    page.cursor = cursor_after(sim, cursor.ptr ? (char)(cursor.ptr[0] + 1) : '1', last);
    return page;
  }
  uint32_t most = listing->page < limit ? listing->page : limit;
  page.keys = ARENA_ARRAY(&sim->arena, const struct sim_key *, most);
  page.values = ARENA_ARRAY(&sim->arena, const struct sim_value *, most);
  for (size_t i = find(&sim->kv, space, last.len ? last : prefix); i < sim->kv.count; i++) {
    const struct sim_key *key = sim->kv.keys[i];
    if (key->space != space || !span_starts(key->name, prefix))
      break;
    const struct sim_value *value = value_at(key, listing->as_of);
    if (!value || (last.len && span_eq(key->name, last)))
      continue;
    if (page.count == most) {
      page.cursor = cursor_after(sim, '0', page.keys[most - 1]->name);
      break;
    }
    page.keys[page.count] = key;
    page.values[page.count++] = value;
  }
  return page;
}
