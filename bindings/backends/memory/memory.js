/**
 * KV in memory, for tests: as a back end, and as a look-alike of a `KVNamespace`. Both keep the limits of
 * Workers KV. What is written is seen at once everywhere, and nothing refuses two quick writes of one key.
 *
 * @module
 */

import { MAX_BULK_KEYS, MAX_VALUE } from '../limits.js';
import { MemoryStorage } from './storage.js';

/**
 * @typedef {import('../backend.js').Backend} Backend
 * @typedef {import('../backend.js').KVRequest} KVRequest
 * @typedef {import('../backend.js').KVReply} KVReply
 * @typedef {import('../backend.js').KVEntry} KVEntry
 * @typedef {import('../kv.js').KVNamespaceLike} KVNamespaceLike
 * @typedef {Omit<Backend, 'spaces'> & { spaces: readonly MemoryStorage[] }} MemoryBackend
 * @typedef {KVNamespaceLike & { storage: MemoryStorage }} MemoryNamespace
 */

/**
 * A back end in memory. Stores that are given the same one share what is in it.
 *
 * @param {{ spaces?: number, now?: () => number }} [options]
 *   how many namespaces, 1 when not given; and the clock by which keys expire, default `Date.now`
 * @returns {MemoryBackend}
 */
export function createMemoryBackend({ spaces = 1, now } = {}) {
  const storages = Array.from({ length: spaces }, () => new MemoryStorage({ now }));
  return {
    name: 'memory',
    spaces: storages,
    run: async (requests) => requests.map((request) => perform(storages[request.space], request)),
  };
}

/**
 * @param {MemoryStorage} storage
 * @param {KVRequest} request
 * @returns {KVReply}
 */
function perform(storage, request) {
  switch (request.kind) {
    case 'get': {
      const entry = storage.get(request.key);
      return typeof entry === 'number' ? { status: entry } : { status: 200, entry: toReply(entry) };
    }
    case 'get_many':
      return getMany(storage, request.keys);
    case 'put':
      return { status: storage.put(request.key, request.value, request.metadata, request.expires) };
    case 'delete':
      return { status: storage.delete(request.key) };
    case 'list':
      return storage.list(request.prefix, request.cursor, request.limit);
  }
}

/**
 * @param {MemoryStorage} storage
 * @param {string[]} keys
 * @returns {KVReply}
 */
function getMany(storage, keys) {
  if (keys.length < 1 || keys.length > MAX_BULK_KEYS) return { status: 400 };
  /** @type {(KVEntry | null)[]} */
  const entries = [];
  for (const key of keys) {
    const entry = storage.get(key);
    if (typeof entry !== 'number') entries.push(toReply(entry));
    else if (entry === 404) entries.push(null);
    else return { status: entry };
  }
  return { status: 200, entries };
}

/**
 * @param {Exclude<ReturnType<MemoryStorage['get']>, number>} entry
 * @returns {KVEntry}
 */
function toReply(entry) {
  return { value: entry.text, metadata: entry.metadata };
}

/**
 * A `KVNamespace` in memory, to be handed over where a binding is wanted.
 *
 * @param {{ storage?: MemoryStorage }} [options]  what to stand on, else a new one
 * @returns {MemoryNamespace}
 */
export function createMemoryNamespace({ storage = new MemoryStorage() } = {}) {
  /** @param {string | string[]} key @param {any} options */
  const getWithMetadata = async (key, options) => {
    const type = typeof options === 'string' ? options : (options?.type ?? 'text');
    return Array.isArray(key) ? readMany(storage, key, type) : readOne(storage, key, type);
  };
  return {
    storage,
    getWithMetadata,
    async get(key, options) {
      const answer = await getWithMetadata(key, options);
      if (!(answer instanceof Map)) return answer.value;
      return new Map([...answer].map(([name, entry]) => [name, entry?.value ?? null]));
    },
    async put(key, value, options = {}) {
      const metadata = options.metadata ?? null;
      const text = metadata === null ? null : JSON.stringify(metadata);
      const bytes = await toStored(value);
      check('PUT', key, storage.put(key, bytes, text, storage.expiryOf(options)));
    },
    async delete(key) {
      check('DELETE', key, storage.delete(key));
    },
    async list({ prefix = '', limit = 1000, cursor = null } = {}) {
      const page = storage.list(prefix ?? '', cursor || null, limit);
      if (page.status !== 200) throw failure('GET', page.status);
      const keys = structuredClone(page.keys);
      const end =
        page.cursor === null ? { list_complete: true } : { list_complete: false, cursor: page.cursor };
      return { keys, ...end, cacheStatus: null };
    },
  };
}

/**
 * @param {MemoryStorage} storage
 * @param {string} key
 * @param {string} type
 */
function readOne(storage, key, type) {
  const entry = storage.get(key);
  if (entry === 404) return { value: null, metadata: null, cacheStatus: null };
  if (typeof entry === 'number') throw failure('GET', entry, key);
  return { value: asType(entry, type), metadata: structuredClone(entry.metadata), cacheStatus: null };
}

/**
 * @param {MemoryStorage} storage
 * @param {string[]} keys
 * @param {string} type
 * @returns {Map<string, { value: unknown, metadata: unknown } | null>}
 */
function readMany(storage, keys, type) {
  if (keys.length < 1 || keys.length > MAX_BULK_KEYS) throw failure('GET_BULK', 400);
  if (type !== 'text' && type !== 'json') throw failure('GET_BULK', 400);
  const found = new Map();
  let size = 0;
  for (const key of keys) {
    const entry = storage.get(key);
    if (typeof entry === 'number' && entry !== 404) throw failure('GET_BULK', 400);
    // The real answer leaves out keys that look like array indices.
    if (/^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1) continue;
    if (typeof entry === 'number') {
      found.set(key, null);
      continue;
    }
    size += entry.text.length;
    if (size > MAX_VALUE) throw failure('GET_BULK', 413);
    found.set(key, { value: asType(entry, type), metadata: structuredClone(entry.metadata) });
  }
  return found;
}

/**
 * @param {Exclude<ReturnType<MemoryStorage['get']>, number>} entry
 * @param {string} type
 */
function asType(entry, type) {
  if (type === 'text') return entry.text;
  if (type === 'json') return JSON.parse(entry.text);
  if (type === 'arrayBuffer') return entry.bytes.slice().buffer;
  if (type === 'stream') return new Blob([entry.bytes.slice()]).stream();
  throw new TypeError(
    'Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".',
  );
}

/**
 * @param {unknown} value
 * @returns {Promise<string | Uint8Array>}
 */
async function toStored(value) {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  }
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (value instanceof ReadableStream) return new Uint8Array(await new Response(value).arrayBuffer());
  throw new TypeError(
    'KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.',
  );
}

/**
 * @param {string} method
 * @param {string} key
 * @param {number} status
 */
function check(method, key, status) {
  if (status !== 200) throw failure(method, status, key);
}

/**
 * An error as the runtime words it.
 *
 * @param {string} method
 * @param {number} status
 * @param {string} [key]
 */
function failure(method, status, key) {
  if (key === '') return new TypeError('Key name cannot be empty.');
  if (key === '.' || key === '..') return new TypeError(`"${key}" is not allowed as a key name.`);
  /** @type {Record<number, string>} */
  const reasons = { 400: 'Bad Request', 413: 'Payload Too Large', 414: 'URI Too Long' };
  return new Error(`KV ${method} failed: ${status} ${reasons[status]}`);
}
