/* guard.c: guard pages by mmap. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "support/guard.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct guard {
  char *pages, *end;
  size_t size;
};

struct guard *guard_new(size_t size) {
  struct guard *guard = malloc(sizeof *guard);
  size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size / page + 1) * page;
  if (!guard)
    abort();
  guard->size = room + page;
  guard->pages =
      mmap(NULL, guard->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (guard->pages == MAP_FAILED || mprotect(guard->pages + room, page, PROT_NONE))
    abort();
  guard->end = guard->pages + room;
  return guard;
}

struct span guard_put(struct guard *guard, struct span text) {
  char *start = guard->end - text.len;
  if (text.len)
    memcpy(start, text.ptr, text.len);
  return (struct span){start, text.len};
}

void guard_del(struct guard *guard) {
  munmap(guard->pages, guard->size);
  free(guard);
}

void guard_each(struct span text, void (*use)(struct span text, void *self), void *self) {
  struct guard *guard = guard_new(text.len);
  for (size_t len = 0; len <= text.len; len++)
    use(guard_put(guard, (struct span){text.ptr, len}), self);
  guard_del(guard);
}
