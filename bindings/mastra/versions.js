/**
 * The numbered versions of what one domain of Mastra's editor keeps.
 *
 * A version's number is part of its key, so that of several made at once under one number one is made. A pointer by its
 * id tells where it is; it counts only where the version has that id.
 *
 * @module
 */

import { alreadyThere, invalid, Table } from './table.js';

/** The store's own. */
const HIDDEN = ['entityId', 'number', 'sortAt'];
/** Digits of a number in a key. */
const DIGITS = 16;
/** The last that a date can stand for. */
const MAX_NUMBER = 8_640_000_000_000_000;

/** What it returns has no field of the store's own. */
export class Versions {
  /** @type {import('../index.js').CloudflareStore} */ #store;
  /** @type {string} */ #table;
  /** @type {string} */ #parent;
  /** @type {Table} */ #rows;
  /** @type {Table} */ #ids;

  /**
   * @param {import('../index.js').CloudflareStore} store
   * @param {string} table
   * @param {string} parent  the field of a version that names its entity
   */
  constructor(store, table, parent) {
    this.#store = store;
    this.#table = table;
    this.#parent = parent;
    this.#rows = new Table(store, table);
    this.#ids = new Table(store, 'version_ids');
  }

  /**
   * Refused where the id is taken.
   * @param {any} input
   * @param {string} method  for errors
   * @returns {Promise<boolean>} false when its number is taken
   */
  async create(input, method) {
    const { id, versionNumber } = input;
    if (!Number.isSafeInteger(versionNumber) || versionNumber < 0 || versionNumber > MAX_NUMBER) {
      throw invalid(method, 'versionNumber must be a number of a version');
    }
    const place = placeOf(input[this.#parent], versionNumber);
    const pointer = { ...this.#pointerOf(id), ...place };
    // The pointer is there before what it points at; one that a call left behind that failed is nobody's.
    if ((await this.#ids.create(pointer)) === null) {
      if ((await this.#rowOf(id)) !== null) throw alreadyThere(method, `Version with id ${id}`);
      await this.#ids.save(pointer);
    }
    const row = { ...input, ...place, sortAt: new Date(versionNumber), createdAt: undefined };
    if ((await this.#rows.create(row)) !== null) return true;
    await this.#ids.delete(this.#pointerOf(id));
    return false;
  }

  /** @param {string} id @returns {Promise<any>} null when there is none */
  async get(id) {
    return toVersion(await this.#rowOf(id));
  }

  /** Those that there are, once each. @param {string[]} ids @returns {Promise<any[]>} */
  async getAll(ids) {
    const wanted = [...new Set(ids)].map((id) => this.#pointerOf(id));
    const pointers = (await this.#ids.getAll(wanted)).filter((pointer) => pointer !== null);
    const rows = await this.#rows.getAll(pointers.map(({ entityId, number }) => ({ entityId, number })));
    return rows.filter((row, i) => row?.id === pointers[i].id).map(toVersion);
  }

  /** @param {string} entityId @param {number} number @returns {Promise<any>} null when there is none */
  async numbered(entityId, number) {
    return toVersion(await this.#rows.get(placeOf(entityId, number)));
  }

  /** The one with the highest number. @param {string} entityId @returns {Promise<any>} null when there is none */
  async latest(entityId) {
    const [row = null] = await this.#rows.list({
      under: entityId,
      orderBy: 'sortAt',
      direction: 'DESC',
      perPage: 1,
    });
    return toVersion(row);
  }

  /**
   * @param {string} entityId
   * @param {{ page: number, perPage: number | false, field: string, direction: any }} question
   * @returns {Promise<{ versions: any[], total: number, page: number, perPage: number | false, hasMore: boolean }>}
   */
  async list(entityId, { page, perPage, field, direction }) {
    const { rows, total, hasMore } = await this.#store.listRows({
      table: this.#table,
      under: entityId,
      page: perPage === false ? 0 : page,
      perPage,
      direction,
      orderBy: field === 'createdAt' ? 'createdAt' : 'sortAt',
    });
    return { versions: rows.map(toVersion), total, page, perPage, hasMore };
  }

  /** @param {string} entityId @returns {Promise<number>} */
  async count(entityId) {
    return (await this.#store.listRows({ table: this.#table, under: entityId, perPage: 0 })).total;
  }

  /** An unknown one is no error. @param {string} id @returns {Promise<void>} */
  async delete(id) {
    const row = await this.#rowOf(id);
    if (row !== null) await this.#rows.delete({ entityId: row.entityId, number: row.number });
    await this.#ids.delete(this.#pointerOf(id));
  }

  /** All of an entity. @param {string} entityId @returns {Promise<void>} */
  async deleteUnder(entityId) {
    const rows = await this.#rows.list({ under: entityId });
    await this.#rows.deleteUnder(entityId);
    await this.#ids.delete(...rows.map(({ id }) => this.#pointerOf(id)));
  }

  /** What is left when the table was cleared. @returns {Promise<void>} */
  async deletePointers() {
    await this.#ids.deleteUnder(this.#table);
  }

  /** @param {string} id  of a version */
  #pointerOf(id) {
    return { of: this.#table, id };
  }

  /** @param {string} id @returns {Promise<any>} */
  async #rowOf(id) {
    const pointer = await this.#ids.get(this.#pointerOf(id));
    const row = pointer && (await this.#rows.get({ entityId: pointer.entityId, number: pointer.number }));
    return row?.id === id ? row : null;
  }
}

/** @param {string} entityId @param {number} number */
const placeOf = (entityId, number) => ({ entityId, number: String(number).padStart(DIGITS, '0') });

/** @param {any} row  fresh @returns {any} */
function toVersion(row) {
  for (const name of row === null ? [] : HIDDEN) delete row[name];
  return row;
}
