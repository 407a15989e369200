/* sim_host.h: what sim_host.c and sim_request.c share: requests on their way. */
#ifndef TESTS_SIM_HOST_H
#define TESTS_SIM_HOST_H

#include "sim/sim.h"

struct request {
  struct request *next; /* among a run's answers */
  struct run *run;
  enum { REQUEST_KV, REQUEST_WAIT } type;
  enum import_kind kind;
  uint32_t slot, space, limit;
  struct span key, value, metadata, *keys;
  size_t count;
  int64_t due, answer_at;    /* due: to be performed, then to be answered */
  bool performed, forgotten; /* forgotten: nobody is there to hear the answer */
  enum { FATE_GOOD, FATE_REFUSED, FATE_LOST } fate;
  int status;
  char *bytes;
  size_t used;
};

/* What host.h's functions do in the simulation: sim_request.c. */
extern const struct imports sim_imports;

/* sim_answered hands all answers of a round to |run| and lets it go on. */
void sim_answered(struct run *run);

#endif
