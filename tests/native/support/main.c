/* main.c: runs the tests and counts them.
 *
 *   test [-v] [WORD...]     those whose file or name contains one of the words; -v names each
 */
#include "support/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static struct check_test *first, **last = &first;
static const struct check_test *running;
static int failures; /* of the running test */
static char context[512];

void check_register(struct check_test *test) {
  *last = test;
  last = &test->next;
}

void check_context(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(context, sizeof context, format, arguments);
  va_end(arguments);
}

void check_fail(const char *file, int line, const char *format, ...) {
  va_list arguments;
  if (!failures++)
    printf("FAILED %s (%s)\n", running->name, running->file);
  printf("  %s:%d: %s%s", file, line, context, *context ? ": " : "");
  va_start(arguments, format);
  vprintf(format, arguments);
  va_end(arguments);
  putchar('\n');
}

int check_failures(void) {
  return failures;
}

bool check_true(const char *file, int line, bool held, const char *text) {
  if (!held)
    check_fail(file, line, "%s does not hold", text);
  return held;
}

bool check_ints(const char *file, int line, int64_t got, int64_t wanted, const char *text) {
  if (got != wanted)
    check_fail(file, line, "%s is %lld, not %lld", text, (long long)got, (long long)wanted);
  return got == wanted;
}

/* Prints what stands around |at|: long texts differ in a word or two. */
static void print_around(struct span text, size_t at) {
  enum { BEFORE = 60, AFTER = 200 };
  size_t start = at > BEFORE ? at - BEFORE : 0, end = text.len - at > AFTER ? at + AFTER : text.len;
  printf("    %s%.*s%s\n", start ? "..." : "", (int)(end - start), text.len ? text.ptr + start : "",
         end < text.len ? "..." : "");
}

bool check_texts(const char *file, int line, struct span got, struct span wanted,
                 const char *text) {
  if (span_eq(got, wanted))
    return true;
  size_t at = 0;
  while (at < got.len && at < wanted.len && got.ptr[at] == wanted.ptr[at])
    at++;
  check_fail(file, line, "%s differs at byte %zu; it is", text, at);
  print_around(got, at);
  puts("  and should be");
  print_around(wanted, at);
  return false;
}

bool check_json(const char *file, int line, struct span got, const char *wanted, const char *text) {
  size_t len = strlen(wanted);
  char *quoted = malloc(len + 1);
  for (size_t i = 0; quoted && i < len; i++)
    quoted[i] = (char)(wanted[i] == '\'' ? '"' : wanted[i]);
  bool same = quoted && check_texts(file, line, got, (struct span){quoted, len}, text);
  free(quoted);
  return same;
}

static bool is_wanted(const struct check_test *test, char **words) {
  if (!*words)
    return true;
  for (; *words; words++)
    if (strstr(test->name, *words) || strstr(test->file, *words))
      return true;
  return false;
}

int main(int count, char **words) {
  int passed = 0, failed = 0;
  bool verbose = count > 1 && strcmp(words[1], "-v") == 0;
  words += verbose ? 2 : 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (struct check_test *test = first; test; test = test->next) {
    if (!is_wanted(test, words))
      continue;
    if (verbose)
      printf("%s %s\n", test->file, test->name);
    running = test;
    failures = 0;
    context[0] = 0;
    test->run(test->self);
    passed += !failures;
    failed += failures != 0;
  }
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
