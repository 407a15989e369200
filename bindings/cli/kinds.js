/**
 * The kinds of records that are exported and imported, in the order in which that has to happen.
 *
 * @module
 */

/**
 * @typedef {object} Kind
 * @property {string} name  in exports
 * @property {string} table
 * @property {string} op  of the core, which stores one
 * @property {boolean} [bulk]  it takes many at once
 */

/** @type {readonly Kind[]} */
export const KINDS = [
  { name: 'thread', table: 'threads', op: 'thread.save' },
  { name: 'message', table: 'messages', op: 'message.save', bulk: true },
  { name: 'resource', table: 'resources', op: 'resource.save' },
];

/** @param {string} name */
export function findKind(name) {
  return KINDS.find((kind) => kind.name === name);
}

/** @param {Record<string, number>} counts @param {string} name @param {number} [more] */
export function count(counts, name, more = 1) {
  counts[name] = (counts[name] ?? 0) + more;
}
