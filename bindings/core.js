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
import { ERRORS, OPERATIONS, PENDING, TABLES } from './abi.js';
import { storeError } from './errors.js';
import { createInstance } from './instance.js';

/**
 * @typedef {import('./backend.js').Backend} Backend
 * @typedef {import('./backend.js').KVRequest} KVRequest
 * @typedef {import('./backend.js').KVReply} KVReply
 * @typedef {import('./instance.js').Instance} Instance
 * @typedef {import('./instance.js').Slot} Slot
 */

/**
 * What the core has to know of a store. The same object is given with every call of that store.
 * @typedef {object} CoreStore
 * @property {Backend} backend
 * @property {string} prefix  as the user gave it, trimmed
 * @property {Record<string, number>} tables  name → index into `backend.spaces`
 * @property {{ strict: boolean, maxOperations: number }} options
 * @property {(operation: import('./stats.js').Operation) => void} [observe]
 */

/**
 * Work to do after the call: `soon`, before the request ends; `later`, some time. `run` never rejects.
 * @typedef {{ when: 'soon' | 'later', run: () => Promise<void> }} Followup
 */

/** @typedef {{ text: string, followup?: Followup }} CallResult  `text` is JSON, '' for nothing */

/**
 * @typedef {object} CoreOptions
 * @property {WebAssembly.Module} [module]  default: this package's `threadkv.wasm`
 * @property {() => number} [now]  milliseconds since 1970; default `Date.now`
 * @property {(bytes: Uint8Array) => void} [random]  fills the array; default `crypto.getRandomValues`
 * @property {(ms: number) => Promise<unknown>} [wait]  default `setTimeout`
 */

/** Back ends answer every request; should one throw all the same, nothing is known of the outcome. */
const NO_ANSWER = { status: 0 };

/**
 * A core stands for one isolate: it remembers what was written through it. Stores may share one.
 */
export class Core {
  #options;
  /** @type {Instance | undefined} */
  #instance;
  #rounds = 0;
  #spaces = new Spaces();

  /** @param {CoreOptions} [options] */
  constructor({ module, now = Date.now, random = fillRandom, wait = sleep } = {}) {
    this.#options = { module, now, random, wait };
  }

  /** How many calls the module holds: 0 when nothing is under way and nothing leaked. */
  get calls() {
    return this.#instance?.calls() ?? 0;
  }

  /**
   * @param {CoreStore} store
   * @param {string} op  a name of src/op.h
   * @param {object} control  numbers, flags and fixed words
   * @param {string | undefined} payload  JSON
   * @param {string} method  the public method, for errors
   * @returns {Promise<CallResult>}
   */
  async call(store, op, control, payload, method) {
    const { now } = this.#options;
    const instance = this.#live();
    const descriptor = this.#spaces.describe(store);
    let handle = 0;
    try {
      const text = control === undefined || isEmpty(control) ? '' : JSON.stringify(control);
      handle = instance.open([store.prefix, text, payload ?? ''], descriptor, now());
      if (handle === 0) throw storeError('NO_MEMORY', method, 'no memory is left for another call');
      let slots = instance.begin(handle, OPERATIONS[op]);
      while (instance.status === PENDING) {
        const replies = await this.#perform(store, slots);
        if (instance.dead) throw crashed(method);
        slots = instance.resume(handle, replies, now());
      }
      return this.#finish(instance, handle, store, method);
    } catch (error) {
      if (!instance.dead) throw error;
      // The module trapped: the instance and all its calls are lost, the next call gets a new one.
      if (this.#instance === instance) this.#instance = undefined;
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
   * @returns {CallResult}
   */
  #finish(instance, handle, store, method) {
    const { status } = instance;
    const { result, followup, soon } = instance.outcome(handle);
    if (status < 0) throw failure(status, result, method);
    if (followup === '') return { text: result };
    const run = async () => {
      // What cannot be brought up to date now is found by a later check.
      await this.call(store, 'collection.refresh', {}, followup, method).catch(() => undefined);
    };
    return { text: result, followup: { when: soon ? 'soon' : 'later', run } };
  }

  /**
   * Performs one round: all requests at once, and a wait beside them if one was asked for.
   *
   * @param {CoreStore} store
   * @param {Slot[]} slots
   * @returns {Promise<{ slot: Slot, reply: KVReply }[]>}
   */
  async #perform(store, slots) {
    const asked = slots.filter(({ request }) => request !== undefined);
    const waits = slots.filter(({ request }) => request === undefined);
    for (const { request } of asked) if (request) request.space = store.tables[request.table];
    const replies = asked.length > 0 ? await this.#run(store, asked) : [];
    for (const { ms } of waits) await this.#options.wait(ms);
    return [
      ...asked.map((slot, index) => ({ slot, reply: replies[index] })),
      ...waits.map((slot) => ({ slot, reply: { status: 200 } })),
    ];
  }

  /**
   * @param {CoreStore} store
   * @param {Slot[]} slots
   * @returns {Promise<KVReply[]>}
   */
  async #run(store, slots) {
    const { now } = this.#options;
    const round = ++this.#rounds;
    const started = now();
    const requests = slots.map(({ request }) => /** @type {KVRequest} */ (request));
    const replies = await store.backend.run(requests).catch(() => requests.map(() => NO_ANSWER));
    if (store.observe !== undefined) {
      const ms = now() - started;
      slots.forEach((slot, index) => store.observe?.(operation(slot, replies[index], ms, round)));
    }
    return replies;
  }
}

/**
 * @param {CoreOptions} [options]
 * @returns {Core}
 */
export function createCore(options) {
  return new Core(options);
}

/** Numbers KV namespaces by identity, and describes stores by these numbers. */
class Spaces {
  /** @type {WeakMap<object, number>} */
  #objects = new WeakMap();
  /** @type {Map<unknown, number>} */
  #values = new Map();
  /** @type {WeakMap<CoreStore, Uint32Array>} */
  #descriptors = new WeakMap();
  #count = 0;

  /**
   * The bytes of src/core.h's struct tkv_store.
   *
   * @param {CoreStore} store
   * @returns {Uint32Array}
   */
  describe(store) {
    let words = this.#descriptors.get(store);
    if (words === undefined) {
      const { backend, tables, options } = store;
      const spaces = TABLES.map(([name]) => this.#number(backend.spaces[tables[name]]));
      words = new Uint32Array([...spaces, options.strict ? 1 : 0, Math.min(options.maxOperations, 0xffffffff)]);
      this.#descriptors.set(store, words);
    }
    return words;
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
 * @param {Slot} slot
 * @param {KVReply} reply
 * @param {number} ms
 * @param {number} round
 * @returns {import('./stats.js').Operation}
 */
function operation({ request, retries }, reply, ms, round) {
  const { kind, table } = /** @type {KVRequest} */ (request);
  const { keys, bytes } = measure(/** @type {KVRequest} */ (request), reply);
  return { kind, table, keys, bytes, ms, retries, status: reply.status, round };
}

/**
 * @param {KVRequest} request
 * @param {KVReply} reply
 * @returns {{ keys: number, bytes: number }}
 */
function measure(request, reply) {
  switch (request.kind) {
    case 'get':
      return { keys: 1, bytes: reply.entry?.value.length ?? 0 };
    case 'get_many':
      return {
        keys: request.keys.length,
        bytes: (reply.entries ?? []).reduce((sum, entry) => sum + (entry?.value.length ?? 0), 0),
      };
    case 'put':
      return { keys: 1, bytes: request.value.length };
    case 'delete':
      return { keys: 1, bytes: 0 };
    case 'list':
      return {
        keys: reply.keys?.length ?? 0,
        bytes: (reply.keys ?? []).reduce((sum, { name }) => sum + name.length, 0),
      };
  }
}

/**
 * @param {number} status
 * @param {string} text
 * @param {string} method
 */
function failure(status, text, method) {
  if (text === '') return storeError(ERRORS[status], method, `${method} failed`);
  const { code, message, details } = JSON.parse(text);
  return storeError(code, method, message, details);
}

/** @param {string} method */
function crashed(method) {
  return storeError('CRASHED', method, 'the storage module stopped; what was under way is unknown, try again');
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
