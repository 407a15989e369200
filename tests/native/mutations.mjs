// Does the simulation notice when the core is broken? Breaks a copy of src/ in one way after the other and runs it.
//
//   node tests/native/mutations.mjs [word...]     those whose name contains one of the words
//
// Needs clang (CLANG) and cJSON (CJSON, default build/third_party/cjson). SEEDS: how many to try for each, default 1500.
// Prints a table; fails when a mutation goes unnoticed, or when the text that it changes is no longer there.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** @typedef {{ name: string, file: string, find: string | RegExp, put: string }} Mutation */

/** @type {Mutation[]} */
const mutations = [
  {
    name: 'heads are not confirmed',
    file: 'change.c',
    find: /(enum tkv_status changes_confirm\(.*\{\n)/,
    put: '$1  if (call && self)\n    return TKV_DONE;\n',
  },
  {
    name: 'no journal entry is written',
    file: 'change.c',
    find: /if \(change->added\.count\) \{\n(\s*entries_sort)/,
    put: 'if (change->added.count && call->now < 0) {\n$1',
  },
  {
    name: 'no head is written',
    file: 'change.c',
    find: /(static void put_head\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
  },
  {
    name: 'own journal writes are forgotten',
    file: 'collection.c',
    find: /(static void take_own_writes\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
  },
  {
    name: 'own writes of a record are forgotten',
    file: 'kv_turn.c',
    find: /(void kv_outweigh\([^{]*\{\n)/,
    put: '$1  get->stamp = kv_stamp_of(get->metadata);\n  if (call->now > 0)\n    return;\n',
  },
  {
    name: 'older own writes outweigh newer ones of others',
    file: 'kv_turn.c',
    find: 'known->stamp > get->stamp :',
    put: 'known->stamp > 0 :',
  },
  {
    name: 'a read is reused for a minute',
    file: 'memory.h',
    find: 'MEMORY_REUSE_MS = 1000,',
    put: 'MEMORY_REUSE_MS = 60000,',
  },
  {
    name: 'writes of one key overlap',
    file: 'kv_turn.c',
    find: /if \(other_flies( \|\| newer_waits)?\)/,
    put: 'if (other_flies && call->now < 0)',
  },
  {
    name: 'a head that another call wrote meanwhile is overwritten',
    file: 'change.c',
    find: /bool rebased = newer_head\(call, collection, &base\);/,
    put: 'bool rebased = newer_head(call, collection, &base) && call->now < 0;',
  },
  {
    name: 'a cut head has no floor',
    file: 'change.c',
    find: /head->has_floor = true;\n/,
    put: '',
  },
  {
    name: 'the floor is ignored by readers',
    file: 'collection.c',
    find: /collection->all = .*;/,
    put: 'collection->all = true;',
  },
  {
    name: 'an unread head shares its array with the merge',
    file: 'collection.c',
    find: /entries->cap = entries->count;.*/,
    put: '',
  },
  {
    name: 'only the first page of a journal is read',
    file: 'collection.c',
    find: 'if (page->cursor.ptr && deeper)',
    put: 'if (page->cursor.ptr && deeper && call->now < 0)',
  },
  {
    name: 'an empty page ends a list',
    file: 'collection.c',
    find: 'if (page->cursor.ptr && deeper)',
    put: 'if (page->cursor.ptr && deeper && page->count)',
  },
  {
    name: 'the journal is never checked',
    file: 'collection.c',
    find: /bool look = collection->load >= LOAD_RECENT/,
    put: 'bool look = collection->load >= LOAD_ALL',
  },
  {
    name: 'checks do not look back',
    file: 'collection.h',
    find: /CHECK_MARGIN_MS = [^,]*,/,
    put: 'CHECK_MARGIN_MS = 0,',
  },
  {
    name: 'journal values are not read where a list lacks them',
    file: 'collection.c',
    find: /if \(!holds_entries\(doc->text\)\)/,
    put: 'if (!holds_entries(doc->text) && call->now < 0)',
  },
  {
    name: 'an entry counts whatever its record says',
    file: 'message.c',
    find: /if \(entry_same\(entry, &said\) && span_eq\(entry->home, said\.home\)\)/,
    put: 'if (said.id.ptr)',
  },
  {
    name: 'young entries are dropped',
    file: 'collection.h',
    find: /YOUNG_MS = [^,]*,/,
    put: 'YOUNG_MS = -1000000,',
  },
  {
    name: 'a refresh drops entries by id alone',
    file: 'change.c',
    find: /bool meant = !change->exact.*;/,
    put: 'bool meant = true;',
  },
  {
    name: 'a move leaves no doubt',
    file: 'change.c',
    find: /(void change_doubt\(.*\{\n)/,
    put: '$1  if (call->now > 0)\n    return;\n',
  },
  {
    name: 'a deletion leaves no tombstone',
    file: 'thread_delete.c',
    find: /kv_put\(call, TABLE_THREADS, op->key, thread_tombstone/,
    put: 'if (call->now < 0) kv_put(call, TABLE_THREADS, op->key, thread_tombstone',
  },
  {
    name: 'a deletion ends at once',
    file: 'thread_delete.c',
    find: /SETTLE_MS = [^ }]* \* [^ }]* \* [^ }]*/,
    put: 'SETTLE_MS = 0',
  },
  {
    name: 'what was there before a deletion counts again',
    file: 'collection.c',
    find: /if \(written <= collection->head\.since\)/,
    put: 'if (written <= collection->head.since && call->now < 0)',
  },
  {
    name: 'a sweep takes a thread that lives again',
    file: 'sweep.c',
    find: /deletion->sweep\.recreated = .*;/,
    put: 'deletion->sweep.recreated = false;',
  },
  {
    name: 'a sweep does not list the journal',
    file: 'sweep.c',
    find: /for \(size_t i = 0; i < page->count; i\+\+\) \{\n(\s*struct span suffix)/,
    put: 'for (size_t i = 0; i < page->count && call->now < 0; i++) {\n$1',
  },
  {
    name: 'ids and prefixes are not encoded',
    file: 'key.c',
    find: /return c >= 0x20 .*;/,
    put: 'return c || !c;',
  },
  {
    name: 'calls that went away are kept',
    file: 'core.c',
    find: /(static void reclaim_abandoned\(.*\{\n)/,
    put: '$1  if (now > 0)\n    return;\n',
  },
  {
    name: 'titles are written from memory',
    file: 'thread_save.c',
    find: /fields\[count\+\+\] = \(struct json_field\)\{SPAN\("title"\), op->title\};/,
    put: '(void)0;',
  },
];

const words = process.argv.slice(2);
const seeds = process.env.SEEDS ?? '1500';
const clang = process.env.CLANG ?? 'clang';
const cjson = process.env.CJSON ?? 'build/third_party/cjson';
const folder = mkdtempSync(join(tmpdir(), 'threadkv-mutations-'));
const sources = join(folder, 'src');

/**
 * @param {string} file
 * @returns {string} the object file
 */
function compile(file) {
  const object = join(folder, `${basename(file, '.c')}.o`);
  const flags = ['-std=c11', '-O1', '-w', `-I${sources}`, '-Itests/native', '-isystem', cjson];
  execFileSync(clang, [...flags, '-DCJSON_NESTING_LIMIT=200', '-c', '-o', object, file], {
    stdio: 'inherit',
  });
  return object;
}

/** @returns {string[]} */
function coreFiles() {
  return readdirSync(sources)
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(sources, name));
}

/** @param {Mutation} mutation */
function mutate({ name, file, find, put }) {
  const path = join(sources, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(find, put);
  if (after === before) throw new Error(`"${name}" finds nothing to change in ${file}`);
  writeFileSync(path, after);
  // A header is part of many objects.
  const objects = (file.endsWith('.h') ? coreFiles() : [path]).map(compile);
  return { objects, undo: () => writeFileSync(path, before) };
}

/**
 * @param {string[]} objects
 * @returns {string} what the simulation found, '' for nothing
 */
function run(objects) {
  const program = join(folder, 'test');
  execFileSync(clang, ['-o', program, ...objects, '-lm'], { stdio: 'inherit' });
  const env = { ...process.env, TKV_SIM_SEEDS: seeds, TKV_SIM_STOP: '1' };
  const { stdout, status, signal } = spawnSync(program, ['sim'], { env, encoding: 'utf8', timeout: 600_000 });
  if (status === 0) return '';
  const line =
    stdout.split('\n').find((text) => text.startsWith('  ')) ?? `ended by ${signal ?? `status ${status}`}`;
  return line.replace(/^.*?\.c:\d+: /, '').trim();
}

try {
  cpSync('src', sources, { recursive: true });
  const tests = readdirSync('tests/native').filter((name) => /^(sim.*|imports|main)\.c$/.test(name));
  const fixed = [...tests.map((name) => join('tests/native', name)), join(cjson, 'cJSON.c')].map(compile);
  const core = coreFiles().map(compile);
  const whole = run([...fixed, ...core]);
  if (whole !== '') throw new Error(`the simulation fails without any mutation: ${whole}`);
  let unnoticed = 0;
  for (const mutation of mutations) {
    if (words.length > 0 && !words.some((word) => mutation.name.includes(word))) continue;
    const { objects, undo } = mutate(mutation);
    const found = run([...fixed, ...core]);
    undo();
    objects.forEach((object) => compile(join(sources, `${basename(object, '.o')}.c`)));
    unnoticed += found === '' ? 1 : 0;
    console.log(`| ${mutation.name} | ${found === '' ? 'NOT NOTICED' : found} |`);
  }
  process.exitCode = unnoticed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}
