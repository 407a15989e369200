/**
 * A record as it is stored: its own fields, and a few beside them that no caller sees (src/FORMAT.md).
 *
 * @module
 */

import { reviveDates } from '../core/dates.js';

/**
 * @typedef {import('./types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./scope.js').Scope} Scope
 */

/**
 * What is known of an older generation without reading it.
 * @typedef {{ generation: string, createdAt: string, generationCount: number }} Older
 */

/**
 * A stored record, freshly parsed: dates are text.
 * @typedef {Scope & Record<string, any> & { generation?: string, revision: string, older?: Older[] }} Row
 */

/** What names a row. @typedef {Scope & { generation?: string }} RowKey */

const DATES = ['createdAt', 'updatedAt', 'lastObservedAt', 'lastBufferedAtTime'];
const CHUNK_DATES = ['lastObservedAt', 'createdAt'];

/** Fields that are the store's own. */
const INTERNAL = ['scopeKind', 'scopeId', 'generation', 'revision', 'older'];

/** @param {Row} row @returns {RowKey} */
export function keyOf({ scopeKind, scopeId, generation }) {
  return generation === undefined ? { scopeKind, scopeId } : { scopeKind, scopeId, generation };
}

/**
 * @param {Row} row
 * @returns {ObservationalMemory} a fresh object
 */
export function recordOf(row) {
  const record = structuredClone(row);
  for (const name of INTERNAL) delete record[name];
  reviveDates(record, DATES);
  for (const chunk of listOf(record.bufferedObservationChunks)) reviveDates(chunk, CHUNK_DATES);
  return /** @type {any} */ (record);
}

/**
 * @param {Partial<ObservationalMemory>} record
 * @returns {Record<string, any>} as JSON will give it back, without what is undefined
 */
export function plain(record) {
  const copy = JSON.parse(JSON.stringify(record));
  for (const name of INTERNAL) delete copy[name];
  return copy;
}

/**
 * A row that is no longer the newest of its scope.
 *
 * @param {Row} row
 * @param {string} generation
 * @returns {Row}
 */
export function archived(row, generation) {
  const copy = { ...row, generation };
  delete copy.older;
  return copy;
}

/** @param {unknown} value @returns {any[]} */
const listOf = (value) => (Array.isArray(value) ? value : []);
