/* test_verify.c: verify.records and verify.collection: what they find in a damaged store, and that
 * nothing is left to find once it was mended.  The mending that takes several calls is done here as
 * bindings/cli/commands/verify.js does it. */
#include "index/entry.h"
#include "support/story.h"

enum { THREADS = 5, LATER = 600 };

/* What a look at the whole store found. */
struct findings {
  int damaged, lost, orphans, leftovers, heads, ghosts, journals;
};

static struct span run(struct world *world, enum tkv_op op, const char *control,
                       const char *payload) {
  struct answer answer = world_run(world, op, control, payload);
  CHECK_EQ(answer.status, TKV_DONE);
  if (answer.status != TKV_DONE)
    check_fail(__FILE__, __LINE__, "%.*s", (int)answer.text.len, answer.text.ptr);
  world_follow(world, answer);
  return answer.text;
}

static const char *text_of(struct world *world, struct span span) {
  return world_text(world, "%.*s", (int)span.len, span.ptr);
}

static int count_of(struct span object, const char *name) {
  int count = 0;
  for (struct json_walk walk = json_walk(story_field(object, name)); json_next(&walk);)
    count++;
  return count;
}

/* Saves the records |ids| of |table| again, as they are. */
static void restore(struct world *world, const char *table, struct span ids) {
  const char *control = world_text(world, "{'table':'%s'}", table);
  struct span found =
      run(world, TKV_OP_RECORD_GET, control, world_text(world, "{'ids':%s}", text_of(world, ids)));
  for (struct json_walk walk = json_walk(story_field(found, "records")); json_next(&walk);) {
    struct json_walk pair = json_walk(walk.value);
    json_next(&pair);
    json_next(&pair);
    bool message = !strcmp(table, "messages");
    run(world, message ? TKV_OP_MESSAGE_SAVE : TKV_OP_THREAD_SAVE, "{'restore':true}",
        world_text(world, message ? "[%s]" : "%s", text_of(world, pair.value)));
  }
}

/* Makes the threads that orphans want. */
static void adopt(struct world *world, struct span orphans) {
  for (struct json_walk walk = json_walk(orphans); json_next(&walk);) {
    struct json_walk pair = json_walk(walk.value);
    json_next(&pair);
    struct span id = pair.value;
    json_next(&pair);
    run(world, TKV_OP_THREAD_SAVE, "{'restore':true}",
        world_text(world, "{'id':%s,'resourceId':'u0','createdAt':%s,'updatedAt':%s}",
                   text_of(world, pair.value), story_date(world, 0), story_date(world, 0)));
    restore(world, "messages", text_span(world_text(world, "[%s]", text_of(world, id))));
  }
}

static void look_at_records(struct world *world, const char *table, bool repair,
                            struct findings *findings) {
  const char *control = world_text(world, "{'table':'%s'}", table);
  struct span found = run(world, TKV_OP_VERIFY_RECORDS, control, "{'cursor':null}");
  CHECK(json_is_null(story_field(found, "cursor")));
  findings->damaged += count_of(found, "damaged");
  findings->lost += count_of(found, "lost");
  findings->orphans += count_of(found, "orphans");
  findings->leftovers += count_of(found, "leftovers");
  if (!repair)
    return;
  restore(world, table, story_field(found, "lost"));
  adopt(world, story_field(found, "orphans"));
}

static void look_at_collection(struct world *world, const char *kind, struct span id, bool repair,
                               struct findings *findings) {
  struct span found = run(world, TKV_OP_VERIFY_COLLECTION, "",
                          world_text(world, "{'kind':'%s','id':%s,'repair':%s}", kind,
                                     text_of(world, id), repair ? "true" : "false"));
  findings->heads += !span_eq(story_field(found, "head"), SPAN("\"good\""));
  findings->journals += count_of(found, "damaged");
  findings->ghosts += (int)(story_field(found, "ghosts").ptr[0] - '0');
  CHECK(json_is_null(story_field(found, "next")));
}

static void look_at_collections(struct world *world, const char *kind, bool repair,
                                struct findings *findings) {
  struct span found = run(world, TKV_OP_COLLECTION_SCAN, "",
                          world_text(world, "{'kind':'%s','cursor':null}", kind));
  struct span_set seen = {0};
  for (struct json_walk walk = json_walk(story_field(found, "collections")); json_next(&walk);) {
    struct json_walk part = json_walk(walk.value);
    json_next(&part);
    struct span id = part.value;
    json_next(&part);
    if (span_eq(part.value, SPAN("0")) && span_set_add(&world->mem.arena, &seen, id))
      look_at_collection(world, kind, id, repair, findings);
  }
}

static struct findings look(struct world *world, bool repair) {
  struct findings findings = {0};
  world_restart(world);
  look_at_records(world, "threads", repair, &findings);
  look_at_records(world, "messages", repair, &findings);
  look_at_collections(world, "thread", repair, &findings);
  look_at_collections(world, "resource", repair, &findings);
  return findings;
}

static void fill(struct world *world) {
  world_init(world);
  for (int t = 0; t < THREADS; t++) {
    const char *id = world_text(world, "t%d", t), *resource = world_text(world, "u%d", t % 2);
    story_thread(world, id, resource, t);
    story_messages(world, id, resource, 1, 3);
    story_messages(world, id, resource, 4, 4 + t);
  }
  story_later(world, LATER);
}

static void check_clean(struct world *world) {
  struct findings left = look(world, false);
  CHECK_EQ(left.damaged, 0);
  CHECK_EQ(left.lost, 0);
  CHECK_EQ(left.orphans, 0);
  CHECK_EQ(left.leftovers, 0);
  CHECK_EQ(left.heads, 0);
  CHECK_EQ(left.ghosts, 0);
  CHECK_EQ(left.journals, 0);
}

/* The nth key that begins with |prefix| and contains |word|. */
static struct mem_key *find(struct world *world, const char *prefix, const char *word, int nth) {
  for (size_t i = 0; i < world->mem.count; i++) {
    struct mem_key *key = &world->mem.keys[i];
    if (span_starts(key->key, text_span(prefix)) && strstr(text_of(world, key->key), word) &&
        !nth--)
      return key;
  }
  return NULL;
}

static void drop(struct world *world, const char *prefix, const char *word) {
  for (struct mem_key *key; (key = find(world, prefix, word, 0));)
    mem_delete(&world->mem, key->space, key->key);
}

TEST(a_whole_store_is_found_whole) {
  struct world world;
  fill(&world);
  check_clean(&world);
  world.mem.hide_metadata = true;
  check_clean(&world);
  world_free(&world);
}

TEST(lost_journals_are_found_and_written_anew) {
  struct world world;
  fill(&world);
  drop(&world, "metadata:thread:t1:", "");
  struct findings found = look(&world, true);
  CHECK_EQ(found.lost, 5);
  story_later(&world, LATER);
  check_clean(&world);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-2 t1-3 t1-4 t1-5");
  world_free(&world);
}

TEST(lost_and_lying_heads_are_found_and_filled) {
  static const char *const heads[] = {
      "", "{", "{'v':1,'w':1,'updatedAt':0,'bumpedAt':0,'checkedAt':9e15}",
      "{'v':1,'w':1767225600001,'updatedAt':0,'bumpedAt':0,'checkedAt':1767225600000,'since':0,"
      "'floor':null,'owners':['u1'],'journal':['7v00000000aaaaaaaa'],"
      "'entries':['nobody',1767225600000,0,0]}"};
  for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
    struct world world;
    check_context("head %zu", i);
    fill(&world);
    if (*heads[i])
      world_put(&world, "metadata:thread:t1", heads[i], "");
    else
      mem_delete(&world.mem, find(&world, "metadata:thread:t1", "", 0)->space,
                 SPAN("metadata:thread:t1"));
    struct findings found = look(&world, true);
    CHECK_EQ(found.heads, 1);
    CHECK_EQ(found.lost, 0);
    check_clean(&world);
    CHECK_TEXT(story_newest(&world, "t1", 9), "t1-5 t1-4 t1-3 t1-2 t1-1");
    world_free(&world);
  }
}

TEST(with_a_new_head_a_thread_is_as_old_as_its_newest_message) {
  struct world world;
  fill(&world);
  mem_delete(&world.mem, find(&world, "metadata:thread:t1", "", 0)->space,
             SPAN("metadata:thread:t1"));
  look(&world, true);
  world_restart(&world);
  struct span thread = run(&world, TKV_OP_THREAD_GET, "", "{'threadId':'t1'}");
  CHECK_JSON(story_field(thread, "updatedAt"), story_date(&world, 5));
  world_free(&world);
}

TEST(what_moved_away_is_no_ghost_for_minutes_and_then_goes_with_its_doubt) {
  struct world world;
  fill(&world);
  for (int n = 1; n <= 3; n++)
    run(&world, TKV_OP_MESSAGE_UPDATE, "",
        world_text(&world, "[{'id':'t1-%d','threadId':'t2'}]", n));
  run(&world, TKV_OP_MESSAGE_DELETE, "", "{'messageIds':['t3-1']}");
  check_clean(&world);
  story_later(&world, LATER);
  check_clean(&world);
  look(&world, true);
  look(&world, true);
  check_clean(&world);
  CHECK(!strstr(text_of(&world, find(&world, "metadata:thread:t1", "", 0)->value), "doubt"));
  CHECK_TEXT(story_list(&world, "t1"), "t1-4 t1-5");
  world_free(&world);
}

TEST(messages_without_a_thread_are_orphans_or_left_over) {
  struct world world;
  fill(&world);
  drop(&world, "threads:t1", "");
  run(&world, TKV_OP_THREAD_DELETE, "", "{'threadId':'t2'}");
  world_put(
      &world, "messages:late",
      "{'id':'late','threadId':'t2','resourceId':'u0','createdAt':'2026-01-01T00:00:00.000Z'}", "");
  story_later(&world, LATER);
  struct findings found = look(&world, true);
  CHECK_EQ(found.orphans, 5);
  CHECK_EQ(found.leftovers, 1);
  found = look(&world, false);
  CHECK_EQ(found.orphans, 0);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-2 t1-3 t1-4 t1-5");
  world_free(&world);
}

/* A sweep has not come to it yet; without metadata nothing else tells that it is no message of the thread
 * that lives again. */
TEST(messages_that_a_sweep_will_take_are_not_lost) {
  for (int hidden = 0; hidden < 2; hidden++) {
    struct world world;
    check_context("hidden %d", hidden);
    fill(&world);
    world.store.max_operations = 12;
    run(&world, TKV_OP_THREAD_DELETE, "", "{'threadId':'t2'}");
    world.store.max_operations = 900;
    story_later(&world, 5);
    story_thread(&world, "t2", "u0", 9);
    story_messages(&world, "t2", "u0", 9, 9);
    story_later(&world, LATER);
    world.mem.hide_metadata = hidden;
    struct findings found = look(&world, true);
    CHECK_EQ(found.lost, 0);
    CHECK_EQ(found.orphans, 0);
    CHECK(found.leftovers > 0);
    CHECK_TEXT(story_list(&world, "t2"), "t2-9");
    run(&world, TKV_OP_STORE_SWEEP, "", "");
    check_clean(&world);
    CHECK_TEXT(story_list(&world, "t2"), "t2-9");
    world_free(&world);
  }
}

TEST(damaged_records_are_named) {
  struct world world;
  fill(&world);
  world_put(&world, "messages:t1-1", "{'id':'t1-1'", "");
  world_put(&world, "messages:t1-2", "{'id':'other'}", "");
  world_put(&world, "threads:t3", "[]", "");
  struct findings found = look(&world, false);
  CHECK_EQ(found.damaged, 3);
  CHECK_EQ(found.orphans, 7);
  world_free(&world);
}

TEST(damaged_journal_entries_go_once_their_records_are_named_anew) {
  struct world world;
  fill(&world);
  struct mem_key *key = find(&world, "metadata:thread:t1:", "", 0);
  world_put(&world, text_of(&world, key->key), "{", "");
  struct findings found = look(&world, true);
  CHECK(found.lost > 0);
  CHECK_EQ(found.journals, 1);
  story_later(&world, LATER);
  check_clean(&world);
  CHECK_TEXT(story_list(&world, "t1"), "t1-1 t1-2 t1-3 t1-4 t1-5");
  world_free(&world);
}

TEST(what_is_young_is_not_judged) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t", "u", 1);
  story_messages(&world, "t", "u", 1, 2);
  drop(&world, "metadata:thread:t:", "");
  world_restart(&world);
  struct span found = run(&world, TKV_OP_VERIFY_RECORDS, "{'table':'messages'}", "{}");
  CHECK_TEXT(story_field(found, "young"), "2");
  CHECK_EQ(count_of(found, "lost"), 0);
  found = run(&world, TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':'t'}");
  CHECK_JSON(story_field(found, "head"), "'good'");
  world_free(&world);
}

TEST(a_large_collection_takes_several_calls) {
  struct world world;
  world_init(&world);
  story_thread(&world, "t", "u", 1);
  for (int first = 1; first < 3000; first += 300)
    story_messages(&world, "t", "u", first, first + 299);
  story_later(&world, LATER);
  world_restart(&world);
  struct span found = run(&world, TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':'t'}");
  CHECK_TEXT(story_field(found, "members"), "2500");
  found = run(&world, TKV_OP_VERIFY_COLLECTION, "",
              world_text(&world, "{'kind':'thread','id':'t','after':%s}",
                         text_of(&world, story_field(found, "next"))));
  CHECK_JSON(found, "{'head':'good','members':500,'ghosts':0,'damaged':[],'next':null}");
  world_free(&world);
}

/* One blow to a store: a key goes, or its value becomes something else. */
static void strike(struct world *world, struct dice *dice) {
  static const char *const targets[] = {
      "metadata:thread:", "metadata:resource:", "messages:", "threads:"};
  uint32_t kind = dice_next(dice, 10);
  const char *target = targets[kind < 5 ? 0 : kind < 7 ? 1 : kind < 9 ? 2 : 3];
  int count = 0;
  while (find(world, target, "", count))
    count++;
  if (!count)
    return;
  struct mem_key key = *find(world, target, "", (int)dice_next(dice, (uint32_t)count));
  struct mem_key other = *find(world, target, "", (int)dice_next(dice, (uint32_t)count));
  bool index = kind < 7;
  switch (dice_next(dice, index ? 4 : 1)) {
  case 1:
    mem_put(&world->mem, key.space, key.key, SPAN("{\"v\":1"), SPAN_NONE);
    return;
  case 2: /* the value of another key of the same kind */
    mem_put(&world->mem, key.space, key.key, other.value, other.metadata);
    return;
  case 3: /* metadata lost */
    mem_put(&world->mem, key.space, key.key, key.value, SPAN_NONE);
    return;
  default:
    mem_delete(&world->mem, key.space, key.key);
  }
}

/* Whether every message that is there is listed, and nothing else. */
static void check_lists(struct world *world) {
  size_t records = 0, listed = 0;
  for (size_t i = 0; i < world->mem.count; i++)
    records += span_starts(world->mem.keys[i].key, SPAN("messages:"));
  world_restart(world);
  for (int t = 0; t < THREADS; t++) {
    struct span exact = story_list(world, world_text(world, "t%d", t));
    size_t count = exact.len > 0;
    for (size_t i = 0; i < exact.len; i++)
      count += exact.ptr[i] == ' ';
    listed += count;
  }
  CHECK_EQ(listed, records);
}

TEST(a_store_that_was_struck_anywhere_is_mended) {
  for (uint64_t seed = 1; seed <= 300; seed++) {
    struct world world;
    struct dice dice = {seed * UINT64_C(0x9e3779b97f4a7c15)};
    check_context("seed %d", (int)seed);
    fill(&world);
    for (uint32_t blows = 1 + dice_next(&dice, 6); blows; blows--)
      strike(&world, &dice);
    for (int round = 0; round < 3; round++) {
      look(&world, true);
      story_later(&world, LATER);
    }
    check_clean(&world);
    check_lists(&world);
    world_free(&world);
    if (check_failures())
      return;
  }
}
