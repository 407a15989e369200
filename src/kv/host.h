/* host.h: every call from the core to the outside, on one page.
 *
 * The host is JavaScript (bindings/core/imports.js) or, in native tests, C.  These functions only enqueue:
 * they never block and never fail.  The host performs everything that a call has queued at once,
 * writes each answer with tkv_call_reply (core.h) and then resumes the call.  Time is no import: it
 * is an argument of begin and resume.
 *
 * |host| is what tkv_core_new was given; |call| is the call's handle; a request, and what it points
 * to, is valid until the function returns, save that get_many's keys and put's value live until the
 * call is resumed.
 */
#ifndef TKV_HOST_H
#define TKV_HOST_H

#include "codec/span.h"
#include <stdint.h>

#ifdef __wasm__
#define TKV_IMPORT(module, name) __attribute__((import_module(module), import_name(name)))
#else
#define TKV_IMPORT(module, name)
#endif

/* One request.  In Wasm every field is 4 bytes wide, in this order; bindings/core/imports.js reads it so
 * (TKV_REQUEST_WORDS in abi.js counts them). */
struct tkv_request {
  uint32_t slot;           /* names the answer */
  uint32_t space;          /* the KV namespace, as the store's descriptor numbers it */
  uint32_t table;          /* enum tkv_table, for statistics */
  uint32_t limit;          /* list: keys per page */
  uint32_t tries;          /* how often it failed before */
  uint32_t expires;        /* put: when KV is to drop the key, seconds since 1970; 0: never */
  struct span key;         /* get, put, delete; list: the prefix */
  struct span value;       /* put; list: the cursor, `ptr` NULL on the first page */
  struct span metadata;    /* put: JSON text */
  const struct span *keys; /* get_many */
  size_t count;            /* get_many: 1 to 100 */
};

TKV_IMPORT("kv", "get")
void host_kv_get(void *host, uint32_t call, const struct tkv_request *request);
TKV_IMPORT("kv", "get_many")
void host_kv_get_many(void *host, uint32_t call, const struct tkv_request *request);
TKV_IMPORT("kv", "put")
void host_kv_put(void *host, uint32_t call, const struct tkv_request *request);
TKV_IMPORT("kv", "delete")
void host_kv_delete(void *host, uint32_t call, const struct tkv_request *request);
TKV_IMPORT("kv", "list")
void host_kv_list(void *host, uint32_t call, const struct tkv_request *request);

/* host_wait asks to be resumed after |ms| milliseconds; answered like a request, with status 200
 * and no bytes. */
TKV_IMPORT("host", "wait") void host_wait(void *host, uint32_t call, uint32_t slot, uint32_t ms);

/* host_random fills |bytes| at once.  Uniqueness is all that is asked of it. */
TKV_IMPORT("host", "random") void host_random(void *host, void *bytes, size_t count);

#endif
