/**
 * Long lists of records go into several calls of the core.
 *
 * @module
 */

/** Records of one call. */
const CHUNK = 100;

/**
 * @template T
 * @param {readonly T[]} items
 * @returns {T[][]} in parts of a hundred at most
 */
export function chunksOf(items) {
  const count = Math.ceil(items.length / CHUNK);
  return Array.from({ length: count }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK));
}
