/* call.h: one call while it runs: its input, its memory, its clock, its errors.
 *
 * Requests (kv.h), turns and rounds work on it; how it goes on from step to step is step.h's.
 */
#ifndef TKV_CALL_H
#define TKV_CALL_H

#include "codec/control.h"
#include "codec/json.h"
#include "kv/exchange.h"
#include "kv/request.h"
#include "kv/shared.h"

struct call_frame {
  void (*step)(
      void); /* a call_step (step.h). Were it declared so, clang 14 would make several types of
                         struct call and LTO could not pass spans by value */
  void *self;
  struct call_frame *below;
};

/* See claim.h. */
struct claim {
  struct span key; /* SPAN_NONE: none, or none any more */
  uint64_t order;
  uint32_t space;
  bool creates;
};

/* See join.h. */
struct join {
  struct span key;
  void *work;
  uint32_t leader; /* a call's handle */
  enum { JOIN_NONE, JOIN_OPEN, JOIN_ASKS, JOIN_TAKEN, JOIN_DONE, JOIN_ALONE } state;
};

struct call {
  struct arena arena; /* first, and what is seldom looked at last: short offsets, less code */
  struct shared *shared;
  struct memory *memory;
  struct call_frame *frame;      /* the running one; NULL when none is left */
  enum tkv_status status, error; /* error: of the last call_fail */
  struct kv kv;
  struct span prefix;  /* encoded */
  struct span payload; /* checked JSON, or empty */
  int64_t now;         /* ms, at the last begin or resume */
  uint64_t order;      /* of this call among all of its core: later calls have higher numbers */
  struct tkv_outcome outcome;
  struct call_frame *guard;   /* see call_guard; NULL: none, or it was entered */
  struct kv_request *guarded; /* the writes that wait for it */
  bool entering;              /* a frame was just entered: its first step adds to the round */
  struct changes *placing; /* what gives messages a place, or will: see change.h; NULL: nothing */
  uint32_t handle;
  void *host;
  void *input;
  struct control control;
  struct tkv_store store;
  struct claim claim;
  struct join join;
};

/* call_fail records the error, also in `error`, and returns |status|.  |details| is the text of a
 * JSON object, or empty.  Neither may hold what users wrote, ids aside. */
enum tkv_status call_fail(struct call *call, enum tkv_status status, struct span message,
                          struct span details);

/* call_join returns |a|, |b| and |c| one after the other. */
struct span call_join(struct call *call, struct span a, struct span b, struct span c);

/* call_invalid fails with INVALID_ARGUMENT and "|where|: |what|" (|where| may be empty). */
enum tkv_status call_invalid(struct call *call, struct span where, struct span what);

/* call_corrupt fails with CORRUPT, naming |key|. */
enum tkv_status call_corrupt(struct call *call, struct span key);

/* call_not_found fails with NOT_FOUND: "|what| |id| not found". */
enum tkv_status call_not_found(struct call *call, struct span what, struct span id);

/* call_too_many fails with BUDGET: the call would have to write more messages than it may. */
enum tkv_status call_too_many(struct call *call);

/* call_return sets the result and returns TKV_DONE, or fails when |out| ran out of memory. */
enum tkv_status call_return(struct call *call, const struct json_out *out);

/* call_stamp returns the time of a write: now, yet later than any stamp this core gave before. */
int64_t call_stamp(struct call *call);

/* call_saw_stamp makes all later stamps of this core exceed |stamp|, which was read from KV: so
 * what is written after something was read counts as later, though clocks differ.  Stamps from a
 * far future are not believed. */
void call_saw_stamp(struct call *call, int64_t stamp);

/* now_since returns how many ms ago |then| was. */
static inline int64_t now_since(const struct call *call, int64_t then) {
  return call->now - then;
}

/* call_random fills |bytes|. */
void call_random(struct call *call, void *bytes, size_t count);

/* call_over_budget tells whether |more| KV operations would exceed what this call may make. */
bool call_over_budget(const struct call *call, size_t more);

#endif
