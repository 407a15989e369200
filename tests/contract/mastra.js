/**
 * Mastra's memory domain in the clothes of the store under it, so that the suites can be run against it: calls go
 * through the domain, its errors are opened, and what it does not have is the store's own.
 *
 * @module
 */

import { MastraError } from '@mastra/core/error';
import { MemoryStorageCloudflare } from '../../bindings/mastra/index.js';

/**
 * @param {import('./support.js').Subject} subject  of a plain store
 * @returns {import('./support.js').Subject}
 */
export function throughMastra(subject) {
  const { store, reopen } = subject;
  return { ...subject, store: dress(store), reopen: (options) => dress(reopen(options)) };
}

/** @param {any} store  a plain one @returns {any} */
export function dress(store) {
  /** @type {any} */
  const memory = new MemoryStorageCloudflare({ store });
  const classes = [MemoryStorageCloudflare, Object.getPrototypeOf(MemoryStorageCloudflare)];
  const own = new Set(classes.flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype)));
  for (const name of ['dangerouslyClearAll', 'prune']) own.delete(name);
  return new Proxy(store, {
    get(_, name) {
      if (own.has(String(name))) return (/** @type {any[]} */ ...args) => open(memory[name](...args));
      const value = store[name];
      return typeof value === 'function' ? value.bind(store) : value;
    },
  });
}

/** @param {Promise<any>} promise */
async function open(promise) {
  try {
    return await promise;
  } catch (/** @type {any} */ error) {
    throw error instanceof MastraError && error.domain === 'STORAGE' ? error.cause : error;
  }
}
