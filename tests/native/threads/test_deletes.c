/* test_deletes.c: messages that are deleted in one place and written back in another, which had not
 * seen it yet; and doubt, which makes up for it and then goes away by itself. */
#include "codec/limits.h"
#include "index/head_read.h"
#include "support/story.h"

enum { SETTLED = 6 * 60 }; /* seconds, until nothing may be written back any more */

static void start(struct world *world, int messages) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_messages(world, "a", "u1", 1, messages);
  story_later(world, SETTLED);
  world_restart(world);
}

/* What |key| holds, as another place still has it in its cache. */
static struct mem_key cached(struct world *world, const char *key) {
  return *mem_find(&world->mem, 0, text_span(key));
}

static void put_back(struct world *world, struct mem_key old) {
  mem_put(&world->mem, 0, old.key, old.value, old.metadata);
}

static void erase(struct world *world, const char *ids) {
  CHECK_EQ(
      world_run(world, TKV_OP_MESSAGE_DELETE, "", world_text(world, "{'messageIds':[%s]}", ids))
          .status,
      TKV_DONE);
}

/* Lists a thread as an agent does, in a new isolate, and does what this asks for. */
static bool use(struct world *world) {
  world_restart(world);
  struct answer answer =
      world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':9,'direction':'DESC','includeTotal':false}",
                "{'threadId':'a'}");
  CHECK_EQ(world_follow(world, answer), TKV_DONE);
  return answer.followup.len;
}

/* Uses a thread until minutes have passed since whatever came before. */
static void settle(struct world *world) {
  for (int times = 0; times < 3; times++) {
    story_later(world, SETTLED);
    use(world);
  }
  story_later(world, 10);
  world_restart(world);
}

static struct head head_of(struct world *world) {
  struct head head = {0};
  CHECK(head_read(&world->mem.arena, cached(world, "metadata:thread:a").value, &head));
  return head;
}

/* Whether the index names |word| anywhere. */
static bool is_named(struct world *world, const char *word) {
  for (size_t i = 0; i < world->mem.count; i++) {
    const struct mem_key *key = &world->mem.keys[i];
    if (span_starts(key->key, SPAN("metadata:thread:a")) &&
        strstr(world_text(world, "%.*s", (int)key->value.len, key->value.ptr), word))
      return true;
  }
  return false;
}

static struct span total(struct world *world) {
  return story_field(
      world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':1}", "{'threadId':'a'}").text, "total");
}

/* Both happened at once: that the message is back is as good as that it is gone.  But it is so for
 * whoever asks. */
TEST(deleted_message_that_another_place_updated_meanwhile_is_back_everywhere) {
  for (int head = 0; head < 2;
       head++) { /* the other place writes the head that it has cached, too */
    struct world world;
    check_context("head %d", head);
    start(&world, 3);
    struct mem_key old = cached(&world, "messages:a-2"),
                   old_head = cached(&world, "metadata:thread:a");
    erase(&world, "'a-2'");
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-3");
    story_later(&world, 26);
    put_back(&world, old);
    if (head)
      put_back(&world, old_head);
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
    CHECK_TEXT(total(&world), "3");
    settle(&world);
    CHECK_TEXT(story_newest(&world, "a", 9), "a-3 a-2 a-1");
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
    CHECK_TEXT(total(&world), "3");
    CHECK_EQ(head_of(&world).doubt.count, 0);
    world_free(&world);
  }
}

/* Another place has overwritten the head, so nothing tells that the message was deleted just now.
 * Who comes across what is left of it must not take it away at once. */
TEST(deleted_message_may_come_back_after_its_head_was_lost) {
  struct world world;
  start(&world, 3);
  struct mem_key old = cached(&world, "messages:a-2"), head = cached(&world, "metadata:thread:a");
  erase(&world, "'a-2'");
  put_back(&world, head);
  story_later(&world, 10);
  CHECK(use(&world));
  story_later(&world, 10);
  put_back(&world, old);
  settle(&world);
  CHECK_TEXT(story_newest(&world, "a", 9), "a-3 a-2 a-1");
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  world_free(&world);
}

TEST(deleted_messages_leave_nothing_behind) {
  struct world world;
  start(&world, 3);
  erase(&world, "'a-2','a-3'");
  CHECK_TEXT(total(&world), "1");
  CHECK(is_named(&world, "a-2"));
  settle(&world);
  CHECK(!is_named(&world, "a-2"));
  CHECK(!is_named(&world, "a-3"));
  CHECK_TEXT(story_list(&world, "a"), "a-1");
  erase(&world, "'a-1'");
  settle(&world);
  CHECK(!is_named(&world, "a-1"));
  size_t journal = 0;
  for (size_t i = 0; i < world.mem.count; i++)
    journal += span_starts(world.mem.keys[i].key, SPAN("metadata:thread:a:"));
  CHECK_EQ(journal, 0);
  world_free(&world);
}

TEST(deleted_messages_do_not_slow_the_newest_down) {
  struct world world;
  start(&world, 9);
  erase(&world, "'a-9','a-7','a-5'");
  world_restart(&world);
  world_log(&world);
  CHECK_TEXT(story_newest(&world, "a", 2), "a-8 a-6");
  CHECK_TEXT(
      json_out_span(&world.mem.log),
      "1 get metadata:thread:a\n"
      "2 get_many messages:a-9 | messages:a-8 | messages:a-7 | messages:a-6 | messages:a-5\n");
  world_free(&world);
}

/* Whether there is more behind a page does not count what was deleted. */
TEST(deleted_messages_are_no_further_page) {
  struct world world;
  start(&world, 3);
  erase(&world, "'a-1'");
  world_restart(&world);
  struct answer answer =
      world_run(&world, TKV_OP_MESSAGE_LIST,
                "{'perPage':2,'direction':'DESC','includeTotal':false}", "{'threadId':'a'}");
  CHECK_TEXT(story_ids(&world, answer.text), "a-3 a-2");
  CHECK_TEXT(story_field(answer.text, "hasMore"), "false");
  world_free(&world);
}

/* An update whose thread's journal does not name the message any more names it anew. */
TEST(deleted_message_that_only_an_old_head_names_is_named_by_an_update) {
  struct world world;
  start(&world, 3);
  struct mem_key old = cached(&world, "messages:a-2"), head = cached(&world, "metadata:thread:a");
  erase(&world, "'a-2'");
  settle(&world);
  CHECK(!is_named(&world, "a-2"));
  put_back(&world, old);
  put_back(&world, head);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-2','content':'new'}]");
  mem_delete(&world.mem, 0, SPAN("metadata:thread:a"));
  world_restart(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
  world_free(&world);
}

static void retime(struct world *world, int n, int minute) {
  struct answer answer =
      world_run(world, TKV_OP_MESSAGE_UPDATE, "",
                world_text(world, "[{'id':'a-%d','createdAt':%s}]", n, story_date(world, minute)));
  CHECK_EQ(answer.status, TKV_DONE);
}

TEST(doubt_lasts_as_long_as_what_made_it) {
  struct world world;
  start(&world, 3);
  retime(&world, 1, 20);
  story_later(&world, 2 * 60);
  retime(&world, 2, 21);
  CHECK_EQ(head_of(&world).doubt.count, 2);
  story_later(&world, 4 * 60);
  use(&world); /* its old entry goes */
  use(&world); /* and then its doubt; the second has still to wait */
  struct head head = head_of(&world);
  CHECK_EQ(head.doubt.count, 1);
  CHECK(head.doubt.count == 1 && span_eq(head.doubt.items[0].id, SPAN("a-2")));
  CHECK_TEXT(story_list(&world, "a"), "a-3 a-1 a-2");
  story_later(&world, 4 * 60);
  use(&world);
  use(&world);
  CHECK_EQ(head_of(&world).doubt.count, 0);
  CHECK_EQ(head_of(&world).entries.count, 3);
  CHECK(!use(&world));
  CHECK_TEXT(story_list(&world, "a"), "a-3 a-1 a-2");
  world_free(&world);
}

/* A message that still changes its place is not judged by what it says just now. */
TEST(doubt_lasts_while_a_record_changes) {
  struct world world;
  start(&world, 2);
  struct mem_key old = cached(&world, "messages:a-1");
  story_thread(&world, "b", "u1", 1);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-1','threadId':'b'}]");
  story_later(&world, SETTLED);
  world_do(&world, TKV_OP_MESSAGE_UPDATE, "[{'id':'a-1','content':'new'}]");
  use(&world);
  put_back(&world, old);
  settle(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2");
  world_free(&world);
}

/* A message that was gone is saved anew elsewhere, and its record is not to be seen here yet. */
TEST(doubt_does_not_take_what_was_saved_since) {
  struct world world;
  start(&world, 2);
  retime(&world, 1, 20);
  story_later(&world, SETTLED);
  world_restart(&world);
  mem_delete(&world.mem, 0, SPAN("messages:a-1"));
  story_messages(&world, "a", "u1", 1, 1);
  struct mem_key new = cached(&world, "messages:a-1");
  mem_delete(&world.mem, 0, SPAN("messages:a-1"));
  use(&world);
  put_back(&world, new);
  settle(&world);
  CHECK_TEXT(story_list(&world, "a"), "a-1 a-2");
  CHECK_TEXT(story_newest(&world, "a", 9), "a-2 a-1");
  world_free(&world);
}

/* Who has not seen the head that says so asks again to put a message in doubt. */
TEST(doubt_counts_from_when_it_began) {
  struct world world;
  start(&world, 3);
  mem_delete(&world.mem, 0, SPAN("messages:a-2"));
  const char *wish = "{'collections':[{'kind':'thread','id':'a','gone':['a-2']}]}";
  world_do(&world, TKV_OP_COLLECTION_REFRESH, wish);
  REQUIRE(head_of(&world).doubt.count == 1);
  int64_t since = head_of(&world).doubt.items[0].time;
  story_later(&world, 4 * 60);
  world_restart(&world);
  world_do(&world, TKV_OP_COLLECTION_REFRESH, wish);
  REQUIRE(head_of(&world).doubt.count == 1);
  CHECK_EQ(head_of(&world).doubt.items[0].time, since);
  world_free(&world);
}

/* More than a head names singly: then all its members are in doubt, for a while. */
TEST(doubt_of_everything_ends) {
  struct world world;
  start(&world, HEAD_DOUBT_MAX + 50);
  const char *ids = "'a-1'";
  for (int n = 2; n <= HEAD_DOUBT_MAX + 10; n++)
    ids = world_text(&world, "%s,'a-%d'", ids, n);
  erase(&world, ids);
  struct head head = head_of(&world);
  CHECK_EQ(head.doubt.count, 1);
  CHECK(head.doubt.count == 1 && !head.doubt.items[0].id.len);
  world_restart(&world);
  CHECK_TEXT(total(&world), "40");
  settle(&world);
  CHECK_EQ(head_of(&world).doubt.count, 0);
  CHECK_EQ(head_of(&world).entries.count, 40);
  CHECK_TEXT(total(&world), "40");
  world_free(&world);
}

/* What was cut off the head is looked for in the journal. */
TEST(doubt_below_the_head_is_settled) {
  struct world world;
  start(&world, 520);
  erase(&world, "'a-3','a-4'");
  world_restart(&world);
  CHECK_TEXT(total(&world), "518");
  settle(&world);
  CHECK_EQ(head_of(&world).doubt.count, 0);
  CHECK(!is_named(&world, "\"a-3\""));
  CHECK_TEXT(total(&world), "518");
  world_free(&world);
}

/* An invocation may do so much and no more; what is left is done after the next read. */
TEST(doubt_is_settled_within_the_budget) {
  struct world world;
  start(&world, 1);
  for (int n = 2; n <= 60; n++)
    story_messages(&world, "a", "u1", n, n);
  for (int n = 2; n <= 60; n++)
    erase(&world, world_text(&world, "'a-%d'", n));
  world.store.max_operations = 50;
  for (int times = 0; times < 6; times++) {
    story_later(&world, SETTLED);
    size_t before = world.mem.requests;
    use(&world);
    CHECK(world.mem.requests - before <= 60);
  }
  CHECK_EQ(head_of(&world).doubt.count, 0);
  CHECK_EQ(head_of(&world).entries.count, 1);
  CHECK(!is_named(&world, "a-2"));
  world_free(&world);
}

/* A thread whose deletion another place had not seen when it gave it a title is there again, without
 * its messages: sweep puts it back among the threads of its resource. */
TEST(deleted_thread_that_another_place_updated_meanwhile_is_back_everywhere) {
  struct world world;
  start(&world, 3);
  struct mem_key old = cached(&world, "threads:a");
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  story_later(&world, 26);
  put_back(&world, old);
  for (int times = 0; times < 3; times++) {
    story_later(&world, 4 * 60);
    world_restart(&world);
    world_do(&world, TKV_OP_STORE_SWEEP, "");
  }
  world_restart(&world);
  const char *of_user = "{'resourceId':'u1'}";
  CHECK_TEXT(story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "", of_user).text), "a");
  CHECK_TEXT(story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "", "{}").text), "a");
  CHECK_TEXT(story_list(&world, "a"), "");
  world_free(&world);
}

/* A thread that was deleted and made anew elsewhere stays listed, though a sweep still sees its tombstone
 * in an old cache. */
TEST(thread_made_anew_elsewhere_outlives_a_sweep_that_sees_its_tombstone) {
  struct world world;
  start(&world, 1);
  world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}");
  struct mem_key tombstone = cached(&world, "threads:a");
  story_later(&world, 4 * 60);
  world_restart(&world);
  story_thread(&world, "a", "u1", 0);
  struct mem_key anew = cached(&world, "threads:a");
  put_back(&world, tombstone);
  story_later(&world, 20);
  world_restart(&world);
  world_do(&world, TKV_OP_STORE_SWEEP, "");
  put_back(&world, anew);
  world_restart(&world);
  const char *of_user = "{'resourceId':'u1'}";
  CHECK_TEXT(story_ids(&world, world_run(&world, TKV_OP_THREAD_LIST, "", of_user).text), "a");
  world_free(&world);
}

/* The tombstone does not come through, of all that a deletion writes. */
static void lose_tombstone(struct mem_reply *reply, void *self) {
  struct world *world = self;
  if (reply->request->kind != MEM_PUT || !span_eq(reply->request->keys[0], SPAN("threads:a")))
    return;
  put_back(world,
           (struct mem_key){.key = SPAN("threads:a"),
                            .value = world_json(world, story_thread_json(world, "a", "u1", 0))});
  reply->status = 503;
}

TEST(deletion_of_which_the_tombstone_fails_takes_nothing) {
  for (int hidden = 0; hidden < 2; hidden++) {
    struct world world;
    check_context("hidden %d", hidden);
    start(&world, 3);
    world.mem.hide_metadata = hidden;
    world.mem.spoil = lose_tombstone;
    world.mem.spoil_self = &world;
    CHECK_EQ(world_run(&world, TKV_OP_THREAD_DELETE, "", "{'threadId':'a'}").status,
             TKV_ERR_KV_FAILED);
    world.mem.spoil = NULL;
    for (int cold = 0; cold < 2; cold++) {
      CHECK(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}").len);
      CHECK_TEXT(story_newest(&world, "a", 9), "a-3 a-2 a-1");
      CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
      world_restart(&world);
    }
    story_later(&world, SETTLED);
    CHECK_JSON(world_do(&world, TKV_OP_STORE_SWEEP, ""), "{'deleted':0,'pending':0}");
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3");
    CHECK_JSON(world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'a'}"),
               "{'deleted':3,'pending':false}");
    world_free(&world);
  }
}
