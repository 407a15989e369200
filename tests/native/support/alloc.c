/* alloc.c: counts, and fails when asked to. */
#include "support/alloc.h"

#include <stdbool.h>
#include <stdlib.h>

void *alloc_malloc(size_t size);
void *alloc_calloc(size_t count, size_t size);
void *alloc_realloc(void *block, size_t size);

static size_t first_failure, failure_count, counted, failed;
static bool inside;

void alloc_fail(size_t first, size_t count) {
  first_failure = first;
  failure_count = count;
  counted = failed = 0;
}

size_t alloc_count(void) {
  return counted;
}

size_t alloc_failed(void) {
  return failed;
}

void alloc_inside(void) {
  inside = true;
}

void alloc_outside(void) {
  inside = false;
}

static bool fails(void) {
  if (!inside)
    return false;
  counted++;
  bool fails = counted >= first_failure && counted - first_failure < failure_count;
  failed += fails;
  return fails;
}

void *alloc_malloc(size_t size) {
  return fails() ? NULL : malloc(size);
}

void *alloc_calloc(size_t count, size_t size) {
  return fails() ? NULL : calloc(count, size);
}

void *alloc_realloc(void *block, size_t size) {
  return fails() ? NULL : realloc(block, size);
}
