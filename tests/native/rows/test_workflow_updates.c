/* test_workflow_updates.c: workflow.update_state, workflow.update_results. */
#include "support/story.h"

#define RUN "'runId':'r1','workflowName':'wf'"
#define FLUSH "{'table':4,'key':'workflow_snapshot:r1:wf'}"

static void persist(struct world *world, const char *snapshot) {
  world_do(world, TKV_OP_WORKFLOW_PERSIST, world_text(world, "{" RUN ",'snapshot':%s}", snapshot));
}

static struct span snapshot_of(struct world *world) {
  return story_field(story_run(world, RUN), "snapshot");
}

static struct span update_state(struct world *world, const char *state, const char *more) {
  return world_do(world, TKV_OP_WORKFLOW_STATE,
                  world_text(world, "{" RUN ",'state':%s%s}", state, more));
}

static const char *result(struct world *world, const char *step, const char *value) {
  return world_text(world, "{" RUN ",'stepId':'%s','result':%s,'requestContext':{'%s':1}}", step,
                    value, step);
}

static struct span update_results(struct world *world, const char *step, const char *value) {
  return world_do(world, TKV_OP_WORKFLOW_RESULTS, result(world, step, value));
}

TEST(workflow_state_is_laid_over_the_snapshot) {
  struct world world;
  world_init(&world);
  persist(&world, "{'status':'running','n':1.0,'context':{'a':1}}");
  CHECK_JSON(update_state(&world, "{'status':'success','result':{'x':1e2}}", ""),
             "{'status':'success','n':1.0,'context':{'a':1},'result':{'x':1e2}}");
  world_restart(&world); /* a final state is stored */
  CHECK_JSON(snapshot_of(&world),
             "{'status':'success','n':1.0,'context':{'a':1},'result':{'x':1e2}}");
  world_free(&world);
}

TEST(workflow_state_changes_only_from_an_expected_one) {
  static const struct {
    const char *expected;
    bool changes;
  } cases[] = {{"", true},
               {",'expectedStatus':'suspended'", true},
               {",'expectedStatus':'running'", false},
               {",'expectedStatus':['paused','suspended']", true},
               {",'expectedStatus':['paused','running']", false},
               {",'expectedStatus':[]", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct world world;
    world_init(&world);
    check_context("%s", cases[i].expected);
    persist(&world, "{'status':'suspended','context':{}}");
    size_t before = world.mem.requests;
    struct span changed = update_state(&world, "{'status':'canceled'}", cases[i].expected);
    if (cases[i].changes) {
      CHECK_JSON(changed, "{'status':'canceled','context':{}}");
    } else {
      CHECK_TEXT(changed, "");
      CHECK_EQ(world.mem.requests, before);
    }
    CHECK_JSON(story_field(snapshot_of(&world), "status"),
               cases[i].changes ? "'canceled'" : "'suspended'");
    world_free(&world);
  }
}

TEST(workflow_updates_of_an_unknown_run_change_nothing) {
  struct world world;
  world_init(&world);
  CHECK_TEXT(update_state(&world, "{'status':'canceled'}", ""), "");
  CHECK_TEXT(update_results(&world, "a", "{}"), "{}");
  CHECK_EQ(world.mem.count, 0);
  world_free(&world);
}

TEST(workflow_run_without_a_snapshot_starts_with_an_empty_one) {
  struct world world;
  world_init(&world);
  world_put(&world, "workflow_snapshot:r1:wf", "{" RUN ",'snapshot':null}", "");
  CHECK_JSON(update_results(&world, "a", "{'status':'success'}"), "{'a':{'status':'success'}}");
  CHECK_JSON(snapshot_of(&world),
             world_text(&world,
                        "{'context':{'a':{'status':'success'}},'activePaths':[],"
                        "'activeStepsPath':{},'timestamp':%lld,'suspendedPaths':{},"
                        "'resumeLabels':{},'serializedStepGraph':[],'value':{},'waitingPaths':{},"
                        "'status':'pending','runId':'r1','requestContext':{'a':1}}",
                        WORLD_START * 1000LL));
  world_free(&world);
}

TEST(workflow_snapshot_that_was_stored_as_text_can_be_updated) {
  struct world world;
  world_init(&world);
  world_put(&world, "workflow_snapshot:r1:wf",
            "{" RUN ",'snapshot':'{\\'status\\':\\'running\\',\\'context\\':{}}'}", "");
  CHECK_JSON(update_state(&world, "{'status':'failed'}", ""), "{'status':'failed','context':{}}");
  world_put(&world, "workflow_snapshot:r2:wf",
            "{'runId':'r2','workflowName':'wf','snapshot':'no JSON'}", "");
  CHECK_EQ(
      world_run(&world, TKV_OP_WORKFLOW_STATE, "", "{'runId':'r2','workflowName':'wf','state':{}}")
          .status,
      TKV_ERR_CORRUPT);
  world_free(&world);
}

#define SUSPENDED "{'status':'suspended','suspendedAt':1}"
#define MARKER "{'__mastra_pending__':true}"

TEST(workflow_results_start_a_context_that_is_not_there) {
  static const struct {
    const char *snapshot;
    enum tkv_status status;
  } cases[] = {{"{'status':'running'}", TKV_DONE},
               {"{'status':'running','context':{}}", TKV_DONE},
               {"{'status':'running','context':[]}", TKV_ERR_CORRUPT}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct world world;
    world_init(&world);
    check_context("%s", cases[i].snapshot);
    world_put(&world, "workflow_snapshot:r1:wf",
              world_text(&world, "{" RUN ",'snapshot':%s}", cases[i].snapshot), "");
    struct answer answer = world_run(&world, TKV_OP_WORKFLOW_RESULTS, "",
                                     "{" RUN ",'stepId':'a','result':{'status':'success'}}");
    CHECK_EQ(answer.status, cases[i].status);
    if (cases[i].status == TKV_DONE)
      CHECK_JSON(answer.text, "{'a':{'status':'success'}}");
    world_free(&world);
  }
}

TEST(workflow_results_of_a_step_are_merged) {
  static const struct {
    const char *old, *given, *merged;
  } cases[] = {
      /* one takes the other's place */
      {"{'status':'running','a':1}", "{'status':'success'}", "{'status':'success'}"},
      {"{'output':5}", "{'output':[1]}", "{'output':[1]}"},
      {"{'output':[1]}", "{'output':5}", "{'output':5}"},
      {"{'output':[1]}", "null", "null"},
      {"5", "{'output':[1]}", "{'output':[1]}"},
      /* outputs of a foreach */
      {"{'a':1,'output':[1,null,3]}", "{'b':2,'output':[null,2]}",
       "{'a':1,'output':[1,2,3],'b':2}"},
      {"{'output':[1]}", "{'output':[null,null,7]}", "{'output':[1,null,7]}"},
      {"{'output':[]}", "{'output':[{'x':1}],'z':1}", "{'output':[{'x':1}],'z':1}"},
      /* a marker asks for an element anew, and what stands beside it is no news */
      {"{'s':1,'output':[" SUSPENDED ",2]}", "{'s':2,'output':[" MARKER ",9]}",
       "{'s':1,'output':[null,2]}"},
      {"{'output':[4," MARKER ",null]}", "{'output':[" MARKER "," MARKER "," MARKER "]}",
       "{'output':[4,null,null]}"},
      {"{'output':[]}", "{'output':[" MARKER ",6]}", "{'output':[null,null]}"},
      /* what only looks like a marker, or like something suspended */
      {"{'output':[1]}", "{'output':[{'__mastra_pending__':false}]}",
       "{'output':[{'__mastra_pending__':false}]}"},
      {"{'output':[1]}", "{'output':[{'__mastra_pending__':true,'x':1}]}",
       "{'output':[{'__mastra_pending__':true,'x':1}]}"},
      {"{'output':[{'status':'suspended'}]}", "{'output':[" MARKER "]}",
       "{'output':[{'status':'suspended'}]}"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct world world;
    world_init(&world);
    check_context("%s with %s", cases[i].old, cases[i].given);
    persist(&world,
            world_text(&world, "{'status':'running','context':{'s':%s,'t':1}}", cases[i].old));
    struct span context = update_results(&world, "s", cases[i].given);
    CHECK_JSON(context, world_text(&world, "{'s':%s,'t':1}", cases[i].merged));
    CHECK_SPAN(story_field(snapshot_of(&world), "context"), context);
    world_free(&world);
  }
}

TEST(workflow_results_keep_the_run_and_merge_the_request_context) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_WORKFLOW_PERSIST,
           "{" RUN ",'resourceId':'u1','snapshot':{'status':'suspended','context':{},"
           "'requestContext':{'x':1}}}");
  story_later(&world, 60);
  update_results(&world, "a", "{}");
  world_restart(&world);
  struct span run = story_run(&world, RUN);
  CHECK_JSON(story_field(run, "resourceId"), "'u1'");
  CHECK_JSON(story_field(run, "createdAt"), "'2026-01-01T00:00:00.000Z'");
  CHECK_JSON(story_field(run, "updatedAt"), "'2026-01-01T00:01:00.000Z'");
  CHECK_JSON(story_field(run, "snapshot"),
             "{'status':'suspended','context':{'a':{}},'requestContext':{'x':1,'a':1}}");
  world_free(&world);
}

/* Held, stored, or known to KV alone: of concurrent updates none is lost. */
TEST(workflow_updates_at_once_are_all_kept) {
  enum { CALLS = 5 };
  for (unsigned seed = 1; seed < 300; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    world_init(&world);
    check_context("seed %u", seed);
    persist(&world,
            seed % 2 ? "{'status':'running','context':{}}" : "{'status':'suspended','context':{}}");
    if (seed % 3 == 0 && seed % 2 == 0)
      world_restart(&world);
    for (int i = 0; i < CALLS; i++)
      statuses[i] =
          i < 3 ? world_begin(&world, TKV_OP_WORKFLOW_RESULTS, "",
                              result(&world, world_text(&world, "s%d", i), "{}"), &calls[i])
                : world_begin(&world, TKV_OP_WORKFLOW_STATE, "",
                              world_text(&world, "{" RUN ",'state':{'n%d':1}}", i), &calls[i]);
    story_shuffle(&world, &dice, calls, statuses, CALLS);
    world_do(&world, TKV_OP_ROW_FLUSH, FLUSH);
    world_restart(&world);
    struct span snapshot = snapshot_of(&world);
    for (int i = 0; i < 3; i++) {
      const char *name = world_text(&world, "s%d", i);
      CHECK_JSON(story_field(story_field(snapshot, "context"), name), "{}");
      CHECK_TEXT(story_field(story_field(snapshot, "requestContext"), name), "1");
    }
    CHECK_TEXT(story_field(snapshot, "n3"), "1");
    CHECK_TEXT(story_field(snapshot, "n4"), "1");
    world_free(&world);
  }
}

TEST(workflow_updates_at_once_of_a_large_run_are_all_kept) {
  enum { CALLS = 3, LARGE = 1024 * 1024 };
  for (unsigned seed = 1; seed < 10; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[CALLS];
    enum tkv_status statuses[CALLS];
    world_init(&world);
    char *pad = arena_alloc(&world.mem.arena, LARGE + 1);
    memset(pad, 'x', LARGE);
    pad[LARGE] = '\0';
    persist(&world, world_text(&world, "{'status':'suspended','context':{'pad':'%s'}}", pad));
    for (int i = 0; i < CALLS; i++)
      statuses[i] = world_begin(&world, TKV_OP_WORKFLOW_RESULTS, "",
                                result(&world, world_text(&world, "s%d", i), "{}"), &calls[i]);
    story_shuffle(&world, &dice, calls, statuses, CALLS);
    world_restart(&world);
    struct span context = story_field(snapshot_of(&world), "context");
    for (int i = 0; i < CALLS; i++)
      CHECK_JSON(story_field(context, world_text(&world, "s%d", i)), "{}");
    world_free(&world);
  }
}

TEST(workflow_of_two_claims_one_is_refused) {
  for (unsigned seed = 1; seed < 40; seed++) {
    struct world world;
    struct dice dice = {seed};
    uint32_t calls[2];
    enum tkv_status statuses[2];
    world_init(&world);
    persist(&world, "{'status':'suspended','context':{}}");
    world_restart(&world);
    for (int i = 0; i < 2; i++)
      statuses[i] = world_begin(
          &world, TKV_OP_WORKFLOW_STATE, "",
          "{" RUN ",'state':{'status':'running'},'expectedStatus':'suspended'}", &calls[i]);
    int claims = 0;
    for (int left = 2; left;) {
      uint32_t i = dice_next(&dice, 2);
      if (statuses[i] != TKV_PENDING)
        continue;
      statuses[i] = world_step(&world, calls[i]);
      left -= statuses[i] != TKV_PENDING;
    }
    for (int i = 0; i < 2; i++)
      claims += world_end(&world, calls[i], statuses[i]).text.len != 0;
    check_context("seed %u", seed);
    CHECK_EQ(claims, 1);
    world_free(&world);
  }
}
