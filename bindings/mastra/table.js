/**
 * What the domains that keep rows share: one table of the plain store, and the errors of rows that are missing or there
 * already.
 *
 * @module
 */

import { StoreError, storeError } from '../core/errors.js';

/** @typedef {import('../index.js').CloudflareStore} CloudflareStore */
/** @typedef {Record<string, any>} Row */
/** See `saveRows` of the store. @typedef {{ asDated?: boolean, fresh?: boolean }} How */

/** A change that others keep getting in the way of is given up after so many tries. */
const TRIES = 20;

/** A table of rows. */
export class Table {
  #store;
  #table;

  /** @param {CloudflareStore} store @param {string} table */
  constructor(store, table) {
    this.#store = store;
    this.#table = table;
  }

  /** @param {Row} key @returns {Promise<any>} a fresh object, or null */
  async get(key) {
    return (await this.#store.getRows({ table: this.#table, keys: [key] }))[0];
  }

  /** @param {Row[]} keys @returns {Promise<any[]>} fresh objects, or null for each */
  getAll(keys) {
    return this.#store.getRows({ table: this.#table, keys });
  }

  /** @param {Row} row @param {How} [how] @returns {Promise<any>} */
  async save(row, how) {
    return (await this.#store.saveRows({ table: this.#table, rows: [row], ...how }))[0];
  }

  /** @param {Row[]} rows @param {{ asDated?: boolean }} [how] @returns {Promise<any[]>} */
  saveAll(rows, how) {
    return this.#store.saveRows({ table: this.#table, rows, ...how });
  }

  /**
   * @param {Row} row
   * @param {How} [how]
   * @returns {Promise<any>} null when there is one already
   */
  async create(row, how) {
    try {
      return (await this.#store.saveRows({ table: this.#table, rows: [row], create: true, ...how }))[0];
    } catch (error) {
      if (error instanceof StoreError && error.code === 'ALREADY_EXISTS') return null;
      throw error;
    }
  }

  /** @param {Row} key @param {{ expect?: Row, set?: Row, clear?: string[] }} change @returns {Promise<boolean>} */
  update(key, change) {
    return this.#store.updateRow({ table: this.#table, key, ...change });
  }

  /**
   * @param {Row} key
   * @param {{ expect?: Row, set?: Row, clear?: string[] }} change
   * @returns {Promise<any>} the row as it is then; null when there is none, or it is not as expected
   */
  updated(key, change) {
    return this.#store.reviseRow({ table: this.#table, key, ...change });
  }

  /**
   * Changes a row by what it is, however many do so at once in this isolate.
   *
   * @param {Row} key
   * @param {(row: any) => { expect: Row, set?: Row, clear?: string[] } | null} change  null: it stays
   * @returns {Promise<any>} the row as it is then; null when there is none
   */
  async revise(key, change) {
    for (let tries = 0; tries < TRIES; tries++) {
      const row = await this.get(key);
      const how = row === null ? null : change(row);
      if (how === null) return row;
      const revised = await this.updated(key, how);
      if (revised !== null) return revised;
    }
    throw storeError('TRY_AGAIN', 'updateRow', 'others keep changing this');
  }

  /** @param {...Row} keys @returns {Promise<void>} */
  delete(...keys) {
    return this.#store.deleteRows({ table: this.#table, keys });
  }

  /** @param {...string} under @returns {Promise<void>} */
  deleteUnder(...under) {
    return this.#store.deleteRowsUnder({ table: this.#table, under });
  }

  /**
   * @param {Omit<import('../store/rows.js').ListRowsArgs, 'table'>} [args]
   * @returns {Promise<any[]>} all of them, if no page is asked for
   */
  async list(args = {}) {
    return (await this.#store.listRows({ table: this.#table, direction: 'ASC', perPage: false, ...args }))
      .rows;
  }

  /**
   * What lists can tell of the rows, without reading them.
   *
   * @param {{ under?: string | string[], where?: Row }} [which]
   * @returns {Promise<any[]>}
   */
  covers(which = {}) {
    return this.list({ ...which, covers: true });
  }
}

/** Where rows of an id are that their keys do not begin with. A pointer counts only where the row has the id. */
export class Pointers {
  #rows;
  #of;

  /** @param {CloudflareStore} store @param {string} of  their table */
  constructor(store, of) {
    this.#rows = new Table(store, 'version_ids');
    this.#of = of;
  }

  /** @param {string} id @returns {Promise<any>} null when there is none */
  get(id) {
    return this.#rows.get({ of: this.#of, id });
  }

  /** @param {string[]} ids @returns {Promise<any[]>} null for those that there are not */
  getAll(ids) {
    return this.#rows.getAll(ids.map((id) => ({ of: this.#of, id })));
  }

  /** @param {string} id @param {Row} place @returns {Promise<boolean>} false when there is one */
  async create(id, place) {
    return (await this.#rows.create({ ...place, of: this.#of, id })) !== null;
  }

  /** @param {...Row} places  with their ids @returns {Promise<any>} */
  save(...places) {
    return this.#rows.saveAll(places.map((place) => ({ ...place, of: this.#of })));
  }

  /** @param {...string} ids @returns {Promise<void>} */
  delete(...ids) {
    return this.#rows.delete(...ids.map((id) => ({ of: this.#of, id })));
  }

  /** @returns {Promise<void>} */
  clear() {
    return this.#rows.deleteUnder(this.#of);
  }
}

/** What was given: undefined is as good as left out. @param {Row} row */
export function given(row) {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** The names of what was given as undefined or null: to be taken out. @param {Row} row */
export function cleared(row) {
  return Object.keys(row).filter((name) => row[name] === undefined || row[name] === null);
}

/** @param {string} method @param {string} what  with its id */
export const notFound = (method, what) => storeError('NOT_FOUND', method, `${what} not found`);

/** @param {string} method @param {string} what  with its id */
export const alreadyThere = (method, what) => storeError('ALREADY_EXISTS', method, `${what} already exists`);

/** @param {string} method @param {string} message */
export const invalid = (method, message) => storeError('INVALID_ARGUMENT', method, message);
