// Ways to break the order of messages within one moment.

/** @type {import('./mutants.mjs').Mutation[]} */
export const placeMutations = [
  {
    name: 'a place: a call that was overtaken comes after the one that was faster',
    file: 'index/change.c',
    find: 'int64_t stamp = change->ceiling ? change->ceiling - 1 : 0;',
    put: 'int64_t stamp = 0;',
    by: ['moment'],
  },
  {
    name: 'a place: of calls that were overtaken any comes first',
    file: 'index/change.c',
    find: '(int64_t)call->order * POSITIONS_MAX',
    put: '1',
    by: ['moment'],
  },
  {
    name: 'a place: calls of other threads overtake, too',
    file: 'index/change.c',
    find: '!slower->ceiling && span_eq(slower->collection->key, collection->key)',
    put: '!slower->ceiling && collection->key.len',
    by: ['moment'],
  },
  {
    name: 'a place: the position in a save is not told',
    file: 'index/change.c',
    find: 'last->position + (span_cmp(entry->id, last->id) < 0)',
    put: 'last->position',
    by: ['moment'],
  },
  {
    name: 'a place: a message that is saved again gets a new one',
    file: 'threads/message_save.c',
    find: 'if (known && was.time == is->time',
    put: 'if (known && call->now < 0 && was.time == is->time',
    by: ['moment'],
  },
  {
    name: 'a place: a thread that is made anew has those of before',
    file: 'index/change.c',
    find: '!still_counts(change, entry->stamp)',
    put: '!entry->stamp',
    by: ['moment'],
  },
  {
    name: 'a place: of repetitions the newest counts',
    file: 'index/entry.c',
    find: 'entry_join(kept, entry);',
    put: ';',
    by: ['moment'],
  },
  {
    name: 'a place: a head whose entries are known better tells none',
    file: 'index/entry.c',
    find: 'entry_join(entry, kept);',
    put: ';',
    by: ['moment'],
  },
  {
    name: 'a place: a hint is a member',
    file: 'index/entry.c',
    find: 'kept -= last && last->hint;',
    put: ';',
    by: ['entries'],
  },
  {
    name: 'a place: a head tells none',
    file: 'index/head.c',
    find: 'if (messages)\n    places_put(&out, head->entries.items',
    put: 'if (messages && !head)\n    places_put(&out, head->entries.items',
    by: ['place', 'moment'],
  },
  {
    name: 'a place: what is untold passes for told',
    file: 'index/place.c',
    find: 'items[i].untold = is_tied',
    put: 'items[i].untold = first > SIZE_MAX / 2 && is_tied',
    by: ['place'],
  },
];
