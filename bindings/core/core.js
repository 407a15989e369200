/**
 * Drives the core's calls: hands over the input, has the rounds of KV requests performed that the core asks for,
 * returns the result. What a round is, is the business of rounds.js; how all this crosses into the module, that of
 * instance.js.
 *
 * The core never waits (src/core.h). A call belongs to one request of the Worker: its promises are never awaited by
 * another, and should its request go away, nothing here has to run for the core to recover.
 *
 * This folder is what runs the module, and what each runtime has for that. It knows how back ends are asked
 * (backends/backend.js), but none of them, and nothing of what is stored.
 *
 * @module
 */

import { loadModule } from '#module';
import { OPERATIONS, PENDING } from './abi.js';
import { Clock } from './clock.js';
import { storeError } from './errors.js';
import { crashed, failure } from './failures.js';
import { Heads } from './heads.js';
import { createInstance } from './instance.js';
import { Reading } from './reading.js';
import { Rounds } from './rounds.js';

/**
 * @typedef {import('./failures.js').Reasons} Reasons
 * @typedef {import('./heads.js').CoreStore} CoreStore
 * @typedef {import('./instance.js').Instance} Instance
 */

/**
 * Work to do after the call: `soon`, before the request ends; `later`, some time. `run` never rejects.
 * @typedef {{ when: 'soon' | 'later', run: () => Promise<void> }} Followup
 */

/**
 * @typedef {{ text: string, reading: Reading, followup?: Followup }} CallResult
 *   `text` is JSON, '' for nothing; `reading` has what large messages left out of it
 */

/**
 * What a call in one go comes to. `wish` is a call that the core asks for afterwards.
 * @typedef {Omit<CallResult, 'followup'> & { wish?: { op: string, payload: string } }} SyncResult
 */

/**
 * A call that is under way.
 * @typedef {object} Under
 * @property {CoreStore} store
 * @property {string} method
 * @property {Instance} instance
 * @property {number} handle  0 before it has begun
 * @property {Reasons} reasons
 * @property {Reading} reading
 */

/**
 * @typedef {object} CoreOptions
 * @property {WebAssembly.Module} [module]  default: this package's `threadkv.wasm`
 * @property {() => number} [now]  milliseconds since 1970; default `Date.now`
 * @property {(bytes: Uint8Array) => void} [random]  fills the array; default `crypto.getRandomValues`
 * @property {(ms: number) => Promise<unknown>} [wait]  default `setTimeout`
 */

/** The operations, by number. */
const NAMES = Object.keys(OPERATIONS);

/**
 * An instance whose memory has grown beyond this, and beyond what its notes take (allocators waste up to a quarter), is
 * replaced once nothing is under way and so many calls came to their end that did not make it grow.
 */
const GROWN_BYTES = 4 * 1024 * 1024;
const NOTES_SHARE = 1.25;
const CALLS_BEFORE = 5;

/** A call in one go has fewer, whatever it does; one that waits for another has no end. */
const ROUNDS_MAX = 100_000;

/**
 * A core stands for one isolate: it remembers what was written through it. Stores may share one.
 */
export class Core {
  #options;
  #host;
  /** @type {Instance | undefined} */
  #instance;
  #rounds;
  #heads = new Heads();
  /** @type {Map<string, any>} */
  #shared = new Map();
  /** The instance's memory when a call last ended, and how many have ended since it grew. */
  #grown = { size: 0, calls: 0 };

  /** @param {CoreOptions} [options] */
  constructor({ module, now = Date.now, random = fillRandom, wait = sleep } = {}) {
    for (const [name, given] of Object.entries({ now, random, wait })) {
      if (typeof given === 'function') continue;
      throw storeError('INVALID_ARGUMENT', 'createCore', `${name} must be a function`);
    }
    const clock = new Clock(now, wait);
    this.#options = { module, random, now: clock.now, wait: clock.wait };
    this.#host = { random, now: clock.told, wait: clock.wait };
    this.#rounds = new Rounds(clock);
  }

  /** How many calls the module holds: 0 when nothing is under way and nothing leaked. */
  get calls() {
    return this.#instance?.calls() ?? 0;
  }

  /** The clock, chance and waiting that everything of this core goes by. */
  get host() {
    return this.#host;
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
   * Forgets all that was read and written through this core, what was held back and not written yet included: the next
   * call finds what KV has. Calls that are under way go on as they began.
   */
  forget() {
    this.#instance = undefined;
    this.#shared.clear();
  }

  /**
   * @param {CoreStore} store
   * @param {string} op  a name of src/op.h
   * @param {object} control  numbers, flags and fixed words
   * @param {string | undefined} payload  JSON
   * @param {string} method  the public method, for errors
   * @param {import('./reading.js').Manner} [manner]
   * @returns {Promise<CallResult>}
   */
  async call(store, op, control, payload, method, manner = {}) {
    const under = this.#open(store, op, method, manner);
    try {
      this.#begin(under, op, control, payload);
      while (under.instance.status === PENDING) {
        await this.#rounds.perform(under);
        this.#resume(under);
      }
      return this.#finish(under);
    } catch (error) {
      throw fatal(under, error);
    } finally {
      this.#close(under);
    }
  }

  /**
   * The same in one go, over a back end that answers at once. What it asks to do afterwards is left to the caller.
   *
   * @param {CoreStore} store
   * @param {string} op
   * @param {object} control
   * @param {string | undefined} payload
   * @param {string} method
   * @param {import('./reading.js').Manner} [manner]
   * @returns {SyncResult}
   */
  callSync(store, op, control, payload, method, manner = {}) {
    const under = this.#open(store, op, method, manner);
    try {
      this.#begin(under, op, control, payload);
      for (let rounds = 0; under.instance.status === PENDING; rounds++) {
        if (rounds > ROUNDS_MAX) throw storeError('KV_FAILED', method, `${method} came to no end`);
        this.#rounds.performSync(under);
        this.#resume(under);
      }
      const { text, wish } = this.#outcome(under);
      return { text, reading: under.reading, ...(wish && { wish }) };
    } catch (error) {
      throw fatal(under, error);
    } finally {
      this.#close(under);
    }
  }

  /**
   * @param {CoreStore} store
   * @param {string} op
   * @param {string} method
   * @param {import('./reading.js').Manner} manner
   * @returns {Under}
   */
  #open(store, op, method, manner) {
    const instance = this.#live(method);
    return { store, method, instance, handle: 0, reasons: {}, reading: new Reading(op, method, manner) };
  }

  /**
   * @param {Under} under
   * @param {string} op
   * @param {object} control
   * @param {string} [payload]
   */
  #begin(under, op, control, payload = '') {
    const { store, instance, method } = under;
    const text = isEmpty(control) ? '' : JSON.stringify(control);
    const now = this.#options.now();
    under.handle = instance.begin(OPERATIONS[op], this.#heads.of(store), text, payload, now);
    if (under.handle === 0) throw storeError('NO_MEMORY', method, 'no memory is left for another call');
  }

  /** @param {Under} under  whose round was performed */
  #resume({ instance, handle, method, reading }) {
    if (reading.refused !== undefined) throw reading.refused;
    if (instance.dead) throw crashed(method);
    instance.resume(handle, this.#options.now());
  }

  /** @param {Under} under */
  #close({ instance, handle, method }) {
    instance.close(handle);
    if (instance !== this.#instance || instance.dead || instance.size <= GROWN_BYTES) return;
    const { size, calls } = this.#grown;
    this.#grown = { size: instance.size, calls: instance.size > size ? 0 : calls + 1 };
    if (this.#grown.calls >= CALLS_BEFORE && instance.calls() === 0) this.#renew(instance, method);
  }

  /**
   * Memory of a module never shrinks: a fresh instance takes the place of one that has grown, and takes over its notes.
   *
   * @param {Instance} old
   * @param {string} method  for errors
   */
  #renew(old, method) {
    if (old.size <= GROWN_BYTES + NOTES_SHARE * old.notes) return;
    this.#grown = { size: 0, calls: 0 };
    try {
      const fresh = this.#create(method);
      if (fresh.inherit(old)) this.#instance = fresh;
    } catch {
      // Without the memory for a second one the first goes on.
    }
  }

  /** @param {string} method  for errors */
  #live(method) {
    if (this.#instance === undefined || this.#instance.dead) this.#instance = this.#create(method);
    return this.#instance;
  }

  /** @param {string} method  for errors */
  #create(method) {
    return createInstance(this.#options.module ?? loadModule(method), this.#options.random);
  }

  /**
   * @param {Under} under  which has ended
   * @returns {{ text: string, wish?: { op: string, payload: string, soon: boolean } }} wish: a call to make afterwards
   */
  #outcome({ instance, handle, method, reasons }) {
    const { status } = instance;
    const { result, followup, followupOp, soon } = instance.outcome(handle);
    if (status < 0) throw failure(status, result, method, reasons);
    if (followup === '') return { text: result };
    return { text: result, wish: { op: NAMES[followupOp], payload: followup, soon } };
  }

  /**
   * @param {Under} under
   * @returns {CallResult}
   */
  #finish(under) {
    const { store, method, reading } = under;
    const { text, wish } = this.#outcome(under);
    if (wish === undefined) return { text, reading };
    const run = async () => {
      // What cannot be brought up to date now is found by a later check.
      await this.call(store, wish.op, {}, wish.payload, method).catch(() => undefined);
    };
    return { text, reading, followup: { when: wish.soon ? 'soon' : 'later', run } };
  }
}

/**
 * What a call ends with that `error` left. When the module trapped, the instance and all its calls are lost; the next
 * call gets a new one.
 *
 * @param {Under} under
 * @param {unknown} error
 */
function fatal({ instance, method }, error) {
  return instance.dead ? crashed(method) : error;
}

/**
 * @param {CoreOptions} [options]
 * @returns {Core}
 */
export function createCore(options) {
  return new Core(options);
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
