/* arena.c: a list of chunks, each at least as large as the one before, bumped from the start. */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CHUNK = 8 * 1024, ALIGNMENT = 8 };

struct arena_chunk {
  struct arena_chunk *older;
  size_t size;
  uint64_t bytes[]; /* keeps the payload aligned */
};

static size_t round_up(size_t size) {
  return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static bool add_chunk(struct arena *arena, size_t least) {
  size_t size = arena->newest ? arena->newest->size : FIRST_CHUNK;
  while (size < least) {
    if (size > SIZE_MAX / 4)
      return false;
    size *= 2;
  }
  struct arena_chunk *chunk = malloc(sizeof *chunk + size);
  if (!chunk)
    return false;
  *chunk = (struct arena_chunk){.older = arena->newest, .size = size};
  *arena = (struct arena){.newest = chunk, .used = 0};
  return true;
}

void *arena_try(struct arena *arena, size_t size) {
  if (size > SIZE_MAX / 4)
    return NULL;
  size = round_up(size);
  if (!arena->newest || arena->newest->size - arena->used < size)
    if (!add_chunk(arena, size))
      return NULL;
  void *block = (char *)arena->newest->bytes + arena->used;
  arena->used += size;
  return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
  void *block = arena_try(arena, size);
  if (!block)
    abort();
  return memset(block, 0, size);
}

void arena_shrink(struct arena *arena, void *block, size_t size, size_t used) {
  char *end = arena->newest ? (char *)arena->newest->bytes + arena->used : NULL;
  if ((char *)block + round_up(size) == end)
    arena->used -= round_up(size) - round_up(used);
}

struct span arena_copy(struct arena *arena, struct span text) {
  char *copy = arena_alloc(arena, text.len + 1);
  if (text.len)
    memcpy(copy, text.ptr, text.len);
  return (struct span){copy, text.len};
}

void arena_free(struct arena *arena) {
  for (struct arena_chunk *chunk = arena->newest, *older; chunk; chunk = older) {
    older = chunk->older;
    free(chunk);
  }
  *arena = (struct arena){0};
}
