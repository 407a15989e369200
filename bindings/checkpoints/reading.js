/**
 * How checkpoints are found and read: the newest by its head and a list together, all others by their key.
 *
 * @module
 */

import { storeError } from '../core/errors.js';
import { isCheckpoint, listed, packsOf, placeOf } from './keys.js';

/** @template T @typedef {import('../core/plan.js').Steps<T>} Steps */
/** @typedef {import('../core/plan.js').Line} Line */
/** @typedef {import('./keys.js').Place} Place */
/** @typedef {import('./keys.js').Listed} Listed */
/**
 * A checkpoint as it is stored.
 * @typedef {object} Record
 * @property {string} threadId
 * @property {string} space
 * @property {string} place
 * @property {string} [parent]
 * @property {any} metadata
 * @property {any} checkpoint
 * @property {{ [channel: string]: any }} values
 * @property {[place: string, bytes: number][]} packs  those that its values stand in
 */
/** @typedef {{ record: Record, packs: { [place: string]: string[] }, writes: any[] }} Found */
/** @typedef {{ threadId: string, space: string, id?: string }} Wanted  without an id: the newest */

export const ROWS = { table: 'checkpoints' };
export const HEADS = { table: 'checkpoint_heads' };

/** Keys of a page: of the newest, and of many. */
const NEWEST = 200;
export const PAGE = 1000;
/** Said of a checkpoint of which a pack is not there. */
export const LOST =
  'a part of a checkpoint is missing; if the thread was deleted while it ran elsewhere, delete it again';

/** What one bulk get brings. */
const KEYS = 100;
const BYTES = 20 * 1024 * 1024;
/** @param {Wanted} of @param {object} more */
const askPage = ({ threadId, space }, more) => ({
  op: 'row.page',
  control: ROWS,
  payload: { under: [threadId, space], ...more },
});

/** @param {object[]} keys */
const askRows = (keys) => ({ op: 'row.get', control: ROWS, payload: keys });

/**
 * @param {Line} line
 * @param {string} method
 * @param {Wanted} of
 * @returns {Steps<{ record: Record | null, writes: Place[], page: any }>} `page`: the newest keys, where they were asked
 */
export function* find(line, method, of, limit = NEWEST) {
  return of.id === undefined ? yield* findNewest(line, method, of, limit) : yield* findOne(line, method, of);
}

/**
 * @param {Line} line
 * @param {string} method
 * @param {Wanted} of
 * @returns {Steps<{ record: Record | null, writes: Place[], page: any }>}
 */
function* findOne(line, method, { threadId, space, id = '' }) {
  const start = placeOf(id);
  const [[record], page] = yield* line.together(method, [
    askRows([{ threadId, space, place: start }]),
    askPage({ threadId, space }, { start, limit: PAGE }),
  ]);
  const writes = yield* allWrites(line, method, { threadId, space, start, page });
  return { record, writes, page: null };
}

/**
 * @param {Line} line
 * @param {string} method
 * @param {Wanted} of
 * @param {number} limit
 * @returns {Steps<{ record: Record | null, writes: Place[], page: any }>}
 */
function* findNewest(line, method, { threadId, space }, limit) {
  const [[head], page] = yield* line.together(method, [
    { op: 'row.get', control: HEADS, payload: [{ threadId, space }] },
    askPage({ threadId, space }, { limit }),
  ]);
  let record = head?.record ?? null;
  let keys = listed(page);
  for (let next = page; record === null && !keys.some(({ place }) => isCheckpoint(place)) && next.cursor;) {
    next = yield* line.read(method, 'row.page', ROWS, {
      under: [threadId, space],
      limit,
      cursor: next.cursor,
    });
    keys = [...keys, ...listed(next)];
    page.cursor = next.cursor;
  }
  // One that the head does not know yet. Its row may be gone.
  for (const { place } of keys.filter((key) => isCheckpoint(key.place))) {
    if (record !== null && place >= record.place) break;
    const [row] = yield* line.read(method, 'row.get', ROWS, [{ threadId, space, place }]);
    if (row === null) continue;
    record = row;
    break;
  }
  if (record === null) return { record, writes: [], page: { keys, cursor: page.cursor } };
  const start = record.place;
  const mine = keys.filter(({ place }) => place.startsWith(start));
  const isLast = keys.length === 0 || keys[keys.length - 1].place < `${start}~`;
  const writes =
    page.cursor && isLast
      ? yield* allWrites(line, method, { threadId, space, start })
      : mine.filter(({ place }) => place !== start);
  return { record, writes, page: { keys, cursor: page.cursor } };
}

/**
 * The keys of all writes to a checkpoint.
 *
 * @param {Line} line
 * @param {string} method
 * @param {{ threadId: string, space: string, start: string, page?: any }} of  `page`: the first one, if it was asked
 * @returns {Steps<Place[]>}
 */
export function* allWrites(line, method, { threadId, space, start, page }) {
  /** @type {Map<string, Listed>} */
  const keys = new Map();
  for (let next = page; ;) {
    next ??= yield* line.read(method, 'row.page', ROWS, { under: [threadId, space], start, limit: PAGE });
    for (const key of listed(next)) if (key.place !== start) keys.set(key.place, key);
    if (next.cursor === null) return [...keys.values()];
    const { cursor } = next;
    next = yield* line.read(method, 'row.page', ROWS, {
      under: [threadId, space],
      start,
      limit: PAGE,
      cursor,
    });
  }
}

/**
 * Brings what stands outside of a checkpoint's row.
 *
 * @param {Line} line
 * @param {string} method
 * @param {Record} record
 * @param {Place[]} writes
 * @returns {Steps<Found | null>} null where it was deleted meanwhile
 */
export function* complete(line, method, record, writes) {
  const { threadId, space, place } = record;
  const packs = record.packs.map(([pack, bytes]) => ({
    threadId,
    space: packsOf(space),
    place: pack,
    bytes,
  }));
  const rows = yield* fetchAll(line, method, [...writes.map((key) => ({ ...key, bytes: 0 })), ...packs]);
  const lost = packs.find((_, index) => rows[writes.length + index] === null);
  if (lost !== undefined) {
    const [still] = yield* line.read(method, 'row.get', ROWS, [{ threadId, space, place }]);
    if (still === null) return null;
    throw storeError('CORRUPT', method, LOST, { place: lost.place });
  }
  return {
    record,
    packs: Object.fromEntries(packs.map((key, index) => [key.place, rows[writes.length + index].parts])),
    writes: rows.slice(0, writes.length).filter((row) => row !== null),
  };
}

/**
 * Rows, as many at once as a bulk get takes.
 *
 * @param {Line} line
 * @param {string} method
 * @param {(Place & { bytes: number })[]} keys
 * @returns {Steps<any[]>}
 */
export function* fetchAll(line, method, keys) {
  /** @type {Place[][]} */
  const groups = [];
  let left = 0;
  for (const { threadId, space, place, bytes } of keys) {
    if (groups.length === 0 || groups[groups.length - 1].length === KEYS || bytes > left) {
      groups.push([]);
      left = BYTES;
    }
    groups[groups.length - 1].push({ threadId, space, place });
    left -= bytes;
  }
  return groups.length === 0 ? [] : (yield* line.together(method, groups.map(askRows))).flat();
}
