/* operations.h: the operations on conversations, as data.
 *
 * Constant, name, first step.  An operation is a chain of step functions (step.h); its file is named
 * in its step.
 */
#ifndef TKV_THREADS_OPERATIONS_H
#define TKV_THREADS_OPERATIONS_H

#include "kv/exchange.h"

#define THREADS_OPERATIONS(X)                                                                      \
  X(THREAD_SAVE, "thread.save", thread_save)                                                       \
  X(THREAD_CREATE, "thread.create", thread_create)                                                 \
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
  X(RESOURCE_UPDATE, "resource.update", resource_update)

THREADS_OPERATIONS(TKV_STEP)

/* A follow-up (exchange.h). */
enum tkv_status collection_refresh(struct call *call, void *self);

#endif
