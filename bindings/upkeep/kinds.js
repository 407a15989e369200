/**
 * The kinds of records that are exported, imported and adopted, in the order in which that has to happen.
 *
 * @module
 */

import { ROWS } from '../core/abi.js';

/**
 * @typedef {object} Kind
 * @property {string} name  in exports
 * @property {string} table
 * @property {string} op  of the core, which stores it
 * @property {boolean} [bulk]  the operation takes many at once
 */

/** Those that have words of their own. @type {readonly Kind[]} */
const NAMED = [
  { name: 'thread', table: 'threads', op: 'thread.save' },
  { name: 'message', table: 'messages', op: 'message.save', bulk: true },
  { name: 'resource', table: 'resources', op: 'resource.save' },
  { name: 'run', table: 'workflow_snapshot', op: 'row.save', bulk: true },
  { name: 'score', table: 'scores', op: 'row.save', bulk: true },
  { name: 'task', table: 'background_tasks', op: 'row.save', bulk: true },
  { name: 'state', table: 'thread_state', op: 'row.save', bulk: true },
  { name: 'blob', table: 'blobs', op: 'row.save', bulk: true },
  { name: 'trace', table: 'traces', op: 'row.save', bulk: true },
  { name: 'eval', table: 'evals', op: 'row.save', bulk: true },
  { name: 'observation', table: 'observational_memory', op: 'row.save', bulk: true },
];

/** All others are rows, and called after their tables. @type {readonly Kind[]} */
export const KINDS = [
  ...NAMED,
  ...Object.keys(ROWS)
    .filter((table) => !NAMED.some((kind) => kind.table === table))
    .map((table) => ({ name: table.replace(/s$/, ''), table, op: 'row.save', bulk: true })),
];

/** @param {string} name */
export function findKind(name) {
  return KINDS.find((kind) => kind.name === name);
}

/** @param {Record<string, number>} counts @param {string} name @param {number} [more] */
export function count(counts, name, more = 1) {
  if (more > 0) counts[name] = (counts[name] ?? 0) + more;
}
