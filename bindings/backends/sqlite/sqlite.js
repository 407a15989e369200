/**
 * The SQLite storage of a Durable Object as a back end. It answers at once, so that a whole call of the core can run in
 * one transaction; what storage throws ends the call, and with it the transaction.
 *
 * @module
 */

import { exceeds, keyStatus, MAX_BULK_KEYS, MAX_KEY, MAX_LIST, MAX_METADATA, MAX_VALUE } from '../limits.js';
import { Table } from './table.js';

/**
 * @typedef {import('../backend.js').Backend} Backend
 * @typedef {import('../backend.js').KVRequest} KVRequest
 * @typedef {import('../backend.js').KVReply} KVReply
 * @typedef {import('../backend.js').KVEntry} KVEntry
 * @typedef {import('./table.js').Row} Row
 * @typedef {import('./table.js').SqlLike} SqlLike
 */
/**
 * @typedef {Backend & { spaces: readonly Table[], runSync: NonNullable<Backend['runSync']> }} SQLiteBackend
 */

/** Seconds that a key must live at least. */
const MIN_EXPIRY = 60;

/**
 * @param {SqlLike} sql  of a Durable Object
 * @param {{ now?: () => number, names?: string[] }} [options]  milliseconds since 1970, by which keys expire; names of
 *   tables, one for each space
 * @returns {SQLiteBackend}
 */
export function createSQLiteBackend(sql, { now = Date.now, names = ['threadkv'] } = {}) {
  const tables = names.map((name) => new Table(sql, name, () => Math.floor(now() / 1000)));
  /** @type {SQLiteBackend['runSync']} */
  const runSync = (requests, room) =>
    requests.map((request) => perform(tables[request.space], request, room, now));
  return { name: 'sqlite', sole: true, spaces: tables, runSync, run: async (...args) => runSync(...args) };
}

/**
 * @param {Table} table
 * @param {KVRequest} request
 * @param {{ left: number } | undefined} room
 * @param {() => number} now
 * @returns {KVReply}
 */
function perform(table, request, room, now) {
  switch (request.kind) {
    case 'get': {
      const status = keyStatus(request.key);
      if (status !== 0) return { status };
      const row = table.get(request.key);
      return row === undefined ? { status: 404 } : { status: 200, entry: entryOf(row) };
    }
    case 'get_many':
      return getMany(table, request.keys, room);
    case 'put':
      return put(table, request, now);
    case 'delete': {
      const status = keyStatus(request.key);
      if (status === 0) table.delete(request.key);
      return { status: status || 200 };
    }
    case 'list':
      return list(table, request);
  }
}

/**
 * @param {Table} table
 * @param {import('../backend.js').KVPut} request
 * @param {() => number} now
 * @returns {KVReply}
 */
function put(table, { key, value, metadata, expires }, now) {
  const status = keyStatus(key);
  if (status !== 0) return { status };
  const soonest = Math.floor(now() / 1000) + MIN_EXPIRY;
  if (expires !== 0 && !(Number.isInteger(expires) && expires >= soonest)) return { status: 400 };
  if (exceeds(value, MAX_VALUE) || exceeds(metadata ?? '', MAX_METADATA)) return { status: 413 };
  table.put(key, value, metadata, expires);
  return { status: 200 };
}

/**
 * @param {Table} table
 * @param {string[]} keys
 * @param {{ left: number } | undefined} room
 * @returns {KVReply}
 */
function getMany(table, keys, room) {
  if (keys.length < 1 || keys.length > MAX_BULK_KEYS) return { status: 400 };
  const refused = keys.map(keyStatus).find((status) => status !== 0);
  if (refused !== undefined) return { status: refused };
  /** @type {Map<string, KVEntry>} */
  const found = new Map();
  let left = room?.left ?? Infinity;
  for (const row of table.getMany([...new Set(keys)])) {
    if (left < 0) break;
    left -= row.value.length;
    found.set(row.key, entryOf(row));
  }
  const entries = keys.map((key) => found.get(key) ?? null);
  return left < 0 ? { status: 413, unread: true, entries } : { status: 200, entries };
}

/**
 * @param {Table} table
 * @param {import('../backend.js').KVList} request
 * @returns {KVReply}
 */
function list(table, { prefix, cursor, limit }) {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST) return { status: 400 };
  if (exceeds(prefix, MAX_KEY)) return { status: 414 };
  const rows = table.list(prefix, cursor, limit + 1);
  const keys = rows.slice(0, limit).map(({ key, metadata }) => ({ name: key, metadata: parsed(metadata) }));
  return { status: 200, keys, cursor: rows.length > limit ? keys[limit - 1].name : null };
}

/** @param {Row} row @returns {KVEntry} */
function entryOf({ value, metadata }) {
  return { value, metadata: parsed(metadata) };
}

/** @param {string | null} metadata */
function parsed(metadata) {
  return metadata === null ? null : JSON.parse(metadata);
}
