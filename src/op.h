/* op.h: the operations, as data.  The table generates the dispatcher and JavaScript's numbers for
 * them.
 *
 * Constant, name, first step.  An operation is a chain of step functions (call.h); its file is
 * named in its step.
 *
 * What only the command needs stands apart, under TKV_TOOLS: threadkv.tools.wasm has it,
 * threadkv.wasm, which every Worker loads, has not.
 */
#ifndef TKV_OP_H
#define TKV_OP_H

#ifdef TKV_TOOLS
#define TKV_OP_TOOLS(X)                                                                            \
  X(RECORD_SCAN, "record.scan", record_scan)                                                       \
  X(RECORD_GET, "record.get", record_get)                                                          \
  X(COLLECTION_SCAN, "collection.scan", collection_scan)                                           \
  X(VERIFY_RECORDS, "verify.records", verify_records)                                              \
  X(VERIFY_COLLECTION, "verify.collection", verify_collection)
#else
#define TKV_OP_TOOLS(X)
#endif

#define TKV_OP_LIST(X)                                                                             \
  X(STORE_INIT, "store.init", store_init)                                                          \
  X(STORE_CLEAR, "store.clear", store_clear)                                                       \
  X(STORE_SWEEP, "store.sweep", store_sweep)                                                       \
  X(THREAD_SAVE, "thread.save", thread_save)                                                       \
  X(THREAD_GET, "thread.get", thread_get)                                                          \
  X(THREAD_UPDATE, "thread.update", thread_update)                                                 \
  X(THREAD_DELETE, "thread.delete", thread_delete)                                                 \
  X(THREAD_LIST, "thread.list", thread_list)                                                       \
  X(THREAD_COPY, "thread.copy", thread_copy)                                                       \
  X(MESSAGE_SAVE, "message.save", message_save)                                                    \
  X(MESSAGE_LIST, "message.list", message_list)                                                    \
  X(MESSAGE_LIST_BY_RESOURCE, "message.list_by_resource", message_list_by_resource)                \
  X(MESSAGE_GET, "message.get", message_get)                                                       \
  X(MESSAGE_UPDATE, "message.update", message_update)                                              \
  X(MESSAGE_DELETE, "message.delete", message_delete)                                              \
  X(RESOURCE_SAVE, "resource.save", resource_save)                                                 \
  X(RESOURCE_GET, "resource.get", resource_get)                                                    \
  X(RESOURCE_UPDATE, "resource.update", resource_update)                                           \
  X(ROW_SAVE, "row.save", row_save)                                                                \
  X(ROW_GET, "row.get", row_get)                                                                   \
  X(ROW_UPDATE, "row.update", row_update)                                                          \
  X(ROW_DELETE, "row.delete", row_delete)                                                          \
  X(ROW_LIST, "row.list", row_list)                                                                \
  X(ROW_PRUNE, "row.prune", row_prune)                                                             \
  X(ROW_FLUSH, "row.flush", row_flush)                                                             \
  X(WORKFLOW_PERSIST, "workflow.persist", workflow_persist)                                        \
  X(WORKFLOW_DELETE, "workflow.delete", workflow_delete)                                           \
  X(WORKFLOW_STATE, "workflow.update_state", workflow_update_state)                                \
  X(WORKFLOW_RESULTS, "workflow.update_results", workflow_update_results)                          \
  X(COLLECTION_REFRESH, "collection.refresh", collection_refresh)                                  \
  TKV_OP_TOOLS(X)

enum tkv_op {
#define X(constant, name, step) TKV_OP_##constant,
  TKV_OP_LIST(X)
#undef X
      TKV_OP_COUNT
};

#endif
