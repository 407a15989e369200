/* kind.h: what sets a table of rows apart: its fields, how it is saved, what lists can tell of it.
 *
 * What they are is said in tables.h.
 */
#ifndef TKV_KIND_H
#define TKV_KIND_H

#include "kv/step.h"
#include "rows/tables.h"

enum { ROW_FIELDS_MAX = 24, ROW_KEYS_MAX = 3 };

/* Small, for there are many. */
struct row_field {
  const char *text; /* its name, in |length| bytes */
  unsigned char length, traits;
};

static inline struct span row_field_name(const struct row_field *field) {
  return (struct span){field->text, field->length};
}

struct row_kind {
  enum tkv_table table;
  enum row_save_mode mode;
  const struct row_field *fields;
  size_t count;
  /* The cover of |row|, when that is more than a selection of its fields; else NULL. */
  struct span (*cover)(struct call *call, struct span row);
};

/* row_kind_at returns the kind of |table|, or NULL. */
const struct row_kind *row_kind_at(enum tkv_table table);

/* row_kind_of returns the kind that the control document's `table` names.  NULL, with the error
 * recorded, when that holds no rows. */
const struct row_kind *row_kind_of(struct call *call);

/* row_kind_aging does so also for records that are none, but can be pruned. */
const struct row_kind *row_kind_aging(struct call *call);

#endif
