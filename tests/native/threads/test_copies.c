/* test_copies.c: copies that do not come to be: nothing of them is seen, and a sweep removes the rest; and that
 * nothing is taken from those that do. */
#include "support/story.h"

enum { OVER = 16 * 60, MESSAGES = 4 }; /* seconds, until no copy can be under way any more */

static const char *const copy_of_a = "{'sourceThreadId':'a','newThreadId':'new'}";

static void start(struct world *world, bool hidden) {
  world_init(world);
  story_thread(world, "a", "u1", 0);
  story_messages(world, "a", "u1", 1, MESSAGES);
  story_later(world, 90);
  world->mem.hide_metadata = hidden;
  world_restart(world);
}

static size_t count_keys(const struct world *world, const char *prefix) {
  size_t count = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    count += span_starts(world->mem.keys[i].key, text_span(prefix));
  return count;
}

static struct span total(struct world *world, enum tkv_op op, const char *payload) {
  struct answer answer = world_run(world, op, "{'perPage':false}", payload);
  CHECK_EQ(answer.status, TKV_DONE);
  world_follow(world, answer); /* what is not to be seen must come into no head either */
  return story_field(answer.text, "total");
}

/* A copy is seen whole, or not at all. */
static void check_seen(struct world *world) {
  world_restart(world);
  bool there = world_do(world, TKV_OP_THREAD_GET, "{'threadId':'new'}").len;
  for (int times = 0; times < 2; times++) {
    CHECK_TEXT(total(world, TKV_OP_MESSAGE_LIST, "{'threadId':'new'}"), there ? "4" : "0");
    CHECK_TEXT(total(world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'u1'}"),
               there ? "8" : "4");
    CHECK_EQ(story_newest(world, "new", 9).len != 0, there);
    story_later(world, 70);
  }
}

static struct span verify(struct world *world, const char *finding) {
  struct answer answer = world_run(world, TKV_OP_VERIFY_RECORDS, "{'table':'messages'}", "{}");
  CHECK_EQ(answer.status, TKV_DONE);
  return story_field(answer.text, finding);
}

/* Nothing is left of a copy that did not come to be. */
static void check_swept(struct world *world) {
  story_later(world, OVER);
  world_restart(world);
  bool there = world_do(world, TKV_OP_THREAD_GET, "{'threadId':'new'}").len;
  CHECK_TEXT(verify(world, "orphans"), "[]");
  CHECK_TEXT(verify(world, "lost"), "[]");
  CHECK_TEXT(story_field(world_do(world, TKV_OP_STORE_SWEEP, ""), "pending"), "0");
  CHECK_EQ(count_keys(world, "messages:"), there ? 2 * MESSAGES : MESSAGES);
  CHECK_EQ(count_keys(world, "metadata:thread:new:"), there);
  CHECK_EQ(count_keys(world, "metadata:sweep:"), 0);
  check_seen(world);
}

static size_t requests_of_a_copy(void) {
  struct world world;
  start(&world, false);
  size_t before = world.mem.requests;
  world_do(&world, TKV_OP_THREAD_COPY, copy_of_a);
  size_t made = world.mem.requests - before;
  world_free(&world);
  return made;
}

TEST(copy_that_fails_is_not_seen_and_swept) {
  static const struct mem_fault kinds[] = {{0, SIZE_MAX, 503, false}, {0, SIZE_MAX, 503, true}};
  size_t requests = requests_of_a_copy();
  for (size_t n = 1; n <= requests; n++)
    for (size_t kind = 0; kind < 4; kind++) {
      struct world world;
      check_context("request %zu, kind %zu", n, kind);
      start(&world, kind / 2);
      struct mem_fault fault = kinds[kind % 2];
      fault.first = n;
      world_faults(&world, fault);
      world_run(&world, TKV_OP_THREAD_COPY, "", copy_of_a);
      world_faults(&world, (struct mem_fault){0});
      check_seen(&world);
      check_swept(&world);
      world_free(&world);
    }
}

TEST(copy_that_is_cancelled_is_not_seen_and_swept) {
  for (int steps = 0; steps < 12; steps++)
    for (int hidden = 0; hidden < 2; hidden++) {
      struct world world;
      uint32_t handle;
      check_context("%d steps, hidden %d", steps, hidden);
      start(&world, hidden);
      enum tkv_status status = world_begin(&world, TKV_OP_THREAD_COPY, "", copy_of_a, &handle);
      for (int i = 0; i < steps && status == TKV_PENDING; i++)
        status = world_step(&world, handle);
      if (status != TKV_PENDING)
        world_end(&world, handle, status);
      world.mem.queue = NULL;
      check_seen(&world);
      check_swept(&world);
      world_free(&world);
    }
}

/* The record alone is refused, and what was there stays: all else of the copy is stored. */
struct loss {
  struct mem *mem;
  struct mem_key before; /* without `key`: nothing was there */
};

static void lose_thread(struct mem_reply *reply, void *self) {
  const struct loss *loss = self;
  if (reply->request->kind != MEM_PUT || !span_eq(reply->request->keys[0], SPAN("threads:new")))
    return;
  if (loss->before.key.ptr)
    mem_put(loss->mem, 0, loss->before.key, loss->before.value, loss->before.metadata);
  else
    mem_delete(loss->mem, 0, SPAN("threads:new"));
  reply->status = 503;
}

static void fail_a_copy(struct world *world) {
  const struct mem_key *before = mem_find(&world->mem, 0, SPAN("threads:new"));
  struct loss loss = {.mem = &world->mem};
  if (before)
    loss.before = *before;
  world->mem.spoil = lose_thread;
  world->mem.spoil_self = &loss;
  size_t messages = count_keys(world, "messages:");
  CHECK_EQ(world_run(world, TKV_OP_THREAD_COPY, "", copy_of_a).status, TKV_ERR_KV_FAILED);
  world->mem.spoil = NULL;
  CHECK_EQ(count_keys(world, "messages:"), messages + MESSAGES);
}

/* What failed is swept, though the thread is there now; what was copied then stays. */
TEST(copy_that_is_tried_again_leaves_what_it_has_made) {
  for (int hidden = 0; hidden < 2; hidden++)
    for (int restart = 0; restart < 2; restart++) {
      struct world world;
      check_context("hidden %d, restart %d", hidden, restart);
      start(&world, hidden);
      fail_a_copy(&world);
      story_later(&world, 20);
      if (restart)
        world_restart(&world);
      world_do(&world, TKV_OP_THREAD_COPY, copy_of_a);
      CHECK_EQ(count_keys(&world, "messages:"), 3 * MESSAGES);
      check_seen(&world);
      check_swept(&world);
      CHECK_EQ(count_keys(&world, "messages:"), 2 * MESSAGES);
      world_free(&world);
    }
}

/* A copy to the id of a thread that was deleted, and not wholly swept, hides nothing of that from the sweep. */
TEST(copy_to_a_deleted_thread_leaves_its_deletion_to_the_sweep) {
  for (int fails = 0; fails < 2; fails++)
    for (int hidden = 0; hidden < 2; hidden++) {
      struct world world;
      check_context("fails %d, hidden %d", fails, hidden);
      start(&world, hidden);
      story_thread(&world, "new", "u1", 0);
      story_messages(&world, "new", "u1", 1, 30);
      world.store.max_operations = 30;
      world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'new'}");
      world.store.max_operations = 900;
      CHECK(count_keys(&world, "messages:new-") > 0);
      story_later(&world, 5);
      if (fails)
        fail_a_copy(&world);
      else
        world_do(&world, TKV_OP_THREAD_COPY, copy_of_a);
      check_seen(&world);
      check_swept(&world);
      CHECK_EQ(count_keys(&world, "messages:new-"), 0);
      world_free(&world);
    }
}

/* While it may still be under way a sweep lets it alone. */
TEST(sweep_does_not_touch_a_copy_that_is_under_way) {
  for (int steps = 0; steps < 12; steps++) {
    struct world world;
    uint32_t handle;
    check_context("%d steps", steps);
    start(&world, false);
    enum tkv_status status = world_begin(&world, TKV_OP_THREAD_COPY, "", copy_of_a, &handle);
    for (int i = 0; i < steps && status == TKV_PENDING; i++)
      status = world_step(&world, handle);
    struct core *own = world.core;
    struct mem_request *queue = world.mem.queue;
    world.mem.queue = NULL;
    world.core = tkv_core_new(&world.mem);
    world_do(&world, TKV_OP_STORE_SWEEP, "");
    tkv_core_del(world.core);
    world.core = own;
    world.mem.queue = queue;
    while (status == TKV_PENDING)
      status = world_step(&world, handle);
    CHECK_EQ(world_end(&world, handle, status).status, TKV_DONE);
    check_seen(&world);
    check_swept(&world);
    CHECK_EQ(count_keys(&world, "messages:"), 2 * MESSAGES);
    world_free(&world);
  }
}

/* By then a sweep may be at it. */
TEST(copy_that_takes_too_long_gives_up) {
  struct world world;
  uint32_t handle;
  start(&world, false);
  enum tkv_status status = world_begin(&world, TKV_OP_THREAD_COPY, "", copy_of_a, &handle);
  while (status == TKV_PENDING && !count_keys(&world, "metadata:sweep:new"))
    status = world_step(&world, handle);
  story_later(&world, 13 * 60);
  while (status == TKV_PENDING)
    status = world_step(&world, handle);
  CHECK_EQ(world_end(&world, handle, status).status, TKV_ERR_BUDGET);
  check_seen(&world);
  check_swept(&world);
  world_free(&world);
}

TEST(failed_copy_can_be_deleted) {
  struct world world;
  start(&world, false);
  fail_a_copy(&world);
  world_restart(&world);
  CHECK_JSON(world_do(&world, TKV_OP_THREAD_DELETE, "{'threadId':'new'}"),
             "{'deleted':4,'pending':false}");
  CHECK_EQ(count_keys(&world, "messages:"), MESSAGES);
  check_swept(&world);
  world_free(&world);
}

/* 0.1.0 left no marker. */
TEST(failed_copy_without_a_marker_is_left_over) {
  for (int hidden = 0; hidden < 2; hidden++) {
    struct world world;
    check_context("hidden %d", hidden);
    start(&world, hidden);
    fail_a_copy(&world);
    mem_delete(&world.mem, 0, SPAN("metadata:sweep:new"));
    check_seen(&world);
    story_later(&world, OVER);
    world_restart(&world);
    CHECK_TEXT(verify(&world, "orphans"), "[]");
    int leftovers = 0;
    for (struct json_walk walk = json_walk(verify(&world, "leftovers")); json_next(&walk);)
      leftovers++;
    CHECK_EQ(leftovers, MESSAGES);
    world_free(&world);
  }
}

static bool is_writing_thread(const struct world *world) {
  for (const struct mem_request *request = world->mem.queue; request; request = request->next)
    if (request->kind == MEM_PUT && span_eq(request->keys[0], SPAN("threads:new")))
      return true;
  return false;
}

/* What its isolate is about to write may yet fail: it makes no thread, in no head and for no sweep. */
TEST(copy_counts_once_its_thread_is_stored) {
  struct world world;
  uint32_t handle;
  start(&world, false);
  enum tkv_status status = world_begin(&world, TKV_OP_THREAD_COPY, "", copy_of_a, &handle);
  while (status == TKV_PENDING && !is_writing_thread(&world))
    status = world_step(&world, handle);
  REQUIRE(status == TKV_PENDING);
  CHECK_TEXT(total(&world, TKV_OP_MESSAGE_LIST, "{'threadId':'new'}"), "0");
  CHECK_TEXT(total(&world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'u1'}"), "4");
  CHECK_TEXT(story_field(world_do(&world, TKV_OP_STORE_SWEEP, ""), "pending"), "1");
  world_faults(&world, (struct mem_fault){1, SIZE_MAX, 503, false});
  while (status == TKV_PENDING)
    status = world_step(&world, handle);
  CHECK_EQ(world_end(&world, handle, status).status, TKV_ERR_KV_FAILED);
  world_faults(&world, (struct mem_fault){0});
  check_seen(&world);
  check_swept(&world);
  CHECK_EQ(count_keys(&world, "messages:"), MESSAGES);
  world_free(&world);
}
