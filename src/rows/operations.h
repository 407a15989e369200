/* operations.h: the operations on what stands alone, as data.
 *
 * Constant, name, first step.  An operation is a chain of step functions (step.h); its file is named
 * in its step.
 */
#ifndef TKV_ROWS_OPERATIONS_H
#define TKV_ROWS_OPERATIONS_H

#include "kv/exchange.h"

#define ROWS_OPERATIONS(X)                                                                         \
  X(ROW_SAVE, "row.save", row_save)                                                                \
  X(ROW_GET, "row.get", row_get)                                                                   \
  X(ROW_UPDATE, "row.update", row_update)                                                          \
  X(ROW_DELETE, "row.delete", row_delete)                                                          \
  X(ROW_LIST, "row.list", row_list)                                                                \
  X(ROW_PAGE, "row.page", row_page)                                                                \
  X(ROW_PRUNE, "row.prune", row_prune)                                                             \
  X(WORKFLOW_PERSIST, "workflow.persist", workflow_persist)                                        \
  X(WORKFLOW_DELETE, "workflow.delete", workflow_delete)                                           \
  X(WORKFLOW_STATE, "workflow.update_state", workflow_update_state)                                \
  X(WORKFLOW_RESULTS, "workflow.update_results", workflow_update_results)

ROWS_OPERATIONS(TKV_STEP)

/* A follow-up (exchange.h). */
enum tkv_status row_flush(struct call *call, void *self);

#endif
