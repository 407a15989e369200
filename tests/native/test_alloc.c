/* test_alloc.c: for every operation and every n: the n-th allocation fails, once or from then on
 * until the call has ended.
 *
 * The call succeeds all the same (what an isolate remembers is optional) or fails with NO_MEMORY;
 * nothing leaks, nothing stored is lost; repeated it succeeds, and the store is as if nothing had
 * happened.
 */
#include "support/alloc.h"
#include "support/faults.h"

/* Returns whether there was an n-th allocation. */
static bool fail_at(const struct variant *variant, const struct expected *expected, size_t n,
                    size_t count) {
  struct world world;
  fault_set_up(&world, variant);
  alloc_fail(n, count);
  struct answer answer = fault_run(&world, variant);
  bool failed = alloc_failed();
  alloc_fail(0, 0);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  CHECK(answer.status == TKV_DONE || (failed && answer.status == TKV_ERR_NO_MEMORY));
  fault_heal(&world, variant, expected, answer, n % 2);
  world_free(&world);
  return failed;
}

static void fail_everywhere(const struct variant *variant) {
  struct world keeper;
  world_init(&keeper);
  check_context("%s", variant->scenario->name);
  struct expected expected = fault_expect(&keeper, variant);
  int failures = check_failures();
  bool more = true;
  for (size_t n = 1; more && check_failures() < failures + 3; n++)
    for (int once = 0; once < 2; once++) {
      check_context("%s%s: allocation %zu fails%s", variant->scenario->name,
                    variant->cold ? ", cold" : "", n, once ? "" : ", and all after it");
      more = fail_at(variant, &expected, n, once ? 1 : SIZE_MAX);
    }
  world_free(&keeper);
}

TEST(alloc_failures_where_the_isolate_knows_what_it_wrote) {
  for (size_t i = 0; i < fault_scenario_count; i++)
    fail_everywhere(&(struct variant){.scenario = &fault_scenarios[i]});
}

TEST(alloc_failures_where_it_knows_nothing) {
  for (size_t i = 0; i < fault_scenario_count; i++)
    fail_everywhere(&(struct variant){.scenario = &fault_scenarios[i], .cold = true});
}

/* The same core goes on although memory runs out again and again, in whichever operation. */
TEST(alloc_failures_leave_the_core_usable) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_STORE_INIT, "");
  story_thread(&world, "a", "u1", 0);
  for (int number = 1; number <= 60; number++) {
    alloc_fail((size_t)number % 7 + 1, (size_t)number);
    struct answer answer = world_run(&world, TKV_OP_MESSAGE_SAVE, "",
                                     story_messages_json(&world, "a", "u1", number, number));
    alloc_fail(0, 0);
    CHECK(answer.status == TKV_DONE || answer.status == TKV_ERR_NO_MEMORY);
    if (answer.status != TKV_DONE)
      story_messages(&world, "a", "u1", number, number);
    CHECK_EQ(tkv_core_calls(world.core), 0);
  }
  struct answer all =
      world_run(&world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':'a'}");
  CHECK_TEXT(story_field(all.text, "total"), "60");
  world_free(&world);
}

/* What was noted as this isolate's own write, and then not sent for want of memory, is not shown. */
TEST(alloc_failures_show_no_write_that_was_not_made) {
  struct world world;
  world_init(&world);
  world_do(&world, TKV_OP_RESOURCE_UPDATE, "{'resourceId':'u1','workingMemory':'old'}");
  for (size_t n = 1; n < 40; n++) {
    story_later(&world, 5);
    alloc_fail(n, SIZE_MAX);
    struct answer answer =
        world_run(&world, TKV_OP_RESOURCE_UPDATE, "", "{'resourceId':'u1','workingMemory':'new'}");
    alloc_fail(0, 0);
    if (answer.status == TKV_DONE)
      break;
    struct span found = world_do(&world, TKV_OP_RESOURCE_GET, "{'resourceId':'u1'}");
    struct mem_key *stored = mem_find(&world.mem, 0, SPAN("resources:u1"));
    REQUIRE(stored != NULL);
    CHECK_SPAN(story_field(found, "workingMemory"), story_field(stored->value, "workingMemory"));
  }
  world_free(&world);
}

TEST(alloc_failure_of_a_core_is_no_core) {
  alloc_inside();
  alloc_fail(1, 1);
  CHECK(tkv_core_new(NULL) == NULL);
  alloc_fail(0, 0);
  alloc_outside();
}

TEST(alloc_failure_takes_the_reserve_and_gives_it_back) {
  struct arena_reserve reserve = {0};
  CHECK(arena_reserve_fill(&reserve) && arena_reserve_fill(&reserve));
  const struct arena_chunk *kept = reserve.chunk;
  struct arena arena = {.reserve = &reserve};
  alloc_inside();
  alloc_fail(1, SIZE_MAX);
  CHECK(arena_try(&arena, 8) == NULL); /* whoever can do without does not touch it */
  CHECK(!arena.failed);
  CHECK(arena_alloc(&arena, 1000) != NULL);
  CHECK(arena.failed && reserve.chunk == NULL);
  CHECK(arena_take(&arena, 1024 * 1024) == NULL);
  CHECK_EQ(arena_copy(&arena, (struct span){"x", 1024 * 1024}).len, 0);
  arena_free(&arena);
  CHECK(reserve.chunk == kept);
  alloc_fail(0, 0);
  alloc_outside();
  arena_reserve_free(&reserve);
}

/* A chunk as large as the one before is not to be had, a small one is. */
TEST(alloc_failure_of_a_large_chunk_is_made_up_for) {
  struct arena arena = {0};
  arena_alloc(&arena, 1000 * 1000);
  alloc_inside();
  alloc_fail(1, 1);
  CHECK(arena_try(&arena, 100 * 1000) != NULL);
  CHECK_EQ(alloc_count(), 2);
  alloc_fail(0, 0);
  alloc_outside();
  arena_free(&arena);
}
