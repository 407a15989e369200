/* operations.h: the operations that look after a store, as data.
 *
 * This folder: what looks after a store as a whole: init, clear, sweep, verify, purge. It may use all the
 * others; none of them knows it.
 *
 * Constant, name, first step.  An operation is a chain of step functions (step.h); its file is named
 * in its step.
 */
#ifndef TKV_UPKEEP_OPERATIONS_H
#define TKV_UPKEEP_OPERATIONS_H

#include "kv/exchange.h"

#define UPKEEP_OPERATIONS(X)                                                                       \
  X(STORE_INIT, "store.init", store_init)                                                          \
  X(STORE_CLEAR, "store.clear", store_clear)                                                       \
  X(STORE_SWEEP, "store.sweep", store_sweep)

UPKEEP_OPERATIONS(TKV_STEP)

/* store_guard has the call that begins do what store.init does, together with its own first reads: to
 * be called before its first step. */
enum tkv_status store_guard(struct call *call);

/* What only the command needs, and verify: threadkv.tools.wasm has it, threadkv.wasm, which every
 * Worker loads, has not. */
#ifdef TKV_TOOLS
#define TOOLS_OPERATIONS(X)                                                                        \
  X(RECORD_SCAN, "record.scan", record_scan)                                                       \
  X(RECORD_GET, "record.get", record_get)                                                          \
  X(COLLECTION_SCAN, "collection.scan", collection_scan)                                           \
  X(VERIFY_RECORDS, "verify.records", verify_records)                                              \
  X(VERIFY_COLLECTION, "verify.collection", verify_collection)                                     \
  X(THREAD_PURGE, "thread.purge", thread_purge)

TOOLS_OPERATIONS(TKV_STEP)
#else
#define TOOLS_OPERATIONS(X)
#endif

#endif
