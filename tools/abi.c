/* abi.c: prints what JavaScript has to know of the core, from the headers that say it: bindings/core/abi.js, or with the
 * argument `kv` what its back ends have to know of KV, bindings/backends/kv-facts.js. */
#include "codec/limits.h"
#include "core.h"
#include "kv/host.h"
#include "kv/kv.h"
#include "rows/tables.h"

#include <stdio.h>
#include <string.h>

static void print_tables(void) {
  printf("/** The tables, by number: name and Mastra's name for the binding ('' for none). */\n");
  printf("export const TABLES = /** @type {const} */ ([\n");
#define X(constant, name, mastra) printf("  ['%s', '%s'],\n", name, mastra);
  TKV_TABLE_LIST(X)
#undef X
  printf("]);\n\n");
}

struct field {
  const char *name;
  unsigned traits;
};

static void print_names(const char *title, const struct field *fields, size_t count,
                        unsigned trait) {
  size_t printed = 0;
  printf("\n    %s: [", title);
  for (size_t i = 0; i < count; i++)
    if (fields[i].traits & trait)
      printf("%s'%s'", printed++ ? ", " : "", fields[i].name);
  printf("],");
}

static void print_row(const char *name, const struct field *fields, size_t count) {
  printf("  %s: {", name);
  print_names("keys", fields, count, ROW_KEY);
  print_names("covered", fields, count, ROW_COVERED);
  print_names("dates", fields, count, ROW_DATE);
  printf("\n  },\n");
}

#define FIELD(name, traits) {name, traits},
#define X(set) static const struct field set[] = {ROW_FIELDS_##set(FIELD)};
ROW_FIELDS_LIST(X)
#undef X

static void print_rows(void) {
  printf("/** The tables of rows: what their keys are made of, what lists can tell, what is a "
         "date. */\n");
  printf("export const ROWS = /** @type {const} */ ({\n");
#define X(table, mode, set, cover)                                                                 \
  if (ROW_SAVE_##mode != ROW_SAVE_NEVER)                                                           \
    print_row(names[TABLE_##table], set, sizeof set / sizeof *set);
#define NAME(constant, name, mastra) [TABLE_##constant] = name,
  static const char *names[TABLE_COUNT] = {TKV_TABLE_LIST(NAME)};
  ROW_TABLE_LIST(X)
#undef X
  printf("});\n\n");
}

static void print_operations(void) {
  printf("/** The operations, by name. @type {Readonly<Record<string, number>>} */\n");
  printf("export const OPERATIONS = {\n");
#define X(constant, name, step) printf("  '%s': %d,\n", name, TKV_OP_##constant);
  TKV_OP_LIST(X)
#undef X
  printf("};\n\n");
}

static void print_errors(void) {
  printf("/** The codes of failures, by status. @type {Readonly<Record<number, string>>} */\n");
  printf("export const ERRORS = {\n");
#define X(name, value, http, gloss) printf("  // %s\n  [%d]: '%s',\n", gloss, value, #name);
  TKV_ERROR_LIST(X)
#undef X
  printf("};\n\n");
}

static void print_statuses(void) {
  printf(
      "/** The HTTP statuses of failures, by code. @type {Readonly<Record<string, number>>} */\n");
  printf("export const STATUSES = {\n");
#define X(name, value, http, gloss) printf("  %s: %d,\n", #name, http);
  TKV_ERROR_LIST(X)
#undef X
  printf("};\n\n");
}

static void print_number(const char *comment, const char *name, long number) {
  printf("/** %s */\nexport const %s = %ld;\n", comment, name, number);
}

static void print_core(void) {
  print_tables();
  print_rows();
  print_operations();
  print_errors();
  print_statuses();
  print_number("A call waits for answers.", "PENDING", TKV_PENDING);
  print_number("A length that says: no such key, or no further page.", "NO_VALUE", 0xffffffffL);
  print_number("The version of the stored format.", "FORMAT_VERSION", TKV_FORMAT_VERSION);
  print_number("A call that writes and is not heard of for so many ms counts as gone.",
               "FLIGHT_MAX_MS", KV_FLIGHT_MAX_MS);
}

static void print_kv(void) {
  print_number("Bytes of a key.", "MAX_KEY", KEY_MAX);
  print_number("Bytes of a key's metadata as JSON.", "MAX_METADATA", KV_METADATA_MAX);
  print_number("Keys of one page of a list.", "MAX_LIST", KV_LIST_MAX);
  print_number("Keys of one bulk get.", "MAX_BULK_KEYS", KV_BULK_MAX);
  print_number("Bytes of one value, and of all the values of a bulk get.", "MAX_VALUE",
               TKV_VALUE_MAX);
}

int main(int count, char **words) {
  printf("// Made by tools/abi.mjs from the headers of src/. Do not edit.\n\n");
  if (count > 1 && strcmp(words[1], "kv") == 0)
    print_kv();
  else
    print_core();
  return 0;
}
