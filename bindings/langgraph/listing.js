/**
 * Lists of checkpoints: page by page, and no more is read than is taken.
 *
 * @module
 */

import { namespaceOf, isCheckpoint, packsOf, placeOf, spaceOf, checkpointOf } from '../checkpoints/keys.js';
import { textOf, threadOf } from './config.js';

/** @typedef {import('../checkpoints/keys.js').Listed} Listed */
/** @typedef {import('../checkpoints/reading.js').Found} Found */
/**
 * @typedef {object} Tools
 * @property {(of: { heads?: boolean, under: string[], limit?: number, cursor?: string }) =>
 *   Promise<{ keys: Listed[], cursor: string | null }>} page
 * @property {(keys: object[]) => Promise<any[]>} rows
 * @property {(stored: any) => Promise<any>} metadata
 */
/** @typedef {{ key: Listed, writes: Listed[] }} Candidate */

/** Checkpoints whose rows are read together. */
const TOGETHER = 20;

/**
 * @param {Tools} tools
 * @param {import('@langchain/core/runnables').RunnableConfig} config
 * @param {import('@langchain/langgraph-checkpoint').CheckpointListOptions} options
 * @returns {AsyncGenerator<Found>}
 */
export async function* listTuples(tools, config, { limit, before, filter } = {}) {
  const { thread_id, checkpoint_ns, checkpoint_id } = config?.configurable ?? {};
  if (thread_id !== undefined) threadOf(thread_id, 'list');
  let left = limit ?? Infinity;
  if (left <= 0) return;
  const below = before?.configurable?.checkpoint_id;
  const select = {
    only: checkpoint_id ? placeOf(textOf(checkpoint_id, 'checkpoint_id', 'list')) : undefined,
    after: below ? placeOf(textOf(below, 'checkpoint_id', 'list')) : undefined,
    filter,
  };
  for await (const space of spaces(tools, thread_id, checkpoint_ns)) {
    for await (const found of listSpace(tools, space, select, () => left)) {
      yield found;
      if (--left <= 0) return;
    }
  }
}

/**
 * The namespaces that are asked for, by their heads.
 *
 * @param {Tools} tools
 * @param {string | undefined} threadId
 * @param {string | undefined} namespace
 * @returns {AsyncGenerator<{ threadId: string, space: string }>}
 */
async function* spaces(tools, threadId, namespace) {
  if (namespace !== undefined) textOf(namespace, 'checkpoint_ns', 'list');
  if (threadId !== undefined && namespace !== undefined) {
    yield { threadId, space: spaceOf(namespace) };
    return;
  }
  const seen = new Set();
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {{ keys: Listed[], cursor: string | null }} */
    const page = await tools.page({
      heads: true,
      under: threadId === undefined ? [] : [threadId],
      ...(cursor !== null && { cursor }),
    });
    for (const key of page.keys) {
      const name = JSON.stringify([key.threadId, key.space]);
      if (seen.has(name) || (namespace !== undefined && namespaceOf(key.space) !== namespace)) continue;
      seen.add(name);
      yield { threadId: key.threadId, space: key.space };
    }
    cursor = page.cursor;
  } while (cursor !== null);
}

/**
 * @param {Tools} tools
 * @param {{ threadId: string, space: string }} of
 * @param {{ only?: string, after?: string, filter?: Record<string, any> }} select
 * @param {() => number} left
 * @returns {AsyncGenerator<Found>}
 */
async function* listSpace(tools, of, select, left) {
  /** Packs of the checkpoint before: the next one has most of them, too. @type {Map<string, string[]>} */
  let packs = new Map();
  for await (const candidates of candidatesOf(tools, of, select, left)) {
    const rows = await tools.rows(candidates.map(({ key }) => ({ ...placeIn(key), bytes: 0 })));
    for (const [index, { writes }] of candidates.entries()) {
      const record = rows[index];
      if (record === null || !(await matches(tools, record.metadata, select.filter))) continue;
      const { found, parts } = await complete(tools, record, writes, packs);
      packs = parts;
      if (found !== null) yield found;
    }
  }
}

/**
 * @param {Tools} tools
 * @param {any} record
 * @param {Listed[]} writes
 * @param {Map<string, string[]>} packs
 */
async function complete(tools, record, writes, packs) {
  const missing = record.packs.filter((/** @type {[string, number]} */ [place]) => !packs.has(place));
  const keys = [
    ...writes.map((key) => ({ ...placeIn(key), bytes: 0 })),
    ...missing.map((/** @type {[string, number]} */ [place, bytes]) => ({
      threadId: record.threadId,
      space: packsOf(record.space),
      place,
      bytes,
    })),
  ];
  const rows = keys.length === 0 ? [] : await tools.rows(keys);
  const parts = new Map();
  for (const [place] of record.packs) if (packs.has(place)) parts.set(place, packs.get(place));
  missing.forEach((/** @type {[string, number]} */ [place], /** @type {number} */ index) => {
    const row = rows[writes.length + index];
    if (row !== null) parts.set(place, row.parts);
  });
  // Deleted meanwhile, for a pack goes after who names it.
  const found =
    parts.size < record.packs.length
      ? null
      : {
          record,
          packs: Object.fromEntries(parts),
          writes: rows.slice(0, writes.length).filter((row) => row !== null),
        };
  return { found, parts };
}

/**
 * Checkpoints by their keys, with those of writes to them, some at a time.
 *
 * @param {Tools} tools
 * @param {{ threadId: string, space: string }} of
 * @param {{ only?: string, after?: string, filter?: Record<string, any> }} select
 * @param {() => number} left
 * @returns {AsyncGenerator<Candidate[]>}
 */
async function* candidatesOf(tools, of, select, left) {
  /** @type {Candidate[]} */
  let ready = [];
  for await (const candidate of checkpointsOf(tools, of)) {
    const { place, cover } = candidate.key;
    if (select.only !== undefined && place !== select.only) continue;
    if (select.after !== undefined && place <= select.after) continue;
    if (cover !== null && !(await matches(tools, cover.metadata, select.filter))) continue;
    ready.push(candidate);
    if (ready.length < Math.min(TOGETHER, left())) continue;
    yield ready;
    ready = [];
  }
  if (ready.length > 0) yield ready;
}

/**
 * @param {Tools} tools
 * @param {{ threadId: string, space: string }} of
 * @returns {AsyncGenerator<Candidate>}
 */
async function* checkpointsOf(tools, { threadId, space }) {
  const seen = new Set();
  /** @type {Candidate | undefined} */
  let open;
  /** @type {string | null} */
  let cursor = null;
  do {
    /** @type {{ keys: Listed[], cursor: string | null }} */
    const page = await tools.page({ under: [threadId, space], ...(cursor !== null && { cursor }) });
    for (const key of page.keys) {
      if (seen.has(key.place)) continue;
      seen.add(key.place);
      if (isCheckpoint(key.place)) {
        if (open !== undefined) yield open;
        open = { key, writes: [] };
      } else if (open !== undefined && checkpointOf(key.place) === open.key.place) open.writes.push(key);
    }
    cursor = page.cursor;
  } while (cursor !== null);
  if (open !== undefined) yield open;
}

/**
 * @param {Tools} tools
 * @param {any} stored
 * @param {Record<string, any>} [filter]
 */
async function matches(tools, stored, filter) {
  if (filter === undefined || filter === null) return true;
  const metadata = (stored === undefined ? undefined : await tools.metadata(stored)) ?? {};
  return Object.entries(filter).every(([name, wanted]) =>
    same(wanted, Object.hasOwn(metadata, name) ? metadata[name] : undefined),
  );
}

/** Equal as JSON, whatever the order of keys. @param {any} a @param {any} b @returns {boolean} */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.keys(a), Object.keys(b)];
  return left.length === right.length && left.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
}

/** @param {Listed} key */
const placeIn = ({ threadId, space, place }) => ({ threadId, space, place });
