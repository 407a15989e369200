/* test_turns.c: kv.h: rounds, retries, reuse of reads, turns of writes; driven through operations
 * of one record. */
#include "support/story.h"

#define RESOURCE(memory)                                                                           \
  "{'id':'u1','workingMemory':'" memory                                                            \
  "','createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-01T00:00:00.000Z'}"

static struct span stored(const struct world *world) {
  const struct mem_key *key = mem_find((struct mem *)&world->mem, 0, SPAN("resources:u1"));
  return key ? story_field(key->value, "workingMemory") : SPAN_NONE;
}

static const struct {
  uint32_t status;
  const char *log;
  enum tkv_status ends;
} outages[] = {
    {429,
     "1 get resources:u1 -> 429\n2 wait 1000\n3 get resources:u1 -> 429\n4 wait 2001\n"
     "5 get resources:u1 -> 429\n6 wait 3003\n7 get resources:u1 -> 429\n8 wait 4005\n"
     "9 get resources:u1 -> 429\n",
     TKV_ERR_KV_FAILED},
    {503,
     "1 get resources:u1 -> 503\n2 wait 50\n3 get resources:u1 -> 503\n4 wait 100\n"
     "5 get resources:u1 -> 503\n",
     TKV_ERR_KV_FAILED},
    {0,
     "1 get resources:u1 -> 0\n2 wait 50\n3 get resources:u1 -> 0\n4 wait 100\n"
     "5 get resources:u1 -> 0\n",
     TKV_ERR_KV_FAILED},
    {408,
     "1 get resources:u1 -> 408\n2 wait 50\n3 get resources:u1 -> 408\n4 wait 100\n"
     "5 get resources:u1 -> 408\n",
     TKV_ERR_KV_FAILED},
    {400, "1 get resources:u1 -> 400\n", TKV_ERR_KV_FAILED}, /* trying again would not help */
    {403, "1 get resources:u1 -> 403\n", TKV_ERR_KV_FAILED},
};

TEST(kv_retries_by_status_and_then_names_the_request) {
  for (size_t i = 0; i < sizeof outages / sizeof *outages; i++) {
    struct world world;
    world_init(&world);
    world_log(&world);
    world_faults(&world, (struct mem_fault){1, SIZE_MAX, outages[i].status, false});
    struct answer answer = world_run(&world, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}");
    check_context("status %d", (int)outages[i].status);
    CHECK_EQ(answer.status, outages[i].ends);
    CHECK_TEXT(json_out_span(&world.mem.log), outages[i].log);
    struct span details = story_field(answer.text, "details");
    CHECK_JSON(story_field(details, "operation"), "'get'");
    CHECK_JSON(story_field(details, "key"), "'resources:u1'");
    CHECK_TEXT(story_field(details, "status"), world_text(&world, "%d", (int)outages[i].status));
    world_free(&world);
  }
}

TEST(kv_recovers_when_a_retry_succeeds) {
  static const uint32_t statuses[] = {429, 500, 503, 408, 0};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    struct world world;
    world_init(&world);
    world_faults(&world, (struct mem_fault){1, 2, statuses[i], false});
    world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("w"));
    CHECK_JSON(stored(&world), "'w'");
    CHECK_EQ(world.mem.requests, 3);
    world_free(&world);
  }
}

static void refuse_once(struct mem_reply *reply, void *self) {
  int *left = self;
  if (!(*left)--)
    return;
  reply->status = 429;
  reply->retry_after = 7000;
}

TEST(kv_waits_as_long_as_the_platform_asks) {
  struct world world;
  int left = 1;
  world_init(&world);
  world_log(&world);
  world.mem.spoil = refuse_once;
  world.mem.spoil_self = &left;
  world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_TEXT(json_out_span(&world.mem.log),
             "1 get resources:u1\n2 wait 7000\n3 get resources:u1\n");
  world_free(&world);
}

TEST(kv_waits_no_longer_than_the_store_has_patience) {
  struct world world;
  int left = 3;
  world_init(&world);
  world_log(&world);
  world.store.patience = 14000;
  world.mem.spoil = refuse_once;
  world.mem.spoil_self = &left;
  struct answer answer = world_run(&world, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}");
  CHECK_EQ(answer.status, TKV_ERR_KV_FAILED);
  CHECK_TEXT(json_out_span(&world.mem.log), "1 get resources:u1\n2 wait 7000\n3 get resources:u1\n"
                                            "4 wait 7000\n5 get resources:u1\n");
  world_free(&world);
}

TEST(kv_reuses_a_read_for_a_second) {
  struct world world;
  world_init(&world);
  world_put(&world, "resources:u1", RESOURCE("w"), "");
  for (int i = 0; i < 3; i++)
    world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_EQ(world.mem.requests, 1);
  story_later(&world, 2);
  world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_EQ(world.mem.requests, 2);
  world.store.strict = 1;
  world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_EQ(world.mem.requests, 3);
  world_free(&world);
}

TEST(kv_does_not_remember_what_stands_for_a_value) {
  struct world world;
  world_init(&world);
  world_put(&world, "resources:u1",
            "{'':'0','id':'u1','createdAt':'2026-01-01T00:00:00.000Z',"
            "'updatedAt':'2026-01-01T00:00:00.000Z'}",
            "");
  for (int i = 0; i < 3; i++)
    world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_EQ(world.mem.requests, 3);
  world_free(&world);
}

TEST(kv_own_write_outweighs_a_stale_read) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("old"));
  struct mem_key old = *mem_find(&world.mem, 0, SPAN("resources:u1"));
  story_later(&world, 5);
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("new"));
  mem_put(&world.mem, 0, SPAN("resources:u1"), old.value,
          old.metadata); /* what a stale cache says */
  story_later(&world, 30);
  struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'new'");
  world_restart(&world);
  seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'old'"); /* elsewhere nothing else is known */
  world_free(&world);
}

TEST(kv_newer_write_from_elsewhere_outweighs_an_own_one) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("mine"));
  const char *later = world_text(&world, "{'v':1,'w':%lld}", (long long)world.mem.now + 500);
  world_put(&world, "resources:u1", RESOURCE("theirs"), later);
  story_later(&world, 2);
  struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'theirs'");
  world_free(&world);
}

/* A place's cache is right after a minute.  However often an own value was read from it meanwhile, a
 * later value of an isolate whose clock is behind is then believed. */
TEST(kv_own_write_does_not_outweigh_for_ever) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("mine"));
  const char *behind = world_text(&world, "{'v':1,'w':%lld}", (long long)world.mem.now - 500);
  for (int i = 0; i < 3; i++) {
    story_later(&world, 40);
    struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
    CHECK_JSON(story_field(seen, "workingMemory"), "'mine'");
  }
  world_put(&world, "resources:u1", RESOURCE("theirs"), behind);
  story_later(&world, 2);
  struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'theirs'");
  world_free(&world);
}

/* While a write waits for its next try, what another isolate wrote before it is read, with a stamp of a
 * clock that is ahead. */
TEST(kv_own_write_shows_once_it_is_acknowledged_whatever_was_read_meanwhile) {
  struct world world;
  uint32_t call;
  world_init(&world);
  const char *ahead = world_text(&world, "{'v':1,'w':%lld}", (long long)world.mem.now + 5000);
  world_put(&world, "resources:u1", RESOURCE("theirs"), ahead);
  world_faults(&world, (struct mem_fault){1, 1, 429, false});
  world_begin(&world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("mine"), &call);
  enum tkv_status status = world_step(&world, call);
  story_later(&world, 2);
  struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'theirs'");
  while (status == TKV_PENDING)
    status = world_step(&world, call);
  CHECK_EQ(world_end(&world, call, status).status, TKV_DONE);
  seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'mine'");
  world_free(&world);
}

/* ---- Two calls write one key ---- */

struct pair {
  struct world world;
  uint32_t calls[2];
  enum tkv_status statuses[2];
};

static void begin_pair(struct pair *pair, enum tkv_op op, const char *first, const char *second) {
  const char *payloads[] = {first, second};
  for (int i = 0; i < 2; i++)
    pair->statuses[i] = world_begin(&pair->world, op, "", payloads[i], &pair->calls[i]);
}

/* Steps the calls in the order that the low 8 bits of |order| tell, then in turn to their ends. */
static void run_pair(struct pair *pair, unsigned order) {
  for (int step = 0; step < 60; step++) {
    int i = step < 8 ? order >> step & 1 : step & 1;
    i = pair->statuses[i] == TKV_PENDING ? i : !i;
    if (pair->statuses[i] == TKV_PENDING)
      pair->statuses[i] = world_step(&pair->world, pair->calls[i]);
  }
  for (int i = 0; i < 2; i++)
    CHECK_EQ(world_end(&pair->world, pair->calls[i], pair->statuses[i]).status, TKV_DONE);
}

TEST(kv_of_two_overwrites_the_later_call_wins) {
  for (unsigned order = 0; order < 64; order++) {
    struct pair pair;
    world_init(&pair.world);
    check_context("order %x", order);
    begin_pair(&pair, TKV_OP_RESOURCE_SAVE, RESOURCE("first"), RESOURCE("second"));
    run_pair(&pair, order);
    CHECK_JSON(stored(&pair.world), "'second'");
    world_free(&pair.world); /* which checks that no two writes of one key overlapped */
  }
}

/* A clock that is set back while a write is under way: who waits for it waits all the same. */
TEST(kv_writes_of_one_key_do_not_overlap_when_the_clock_goes_back) {
  static const int64_t back[] = {16, 254, 255, 260, 270, 1000, 3600 * 1000};
  for (size_t i = 0; i < sizeof back / sizeof *back; i++) {
    struct pair pair;
    world_init(&pair.world);
    check_context("%d ms", (int)back[i]);
    begin_pair(&pair, TKV_OP_RESOURCE_SAVE, RESOURCE("first"), RESOURCE("second"));
    pair.world.mem.now -= back[i];
    world_log(&pair.world);
    for (int step = 0; step < 3; step++)
      pair.statuses[1] = world_step(&pair.world, pair.calls[1]);
    CHECK_TEXT(json_out_span(&pair.world.mem.log), "1 wait 15\n2 wait 15\n3 wait 15\n");
    run_pair(&pair, 0);
    CHECK_JSON(stored(&pair.world), "'second'");
    world_free(&pair.world);
  }
}

#define THREAD(title)                                                                              \
  "{'id':'t1','resourceId':'u1','title':'" title                                                   \
  "','createdAt':'2026-01-01T00:00:00.000Z','updatedAt':'2026-01-01T00:00:00.000Z'}"

/* Here the later call may come to its write first: the earlier one then has nothing to write any
 * more. */
TEST(kv_of_two_overwrites_the_later_call_wins_whoever_writes_first) {
  for (unsigned order = 0; order < 256; order++) {
    struct pair pair;
    world_init(&pair.world);
    check_context("order %x", order);
    begin_pair(&pair, TKV_OP_THREAD_SAVE, THREAD("first"), THREAD("second"));
    run_pair(&pair, order);
    struct span thread = mem_find(&pair.world.mem, 0, SPAN("threads:t1"))->value;
    CHECK_JSON(story_field(thread, "title"), "'second'");
    world_free(&pair.world);
  }
}

TEST(kv_of_many_overwrites_the_last_call_wins_however_they_mix) {
  static const char *const titles[] = {"first", "second", "third", "last"};
  enum { CALLS = 4 };
  for (unsigned seed = 1; seed < 500; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    world_init(&world);
    check_context("seed %u", seed);
    for (int i = 0; i < CALLS; i++)
      statuses[i] = world_begin(&world, TKV_OP_THREAD_SAVE, "",
                                world_text(&world, THREAD("%s"), titles[i]), &calls[i]);
    story_shuffle(&world, &dice, calls, statuses, CALLS);
    struct span thread = mem_find(&world.mem, 0, SPAN("threads:t1"))->value;
    CHECK_JSON(story_field(thread, "title"), "'last'");
    world_free(&world);
  }
}

static enum tkv_status finish(struct world *world, uint32_t call, enum tkv_status status) {
  while (status == TKV_PENDING)
    status = world_step(world, call);
  return world_end(world, call, status).status;
}

#define RUN(token)                                                                                 \
  "{'runId':'r','workflowName':'wf','snapshot':{'status':'suspended','token':'" token "'}}"

/* The first of three calls comes to its write after the third has begun its own, which then fails. */
TEST(kv_of_three_overwrites_the_second_stays_when_the_third_fails) {
  struct world world;
  uint32_t first, second, third;
  world_init(&world);
  world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "", RUN("first"), &first);
  enum tkv_status status = world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "", RUN("second"), &second);
  CHECK_EQ(finish(&world, second, status), TKV_DONE);
  status = world_begin(&world, TKV_OP_WORKFLOW_DELETE, "", RUN("third"), &third);
  enum tkv_status early = world_step(&world, first);
  world_faults(&world, (struct mem_fault){1, 3, 503, false});
  CHECK_EQ(finish(&world, third, status), TKV_ERR_KV_FAILED);
  CHECK_EQ(finish(&world, first, early), TKV_DONE);
  struct span run = mem_find(&world.mem, 0, SPAN("workflow_snapshot:r:wf"))->value;
  CHECK_JSON(story_field(story_field(run, "snapshot"), "token"), "'second'");
  world_free(&world);
}

TEST(kv_of_two_overwrites_the_first_is_stored_when_the_second_failed_before_it_came) {
  struct world world;
  uint32_t first;
  world_init(&world);
  enum tkv_status status = world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "", RUN("first"), &first);
  world_faults(&world, (struct mem_fault){1, 3, 503, false});
  CHECK_EQ(world_run(&world, TKV_OP_WORKFLOW_DELETE, "", RUN("second")).status, TKV_ERR_KV_FAILED);
  CHECK_EQ(finish(&world, first, status), TKV_DONE);
  world_restart(&world);
  struct span run = story_run(&world, "'runId':'r','workflowName':'wf'");
  CHECK_JSON(story_field(story_field(run, "snapshot"), "token"), "'first'");
  world_free(&world);
}

TEST(kv_of_two_merges_nothing_is_lost) {
  for (unsigned order = 0; order < 256; order++) {
    struct pair pair;
    world_init(&pair.world);
    check_context("order %x", order);
    world_do(&pair.world, TKV_OP_RESOURCE_SAVE, RESOURCE("w"));
    story_later(&pair.world, 5);
    begin_pair(&pair, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','metadata':{'a':1}}",
               "{'resourceId':'u1','metadata':{'b':2}}");
    run_pair(&pair, order);
    struct span metadata =
        story_field(mem_find(&pair.world.mem, 0, SPAN("resources:u1"))->value, "metadata");
    CHECK_TEXT(story_field(metadata, "a"), "1");
    CHECK_TEXT(story_field(metadata, "b"), "2");
    world_free(&pair.world);
  }
}

TEST(kv_superseded_write_is_not_sent) {
  struct pair pair;
  world_init(&pair.world);
  world_log(&pair.world);
  begin_pair(&pair, TKV_OP_RESOURCE_SAVE, RESOURCE("one"), RESOURCE("two"));
  uint32_t third;
  enum tkv_status status =
      world_begin(&pair.world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("three"), &third);
  run_pair(&pair, 0);
  while (status == TKV_PENDING)
    status = world_step(&pair.world, third);
  CHECK_EQ(world_end(&pair.world, third, status).status, TKV_DONE);
  CHECK_EQ(world_logged(&pair.world, " put "), 2); /* the first, and the newest */
  CHECK_JSON(stored(&pair.world), "'three'");
  world_free(&pair.world);
}

/* The writer before us is slow, and its host says so. */
TEST(kv_turn_of_a_call_that_is_heard_of_lasts) {
  struct world world;
  uint32_t slow, next;
  world_init(&world);
  enum tkv_status status = world_begin(&world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("slow"), &slow);
  enum tkv_status waits = world_begin(&world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("next"), &next);
  for (int64_t start = world.mem.now; world.mem.now - start < 60 * 1000;) {
    tkv_call_touch(world.core, slow, world.mem.now);
    waits = world_step(&world, next);
    CHECK_EQ(waits, TKV_PENDING);
  }
  CHECK(stored(&world).ptr == NULL);
  while (status == TKV_PENDING)
    status = world_step(&world, slow);
  CHECK_EQ(world_end(&world, slow, status).status, TKV_DONE);
  tkv_call_touch(world.core, slow, world.mem.now); /* nothing more to say of it */
  while (waits == TKV_PENDING)
    waits = world_step(&world, next);
  CHECK_EQ(world_end(&world, next, waits).status, TKV_DONE);
  CHECK_JSON(stored(&world), "'next'");
  world_free(&world);
}

/* The writer before us is gone: after a while its turn is over. */
TEST(kv_turn_of_a_call_that_is_gone_ends) {
  struct world world;
  uint32_t gone;
  world_init(&world);
  world_log(&world);
  CHECK_EQ(world_begin(&world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("gone"), &gone), TKV_PENDING);
  world.mem.queue = NULL;
  int64_t before = world.mem.now;
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("mine"));
  CHECK(world.mem.now - before <= 16 * 1000);
  CHECK(world_logged(&world, " wait ") < 100); /* of a thousand that wait each looks seldom */
  CHECK_JSON(stored(&world), "'mine'");
  tkv_call_end(world.core, gone);
  world_free(&world);
}

TEST(kv_write_that_failed_is_not_believed) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_SAVE, RESOURCE("old"));
  world_faults(&world, (struct mem_fault){1, SIZE_MAX, 503, false});
  CHECK_EQ(world_run(&world, TKV_OP_RESOURCE_SAVE, "", RESOURCE("new")).status, TKV_ERR_KV_FAILED);
  world_faults(&world, (struct mem_fault){0});
  struct span seen = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
  CHECK_JSON(story_field(seen, "workingMemory"), "'old'");
  world_free(&world);
}

/* Of a round's answers one is asked for again; meanwhile another call changes what the others said. */
TEST(turns_merge_into_what_was_written_while_a_round_went_on) {
  struct world world;
  uint32_t call;
  world_init(&world);
  for (uint32_t table = 0; table < TABLE_COUNT; table++)
    world.store.spaces[table] = table;
  story_thread(&world, "a", "u", 0);
  story_later(&world, 5);
  world_faults(&world, (struct mem_fault){2, 1, 503, false});
  world_begin(&world, TKV_OP_THREAD_UPDATE, "", "{'id':'a','metadata':{'x':1}}", &call);
  enum tkv_status status = world_step(&world, call);
  world_do(&world, TKV_OP_THREAD_UPDATE, "{'id':'a','metadata':{'y':2}}");
  while (status == TKV_PENDING)
    status = world_step(&world, call);
  CHECK_EQ(world_end(&world, call, status).status, TKV_DONE);
  struct span thread = world_do(&world, TKV_OP_THREAD_GET, "{'threadId':'a'}");
  CHECK_JSON(story_field(thread, "metadata"), "{'n':0,'y':2,'x':1}");
  world_free(&world);
}
