/* record.h: what stands beside a record in KV's metadata, and how arguments are read.
 *
 *   {"v":1,"w":written-at ms,"j":"journal suffix","o":[position,earlier], …}
 *
 * `j` names the journal entry that the record's membership stands in, `o` its place if it is not
 * what that says (place.h).  A platform may withhold metadata: then the stamp is unknown and the
 * journal has to be searched.
 */
#ifndef TKV_RECORD_H
#define TKV_RECORD_H

#include "codec/json_shape.h"
#include "index/entry.h"
#include "kv/step.h"

/* record_metadata returns the metadata of a record written at |stamp|, whose membership is |entry|;
 * NULL for none. */
struct span record_metadata(struct call *call, int64_t stamp, const struct entry *entry);

/* record_journal returns the journal suffix that |metadata| names, or SPAN_NONE. */
struct span record_journal(struct span metadata);

/* record_place takes in what |metadata| says of the place of |entry|, the record's membership. */
void record_place(struct span metadata, struct entry *entry);

/* record_uuid returns a new random id. */
struct span record_uuid(struct call *call);

/* record_date returns |ms| as a record's date: quoted ISO text. */
struct span record_date(struct call *call, int64_t ms);

/* record_fits tells whether |value| may be stored; if not, VALUE_TOO_LARGE is recorded, naming
 * |where|. */
bool record_fits(struct call *call, struct span value, struct span where);

/* arg_where returns "|list|[|index|].|name|", to say where an argument is wrong. */
struct span arg_where(struct call *call, struct span list, size_t index, struct span name);

/* arg_read reads |object| into |target| by |shape|.  False, with the error recorded, when a field is
 * not as it should be: it is named behind |where|, or |where|[|index|] with a point. */
bool arg_read(struct call *call, struct span object, struct span where, size_t index,
              const struct shape *shape, size_t count, void *target);
enum { ARG_ALONE = -1 }; /* an index: there is no list */

/* ARG_READ does so with the payload and an array of fields. */
#define ARG_READ(call, where, shape, target)                                                       \
  arg_read(call, (call)->payload, SPAN(where), (size_t)ARG_ALONE, shape,                           \
           sizeof(shape) / sizeof *(shape), target)

/* arg_id reads an id: a non-empty string of well-formed Unicode.  False, with the error recorded,
 * otherwise. */
bool arg_id(struct call *call, struct span value, struct span where, struct span *id);

/* arg_is_blank tells whether |id| has nothing but white space: lists refuse to be asked for it. */
bool arg_is_blank(struct span id);

/* arg_made tells whether a record may be made under |id|, which what is brought back ("restore") may
 * be in any case.  False, with the error recorded, otherwise. */
bool arg_made(struct call *call, struct span id, struct span where);

/* arg_text reads an optional string; SPAN_NONE when absent.  False, with the error recorded, when
 * it is no string. */
bool arg_text(struct call *call, struct span value, struct span where, struct span *text);

/* arg_date reads a date.  False, with the error recorded, otherwise. */
bool arg_date(struct call *call, struct span value, struct span where, int64_t *ms);

/* arg_fields fills |fields| from the payload.  False, with the error recorded, when that is no
 * object. */
bool arg_fields(struct call *call, struct json_field *fields, size_t count);

/* A stretch of time. */
struct date_range {
  bool has_start, has_end;
  int64_t start, end; /* both included */
};

/* arg_range reads an optional {start, end, startExclusive, endExclusive}.  False, with the error
 * recorded, when it is malformed. */
bool arg_range(struct call *call, struct span value, struct date_range *range);

/* range_has tells whether |ms| lies in |range|. */
bool range_has(const struct date_range *range, int64_t ms);

/* arg_ids reads an array of ids, repetitions dropped. */
bool arg_ids(struct call *call, struct span array, struct span where, struct span_set *seen,
             struct entries *ids);

/* arg_is_name tells whether |name| may name a field of a metadata filter. */
bool arg_is_name(struct span name);
#define ARG_NAME_RULE                                                                              \
  "names must match [A-Za-z_][A-Za-z0-9_]*, have at most 128 characters and be safe"

/* A page of a list. */
struct page {
  uint64_t offset, limit; /* limit: UINT64_MAX for all */
};

/* arg_page reads `page` and `perPage` of the control document; |standard| is the default page size.
 */
bool arg_page(struct call *call, uint64_t standard, struct page *page);

#endif
