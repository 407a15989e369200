/**
 * One store's line to the core: what every call of it needs besides its own arguments.
 *
 * @module
 */

import { defaultCore } from './default-core.js';
import { storeError } from './errors.js';
import { LocalHome } from './home.js';
import { keyOf, unreadableKey } from './key.js';
import { stringify } from './lenient.js';
import { createFollowups } from './later.js';
import { follow, Line } from './plan.js';
import { createStats } from './stats.js';

/** @typedef {import('./home.js').Home} Home */
/** @template {unknown[]} A @template T @typedef {import('./plan.js').Plan<A, T>} Plan */

/**
 * A user's configuration, understood: what the core is told about the store, and how its calls are made.
 * @typedef {object} Settings
 * @property {import('../backends/backend.js').Backend} [backend]  none where all tables are elsewhere
 * @property {Record<string, number>} tables  name → space
 * @property {readonly import('./home.js').ElseWhere[]} [elsewhere]
 * @property {string} prefix
 * @property {{ strict: boolean, maxOperations: number, check: boolean }} options
 * @property {number} most  bytes that a list may bring into memory
 * @property {boolean} [allSnapshots]  progress of runs is stored at once, too
 * @property {Record<string, { maxAge: number, batchSize: number }>} retention  by table: ms, rows
 * @property {import('./core.js').Core} [core]  default: that of the process
 * @property {(text: string) => any} [parse]  default `JSON.parse`
 * @property {(operation: import('./stats.js').Operation) => void} [onOperation]
 * @property {(promise: Promise<unknown>) => void} [waitUntil]  default: the platform's
 */

/** Operations that list records, as many as there are. */
const LISTS = ['message.list', 'message.list_by_resource', 'message.get', 'thread.list', 'row.list'];

/** The table whose home is asked, by the first word of an operation that names no table itself. */
const TABLE_OF = /** @type {Record<string, string>} */ ({
  thread: 'threads',
  message: 'threads',
  collection: 'threads',
  verify: 'threads',
  resource: 'resources',
  workflow: 'workflow_snapshot',
});

/** The control document of operations that need none. */
export const NOTHING = Object.freeze({});

export class Caller {
  /** @type {import('./core.js').Core | undefined} */
  #core;
  /** @type {LocalHome | undefined} */
  #local;
  /** Homes outside this process, by table. @type {Map<string, Home>} */
  #remote = new Map();
  #stats;
  #followups;
  #parse;
  #most;
  #prefix;
  #line;

  #settings;

  /** @param {Settings} settings */
  constructor(settings) {
    const {
      retention,
      allSnapshots,
      most,
      core,
      parse = JSON.parse,
      onOperation,
      waitUntil,
      ...place
    } = settings;
    this.#settings = settings;
    /** Policies by table. @readonly */
    this.retention = retention;
    /** Whether progress of runs is stored at once. @readonly */
    this.allSnapshots = allSnapshots;
    /** KV operations that one call may make. @readonly */
    this.maxOperations = place.options.maxOperations;
    this.#core = core;
    this.#parse = parse;
    this.#most = most;
    this.#prefix = place.prefix;
    this.#stats = createStats(onOperation);
    this.#followups = createFollowups(waitUntil);
    this.#line = new Line(this.#ground());
    const { backend, elsewhere = [], ...store } = place;
    const tools = { core: () => this.#own, observe: this.#stats.observe, followups: this.#followups };
    if (backend !== undefined) this.#local = new LocalHome({ backend, ...store }, tools);
    for (const { tables, open } of elsewhere) {
      const home = open(tools);
      for (const table of tables) this.#remote.set(table, home);
    }
  }

  /**
   * @param {string} method  the public one, for errors
   * @param {string} op  the core's name for it
   * @param {object} control
   * @param {unknown} [payload]
   * @param {import('./reading.js').Manner} [manner]
   * @returns {Promise<string>}
   */
  async call(method, op, control, payload, manner) {
    return this.send(method, op, control, toJSON(payload, method), manner);
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string} [json]  the payload as text, which reaches the core as it is
   * @param {import('./reading.js').Manner} [manner]
   * @returns {Promise<string>}
   */
  async send(method, op, control, json, manner = {}) {
    return (await this.#homeOf(op, control).run(method, op, control, json, manner)).text;
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
    const json = toJSON(payload, method);
    return this.#readAt(this.#homeOf(op, control), method, op, control, json, manner);
  }

  /**
   * Several calls, in this order: all or none, and in one go, where all that they are about is in one Durable Object, else one
   * after the other. What follows a call that is `needed` and answers false is not made.
   *
   * @param {string} method
   * @param {{ op: string, control: object, payload: unknown, needed?: boolean }[]} calls
   * @returns {Promise<any[]>} the results of those that were made, null where there is none
   */
  async together(method, calls) {
    const asked = calls.map(({ payload, ...call }) => ({ ...call, json: toJSON(payload, method) }));
    const homes = new Set(asked.map(({ op, control }) => this.#homeOf(op, control)));
    const [home] = homes;
    if (asked.length > 1 && homes.size === 1 && home.together !== undefined) {
      const answers = await home.together(method, asked);
      return answers.map((answer, i) => this.#result(method, asked[i].op, asked[i].control, answer));
    }
    const results = [];
    for (const { op, control, json, needed } of asked) {
      const result = await this.#readAt(this.#homeOf(op, control), method, op, control, json);
      results.push(result);
      if (needed && result === false) break;
    }
    return results;
  }

  /**
   * An operation of the whole store, in every home of it, one after the other.
   *
   * @param {string} method
   * @param {string} op
   * @returns {Promise<any[]>} what each of them answers
   */
  async everywhere(method, op) {
    const answers = [];
    for (const home of this.#homes()) answers.push(await this.#readAt(home, method, op, NOTHING, undefined));
    return answers;
  }

  /**
   * Follows a plan: where the data is if that is not in this process, else from here.
   *
   * @template {unknown[]} A
   * @template T
   * @param {Plan<A, T>} plan
   * @param {string} method
   * @param {A} args
   * @returns {Promise<T>}
   */
  async perform(plan, method, ...args) {
    const home = this.#remote.get(plan.table);
    if (home?.perform === undefined) {
      return follow(plan.run(this.#line, method, ...args), (one) => this.#step(one));
    }
    const text = await home.perform(plan.name, method, /** @type {string} */ (toJSON(args, method)));
    return /** @type {T} */ (text === '' ? undefined : JSON.parse(text));
  }

  /** @param {import('./plan.js').CoreCall} call */
  #step({ method, op, control, payload, text }) {
    return text ? this.call(method, op, control, payload) : this.read(method, op, control, payload);
  }

  /**
   * @param {Home} home
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} json
   * @param {import('./reading.js').Manner} [manner]
   */
  async #readAt(home, method, op, control, json, manner) {
    const most = LISTS.includes(op) ? this.#most : Infinity;
    const exact = this.#parse !== JSON.parse;
    const all = { most, exact, apart: true, ...manner };
    return this.#result(method, op, control, await home.run(method, op, control, json, all));
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {object} control
   * @param {import('./home.js').HomeAnswer} answer
   */
  #result(method, op, control, { text, complete, unreadable }) {
    if (text === '') return null;
    try {
      return complete(this.#parse(text), this.#parse);
    } catch {
      // The parser's own message would quote what is stored.
      const message = unreadable();
      const isMessage = message !== undefined;
      const key = isMessage ? this.key('messages', [message]) : this.#unreadable(op, control, text);
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
    return keyOf(this.#prefix, table, ids);
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
      return unreadableKey(text, this.#parse, this.#prefix, table);
    } catch {
      return undefined; // No JSON at all.
    }
  }

  /** Whether all tables are where one writes alone and every write shows at once. @returns {boolean} */
  get sole() {
    return this.#homes().every(({ sole }) => sole === true);
  }

  /** Each home once. @returns {Home[]} */
  #homes() {
    const homes = new Set(this.#remote.values());
    return this.#local === undefined ? [...homes] : [this.#local, ...homes];
  }

  /**
   * @param {string} op
   * @param {object} control
   * @returns {Home}
   */
  #homeOf(op, control) {
    const named = /** @type {{ table?: string }} */ (control).table;
    const table = named ?? TABLE_OF[op.slice(0, op.indexOf('.'))];
    return this.#remote.get(table) ?? /** @type {Home} */ (this.#local);
  }

  /**
   * Whether a table has one writer, so that of several updates at once one wins wherever they come from.
   *
   * @param {string} table
   */
  hasOneWriter(table) {
    return this.#remote.has(table);
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
    return this.#own.host.now();
  }

  /** A word that nobody else has: 16 hexadecimal digits. */
  token() {
    return tokenOf(this.#own.host.random);
  }

  /** @returns {import('./plan.js').Ground} */
  #ground() {
    return {
      sole: false,
      now: () => this.now(),
      token: () => this.token(),
      shared: (name, make) => this.#own.shared(this.#place, name, make),
      later: (ms, steps) => {
        const run = async () => {
          await this.#own.host.wait(ms);
          await follow(steps(), (one) => this.#step(one)).catch(() => undefined);
        };
        void this.#followups.start({ when: 'later', run });
      },
    };
  }

  stats() {
    return this.#stats.read();
  }

  /** See `Core.forget`. The format is looked at again, too, where that is the first call's to do. */
  forget() {
    for (const home of this.#homes()) home.forget();
  }

  /** Whether data is in a back end of this process. */
  get hasPlace() {
    return this.#local !== undefined;
  }

  /**
   * Another line to the same data, whose cost is told as this one's. It writes nothing of itself, and reads what is stored
   * as it is.
   *
   * @param {(place: { backend?: Settings['backend'], tables: Settings['tables'] },
   *   observe: (operation: import('./stats.js').Operation) => void) => Partial<Settings>} change
   * @returns {Caller}
   */
  beside(change) {
    const { elsewhere, prefix, options, waitUntil } = this.#settings;
    const plain = { elsewhere, prefix, waitUntil, options: { ...options, check: false } };
    const own = { most: Infinity, retention: {}, onOperation: this.#stats.observe };
    return new Caller({ ...this.place(), ...plain, ...own, ...change(this.place(), this.#stats.observe) });
  }

  /** The back end of this process, if there is one, and where it has each table. */
  place() {
    const { backend, tables } = this.#settings;
    return { backend, tables };
  }

  get #place() {
    return /** @type {LocalHome} */ (this.#local).store;
  }

  get #own() {
    this.#core ??= defaultCore();
    return this.#core;
  }

  /** Resolves when no upkeep is under way any more. */
  settle() {
    return this.#followups.settle();
  }
}

/**
 * 16 hexadecimal digits.
 *
 * @param {(bytes: Uint8Array) => void} random
 */
export function tokenOf(random) {
  const bytes = new Uint8Array(8);
  random(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
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
