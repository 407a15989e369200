/* host_mem.h: KV in memory, behind host.h; and a driver that runs calls of the core over it.
 *
 *   struct world world;
 *   world_init(&world);
 *   struct answer answer = world_run(&world, TKV_OP_THREAD_GET, "", "{'threadId':'t1'}");
 *   world_free(&world);
 *
 * Clock, randomness and faults are the world's, so every run is the same.  Keys expire by its clock.  Lists are up to date and
 * complete: what real KV does with them is the simulation's business, not this host's.
 */
#ifndef TESTS_HOST_MEM_H
#define TESTS_HOST_MEM_H

#include "codec/json.h"
#include "core.h"
#include "support/check.h"
#include "support/imports.h"

enum { WORLD_START = 1767225600 }; /* seconds: 2026-01-01T00:00:00Z, when every world begins */

enum mem_kind { MEM_GET, MEM_GET_MANY, MEM_PUT, MEM_DELETE, MEM_LIST, MEM_WAIT };

/* One key of KV.  `metadata` without `ptr`: none. */
struct mem_key {
  uint32_t space;
  struct span key, value, metadata;
  int64_t expires; /* seconds since 1970; 0: never */
};

/* One request that the core has queued. */
struct mem_request {
  enum mem_kind kind;
  uint32_t call, slot, space, limit, ms, expires;
  struct span *keys; /* list: the prefix */
  size_t count;
  struct span value, metadata; /* list: `value` is the cursor, without `ptr` on the first page */
  struct mem_request *next;
};

/* Requests number |first| to |first| + |count| - 1, counted from 1, are answered with |status|;
 * with |apply| they are performed all the same.  Waits do not count. */
struct mem_fault {
  size_t first, count;
  uint32_t status;
  bool apply;
};

/* An answer on its way to the core, for `spoil` to change: `bytes` has room for `room`. */
struct mem_reply {
  const struct mem_request *request;
  uint32_t status, retry_after;
  char *bytes;
  size_t used, room;
};

struct mem {
  const struct imports *imports; /* must be first */
  struct arena arena;            /* all that is stored, asked and answered, until the world ends */
  struct mem_key *keys;          /* by namespace, then by key */
  size_t count, cap;
  struct mem_request *queue;

  int64_t now;         /* ms */
  uint8_t random;      /* the next byte of randomness */
  struct json_out log; /* `round verb keys`, a line a request; "" before world_log */
  bool logging;
  size_t rounds, requests; /* performed so far */

  struct mem_fault fault;
  size_t list_page;   /* keys on a page of a list at most; 0: as many as asked */
  bool empty_pages;   /* lists begin with an empty page that is not the last */
  bool hide_metadata; /* gets and lists tell none */
  void (*spoil)(struct mem_reply *reply, void *self);
  void *spoil_self;

  size_t overlaps; /* writes queued while another one of the same key was under way */
  size_t refused;  /* requests that KV would refuse: too long, too large, too many */
};

struct world {
  struct core *core;
  struct mem mem;
  struct tkv_store store;
  const char *prefix;
};

/* How a call ended.  The texts live as long as the world. */
struct answer {
  enum tkv_status status;
  struct span text, followup;
  enum tkv_op followup_op;
  bool soon;
};

/* world_init makes an empty KV of one namespace, and a core. */
void world_init(struct world *world);

/* world_free frees the core and the KV. */
void world_free(struct world *world);

/* world_restart takes a new core, as if in another isolate; KV stays. */
void world_restart(struct world *world);

/* world_run runs a call to its end.  |control| and |payload| are JSON, or "" for none; in them, as
 * in all JSON that is given as a C string here, a single quote stands for a double one. */
struct answer world_run(struct world *world, enum tkv_op op, const char *control,
                        const char *payload);

/* world_run_span is world_run for any bytes, taken as they are. */
struct answer world_run_span(struct world *world, enum tkv_op op, struct span control,
                             struct span payload);

/* world_do runs a call that must succeed; returns its result. */
struct span world_do(struct world *world, enum tkv_op op, const char *payload);

/* world_follow runs the follow-up that |answer| asks for, if it does; returns how that ended. */
enum tkv_status world_follow(struct world *world, struct answer answer);

/* A call in steps: world_begin starts one and stores its handle; while it is pending, world_step
 * performs what it has queued and resumes it; world_end reads how it ended and ends it. */
enum tkv_status world_begin(struct world *world, enum tkv_op op, const char *control,
                            const char *payload, uint32_t *call);
enum tkv_status world_step(struct world *world, uint32_t call);
struct answer world_end(struct world *world, uint32_t call, enum tkv_status status);

/* world_faults makes later requests fail as |fault| says, counting from the next one. */
void world_faults(struct world *world, struct mem_fault fault);

/* world_log starts a new log. */
void world_log(struct world *world);

/* world_logged returns how often |word| stands in the log. */
size_t world_logged(struct world *world, const char *word);

/* world_text formats like printf; the text lives as long as the world. */
const char *world_text(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* world_json returns the bytes of |text|, single quotes turned into double ones. */
struct span world_json(struct world *world, const char *text);

/* world_put stores |value| with |metadata|, "" for none, under |key|. */
void world_put(struct world *world, const char *key, const char *value, const char *metadata);

/* mem_find returns the key, or NULL.  mem_put stores one, mem_delete removes it. */
struct mem_key *mem_find(struct mem *mem, uint32_t space, struct span key);
void mem_put(struct mem *mem, uint32_t space, struct span key, struct span value,
             struct span metadata);
void mem_delete(struct mem *mem, uint32_t space, struct span key);

#endif
