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

static void put_member(struct json_out *out, struct span name, struct span value) {
  if (out->len > 1)
    json_put_char(out, ',');
  json_put(out, name);
  json_put_char(out, ':');
  json_put(out, value);
}

struct span json_merge(struct arena *arena, struct span old, struct span patch,
                       const struct span *deeper, size_t levels) {
  struct json_out out = json_out(arena, old.len + patch.len + 2);
  struct members given = members_of(arena, patch);
  json_put_char(&out, '{');
  for (struct json_walk walk = json_walk(old); json_next(&walk);) {
    struct member *member = find(&given, walk.name);
    struct span value = member ? member->value : walk.value;
    if (member)
      member->used = true;
    if (member && levels && json_name_is(walk.name, deeper[0]) && json_is_object(walk.value) &&
        json_is_object(value))
      value = json_merge(arena, walk.value, value, deeper + 1, levels - 1);
    put_member(&out, walk.name, value);
  }
  for (size_t i = 0; i < given.count; i++)
    if (!given.items[i].used)
      put_member(&out, given.items[i].name, given.items[i].value);
  json_put_char(&out, '}');
  return out.failed ? SPAN_NONE : json_out_span(&out);
}
