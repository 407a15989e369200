// Ways to break the core, for mutations.mjs: in `file` of src/, `find` is replaced by `put`.
//
// `by` names the native tests that have to notice, by words of their names or files: the simulation where nothing else
// is said. `quick`: CI tries it, too.

import { placeMutations } from './mutants-places.mjs';
import { rowMutations } from './mutants-rows.mjs';

/** @typedef {{ name: string, file: string, find: string | RegExp, put: string, by?: string[], quick?: boolean }} Mutation */

/** @type {Mutation[]} */
export const mutations = [
  // What is read
  {
    name: 'what stands for a value is remembered as the value',
    file: 'kv/turn.c',
    find: String.raw`if (span_starts(get->value, SPAN("{\"\":")))`,
    put: 'if (0)',
    by: ['kv_does_not'],
  },

  // Collections: journal and head
  {
    name: 'heads are not confirmed',
    file: 'index/change.c',
    find: /(enum tkv_status changes_confirm\(.*\{\n)/,
    put: '$1  if (call && self)\n    return TKV_DONE;\n',
  },
  {
    name: 'no journal entry is written',
    file: 'index/change.c',
    find: 'if (!change->added.count || change->journal_put)',
    put: 'if (change)',
    quick: true,
  },
  {
    name: 'no head is written',
    file: 'index/change.c',
    find: /(static void put_head\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
    by: ['lists', 'messages'],
  },
  {
    name: 'a head that another call wrote meanwhile is overwritten',
    file: 'index/change.c',
    find: /bool rebased = newer_head\(call, collection, &base\);/,
    put: 'bool rebased = newer_head(call, collection, &base) && call->now < 0;',
    by: ['stale', 'turns', 'calls'],
  },
  {
    name: 'a head that turns up at the confirmation is overwritten',
    file: 'index/change.c',
    find: 'if (read && seen.stamp > change->collection->head.stamp) {',
    put: 'if (read && seen.stamp < 0) {',
  },
  {
    name: 'a cut head has no floor',
    file: 'index/change.c',
    find: /head->has_floor = true;\n/,
    put: '',
  },
  {
    name: 'the floor is ignored by readers',
    file: 'index/collection.c',
    find: /collection->all = .*;/,
    put: 'collection->all = true;',
  },
  {
    name: 'an unread head shares its array with the merge',
    file: 'index/collection.c',
    find: /entries->cap =\s*entries\s*->count;/,
    put: '',
  },
  {
    name: 'only the first page of a journal is read',
    file: 'index/collection.c',
    find: 'if (page->cursor.ptr && deeper)',
    put: 'if (page->cursor.ptr && deeper && call->now < 0)',
    quick: true,
  },
  {
    name: 'an empty page ends a list',
    file: 'index/collection.c',
    find: 'if (page->cursor.ptr && deeper)',
    put: 'if (page->cursor.ptr && deeper && page->count)',
  },
  {
    name: 'the journal is never checked',
    file: 'index/collection.c',
    find: /bool look = collection->load >= LOAD_RECENT/,
    put: 'bool look = collection->load >= LOAD_ALL',
  },
  {
    name: 'checks do not look back',
    file: 'codec/limits.h',
    find: /CHECK_MARGIN_MS = [^,]*,/,
    put: 'CHECK_MARGIN_MS = 0,',
  },
  {
    name: 'journal values are not read where a list lacks them',
    file: 'index/collection.c',
    find: /if \(!holds_entries\(doc->text\)\)/,
    put: 'if (!holds_entries(doc->text) && call->now < 0)',
  },
  {
    name: 'an entry counts whatever its record says',
    file: 'threads/message.c',
    find: /if \(span_eq\(entry->home, said\.home\) &&\s*\(same \|\| alone_leads_to\(gather, entry, &said\)\)\)/,
    put: 'if (said.id.ptr)',
    quick: true,
  },
  {
    name: 'young entries are dropped',
    file: 'codec/limits.h',
    find: /YOUNG_MS = [^,]*,/,
    put: 'YOUNG_MS = -1000000,',
  },
  {
    name: 'a refresh drops entries by id alone',
    file: 'index/change.c',
    find: /bool meant = !change->exact \|\|[^;]*;/,
    put: 'bool meant = true;',
  },
  {
    name: 'a record that nothing names as it is is passed over',
    file: 'threads/message.c',
    find: '(same || alone_leads_to(gather, entry, &said))',
    put: 'same',
    by: ['stale'],
  },
  {
    name: 'whatever names an id leads to its record',
    file: 'threads/message.c',
    find: '!entries_say(&collection->entries, said) &&',
    put: '',
    by: ['stale'],
  },
  {
    name: 'slow answers are reused',
    file: 'kv/turn.c',
    find: ' || now_since(call, get->asked) > MEMORY_REUSE_MS)',
    put: ')',
    by: ['stale'],
  },

  // Moves
  {
    name: 'a move leaves no doubt',
    file: 'index/change.c',
    find: /(void change_doubt\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
    by: ['stale'],
  },
  {
    name: 'a deletion leaves no doubt',
    file: 'threads/message_delete.c',
    find: 'change_doubt(call, change, message.id);',
    put: '',
    by: ['deletes'],
    quick: true,
  },
  {
    name: 'what is gone goes at once',
    file: 'threads/refresh.c',
    find: 'entry->doubt = wish->drop.ptr ? 1 : entry->doubt;',
    put: 'entry->doubt = 1;',
    by: ['deletes'],
  },
  {
    name: 'doubt begins anew with everyone who comes across it',
    file: 'threads/refresh.c',
    find: 'if (!in_doubt)',
    put: '',
    by: ['deletes'],
  },
  {
    name: 'doubt is settled at once',
    file: 'index/collection.h',
    find: 'return since && now_since(call, since) > YOUNG_MS;',
    put: 'return since && call;',
    by: ['deletes'],
  },
  {
    name: 'doubt is never settled',
    file: 'threads/refresh.c',
    find: 'change->settles = change->collection->load == LOAD_ALL;',
    put: '',
    by: ['deletes'],
  },
  {
    name: 'doubt ends while another journal entry says the same',
    file: 'threads/refresh.c',
    find: 'change->settles = false; /*',
    put: '/*',
  },
  {
    name: 'nobody asks to settle doubt',
    file: 'index/followup.c',
    find: 'collection->grew || collection->ripe || gone->count',
    put: 'collection->grew || gone->count',
    by: ['deletes'],
  },
  {
    name: 'a record that has just changed settles doubt',
    file: 'threads/refresh.c',
    find: 'if (gets[i]->found && now_since(call, gets[i]->stamp) <= YOUNG_MS) {',
    put: 'if (call->now < 0) {',
    by: ['deletes'],
  },
  {
    name: 'settling takes what was saved a moment ago',
    file: 'threads/refresh.c',
    find: 'return !young &&',
    put: 'return (young || !young) &&',
    by: ['deletes'],
  },
  {
    name: 'settling takes more than the budget',
    file: 'threads/refresh.c',
    find: 'if (!call_over_budget(call, kept * 2 + REFRESH_RESERVE))',
    put: '',
    by: ['deletes'],
  },
  {
    name: 'the newest are read without those in doubt on top',
    file: 'threads/message_list.c',
    find: /list->gather->gather\.stride = .*;/,
    put: 'list->gather->gather.stride = 0;',
    by: ['deletes'],
  },
  {
    name: 'an update takes a journal entry for proof that names others only',
    file: 'threads/message_update.c',
    find: 'change_proved(call, to, update->proof, is, update->journal);',
    put: 'if (update->proof && update->proof->found)\n      span_set_add(&call->arena, &to->collection->proven, update->journal);',
    by: ['deletes'],
  },
  {
    name: 'a thread that another place brought back is not named anew',
    file: 'threads/thread_delete.c',
    find: 'bool back = op->sweep.recreated &&',
    put: 'bool back = call->now < 0 &&',
    by: ['deletes'],
  },
  {
    name: 'a moved record goes before its journal entry',
    file: 'threads/message_save.c',
    find: 'if (!save->moves)',
    put: 'if (save)',
    by: ['faults'],
  },
  {
    name: 'a moved thread goes before its journal entry',
    file: 'threads/thread_save.c',
    find: 'if (!op->moves &&',
    put: 'if (op) return write_record(call, op);\n  if (!op->moves &&',
    by: ['faults'],
  },

  // Creations at once
  {
    name: 'creations of one thread do not see one another',
    file: 'kv/claim.c',
    find: 'span_eq(theirs->key, ours->key)',
    put: '!span_eq(theirs->key, ours->key)',
    by: ['creation'],
  },
  {
    name: 'a claim is never taken away',
    file: 'kv/claim.c',
    find: 'return ms >= KV_FLIGHT_MAX_MS;',
    put: 'return ms < 0;',
    by: ['creation'],
  },
  {
    name: 'what a cancelled creation was about to store counts as stored',
    file: 'kv/claim.c',
    find: '    forget_unsure(call);\n',
    put: '    (void)forget_unsure;\n',
    by: ['creation'],
  },

  // What this isolate wrote
  {
    name: 'own journal writes are forgotten',
    file: 'index/collection.c',
    find: /(static void take_own_writes\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
    quick: true,
  },
  {
    name: 'own writes of a record are forgotten',
    file: 'kv/turn.c',
    find: /(void kv_outweigh\([^{]*\{\n)/,
    put: '$1  get->stamp = kv_stamp_of(get->metadata);\n  if (call->now > 0)\n    return;\n',
    by: ['stale'],
    quick: true,
  },
  {
    name: 'own writes are forgotten after ten seconds',
    file: 'codec/limits.h',
    find: 'MEMORY_OWN_MS = 120 * 1000,',
    put: 'MEMORY_OWN_MS = 10 * 1000,',
  },
  {
    name: 'older own writes outweigh newer ones of others',
    file: 'kv/turn.c',
    find: 'get->stamp ? note->stamp > get->stamp',
    put: 'get->stamp ? note->stamp > 0',
  },
  {
    name: 'messages are read past what was written here',
    file: 'threads/message.c',
    find: 'kv_get(call, TABLE_MESSAGES, key, KV_OWN)',
    put: 'kv_get(call, TABLE_MESSAGES, key, 0)',
    quick: true,
  },
  {
    name: 'a message that KV does not show yet is said to be gone',
    file: 'threads/message.c',
    find: 'if (get && get->unseen)',
    put: 'if (get && call->now < 0)',
    by: ['unseen'],
  },
  {
    name: 'a read is reused for a minute',
    file: 'codec/limits.h',
    find: 'MEMORY_REUSE_MS = 1000,',
    put: 'MEMORY_REUSE_MS = 60000,',
  },
  {
    name: 'stamps do not follow what was read',
    file: 'kv/call.c',
    find: 'if (stamp > call->shared->last_stamp &&',
    put: 'if (stamp < 0 &&',
    by: ['stale'],
  },
  {
    name: 'a failed write is believed',
    file: 'kv/turn.c',
    find: '} else if (put->state == KV_SETTLED && note->latest == put->order) {',
    put: '} else if (call->now < 0) {',
    by: ['turns', 'alloc'],
  },

  // Requests
  {
    name: 'writes of one key overlap',
    file: 'kv/turn.c',
    find: 'if (turn || newer_waits)',
    put: 'if (turn && call->now < 0)',
  },
  {
    name: 'a write under way never counts as over',
    file: 'codec/limits.h',
    find: 'KV_FLIGHT_MAX_MS = 15 * 1000,',
    put: 'KV_FLIGHT_MAX_MS = 100000 * 1000,',
  },
  {
    name: '429 is not tried again',
    file: 'codec/limits.h',
    find: 'KV_TRIES_BUSY = 5,',
    put: 'KV_TRIES_BUSY = 1,',
    by: ['faults'],
  },
  {
    name: '5xx is not tried again',
    file: 'codec/limits.h',
    find: 'KV_TRIES_BROKEN = 3,',
    put: 'KV_TRIES_BROKEN = 1,',
    by: ['faults'],
  },
  {
    name: 'a failure counts as success',
    file: 'kv/kv.c',
    find: 'if (request->failed && !(request->flags & (KV_OPTIONAL | KV_TOLERATE)))',
    put: 'if (request->failed && call->now < 0)',
    by: ['faults'],
    quick: true,
  },
  {
    name: 'a save is acknowledged before its records are',
    file: 'threads/message_save.c',
    find: 'if (save->puts[i]->failed)',
    put: 'if (save->puts[i]->failed && call->now < 0)',
    by: ['faults'],
  },
  {
    name: 'lists without end are followed',
    file: 'kv/round.c',
    find: 'if (request->kind == KV_LIST && request->cursor.ptr && call_over_budget(call, 1))',
    put: 'if (call->now < 0)',
    by: ['hostile'],
  },
  {
    name: 'a save that its budget cannot end is begun',
    file: 'threads/message_save.c',
    find: 'if (call_over_budget(call, save->count))',
    put: 'if (call->now < 0)',
    by: ['messages'],
  },
  {
    name: 'listed keys are believed to be what was asked for',
    file: 'kv/round.c',
    find: /reader->bad \|= !span_starts\(list->items\[i\]\.name, list->key\);/,
    put: '',
    by: ['hostile'],
  },

  // Deletions
  {
    name: 'a deletion leaves no tombstone',
    file: 'threads/thread_delete.c',
    find: /kv_put\(call, TABLE_THREADS, op->key, thread_tombstone/,
    put: 'if (call->now < 0) kv_put(call, TABLE_THREADS, op->key, thread_tombstone',
    quick: true,
  },
  {
    name: 'a deletion ends at once',
    file: 'codec/limits.h',
    find: 'SETTLE_MS = 3 * 60 * 1000',
    put: 'SETTLE_MS = 0',
  },
  {
    name: 'what was there before a deletion counts again',
    file: 'index/collection.c',
    find: /if \(written <= collection->head\.since\)/,
    put: 'if (written <= collection->head.since && call->now < 0)',
  },
  {
    name: 'a sweep takes a thread that lives again',
    file: 'upkeep/sweep.c',
    find: /deletion->sweep\.recreated = .*;/,
    put: 'deletion->sweep.recreated = false;',
  },
  {
    name: 'a sweep does not list the journal',
    file: 'threads/thread_sweep.c',
    find: /for \(size_t i = 0; i < page->count; i\+\+\) \{\n(\s*struct span suffix)/,
    put: 'for (size_t i = 0; i < page->count && call->now < 0; i++) {\n$1',
  },
  {
    name: 'a sweep drops journal entries whose messages it cannot see',
    file: 'threads/thread_sweep.c',
    find: 'if (doc->unseen)',
    put: 'if (doc->unseen && call->now < 0)',
  },
  {
    name: 'a sweep knows no budget',
    file: 'threads/thread_sweep.c',
    find: 'if (call_over_budget(call, dropped->count + SWEEP_RESERVE))',
    put: 'if (call->now < 0)',
    by: ['store'],
  },

  {
    name: 'a copy takes the id of a thread that it does not see',
    file: 'threads/thread_copy.c',
    find: '(target.state == THREAD_NONE && is_used(op->collections.items[1]))',
    put: '(call->now < 0)',
    by: ['stale'],
  },
  {
    name: 'what a copy that failed has left counts',
    file: 'threads/thread_copy.c',
    find: /target->since = leftovers \? call_stamp\(call\) :/,
    put: 'target->since = leftovers ? 0 :',
    by: ['faults'],
  },

  // All else
  {
    name: 'ids and prefixes are not encoded',
    file: 'codec/key.c',
    find: /return c >= 0x20 .*;/,
    put: 'return c || !c;',
    quick: true,
  },
  {
    name: 'calls that went away are kept',
    file: 'core.c',
    find: /(static void reclaim_silent\(.*\{\n)/,
    put: '$1  if (now > 0)\n    return;\n',
  },
  {
    name: 'titles are written from memory',
    file: 'threads/thread_save.c',
    find: /fields\[count\+\+\] = \(struct json_field\)\{SPAN\("title"\), op->title\};/,
    put: '(void)0;',
  },
  {
    name: 'a call goes on when memory has run out',
    file: 'kv/step.c',
    find: /if \(call->arena\.failed\)\n/,
    put: 'if (call->now < 0)\n',
    by: ['alloc'],
    quick: true,
  },
  {
    name: 'the reserve is not given back',
    file: 'codec/arena.c',
    find: 'if (arena->reserve && !arena->reserve->chunk &&',
    put: 'if (arena->reserve == (void *)1 && !arena->reserve->chunk &&',
    by: ['alloc'],
  },

  ...rowMutations,
  ...placeMutations,
];
