/**
 * Writes down every call that core makes on a storage domain, with copies of what went in and what came out. The copies
 * also cut the in-memory store off from its callers: like a real store, it never hands out the object it keeps.
 *
 * @module
 */

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTick } from 'node:timers/promises';

/** The methods of threadkv's store; helpers that core's base class builds from these are not calls of their own. */
const MEMORY = [
  ...['getThreadById', 'saveThread', 'updateThread', 'deleteThread', 'listThreads', 'copyThread'],
  ...['saveMessages', 'listMessages', 'listMessagesById', 'listMessagesByResourceId', 'updateMessages'],
  ...['deleteMessages', 'saveResource', 'getResourceById', 'updateResource'],
];
const WORKFLOWS = [
  ...['persistWorkflowSnapshot', 'loadWorkflowSnapshot', 'getWorkflowRunById', 'deleteWorkflowRunById'],
  ...['listWorkflowRuns', 'updateWorkflowState', 'updateWorkflowResults'],
];

/**
 * @typedef {object} TapedCall
 * @property {string} turn
 * @property {string} method
 * @property {any} args
 * @property {any} [result]
 * @property {{ name: string, message: string }} [error]
 * @property {number} [after]  workflow calls only: how many memory calls came before it
 */

export class Tape {
  /** @type {TapedCall[]} */
  calls = [];
  /** @type {TapedCall[]} */
  workflows = [];
  /** @type {AsyncLocalStorage<string>} which turn the running code belongs to */
  turn = new AsyncLocalStorage();
  #clock;

  /** @param {import('./clock.js').Clock} clock */
  constructor(clock) {
    this.#clock = clock;
  }

  /** @template {object} T @param {T} domain @returns {T} */
  memory(domain) {
    return this.#tap(domain, MEMORY, (call) => this.calls.push(call));
  }

  /** @template {object} T @param {T} domain @returns {T} */
  workflow(domain) {
    return this.#tap(domain, WORKFLOWS, (call) =>
      this.workflows.push(Object.assign(call, { after: this.calls.length })),
    );
  }

  /**
   * @template {object} T
   * @param {T} domain
   * @param {string[]} methods
   * @param {(call: TapedCall) => void} write
   * @returns {T}
   */
  #tap(domain, methods, write) {
    return new Proxy(domain, {
      get: (target, key, proxy) => {
        const value = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        if (!methods.includes(String(key))) return value.bind(proxy);
        return (/** @type {any} */ args) => this.#call(target, String(key), args, write);
      },
    });
  }

  /**
   * @param {any} target
   * @param {string} method
   * @param {any} args
   * @param {(call: TapedCall) => void} write
   */
  async #call(target, method, args, write) {
    /** @type {TapedCall} */
    const call = { turn: this.turn.getStore() ?? '0', method, args: this.#copy(args, false) };
    write(call);
    try {
      const input = this.#copy(args, false);
      const result = await this.#clock.asStore(() => target[method](input));
      call.result = this.#copy(result, true);
      await nextTick();
      return this.#copy(result, true);
    } catch (error) {
      const { name, message } = /** @type {Error} */ (error);
      call.error = { name, message };
      throw error;
    }
  }

  /** A deep copy; `keep`: a date that the store made stays known as such. @param {any} value @param {boolean} keep @returns {any} */
  #copy(value, keep) {
    if (value instanceof Date) {
      const date = new Date(value.getTime());
      return keep && this.#clock.isStamp(value) ? this.#clock.markStamp(date) : date;
    }
    if (Array.isArray(value)) return value.map((item) => this.#copy(item, keep));
    if (value === null || typeof value !== 'object') return value;
    if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
      return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#copy(item, keep)]));
  }
}
