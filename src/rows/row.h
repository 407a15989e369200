/* row.h: rows: records that stand alone, such as scores, background tasks, thread states, blobs.
 *
 * This folder: what stands alone, one key each, without an index. It may use index/ for arguments,
 * scans and gathers, and all below. It must not know conversations.
 *
 * A row is one KV record, `table:key…`, its value the row's JSON with ISO dates.  Beside it stands
 * {"v":1,"w":written-at ms,"c":cover}: the cover is an object with the fields by which lists filter
 * and order, so that one page of a list answers for a thousand rows.  Where `c` is missing (no room,
 * not ASCII, metadata withheld) the row itself is read.
 *
 * What sets the tables apart is data: kind.c's table.  The operations (row_*.c) know none by
 * name.
 */
#ifndef TKV_ROW_H
#define TKV_ROW_H

#include "rows/kind.h"

/* row_fields finds |kind|'s fields in |object|, in their order; |fields| has room for
 * ROW_FIELDS_MAX.  False when |object| is damaged or none. */
bool row_fields(const struct row_kind *kind, struct span object, struct json_field *fields);

/* row_key joins the key of the row that |object| is, or names.  False, with the error recorded,
 * when it lacks a part. */
bool row_key(struct call *call, const struct row_kind *kind, struct span object, struct span *key);

/* row_check tells whether |row|'s dates are dates and it is not too large; if not, the error is
 * recorded. */
bool row_check(struct call *call, const struct row_kind *kind, struct span row);

/* row_read reads the answer |get| into |row|: SPAN_NONE when there is none.  False, with the error
 * recorded, when it is damaged or not the row of its key. */
bool row_read(struct call *call, const struct row_kind *kind, const struct kv_request *get,
              struct span *row);

/* row_date reads a date of a row or cover; false when it is missing, null, or no date. */
bool row_date(struct span value, int64_t *ms);

/* row_matches tells whether |value|, of a field, is |wanted|, or one of its elements when that is an
 * array.  A wanted null stands for a field that is missing or null. */
bool row_matches(struct span wanted, struct span value);

/* row_cover returns the cover of |row|. */
struct span row_cover(struct call *call, const struct row_kind *kind, struct span row);

/* row_cover_of returns the cover that |metadata| holds, or SPAN_NONE. */
struct span row_cover_of(struct span metadata);

/* row_metadata returns what stands beside |row| when it is written at |stamp|. */
struct span row_metadata(struct call *call, const struct row_kind *kind, struct span row,
                         int64_t stamp);

/* row_expires returns when |row| is of no use any more, for kv_put: the control document's `maxAge`
 * (ms) after its anchor; 0 without either. */
int64_t row_expires(struct call *call, const struct row_kind *kind, struct span row);

/* row_put queues the write of |row| under |key|, with metadata and expiry. */
struct kv_request *row_put(struct call *call, const struct row_kind *kind, struct span key,
                           struct span row, unsigned flags);

/* row_ask_flush asks for a row.flush call that writes what is held under |key|, if something is and
 * nobody is about to write it. */
void row_ask_flush(struct call *call, enum tkv_table table, struct span key);

/* row_ask queues the read of the row that |object| names.  NULL, with the error recorded, when it
 * names none. */
struct kv_request *row_ask(struct call *call, const struct row_kind *kind, struct span object);

/* row_put_text starts the answer's next element: a comma unless it is the first, then |text|. */
void row_put_text(struct json_out *out, struct span text);

#endif
