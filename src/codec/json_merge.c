/* json_merge.c: one object laid over another, members copied as they are written. */
#include "codec/json.h"

struct member {
  struct span name, value;
  bool used;
};

struct members {
  struct member *items;
  size_t count;
};

static struct members members_of(struct arena *arena, struct span object) {
  struct members members = {0};
  for (struct json_walk walk = json_walk(object); json_next(&walk);)
    members.count++;
  members.items = ARENA_ARRAY(arena, struct member, members.count + 1);
  members.count = 0;
  for (struct json_walk walk = json_walk(object); json_next(&walk);)
    members.items[members.count++] = (struct member){walk.name, walk.value, false};
  return members;
}

static struct member *find(const struct members *members, struct span name) {
  for (size_t i = 0; i < members->count; i++)
    if (span_eq(members->items[i].name, name))
      return &members->items[i];
  return NULL;
}

static void put_name(struct json_out *out, struct span name, bool first) {
  if (!first)
    json_put_char(out, ',');
  json_put(out, name);
  json_put_char(out, ':');
}

/* Writes all levels to one place: what is large is copied once. */
static void merge(struct arena *arena, struct json_out *out, struct span old, struct span patch,
                  const struct span *deeper, size_t levels) {
  struct members given = members_of(arena, patch);
  bool first = true;
  json_put_char(out, '{');
  for (struct json_walk walk = json_walk(old); json_next(&walk); first = false) {
    struct member *member = find(&given, walk.name);
    struct span value = member ? member->value : walk.value;
    if (member)
      member->used = true;
    put_name(out, walk.name, first);
    if (member && levels && json_name_is(walk.name, deeper[0]) && json_is_object(walk.value) &&
        json_is_object(value))
      merge(arena, out, walk.value, value, deeper + 1, levels - 1);
    else
      json_put(out, value);
  }
  for (size_t i = 0; i < given.count; i++) {
    if (given.items[i].used)
      continue;
    put_name(out, given.items[i].name, first);
    json_put(out, given.items[i].value);
    first = false;
  }
  json_put_char(out, '}');
}

struct span json_merge(struct arena *arena, struct span old, struct span patch,
                       const struct span *deeper, size_t levels) {
  struct json_out out = json_out(arena, old.len + patch.len + 16);
  merge(arena, &out, old, patch, deeper, levels);
  return out.failed ? SPAN_NONE : json_out_span(&out);
}
