/* sim_rest.h: the end of a simulation. */
#ifndef TESTS_SIM_REST_H
#define TESTS_SIM_REST_H

#include "sim/sim.h"

/* sim_rest lets everything settle and checks it. */
void sim_rest(struct sim *sim);

#endif
