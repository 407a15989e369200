/* faults.h: every operation, for tests in which something fails: test_faults.c makes KV fail,
 * test_alloc.c memory. */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include "support/story.h"

/* An operation, and what the store is like before it. */
struct scenario {
  const char *name;
  void (*setup)(struct world *world);
  enum tkv_op op;
  const char *control, *payload;
};

/* fault_stock fills |world| with some of everything that the scenarios are about. */
void fault_stock(struct world *world);

extern const struct scenario fault_scenarios[];
extern const size_t fault_scenario_count;

struct variant {
  const struct scenario *scenario;
  bool cold, hide_metadata; /* cold: in an isolate that knows nothing */
};

/* How a scenario goes when nothing fails. */
struct expected {
  struct span before, after; /* the messages, before the call and after it */
  struct span all, heads;    /* everything there is to see then, and what heads show */
  size_t requests;
};

/* fault_expect finds that out.  The texts live in |keeper|. */
struct expected fault_expect(struct world *keeper, const struct variant *variant);

/* fault_set_up makes |world| ready for the call, fault_run makes it. */
void fault_set_up(struct world *world, const struct variant *variant);
struct answer fault_run(struct world *world, const struct variant *variant);

/* fault_heal checks |world| after a call that ended with |answer|, faults being over: nothing is
 * lost; repeated, in the same isolate or with |restart| in another one, the call succeeds; and then
 * all is as if nothing had happened. */
void fault_heal(struct world *world, const struct variant *variant, const struct expected *expected,
                struct answer answer, bool restart);

#endif
