/**
 * Flags and counters that only advise: they change several times in a turn, and KV takes one write a second of a key.
 * So they are noted here, seen at once by everyone in the isolate, and written a moment later, all together; or with
 * the next write of their record, whichever comes first.
 *
 * Plain data that the requests of an isolate share, no promise among it: should the request that promised to write
 * go away, the next one takes over.
 *
 * @module
 */

import { keyOf } from './row.js';

/** @typedef {import('./row.js').Row} Row */
/** @typedef {import('./row.js').RowKey} RowKey */

/**
 * @typedef {object} Patch
 * @property {string} id  of the record
 * @property {RowKey} key
 * @property {Record<string, any>} set  JSON values
 * @property {number} since  when somebody last promised to write it
 */

/** After so long, whoever promised to write is taken to have gone away. */
const PROMISE_MS = 5_000;
/** After so long a patch is nobody's any more. */
const FORGOTTEN_MS = 60_000;

export class Held {
  /** @type {Map<string, Patch>} */
  #patches = new Map();

  /**
   * @param {Row} row
   * @returns {Row} as it will be
   */
  over(row) {
    const patch = this.#of(row);
    return patch === undefined ? row : { ...row, ...patch.set };
  }

  /**
   * @param {Row} row
   * @param {Record<string, any>} set  JSON values
   * @param {number} now
   * @returns {boolean} whether the caller has to promise to write it
   */
  add(row, set, now) {
    this.#forget(now);
    const known = this.#of(row);
    const since = known !== undefined && now - known.since <= PROMISE_MS ? known.since : now;
    this.#patches.set(nameOf(row), { id: row.id, key: keyOf(row), set: { ...known?.set, ...set }, since });
    return known === undefined || since !== known.since;
  }

  /**
   * Takes what is noted for a record, to write it. What is noted from then on is for another write.
   *
   * @param {RowKey & { id?: string }} row
   * @returns {Patch | undefined}
   */
  take(row) {
    const patch = this.#of(row);
    if (patch !== undefined) this.#patches.delete(nameOf(row));
    return patch;
  }

  /** It was not written after all. @param {Patch | undefined} patch */
  restore(patch) {
    if (patch === undefined) return;
    const newer = this.#of({ ...patch.key, id: patch.id });
    this.#patches.set(nameOf(patch.key), { ...patch, set: { ...patch.set, ...newer?.set } });
  }

  /**
   * @param {RowKey & { id?: string }} row
   * @returns {Patch | undefined}
   */
  #of(row) {
    const patch = this.#patches.get(nameOf(row));
    return patch?.id === row.id ? patch : undefined;
  }

  /** @param {number} now */
  #forget(now) {
    for (const [name, { since }] of this.#patches) {
      if (now - since > FORGOTTEN_MS) this.#patches.delete(name);
    }
  }
}

/** @param {RowKey} key */
const nameOf = ({ scopeKind, scopeId, generation }) =>
  JSON.stringify([scopeKind, scopeId, generation ?? null]);
