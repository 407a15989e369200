/**
 * Drives the core's calls: hands over the input, performs the KV requests that the core asks for, hands the answers
 * back, returns the result. How these cross into the module's memory is instance.js's business.
 *
 * The core never waits (src/core.h). A call belongs to one request of the Worker: its promises are never awaited by
 * another, and should its request go away, nothing here has to run for the core to recover.
 *
 * @module
 */

import { loadModule } from '#module';
import { ERRORS, OPERATIONS, PENDING, TABLES } from './core/abi.js';
import { readReply } from './core/answer.js';
import { storeError } from './core/errors.js';
import { createInstance } from './core/instance.js';

/**
 * @typedef {import('./core/answer.js').Answer} Answer
 * @typedef {import('./backends/backend.js').Backend} Backend
 * @typedef {import('./backends/backend.js').KVRequest} KVRequest
 * @typedef {import('./backends/backend.js').KVReply} KVReply
 * @typedef {import('./core/instance.js').Head} Head
 * @typedef {import('./core/instance.js').Instance} Instance
 */

/**
 * What the core has to know of a store. The same object is given with every call of that store.
 * @typedef {object} CoreStore
 * @property {Backend} backend
 * @property {string} prefix  as the user gave it, trimmed
 * @property {Record<string, number>} tables  name → index into `backend.spaces`
 * @property {{ strict: boolean, maxOperations: number, check?: boolean }} options  check: first do what `init` does
 * @property {(operation: import('./core/stats.js').Operation) => void} [observe]
 */

/**
 * Work to do after the call: `soon`, before the request ends; `later`, some time. `run` never rejects.
 * @typedef {{ when: 'soon' | 'later', run: () => Promise<void> }} Followup
 */

/** @typedef {Record<number, string>} Reasons  of a call's failed requests, in words, by status */

/** @typedef {{ text: string, followup?: Followup }} CallResult  `text` is JSON, '' for nothing */

/**
 * @typedef {object} CoreOptions
 * @property {WebAssembly.Module} [module]  default: this package's `threadkv.wasm`
 * @property {() => number} [now]  milliseconds since 1970; default `Date.now`
 * @property {(bytes: Uint8Array) => void} [random]  fills the array; default `crypto.getRandomValues`
 * @property {(ms: number) => Promise<unknown>} [wait]  default `setTimeout`
 */

/** A third of KV_FLIGHT_MAX_MS (src/kv/round.h). */
const TOUCH_MS = 5000;

/** The operations, by number. */
const NAMES = Object.keys(OPERATIONS);

/** @type {Answer} */
const WAITED = { status: 200, retryAfter: 0, operations: 0, pairs: null, cursor: undefined };

/**
 * A core stands for one isolate: it remembers what was written through it. Stores may share one.
 */
export class Core {
  #options;
  /** @type {Instance | undefined} */
  #instance;
  #rounds = 0;
  #heads = new Heads();
  /** @type {Map<string, any>} */
  #shared = new Map();

  /** @param {CoreOptions} [options] */
  constructor({ module, now = Date.now, random = fillRandom, wait = sleep } = {}) {
    this.#options = { module, now, random, wait };
  }

  /** How many calls the module holds: 0 when nothing is under way and nothing leaked. */
  get calls() {
    return this.#instance?.calls() ?? 0;
  }

  /** The clock, chance and waiting that everything of this core goes by. */
  get host() {
    const { now, random, wait } = this.#options;
    return { now, random, wait };
  }

  /**
   * Plain data that everyone who uses the same data through this core shares.
   *
   * @template T
   * @param {CoreStore} store
   * @param {string} name
   * @param {() => T} make
   * @returns {T}
   */
  shared(store, name, make) {
    const key = JSON.stringify([name, store.prefix, ...this.#heads.spacesOf(store)]);
    if (!this.#shared.has(key)) this.#shared.set(key, make());
    return this.#shared.get(key);
  }

  /**
   * @param {CoreStore} store
   * @param {string} op  a name of src/op.h
   * @param {object} control  numbers, flags and fixed words
   * @param {string | undefined} payload  JSON
   * @param {string} method  the public method, for errors
   * @returns {Promise<CallResult>}
   */
  async call(store, op, control, payload = '', method) {
    const { now } = this.#options;
    const instance = this.#live();
    let handle = 0;
    /** @type {Reasons} */
    const reasons = {};
    try {
      const text = isEmpty(control) ? '' : JSON.stringify(control);
      handle = instance.begin(OPERATIONS[op], this.#heads.of(store), text, payload, now());
      if (handle === 0) throw storeError('NO_MEMORY', method, 'no memory is left for another call');
      while (instance.status === PENDING) {
        await this.#perform(store, instance, handle, reasons);
        if (instance.dead) throw crashed(method);
        instance.resume(handle, now());
      }
      return this.#finish(instance, handle, store, method, reasons);
    } catch (error) {
      if (!instance.dead) throw error;
      // The module trapped: the instance and all its calls are lost, the next call gets a new one.
      throw crashed(method);
    } finally {
      instance.close(handle);
    }
  }

  #live() {
    if (this.#instance === undefined || this.#instance.dead) {
      this.#instance = createInstance(this.#options.module ?? loadModule(), this.#options.random);
    }
    return this.#instance;
  }

  /**
   * @param {Instance} instance
   * @param {number} handle
   * @param {CoreStore} store
   * @param {string} method
   * @param {Reasons} reasons
   * @returns {CallResult}
   */
  #finish(instance, handle, store, method, reasons) {
    const { status } = instance;
    const { result, followup, followupOp, soon } = instance.outcome(handle);
    if (status < 0) throw failure(status, result, method, reasons);
    if (followup === '') return { text: result };
    const run = async () => {
      // What cannot be brought up to date now is found by a later check.
      await this.call(store, NAMES[followupOp], {}, followup, method).catch(() => undefined);
    };
    return { text: result, followup: { when: soon ? 'soon' : 'later', run } };
  }

  /**
   * Performs one round, all its requests at once, or waits; and hands over the answers.
   *
   * @param {CoreStore} store
   * @param {Instance} instance
   * @param {number} handle  of the call that ran last
   * @param {Reasons} reasons  filled in
   */
  async #perform(store, instance, handle, reasons) {
    const { now, wait } = this.#options;
    const { slots } = instance;
    /** @type {KVRequest[]} */
    const requests = [];
    let pause = 0;
    for (const { request, ms } of slots) {
      pause = Math.max(pause, ms);
      if (request === undefined) continue;
      request.space = store.tables[request.table];
      requests.push(request);
    }
    const round = requests.length > 0 ? ++this.#rounds : 0;
    const started = now();
    const touch = () => {
      instance.touch(handle, now());
    };
    const replies = requests.length > 0 ? await ask(store.backend, requests, touch) : [];
    const ms = now() - started;
    if (pause > 0) await wait(pause);
    let next = 0;
    for (const { number, request, retries } of slots) {
      if (instance.dead) return;
      const answer = request === undefined ? WAITED : readReply(request, replies[next++]);
      if (answer.reason !== undefined) reasons[answer.status] = answer.reason;
      const bytes = instance.answer(handle, number, answer);
      if (request !== undefined) observe(store, request, answer, { bytes, ms, retries, round });
    }
  }
}

/**
 * @param {CoreOptions} [options]
 * @returns {Core}
 */
export function createCore(options) {
  return new Core(options);
}

/** Numbers KV namespaces by identity, and makes of these numbers how the input of a store's calls begins. */
class Heads {
  /** @type {WeakMap<object, number>} */
  #objects = new WeakMap();
  /** @type {Map<unknown, number>} */
  #values = new Map();
  /** @type {WeakMap<CoreStore, Head>} */
  #heads = new WeakMap();
  #count = 0;

  /**
   * The bytes of src/core.h's struct tkv_store, and the prefix.
   *
   * @param {CoreStore} store
   * @returns {Head}
   */
  of(store) {
    let head = this.#heads.get(store);
    if (head === undefined) {
      const { options } = store;
      const spaces = this.spacesOf(store);
      const limit = Math.min(options.maxOperations, 0xffffffff);
      const flags = [Number(options.strict), limit, Number(options.check ?? false)];
      const words = new Uint8Array(new Uint32Array([...spaces, ...flags]).buffer);
      const prefix = new TextEncoder().encode(store.prefix);
      const bytes = new Uint8Array(words.length + prefix.length);
      bytes.set(words);
      bytes.set(prefix, words.length);
      head = { bytes, prefix: prefix.length };
      this.#heads.set(store, head);
    }
    return head;
  }

  /**
   * The namespace of each table, as a number: equal numbers are the same namespace.
   *
   * @param {CoreStore} store
   */
  spacesOf({ backend, tables }) {
    return TABLES.map(([name]) => this.#number(backend.spaces[tables[name]]));
  }

  /** @param {unknown} space */
  #number(space) {
    const isObject = (typeof space === 'object' && space !== null) || typeof space === 'function';
    const known = isObject ? this.#objects.get(/** @type {object} */ (space)) : this.#values.get(space);
    if (known !== undefined) return known;
    const number = ++this.#count;
    if (isObject) this.#objects.set(/** @type {object} */ (space), number);
    else this.#values.set(space, number);
    return number;
  }
}

/**
 * @param {Backend} backend
 * @param {KVRequest[]} requests
 * @param {() => void} touch  called now and then while a slow back end is at it; should the request go away, its timer does
 * @returns {Promise<(KVReply | undefined)[]>} a reply for each, or none at all
 */
async function ask(backend, requests, touch) {
  const timer = backend.slow ? setInterval(touch, TOUCH_MS) : undefined;
  try {
    const replies = await backend.run(requests);
    // Of too few or too many nobody can tell which is whose.
    return Array.isArray(replies) && replies.length === requests.length ? replies : [];
  } catch {
    // Back ends answer every request; should one throw all the same, nothing is known of the outcome.
    return [];
  } finally {
    if (timer !== undefined) clearInterval(timer);
  }
}

/**
 * @param {CoreStore} store
 * @param {KVRequest} request
 * @param {Answer} answer
 * @param {{ bytes: number, ms: number, retries: number, round: number }} cost  bytes: of the answer
 */
function observe(store, request, { status, operations, pairs }, { bytes, ms, retries, round }) {
  const { kind, table } = request;
  const listed = pairs === null ? 0 : pairs.length / 2;
  const keys = kind === 'get_many' ? request.keys.length : kind === 'list' ? listed : 1;
  const size = kind === 'put' ? request.value.length : bytes;
  try {
    store.observe?.({ kind, table, operations, keys, bytes: size, ms, retries, status, round });
  } catch {
    // Whoever watches must not turn a write that was made into a failed call.
  }
}

/** What the core has no more room, or no more call, to say. @type {Record<string, string>} */
const UNSAID = {
  ABANDONED: 'no answer came for so long that the call was given up; what it wrote is unknown, try again',
  NO_MEMORY: 'no memory is left for what the call would need',
};

/**
 * @param {number} status
 * @param {string} text
 * @param {string} method
 * @param {Reasons} reasons
 */
function failure(status, text, method, reasons) {
  const known = ERRORS[status];
  if (text === '') return storeError(known, method, UNSAID[known] ?? `${method} failed`);
  const { code, message, details } = JSON.parse(text);
  const reason = code === 'KV_FAILED' ? reasons[details?.status] : undefined;
  if (reason === undefined) return storeError(code, method, message, details);
  return storeError(code, method, `${message}: ${reason}`, { ...details, reason });
}

/** @param {string} method */
function crashed(method) {
  return storeError(
    'CRASHED',
    method,
    'the storage module stopped; what was under way is unknown, try again',
  );
}

/** @param {object} control */
function isEmpty(control) {
  for (const name in control) if (/** @type {any} */ (control)[name] !== undefined) return false;
  return true;
}

/** @param {Uint8Array} bytes */
function fillRandom(bytes) {
  crypto.getRandomValues(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
