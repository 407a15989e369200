/* test_hostile.c: answers that no KV should give: random bytes, cut and flipped ones, wrong
 * statuses.
 *
 * Nothing may crash, run on for ever or leak; what comes out is an answer or an error.
 */
#include "codec/limits.h"
#include "support/faults.h"

enum { ROUNDS_MAX = 60 };

static void start(struct world *world) {
  world_init(world);
  fault_stock(world);
  world_restart(world);
}

/* Every answer is made of random bytes, of small numbers, or has a random status. */
static void random_answer(struct mem_reply *reply, void *self) {
  static const uint32_t statuses[] = {200, 200, 200, 200, 404, 429, 500, 0, 301, 507, UINT32_MAX};
  struct dice *dice = self;
  static char bytes[256];
  reply->bytes = bytes;
  reply->used = dice_next(dice, 4) ? dice_next(dice, sizeof bytes) : 0;
  for (size_t i = 0; i < reply->used; i++)
    bytes[i] = (char)(i % 4 == 0            ? dice_next(dice, 40)
                      : dice_next(dice, 12) ? 0
                                            : dice_next(dice, 256));
  reply->status = statuses[dice_next(dice, sizeof statuses / sizeof *statuses)];
}

/* A true answer with a few bytes flipped, or cut off, or put together anew. */
static void damaged_answer(struct mem_reply *reply, void *self) {
  struct dice *dice = self;
  if (!reply->used || dice_next(dice, 3) == 0)
    return;
  switch (dice_next(dice, 4)) {
  case 0:
    reply->used = dice_next(dice, (uint32_t)reply->used);
    break;
  case 1: {
    size_t from = dice_next(dice, (uint32_t)reply->used),
           to = dice_next(dice, (uint32_t)reply->used);
    size_t len = reply->used - (from > to ? from : to);
    memmove(reply->bytes + to, reply->bytes + from, len);
    break;
  }
  default:
    for (uint32_t i = dice_next(dice, 4) + 1; i > 0; i--)
      reply->bytes[dice_next(dice, (uint32_t)reply->used)] ^= (char)(1 << dice_next(dice, 8));
  }
}

/* Runs a call for at most ROUNDS_MAX rounds: endless cursors make endless calls, and those are the
 * host's to end. */
static void run_bounded(struct world *world, const struct scenario *scenario) {
  uint32_t call;
  struct span value;
  enum tkv_status status =
      world_begin(world, scenario->op, scenario->control, scenario->payload, &call);
  for (int round = 0; status == TKV_PENDING && round < ROUNDS_MAX; round++)
    status = world_step(world, call);
  struct answer answer = world_end(world, call, status);
  if (status != TKV_PENDING)
    CHECK(status <= 0);
  if (status < 0)
    CHECK(json_value(answer.text, &value));
  world->mem.queue = NULL;
}

static void run_hostile(void (*spoil)(struct mem_reply *reply, void *self), uint64_t seeds) {
  for (uint64_t seed = 1; seed <= seeds; seed++) {
    struct dice dice = {seed};
    struct world world;
    start(&world);
    world.mem.spoil = spoil;
    world.mem.spoil_self = &dice;
    for (size_t i = 0; i < fault_scenario_count; i++) {
      check_context("seed %d, %s", (int)seed, fault_scenarios[i].name);
      run_bounded(&world, &fault_scenarios[i]);
    }
    CHECK_EQ(tkv_core_calls(world.core), 0);
    world.mem.refused = 0; /* what was read wrongly may be asked for wrongly */
    world_free(&world);
  }
}

TEST(hostile_random_answers) {
  run_hostile(random_answer, 150);
}

TEST(hostile_damaged_answers) {
  run_hostile(damaged_answer, 250);
}

/* ---- Answers that are wrong in one known way ---- */

static void say(struct mem_reply *reply, void *self) {
  const struct mem_reply *said = self;
  reply->status = said->status;
  reply->bytes = said->bytes;
  reply->used = said->used;
}

static struct answer run_told(enum tkv_op op, const char *payload, struct mem_reply said) {
  struct world world;
  world_init(&world);
  world.mem.spoil = say;
  world.mem.spoil_self = &said;
  struct answer answer = world_run(&world, op, "", payload);
  answer.text = answer.followup = SPAN_NONE; /* they end with the world */
  world_free(&world);
  return answer;
}

#define NUMBER(n) (char)(n), (char)((n) >> 8), (char)((n) >> 16), (char)((unsigned)(n) >> 24)

TEST(hostile_lengths) {
  static char empty[1], short_header[] = {NUMBER(1)}, beyond[] = {NUMBER(5), NUMBER(0), 'x'};
  static char huge[] = {NUMBER(0xfffffffe), NUMBER(0xfffffffe), 'x'},
              no_metadata[] = {NUMBER(1), NUMBER(9), 'x'};
  static const struct mem_reply said[] = {
      {.status = 200, .bytes = empty, .used = 0},
      {.status = 200, .bytes = short_header, .used = sizeof short_header},
      {.status = 200, .bytes = beyond, .used = sizeof beyond},
      {.status = 200, .bytes = huge, .used = sizeof huge},
      {.status = 200, .bytes = no_metadata, .used = sizeof no_metadata},
  };
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    check_context("answer %zu", i);
    CHECK_EQ(run_told(TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}", said[i]).status,
             TKV_ERR_KV_FAILED);
    CHECK_EQ(run_told(TKV_OP_THREAD_GET, "{'threadId':'a'}", said[i]).status, TKV_ERR_KV_FAILED);
    CHECK_EQ(run_told(TKV_OP_STORE_SWEEP, "", said[i]).status, TKV_ERR_KV_FAILED);
    CHECK_EQ(run_told(TKV_OP_THREAD_LIST, "{}", said[i]).status, TKV_ERR_KV_FAILED);
  }
}

/* A list that names keys outside what was asked for must not be believed: clearing would delete
 * them. */
TEST(hostile_lists_of_foreign_keys) {
  static char foreign[] = {NUMBER(1), NUMBER(-1), NUMBER(9), NUMBER(0), 't', 'h', 'r',
                           'e',       'a',        'd',       's',       ':', 'x'};
  static char too_short[] = {NUMBER(1), NUMBER(-1), NUMBER(1), NUMBER(0), 'x'};
  static const struct mem_reply said[] = {
      {.status = 200, .bytes = foreign, .used = sizeof foreign},
      {.status = 200, .bytes = too_short, .used = sizeof too_short}};
  for (size_t i = 0; i < 2; i++) {
    CHECK_EQ(run_told(TKV_OP_STORE_SWEEP, "", said[i]).status, TKV_ERR_KV_FAILED);
    CHECK_EQ(run_told(TKV_OP_MESSAGE_LIST, "{'threadId':'a'}", said[i]).status, TKV_ERR_KV_FAILED);
  }
  CHECK_EQ(run_told(TKV_OP_THREAD_LIST, "{}", said[1]).status, TKV_ERR_KV_FAILED);
}

TEST(hostile_answers_to_slots_that_were_not_asked) {
  struct world world;
  uint32_t call;
  world_init(&world);
  CHECK_EQ(world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &call), TKV_PENDING);
  CHECK(tkv_call_reply(world.core, call, 1, 100) == NULL);
  CHECK(tkv_call_reply(world.core, call, UINT32_MAX, 100) == NULL);
  tkv_call_replied(world.core, call, 1, 200, 100, 0);
  CHECK(tkv_call_reply(world.core, call, 0, 99) != NULL);
  tkv_call_replied(world.core, call, 0, 200, 100, 0); /* more than there was room for */
  CHECK_EQ(tkv_call_resume(world.core, call, world.mem.now),
           TKV_PENDING); /* it counts as no answer, and is asked again */
  tkv_call_end(world.core, call);
  world_free(&world);
}

TEST(hostile_answers_that_no_memory_can_hold) {
  struct world world;
  uint32_t call;
  world_init(&world);
  CHECK_EQ(world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &call), TKV_PENDING);
  CHECK(tkv_call_reply(world.core, call, 0, SIZE_MAX) == NULL);
  tkv_call_replied(world.core, call, 0, 200, SIZE_MAX, 0);
  CHECK_EQ(tkv_call_resume(world.core, call, world.mem.now), TKV_ERR_NO_MEMORY);
  tkv_call_end(world.core, call);
  world_free(&world);
}

TEST(hostile_resume_without_answers_counts_as_no_answer) {
  struct world world;
  uint32_t call;
  enum tkv_status status;
  world_init(&world);
  CHECK_EQ(status = world_begin(&world, TKV_OP_THREAD_GET, "", "{'threadId':'a'}", &call),
           TKV_PENDING);
  for (int i = 0; i < 20 && status == TKV_PENDING; i++)
    status = tkv_call_resume(world.core, call, world.mem.now += 1000);
  CHECK_EQ(world_end(&world, call, status).status, TKV_ERR_KV_FAILED);
  world_free(&world);
}

/* Answered twice: the last answer counts, or none, but no other one's bytes are read. */
TEST(hostile_answers_given_twice) {
  struct world world;
  uint32_t call;
  world_init(&world);
  CHECK_EQ(world_begin(&world, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}", &call), TKV_PENDING);
  for (int i = 0; i < 3; i++) {
    char *room = tkv_call_reply(world.core, call, 0, 4096);
    REQUIRE(room != NULL);
    memset(room, 0xff, 4096);
    tkv_call_replied(world.core, call, 0, 200, 8, 0);
    tkv_call_replied(world.core, call, 0, 200, 4096, 0);
  }
  enum tkv_status status = tkv_call_resume(world.core, call, world.mem.now);
  CHECK(status == TKV_DONE || status == TKV_PENDING);
  tkv_call_end(world.core, call);
  world_free(&world);
}

/* One that lists on for ever: an empty page, and a cursor to the next one. */
static void list_on(struct mem_reply *reply, void *self) {
  static const char page[] = {NUMBER(0), NUMBER(1), 'c'};
  (void)self;
  if (reply->request->kind != MEM_LIST)
    return;
  reply->used = sizeof page;
  reply->bytes = (char *)page;
}

TEST(hostile_lists_without_end) {
  static const struct {
    enum tkv_op op;
    const char *payload;
    enum tkv_status status;
  } calls[] = {
      {TKV_OP_THREAD_LIST, "{}", TKV_ERR_BUDGET},
      {TKV_OP_MESSAGE_LIST, "{'threadId':'a'}", TKV_ERR_BUDGET},
      {TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'resourceId':'u'}", TKV_ERR_BUDGET},
      {TKV_OP_THREAD_DELETE, "{'threadId':'a'}", TKV_ERR_BUDGET},
      /* These stop where their budget ends, to be called again. */
      {TKV_OP_STORE_SWEEP, "", TKV_DONE},
      {TKV_OP_STORE_CLEAR, "", TKV_DONE},
  };
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    struct world world;
    world_init(&world);
    story_thread(&world, "a", "u", 0);
    world.store.max_operations = 50;
    world.mem.spoil = list_on;
    world.mem.now += CHECK_MS; /* a thread made just now has no journal to be listed */
    world_faults(&world, (struct mem_fault){0});
    check_context("%s", calls[i].payload);
    CHECK_EQ(world_run(&world, calls[i].op, "", calls[i].payload).status, calls[i].status);
    CHECK(world.mem.requests <= 60);
    world_free(&world);
  }
}
