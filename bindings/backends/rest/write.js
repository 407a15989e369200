/**
 * Puts and deletes over the REST API: those of a round go out in bulk.
 *
 * @module
 */

import { unwrap } from './api.js';
import { NO_KEY, NO_NAMESPACE, toApiError } from './errors.js';
import { pathOf } from './read.js';

/**
 * @typedef {import('../backend.js').KVPut} KVPut
 * @typedef {import('../backend.js').KVReply} KVReply
 * @typedef {import('./api.js').Content} Content
 * @typedef {import('./api.js').Send} Send
 */

const MIB = 1024 * 1024;
/** What the API takes at once. */
const MAX_BULK_KEYS = 10_000;
/** The API takes 100 MB; a Worker has 128 MB for everything. */
const MAX_BULK_BODY = 32 * MIB;
/** Larger values go singly, as they are: in JSON they would only be larger. */
const MAX_BULK_VALUE = 8 * MIB;
/** Up to so many that a bulk request left out are tried singly, which tells what is wrong with each. */
const MAX_SINGLES = 6;
/** Codes that blame one key, value or date of a bulk request. */
const ENTRY_CODES = [10012, 10024, 10030, 10033, 10034, 10042, 10047];

/** @type {KVReply} */
const DONE = { status: 200 };
/** @type {KVReply} */
const LEFT_OUT = { status: 429, reason: 'a bulk request of the API left it out' };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * One write, in both the forms that the API has.
 * @typedef {object} Item
 * @property {string} key
 * @property {Uint8Array | null} element  of a bulk request; null: not to be sent so
 * @property {() => Promise<unknown>} single
 */

/**
 * @param {Send} send
 * @param {string} id  of the namespace
 * @param {KVPut[]} puts
 * @returns {Promise<KVReply[]>} throws ApiError when the namespace is gone
 */
export function putAll(send, id, puts) {
  const items = puts.map((put) => ({
    key: put.key,
    element: puts.length === 1 || put.value.length > MAX_BULK_VALUE ? null : elementOf(put),
    single: () => put1(send, id, put),
  }));
  return writeAll(items, (json) => send('PUT', `/${id}/bulk`, { json }));
}

/**
 * @param {Send} send
 * @param {string} id
 * @param {string[]} keys
 * @returns {Promise<KVReply[]>} throws ApiError when the namespace is gone
 */
export function deleteAll(send, id, keys) {
  const items = keys.map((key) => ({
    key,
    element: keys.length === 1 ? null : encoder.encode(JSON.stringify(key)),
    single: () => delete1(send, id, key),
  }));
  return writeAll(items, (json) => send('POST', `/${id}/bulk/delete`, { json }));
}

/**
 * @param {Item[]} items
 * @param {(json: Uint8Array) => Promise<Uint8Array>} bulk
 * @returns {Promise<KVReply[]>}
 */
async function writeAll(items, bulk) {
  /** @type {Map<Item, KVReply>} */
  const replies = new Map();
  const fail = (/** @type {Item[]} */ failed, /** @type {unknown} */ error) => {
    const failure = toApiError(error);
    if (failure.has(NO_NAMESPACE)) throw failure;
    for (const item of failed) replies.set(item, failure.reply());
  };
  const singly = async (/** @type {Item} */ item) => {
    try {
      await item.single();
      replies.set(item, DONE);
    } catch (error) {
      fail([item], error);
    }
  };
  /** @type {(batch: Item[], again?: boolean) => Promise<unknown>} */
  const together = async (batch, again = false) => {
    let names;
    try {
      names = new Set(unwrap(await bulk(bodyOf(batch))).result?.unsuccessful_keys ?? []);
    } catch (error) {
      if (batch.length === 1 || !blamesOne(error)) return fail(batch, error);
      const middle = batch.length >> 1;
      return Promise.all([together(batch.slice(0, middle)), together(batch.slice(middle))]);
    }
    for (const item of batch) replies.set(item, names.has(item.key) ? LEFT_OUT : DONE);
    const left = batch.filter(({ key }) => names.has(key));
    if (left.length <= MAX_SINGLES) return Promise.all(left.map(singly));
    return again ? undefined : together(left, true);
  };
  const { singles, batches } = divide(items);
  await Promise.all([...singles.map(singly), ...batches.map((batch) => together(batch))]);
  return items.map((item) => /** @type {KVReply} */ (replies.get(item)));
}

/** @param {Item[]} items */
function divide(items) {
  /** @type {Item[]} */
  const singles = [];
  /** @type {Item[][]} */
  const batches = [];
  let size = Infinity;
  for (const item of items) {
    if (item.element === null) {
      singles.push(item);
      continue;
    }
    size += item.element.length + 1;
    if (size > MAX_BULK_BODY || batches[batches.length - 1].length === MAX_BULK_KEYS) {
      batches.push([]);
      size = 2 + item.element.length;
    }
    batches[batches.length - 1].push(item);
  }
  return { singles, batches };
}

/** @param {unknown} error */
function blamesOne(error) {
  const { status, codes } = toApiError(error);
  return status === 413 || (status === 400 && codes.some((code) => ENTRY_CODES.includes(code)));
}

/** The elements as an array in JSON. @param {Item[]} batch */
function bodyOf(batch) {
  const size = batch.reduce((sum, { element }) => sum + 1 + (element?.length ?? 0), 1);
  const body = new Uint8Array(size);
  let at = 0;
  for (const { element } of batch) {
    body[at] = at === 0 ? 0x5b : 0x2c; // [ or ,
    if (element !== null) body.set(element, at + 1);
    at += 1 + (element?.length ?? 0);
  }
  body[at] = 0x5d; // ]
  return body;
}

/** @param {KVPut} put */
function elementOf({ key, value, metadata, expires }) {
  const fields = [`"key":${JSON.stringify(key)}`, valueOf(value)];
  if (metadata !== null) fields.push(`"metadata":${metadata}`);
  if (expires) fields.push(`"expiration":${expires}`);
  return encoder.encode(`{${fields.join()}}`);
}

/** JSON holds text only; other bytes go as base64. @param {Uint8Array} value */
function valueOf(value) {
  try {
    return `"value":${JSON.stringify(decoder.decode(value))}`;
  } catch {
    let binary = '';
    for (let at = 0; at < value.length; at += 4096) {
      binary += String.fromCharCode(...value.subarray(at, at + 4096));
    }
    return `"value":"${btoa(binary)}","base64":true`;
  }
}

/**
 * @param {Send} send
 * @param {string} id
 * @param {KVPut} put
 */
async function put1(send, id, { key, value, metadata, expires }) {
  const query = expires ? `?expiration=${expires}` : '';
  unwrap(await send('PUT', `/${id}/values/${pathOf(key)}${query}`, contentOf(value, metadata)));
}

/**
 * An empty metadata field is refused by the API, so there is none without metadata. As text, a value would lose its
 * line ends in a form.
 *
 * @param {Uint8Array} value
 * @param {string | null} metadata
 * @returns {Content}
 */
function contentOf(value, metadata) {
  if (metadata === null) return { bytes: value };
  const form = new FormData();
  form.append('value', new Blob([/** @type {any} */ (value)]));
  form.append('metadata', metadata);
  return { form };
}

/**
 * @param {Send} send
 * @param {string} id
 * @param {string} key
 */
async function delete1(send, id, key) {
  try {
    unwrap(await send('DELETE', `/${id}/values/${pathOf(key)}`));
  } catch (error) {
    if (!toApiError(error).has(NO_KEY)) throw error;
  }
}
