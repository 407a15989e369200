/* test_faults.c: for every operation and every n: the n-th KV request fails, once or from then on.
 *
 * Then the call succeeds by retry or fails with KV_FAILED; while it has failed, everything stored
 * before is still found; repeating it heals; and afterwards the store, looked at from another
 * isolate, is as if nothing had happened.
 */
#include "support/faults.h"

static void stock(struct world *world) {
  world_do(world, TKV_OP_STORE_INIT, "");
  story_thread(world, "a", "u1", 0);
  story_thread(world, "b", "u1", 1);
  story_thread(world, "c", "u2", 2);
  story_messages(world, "a", "u1", 1, 3);
  story_messages(world, "a", "u1", 4, 5);
  story_messages(world, "b", "u1", 1, 3);
  story_messages(world, "c", "u2", 1, 1);
  world_do(world, TKV_OP_RESOURCE_UPDATE,
           "{'resourceId':'u1','workingMemory':'w','metadata':{'a':1}}");
}

static void stock_rows(struct world *world) {
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'background_tasks'}",
            "[{'id':'t1','status':'pending','createdAt':'2026-01-01T00:00:00.000Z'},"
            "{'id':'t2','status':'running','createdAt':'2026-01-01T00:01:00.000Z'},"
            "{'id':'t3','status':'running','createdAt':'2026-01-01T00:02:00.000Z'}]");
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'scores'}", "[{'id':'s1','score':1}]");
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'blobs'}",
            "[{'hash':'b1','content':'one'},{'hash':'b2','content':'two'}]");
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'thread_state'}",
            "[{'threadId':'a','type':'k','value':1},{'threadId':'b','type':'k','value':1}]");
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'observational_memory'}",
            "[{'scopeKind':'thread','scopeId':'a','createdAt':'2026-01-01T00:00:00.000Z'}]");
  world_run(world, TKV_OP_ROW_SAVE, "{'table':'notifications'}",
            "[{'threadId':'a','id':'n','status':'pending'}]");
}

static void persist(struct world *world, const char *run, const char *snapshot) {
  world_do(world, TKV_OP_WORKFLOW_PERSIST,
           world_text(world, "{'runId':'%s','workflowName':'w','snapshot':%s}", run, snapshot));
}

static void stock_runs(struct world *world) {
  persist(world, "r1", "{'status':'suspended','context':{'a':{'output':[1,null]}}}");
  persist(world, "r2", "{'status':'success','context':{}}");
}

/* Progress of r1 that is known here alone. */
static void stock_progress(struct world *world) {
  stock_runs(world);
  persist(world, "r1", "{'status':'running','context':{}}");
}

void fault_stock(struct world *world) {
  stock(world);
  stock_rows(world);
  stock_runs(world);
}

static void stock_checked(struct world *world) {
  stock(world);
  world->store.check = 1;
}

static void stock_old(struct world *world) {
  fault_stock(world);
  story_later(world, 900);
}

/* A thread whose deletion stopped at its budget: work for sweep. */
static void bury(struct world *world) {
  stock(world);
  story_messages(world, "b", "u1", 4, 30);
  world->store.max_operations = 30;
  struct answer answer = world_run(world, TKV_OP_THREAD_DELETE, "", "{'threadId':'b'}");
  CHECK_TEXT(story_field(answer.text, "pending"), "true");
  world->store.max_operations = 900;
}

static void bury_long_ago(struct world *world) {
  bury(world);
  story_later(world, 200);
}

/* Nothing is left of a thread but its tombstone. */
static void bury_for_good(struct world *world) {
  stock(world);
  world_do(world, TKV_OP_THREAD_DELETE, "{'threadId':'b'}");
  story_later(world, 200);
  world_do(world, TKV_OP_STORE_SWEEP, "");
  story_later(world, 3600);
}

/* The thread lives again, before a sweep has come to what was deleted. */
static void revive(struct world *world) {
  bury(world);
  story_later(world, 5);
  story_thread(world, "b", "u1", 1);
  story_messages(world, "b", "u1", 2, 3);
  story_messages(world, "b", "u1", 40, 41);
  story_later(world, 200);
}

/* A head that lost a race lacks what its journal holds. */
static void behead(struct world *world) {
  stock(world);
  struct mem_key head = *mem_find(&world->mem, 0, SPAN("metadata:thread:a"));
  story_messages(world, "a", "u1", 6, 6);
  mem_put(&world->mem, 0, head.key, head.value, head.metadata);
  world_restart(world);
}

/* Old enough to be judged; a thread is missing, and a head lacks what its journal holds. */
static void damage(struct world *world) {
  behead(world);
  story_later(world, 900);
  mem_delete(&world->mem, 0, SPAN("threads:b"));
}

static void nothing(struct world *world) {
  (void)world;
}

#define DATES "'createdAt':'2026-01-01T00:09:00.000Z','updatedAt':'2026-01-01T00:09:00.000Z'"
#define MESSAGE(id, thread)                                                                        \
  "{'id':'" id "','threadId':'" thread "','resourceId':'u1','role':'user','content':'x',"          \
  "'createdAt':'2026-01-01T00:09:00.000Z'}"

#define R1 "'runId':'r1','workflowName':'w'"

const struct scenario fault_scenarios[] = {
    {"init of an empty store", nothing, TKV_OP_STORE_INIT, "", ""},
    {"init again", stock, TKV_OP_STORE_INIT, "", ""},
    {"clear the messages", stock, TKV_OP_STORE_CLEAR, "{'table':'messages'}", ""},
    {"clear the threads", stock, TKV_OP_STORE_CLEAR, "{'table':'threads'}", ""},
    {"clear everything", stock, TKV_OP_STORE_CLEAR, "", ""},
    {"sweep nothing", stock, TKV_OP_STORE_SWEEP, "", ""},
    {"sweep a thread too early", bury, TKV_OP_STORE_SWEEP, "", ""},
    {"sweep a thread", bury_long_ago, TKV_OP_STORE_SWEEP, "", ""},
    {"sweep a thread that lives again", revive, TKV_OP_STORE_SWEEP, "", ""},
    {"save a thread", stock, TKV_OP_THREAD_SAVE, "",
     "{'id':'d','resourceId':'u1','title':'D'," DATES "}"},
    {"save the first thread", nothing, TKV_OP_THREAD_SAVE, "",
     "{'id':'d','resourceId':'u1','title':'D'," DATES "}"},
    {"create a thread", stock, TKV_OP_THREAD_CREATE, "",
     "{'id':'d','resourceId':'u1','title':'D'," DATES "}"},
    {"overwrite a thread", stock, TKV_OP_THREAD_SAVE, "",
     "{'id':'a','resourceId':'u1','title':'A','createdAt':'2026-01-01T00:00:00.000Z',"
     "'updatedAt':'2026-01-01T00:00:00.000Z'}"},
    {"give a thread to another resource", stock, TKV_OP_THREAD_SAVE, "",
     "{'id':'a','resourceId':'u2','title':'A'," DATES "}"},
    {"get a thread", stock, TKV_OP_THREAD_GET, "", "{'threadId':'a'}"},
    {"update a thread", stock, TKV_OP_THREAD_UPDATE, "",
     "{'id':'a','title':'new','metadata':{'m':2}}"},
    {"archive a thread", stock, TKV_OP_THREAD_UPDATE, "",
     "{'id':'a','archivedAt':'2026-01-01T00:00:00.000Z'}"},
    {"delete a thread", stock, TKV_OP_THREAD_DELETE, "", "{'threadId':'a'}"},
    {"delete a thread again", bury, TKV_OP_THREAD_DELETE, "", "{'threadId':'b'}"},
    {"delete no thread", stock, TKV_OP_THREAD_DELETE, "", "{'threadId':'x'}"},
    {"list all threads", stock, TKV_OP_THREAD_LIST, "", "{}"},
    {"list a resource's threads", stock, TKV_OP_THREAD_LIST, "{'field':'updatedAt'}",
     "{'resourceId':'u1'}"},
    {"copy a thread", stock, TKV_OP_THREAD_COPY, "", "{'sourceThreadId':'a','newThreadId':'copy'}"},
    {"copy a thread for another resource", stock, TKV_OP_THREAD_COPY, "",
     "{'sourceThreadId':'a','newThreadId':'copy','resourceId':'u2'}"},
    {"save messages", stock, TKV_OP_MESSAGE_SAVE, "",
     "[" MESSAGE("new-1", "a") "," MESSAGE("new-2", "b") "," MESSAGE("new-3", "a") "]"},
    {"save a message into a thread of another", stock, TKV_OP_MESSAGE_SAVE, "",
     "[{'id':'new','threadId':'a','resourceId':'u2','role':'user','content':'x',"
     "'createdAt':'2026-01-01T00:09:00.000Z'}]"},
    {"give a message to another resource", stock, TKV_OP_MESSAGE_UPDATE, "",
     "[{'id':'a-2','resourceId':'u2'}]"},
    {"save a message again", stock, TKV_OP_MESSAGE_SAVE, "",
     "[{'id':'a-2','threadId':'a','resourceId':'u1','role':'user','content':'again',"
     "'createdAt':'2026-01-01T00:02:00.000Z'}]"},
    {"save a message to another thread", stock, TKV_OP_MESSAGE_SAVE, "",
     "[" MESSAGE("a-2", "b") "," MESSAGE("new", "b") "]"},
    {"save a message to another place", stock, TKV_OP_MESSAGE_SAVE, "",
     "[" MESSAGE("a-2", "a") "]"},
    {"list messages", stock, TKV_OP_MESSAGE_LIST, "", "{'threadId':['a','b']}"},
    {"list the newest messages", stock, TKV_OP_MESSAGE_LIST,
     "{'perPage':2,'direction':'DESC','includeTotal':false}", "{'threadId':'a'}"},
    {"list messages with windows", stock, TKV_OP_MESSAGE_LIST, "{'perPage':1}",
     "{'threadId':'a','include':[{'id':'b-2','withPreviousMessages':1}],'metadata':{'n':1}}"},
    {"list a resource's messages", stock, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "",
     "{'resourceId':'u1'}"},
    {"get messages", stock, TKV_OP_MESSAGE_GET, "", "{'messageIds':['a-1','b-1','x']}"},
    {"update messages", stock, TKV_OP_MESSAGE_UPDATE, "",
     "[{'id':'a-1','role':'assistant'},{'id':'b-1','content':{'metadata':{'m':2}}}]"},
    {"move messages", stock, TKV_OP_MESSAGE_UPDATE, "",
     "[{'id':'a-2','threadId':'b'},{'id':'a-5','threadId':'c','resourceId':'u2'}]"},
    {"move a message in time", stock, TKV_OP_MESSAGE_UPDATE, "",
     "[{'id':'a-2','createdAt':'2026-01-01T00:09:00.000Z'}]"},
    {"delete messages", stock, TKV_OP_MESSAGE_DELETE, "", "{'messageIds':['a-2','a-5','b-1']}"},
    {"save a resource", stock, TKV_OP_RESOURCE_SAVE, "",
     "{'id':'u1','workingMemory':'v'," DATES "}"},
    {"get a resource", stock, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}"},
    {"update a resource", stock, TKV_OP_RESOURCE_UPDATE, "",
     "{'resourceId':'u1','metadata':{'b':2}}"},
    {"create a resource", nothing, TKV_OP_RESOURCE_UPDATE, "",
     "{'resourceId':'u1','workingMemory':'v'}"},
    {"save rows", stock_rows, TKV_OP_ROW_SAVE, "{'table':'background_tasks'}",
     "[{'id':'t1','status':'failed'},{'id':'t4','status':'pending'}]"},
    {"create a row", stock_rows, TKV_OP_ROW_SAVE, "{'table':'schedules','create':true}",
     "[{'id':'a','status':'active'}]"},
    {"update a notification", stock_rows, TKV_OP_ROW_UPDATE, "{'table':'notifications'}",
     "{'key':{'threadId':'a','id':'n'},'set':{'status':'seen'}}"},
    {"save a row again", stock_rows, TKV_OP_ROW_SAVE, "{'table':'scores'}",
     "[{'id':'s1','score':2}]"},
    {"save rows that never change", stock_rows, TKV_OP_ROW_SAVE, "{'table':'blobs'}",
     "[{'hash':'b1','content':'x'},{'hash':'b3','content':'three'}]"},
    {"get rows", stock_rows, TKV_OP_ROW_GET, "{'table':'blobs'}", "[{'hash':'b1'},{'hash':'x'}]"},
    {"update a row", stock_rows, TKV_OP_ROW_UPDATE, "{'table':'background_tasks'}",
     "{'key':{'id':'t1'},'set':{'status':'running'},'clear':['x']}"},
    {"delete rows", stock_rows, TKV_OP_ROW_DELETE, "{'table':'background_tasks'}",
     "[{'id':'t1'},{'id':'t2'}]"},
    {"delete rows that never change", stock_rows, TKV_OP_ROW_DELETE, "{'table':'blobs'}",
     "[{'hash':'b1'},{'hash':'x'}]"},
    {"list rows", stock_rows, TKV_OP_ROW_LIST, "{'table':'background_tasks','perPage':2}",
     "{'where':{'status':['running','pending']}}"},
    {"list a page of rows", stock_rows, TKV_OP_ROW_PAGE, "{'table':'background_tasks'}",
     "{'under':[],'limit':2}"},
    {"prune rows", stock_rows, TKV_OP_ROW_PRUNE, "{'table':'scores','maxAge':1}", "{'limit':9}"},
    {"save a state", stock_rows, TKV_OP_ROW_SAVE, "{'table':'thread_state'}",
     "[{'threadId':'a','type':'k','value':2}]"},
    {"save states", stock_rows, TKV_OP_ROW_SAVE, "{'table':'thread_state'}",
     "[{'threadId':'a','type':'k','value':2},{'threadId':'c','type':'k','value':3}]"},
    {"save a generation of observations", stock_rows, TKV_OP_ROW_SAVE,
     "{'table':'observational_memory'}",
     "[{'scopeKind':'thread','scopeId':'a','generation':'1','createdAt':'2026-01-01T00:00:00.000Z'}"
     ",{'scopeKind':'thread','scopeId':'a','created':2}]"},
    {"patch observations", stock_rows, TKV_OP_ROW_UPDATE, "{'table':'observational_memory'}",
     "{'key':{'scopeKind':'thread','scopeId':'a'},'set':{'flags':{'observing':true}}}"},
    {"delete a state", stock_rows, TKV_OP_ROW_DELETE, "{'table':'thread_state'}",
     "[{'threadId':'a','type':'k'}]"},
    {"list a thread's states", stock_rows, TKV_OP_ROW_LIST, "{'table':'thread_state'}",
     "{'under':'a'}"},
    {"prune states", stock_rows, TKV_OP_ROW_PRUNE, "{'table':'thread_state','maxAge':1}",
     "{'limit':9}"},
    {"prune resources", stock_old, TKV_OP_ROW_PRUNE, "{'table':'resources','maxAge':1}",
     "{'limit':9}"},
    {"prune messages", stock_old, TKV_OP_ROW_PRUNE, "{'table':'messages','maxAge':1}",
     "{'limit':3}"},
    {"prune threads", stock_old, TKV_OP_ROW_PRUNE, "{'table':'threads','maxAge':1}", "{'limit':2}"},
    {"prune runs", stock_old, TKV_OP_ROW_PRUNE, "{'table':'workflow_snapshot','maxAge':1}",
     "{'limit':9}"},
    {"persist progress", stock_runs, TKV_OP_WORKFLOW_PERSIST, "",
     "{" R1 ",'snapshot':{'status':'running','context':{}}}"},
    {"write progress", stock_progress, TKV_OP_ROW_FLUSH, "",
     "{'table':4,'key':'workflow_snapshot:r1:w'}"},
    {"persist a run", stock_runs, TKV_OP_WORKFLOW_PERSIST, "",
     "{" R1 ",'snapshot':{'status':'failed','context':{}}}"},
    {"persist a first run", nothing, TKV_OP_WORKFLOW_PERSIST, "",
     "{" R1 ",'snapshot':{'status':'waiting','context':{}}}"},
    {"persist over progress", stock_progress, TKV_OP_WORKFLOW_PERSIST, "",
     "{" R1 ",'snapshot':{'status':'success','context':{}}}"},
    {"persist every snapshot", stock_runs, TKV_OP_WORKFLOW_PERSIST, "{'all':true}",
     "{" R1 ",'snapshot':{'status':'running','context':{}}}"},
    {"delete a run", stock_runs, TKV_OP_WORKFLOW_DELETE, "", "{" R1 "}"},
    {"delete a run with progress", stock_progress, TKV_OP_WORKFLOW_DELETE, "", "{" R1 "}"},
    {"update a run's state", stock_runs, TKV_OP_WORKFLOW_STATE, "",
     "{" R1 ",'state':{'status':'canceled'}}"},
    {"update a run's state in vain", stock_runs, TKV_OP_WORKFLOW_STATE, "",
     "{" R1 ",'state':{'status':'canceled'},'expectedStatus':'paused'}"},
    {"update a run's results", stock_runs, TKV_OP_WORKFLOW_RESULTS, "",
     "{" R1 ",'stepId':'a','result':{'output':[null,2]},'requestContext':{'b':1}}"},
    {"get a run", stock_runs, TKV_OP_ROW_GET, "{'table':'workflow_snapshot'}", "[{" R1 "}]"},
    {"list runs", stock_runs, TKV_OP_ROW_LIST, "{'table':'workflow_snapshot'}",
     "{'where':{'status':'suspended'}}"},
    {"refresh a head", behead, TKV_OP_COLLECTION_REFRESH, "",
     "{'collections':[{'kind':'thread','id':'a','gone':[]}]}"},
    {"get a thread, the format first", stock_checked, TKV_OP_THREAD_GET, "", "{'threadId':'a'}"},
    {"scan records", damage, TKV_OP_RECORD_SCAN, "{'table':'messages','perPage':3}", "{}"},
    {"scan threads", damage, TKV_OP_RECORD_SCAN, "{'table':'threads'}", "{'cursor':null}"},
    {"get records", damage, TKV_OP_RECORD_GET, "{'table':'threads'}", "{'ids':['a','b']}"},
    {"scan collections", damage, TKV_OP_COLLECTION_SCAN, "", "{'kind':'thread'}"},
    {"verify records", damage, TKV_OP_VERIFY_RECORDS, "{'table':'messages'}", "{}"},
    {"verify a collection", damage, TKV_OP_VERIFY_COLLECTION, "", "{'kind':'thread','id':'a'}"},
    {"purge", bury_for_good, TKV_OP_THREAD_PURGE, "{'maxAge':900000}", "{}"},
    {"repair a collection", damage, TKV_OP_VERIFY_COLLECTION, "",
     "{'kind':'thread','id':'a','repair':true}"},
};

const size_t fault_scenario_count = sizeof fault_scenarios / sizeof *fault_scenarios;

/* ---- What the store looks like ---- */

static const char *const threads[] = {"a", "b", "c", "d", "copy"};
enum { THREADS = sizeof threads / sizeof *threads };

/* Writes |text| with what a retry may change left out: times, and ids made at random. */
static void put_settled(struct json_out *out, struct span text) {
  static const struct span times[] = {
      {"\"createdAt\":\"", 13}, {"\"updatedAt\":\"", 13}, {"\"clonedAt\":\"", 12}};
  for (size_t i = 0; i < text.len; i++) {
    struct span rest = span_from(text, i);
    bool uuid = rest.len > 38 && rest.ptr[0] == '"' && rest.ptr[9] == '-' && rest.ptr[14] == '-' &&
                rest.ptr[24] == '-' && rest.ptr[37] == '"';
    size_t skip = uuid ? 37 : 0;
    for (size_t k = 0; k < 3; k++)
      skip = span_starts(rest, times[k]) ? times[k].len + 24 : skip;
    json_put(out, skip ? SPAN("*") : (struct span){text.ptr + i, 1});
    i += skip;
  }
  json_put_char(out, '\n');
}

static void ask(struct world *world, struct json_out *out, enum tkv_op op, const char *control,
                const char *payload) {
  struct answer answer = world_run(world, op, control, payload);
  CHECK_EQ(answer.status, TKV_DONE);
  put_settled(out, answer.text);
}

/* Everything there is to see, asked from an isolate that knows nothing. */
static struct span look(struct world *world) {
  struct json_out out = json_out(&world->mem.arena, 4096);
  world_faults(world, (struct mem_fault){0});
  world_restart(world);
  ask(world, &out, TKV_OP_THREAD_LIST, "{'perPage':false}", "{}");
  ask(world, &out, TKV_OP_THREAD_LIST, "{'perPage':false}", "{'resourceId':'u1'}");
  ask(world, &out, TKV_OP_THREAD_LIST, "{'perPage':false}", "{'resourceId':'u2'}");
  struct answer of_u1 =
      world_run(world, TKV_OP_MESSAGE_LIST_BY_RESOURCE, "{'perPage':false}", "{'resourceId':'u1'}");
  put_settled(
      &out, story_field(of_u1.text,
                        "total")); /* copies and originals stand in an order that chance decides */
  ask(world, &out, TKV_OP_RESOURCE_GET, "", "{'resourceId':'u1'}");
  ask(world, &out, TKV_OP_ROW_LIST, "{'table':'background_tasks'}", "{}");
  ask(world, &out, TKV_OP_ROW_LIST, "{'table':'scores'}", "{}");
  ask(world, &out, TKV_OP_ROW_LIST, "{'table':'workflow_snapshot'}", "{}");
  ask(world, &out, TKV_OP_ROW_GET, "{'table':'blobs'}",
      "[{'hash':'b1'},{'hash':'b2'},{'hash':'b3'}]");
  ask(world, &out, TKV_OP_ROW_LIST, "{'table':'thread_state'}", "{}");
  ask(world, &out, TKV_OP_ROW_LIST, "{'table':'observational_memory'}", "{}");
  for (size_t i = 0; i < THREADS; i++) {
    const char *payload = world_text(world, "{'threadId':'%s'}", threads[i]);
    ask(world, &out, TKV_OP_THREAD_GET, "", payload);
    ask(world, &out, TKV_OP_MESSAGE_LIST, "{'perPage':false}", payload);
  }
  return json_out_span(&out);
}

/* What an agent sees, who looks at heads only, once these have had their minute and their refresh.
 */
static struct span look_at_heads(struct world *world) {
  const char *control = "{'perPage':50,'direction':'DESC','includeTotal':false}";
  struct json_out out = json_out(&world->mem.arena, 4096);
  story_later(world, 61);
  for (size_t i = 0; i < THREADS; i++) {
    const char *payload = world_text(world, "{'threadId':'%s'}", threads[i]);
    world_restart(world);
    world_follow(world, world_run(world, TKV_OP_MESSAGE_LIST, control, payload));
    world_restart(world);
    ask(world, &out, TKV_OP_MESSAGE_LIST, control, payload);
  }
  return json_out_span(&out);
}

/* The messages of all threads, asked from another isolate. */
static struct span messages(struct world *world) {
  struct core *own = world->core;
  world->core = tkv_core_new(&world->mem);
  struct span found =
      world_run(world, TKV_OP_MESSAGE_LIST, "{'perPage':false}", "{'threadId':['a','b','c']}").text;
  tkv_core_del(world->core);
  world->core = own;
  return found;
}

static bool holds(struct span result, struct span id) {
  for (struct json_walk walk = json_walk(story_field(result, "messages")); json_next(&walk);)
    if (span_eq(story_field(walk.value, "id"), id))
      return true;
  return false;
}

/* ---- One failure ---- */

void fault_set_up(struct world *world, const struct variant *variant) {
  world_init(world);
  variant->scenario->setup(world);
  world->mem.hide_metadata = variant->hide_metadata;
  if (variant->cold)
    world_restart(world);
  story_later(world, variant->cold ? 90 : 5);
}

struct answer fault_run(struct world *world, const struct variant *variant) {
  return world_run(world, variant->scenario->op, variant->scenario->control,
                   variant->scenario->payload);
}

struct expected fault_expect(struct world *keeper, const struct variant *variant) {
  struct expected expected;
  struct world world;
  fault_set_up(&world, variant);
  expected.before = arena_copy(&keeper->mem.arena, messages(&world));
  world_free(&world);
  fault_set_up(&world, variant);
  world_faults(&world, (struct mem_fault){0});
  struct answer answer = fault_run(&world, variant);
  CHECK_EQ(answer.status, TKV_DONE);
  expected.requests = world.mem.requests;
  world_follow(&world, answer);
  expected.all = arena_copy(&keeper->mem.arena, look(&world));
  expected.after = arena_copy(&keeper->mem.arena, messages(&world));
  expected.heads = arena_copy(&keeper->mem.arena, look_at_heads(&world));
  world_free(&world);
  return expected;
}

/* What was stored before the call and is not to go is found, in whichever thread. */
static void check_nothing_lost(struct world *world, const struct expected *expected) {
  struct span now = messages(world);
  for (struct json_walk walk = json_walk(story_field(expected->before, "messages"));
       json_next(&walk);) {
    struct span id = story_field(walk.value, "id");
    if (holds(expected->after, id) && !holds(now, id))
      check_fail(__FILE__, __LINE__, "message %.*s is lost", (int)id.len, id.ptr);
  }
}

/* A thread that was there before, and still is, is among those of its resource, as the journal tells:
 * the head may wait for its refresh. */
static void check_threads_listed(struct world *world, const struct variant *variant) {
  enum { BEFORE = 3 };
  if (variant->scenario->op == TKV_OP_STORE_CLEAR)
    return;
  struct core *own = world->core;
  world->core = tkv_core_new(&world->mem);
  world->store.strict = 1;
  for (size_t i = 0; i < BEFORE; i++) {
    struct span thread =
        world_do(world, TKV_OP_THREAD_GET, world_text(world, "{'threadId':'%s'}", threads[i]));
    struct span resource = story_field(thread, "resourceId");
    if (!thread.len)
      continue;
    struct span listed =
        world_run(world, TKV_OP_THREAD_LIST, "{'perPage':false}",
                  world_text(world, "{'resourceId':%.*s}", (int)resource.len, resource.ptr))
            .text;
    bool found = false;
    for (struct json_walk walk = json_walk(story_field(listed, "threads")); json_next(&walk);)
      found |= span_eq(story_field(walk.value, "id"), story_field(thread, "id"));
    if (!found)
      check_fail(__FILE__, __LINE__, "thread %s is lost from its resource's", threads[i]);
  }
  world->store.strict = 0;
  tkv_core_del(world->core);
  world->core = own;
}

void fault_heal(struct world *world, const struct variant *variant, const struct expected *expected,
                struct answer answer, bool restart) {
  check_nothing_lost(world, expected);
  check_threads_listed(world, variant);
  if (answer.status != TKV_DONE) {
    /* What a flush writes is known to its isolate alone. */
    if (restart && variant->scenario->op != TKV_OP_ROW_FLUSH)
      world_restart(world);
    answer = fault_run(world, variant);
    CHECK(answer.status == TKV_DONE ||
          answer.status == TKV_ERR_ALREADY_EXISTS); /* a copy may have been made in full */
  }
  world_follow(world, answer);
  CHECK_SPAN(look(world), expected->all);
  CHECK_SPAN(look_at_heads(world), expected->heads);
}

static void fail_at(const struct variant *variant, const struct expected *expected,
                    struct mem_fault fault) {
  struct world world;
  fault_set_up(&world, variant);
  world_faults(&world, fault);
  struct answer answer = fault_run(&world, variant);
  CHECK_EQ(tkv_core_calls(world.core), 0);
  CHECK(answer.status == TKV_DONE || answer.status == TKV_ERR_KV_FAILED);
  if (fault.count == 1)
    CHECK_EQ(answer.status, TKV_DONE);
  world_faults(&world, (struct mem_fault){0});
  fault_heal(&world, variant, expected, answer, fault.first % 2);
  world_free(&world);
}

static void fail_everywhere(const struct variant *variant) {
  static const struct mem_fault kinds[] = {{0, 1, 429, false}, {0, SIZE_MAX, 429, false},
                                           {0, 1, 503, false}, {0, SIZE_MAX, 503, false},
                                           {0, 1, 0, true},    {0, SIZE_MAX, 503, true}};
  struct world keeper;
  world_init(&keeper);
  check_context("%s", variant->scenario->name);
  struct expected expected = fault_expect(&keeper, variant);
  int failures = check_failures();
  for (size_t n = 1; n <= expected.requests && check_failures() < failures + 3; n++)
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
      struct mem_fault fault = kinds[i];
      fault.first = n;
      check_context("%s%s%s: request %zu of %zu answers %d %s%s", variant->scenario->name,
                    variant->cold ? ", cold" : "", variant->hide_metadata ? ", no metadata" : "", n,
                    expected.requests, (int)fault.status,
                    fault.count == 1 ? "once" : "from then on",
                    fault.apply ? ", though applied" : "");
      fail_at(variant, &expected, fault);
    }
  world_free(&keeper);
}

static void fail_all(bool cold, bool hide_metadata) {
  for (size_t i = 0; i < fault_scenario_count; i++)
    fail_everywhere(&(struct variant){&fault_scenarios[i], cold, hide_metadata});
}

TEST(faults_are_tried_in_every_operation) {
  static const char *const names[] = {
#define X(constant, name, step) name,
      TKV_OP_LIST(X)
#undef X
  };
  for (int op = 0; op < TKV_OP_COUNT; op++) {
    bool tried = false;
    for (size_t i = 0; i < fault_scenario_count; i++)
      tried |= fault_scenarios[i].op == (enum tkv_op)op;
    check_context("%s", names[op]);
    CHECK(tried);
  }
}

TEST(faults_where_the_isolate_knows_what_it_wrote) {
  fail_all(false, false);
}

TEST(faults_where_it_knows_nothing) {
  fail_all(true, false);
}

TEST(faults_where_kv_withholds_metadata) {
  fail_all(true, true);
}
