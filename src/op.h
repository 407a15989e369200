/* op.h: the numbers of the operations.  Each folder lists its own (operations.h); from these lists
 * follow the dispatcher, the declarations of the first steps, and JavaScript's numbers.
 */
#ifndef TKV_OP_H
#define TKV_OP_H

#include "rows/operations.h"
#include "threads/operations.h"
#include "upkeep/operations.h"

#define TKV_OP_LIST(X)                                                                             \
  TKV_FOLLOWUP_LIST(X)                                                                             \
  UPKEEP_OPERATIONS(X)                                                                             \
  THREADS_OPERATIONS(X)                                                                            \
  ROWS_OPERATIONS(X)                                                                               \
  TOOLS_OPERATIONS(X)

enum tkv_op {
#define X(constant, name, step) TKV_OP_##constant,
  TKV_OP_LIST(X)
#undef X
      TKV_OP_COUNT
};

#endif
