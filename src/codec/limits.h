/* limits.h: every limit and time constant of the core, with its reason and the fact of the platform
 * behind it.
 *
 * Times are ms where the name ends in _MS, sizes bytes.  Facts of Workers KV are Cloudflare's
 * published limits, and what was measured of them.
 */
#ifndef TKV_LIMITS_H
#define TKV_LIMITS_H

/* ---- What Workers KV takes */

enum {
  KEY_MAX = 512,                    /* bytes of a key in UTF-8 */
  KV_METADATA_MAX = 1024,           /* bytes of a key's metadata as JSON */
  TKV_VALUE_MAX = 25 * 1024 * 1024, /* bytes of a value */
  KV_BULK_MAX = 100,                /* keys of one bulk get */
  KV_LIST_MAX = 1000,               /* keys of one page of a list */
  KV_EXPIRES_AHEAD_S = 90           /* at least 60 s; clocks differ, and a retry takes time */
};

/* ---- Requests.  KV takes one write a second of a key and answers 429 to more; Workers cancel a
 * request at any await, without a word. */

enum {
  KV_TRIES_BUSY = 5,        /* after 429 */
  KV_DELAY_BUSY_MS = 1000,  /* then, times the tries so far: that second */
  KV_TRIES_BROKEN = 3,      /* after 5xx, 408, or no answer */
  KV_DELAY_BROKEN_MS = 50,  /* then, times the tries so far: such faults pass quickly */
  KV_TRIES_UNSEEN = 3,      /* after the first, for what KV does not show yet */
  KV_DELAY_UNSEEN_MS = 500, /* times the tries so far: three seconds are as long as people wait */
  KV_FLUSH_MS = 1000,       /* a held value waits so long for the next: that second again */
  KV_TURN_MS = 15,          /* how long to look away while another call writes the same key */
  KV_TURN_SHARE = 16,       /* and longer by this part of what it has taken already: of a thousand
                                   calls behind a dead one none may look a thousand times */
  KV_FLIGHT_MAX_MS = 15 * 1000, /* who is not heard of for so long while writing is gone */
  JOIN_ASK_MS = 1000, /* how long to wait for a call that others could go with and that is silent */
  JOIN_MAX = 400, /* messages that go with one save, its own included: of what a call may write at
                      most nearly half, for each may be tried again */
  JOIN_BYTES_MAX = 1024 * 1024, /* of messages that one call saves for others: a copy of them */
  RECLAIM_EVERY_MS = 30 * 1000, /* how often to look for calls that are gone: they are few */
  CALL_SILENT_MS = 60 * 1000,   /* when they are: so long beyond what they asked to wait for */
  CALLS_BYTES_MAX = 32 * 1024 * 1024 /* of all calls' arenas: beyond it whoever is silent for
                                        KV_FLIGHT_MAX_MS goes, the longest silent first */
};

/* ---- What this isolate remembers.  KV's caches answer with what was there up to 60 s ago. */

enum {
  MEMORY_REUSE_MS = 1000,             /* a value that was read is used again: in one turn */
  MEMORY_OVERLAY_MS = 60 * 1000,      /* an own write outweighs an answer without a stamp */
  MEMORY_OWN_MS = 120 * 1000,         /* own writes are kept, and believed
                                          against KV: those 60 s, and retries */
  MEMORY_HELD_MS = 900 * 1000,        /* held values are kept: as long as a call may last */
  MEMORY_BYTES_MAX = 8 * 1024 * 1024, /* of all notes: a sixteenth of an isolate's 128 MiB */
  MEMORY_SOLE_BYTES_MAX = 2 * 1024 *
      1024,                           /* where one alone writes, two hundred share an isolate */
  MEMORY_VALUE_MAX = 4 * 1024 * 1024, /* a larger own write is not kept: of two calls that change
                                          such a value at once one may be lost */
  MEMORY_READ_MAX = 256 * 1024,       /* nor a larger value that was only read: reading it again is
                                          cheaper than the room */
  MEMORY_BUCKETS = 1024,              /* of each hash table: some thousand keys in two minutes */
  STAMP_AHEAD_MAX_MS = 10 * 60 * 1000 /* a stamp further in the future is not believed: the clocks
                                          of Workers differ by less */
};

/* ---- The index.  Lists and gets lag up to a minute each, writes are retried, clocks differ. */

enum {
  CHECK_MS = 60 * 1000,            /* how long a head counts as checked */
  CHECK_MARGIN_MS = 5 * 60 * 1000, /* how far before the last check the next one looks back */
  YOUNG_MS = 5 * 60 * 1000,        /* how long an entry without a record may be one whose record is
                                      on its way, or on its way back */
  SETTLE_MS = 3 * 60 * 1000,       /* after a deletion, until all that was saved elsewhere before it
                                      has come to light */
  COPY_MAX_MS = 12 * 60 * 1000,    /* how long a copy may take: with SETTLE_MS as long as a call
                                      may last, a quarter of an hour */
  THREAD_HEAD_MAX = 128,           /* entries: rewritten with each save, some 10 KB; what lies below
                                      costs a list */
  RESOURCE_HEAD_MAX = 2000,        /* rewritten with each new thread only */
  SOLE_HEAD_MAX = 100,             /* of either kind where one alone writes: a read beyond it costs
                                      no round trip there */
  HEAD_DOUBT_MAX = 200,            /* ids in doubt; beyond it all of the thread's are */
  POSITIONS_MAX = 1 << 20          /* positions of one call: more than it can write messages */
};

/* What one round holds in memory is bounded by these; the first by one bulk get each 100, too. */
enum {
  GATHER_ROUND_MAX = 1000, /* records asked for at once */
  SWEEP_CHUNK = 300,       /* messages that a sweep looks at */
  VERIFY_WINDOW = 2500     /* entries of a collection that verify compares */
};

/* KV operations kept back from `maxOperations` for what must still follow: heads, the marker, the
 * thread, and their retries. */
enum { SAVE_RESERVE = 10, SWEEP_RESERVE = 10, REFRESH_RESERVE = 10, COPY_RESERVE = 13 };

/* ---- Texts and memory */

enum {
  JSON_DEPTH_MAX = 8192,  /* levels; deeper text counts as damaged: a bit each is kept */
  RECORD_DEPTH_MAX = 500, /* levels of a record that is written: the JSON of other languages ends
                                   at 1,000, JSON.parse with a reviver at 2,000. 0.1.0 wrote deeper */
  JSON_EQUAL_DEPTH_MAX = 100,   /* deeper values are equal only by their text: bounds the stack */
  ARENA_FIRST_CHUNK = 8 * 1024, /* most calls need no second */
  ARENA_CHUNK_MAX = 256 * 1024, /* what is larger has a chunk of its own size */
  ARENA_RESERVE = 128 * 1024,   /* kept back so that a step can end when memory has run out */
  SEATS_FIRST = 16,             /* calls at once before the table grows for the first time */
  SEATS_MAX = 65536             /* calls at once: 128 MiB hold far fewer */
};

#endif
