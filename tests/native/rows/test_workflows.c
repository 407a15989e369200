/* test_workflows.c: workflow.persist, get, delete, flush: what is written of a run, and when. */
#include "codec/limits.h"
#include "kv/memory.h"
#include "support/story.h"

#include <stdlib.h>

#define RUN "'runId':'r1','workflowName':'wf'"
#define FLUSH "{'table':4,'key':'workflow_snapshot:r1:wf'}"
#define SNAPSHOT(status) "{'status':'" status "','context':{},'runId':'r1'}"
#define STEP(status, step) "{'status':'" status "','context':{'step':" step "},'runId':'r1'}"

static struct answer persist(struct world *world, const char *run, const char *snapshot) {
  return world_run(world, TKV_OP_WORKFLOW_PERSIST, "",
                   world_text(world, "{%s,'snapshot':%s}", run, snapshot));
}

static struct span status_of(struct world *world, const char *run) {
  return story_field(story_field(story_run(world, run), "snapshot"), "status");
}

static const struct mem_key *stored(struct world *world) {
  return mem_find(&world->mem, 0, SPAN("workflow_snapshot:r1:wf"));
}

static struct span stored_status(struct world *world) {
  const struct mem_key *key = stored(world);
  return key ? story_field(story_field(key->value, "snapshot"), "status") : SPAN_NONE;
}

TEST(workflow_run_comes_back_byte_for_byte) {
  struct world world;
  const char *snapshot = "{'status':'success','context':{'n':1.0,'s':'\\u0041'},'x':[null]}";
  world_init(&world);
  CHECK_TEXT(story_run(&world, RUN), "");
  CHECK_EQ(persist(&world, RUN ",'resourceId':'u1'", snapshot).status, TKV_DONE);
  const char *run = world_text(&world,
                               "{'workflowName':'wf','runId':'r1','resourceId':'u1',"
                               "'createdAt':'2026-01-01T00:00:00.000Z',"
                               "'updatedAt':'2026-01-01T00:00:00.000Z','snapshot':%s}",
                               snapshot);
  for (int cold = 0; cold < 2; cold++) {
    CHECK_JSON(story_run(&world, RUN), run);
    CHECK_TEXT(story_run(&world, "'runId':'r1','workflowName':'other'"), "");
    world_restart(&world);
  }
  CHECK_JSON(stored(&world)->metadata,
             world_text(&world,
                        "{'v':1,'w':%lld,'c':{'workflowName':'wf','runId':'r1',"
                        "'status':'success','resourceId':'u1',"
                        "'createdAt':'2026-01-01T00:00:00.000Z',"
                        "'updatedAt':'2026-01-01T00:00:00.000Z'}}",
                        WORLD_START * 1000LL));
  world_free(&world);
}

TEST(workflow_run_keeps_created_at_and_resource_but_for_what_is_given) {
  struct world world;
  world_init(&world);
  persist(&world, RUN ",'resourceId':'u1'", SNAPSHOT("success"));
  for (int cold = 0; cold < 2; cold++) {
    story_later(&world, 60);
    if (cold)
      world_restart(&world);
    persist(&world, RUN, SNAPSHOT("failed"));
    CHECK_JSON(story_field(story_run(&world, RUN), "resourceId"), "'u1'");
    CHECK_JSON(story_field(story_run(&world, RUN), "createdAt"), "'2026-01-01T00:00:00.000Z'");
  }
  CHECK_JSON(story_field(story_run(&world, RUN), "updatedAt"), "'2026-01-01T00:02:00.000Z'");
  persist(&world,
          RUN ",'resourceId':'u2','createdAt':'2025-01-01T00:00:00.000Z',"
              "'updatedAt':'2025-01-02T00:00:00.000Z'",
          SNAPSHOT("failed"));
  CHECK_JSON(story_field(story_run(&world, RUN), "resourceId"), "'u2'");
  CHECK_JSON(story_field(story_run(&world, RUN), "createdAt"), "'2025-01-01T00:00:00.000Z'");
  CHECK_JSON(story_field(story_run(&world, RUN), "updatedAt"), "'2025-01-02T00:00:00.000Z'");
  world_free(&world);
}

/* ---- What is written, and when */

TEST(workflow_that_goes_through_costs_one_put) {
  struct world world;
  world_init(&world);
  story_run(&world, RUN); /* createRun */
  struct answer first = persist(&world, RUN, SNAPSHOT("pending"));
  for (int step = 0; step < 20; step++)
    CHECK_EQ(persist(&world, RUN, world_text(&world, STEP("running", "%d"), step)).followup.len, 0);
  CHECK_JSON(status_of(&world, RUN), "'running'");
  persist(&world, RUN, SNAPSHOT("success"));
  CHECK_JSON(stored_status(&world), "'success'");
  CHECK_EQ(world.mem.requests, 2); /* the get of createRun, and the put */
  CHECK_EQ(first.followup_op, TKV_OP_ROW_FLUSH);
  CHECK(!first.soon);
  CHECK_EQ(world_follow(&world, first), TKV_DONE);
  CHECK_EQ(world.mem.requests, 2);
  world_free(&world);
}

TEST(workflow_turn_of_an_agent_costs_two_gets_and_no_write) {
  static const char *const runs[] = {"'runId':'u-1','workflowName':'agentic-loop'",
                                     "'runId':'u-1','workflowName':'executionWorkflow'"};
  struct world world;
  world_init(&world);
  for (int i = 0; i < 2; i++) {
    CHECK_TEXT(story_run(&world, runs[i]), "");
    CHECK_EQ(persist(&world, runs[i], SNAPSHOT("pending")).followup.len, 0);
  }
  story_later(&world, 300); /* the model thinks */
  for (int i = 0; i < 2; i++)
    CHECK_JSON(status_of(&world, runs[i]), "'pending'");
  for (int i = 0; i < 2; i++)
    world_do(&world, TKV_OP_WORKFLOW_DELETE, world_text(&world, "{%s}", runs[i]));
  for (int i = 0; i < 2; i++)
    CHECK_TEXT(story_run(&world, runs[i]), "");
  CHECK_EQ(world.mem.requests, 2);
  CHECK_EQ(world.mem.count, 0);
  world_free(&world);
}

TEST(workflow_progress_is_written_a_second_later_the_newest_of_it) {
  struct world world;
  world_init(&world);
  struct answer first = persist(&world, RUN, SNAPSHOT("running"));
  persist(&world, RUN, STEP("running", "2"));
  CHECK(stored(&world) == NULL);
  int64_t before = world.mem.now;
  CHECK_EQ(world_follow(&world, first), TKV_DONE);
  CHECK(world.mem.now - before >= 1000 && world.mem.now - before < 1100);
  CHECK_TEXT(
      story_field(story_field(story_field(stored(&world)->value, "snapshot"), "context"), "step"),
      "2");
  CHECK_EQ(world.mem.requests, 2); /* what was there before; the put */
  struct answer next = persist(&world, RUN, STEP("running", "3"));
  CHECK_EQ(next.followup_op, TKV_OP_ROW_FLUSH); /* again in a second */
  CHECK(next.followup.len);
  world_free(&world);
}

TEST(workflow_flush_goes_on_while_there_is_progress) {
  struct world world;
  uint32_t call;
  world_init(&world);
  struct answer first = persist(&world, RUN, SNAPSHOT("running"));
  CHECK_EQ(world_begin(&world, TKV_OP_ROW_FLUSH, "", FLUSH, &call), TKV_PENDING);
  enum tkv_status status = world_step(&world, call); /* the second is over: the put is on its way */
  CHECK_EQ(persist(&world, RUN, STEP("running", "2")).followup.len, 0);
  while (status == TKV_PENDING)
    status = world_step(&world, call);
  CHECK_EQ(world_end(&world, call, status).status, TKV_DONE);
  CHECK_TEXT(
      story_field(story_field(story_field(stored(&world)->value, "snapshot"), "context"), "step"),
      "2");
  CHECK(first.followup.len);
  world_free(&world);
}

TEST(workflow_progress_outlives_other_own_writes) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("running"));
  story_later(&world, 14 * 60);
  CHECK_JSON(status_of(&world, RUN), "'running'");
  CHECK_EQ(world.mem.requests, 1);
  story_later(&world, 2 * 60);
  CHECK_TEXT(story_run(&world, RUN), "");
  world_free(&world);
}

TEST(workflow_flush_that_fails_keeps_what_is_held) {
  struct world world;
  world_init(&world);
  struct answer first = persist(&world, RUN, SNAPSHOT("running"));
  world_faults(&world, (struct mem_fault){1, SIZE_MAX, 503, false});
  CHECK_EQ(world_follow(&world, first), TKV_ERR_KV_FAILED);
  CHECK_JSON(status_of(&world, RUN), "'running'");
  struct answer next = persist(&world, RUN, SNAPSHOT("running"));
  CHECK(next.followup.len); /* somebody else is to try */
  world_faults(&world, (struct mem_fault){0});
  CHECK_EQ(world_follow(&world, next), TKV_DONE);
  CHECK_JSON(stored_status(&world), "'running'");
  world_free(&world);
}

TEST(workflow_flush_that_went_away_is_asked_for_again) {
  struct world world;
  world_init(&world);
  CHECK(persist(&world, RUN, SNAPSHOT("running")).followup.len);
  story_later(&world, 2);
  CHECK(!persist(&world, RUN, SNAPSHOT("running")).followup.len);
  story_later(&world, 20);
  CHECK(persist(&world, RUN, SNAPSHOT("running")).followup.len);
  world_free(&world);
}

/* What another isolate of the same place writes within the second before progress is written. */
static struct answer elsewhere(struct world *world, enum tkv_op op, const char *payload) {
  struct core *own = world->core;
  world->core = tkv_core_new(&world->mem);
  struct answer answer = world_run(world, op, "", payload);
  tkv_core_del(world->core);
  world->core = own;
  return answer;
}

TEST(workflow_progress_does_not_undo_what_another_isolate_has_written) {
  static const char *const before[] = {"", "suspended"};
  for (size_t i = 0; i < 2; i++) {
    struct world world;
    world_init(&world);
    if (*before[i])
      persist(&world, RUN, world_text(&world, "{'status':'%s'}", before[i]));
    story_later(&world, 5);
    struct answer first = persist(&world, RUN, SNAPSHOT("running"));
    world_follow(&world, first);
    struct answer held = persist(&world, RUN, STEP("running", "2"));
    story_later(&world, 1);
    elsewhere(&world, TKV_OP_WORKFLOW_STATE, "{" RUN ",'state':{'status':'canceled'}}");
    world_log(&world);
    CHECK_EQ(world_follow(&world, held), TKV_DONE);
    CHECK_EQ(world_logged(&world, " put "), 0);
    CHECK_JSON(stored_status(&world), "'canceled'");
    CHECK_JSON(status_of(&world, RUN), "'canceled'");
    CHECK_EQ(persist(&world, RUN, SNAPSHOT("success")).status, TKV_DONE);
    CHECK_JSON(stored_status(&world), "'success'"); /* whoever stores a result is not asked */
    world_free(&world);
  }
}

/* A read that was under way, of what another isolate wrote by a clock that runs ahead. */
TEST(workflow_progress_outweighs_an_answer_that_comes_late) {
  struct world world;
  uint32_t call;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  story_later(&world, 10);
  world.mem.now += 5000;
  elsewhere(&world, TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':" SNAPSHOT("waiting") "}");
  world.mem.now -= 5000;
  CHECK_EQ(
      world_begin(&world, TKV_OP_ROW_GET, "{'table':'workflow_snapshot'}", "[{" RUN "}]", &call),
      TKV_PENDING);
  persist(&world, RUN, SNAPSHOT("running"));
  struct json_walk walk = json_walk(world_end(&world, call, world_step(&world, call)).text);
  REQUIRE(json_next(&walk));
  CHECK_JSON(story_field(story_field(walk.value, "snapshot"), "status"), "'running'");
  CHECK_JSON(status_of(&world, RUN), "'running'");
  world_free(&world);
}

TEST(workflow_progress_does_not_bring_back_a_run_that_another_isolate_has_deleted) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  story_later(&world, 5);
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  elsewhere(&world, TKV_OP_WORKFLOW_DELETE, "{" RUN "}");
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_EQ(world.mem.count, 0);
  CHECK_TEXT(story_run(&world, RUN), "");
  world_free(&world);
}

/* The isolate has read the run as another one stored it, and goes on with it. */
TEST(workflow_progress_over_what_was_read_is_written) {
  struct world world;
  world_init(&world);
  elsewhere(&world, TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':" SNAPSHOT("suspended") "}");
  story_later(&world, 5);
  CHECK_JSON(status_of(&world, RUN), "'suspended'");
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_JSON(stored_status(&world), "'running'");
  world_free(&world);
}

TEST(workflow_progress_is_written_though_kv_does_not_say_what_it_has) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  story_later(&world, 5);
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  world_faults(&world, (struct mem_fault){1, 3, 503, false});
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_JSON(stored_status(&world), "'running'");
  world_free(&world);
}

TEST(workflow_that_stops_is_stored_before_the_call_ends) {
  static const char *const statuses[] = {"suspended", "waiting", "paused",   "success", "failed",
                                         "canceled",  "bailed",  "tripwire", "skipped"};
  static const char *const names[] = {"wf", "agentic-loop", "executionWorkflow"};
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
    for (size_t k = 0; k < 3; k++) {
      struct world world;
      world_init(&world);
      check_context("%s %s", names[k], statuses[i]);
      const char *run = world_text(&world, "'runId':'r1','workflowName':'%s'", names[k]);
      persist(&world, run, SNAPSHOT("running"));
      persist(&world, run, world_text(&world, SNAPSHOT("%s"), statuses[i]));
      world_restart(&world);
      CHECK_JSON(status_of(&world, run), world_text(&world, "'%s'", statuses[i]));
      world_free(&world);
    }
}

TEST(workflow_suspended_twice_in_a_moment_is_put_once) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  int64_t before = world.mem.now;
  persist(&world, RUN, SNAPSHOT("suspended"));
  CHECK_EQ(world.mem.requests, 2); /* a get and a put */
  CHECK_EQ(world.mem.now, before);
  persist(&world, RUN ",'resourceId':'u2'", SNAPSHOT("suspended")); /* not the same */
  CHECK_JSON(story_field(story_run(&world, RUN), "resourceId"), "'u2'");
  CHECK_EQ(world.mem.requests, 3);
  story_later(&world, 5);
  persist(&world, RUN, SNAPSHOT("suspended"));
  CHECK_EQ(world.mem.requests, 4); /* not the same moment */
  world_free(&world);
}

TEST(workflow_suspended_twice_at_once_is_put_once) {
  for (unsigned seed = 1; seed < 40; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[2];
    enum tkv_status statuses[2];
    world_init(&world);
    check_context("seed %u", seed);
    persist(&world, RUN, SNAPSHOT("running"));
    size_t before = world.mem.requests;
    for (int i = 0; i < 2; i++)
      statuses[i] = world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "",
                                "{" RUN ",'snapshot':" SNAPSHOT("suspended") "}", &calls[i]);
    story_shuffle(&world, &dice, calls, statuses, 2);
    CHECK_EQ(world.mem.requests, before + 1);
    world_restart(&world);
    CHECK_JSON(status_of(&world, RUN), "'suspended'");
    world_free(&world);
  }
}

/* The second relies on the first, which fails: then it has to do the work itself. */
TEST(workflow_suspended_twice_survives_the_failure_of_one) {
  for (size_t failing = 1; failing < 8; failing++) {
    struct world world;
    struct dice dice = {failing};
    uint32_t calls[2];
    enum tkv_status statuses[2];
    world_init(&world);
    check_context("%zu failures", failing);
    persist(&world, RUN, SNAPSHOT("running"));
    world_faults(&world, (struct mem_fault){1, failing, 503, false});
    for (int i = 0; i < 2; i++)
      statuses[i] = world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "",
                                "{" RUN ",'snapshot':" SNAPSHOT("suspended") "}", &calls[i]);
    bool done = false;
    for (int i = 0; i < 2; i++) {
      while (statuses[i] == TKV_PENDING)
        statuses[i] = world_step(&world, calls[i]);
      done |= world_end(&world, calls[i], statuses[i]).status == TKV_DONE;
    }
    CHECK(dice.state);
    CHECK_EQ(done, failing < 6);
    world_faults(&world, (struct mem_fault){0});
    if (done)
      CHECK_JSON(stored_status(&world), "'suspended'");
    world_free(&world);
  }
}

TEST(workflow_persists_that_nobody_awaits_end_with_the_last) {
  static const char *const statuses[] = {"running", "suspended", "running", "success"};
  enum { CALLS = 4 };
  for (unsigned seed = 1; seed < 300; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status outcomes[CALLS];
    world_init(&world);
    check_context("seed %u", seed);
    if (seed % 2)
      persist(&world, RUN, SNAPSHOT("pending"));
    for (unsigned i = 0; i < CALLS; i++)
      outcomes[i] = world_begin(&world, TKV_OP_WORKFLOW_PERSIST, "",
                                world_text(&world, "{%s,'snapshot':" SNAPSHOT("%s") "}", RUN,
                                           statuses[(i + seed / 2) % CALLS]),
                                &calls[i]);
    story_shuffle(&world, &dice, calls, outcomes, CALLS);
    const char *last = statuses[(CALLS - 1 + seed / 2) % CALLS];
    CHECK_JSON(status_of(&world, RUN), world_text(&world, "'%s'", last));
    world_do(&world, TKV_OP_ROW_FLUSH, FLUSH);
    CHECK_JSON(stored_status(&world), world_text(&world, "'%s'", last));
    world_free(&world);
  }
}

TEST(workflow_with_all_snapshots_holds_none) {
  struct world world;
  world_init(&world);
  const char *payload = "{" RUN ",'snapshot':" SNAPSHOT("running") "}";
  struct answer answer = world_run(&world, TKV_OP_WORKFLOW_PERSIST, "{'all':true}", payload);
  CHECK_EQ(answer.status, TKV_DONE);
  CHECK_EQ(answer.followup.len, 0);
  CHECK_JSON(stored_status(&world), "'running'");
  world_free(&world);
}

TEST(workflow_progress_too_large_to_hold_is_written_at_once) {
  struct world world;
  world_init(&world);
  char *text = malloc(MEMORY_VALUE_MAX + 1);
  memset(text, 'x', MEMORY_VALUE_MAX);
  text[MEMORY_VALUE_MAX] = 0;
  persist(&world, RUN, world_text(&world, "{'status':'running','context':{'s':'%s'}}", text));
  CHECK_JSON(stored_status(&world), "'running'");
  free(text);
  world_free(&world);
}

TEST(workflow_expires_with_its_age_though_it_was_held) {
  struct world world;
  world_init(&world);
  const char *payload = "{" RUN ",'snapshot':" SNAPSHOT("running") "}";
  struct answer held = world_run(&world, TKV_OP_WORKFLOW_PERSIST, "{'maxAge':3600000}", payload);
  world_follow(&world, held);
  CHECK_EQ(stored(&world)->expires, WORLD_START + 3600);
  world_free(&world);
}

/* ---- Deleting */

TEST(workflow_delete_removes_what_was_stored) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  world_do(&world, TKV_OP_WORKFLOW_DELETE, "{" RUN "}");
  CHECK_EQ(world.mem.count, 0);
  CHECK_TEXT(story_run(&world, RUN), "");
  world_do(&world, TKV_OP_WORKFLOW_DELETE, "{" RUN "}"); /* an unknown one is no error */
  world_free(&world);
}

/* It was stored elsewhere, or by this isolate long ago. */
TEST(workflow_delete_of_progress_over_a_stored_run_removes_both) {
  struct world world;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  world_restart(&world);
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  world_do(&world, TKV_OP_WORKFLOW_DELETE, "{" RUN "}");
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_EQ(world.mem.count, 0);
  CHECK_TEXT(story_run(&world, RUN), "");
  world_free(&world);
}

TEST(workflow_delete_while_a_flush_is_under_way_wins) {
  struct world world;
  uint32_t call;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("running"));
  CHECK_EQ(world_begin(&world, TKV_OP_ROW_FLUSH, "", FLUSH, &call), TKV_PENDING);
  enum tkv_status status = world_step(&world, call);
  uint32_t calls[2] = {call};
  enum tkv_status statuses[2] = {status};
  statuses[1] = world_begin(&world, TKV_OP_WORKFLOW_DELETE, "", "{" RUN "}", &calls[1]);
  struct dice dice = {5};
  story_shuffle(&world, &dice, calls, statuses, 2);
  CHECK_EQ(world.mem.count, 0);
  CHECK_TEXT(story_run(&world, RUN), "");
  world_free(&world);
}

/* Nobody knows whether KV has the deletion: so no progress may bring the run back, and what KV has
 * counts once this isolate has forgotten that it deleted the run. */
TEST(workflow_delete_that_went_away_has_dropped_the_progress) {
  struct world world;
  uint32_t call;
  world_init(&world);
  persist(&world, RUN, SNAPSHOT("suspended"));
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  CHECK_EQ(world_begin(&world, TKV_OP_WORKFLOW_DELETE, "", "{" RUN "}", &call), TKV_PENDING);
  world.mem.queue = NULL; /* it is never resumed */
  CHECK_TEXT(story_run(&world, RUN), "");
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_JSON(stored_status(&world), "'suspended'");
  story_later(&world, 180);
  CHECK_JSON(status_of(&world, RUN), "'suspended'");
  world_free(&world);
}

TEST(workflow_clear_forgets_what_is_held) {
  struct world world;
  world_init(&world);
  struct answer held = persist(&world, RUN, SNAPSHOT("running"));
  world_run(&world, TKV_OP_STORE_CLEAR, "{'table':'workflow_snapshot'}", "");
  CHECK_TEXT(story_run(&world, RUN), "");
  CHECK_EQ(world_follow(&world, held), TKV_DONE);
  CHECK_EQ(world.mem.count, 0);
  world_free(&world);
}

/* ---- Bad arguments, damaged records */

TEST(workflow_operations_refuse_bad_arguments_before_they_ask_kv) {
  static const struct {
    enum tkv_op op;
    const char *payload;
  } bad[] = {
      {TKV_OP_WORKFLOW_PERSIST, "[]"},
      {TKV_OP_WORKFLOW_PERSIST, "{'runId':'r1','snapshot':{}}"},
      {TKV_OP_WORKFLOW_PERSIST, "{'workflowName':'wf','snapshot':{}}"},
      {TKV_OP_WORKFLOW_PERSIST, "{" RUN "}"},
      {TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':5}"},
      {TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':{},'resourceId':5}"},
      {TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':{},'createdAt':'yesterday'}"},
      {TKV_OP_WORKFLOW_PERSIST, "{" RUN ",'snapshot':{},'updatedAt':5}"},
      {TKV_OP_WORKFLOW_DELETE, "{'runId':'r1','workflowName':''}"},
      {TKV_OP_WORKFLOW_STATE, "{" RUN "}"},
      {TKV_OP_WORKFLOW_STATE, "{'runId':'r1','state':{}}"},
      {TKV_OP_WORKFLOW_RESULTS, "{" RUN ",'stepId':5,'result':{}}"},
      {TKV_OP_WORKFLOW_RESULTS, "{" RUN ",'stepId':'a'}"},
      {TKV_OP_ROW_FLUSH, "{}"},
  };
  struct world world;
  world_init(&world);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    check_context("%s", bad[i].payload);
    CHECK_EQ(world_run(&world, bad[i].op, "", bad[i].payload).status, TKV_ERR_INVALID_ARGUMENT);
  }
  CHECK_EQ(world.mem.requests, 0);
  world_free(&world);
}

TEST(workflow_record_that_is_damaged_is_named_and_healed_by_persisting) {
  static const char *const values[] = {"'text'", "{'runId':'r2','workflowName':'wf'}", "{"};
  for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
    struct world world;
    world_init(&world);
    check_context("%s", values[i]);
    world_put(&world, "workflow_snapshot:r1:wf", values[i], "");
    struct answer answer =
        world_run(&world, TKV_OP_ROW_GET, "{'table':'workflow_snapshot'}", "[{" RUN "}]");
    CHECK_EQ(answer.status, TKV_ERR_CORRUPT);
    CHECK_JSON(story_field(story_field(answer.text, "details"), "key"),
               "'workflow_snapshot:r1:wf'");
    persist(&world, RUN, SNAPSHOT("success"));
    CHECK_JSON(status_of(&world, RUN), "'success'");
    world_free(&world);
  }
}
