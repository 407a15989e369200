/**
 * Describes stores to the core: what stands before the input of every call.
 *
 * @module
 */

import { TABLES } from './abi.js';

/** @typedef {import('../backends/backend.js').Backend} Backend */

/**
 * What the core has to know of a store. The same object is given with every call of that store.
 * @typedef {object} CoreStore
 * @property {Backend} backend
 * @property {string} prefix  as the user gave it, trimmed
 * @property {Record<string, number>} tables  name → index into `backend.spaces`
 * @property {{ strict: boolean, maxOperations: number, check?: boolean }} options  check: first do what `init` does
 * @property {(operation: import('./stats.js').Operation) => void} [observe]
 */

/**
 * How the input of every call of a store begins: the bytes of its struct tkv_store, then its prefix.
 * @typedef {{ bytes: Uint8Array, prefix: number }} Head  `prefix`: its length
 */

/** Numbers KV namespaces by identity, and makes of these numbers how the input of a store's calls begins. */
export class Heads {
  /** @type {WeakMap<object, number>} */
  #objects = new WeakMap();
  /** @type {Map<unknown, number>} */
  #values = new Map();
  /** @type {WeakMap<CoreStore, Head>} */
  #heads = new WeakMap();
  #count = 0;

  /**
   * The bytes of src/kv/exchange.h's struct tkv_store, and the prefix.
   *
   * @param {CoreStore} store
   * @returns {Head}
   */
  of(store) {
    let head = this.#heads.get(store);
    if (head === undefined) {
      const { options, backend } = store;
      const spaces = this.spacesOf(store);
      const limit = Math.min(options.maxOperations, 0xffffffff);
      const flags = [Number(options.strict), limit, Number(options.check ?? false), backend.patience ?? 0];
      flags.push(Number(backend.sole ?? false));
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
