/* status.h: how a call stands, and every way it can fail.
 *
 * Above: everything.  Below: nothing.  JavaScript's copy of these tables (bindings/core/abi.js) is
 * generated.
 */
#ifndef TKV_STATUS_H
#define TKV_STATUS_H

/* Failures.  Name, value, the HTTP status that says the same, gloss.  The name without prefix is
 * the `code` that users see: stable for ever. */
#define TKV_ERROR_LIST(X)                                                                          \
  X(INVALID_ARGUMENT, -1, 400, "an argument is missing, malformed or out of range")                \
  X(INVALID_FILTER, -2, 400,                                                                       \
    "a message metadata filter has an unsafe key or a value of a wrong type")                      \
  X(KEY_TOO_LONG, -3, 400, "an id makes a key of more than 512 bytes")                             \
  X(VALUE_TOO_LARGE, -4, 413, "a record would exceed 25 MiB")                                      \
  X(NOT_FOUND, -5, 404, "a record that the call needs does not exist")                             \
  X(ALREADY_EXISTS, -6, 409, "the id is taken")                                                    \
  X(KV_FAILED, -7, 503, "a KV request failed, retries included")                                   \
  X(CORRUPT, -8, 500, "a stored value is not what was written there")                              \
  X(FORMAT_TOO_NEW, -9, 500, "the data was written by a newer version")                            \
  X(BUDGET, -10, 422, "more KV operations than one invocation may make")                           \
  X(NO_MEMORY, -11, 503, "the module ran out of memory")                                           \
  X(ABANDONED, -12, 503,                                                                           \
    "the call's handle is unknown: ended, or reclaimed after its request went away")               \
  X(CRASHED, -13, 503,                                                                             \
    "the module trapped; its calls are lost, the next call gets a new instance")                   \
  X(NO_MODULE, -14, 500, "the runtime cannot compile the module; only JavaScript says so")         \
  X(TRY_AGAIN, -15, 503, "KV does not show yet what this isolate wrote a moment ago")              \
  X(PAGE_TOO_LARGE, -16, 413, "a list came to more bytes than it may; only JavaScript says so")    \
  X(OVERLOADED, -17, 503,                                                                          \
    "a Durable Object has too much to do; nothing was done; only JavaScript says so")              \
  X(OBJECT_RESET, -18, 503,                                                                        \
    "a Durable Object was stopped meanwhile, as by a deployment; what was written is unknown")     \
  X(DISCONNECTED, -19, 503,                                                                        \
    "the connection to a Durable Object was lost; what was written is unknown")                    \
  X(OBJECT_FULL, -20, 507, "a Durable Object holds as much as it may; nothing was written")        \
  X(OBJECT_FAILED, -21, 503, "a Durable Object failed in another way; its error says whether")     \
  X(VERSION_MISMATCH, -22, 500,                                                                    \
    "the Worker of a Durable Object has another version of threadkv; nothing was done")

enum tkv_status {
  TKV_DONE = 0,    /* finished; the result may be read */
  TKV_PENDING = 1, /* requests are queued; answer them, then resume */
#define X(name, value, http, gloss) TKV_ERR_##name = value, /* gloss */
  TKV_ERROR_LIST(X)
#undef X
};

#endif
