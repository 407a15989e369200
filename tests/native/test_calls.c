/* test_calls.c: core.h: handles, calls that go away, calls that interleave. */
#include "codec/limits.h"
#include "support/story.h"

#include <stdlib.h>

TEST(call_that_was_never_made_is_unknown) {
  static const uint32_t handles[] = {0, 1, 65536, 65537, UINT32_MAX};
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof handles / sizeof *handles; i++) {
    uint32_t call = handles[i];
    CHECK(tkv_call_input(world.core, call) == NULL);
    CHECK_EQ(tkv_call_begin(world.core, call, TKV_OP_STORE_INIT, 0, 0, 0), TKV_ERR_ABANDONED);
    CHECK(tkv_call_reply(world.core, call, 0, 10) == NULL);
    tkv_call_replied(world.core, call, 0, 200, 0, 0);
    CHECK_EQ(tkv_call_resume(world.core, call, world.mem.now), TKV_ERR_ABANDONED);
    CHECK(tkv_call_outcome(world.core, call) == NULL);
    tkv_call_end(world.core, call);
  }
  world_free(&world);
}

TEST(call_handles_go_stale) {
  struct world world;
  uint32_t first, second;
  world_init(&world);
  enum tkv_status status = world_begin(&world, TKV_OP_STORE_INIT, "", "", &first);
  CHECK_EQ(status, TKV_PENDING);
  tkv_call_end(world.core, first);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  world.mem.queue = NULL;
  world_begin(&world, TKV_OP_STORE_INIT, "", "", &second); /* in the first one's seat */
  CHECK(first != second);
  CHECK(tkv_call_reply(world.core, first, 0, 8) == NULL);
  CHECK_EQ(tkv_call_resume(world.core, first, world.mem.now), TKV_ERR_ABANDONED);
  tkv_call_end(world.core, first);
  CHECK_EQ(tkv_core_calls(world.core), 1);
  CHECK_EQ(world_step(&world, second), TKV_PENDING);
  tkv_call_end(world.core, second);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  world_free(&world);
}

TEST(call_may_begin_once_and_resume_only_while_it_waits) {
  struct world world;
  uint32_t call;
  world_init(&world);
  CHECK_EQ(world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &call), TKV_PENDING);
  CHECK_EQ(tkv_call_begin(world.core, call, TKV_OP_THREAD_GET, 0, 0, 0), TKV_ERR_ABANDONED);
  CHECK_EQ(world_step(&world, call), TKV_DONE);
  CHECK_EQ(tkv_call_resume(world.core, call, world.mem.now), TKV_ERR_ABANDONED);
  CHECK_EQ(world_end(&world, call, TKV_DONE).text.len, 0);
  CHECK_EQ(world_begin(&world, TKV_OP_COUNT, "", "", &call), TKV_ERR_ABANDONED);
  tkv_call_end(world.core, call);
  world_free(&world);
}

TEST(call_refuses_bad_control_and_payload) {
  struct world world;
  world_init(&world);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_INIT, "[]", "").status, TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_INIT, "{", "").status, TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world_run(&world, TKV_OP_STORE_INIT, "", "{'a':}").status, TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(world_run_span(&world, TKV_OP_STORE_INIT, SPAN(""), SPAN("{}\0")).status,
           TKV_ERR_INVALID_ARGUMENT);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  world_free(&world);
}

TEST(call_too_large_for_memory_is_no_call) {
  struct world world;
  world_init(&world);
  CHECK_EQ(tkv_call_new(world.core, SIZE_MAX, world.mem.now), 0);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  world_do(&world, TKV_OP_STORE_INIT, ""); /* the next one is served */
  world_free(&world);
}

TEST(calls_by_the_thousand_have_handles_of_their_own) {
  enum { MANY = 3000 };
  struct world world;
  uint32_t *calls = calloc(MANY, sizeof *calls);
  world_init(&world);
  for (size_t i = 0; i < MANY; i++) {
    calls[i] = tkv_call_new(world.core, sizeof world.store, world.mem.now);
    REQUIRE(calls[i] != 0);
    memset(tkv_call_input(world.core, calls[i]), (int)i, sizeof world.store);
  }
  for (size_t i = 0; i < MANY; i++)
    CHECK_EQ(*(uint8_t *)tkv_call_input(world.core, calls[i]), i % 256);
  for (size_t i = 0; i < MANY; i++)
    tkv_call_end(world.core, calls[i]);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  free(calls);
  world_free(&world);
}

/* A value over 25 MiB is refused before anything is written. */
TEST(call_refuses_a_value_over_25_mib) {
  enum { SIZE = 25 * 1024 * 1024 };
  struct world world;
  world_init(&world);
  story_thread(&world, "a", "u1", 0);
  size_t keys = world.mem.count;
  struct json_out out = json_out(&world.mem.arena, SIZE + 1024);
  json_put(&out, world_json(&world, "[{'id':'m','threadId':'a','resourceId':'u1','role':'user',"
                                    "'createdAt':'2026-01-01T00:00:00.000Z','content':'"));
  memset(out.ptr + out.len, 'x', SIZE);
  out.len += SIZE;
  json_put(&out, SPAN("\"}]"));
  struct answer answer = world_run_span(&world, TKV_OP_MESSAGE_SAVE, SPAN(""), json_out_span(&out));
  CHECK_EQ(answer.status, TKV_ERR_VALUE_TOO_LARGE);
  CHECK_JSON(story_field(answer.text, "code"), "'VALUE_TOO_LARGE'");
  CHECK_EQ(world.mem.count, keys);
  world_free(&world);
}

/* ---- Calls whose request went away ---- */

TEST(call_that_is_abandoned_is_reclaimed_by_later_ones) {
  enum { LEFT = 40 };
  struct world world;
  uint32_t left[LEFT], call;
  world_init(&world);
  for (int i = 0; i < LEFT; i++)
    CHECK_EQ(world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &left[i]), TKV_PENDING);
  CHECK_EQ(tkv_core_calls(world.core), LEFT);
  world.mem.queue = NULL; /* nobody answers any more */
  world.mem.now += CALL_SILENT_MS;
  world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}");
  CHECK_EQ(tkv_core_calls(world.core), LEFT); /* not a moment too soon */
  world.mem.now += 60 * 1000;
  world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'b'}", &call);
  CHECK_EQ(tkv_core_calls(world.core), 1);
  for (int i = 0; i < LEFT; i++)
    CHECK_EQ(tkv_call_resume(world.core, left[i], world.mem.now), TKV_ERR_ABANDONED);
  CHECK_EQ(world_step(&world, call), TKV_DONE);
  tkv_call_end(world.core, call);
  world_free(&world);
}

TEST(call_that_goes_on_is_not_reclaimed) {
  struct world world;
  uint32_t slow, other;
  world_init(&world);
  world_begin(&world, TKV_OP_STORE_INIT, "", "", &slow);
  for (int i = 0; i < 2; i++) {
    world.mem.now += CALL_SILENT_MS - 1000;
    CHECK_EQ(world_step(&world, slow), i ? TKV_DONE : TKV_PENDING);
    world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &other);
    tkv_call_end(world.core, other);
    world.mem.queue = i ? NULL : world.mem.queue;
  }
  CHECK(tkv_call_outcome(world.core, slow) != NULL);
  tkv_call_end(world.core, slow);
  world_free(&world);
}

enum { RETRY_AFTER_MS = 4 * CALL_SILENT_MS };

static void ask_to_wait(struct mem_reply *reply, void *self) {
  (void)self;
  reply->status = 429;
  reply->retry_after = RETRY_AFTER_MS;
  reply->used = 0;
}

/* A call that obeys the platform's Retry-After is silent because it was told to be. */
TEST(call_that_waits_as_long_as_it_was_asked_to_is_not_reclaimed) {
  struct world world;
  uint32_t patient, other;
  world_init(&world);
  world.mem.spoil = ask_to_wait;
  world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &patient);
  CHECK_EQ(world_step(&world, patient), TKV_PENDING); /* 429: now it waits */
  world.mem.now += RETRY_AFTER_MS;
  world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'b'}", &other);
  CHECK(tkv_call_outcome(world.core, patient) != NULL);
  tkv_call_end(world.core, other);
  world.mem.now += 2 * CALL_SILENT_MS;
  world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'b'}", &other);
  CHECK(tkv_call_outcome(world.core, patient) == NULL);
  tkv_call_end(world.core, other);
  world_free(&world);
}

/* When memory is short nobody waits a minute for it: who has been silent for so long that his turn
 * to write is gone goes first, the longest silent before the others. */
TEST(calls_that_are_silent_make_room_when_memory_is_short) {
  enum { LEFT = 40, SIZE = 1024 * 1024 };
  struct world world;
  uint32_t left[LEFT], more;
  world_init(&world);
  for (int i = 0; i < LEFT; i++) {
    left[i] = tkv_call_new(world.core, SIZE, world.mem.now++);
    REQUIRE(left[i]);
  }
  CHECK_EQ(tkv_core_calls(world.core), LEFT); /* nobody is silent: all stay, over the limit */
  world.mem.now += KV_FLIGHT_MAX_MS;
  more = tkv_call_new(world.core, SIZE, world.mem.now);
  CHECK(tkv_call_input(world.core, left[0]) == NULL);
  CHECK(tkv_call_input(world.core, left[LEFT - 1]) != NULL);
  CHECK(tkv_core_calls(world.core) * SIZE <= CALLS_BYTES_MAX);
  tkv_call_end(world.core, more);
  for (int i = 0; i < LEFT; i++)
    tkv_call_end(world.core, left[i]);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  world_free(&world);
}

/* A request that dies amid its writes: the writes may or may not have happened.  Others go on;
 * saving again heals. */
TEST(call_abandoned_at_any_round_blocks_nobody) {
  for (int rounds = 0; rounds < 4; rounds++) {
    struct world world;
    uint32_t call;
    world_init(&world);
    story_thread(&world, "a", "u1", 0);
    story_messages(&world, "a", "u1", 1, 2);
    check_context("abandoned after %d rounds", rounds);
    const char *messages = story_messages_json(&world, "a", "u1", 3, 4);
    enum tkv_status status = world_begin(&world, TKV_OP_MESSAGE_SAVE, "", messages, &call);
    for (int i = 0; i < rounds && status == TKV_PENDING; i++)
      status = world_step(&world, call);
    world.mem.queue = NULL;
    world_do(&world, TKV_OP_MESSAGE_SAVE, messages);
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3 a-4");
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "a"), "a-1 a-2 a-3 a-4");
    CHECK_TEXT(story_newest(&world, "a", 9), "a-4 a-3 a-2 a-1");
    world_free(&world);
  }
}

/* ---- Many calls at once ---- */

/* Runs |count| calls, answering whichever the dice pick, until all have ended. */
static void interleave(struct world *world, struct dice *dice, const uint32_t *calls,
                       enum tkv_status *statuses, size_t count) {
  size_t waiting = count;
  for (size_t i = 0; i < count; i++)
    waiting -= statuses[i] != TKV_PENDING;
  while (waiting) {
    size_t i = dice_next(dice, (uint32_t)count);
    if (statuses[i] != TKV_PENDING)
      continue;
    statuses[i] = world_step(world, calls[i]);
    world->mem.now += dice_next(dice, 30);
    waiting -= statuses[i] != TKV_PENDING;
  }
}

/* Twelve saves into three threads at once, in one isolate: nothing is lost, no two writes of one
 * key overlap. */
TEST(calls_in_random_order_lose_nothing) {
  enum { CALLS = 12, THREADS = 3 };
  for (uint64_t seed = 1; seed <= 60; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    static const char *const threads[] = {"a", "b", "c"};
    world_init(&world);
    check_context("seed %d", (int)seed);
    for (int i = 0; i < THREADS; i++)
      story_thread(&world, threads[i], "u1", i);
    for (int i = 0; i < CALLS; i++) {
      const char *payload = story_messages_json(&world, threads[i % THREADS], "u1", 10 + i, 10 + i);
      statuses[i] = world_begin(&world, TKV_OP_MESSAGE_SAVE, "", payload, &calls[i]);
    }
    interleave(&world, &dice, calls, statuses, CALLS);
    for (int i = 0; i < CALLS; i++)
      CHECK_EQ(world_end(&world, calls[i], statuses[i]).status, TKV_DONE);
    CHECK_EQ(tkv_core_calls(world.core), 0);
    world_restart(&world);
    CHECK_TEXT(story_list(&world, "a"), "a-10 a-13 a-16 a-19");
    CHECK_TEXT(story_newest(&world, "b", 9), "b-20 b-17 b-14 b-11");
    CHECK_TEXT(story_newest(&world, "c", 9), "c-21 c-18 c-15 c-12");
    world_free(&world);
  }
}

/* Everything at once: whatever the order, every call ends and none leaks. */
static const struct {
  enum tkv_op op;
  const char *control, *payload;
} mixed[] = {
    {TKV_OP_STORE_INIT, "", ""},
    {TKV_OP_THREAD_GET, "", "{'threadId':'a'}"},
    {TKV_OP_THREAD_UPDATE, "", "{'id':'a','title':'new'}"},
    {TKV_OP_THREAD_LIST, "", "{}"},
    {TKV_OP_THREAD_LIST, "", "{'resourceId':'u1'}"},
    {TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'a','newThreadId':'copy'}"},
    {TKV_OP_THREAD_DELETE, "", "{'threadId':'b'}"},
    {TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':['a','b']}"},
    {TKV_OP_MESSAGE_LIST_BY_RESOURCE, "", "{'resourceId':'u1'}"},
    {TKV_OP_MESSAGE_GET, "", "{'messageIds':['a-1','b-1']}"},
    {TKV_OP_MESSAGE_UPDATE, "", "[{'id':'a-1','role':'assistant'},{'id':'b-1','threadId':'a'}]"},
    {TKV_OP_MESSAGE_DELETE, "", "{'messageIds':['a-2','b-2']}"},
    {TKV_OP_RESOURCE_UPDATE, "", "{'resourceId':'u1','workingMemory':'w'}"},
    {TKV_OP_RESOURCE_UPDATE, "", "{'resourceId':'u1','metadata':{'a':1}}"},
    {TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}"},
    {TKV_OP_STORE_SWEEP, "", ""},
};

TEST(calls_of_all_kinds_interleave) {
  enum { CALLS = sizeof mixed / sizeof *mixed };
  for (uint64_t seed = 1; seed <= 100; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    world_init(&world);
    check_context("seed %d", (int)seed);
    story_thread(&world, "a", "u1", 0);
    story_thread(&world, "b", "u1", 1);
    story_messages(&world, "a", "u1", 1, 3);
    story_messages(&world, "b", "u1", 1, 3);
    for (size_t i = 0; i < CALLS; i++) {
      const char *control = mixed[i].control, *payload = mixed[i].payload;
      statuses[i] = world_begin(&world, mixed[i].op, control, payload, &calls[i]);
    }
    interleave(&world, &dice, calls, statuses, CALLS);
    for (size_t i = 0; i < CALLS; i++) {
      struct answer answer = world_end(&world, calls[i], statuses[i]);
      CHECK(answer.status == TKV_DONE ||
            answer.status == TKV_ERR_NOT_FOUND); /* thread b may be gone already */
      world_follow(&world, answer);
    }
    CHECK_EQ(tkv_core_calls(world.core), 0);
    world_restart(&world);
    CHECK_JSON(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'b'}"), "");
    CHECK(span_starts(story_list(&world, "a"), SPAN("a-1 ")));
    CHECK_JSON(story_field(world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}"), "title"),
               "'new'");
    struct span resource = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
    CHECK_JSON(story_field(resource, "workingMemory"), "'w'");
    CHECK_JSON(story_field(resource, "metadata"), "{'a':1}");
    world_free(&world);
  }
}
