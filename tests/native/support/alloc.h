/* alloc.h: the core's malloc, calloc and realloc in native tests, which can be made to fail.
 *
 * The Makefile renames them in src/ and cJSON.  They fail only inside of core.h's functions:
 * host_mem.c says when that is, for tests use arenas, too.
 */
#ifndef TESTS_ALLOC_H
#define TESTS_ALLOC_H

#include <stddef.h>

/* alloc_fail makes the allocations number |first| to |first| + |count| - 1 fail, counted from 1 and
 * from now on; |count| 0: none. */
void alloc_fail(size_t first, size_t count);

/* alloc_count returns how many there have been since; alloc_failed how many of them failed. */
size_t alloc_count(void);
size_t alloc_failed(void);

/* alloc_inside and alloc_outside tell that the core is entered, left, or calls the host. */
void alloc_inside(void);
void alloc_outside(void);

#endif
