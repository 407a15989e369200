/**
 * Gets and lists over the REST API. Only bulk gets give value and metadata at once, so one key is read so as well.
 *
 * @module
 */

import { UNREAD } from '../gate.js';
import { compareBytes } from '../limits.js';
import { unwrap } from './api.js';
import { ApiError, NO_KEY } from './errors.js';

/**
 * @typedef {import('../backend.js').KVEntry} KVEntry
 * @typedef {import('../backend.js').KVReply} KVReply
 * @typedef {import('./api.js').Send} Send
 */

const MIB = 1024 * 1024;
/** Of a bulk get: 25 MiB of values, which as JSON may double. */
const MAX_BULK_ANSWER = 64 * MIB;
const MAX_VALUE_ANSWER = 26 * MIB;
/** The API refuses smaller pages. */
const MIN_PAGE = 10;

/**
 * The path of a key, all of it percent-encoded: "." and "/" mean something to whoever takes URLs apart.
 *
 * @param {string} key
 */
export function pathOf(key) {
  return encodeURIComponent(key).replace(
    /[!'()*.~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * @param {Send} send
 * @param {string} id  of the namespace
 * @param {string[]} keys
 * @param {import('../gate.js').Gate} gate
 * @returns {Promise<import('../gate.js').Entries>}
 */
export async function getMany(send, id, keys, gate) {
  const one = (/** @type {string} */ key) => gate.passOne(() => getOne(send, id, key));
  let given = false;
  /** @type {import('../gate.js').Entries} */
  let found;
  try {
    found = await gate.pass(keys, async () => {
      const json = JSON.stringify({ keys: [...new Set(keys)], type: 'text', withMetadata: true });
      const { values } = unwrap(
        await send('POST', `/${id}/bulk/get`, { json, most: MAX_BULK_ANSWER }),
      ).result;
      given = true;
      // A key that the answer does not speak of is unknown, not missing.
      return keys.map((key) => (Object.hasOwn(values, key) ? toEntry(values[key]) : UNREAD));
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 413)) throw error;
    if (keys.length === 1) return [await one(keys[0])];
    return gate.inHalves(keys, (half) => getMany(send, id, half, gate));
  }
  if (!given) return found;
  return Promise.all(keys.map((key, i) => (found[i] === UNREAD ? one(key) : found[i])));
}

/**
 * @param {Send} send
 * @param {string} id
 * @param {string} key
 * @returns {Promise<KVEntry | null>}
 */
async function getOne(send, id, key) {
  const [value, metadata] = await Promise.all([
    orNull(send('GET', `/${id}/values/${pathOf(key)}`, { most: MAX_VALUE_ANSWER })),
    orNull(send('GET', `/${id}/metadata/${pathOf(key)}`)),
  ]);
  if (value === null) return null;
  return { value, metadata: metadata === null ? null : (unwrap(metadata).result ?? null) };
}

/**
 * @param {Promise<Uint8Array>} answer
 * @returns {Promise<Uint8Array | null>} null: there is no such key
 */
async function orNull(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404 && error.has(NO_KEY)) return null;
    throw error;
  }
}

/**
 * @param {any} found  null, `{ value, metadata }`, or of simulators the bare value
 * @returns {KVEntry | null}
 */
function toEntry(found) {
  if (typeof found === 'string') return { value: found, metadata: null };
  if (found === null || found.value === null || found.value === undefined) return null;
  return { value: found.value, metadata: found.metadata ?? null };
}

/**
 * One page. The API's pages have ten keys at least: of a smaller one the rest is left for the next, whose cursor then
 * names the last key that was given.
 *
 * @param {Send} send
 * @param {string} id
 * @param {import('../backend.js').KVList} request
 * @returns {Promise<KVReply>}
 */
export async function list(send, id, { prefix, cursor, limit }) {
  const [from, after] = readCursor(cursor);
  const query = new URLSearchParams({ limit: String(Math.max(limit, MIN_PAGE)) });
  if (prefix !== '') query.set('prefix', prefix);
  if (from !== '') query.set('cursor', from);
  const { result, result_info: info } = unwrap(await send('GET', `/${id}/keys?${query}`));
  /** @type {{ name: string, metadata?: unknown }[]} */
  const keys = result.filter((/** @type {any} */ { name }) => after === '' || compareBytes(name, after) > 0);
  if (keys.length > limit) {
    const page = keys.slice(0, limit);
    return { status: 200, keys: page, cursor: JSON.stringify([from, page[limit - 1].name]) };
  }
  const next = info?.cursor ?? '';
  return { status: 200, keys, cursor: next === '' ? null : JSON.stringify([next, '']) };
}

/**
 * @param {string | null} cursor
 * @returns {[from: string, after: string]}
 */
function readCursor(cursor) {
  if (cursor === null) return ['', ''];
  try {
    const [from, after] = JSON.parse(cursor);
    if (typeof from === 'string' && typeof after === 'string') return [from, after];
  } catch {
    // None of ours.
  }
  throw new ApiError(400, { reason: 'not a cursor' });
}
