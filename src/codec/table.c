/* table.c: names by number. */
#include "codec/table.h"

struct span table_name(enum tkv_table table) {
  static const struct span names[TABLE_COUNT] = {
#define X(constant, name, mastra) [TABLE_##constant] = {name, sizeof(name) - 1},
      TKV_TABLE_LIST(X)
#undef X
  };
  return names[table];
}
