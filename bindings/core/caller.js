/**
 * One store's line to the core: what every call of it needs besides its own arguments.
 *
 * @module
 */

import { defaultCore } from './default-core.js';
import { storeError } from './errors.js';
import { keyOf, unreadableKey } from './key.js';
import { stringify } from './lenient.js';
import { createFollowups } from './later.js';
import { createStats } from './stats.js';

/**
 * A user's configuration, understood: what the core is told about the store, and how its calls are made.
 * @typedef {object} Settings
 * @property {import('../backends/backend.js').Backend} backend
 * @property {string} prefix
 * @property {Record<string, number>} tables  name → space
 * @property {{ strict: boolean, maxOperations: number, check: boolean }} options
 * @property {number} most  bytes that a list may bring into memory
 * @property {Record<string, { maxAge: number, batchSize: number }>} retention  by table: ms, rows
 * @property {import('./core.js').Core} [core]  default: that of the process
 * @property {(text: string) => any} [parse]  default `JSON.parse`
 * @property {(operation: import('./stats.js').Operation) => void} [onOperation]
 * @property {(promise: Promise<unknown>) => void} [waitUntil]  default: the platform's
 */

/** Operations that list records, as many as there are. */
const LISTS = ['message.list', 'message.list_by_resource', 'message.get', 'thread.list', 'row.list'];

/** The control document of operations that need none. */
export const NOTHING = Object.freeze({});

export class Caller {
  /** @type {import('./core.js').Core | undefined} */
  #core;
  #store;
  #stats;
  #followups;
  #parse;
  #most;
  #checks;

  /** @param {Settings} settings */
  constructor({ retention, most, core, parse = JSON.parse, onOperation, waitUntil, ...store }) {
    /** Policies by table. @readonly */
    this.retention = retention;
    this.#core = core;
    this.#parse = parse;
    this.#most = most;
    this.#checks = store.options.check;
    this.#stats = createStats(onOperation);
    this.#followups = createFollowups(waitUntil);
    this.#store = { ...store, observe: this.#stats.observe };
  }

  /**
   * @param {string} method  the public one, for errors
   * @param {string} op  the core's name for it
   * @param {object} control
   * @param {unknown} [payload]
   * @returns {Promise<string>}
   */
  async call(method, op, control, payload) {
    return this.send(method, op, control, toJSON(payload, method));
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string} [json]  the payload as text, which reaches the core as it is
   * @returns {Promise<string>}
   */
  async send(method, op, control, json) {
    return (await this.#run(method, op, control, json, {})).text;
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('./reading.js').Manner} manner
   */
  async #run(method, op, control, json, manner) {
    this.#core ??= defaultCore();
    const store = this.#store;
    const { text, followup, reading } = await this.#core.call(store, op, control, json, method, manner);
    // Not a promise that others wait for: a request that went away would leave them waiting.
    if (store.options.check) this.#store = { ...store, options: { ...store.options, check: false } };
    if (followup !== undefined) await this.#followups.start(followup);
    return { text, reading };
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {unknown} [payload]
   * @param {import('./reading.js').Manner} [manner]  what differs from how all lists are read
   * @returns {Promise<any>} the result, null where there is none
   */
  async read(method, op, control, payload, manner) {
    const most = LISTS.includes(op) ? this.#most : Infinity;
    const exact = this.#parse !== JSON.parse;
    const json = toJSON(payload, method);
    const all = { most, exact, apart: true, ...manner };
    const { text, reading } = await this.#run(method, op, control, json, all);
    if (text === '') return null;
    try {
      return reading.complete(this.#parse(text), this.#parse);
    } catch {
      // The parser's own message would quote what is stored.
      const { unreadable } = reading;
      const isMessage = unreadable !== undefined;
      const key = isMessage ? this.key('messages', [unreadable]) : this.#unreadable(op, control, text);
      throw this.corrupt(method, key);
    }
  }

  /**
   * Of a value that the core found to be JSON, and that the store's parser, or who uses the store, cannot read.
   *
   * @param {string} method
   * @param {string | undefined} key
   */
  corrupt(method, key) {
    const what = key === undefined ? 'a value' : `the value stored under ${key}`;
    return storeError('CORRUPT', method, `${what} cannot be read`, key === undefined ? {} : { key });
  }

  /**
   * The key of a record, as it is in KV.
   *
   * @param {string} table
   * @param {unknown[]} ids
   */
  key(table, ids) {
    return keyOf(this.#store.prefix, table, ids);
  }

  /**
   * @param {string} op
   * @param {object} control
   * @param {string} text
   */
  #unreadable(op, control, text) {
    const [kind] = op.split('.');
    const { table = `${kind}s` } = /** @type {{ table?: string }} */ (control);
    try {
      return unreadableKey(text, this.#parse, this.#store.prefix, table);
    } catch {
      return undefined; // No JSON at all.
    }
  }

  /** @param {Promise<unknown>} work  to be finished even if its request goes away */
  keep(work) {
    this.#followups.keep(work);
  }

  /**
   * The control document of an operation on rows.
   *
   * @param {string} table
   */
  rows(table) {
    return { table, maxAge: this.retention[table]?.maxAge };
  }

  /** Milliseconds since 1970. */
  now() {
    return this.#host.now();
  }

  /** @param {number} ms */
  async wait(ms) {
    await this.#host.wait(ms);
  }

  /** A word that nobody else has: 16 hexadecimal digits. */
  token() {
    const bytes = new Uint8Array(8);
    this.#host.random(bytes);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /**
   * Plain data that all stores over the same data share in this isolate.
   *
   * @template T
   * @param {string} name
   * @param {() => T} make
   * @returns {T}
   */
  shared(name, make) {
    this.#core ??= defaultCore();
    return this.#core.shared(this.#store, name, make);
  }

  /**
   * Does something after the call, which does not wait for it and does not learn whether it failed.
   *
   * @param {() => Promise<unknown>} work
   */
  later(work) {
    const run = async () => {
      await work().catch(() => undefined);
    };
    void this.#followups.start({ when: 'later', run });
  }

  stats() {
    return this.#stats.read();
  }

  /** See `Core.forget`. The format is looked at again, too, where that is the first call's to do. */
  forget() {
    this.#core ??= defaultCore();
    this.#core.forget();
    const { options } = this.#store;
    this.#store = { ...this.#store, options: { ...options, check: this.#checks } };
  }

  /** Where the data is, and who wants to hear what is done there: for another store over the same data. */
  place() {
    const { backend, tables, prefix: keyPrefix, options } = this.#store;
    return { backend, tables, keyPrefix, maxOperations: options.maxOperations, observe: this.#stats.observe };
  }

  get #host() {
    this.#core ??= defaultCore();
    return this.#core.host;
  }

  /** Resolves when no upkeep is under way any more. */
  settle() {
    return this.#followups.settle();
  }
}

/**
 * @param {unknown} payload
 * @param {string} method
 * @returns {string | undefined}
 */
function toJSON(payload, method) {
  try {
    return stringify(payload);
  } catch (error) {
    // What was thrown may quote the value; a BigInt, a cycle, a failing toJSON or too deep a value is all it can be.
    const why = error instanceof RangeError ? 'is nested too deeply' : 'cannot be written as JSON';
    throw storeError('INVALID_ARGUMENT', method, `${method} was given a value that ${why}`);
  }
}
