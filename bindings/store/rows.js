/**
 * Rows of the tables that have no methods of their own: what Mastra's further domains keep. What a table's rows are
 * named by, listed by and dated by is said in one place, the core's (src/rows/tables.h); here they are shaped.
 *
 * @module
 */

import { ROWS } from '../core/abi.js';
import { reviveDates, withDateText } from '../core/dates.js';
import { storeError } from '../core/errors.js';
import { orAbsent, withoutTooLong } from './absent.js';
import { chunksOf } from './chunks.js';
import { requireArguments } from './check.js';
import { findTable } from './config.js';
import * as shape from './shape.js';
import { TableStore } from './tables.js';

/** @typedef {Record<string, any>} Row */
/**
 * @typedef {object} RowPage
 * @property {Row[]} rows
 * @property {number} total
 * @property {boolean} hasMore
 */
/**
 * @typedef {object} ListRowsArgs
 * @property {string} table
 * @property {string | string[]} [under]  the first part of the keys, or the first ones: then only those rows
 * @property {Record<string, unknown>} [where]  fields that must be so; of an array one of its values, null: none
 * @property {string} [dateField]  what `dateRange` is about
 * @property {import('./types.js').DateRange} [dateRange]
 * @property {string} [orderBy]  a date; those without one come first in ascending order; default `createdAt`
 * @property {'ASC' | 'DESC'} [direction]  default DESC
 * @property {number} [page]
 * @property {number | false} [perPage]  default 100
 * @property {boolean} [covers]  of each row only the fields that lists can tell: none that has them beside it is read
 */

/** Tables of which rows need more than a table knows. */
const OTHERS = [
  'workflow_snapshot',
  'scores',
  'background_tasks',
  'thread_state',
  'blobs',
  'traces',
  'evals',
  'observational_memory',
];

/**
 * Rows.
 *
 * @template [Content=any]
 * @extends {TableStore<Content>}
 */
export class RowStore extends TableStore {
  /**
   * @param {{ table: string, keys: Row[] }} args  what names each row: the fields of its key
   * @returns {Promise<(Row | null)[]>} fresh objects
   */
  async getRows(args) {
    const { table, keys } = requireArguments(args, 'getRows');
    const { name, dates, keys: parts } = tableOf(table, 'getRows');
    shape.requireArray(keys, 'keys', 'getRows');
    /** @type {Map<string, Row>} */
    const found = new Map();
    const idOf = (/** @type {Row} */ key) => parts.map((part) => key[part]).join(':');
    const rows = await withoutTooLong(
      keys,
      idOf,
      (some) => this.caller.together('getRows', this.#ofRows(name, 'row.get', some)),
      name,
    );
    for (const row of rows.flat()) if (row !== null) found.set(nameOf(row, parts), reviveRow(row, dates));
    return keys.map((key) => found.get(nameOf(/** @type {Row} */ (key), parts)) ?? null);
  }

  /**
   * Stores rows in place of any others of their keys.
   *
   * @param {{ table: string, rows: Row[], create?: boolean, asDated?: boolean, fresh?: boolean }} args  `create`: one row,
   *   that is not there; `asDated`: with the dates it has, and no others; `fresh`: returned as they are read
   * @returns {Promise<Row[]>} the rows, with what was set
   */
  async saveRows(args) {
    const { table, rows, create, asDated, fresh } = requireArguments(args, 'saveRows');
    const { name, dates, keys } = tableOf(table, 'saveRows');
    shape.requireArray(rows, 'rows', 'saveRows');
    if (create && rows.length !== 1) throw invalid('create takes one row', 'saveRows');
    for (const row of rows) shape.requireRecord(row, 'row', 'saveRows');
    const how = { create: create === true, restore: asDated === true };
    const texts = rows.map((row) => withDateText(row, dates));
    const saves = this.#ofRows(name, 'row.save', texts, how);
    const reads = fresh
      ? this.#ofRows(
          name,
          'row.get',
          rows.map((row) => keyOf(row, keys)),
        )
      : [];
    const told = await this.caller.together('saveRows', [...saves, ...reads]);
    if (fresh)
      return told
        .slice(saves.length)
        .flat()
        .map((row) => reviveRow(row, dates));
    const all = told.flat();
    return rows.map((row, i) => ({ ...row, ...reviveRow(all[i], dates) }));
  }

  /**
   * Calls that take rows, or what names them, by the hundred.
   *
   * @param {string} name
   * @param {string} op
   * @param {Row[]} rows
   * @param {object} [how]
   */
  #ofRows(name, op, rows, how) {
    const control = { ...this.caller.rows(name), ...how };
    return chunksOf(rows).map((payload) => ({ op, control, payload }));
  }

  /**
   * Changes a row if it is as expected: of several such updates in one isolate one wins.
   *
   * @param {{ table: string, key: Row, expect?: Row, set?: Row, clear?: string[] }} args  `expect`: as `where` of a list
   * @returns {Promise<boolean>} false when there is none, or it is not as expected
   */
  async updateRow(args) {
    const { op, control, payload } = this.#update(requireArguments(args, 'updateRow'), 'updateRow');
    return orAbsent(false, () => this.caller.read('updateRow', op, control, payload));
  }

  /**
   * As `updateRow`, and reads the row.
   *
   * @param {{ table: string, key: Row, expect?: Row, set?: Row, clear?: string[] }} args
   * @returns {Promise<Row | null>} a fresh object; null when there is none, or it was not as expected
   */
  async reviseRow(args) {
    const { table, key, ...change } = requireArguments(args, 'reviseRow');
    const update = this.#update({ table, key, ...change }, 'reviseRow');
    const { name, dates } = tableOf(table, 'reviseRow');
    const read = { op: 'row.get', control: this.caller.rows(name), payload: [key] };
    const [, found] = await orAbsent([], () =>
      this.caller.together('reviseRow', [{ ...update, needed: true }, read]),
    );
    const row = found?.[0] ?? null;
    return row === null ? null : reviveRow(row, dates);
  }

  /**
   * Changes a row if it is as expected, and then stores others: all or nothing where all of them are in one Durable
   * Object, else one after the other, in this order.
   *
   * @param {{ update: { table: string, key: Row, expect?: Row, set?: Row, clear?: string[], asDated?: boolean },
   *   saves: { table: string, rows: Row[] }[] }} args
   * @returns {Promise<Row[][] | null>} what was stored, with what was set, by table; null when there is no row, or it is
   *   not as expected: then nothing is stored
   */
  async changeRows(args) {
    const method = 'changeRows';
    const { update, saves } = requireArguments(args, method);
    shape.requireArray(saves, 'saves', method);
    const parts = saves.map(({ table, rows }) => {
      const { name, dates } = tableOf(table, method);
      shape.requireArray(rows, 'rows', method);
      const texts = rows.map((row) => withDateText(row, dates));
      return { rows, dates, calls: this.#ofRows(name, 'row.save', texts) };
    });
    const first = this.#update(update, method);
    const control = { ...first.control, restore: update.asDated === true };
    const calls = [{ ...first, control, needed: true }, ...parts.flatMap((part) => part.calls)];
    const [changed, ...told] = await orAbsent([false], () => this.caller.together(method, calls));
    if (changed === false) return null;
    return parts.map((part) => {
      const set = told.splice(0, part.calls.length).flat();
      return part.rows.map((row, i) => ({ ...row, ...reviveRow(set[i], part.dates) }));
    });
  }

  /**
   * @param {{ table: string, key: Row, expect?: Row, set?: Row, clear?: string[] }} args
   * @param {string} method
   */
  #update({ table, key, expect, set, clear }, method) {
    const { name, dates } = tableOf(table, method);
    const [expected, changed] = [expect, set].map((fields) => withDateText(fields ?? {}, dates));
    const payload = { key, expect: expected, set: changed, clear };
    return { op: 'row.update', control: this.caller.rows(name), payload };
  }

  /**
   * @param {{ table: string, keys: Row[] }} args  those that are not there are no error
   * @returns {Promise<void>}
   */
  async deleteRows(args) {
    const { table, keys } = requireArguments(args, 'deleteRows');
    const { name, keys: parts } = tableOf(table, 'deleteRows');
    shape.requireArray(keys, 'keys', 'deleteRows');
    await withoutTooLong(
      keys,
      (key) => parts.map((part) => /** @type {Row} */ (key)[part]).join(':'),
      (some) => this.caller.together('deleteRows', this.#ofRows(name, 'row.delete', some)),
      name,
    );
  }

  /**
   * Deletes the rows whose keys begin so.
   *
   * @param {{ table: string, under: string[] }} args
   * @returns {Promise<void>}
   */
  async deleteRowsUnder(args) {
    const { table, under } = requireArguments(args, 'deleteRowsUnder');
    const { name } = tableOf(table, 'deleteRowsUnder');
    shape.requireArray(under, 'under', 'deleteRowsUnder');
    if (under.length === 0) throw invalid('under must name a part of the key', 'deleteRowsUnder');
    const drop = () => this.caller.read('deleteRowsUnder', 'store.clear', { table: name }, { under });
    while ((await orAbsent({ pending: false }, drop)).pending);
  }

  /**
   * One page of a table's rows.
   *
   * @param {ListRowsArgs} args
   * @returns {Promise<RowPage>}
   */
  async listRows(args) {
    const { table, under, where, dateField, dateRange, orderBy, direction, page, perPage, covers } =
      requireArguments(args, 'listRows');
    const { name, dates } = tableOf(table, 'listRows');
    const paged = { page: perPage === false ? 0 : page, perPage, orderBy: { direction } };
    const control = { ...this.caller.rows(name), ...shape.pageControl(paged) };
    const range = shape.dateRange(dateRange);
    const question = { where, dateField, dateRange: range, orderBy, under, covers: covers || undefined };
    const { rows, total, hasMore } = await orAbsent({ rows: [], total: 0, hasMore: false }, () =>
      this.caller.read('listRows', 'row.list', control, question),
    );
    return { rows: rows.map((/** @type {Row} */ row) => reviveRow(row, dates)), total, hasMore };
  }
}

/** @param {unknown} table @param {string} method */
function tableOf(table, method) {
  const name = /** @type {keyof typeof ROWS | undefined} */ (findTable(table));
  if (name === undefined) throw invalid('table must name a table', method);
  if (!Object.hasOwn(ROWS, name) || OTHERS.includes(name)) {
    throw invalid(`records of ${name} have methods of their own`, method);
  }
  /** @type {{ keys: readonly string[], dates: readonly string[] }} */
  const { keys, dates } = ROWS[name];
  return { name, keys, dates };
}

/** @param {Row} row  freshly parsed @param {readonly string[]} dates */
function reviveRow(row, dates) {
  reviveDates(row, dates);
  return row;
}

/** @param {Row} row @param {readonly string[]} parts */
const keyOf = (row, parts) => Object.fromEntries(parts.map((part) => [part, row[part]]));

/** @param {Row} row @param {readonly string[]} parts */
const nameOf = (row, parts) => JSON.stringify(parts.map((part) => row[part]));

/** @param {string} message @param {string} method */
const invalid = (message, method) => storeError('INVALID_ARGUMENT', method, message);
