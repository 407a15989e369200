/* control.h: the control document of a call: page, order, limits and flags, no user's text.
 *
 * It is read with cJSON (json_control.c), which may not touch anything a user wrote: cJSON rounds
 * numbers and cuts strings at NUL.
 */
#ifndef TKV_CONTROL_H
#define TKV_CONTROL_H

#include "codec/span.h"
#include <stdint.h>

enum control_kind { CONTROL_ABSENT, CONTROL_NUMBER, CONTROL_FALSE, CONTROL_TRUE, CONTROL_OTHER };

struct control_value {
  enum control_kind kind;
  double number;
};

struct control { /* the values come first, in the order of their names in json_control.c */
  struct control_value page, per_page, message_limit, include_total, archived, max_age, restore,
      all, create, new_ids;
  bool ascending, descending; /* `direction` is "ASC", "DESC", or neither */
  bool by_updated;            /* `field` is "updatedAt" */
  int table;                  /* `table` as enum tkv_table; TABLE_COUNT: absent; -1: unknown */
};

/* control_read reads |text|, an object or nothing.  False when it is no object. */
bool control_read(struct span text, struct control *control);

/* control_number tells whether |value| is a whole number from 0 to 2^53 and stores it. */
bool control_number(struct control_value value, uint64_t *number);

#endif
