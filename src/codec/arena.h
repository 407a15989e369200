/* arena.h: the memory of one call.
 *
 * Everything a call touches (its input, replies, lists, result) is taken from its arena and given
 * back at once by arena_free.  Nothing is freed singly.  Alignment is 8 bytes.
 */
#ifndef TKV_ARENA_H
#define TKV_ARENA_H

#include "codec/span.h"

struct arena_chunk;

/* What is kept back for when no memory is left, so that a step can come to its end all the same. */
struct arena_reserve {
  struct arena_chunk *chunk; /* NULL: in use, or there was never memory for it */
  size_t held;               /* bytes of all the arenas that have this reserve */
};

struct arena {
  struct arena_chunk *newest;
  size_t used;                   /* bytes taken from the newest chunk */
  struct arena_reserve *reserve; /* NULL: none */
  bool failed; /* memory ran out: whatever was made since may be cut short and must not be used */
};

/* arena_alloc returns |size| zeroed bytes.  When no memory is left they come from the reserve, and
 * `failed` is set; when that has no room either the module traps (natively it aborts), the instance
 * is discarded and its calls fail as CRASHED. */
void *arena_alloc(struct arena *arena, size_t size);

/* arena_take is arena_alloc for sizes that come from users: not zeroed, and NULL instead of a trap.
 */
void *arena_take(struct arena *arena, size_t size);

/* arena_try returns |size| bytes, not zeroed, or NULL when no memory is left: never the reserve. */
void *arena_try(struct arena *arena, size_t size);

/* arena_reserve_fill sees to it that |reserve| is there; false without memory. */
bool arena_reserve_fill(struct arena_reserve *reserve);
void arena_reserve_free(struct arena_reserve *reserve);

/* arena_shrink gives back the tail of the newest allocation, |block| of |size| bytes, of which
 * |used| are kept.  When something was allocated since, nothing happens. */
void arena_shrink(struct arena *arena, void *block, size_t size, size_t used);

/* arena_copy returns a span over a copy of |text|; an empty one, and `failed` set, when there is no
 * memory for it. */
struct span arena_copy(struct arena *arena, struct span text);

/* arena_free releases everything that was allocated from |arena|, which may then be used anew
 * (without a reserve).  A chunk of the reserve goes back there. */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

#endif
