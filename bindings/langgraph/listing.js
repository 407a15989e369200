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
/** @typedef {{ record: Found['record'], writes: Listed[], found?: Pick<Found, 'packs' | 'writes'> }} Chosen */

/** Checkpoints whose rows are read together. */
const TOGETHER = 20;
/** What of them is in memory at once, beside their rows. */
const BYTES = 20 * 1024 * 1024;

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
  /** Packs of checkpoints before: the next ones have most of them, too. @type {Map<string, string[]>} */
  let packs = new Map();
  for await (const candidates of candidatesOf(tools, of, select, left)) {
    const rows = await tools.rows(candidates.map(({ key }) => ({ ...placeIn(key), bytes: 0 })));
    /** @type {Chosen[]} */
    const chosen = [];
    for (const [index, { writes }] of candidates.entries()) {
      const record = rows[index];
      if (record !== null && (await matches(tools, record.metadata, select.filter)))
        chosen.push({ record, writes });
    }
    for (const some of portions(chosen)) {
      packs = await readPacks(tools, some, packs);
      for (const { record, found } of some) if (found !== undefined) yield { record, ...found };
    }
  }
}

/**
 * As many as may be in memory together, by what stands outside of their rows.
 *
 * @param {Chosen[]} chosen
 * @returns {Chosen[][]}
 */
function portions(chosen) {
  /** @type {Chosen[][]} */
  const all = [];
  let places = new Set();
  let bytes = 0;
  for (const one of chosen) {
    const news = one.record.packs.filter(([place]) => !places.has(place));
    const size = news.reduce((sum, [, size]) => sum + size, 0);
    if (all.length === 0 || (bytes > 0 && bytes + size > BYTES)) {
      all.push([]);
      places = new Set();
      bytes = 0;
    }
    all[all.length - 1].push(one);
    for (const [place] of news) places.add(place);
    bytes += size;
  }
  return all;
}

/**
 * Brings what belongs to checkpoints, and puts it beside them.
 *
 * @param {Tools} tools
 * @param {Chosen[]} chosen
 * @param {Map<string, string[]>} before  packs that are there already
 * @returns {Promise<Map<string, string[]>>} those of these checkpoints
 */
async function readPacks(tools, chosen, before) {
  const sizes = new Map(chosen.flatMap(({ record }) => record.packs));
  const missing = [...sizes.keys()].filter((place) => !before.has(place));
  const writes = chosen.flatMap((one) => one.writes);
  const { threadId, space } = chosen[0].record;
  const keys = [
    ...writes.map((key) => ({ ...placeIn(key), bytes: 0 })),
    ...missing.map((place) => ({ threadId, space: packsOf(space), place, bytes: sizes.get(place) })),
  ];
  const rows = keys.length === 0 ? [] : await tools.rows(keys);
  const byPlace = new Map(keys.map(({ place }, index) => [place, rows[index]]));
  /** @type {Map<string, string[]>} */
  const packs = new Map();
  for (const place of sizes.keys()) {
    const parts = before.get(place) ?? byPlace.get(place)?.parts;
    if (parts !== undefined) packs.set(place, parts);
  }
  for (const one of chosen) {
    // Where one is missing the checkpoint was deleted meanwhile: a pack goes after who names it.
    if (!one.record.packs.every(([place]) => packs.has(place))) continue;
    one.found = {
      packs: Object.fromEntries(one.record.packs.map(([place]) => [place, packs.get(place) ?? []])),
      writes: one.writes.map(({ place }) => byPlace.get(place)).filter((row) => row !== null),
    };
  }
  return packs;
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
