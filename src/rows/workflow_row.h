/* workflow_row.h: what the core looks at in a run's row. */
#ifndef TKV_WORKFLOW_ROW_H
#define TKV_WORKFLOW_ROW_H

#include "kv/call.h"

/* A run's row, as JSON values of its text; SPAN_NONE what it lacks. */
struct workflow_row {
  struct span text, id, name, resource, created, updated;
  struct span snapshot; /* an object, decoded if it was stored as text */
};

/* workflow_field returns the member |name| of |object|; SPAN_NONE when there is none, or no object.
 */
struct span workflow_field(struct span object, struct span name);

/* workflow_read reads |text|, a row or nothing, into |row|. */
void workflow_read(struct call *call, struct span text, struct workflow_row *row);

/* workflow_cover returns the fields of the row |text| that lists filter and order by. */
struct span workflow_cover(struct call *call, struct span text);

/* workflow_put_field appends a member to the object that |out| is at; nothing without a value. */
void workflow_put_field(struct json_out *out, struct span name, struct span value);

#endif
