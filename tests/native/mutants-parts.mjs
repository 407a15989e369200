// Ways to break rows whose keys have several parts, lists of covers, what notes tell of those behind them, and the
// chunks of an arena: see mutants.mjs.

/** @type {import('./mutants.mjs').Mutation[]} */
export const partMutations = [
  // Rows under several parts of their keys
  {
    name: 'parts: a list takes the first part alone',
    file: 'rows/list.c',
    find: 'while (several && count < ROW_KEYS_MAX && json_next(&walk))',
    put: 'while (several && count < 1 && json_next(&walk))',
    by: ['row_'],
    quick: true,
  },
  {
    name: 'parts: a list takes all but the last part',
    file: 'rows/list.c',
    find: 'count < ROW_KEYS_MAX && json_next(&walk)',
    put: 'count < ROW_KEYS_MAX - 1 && json_next(&walk)',
    by: ['row_'],
  },
  {
    name: 'parts: a list that is given an array lists everything',
    file: 'rows/list.c',
    find: 'bool several = under.ptr && json_is_array(under);',
    put: 'bool several = false;\n  under = under.ptr && json_is_array(under) ? SPAN_NONE : under;',
    by: ['row_'],
  },
  {
    name: 'parts: a list takes any part that begins so',
    file: 'rows/list.c',
    find: 'parts[count++] = SPAN_NONE;',
    put: ';',
    by: ['row_'],
  },
  {
    name: 'parts: a list takes a part that is no id',
    file: 'rows/list.c',
    find: 'if (!arg_id(call, walk.value, SPAN("under"), &parts[count++]))\n      return false;\n  parts',
    put: 'if (!arg_text(call, walk.value, SPAN("under"), &parts[count++]))\n      return false;\n  parts',
    by: ['row_'],
  },
  {
    name: 'parts: a page takes the whole table',
    file: 'rows/page.c',
    find: 'for (struct json_walk walk = json_walk(under); count < ROW_KEYS_MAX',
    put: 'for (struct json_walk walk = json_walk(under); count > ROW_KEYS_MAX',
    by: ['row_'],
    quick: true,
  },
  {
    name: 'parts: a page takes the first part alone',
    file: 'rows/page.c',
    find: 'count < ROW_KEYS_MAX && json_next(&walk)',
    put: 'count < 1 && json_next(&walk)',
    by: ['row_'],
  },
  {
    name: 'parts: a page forgets how the next part begins',
    file: 'rows/page.c',
    find: '  return kv_key(call, op->scan.table, parts, count, &op->scan.prefix);',
    put: '  parts[count - 1] = SPAN_NONE;\n  return kv_key(call, op->scan.table, parts, count, &op->scan.prefix);',
    by: ['row_'],
  },
  {
    name: 'parts: what was written here is on every page',
    file: 'index/scan.c',
    find: 'is_recent(call, note) && span_starts(note->key, scan->prefix) &&',
    put: 'is_recent(call, note) &&',
    by: ['row_'],
  },

  // Lists of covers
  {
    name: 'covers: rows are told all the same',
    file: 'rows/list.c',
    find: 'list->covers = fields[5].value.ptr;',
    put: 'list->covers = false;',
    by: ['row_'],
    quick: true,
  },
  {
    name: 'covers: rows are told by their covers though nobody asks for these',
    file: 'rows/list.c',
    find: 'row.record = list->covers ? cover : SPAN_NONE;',
    put: 'row.record = cover;',
    by: ['row_'],
  },
  {
    name: 'covers: rows are read for them',
    file: 'rows/list.c',
    find: 'row.record = list->covers ? cover : SPAN_NONE;',
    put: 'row.record = SPAN_NONE;',
    by: ['row_'],
  },
  {
    name: 'covers: of a row without one all is told',
    file: 'rows/list.c',
    find: 'row->record = list->covers ? row_cover(call, list->kind, record) : record;',
    put: 'row->record = record;',
    by: ['row_'],
  },

  // What a note tells of those behind it
  {
    name: 'notes: what stands behind a note counts for nothing',
    file: 'kv/memory.c',
    find: 'note->reach = next && next->reach > newest ? next->reach : newest;',
    put: 'note->reach = newest;\n  (void)next;',
    by: ['memory_'],
    quick: true,
  },
  {
    name: 'notes: a note tells of the next one alone',
    file: 'kv/memory.c',
    find: 'next->reach > newest ? next->reach : newest',
    put: 'next->newest > newest ? next->newest : newest',
    by: ['memory_'],
  },
  {
    name: 'notes: one that is noted again tells what it told before',
    file: 'kv/memory.c',
    find: 'note->at = now;\n    memory_rank(memory, note, note->newest);',
    put: 'note->at = now;',
    by: ['memory_'],
  },
  {
    name: 'notes: one that is noted again stays where it stood',
    file: 'kv/memory.c',
    find: '    unlink_group(note);\n    link_group(memory, note);\n',
    put: '',
    by: ['memory_'],
  },
  {
    name: 'notes: a fresh instance believes what the notes told elsewhere',
    file: 'kv/memory.c',
    find: '  link_note(memory, note);\n  memory_rank(memory, note, note->newest);',
    put: '  link_note(memory, note);',
    by: ['memory_'],
  },
  {
    name: 'notes: a fresh instance knows of no note how new it is',
    file: 'kv/memory.c',
    find: '  link_note(memory, note);\n  memory_rank(memory, note, note->newest);',
    put: '  link_note(memory, note);\n  memory_rank(memory, note, 0);',
    by: ['memory_'],
  },
  {
    name: 'notes: whoever shares a chain belongs to the group',
    file: 'kv/memory.c',
    find: 'while (note && !(note->group_hash == hash && note->space == space && span_eq(note->group, group)))',
    put: 'while (note && note->space != space)',
    by: ['memory_'],
  },

  // The chunks of an arena
  {
    name: 'chunks: each is as small as the first',
    file: 'codec/arena.c',
    find: 'arena->newest ? fitting(arena->newest->size + OVERHEAD, least) : enough;',
    put: 'enough;',
    by: ['arena_'],
    quick: true,
  },
  {
    name: 'chunks: after a large one all are as large',
    file: 'codec/arena.c',
    find: 'total = total < ARENA_CHUNK_MAX ? total : ARENA_CHUNK_MAX;',
    put: '',
    by: ['arena_'],
  },
  {
    name: 'chunks: a large one is doubled',
    file: 'codec/arena.c',
    find: 'total = total < ARENA_CHUNK_MAX ? total * 2 : least + OVERHEAD;',
    put: 'total = total * 2;',
    by: ['arena_'],
  },
  {
    name: 'chunks: no smaller one is tried',
    file: 'codec/arena.c',
    find: 'if (!chunk && wanted > enough)',
    put: 'if (!chunk && wanted < enough)',
    by: ['arena_'],
  },
  {
    name: 'chunks: what is given back counts as held',
    file: 'codec/arena.c',
    find: 'arena->reserve->held -= chunk->size;',
    put: ';',
    by: ['arena_'],
  },
];
