/* exchange.h: what the host hands to a call and gets from it: the store that the call is for, and its
 * outcome.  JavaScript reads and writes these structs in the module's memory.
 */
#ifndef TKV_EXCHANGE_H
#define TKV_EXCHANGE_H

#include "codec/span.h"
#include "codec/status.h"
#include "codec/table.h"
#include <stdint.h>

enum { TKV_FORMAT_VERSION = 1 }; /* of what is stored: FORMAT.md */

struct call;

/* Declares the first step of an operation: for the lists of operations in each folder. */
#define TKV_STEP(constant, name, step) enum tkv_status step(struct call *call, void *self);

/* The operations that a call may ask for after it.  They have the lowest numbers of all (op.h), so
 * that who asks for one need not know the others. */
#define TKV_FOLLOWUP_LIST(X)                                                                       \
  X(COLLECTION_REFRESH, "collection.refresh", collection_refresh)                                  \
  X(ROW_FLUSH, "row.flush", row_flush)

enum tkv_followup {
#define X(constant, name, step) TKV_FOLLOWUP_##constant,
  TKV_FOLLOWUP_LIST(X)
#undef X
};

/* The store that a call is for: the first bytes of a call's input.  Fields are 4 bytes wide. */
struct tkv_store {
  uint32_t
      spaces[TABLE_COUNT]; /* each table's KV namespace; equal numbers are the same namespace */
  uint32_t strict;         /* 1: every read asks the journal too, and nothing is reused */
  uint32_t max_operations; /* KV operations that one call may make before it stops early */
  uint32_t check;          /* 1: the call first does what store.init does */
  uint32_t patience;       /* ms that the platform may make one request wait, 0: any */
  uint32_t sole;           /* 1: nobody else writes there, and what a call writes is stored in whole
                              or not at all: nothing is confirmed, checked or held back, and heads
                              are short */
};

/* Where an answer's outcome stands. */
struct tkv_outcome {
  struct span result; /* DONE: JSON text, empty for nothing; failed: {"code","message","details"} */
  struct span followup; /* payload of a further call to make afterwards; empty for none */
  uint32_t soon;        /* 1: it must be made before the request ends; 0: some time */
  uint32_t followup_op; /* which one it is: enum tkv_followup, and the same in enum tkv_op */
};

/* What a core has counted: where the next one goes on. */
struct tkv_past {
  int64_t last_stamp;
  uint64_t orders;
  int64_t forgot_at;
  size_t notes; /* bytes of what it remembers; not for the next one to take over */
};

/* Something that a core remembers, as it lies in its memory; no value: NULL. */
struct tkv_carried {
  struct span note, value;
};

#endif
