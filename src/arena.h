/* arena.h: the memory of one call.
 *
 * Everything a call touches (its input, replies, lists, result) is taken from its arena and given
 * back at once by arena_free.  Nothing is freed singly.  Alignment is 8 bytes.
 */
#ifndef TKV_ARENA_H
#define TKV_ARENA_H

#include "span.h"

struct arena_chunk;

struct arena {
  struct arena_chunk *newest;
  size_t used; /* bytes taken from the newest chunk */
};

/* arena_alloc returns |size| zeroed bytes.  It can't fail: when no memory is left the module traps
 * (natively it aborts), the instance is discarded and its calls fail as CRASHED.  Use arena_try for
 * sizes that come from users. */
void *arena_alloc(struct arena *arena, size_t size);

/* arena_try returns |size| bytes, not zeroed, or NULL when no memory is left. */
void *arena_try(struct arena *arena, size_t size);

/* arena_shrink gives back the tail of the newest allocation, |block| of |size| bytes, of which
 * |used| are kept.  When something was allocated since, nothing happens. */
void arena_shrink(struct arena *arena, void *block, size_t size, size_t used);

/* arena_copy returns a span over a copy of |text|. */
struct span arena_copy(struct arena *arena, struct span text);

/* arena_free releases everything that was allocated from |arena|, which may then be used anew. */
void arena_free(struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

#endif
