/**
 * Whose observations: of a thread, or of a resource across its threads. A record's id names its scope, so that
 * nothing has to be looked up to find a record that was made here:
 *
 *     thread:<thread id>#<number>-<time of making, base 36>-<token>
 *
 * The number counts the generations that were there before.
 *
 * @module
 */

import { storeError } from '../core/errors.js';

/** @typedef {{ scopeKind: 'thread' | 'resource', scopeId: string }} Scope */

/**
 * What an id that was made here says.
 * @typedef {Scope & { generation: string, number: string, time: number }} MadeId
 */

const MADE = /^(thread|resource):(.+)(#(\d+)-([0-9a-z]+)-[0-9a-f]+)$/s;

/** How long KV may hide from one place what another has written. */
const HIDDEN_MS = 60_000;

/**
 * @param {string | null | undefined} threadId  without one, the observations are the resource's
 * @param {string} resourceId
 * @param {string} method
 * @returns {Scope}
 */
export function scopeOf(threadId, resourceId, method) {
  if (threadId !== undefined && threadId !== null && threadId !== '') {
    return { scopeKind: 'thread', scopeId: requireId(threadId, 'threadId', method) };
  }
  return { scopeKind: 'resource', scopeId: requireId(resourceId, 'resourceId', method) };
}

/**
 * @param {unknown} id
 * @param {string} name
 * @param {string} method
 * @returns {string}
 */
export function requireId(id, name, method) {
  if (typeof id === 'string' && id !== '') return id;
  throw storeError('INVALID_ARGUMENT', method, `${name} must be a non-empty string`);
}

/**
 * @param {Scope} scope
 * @param {number} number  of generations before
 * @param {number} now
 * @param {string} token
 */
export function makeId({ scopeKind, scopeId }, number, now, token) {
  return `${scopeKind}:${scopeId}#${number}-${now.toString(36)}-${token}`;
}

/**
 * @param {string} id
 * @returns {MadeId | null} null when it was not made here
 */
export function parseId(id) {
  const match = MADE.exec(id);
  if (match === null) return null;
  const [, kind, scopeId, generation, number, time] = match;
  return {
    scopeKind: /** @type {Scope['scopeKind']} */ (kind),
    scopeId,
    generation,
    number,
    time: Number.parseInt(time, 36),
  };
}

/**
 * Whether `id` says itself that it is of `scope`.
 *
 * @param {string} id
 * @param {Scope} scope
 */
export function namesScope(id, scope) {
  const made = parseId(id);
  return made !== null && made.scopeKind === scope.scopeKind && made.scopeId === scope.scopeId;
}

/**
 * The last part of the key under which a record lies once it is not the newest any more.
 *
 * @param {string} id
 * @param {Scope} scope
 */
export function generationOf(id, scope) {
  return namesScope(id, scope) ? /** @type {MadeId} */ (parseId(id)).generation : `=${id}`;
}

/**
 * Whether two records were begun at once, in places that did not see each other: then the later write replaced the
 * other one, and what is meant for either goes into the one that is left.
 *
 * @param {string} a
 * @param {string} b
 */
export function areTwins(a, b) {
  const [one, other] = [parseId(a), parseId(b)];
  return (
    one !== null &&
    other !== null &&
    one.number === other.number &&
    Math.abs(one.time - other.time) <= HIDDEN_MS
  );
}
