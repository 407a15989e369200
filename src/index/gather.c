/* gather.c: ask, judge, go on. */
#include "index/gather.h"

#include "codec/limits.h"
#include <assert.h>

static bool judge_all(struct call *call, struct gather *gather) {
  for (; gather->judged < gather->asked; gather->judged++) {
    enum gather_verdict verdict = gather->judge(call, gather, gather->judged);
    if (verdict == GATHER_FAILED)
      return false;
    gather->good += verdict == GATHER_GOOD;
    gather->gone += verdict == GATHER_GONE;
  }
  return true;
}

enum tkv_status gather_run(struct call *call, void *self) {
  struct gather *gather = self;
  assert(gather->judged <= gather->asked && gather->asked <= gather->count);
  if (!judge_all(call, gather))
    return call->error;
  if (gather->good >= gather->want || gather->asked == gather->count)
    return TKV_DONE;
  size_t missing = gather->want - gather->good, left = gather->count - gather->asked;
  size_t more = missing < gather->stride ? gather->stride : missing;
  more = more < left ? more : left;
  more = more < GATHER_ROUND_MAX ? more : GATHER_ROUND_MAX;
  while (gather->unsure && more < left && more < GATHER_ROUND_MAX &&
         gather->unsure(gather, gather->asked + more))
    more++;
  while (more--)
    gather->ask(call, gather, gather->asked++);
  return TKV_PENDING;
}
