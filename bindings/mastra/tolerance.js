/**
 * The plain store as Mastra's classes call it. Mastra's core gives arguments as undefined where it has none, and newer
 * versions of it give more than this one knows: what the plain store would refuse is dropped.
 *
 * @module
 */

import { knownArguments, WHOLE } from '../store/check.js';

/** @typedef {import('../index.js').CloudflareStore} CloudflareStore */

const LISTS = ['listMessages', 'listMessagesByResourceId'];

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
  return (/** @type {unknown[]} */ ...args) => member.apply(store, wholly(name, knownArguments(name, args)));
}

/**
 * All messages of a thread are never refused for their size: `cloneThread` and observational memory read so, and would
 * fail half-way.
 *
 * @param {string} method
 * @param {any[]} args
 */
function wholly(method, args) {
  const [first, ...rest] = args;
  const isAll = LISTS.includes(method) && first?.perPage === false;
  return isAll ? [{ ...first, [WHOLE]: true }, ...rest] : args;
}
