/* libc.c: what the module uses of libc and does not need in full: an allocator and strtod.
 *
 * wasi-libc's allocator is 11 KB, its strtod 7 KB: a fifth of the module.  The Makefile renames the
 * calls (HEAP), since a compiler that sees a function called free drops what is written to the
 * block before.  Natively, and under emscripten, libc's own are used.
 *
 * The allocator keeps a list of free blocks for each size: the powers of two, and three sizes between
 * each and the next.  A block never changes its size; memory is taken from the end and never given
 * back, as Wasm cannot.  That wastes at most a fifth.
 */
#ifdef malloc

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER = 8, SMALLEST = 32, STEPS = 4, CLASS_MAX = 26 * STEPS, PAGE = 65536 };

/* A block starts with its class; a free one links to the next behind that. */
struct block {
  uint32_t class;
  struct block *next;
};

extern unsigned char __heap_base; /* by the linker: where data and stack end */

static struct block *free_blocks[CLASS_MAX + 2 * STEPS]; /* beyond CLASS_MAX: none ever */
static uintptr_t heap_end;

/* Of 32 bytes and more: 4, 5, 6 and 7 eighths of each power of two. */
static size_t size_of(uint32_t class) {
  return (size_t)(STEPS + class % STEPS) << (class / STEPS + 3);
}

static uint32_t class_of(size_t size) {
  if (size <= SMALLEST)
    return 0;
  uint32_t power = 31 - (uint32_t)__builtin_clzl(size - 1);
  return (power - 5) * STEPS + (uint32_t)((size - 1) >> (power - 2)) - STEPS + 1;
}

static struct block *take_new(uint32_t class) {
  if (!heap_end)
    heap_end = ((uintptr_t)&__heap_base + HEADER - 1) & ~(uintptr_t)(HEADER - 1);
  size_t size = size_of(class), room = __builtin_wasm_memory_size(0) * (size_t)PAGE - heap_end;
  if (room < size && __builtin_wasm_memory_grow(0, (size - room + PAGE - 1) / PAGE) == SIZE_MAX)
    return NULL;
  struct block *block = (struct block *)heap_end;
  heap_end += size;
  block->class = class;
  return block;
}

/* The smallest class from |class| to |last| that has a free block, or CLASS_MAX. */
static uint32_t free_class(uint32_t class, uint32_t last) {
  while (class <= last && !free_blocks[class])
    class++;
  return class <= last ? class : CLASS_MAX;
}

/* A block up to four times too large is better than more memory: or every class would keep its own
 * peak for ever.  When there is no more memory any larger one will do. */
void *malloc(size_t size) {
  uint32_t class = size > SIZE_MAX - HEADER ? CLASS_MAX : class_of(size + HEADER), found;
  if (class >= CLASS_MAX)
    return NULL;
  struct block *block = NULL;
  if ((found = free_class(class, class + 2 * STEPS)) == CLASS_MAX && !(block = take_new(class)))
    found = free_class(class, CLASS_MAX - 1);
  if (found != CLASS_MAX) {
    block = free_blocks[found];
    free_blocks[found] = block->next;
  }
  return block ? (char *)block + HEADER : NULL;
}

void free(void *memory) {
  if (!memory)
    return;
  struct block *block = (struct block *)((char *)memory - HEADER);
  block->next = free_blocks[block->class];
  free_blocks[block->class] = block;
}

void *calloc(size_t count, size_t size) {
  if (size && count > SIZE_MAX / size)
    return NULL;
  void *memory = malloc(count * size);
  return memory ? memset(memory, 0, count * size) : NULL;
}

void *realloc(void *memory, size_t size) {
  if (!memory)
    return malloc(size);
  const struct block *block = (struct block *)((char *)memory - HEADER);
  size_t old = size_of(block->class) - HEADER;
  if (old >= size)
    return memory;
  void *grown = malloc(size);
  if (grown) {
    memcpy(grown, memory, old);
    free(memory);
  }
  return grown;
}

static const char *read_digits(const char *p, double *value, int *scale) {
  for (; *p >= '0' && *p <= '9'; p++, (*scale)--)
    *value = *value * 10 + (*p - '0');
  return p;
}

/* Reads the numbers of control documents: pages and limits.  Exact for whole numbers up to 2^53,
 * near enough beyond. */
double strtod(const char *text, char **end) {
  const char *p = text + (*text == '-' || *text == '+');
  double value = 0;
  int scale = 0, ignored = 0;
  p = read_digits(p, &value, &ignored);
  if (*p == '.')
    p = read_digits(p + 1, &value, &scale);
  if (*p == 'e' || *p == 'E') {
    bool negative = p[1] == '-';
    double exponent = 0;
    p = read_digits(p + 1 + (p[1] == '-' || p[1] == '+'), &exponent, &ignored);
    int bounded = exponent > 400 ? 400 : (int)exponent;
    scale += negative ? -bounded : bounded;
  }
  for (; scale > 0; scale--)
    value *= 10;
  for (; scale < 0; scale++)
    value /= 10;
  if (end)
    *end = (char *)(uintptr_t)p;
  return *text == '-' ? -value : value;
}

#endif
