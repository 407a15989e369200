/**
 * One namespace held in memory, with the limits and the order of Workers KV. Answers are statuses, so that both
 * the memory back end and the look-alike of a `KVNamespace` can stand on it.
 *
 * @module
 */

import { compareBytes, exceeds, keyStatus, MAX_KEY, MAX_LIST, MAX_METADATA, MAX_VALUE } from '../limits.js';

/** Seconds that a key must live at least. */
const MIN_EXPIRY = 60;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** One stored value. What a caller gets from it must not be changed. */
class Entry {
  /** @type {string | Uint8Array} */
  #value;
  /** @type {unknown} */
  #parsed;

  /**
   * @param {string | Uint8Array} value
   * @param {string | null} metadata
   * @param {number} expires
   */
  constructor(value, metadata, expires) {
    this.#value = value;
    /** @readonly JSON text */
    this.metadataText = metadata;
    /** @readonly seconds since 1970; 0: never */
    this.expires = expires;
  }

  /** The value as text, which is how KV is read here; decoded once. */
  get text() {
    if (typeof this.#value !== 'string') this.#value = decoder.decode(this.#value);
    return this.#value;
  }

  get bytes() {
    return typeof this.#value === 'string' ? encoder.encode(this.#value) : this.#value;
  }

  get metadata() {
    if (this.#parsed === undefined) {
      this.#parsed = this.metadataText === null ? null : JSON.parse(this.metadataText);
    }
    return this.#parsed;
  }
}

/** @typedef {{ name: string, expiration?: number, metadata?: unknown }} ListedKey */

/** A sorted map of keys to entries. */
export class MemoryStorage {
  /** @type {Map<string, Entry>} */
  #entries = new Map();
  /**
   * All keys in byte order as of the last list, with some that were deleted since (in #gone), and without
   * those that were added since (in #fresh). So only lists pay for the order.
   * @type {string[]}
   */
  #order = [];
  /** @type {string[]} */
  #fresh = [];
  /** @type {Set<string>} */
  #gone = new Set();
  #now;
  /** When the first of all keys expires, at the earliest. */
  #nextExpiry = Infinity;

  /** @param {{ now?: () => number }} [options]  milliseconds since 1970; default `Date.now` */
  constructor({ now = Date.now } = {}) {
    this.#now = now;
  }

  get size() {
    this.#expire();
    return this.#entries.size;
  }

  /** All keys, in byte order. */
  keys() {
    this.#expire();
    this.#settle();
    return this.#order.filter((key) => !this.#gone.has(key));
  }

  clear() {
    this.#nextExpiry = Infinity;
    this.#entries.clear();
    this.#order = [];
    this.#fresh = [];
    this.#gone.clear();
  }

  /**
   * @param {string} key
   * @returns {Entry | number} a status when there is no entry
   */
  get(key) {
    this.#expire();
    return this.#entries.get(key) ?? (keyStatus(key) || 404);
  }

  /**
   * Keeps `value` as it is: the caller must not change it afterwards.
   *
   * @param {string} key
   * @param {string | Uint8Array} value
   * @param {string | null} metadata  JSON text
   * @param {number} [expires]  seconds since 1970, at least a minute ahead; 0: never
   * @returns {number} status
   */
  put(key, value, metadata, expires = 0) {
    if (expires !== 0 && !this.#mayExpire(expires)) return 400;
    if (exceeds(value, MAX_VALUE)) return 413;
    if (metadata !== null && exceeds(metadata, MAX_METADATA)) return 413;
    if (!this.#entries.has(key)) {
      const refused = keyStatus(key);
      if (refused !== 0) return refused;
      if (!this.#gone.delete(key)) this.#fresh.push(key);
    }
    this.#entries.set(key, new Entry(value, metadata, expires));
    if (expires !== 0) this.#nextExpiry = Math.min(this.#nextExpiry, expires);
    return 200;
  }

  /**
   * @param {string} key
   * @returns {number} status; deleting what does not exist succeeds
   */
  delete(key) {
    if (this.#entries.delete(key)) this.#gone.add(key);
    else return keyStatus(key) || 200;
    return 200;
  }

  /**
   * @param {string} prefix
   * @param {string | null} cursor
   * @param {number} limit
   * @returns {{ status: 200, keys: ListedKey[], cursor: string | null } | { status: 400 | 414 }}
   */
  list(prefix, cursor, limit) {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST) return { status: 400 };
    if (exceeds(prefix, MAX_KEY)) return { status: 414 };
    const after = cursor === null ? null : readCursor(cursor);
    if (after === undefined) return { status: 400 };
    this.#expire();
    this.#settle();
    /** @type {ListedKey[]} */
    const keys = [];
    for (let at = this.#startOf(prefix, after); at < this.#order.length; at++) {
      const name = this.#order[at];
      if (!name.startsWith(prefix)) break;
      const entry = this.#entries.get(name);
      if (entry === undefined) continue;
      if (keys.length === limit) {
        return { status: 200, keys, cursor: encodeURIComponent(keys[limit - 1].name) };
      }
      /** @type {ListedKey} */
      const key = { name };
      if (entry.expires !== 0) key.expiration = entry.expires;
      if (entry.metadataText !== null) key.metadata = entry.metadata;
      keys.push(key);
    }
    return { status: 200, keys, cursor: null };
  }

  /**
   * @param {string} prefix
   * @param {string | null} after
   */
  #startOf(prefix, after) {
    if (after === null || compareBytes(after, prefix) < 0) return lowerBound(this.#order, prefix);
    const at = lowerBound(this.#order, after);
    return this.#order[at] === after ? at + 1 : at;
  }

  /**
   * When a key is to go that is put with these options of a `KVNamespace`.
   *
   * @param {{ expiration?: unknown, expirationTtl?: unknown }} options
   * @returns {number}
   */
  expiryOf({ expiration, expirationTtl }) {
    if (expiration !== undefined) return Number(expiration);
    return expirationTtl === undefined ? 0 : Math.floor(this.#now() / 1000) + Number(expirationTtl);
  }

  /** @param {number} expires */
  #mayExpire(expires) {
    return Number.isInteger(expires) && expires >= Math.floor(this.#now() / 1000) + MIN_EXPIRY;
  }

  /** Drops the keys whose time has come. */
  #expire() {
    const now = this.#now() / 1000;
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Infinity;
    for (const [key, { expires }] of this.#entries) {
      if (expires === 0) continue;
      if (expires <= now) this.delete(key);
      else this.#nextExpiry = Math.min(this.#nextExpiry, expires);
    }
  }

  /** Brings #order up to date: a few new keys are inserted, many are sorted in. */
  #settle() {
    if (this.#gone.size * 2 > this.#order.length) {
      const isLive = (/** @type {string} */ key) => !this.#gone.has(key);
      this.#order = this.#order.filter(isLive);
      this.#fresh = this.#fresh.filter(isLive);
      this.#gone.clear();
    }
    const fresh = this.#fresh;
    if (fresh.length === 0) return;
    if (fresh.length < 16) {
      for (const key of fresh) this.#order.splice(lowerBound(this.#order, key), 0, key);
    } else {
      this.#order = this.#order.concat(fresh.sort(compareBytes)).sort(compareBytes);
    }
    this.#fresh = [];
  }
}

/**
 * @param {string} cursor
 * @returns {string | undefined} the last key of the page before
 */
function readCursor(cursor) {
  try {
    return decodeURIComponent(cursor);
  } catch {
    return undefined;
  }
}

/**
 * @param {readonly string[]} sorted
 * @param {string} key
 * @returns {number} index of the first element that is not below `key`
 */
function lowerBound(sorted, key) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareBytes(sorted[middle], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
