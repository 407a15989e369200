/* carry.h: a core takes the place of another, as core.h says. */
#ifndef TESTS_CARRY_H
#define TESTS_CARRY_H

#include "core.h"

/* carry_over returns a new core of |host| that remembers all that |old| did, which is freed. No call of it
 * may be left. */
struct core *carry_over(struct core *old, void *host);

#endif
