/* message.h: message records: what the core looks at in them, and the list of them that a call
 * works on. */
#ifndef TKV_MESSAGE_H
#define TKV_MESSAGE_H

#include "index/collection.h"
#include "index/gather.h"
#include "index/record.h"

/* A stored or given message, read.  All spans point into its text or the arena. */
struct message {
  struct span raw; /* the record's JSON */
  struct span id, thread, resource;
  int64_t created; /* ms */
};

/* message_parse reads |raw|.  False when it is no object, or without the fields above. */
bool message_parse(struct call *call, struct span raw, struct message *message);

/* message_read reads the answer |get|.  False when it is damaged: as above, or of another id. */
bool message_read(struct call *call, const struct kv_request *get, struct message *message);

/* message_key joins the key of message |id|.  False, with the error recorded, when it is too long.
 */
bool message_key(struct call *call, struct span id, struct span *key);

/* Messages that are asked for by id, each once: `ids` of the payload's `messageIds`. */
struct message_ids {
  struct entries ids;
  struct kv_request **gets; /* of each */
};

/* message_ask reads the ids and queues the reads of their records.  False, with the error recorded, when
 * they are none. */
bool message_ask(struct call *call, struct message_ids *asked);

/* message_entry returns the membership entry that |message| says of itself. */
struct entry message_entry(const struct message *message);

/* message_passes tells whether every member of |filter| stands in content.metadata of the record |raw|
 * with the very same value. */
bool message_passes(struct span raw, struct span filter);

/* messages_put writes `{"messages":[…]` with the records of |entries|, in the order of place.h.  The
 * object is left open. */
void messages_put(struct call *call, struct json_out *out, const struct entries *entries,
                  bool ascending);

/* A gather over message entries: those whose record exists and agrees get it as `record`, and the
 * place that it tells.
 *
 * A record agrees that says what the entry says.  So does one that differs in time or owner alone,
 * when no entry of its thread says what it says: another isolate, which had not seen yet that the
 * message was deleted and saved anew, has written it as it was before, and what named it then is
 * gone.  Its entry then takes on what the record says. */
struct message_gather {
  struct gather gather; /* must be first */
  struct entry **entries;
  struct span filter; /* content.metadata must have these members; SPAN_NONE for any */
  struct kv_request **gets;
  struct entries gone; /* old entries without an agreeing record, not in doubt yet */
  const struct collections
      *among; /* where the entries are from; NULL: a record must agree wholly */
};

/* message_gather prepares to gather |count| entries until |want| are good. */
struct message_gather *message_gather(struct call *call, struct entry **entries, size_t count,
                                      size_t want, struct span filter);

/* message_filter_check checks a message metadata filter (CONTRACT 2.1.2).  SPAN_NONE in |filter|
 * when it filters nothing. */
bool message_filter_check(struct call *call, struct span value, struct span *filter);

#endif
