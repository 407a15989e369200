/* kind.c: the tables of rows, as tables.h says them. */
#include "rows/kind.h"

#include "rows/workflow_row.h"

#define FIELD(name, traits) {name, sizeof(name) - 1, traits},
#define X(set)                                                                                     \
  static const struct row_field set[] = {ROW_FIELDS_##set(FIELD)};                                 \
  _Static_assert(sizeof set / sizeof *set <= ROW_FIELDS_MAX, "more fields than a row may have");
ROW_FIELDS_LIST(X)
#undef X

static const struct row_kind kinds[] = {
#define X(table, mode, set, cover)                                                                 \
  {TABLE_##table, ROW_SAVE_##mode, set, sizeof set / sizeof *set, cover},
    ROW_TABLE_LIST(X)
#undef X
};

const struct row_kind *row_kind_at(enum tkv_table table) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i].table == table)
      return &kinds[i];
  return NULL;
}

static const struct row_kind *find_kind(struct call *call, bool aging) {
  const struct row_kind *kind = row_kind_at((enum tkv_table)call->control.table);
  if (kind && (aging || kind->mode != ROW_SAVE_NEVER))
    return kind;
  call_invalid(call, SPAN("table"), SPAN("holds no rows"));
  return NULL;
}

const struct row_kind *row_kind_of(struct call *call) {
  return find_kind(call, false);
}

const struct row_kind *row_kind_aging(struct call *call) {
  return find_kind(call, true);
}
