/* operations.h: the first step of every operation in op.h. */
#ifndef TKV_OPERATIONS_H
#define TKV_OPERATIONS_H

#include "codec/key.h"
#include "kv/call.h"

#define X(constant, name, step) enum tkv_status step(struct call *call, void *self);
TKV_OP_LIST(X)
#undef X

#endif
