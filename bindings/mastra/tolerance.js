/**
 * The plain store as Mastra's classes call it. Mastra's core gives arguments as undefined where it has none, and newer
 * versions of it give more than this one knows: what the plain store would refuse is dropped.
 *
 * @module
 */

import { knownArguments } from '../store/check.js';

/** @typedef {import('../index.js').CloudflareStore} CloudflareStore */

/** @type {WeakMap<CloudflareStore, CloudflareStore>} */
const TOLERANT = new WeakMap();

/**
 * @param {CloudflareStore} store
 * @returns {CloudflareStore} the same store: one for all domains that share it
 */
export function tolerantStore(store) {
  const made = TOLERANT.get(store);
  if (made !== undefined) return made;
  const tolerant = new Proxy(store, { get: (_, name) => memberOf(store, name) });
  TOLERANT.set(store, tolerant).set(tolerant, tolerant);
  return tolerant;
}

/**
 * @param {any} store
 * @param {string | symbol} name
 */
function memberOf(store, name) {
  const member = store[name];
  if (typeof member !== 'function' || typeof name === 'symbol') return member;
  return (/** @type {unknown[]} */ ...args) => member.apply(store, knownArguments(name, args));
}
