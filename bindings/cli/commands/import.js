/**
 * `threadkv import`: brings an export back, into the same place or another, under the same prefix or another. What is
 * there already is written again: importing twice is importing once.
 *
 * @module
 */

import { createReadStream } from 'node:fs';
import { CliError, usageError } from '../errors.js';
import { count, findKind } from '../../upkeep/kinds.js';
import { ExportReader } from '../ndjson.js';
import { grouped } from '../report.js';
import { State } from '../state.js';
import { describe } from './export.js';

/** @typedef {import('../context.js').Context} Context */

/**
 * @param {Context} context
 * @param {string} input  a file, or '-' for stdin
 */
export async function runImport(context, input) {
  const { store, report, options, target } = context;
  const file = input === '-' ? undefined : input;
  const checked = file === undefined ? undefined : await check(context, file);
  if (checked === null) return { input, records: 0, interrupted: true };
  const state = new State(file === undefined ? undefined : (options.state ?? `${file}.state`), {
    command: 'import',
    place: target.place,
    names: target.names,
    keyPrefix: options.keyPrefix,
    sha256: checked?.sha256,
  });
  const position = (await state.load()) ?? { chunks: 0, counts: {}, skipped: [] };
  const resumed = position.chunks > 0;
  const reader = new ExportReader(file === undefined ? process.stdin : createReadStream(file));
  const progress = report.progress('Importing', 'records', checked?.records);
  /** @type {Map<string, boolean>} */
  const threads = new Map();
  let interrupted = false;
  try {
    await store.init();
    for await (const chunk of reader.chunks()) {
      progress.add(chunk.texts.length);
      if (chunk.number <= position.chunks) continue;
      const skipped = await restoreChunk(store, chunk, threads);
      position.skipped.push(...skipped);
      position.chunks = chunk.number;
      count(position.counts, chunk.type, chunk.texts.length - skipped.length);
      await state.save(position);
      interrupted = context.stopped() && chunk.number !== checked?.chunks;
      if (interrupted) break;
    }
  } finally {
    progress.end();
    await store.close();
  }
  const records = Object.values(position.counts).reduce((sum, more) => sum + more, 0);
  const result = { input, records, counts: position.counts, skipped: position.skipped, resumed };
  if (interrupted) {
    report.note(file === undefined ? 'Stopped.' : 'Stopped. The same command goes on from here.');
    return { ...result, interrupted };
  }
  await state.remove();
  report.note(`${describe(position.counts)} imported.`);
  if (position.skipped.length > 0) {
    report.note(`${grouped(position.skipped.length)} messages were left out, for their thread is not there.`);
  }
  return { ...result, findings: position.skipped.length > 0 };
}

/**
 * Reads the whole file once, before anything is written.
 *
 * @param {Context} context
 * @param {string} file
 * @returns {Promise<{ records: number, chunks: number, sha256: string } | null>} null when interrupted
 */
async function check({ report, stopped }, file) {
  const input = createReadStream(file);
  const reader = new ExportReader(input);
  const progress = report.progress('Checking', 'records');
  try {
    for await (const { type, texts } of reader.chunks()) {
      if (findKind(type) === undefined) throw unknownType(type);
      progress.add(texts.length);
      if (stopped()) return null;
    }
  } catch (/** @type {any} */ error) {
    if (error?.code === 'ENOENT') throw usageError(`there is no ${file}`);
    throw error;
  } finally {
    progress.end();
    input.destroy();
  }
  return /** @type {import('../ndjson.js').End} */ (reader.end);
}

/** @param {string} type */
function unknownType(type) {
  return new CliError(`the export holds "${type}" records, which this threadkv does not know`);
}

/**
 * @param {import('../../upkeep/tool-store.js').ToolStore} store
 * @param {import('../ndjson.js').Chunk} chunk
 * @param {Map<string, boolean>} threads  which there are, as far as that is known; filled in
 * @returns {Promise<string[]>} the ids of messages that have no thread
 */
async function restoreChunk(store, { type, texts }, threads) {
  const kind = findKind(type);
  if (kind === undefined) throw unknownType(type);
  if (type !== 'message') {
    await store.restore(kind, texts);
    if (type === 'thread') for (const text of texts) threads.set(JSON.parse(text).id, true);
    return [];
  }
  const messages = texts.map((text) => ({ text, ...pick(JSON.parse(text)) }));
  await lookUp(store, new Set(messages.map(({ threadId }) => threadId)), threads);
  const [there, left] = partition(messages, ({ threadId }) => threads.get(threadId) === true);
  if (there.length > 0)
    await store.restore(
      kind,
      there.map(({ text }) => text),
    );
  return left.map(({ id }) => id);
}

/** @param {{ id: string, threadId: string }} message */
function pick({ id, threadId }) {
  return { id, threadId };
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => boolean} isFirst
 * @returns {[T[], T[]]}
 */
function partition(items, isFirst) {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/**
 * Finds out which threads there are, many at a time.
 *
 * @param {import('../../upkeep/tool-store.js').ToolStore} store
 * @param {Set<string>} ids
 * @param {Map<string, boolean>} threads  filled in
 */
async function lookUp(store, ids, threads) {
  const unknown = [...ids].filter((id) => !threads.has(id));
  for (const id of unknown) threads.set(id, false);
  for await (const records of store.recordsById('threads', unknown)) {
    for (const { key, text } of records) {
      // A tombstone has no id. A damaged record is an error of its own once messages are saved.
      const there = text === undefined || JSON.parse(text).id !== undefined;
      if (there) threads.set(decodeURIComponent(key.slice(key.indexOf(':') + 1)), true);
    }
  }
}
