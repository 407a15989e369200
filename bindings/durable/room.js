/**
 * What runs in an object: one core over its storage, which answers what a store asks for. Every request is one
 * transaction in one go, so that calls neither interleave nor are torn. What is thrown rolls it back; then the core is made
 * anew, for it would remember what storage no longer has.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { tokenOf } from '../core/caller.js';
import { StoreError, StoreTypeError, storeError } from '../core/errors.js';
import { followSync, Line } from '../core/plan.js';
import {
  MAX_CROSSING,
  pack,
  requireVersions,
  TOOL_OPERATIONS,
  unpack,
  VERSIONS,
  weigh,
} from '../remote/protocol.js';
import { PLANS } from '../store/plans.js';

/**
 * @typedef {import('../core/core.js').Core} Core
 * @typedef {import('../core/heads.js').CoreStore} CoreStore
 * @typedef {import('../core/stats.js').Operation} Operation
 * @typedef {import('../remote/protocol.js').Request} Request
 * @typedef {import('../remote/protocol.js').Reply} Reply
 */
/**
 * @typedef {object} RoomOptions
 * @property {import('../backends/backend.js').Backend & { runSync: NonNullable<import('../backends/backend.js').Backend['runSync']> }} backend
 * @property {<T>(run: () => T) => T} atomically  in a transaction, which is rolled back when `run` throws
 * @property {() => Core} createCore
 * @property {import('./upkeep.js').Upkeep} upkeep
 * @property {() => Promise<unknown>} deleteAll
 * @property {boolean} [hasTools]  whether the core has the operations of tools
 * @property {() => void} [forget]  called when something was rolled back
 */

/** Every table is in the one space. */
const TABLE_MAP = Object.fromEntries(TABLES.map(([name]) => [name, 0]));
/** Of a sweep by the alarm: some tenths of a second. */
const SWEEP_OPERATIONS = 900;
/** How many descriptions of the store are kept: callers differ in few options. */
const STORES_MAX = 16;

export class Room {
  #options;
  #backend;
  /** @type {Core | undefined} */
  #core;
  /** @type {Map<string, CoreStore>} */
  #stores = new Map();
  /** Whether the request that is under way has asked for a write. */
  #touched = false;
  /** @type {Operation[]} */
  #operations = [];

  /** @param {RoomOptions} options */
  constructor(options) {
    this.#options = options;
    const { backend } = options;
    this.#backend = {
      ...backend,
      sole: true,
      runSync: (/** @type {any[]} */ requests, /** @type {any} */ room) => {
        if (requests.some(({ kind }) => kind === 'put' || kind === 'delete')) this.#touched = true;
        options.upkeep.see(requests);
        return backend.runSync(requests, room);
      },
    };
  }

  /**
   * @param {Request} request  of anyone's make
   * @returns {Reply}
   */
  answer(request) {
    const method = String(request?.method);
    /** @type {Operation[]} */
    const operations = [];
    this.#operations = operations;
    this.#begin();
    try {
      requireVersions(request, method);
      if (request.forget === true) this.forget();
      const { wishes, ...answer } = this.#options.atomically(() => {
        const done = this.#run(request);
        // Nothing may be left, which the alarm finds.
        if (request.op === 'store.clear' && request.json === undefined) this.#options.upkeep.soon();
        this.#options.upkeep.settle(request.prefix);
        return done;
      });
      for (const { op, payload } of wishes) this.#afterwards(request, op, payload);
      return { ...VERSIONS, ...answer, operations };
    } catch (error) {
      this.#rolledBack();
      return { ...VERSIONS, failure: failureOf(error, method), operations };
    }
  }

  /**
   * A call of the core asks for it once it is done. It is a transaction of its own: what it cannot bring up to date now is
   * found later.
   *
   * @param {Request} request
   * @param {string} op
   * @param {string} payload
   */
  #afterwards(request, op, payload) {
    this.#begin();
    try {
      this.#options.atomically(() => {
        this.#own.callSync(this.#storeOf(request), op, {}, payload, request.method);
        this.#options.upkeep.settle(request.prefix);
      });
    } catch {
      this.#rolledBack();
    }
  }

  /** What the alarm does: see upkeep.js. An object of which nothing is left gives up its storage. */
  async alarm() {
    if (!this.#maintain()) return;
    const gone = this.#options.deleteAll();
    // Before anything else can happen.
    this.forget();
    await gone;
  }

  /** @returns {boolean} whether nothing is left in the object */
  #maintain() {
    this.#begin();
    try {
      return this.#options.atomically(() => this.#options.upkeep.run((prefix) => this.#sweep(prefix)));
    } catch (error) {
      this.#touched = true;
      this.#rolledBack();
      throw error;
    }
  }

  /** @param {string} prefix @returns {{ deleted: number, pending: number }} */
  #sweep(prefix) {
    const request = { ...VERSIONS, prefix, maxOperations: SWEEP_OPERATIONS, check: false, method: 'alarm' };
    const { text } = this.#own.callSync(this.#storeOf(request), 'store.sweep', {}, undefined, 'alarm');
    return JSON.parse(text);
  }

  #begin() {
    this.#touched = false;
    this.#options.upkeep.begin();
  }

  #rolledBack() {
    if (this.#touched) this.forget();
  }

  /** What storage was known to hold may not be there any more. */
  forget() {
    this.#core = undefined;
    this.#options.forget?.();
  }

  /**
   * @param {Request} request
   * @returns {Pick<Reply, 'text' | 'texts' | 'kept'> & { wishes: { op: string, payload: string }[] }}
   */
  #run(request) {
    const { op, plan, calls, json, method } = request;
    if (calls !== undefined) return this.#together(request, calls);
    const text = json === undefined ? undefined : unpack(json);
    if (plan !== undefined) return this.#follow(request, plan, JSON.parse(text ?? '[]'));
    const { control = {}, most, apart, filtered } = request;
    if (TOOL_OPERATIONS.includes(String(op)) && this.#options.hasTools !== true) throw withoutTools(method);
    const manner = { most: most ?? Infinity, apart, filtered, exact: true };
    const called = this.#own.callSync(this.#storeOf(request), String(op), control, text, method, manner);
    const kept = called.reading.kept.map(pack);
    const answer = { text: pack(called.text), ...(kept.length > 0 && { kept }) };
    this.#requireCrossing([answer.text, ...kept], method);
    return { ...answer, wishes: called.wish === undefined ? [] : [called.wish] };
  }

  /**
   * @param {Request} request
   * @param {NonNullable<Request['calls']>} calls
   */
  #together(request, calls) {
    const { method } = request;
    const store = this.#storeOf(request);
    const texts = [];
    const wishes = [];
    for (const { op, control, json, needed } of calls) {
      const text = json === undefined ? undefined : unpack(json);
      const called = this.#own.callSync(store, String(op), control, text, method);
      texts.push(pack(called.text));
      if (called.wish !== undefined) wishes.push(called.wish);
      if (needed === true && called.text === 'false') break;
    }
    this.#requireCrossing(texts, method);
    return { texts, wishes };
  }

  /**
   * @param {Request} request
   * @param {string} name
   * @param {any[]} args
   */
  #follow(request, name, args) {
    const { method } = request;
    const plan = PLANS.get(name);
    if (plan === undefined) throw storeError('VERSION_MISMATCH', method, `the object knows no plan ${name}`);
    const store = this.#storeOf(request);
    /** @type {{ op: string, payload: string }[]} */
    const wishes = [];
    const result = followSync(plan.run(this.#line(store), method, ...args), (call) => {
      const payload = call.payload === undefined ? undefined : JSON.stringify(call.payload);
      const called = this.#own.callSync(store, call.op, call.control, payload, method);
      if (called.wish !== undefined) wishes.push(called.wish);
      if (call.text) return called.text;
      return called.text === '' ? null : JSON.parse(called.text);
    });
    const text = pack(result === undefined ? '' : JSON.stringify(result));
    this.#requireCrossing([text], method);
    return { text, wishes };
  }

  /** @param {CoreStore} store */
  #line(store) {
    const { host } = this.#own;
    return new Line({
      sole: true,
      now: host.now,
      token: () => tokenOf(host.random),
      shared: (name, make) => this.#own.shared(store, name, make),
      later: () => undefined,
    });
  }

  /** @param {Request} request @returns {CoreStore} the same object for the same options */
  #storeOf({ prefix, maxOperations, check }) {
    const name = JSON.stringify([prefix, maxOperations, check]);
    let store = this.#stores.get(name);
    if (store === undefined) {
      if (this.#stores.size >= STORES_MAX) this.#stores.clear();
      store = {
        backend: this.#backend,
        tables: TABLE_MAP,
        prefix,
        options: { strict: false, maxOperations, check },
        observe: (operation) => this.#operations.push(operation),
      };
      this.#stores.set(name, store);
    }
    return store;
  }

  /**
   * A result that would not cross is refused while its transaction can still be rolled back.
   *
   * @param {import('../remote/protocol.js').Packed[]} texts
   * @param {string} method
   */
  #requireCrossing(texts, method) {
    if (weigh(texts, this.#operations.length) <= MAX_CROSSING) return;
    const says = `the result of ${method} is larger than what a Durable Object can answer with: ${MAX_CROSSING} bytes; nothing was written`;
    throw storeError('PAGE_TOO_LARGE', method, says, { limit: MAX_CROSSING });
  }

  get #own() {
    this.#core ??= this.#options.createCore();
    return this.#core;
  }
}

/** @param {string} method */
function withoutTools(method) {
  const says =
    'the class of the Durable Object has no tools: import threadkv/threadkv.tools.wasm and give it as `static module` ' +
    'of a subclass of ThreadKVObject';
  return storeError('NO_MODULE', method, says);
}

/**
 * @param {any} error
 * @param {string} method
 * @returns {NonNullable<Reply['failure']>}
 */
function failureOf(error, method) {
  const known =
    error instanceof StoreError || error instanceof StoreTypeError ? error : faultOf(error, method);
  const { code, op, message, details } = known;
  return { code, op, message, details };
}

/**
 * Storage that failed. Of its words only SQLite's own is told.
 *
 * @param {any} error
 * @param {string} method
 */
function faultOf(error, method) {
  const reason = /\bSQLITE_[A-Z_]+\b/.exec(String(error?.message))?.[0];
  const details = { outcome: 'not done', ...(reason && { reason }) };
  if (reason === 'SQLITE_FULL') {
    const says = 'the Durable Object holds as much as it may; nothing was written';
    return storeError('OBJECT_FULL', method, says, details);
  }
  const says = `the storage of the Durable Object failed${reason ? ` (${reason})` : ''}; nothing was written`;
  return storeError('OBJECT_FAILED', method, says, details);
}
