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
 * @typedef {object} CoreOptions
 * @property {WebAssembly.Module} [module]  default: this package's `threadkv.wasm`
 * @property {() => number} [now]  milliseconds since 1970; default `Date.now`
 * @property {(bytes: Uint8Array) => void} [random]  fills the array; default `crypto.getRandomValues`
 * @property {(ms: number) => Promise<unknown>} [wait]  default `setTimeout`
 */

/** The operations, by number. */
const NAMES = Object.keys(OPERATIONS);

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
  async call(store, op, control, payload = '', method, manner = {}) {
    const { now } = this.#options;
    const instance = this.#live(method);
    let handle = 0;
    /** @type {Reasons} */
    const reasons = {};
    const reading = new Reading(op, method, manner);
    try {
      const text = isEmpty(control) ? '' : JSON.stringify(control);
      handle = instance.begin(OPERATIONS[op], this.#heads.of(store), text, payload, now());
      if (handle === 0) throw storeError('NO_MEMORY', method, 'no memory is left for another call');
      while (instance.status === PENDING) {
        await this.#rounds.perform(store, instance, handle, reasons, reading);
        if (reading.refused !== undefined) throw reading.refused;
        if (instance.dead) throw crashed(method);
        instance.resume(handle, now());
      }
      return { reading, ...this.#finish(instance, handle, store, method, reasons) };
    } catch (error) {
      if (!instance.dead) throw error;
      // The module trapped: the instance and all its calls are lost, the next call gets a new one.
      throw crashed(method);
    } finally {
      instance.close(handle);
    }
  }

  /** @param {string} method  for errors */
  #live(method) {
    if (this.#instance === undefined || this.#instance.dead) {
      this.#instance = createInstance(this.#options.module ?? loadModule(method), this.#options.random);
    }
    return this.#instance;
  }

  /**
   * @param {Instance} instance
   * @param {number} handle
   * @param {CoreStore} store
   * @param {string} method
   * @param {Reasons} reasons
   * @returns {Omit<CallResult, 'reading'>}
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
