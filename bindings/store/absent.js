/**
 * Ids that no key can hold: nothing is stored under them, so that a read finds nothing and a deletion has nothing to do.
 * A write says what is wrong with them.
 *
 * @module
 */

import { StoreError } from '../core/errors.js';

/** How the core begins to tell it, with the table (src/kv/kv.c). */
const SAYS = /^the (\w+) key would be /;

/**
 * @template T
 * @param {T} none  the answer where there can be nothing
 * @param {() => Promise<T>} run  a read or a deletion
 * @returns {Promise<T>}
 */
export async function orAbsent(none, run) {
  try {
    return await run();
  } catch (error) {
    if (tooLong(error) === undefined) throw error;
    return none;
  }
}

/**
 * Does it without those of the ids that are too long. Nothing has been asked of KV when the core refuses one.
 *
 * @template T
 * @template I
 * @param {I[] | I | undefined} given  several, or one
 * @param {(item: I) => string} idOf
 * @param {(items: any) => Promise<T>} run
 * @param {string} table  of the keys that would be made of them
 * @returns {Promise<T>}
 */
export async function withoutTooLong(given, idOf, run, table) {
  try {
    return await run(given);
  } catch (error) {
    if (given === undefined || tooLong(error) !== table) throw error;
    const items = Array.isArray(given) ? given : [given];
    if (items.length === 0) throw error;
    const lengths = items.map((item) => keyLength(idOf(item)));
    // The longest is too long if any is.
    const longest = Math.max(...lengths);
    const rest = items.filter((_, index) => lengths[index] < longest);
    return withoutTooLong(rest, idOf, run, table);
  }
}

/**
 * @param {unknown} error
 * @returns {string | undefined} the table of the key that would be too long
 */
function tooLong(error) {
  if (!(error instanceof StoreError) || error.code !== 'KEY_TOO_LONG') return undefined;
  return SAYS.exec(error.message)?.[1] ?? '';
}

/** Bytes of an id in a key, where `%`, `:` and control characters take three. @param {string} id */
function keyLength(id) {
  const bytes = new TextEncoder().encode(id);
  const encoded = bytes.filter((byte) => byte < 0x20 || byte === 0x7f || byte === 0x25 || byte === 0x3a);
  return bytes.length + 2 * encoded.length;
}
