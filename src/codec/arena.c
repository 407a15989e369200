/* arena.c: a list of chunks, each mostly as large as the one before or larger, bumped from the start. */
#include "codec/arena.h"

#include "codec/limits.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

/* A chunk and what allocators put before it fill a power of two, unless one large thing is all of it. */
enum { OVERHEAD = 32, ALIGNMENT = 8 };

struct arena_chunk {
  struct arena_chunk *older;
  size_t size;      /* of `bytes` */
  uint64_t bytes[]; /* keeps the payload aligned */
};

static size_t round_up(size_t size) {
  return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static struct arena_chunk *new_chunk(size_t total) {
  struct arena_chunk *chunk = malloc(sizeof *chunk + total - OVERHEAD);
  if (chunk)
    *chunk = (struct arena_chunk){.size = total - OVERHEAD};
  return chunk;
}

static void add_chunk(struct arena *arena, struct arena_chunk *chunk) {
  if (arena->reserve)
    arena->reserve->held += chunk->size;
  chunk->older = arena->newest;
  arena->newest = chunk;
  arena->used = 0;
}

static size_t fitting(size_t total, size_t least) {
  total = total < ARENA_CHUNK_MAX ? total : ARENA_CHUNK_MAX;
  while (total - OVERHEAD < least)
    total = total < ARENA_CHUNK_MAX ? total * 2 : least + OVERHEAD;
  return total;
}

/* A chunk as large as the newest, mostly; when there is no memory for that, one that will do. */
static bool grow(struct arena *arena, size_t least) {
  size_t enough = fitting(ARENA_FIRST_CHUNK, least);
  size_t wanted = arena->newest ? fitting(arena->newest->size + OVERHEAD, least) : enough;
  struct arena_chunk *chunk = new_chunk(wanted);
  if (!chunk && wanted > enough)
    chunk = new_chunk(enough);
  if (chunk)
    add_chunk(arena, chunk);
  return chunk;
}

static bool has_room(const struct arena *arena, size_t size) {
  return arena->newest && arena->newest->size - arena->used >= size;
}

static void *bump(struct arena *arena, size_t size) {
  void *block = (char *)arena->newest->bytes + arena->used;
  arena->used += size;
  return block;
}

void *arena_try(struct arena *arena, size_t size) {
  if (size > SIZE_MAX / 8)
    return NULL;
  size = round_up(size);
  return has_room(arena, size) || grow(arena, size) ? bump(arena, size) : NULL;
}

void *arena_take(struct arena *arena, size_t size) {
  void *block = arena_try(arena, size);
  if (block)
    return block;
  arena->failed = true;
  struct arena_chunk *kept = arena->reserve ? arena->reserve->chunk : NULL;
  if (!kept || kept->size < size)
    return NULL;
  arena->reserve->chunk = NULL;
  add_chunk(arena, kept);
  return bump(arena, round_up(size));
}

void *arena_alloc(struct arena *arena, size_t size) {
  void *block = arena_take(arena, size);
  if (!block)
    abort();
  return memset(block, 0, size);
}

bool arena_reserve_fill(struct arena_reserve *reserve) {
  if (!reserve->chunk)
    reserve->chunk = new_chunk(ARENA_RESERVE);
  return reserve->chunk;
}

void arena_reserve_free(struct arena_reserve *reserve) {
  free(reserve->chunk);
  reserve->chunk = NULL;
}

void arena_shrink(struct arena *arena, void *block, size_t size, size_t used) {
  assert(used <= size);
  char *end = arena->newest ? (char *)arena->newest->bytes + arena->used : NULL;
  if ((char *)block + round_up(size) == end)
    arena->used -= round_up(size) - round_up(used);
}

struct span arena_copy(struct arena *arena, struct span text) {
  char *copy = arena_take(arena, text.len + 1);
  if (copy && text.len)
    memcpy(copy, text.ptr, text.len);
  return copy ? (struct span){copy, text.len} : SPAN("");
}

void arena_free(struct arena *arena) {
  for (struct arena_chunk *chunk = arena->newest, *older; chunk; chunk = older) {
    older = chunk->older;
    if (arena->reserve)
      arena->reserve->held -= chunk->size;
    if (arena->reserve && !arena->reserve->chunk && chunk->size >= ARENA_RESERVE - OVERHEAD)
      arena->reserve->chunk = chunk;
    else
      free(chunk);
  }
  *arena = (struct arena){0};
}
