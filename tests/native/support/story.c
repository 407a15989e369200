/* story.c: what tests save and read. */
#include "support/story.h"

#include "codec/date.h"

const char *story_date(struct world *world, int minute) {
  char text[DATE_TEXT_MAX];
  size_t len = date_format(((int64_t)WORLD_START + minute * 60) * 1000, text);
  return world_text(world, "'%.*s'", (int)len, text);
}

const char *story_thread_json(struct world *world, const char *id, const char *resource,
                              int minute) {
  const char *date = story_date(world, minute);
  return world_text(
      world,
      "{'id':'%s','resourceId':'%s','title':'Title of %s','metadata':{'n':%d},'createdAt':%s,"
      "'updatedAt':%s}",
      id, resource, id, minute, date, date);
}

void story_thread(struct world *world, const char *id, const char *resource, int minute) {
  world_do(world, TKV_OP_THREAD_SAVE, story_thread_json(world, id, resource, minute));
}

const char *story_message_json(struct world *world, const char *thread, const char *resource,
                               int number) {
  return world_text(world,
                    "{'id':'%s-%d','threadId':'%s','resourceId':'%s','role':'user',"
                    "'createdAt':%s,'content':{'format':2,'parts':[{'type':'text',"
                    "'text':'number %d'}],'metadata':{'n':%d}}}",
                    thread, number, thread, resource, story_date(world, number), number, number);
}

const char *story_messages_json(struct world *world, const char *thread, const char *resource,
                                int first, int last) {
  struct json_out out = json_out(&world->mem.arena, 1024);
  json_put_char(&out, '[');
  for (int number = first; number <= last; number++) {
    json_put(&out, number > first ? SPAN(",") : SPAN(""));
    json_put(&out, text_span(story_message_json(world, thread, resource, number)));
  }
  json_put_char(&out, ']');
  json_put_char(&out, 0);
  return out.ptr;
}

void story_messages(struct world *world, const char *thread, const char *resource, int first,
                    int last) {
  world_do(world, TKV_OP_MESSAGE_SAVE, story_messages_json(world, thread, resource, first, last));
}

struct span story_field(struct span object, const char *name) {
  struct json_field field = {text_span(name), SPAN_NONE};
  json_fields(object, &field, 1);
  return field.value;
}

struct span story_ids(struct world *world, struct span result) {
  struct span list = story_field(result, "messages"), id;
  struct json_out out = json_out(&world->mem.arena, 64);
  struct json_walk walk = json_walk(list.ptr ? list : story_field(result, "threads"));
  while (json_next(&walk)) {
    if (out.len)
      json_put_char(&out, ' ');
    if (CHECK(json_string(&world->mem.arena, story_field(walk.value, "id"), &id)))
      json_put(&out, id);
  }
  CHECK(!walk.bad);
  return json_out_span(&out);
}

struct span story_list(struct world *world, const char *thread) {
  const char *payload = world_text(world, "{'threadId':'%s'}", thread);
  struct answer answer = world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return story_ids(world, answer.text);
}

struct span story_newest(struct world *world, const char *thread, int count) {
  const char *control =
      world_text(world, "{'perPage':%d,'direction':'DESC','includeTotal':false}", count);
  const char *payload = world_text(world, "{'threadId':'%s'}", thread);
  struct answer answer = world_run(world, TKV_OP_MESSAGE_LIST, control, payload);
  CHECK_EQ(answer.status, TKV_DONE);
  return story_ids(world, answer.text);
}

void story_later(struct world *world, int seconds) {
  world->mem.now += (int64_t)seconds * 1000;
}

struct span story_run(struct world *world, const char *ids) {
  struct answer answer = world_run(world, TKV_OP_ROW_GET, "{'table':'workflow_snapshot'}",
                                   world_text(world, "[{%s}]", ids));
  CHECK_EQ(answer.status, TKV_DONE);
  struct json_walk walk = json_walk(answer.text);
  CHECK(json_next(&walk));
  return json_is_null(walk.value) ? SPAN("") : walk.value;
}

void story_shuffle(struct world *world, struct dice *dice, const uint32_t *calls,
                   enum tkv_status *statuses, uint32_t count) {
  uint32_t left = 0;
  for (uint32_t i = 0; i < count; i++)
    left += statuses[i] == TKV_PENDING;
  while (left) {
    uint32_t i = dice_next(dice, count);
    if (statuses[i] != TKV_PENDING)
      continue;
    statuses[i] = world_step(world, calls[i]);
    left -= statuses[i] != TKV_PENDING;
  }
  for (uint32_t i = 0; i < count; i++)
    CHECK_EQ(world_end(world, calls[i], statuses[i]).status, TKV_DONE);
}
