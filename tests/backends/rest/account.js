/**
 * One Cloudflare account as its REST API for Workers KV shows it: namespaces by id, and what may go wrong with a
 * request, in the API's codes. Knows nothing of HTTP but its statuses.
 *
 * @module
 */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { MemoryStorage } from '../../../bindings/memory.js';

const MIB = 1024 * 1024;
export const MAX_BODY = 100 * 1000 * 1000;
const MAX_BULK_WRITES = 10_000;
const MAX_BULK_GETS = 100;
const MAX_BULK_ANSWER = 25 * MIB;
const MAX_NAMESPACES = 1000;

/** A refusal: an HTTP status and the API's code. */
export class Refusal extends Error {
  /** @param {number} status @param {number} code @param {string} message @param {Record<string, string>} [headers] */
  constructor(status, code, message, headers = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** @typedef {{ value: Uint8Array, metadata?: unknown, expires: number }} Write */
/** @typedef {{ id: string, title: string, storage: MemoryStorage, disabled: boolean, written: Map<string, number> }} Namespace */

export class Account {
  /** @type {Map<string, Namespace>} */
  #namespaces = new Map();
  #made = 0;

  /**
   * @param {string} id
   * @param {{ now: () => number, writeInterval: number }} options  `writeInterval`: ms between two writes of one key
   */
  constructor(id, { now, writeInterval }) {
    this.id = id;
    this.now = now;
    this.writeInterval = writeInterval;
  }

  /** @returns {Namespace[]} */
  get namespaces() {
    return [...this.#namespaces.values()];
  }

  /** @param {string} title */
  create(title) {
    if (typeof title !== 'string' || title === '') throw new Refusal(400, 10019, 'missing title');
    if (Buffer.byteLength(title) > 512) throw new Refusal(400, 10029, 'title is too long');
    if (this.titled(title)) throw new Refusal(400, 10014, 'a namespace with this title already exists');
    if (this.#namespaces.size >= MAX_NAMESPACES) throw new Refusal(400, 10018, 'too many namespaces');
    const id = createHash('md5').update(`${this.id}/${++this.#made}`).digest('hex');
    const namespace = {
      id,
      title,
      storage: new MemoryStorage({ now: this.now }),
      disabled: false,
      written: new Map(),
    };
    this.#namespaces.set(id, namespace);
    return namespace;
  }

  /** @param {string} title */
  titled(title) {
    return this.namespaces.find((namespace) => namespace.title === title);
  }

  /** @param {string} id */
  find(id) {
    if (!/^[0-9a-f]{32}$/.test(id)) throw new Refusal(400, 10011, 'could not parse the namespace id');
    const namespace = this.#namespaces.get(id);
    if (namespace === undefined) throw new Refusal(404, 10013, 'namespace not found');
    if (namespace.disabled) throw new Refusal(403, 10021, 'the namespace is disabled');
    return namespace;
  }

  /** @param {string} id @param {string} title */
  rename(id, title) {
    const namespace = this.find(id);
    const other = this.titled(title);
    if (other && other !== namespace) {
      throw new Refusal(400, 10014, 'a namespace with this title already exists');
    }
    namespace.title = title;
    return namespace;
  }

  /** @param {string} id */
  remove(id) {
    this.find(id);
    this.#namespaces.delete(id);
  }

  /** @param {Namespace} namespace @param {string} key */
  get({ storage }, key) {
    checkKey(key);
    const entry = storage.get(key);
    if (typeof entry === 'number') throw new Refusal(404, 10009, "get: 'key not found'");
    return entry;
  }

  /**
   * @param {Namespace} namespace
   * @param {string} key
   * @param {Write} write
   */
  put(namespace, key, { value, metadata, expires }) {
    checkKey(key);
    if (value.length > 25 * MIB) throw new Refusal(413, 10024, 'the value is too large');
    const text = metadata === undefined || metadata === null ? null : JSON.stringify(metadata);
    if (text !== null && Buffer.byteLength(text) > 1024) {
      throw new Refusal(413, 10024, 'the metadata is too large');
    }
    this.#takeTurn(namespace, key);
    const status = namespace.storage.put(key, value, text, expires);
    if (status !== 200) throw new Refusal(400, 10033, 'invalid expiration');
  }

  /** @param {Namespace} namespace @param {string} key */
  delete(namespace, key) {
    checkKey(key);
    this.#takeTurn(namespace, key);
    namespace.storage.delete(key);
  }

  /**
   * What a bulk request wrote, and what it left out.
   *
   * @template T
   * @param {unknown} elements
   * @param {(element: T) => { key: string, write: () => void }} prepare  throws for the whole request
   * @param {(key: string) => boolean} leaveOut
   */
  bulk(elements, prepare, leaveOut) {
    if (!Array.isArray(elements)) throw new Refusal(400, 10029, 'the body must be an array');
    if (elements.length > MAX_BULK_WRITES) throw new Refusal(413, 10046, 'too many keys');
    const writes = elements.map(prepare);
    /** @type {string[]} */
    const left = [];
    for (const { key, write } of writes) {
      try {
        if (leaveOut(key)) throw new Refusal(500, 10001, 'left out');
        write();
      } catch (error) {
        if (error instanceof Refusal && error.status !== 429 && error.status < 500) throw error;
        left.push(key);
      }
    }
    return { successful_key_count: writes.length - left.length, unsuccessful_keys: left };
  }

  /**
   * @param {Namespace} namespace
   * @param {{ keys: string[], type?: string, withMetadata?: boolean }} request
   */
  bulkGet({ storage }, { keys, type = 'text', withMetadata = false }) {
    if (!Array.isArray(keys) || keys.length < 1 || keys.length > MAX_BULK_GETS) {
      throw new Refusal(400, 10029, 'between 1 and 100 keys');
    }
    if (type !== 'text' && type !== 'json') throw new Refusal(400, 10029, 'type must be text or json');
    // Without a prototype, for a key may have any name.
    const values = Object.create(null);
    let size = 0;
    for (const key of keys) {
      checkKey(key);
      const entry = storage.get(key);
      values[key] = null;
      if (typeof entry === 'number') continue;
      size += entry.text.length;
      if (size > MAX_BULK_ANSWER) throw new Refusal(413, 10024, 'the values are too large');
      const value = type === 'json' ? readJSON(entry.text, 10012) : entry.text;
      const { metadata, expires } = entry;
      values[key] = withMetadata ? { value, metadata, ...(expires && { expiration: expires }) } : value;
    }
    return { values };
  }

  /** One write a second and key. @param {Namespace} namespace @param {string} key */
  #takeTurn({ written }, key) {
    if (this.writeInterval === 0) return;
    const now = this.now();
    if (now - (written.get(key) ?? -Infinity) < this.writeInterval) {
      throw new Refusal(429, 10022, 'too many writes of this key', { 'retry-after': '1' });
    }
    written.set(key, now);
  }
}

/** @param {string} key */
function checkKey(key) {
  const illegal = typeof key !== 'string' || key === '' || key === '.' || key === '..';
  if (illegal || /\p{Surrogate}/u.test(key)) throw new Refusal(400, 10042, 'illegal key name');
  if (Buffer.byteLength(key) > 512) throw new Refusal(414, 10030, 'the key is too long');
}

/** @param {string} text @param {number} code  of the refusal */
export function readJSON(text, code) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, code, 'must be valid json');
  }
}
