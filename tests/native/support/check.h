/* check.h: the test harness.
 *
 *   TEST(spans_order_by_bytes) {
 *     CHECK(span_cmp(SPAN("a"), SPAN("b")) < 0);
 *     CHECK_TEXT(name, "threads");
 *   }
 *
 * A TEST registers itself under its name.  A failed check is reported and the test goes on; REQUIRE
 * ends it.  main.c runs all tests, or those whose file or name contains one of the program's
 * arguments.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include "codec/span.h"
#include <stdint.h>

/* One test.  Static, or as long-lived as the program. */
struct check_test {
  const char *name, *file;
  void (*run)(void *self);
  void *self;
  struct check_test *next;
};

#define TEST(name)                                                                                 \
  static void name(void *self);                                                                    \
  __attribute__((constructor)) static void register_##name(void) {                                 \
    static struct check_test test = {#name, __FILE__, name, NULL, NULL};                           \
    check_register(&test);                                                                         \
  }                                                                                                \
  static void name(void *self __attribute__((unused)))

/* check_register adds |test| to those that run, last. */
void check_register(struct check_test *test);

/* check_context names what is being tested just now, printf style; it stands before the messages of
 * failed checks until the test ends.  For tests that loop over cases. */
void check_context(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* check_fail reports a failure of the running test, printf style. */
void check_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* check_failures returns how often the running test failed so far. */
int check_failures(void);

/* The checks' own: each returns whether it held. */
bool check_true(const char *file, int line, bool held, const char *text);
bool check_ints(const char *file, int line, int64_t got, int64_t wanted, const char *text);
bool check_texts(const char *file, int line, struct span got, struct span wanted, const char *text);
bool check_json(const char *file, int line, struct span got, const char *wanted, const char *text);

#define CHECK(condition) check_true(__FILE__, __LINE__, (condition), #condition)
#define CHECK_EQ(got, wanted)                                                                      \
  check_ints(__FILE__, __LINE__, (int64_t)(got), (int64_t)(wanted), #got)
#define CHECK_SPAN(got, wanted) check_texts(__FILE__, __LINE__, (got), (wanted), #got)
#define CHECK_TEXT(got, literal) CHECK_SPAN((got), text_span(literal))

/* CHECK_JSON compares to text in which a single quote stands for a double one: {'id':'t1'}. */
#define CHECK_JSON(got, literal) check_json(__FILE__, __LINE__, (got), (literal), #got)
#define REQUIRE(condition)                                                                         \
  do {                                                                                             \
    if (!CHECK(condition))                                                                         \
      return;                                                                                      \
  } while (0)

/* text_span returns the bytes of a C string. */
static inline struct span text_span(const char *text) {
  return (struct span){text, strlen(text)};
}

/* A small reproducible generator (xorshift64*), for tests that try many things. */
struct dice {
  uint64_t state; /* the seed: not 0 */
};

/* dice_next returns a number below |below|. */
static inline uint32_t dice_next(struct dice *dice, uint32_t below) {
  dice->state ^= dice->state >> 12;
  dice->state ^= dice->state << 25;
  dice->state ^= dice->state >> 27;
  return (uint32_t)((dice->state * UINT64_C(2685821657736338717)) >> 32) % below;
}

#endif
