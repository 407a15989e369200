/**
 * From what a user writes about Durable Objects to the homes that a store has there. Pure.
 *
 * @module
 */

import { ObjectHome } from './object-home.js';

/** @typedef {import('./object-home.js').ObjectNamespaceLike} ObjectNamespaceLike */
/** @typedef {(message: string, details?: Record<string, unknown>) => Error} Invalid */

/** What means nothing to a store that has no table in KV, and why. */
const FOR_KV = {
  consistency: 'a Durable Object shows every write at once',
  waitUntil: 'nothing is left to be done after a call',
  snapshots: 'a Durable Object stores every snapshot that is to be stored when the call resolves',
  assumeSingleWriter: 'a Durable Object is the only writer',
  namespacePrefix: 'it is for the REST API; keyPrefix names the object',
};

/**
 * @param {unknown} value
 * @returns {value is ObjectNamespaceLike}
 */
export function isObjectNamespace(value) {
  const { idFromName, get, put } = /** @type {any} */ (value ?? {});
  return typeof idFromName === 'function' && typeof get === 'function' && typeof put !== 'function';
}

/**
 * @param {Record<string, unknown>} config  of a store with no table in KV
 * @param {Invalid} invalid
 */
export function refuseOptionsOfKV(config, invalid) {
  for (const [name, why] of Object.entries(FOR_KV)) {
    if (config[name] !== undefined) throw invalid(`${name} is for stores in KV: ${why}`, { name });
  }
}

/**
 * @param {Record<string, unknown>} config
 * @param {boolean} hasObjects
 * @param {Invalid} invalid
 * @returns {{ locationHint?: string, jurisdiction?: string }}
 */
export function readObjectOptions({ locationHint, jurisdiction }, hasObjects, invalid) {
  for (const [name, value] of Object.entries({ locationHint, jurisdiction })) {
    if (value === undefined) continue;
    if (!hasObjects) throw invalid(`${name} is for Durable Objects: give their namespace as \`durable\``);
    if (typeof value !== 'string' || value === '') throw invalid(`${name} must be a non-empty string`);
  }
  return /** @type {any} */ ({ locationHint, jurisdiction });
}

/**
 * A home for each namespace. What it holds is in one object, named by the prefix.
 *
 * @param {Map<ObjectNamespaceLike, string[]>} tables  of each namespace
 * @param {Omit<import('./object-home.js').ObjectPlace, 'namespace'>} options
 * @returns {import('../core/home.js').ElseWhere[]}
 */
export function objectHomes(tables, options) {
  return Array.from(tables, ([namespace, names]) => ({
    tables: names,
    open: (tools) => new ObjectHome({ namespace, ...options }, tools),
  }));
}
