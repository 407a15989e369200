/* change_write.h: writes what was noted in changes (change.h).
 *
 *   changes_fetch     asks for the journal entries that removed members stand in
 *   changes_journal   queues the journal entries, where they have to go first
 *   changes_commit    queues journal and head, to go out with the records
 *   changes_confirm   asks for a follow-up that reads the heads again: is everything in them?  Else
 *                     it merges and writes anew
 *
 * Journal entries must be stored or the call fails; a head may fail, for it can be rebuilt: then
 * the call asks for a follow-up (collection.refresh).
 */
#ifndef TKV_CHANGE_WRITE_H
#define TKV_CHANGE_WRITE_H

#include "index/change.h"

/* change_put_head queues the write of |head|, as it is, for |collection|. */
struct kv_request *change_put_head(struct call *call, const struct collection *collection,
                                   const struct head *head, unsigned flags);

/* changes_fetch queues reads of the journal entries that removed members stand in, those not asked
 * for yet. */
void changes_fetch(struct call *call, struct changes *list);

/* changes_confirm asks, once what was committed is answered, for what has to follow the call. */
void changes_confirm(struct call *call, const struct changes *list);

/* changes_journal queues the journal entries alone, to be stored before records that change their
 * place: or a failure in between would leave a record that nothing names. */
void changes_journal(struct call *call, struct changes *list);

/* changes_commit queues the writes, save the journal entries that changes_journal has queued
 * before. */
void changes_commit(struct call *call, struct changes *list);

/* changes_failed returns a journal write that failed for good, or NULL. */
const struct kv_request *changes_failed(const struct changes *list);

/* changes_refresh queues what a refresh writes: journal entries without what is gone, and each head
 * as it is now known. A head that is right already is not written; the memory then learns that the
 * journal was looked at. */
void changes_refresh(struct call *call, struct changes *list);

#endif
