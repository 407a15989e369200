/* kind.h: what sets the tables of rows apart, as data: their fields, how they are saved, what lists
 * can tell of them.
 *
 * A new table is a line here, one in codec/table.h, and FORMAT.md.
 */
#ifndef TKV_KIND_H
#define TKV_KIND_H

#include "kv/step.h"

enum { ROW_FIELDS_MAX = 16, ROW_KEYS_MAX = 3 };

/* What is known of a field. */
enum row_trait {
  ROW_KEY = 1,      /* its text is part of the key, in the order of the fields */
  ROW_OPTIONAL = 2, /* of a key: may be missing */
  ROW_MADE = 4,     /* of a key: is made up when a row is saved without it */
  ROW_COVERED = 8,  /* stands in the cover */
  ROW_DATE = 16,    /* ISO text, when it is there and not null */
  ROW_CREATED = 32, /* set when a row is saved: the old row's, else the given, else now */
  ROW_UPDATED = 64, /* now, whenever a row is saved or updated */
  ROW_ANCHOR = 128  /* the date from which a row's age counts */
};

struct row_field {
  struct span name;
  unsigned traits;
};

enum row_save_mode {
  ROW_SAVE_OVER, /* in place of any other */
  ROW_SAVE_LAST, /* likewise; of several within a second the first and the last are written */
  ROW_SAVE_KEEP, /* like ROW_SAVE_OVER, but it keeps the old one's ROW_CREATED */
  ROW_SAVE_NEW,  /* not when there is one: what has been stored never changes */
  ROW_SAVE_NEVER /* these are no rows, they only grow old like some */
};

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
