/**
 * The store as tools see it: besides the methods that everybody has, whole tables page by page, and records
 * brought back as they were.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { createCore } from '../core/core.js';
import { LegacyStore } from '../store/legacy.js';
import { createCoalescingBackend, createTableBackend } from './coalesce.js';
import { rawFields, rawItems } from '../core/raw.js';

/** @typedef {'threads' | 'messages' | 'metadata' | 'resources' | string} TableName */
/**
 * A record as it is stored. `text` is undefined where what is stored is damaged.
 * @typedef {{ key: string, text: string | undefined }} StoredRecord
 */
/**
 * A part of a collection: `state` is its owner's, 0 there, 1 deleted, 2 missing.
 * @typedef {{ id: string, state: number, members: string[], places?: number[] }} CollectionPart  places: of each member
 *   `createdAt` in ms, and the stamp and position of its place; see src/FORMAT.md
 */
/** @typedef {{ cursor: string | null, records: StoredRecord[] }} RecordPage */
/** @typedef {{ cursor: string | null, collections: CollectionPart[], damaged: string[] }} CollectionPage */

/** What a page should weigh: how many records are asked for next follows from it. */
const PAGE_BYTES = 4_000_000;
const PAGE_RECORDS = 500;
const FIRST_PAGE = 50;
/** What a page may weigh before it was found out what pages weigh; a single record may be larger. */
const PAGE_MOST = 16_000_000;
/** Each table is in a space of its own. */
const TABLE_MAP = Object.fromEntries(TABLES.map(([table], space) => [table, space]));

/** @typedef {import('../core/caller.js').Caller} Caller */

export class ToolStore extends LegacyStore {
  #perPage = FIRST_PAGE;
  #pageRecords;

  /**
   * @param {Caller} caller  of the store that is looked after
   * @param {{ module?: WebAssembly.Module, pageRecords?: number,
   *   onOperation?: (operation: import('../core/stats.js').Operation) => void }} options  module: the one that has the
   *   operations of tools, for what is in this process; pageRecords: how many records, or indexes, are looked at in one call
   */
  constructor(caller, { module, pageRecords = PAGE_RECORDS, onOperation }) {
    const core = createCore({ module });
    const line = caller.beside((place, observe) => ({
      core,
      ...asTables(place),
      onOperation(operation) {
        observe(operation);
        onOperation?.(operation);
      },
    }));
    super(/** @type {any} */ (line));
    this.#pageRecords = pageRecords;
  }

  /** For calls that no method makes. */
  get line() {
    return this.caller;
  }

  /**
   * A page of a table's records.
   *
   * @param {TableName} table
   * @param {string | null} cursor
   * @returns {Promise<RecordPage>}
   */
  async recordPage(table, cursor) {
    const text = await this.#fitting((perPage, manner) =>
      this.caller.call('recordPage', 'record.scan', { table, perPage }, { cursor }, manner),
    );
    const page = readRecords(text);
    this.#learn(text.length, page.records.length);
    return page;
  }

  /**
   * Asks for so many records that there is room for them.
   *
   * @param {(perPage: number, manner: import('../core/reading.js').Manner) => Promise<string>} ask
   */
  async #fitting(ask) {
    for (;;) {
      const perPage = this.#perPage;
      try {
        return await ask(perPage, perPage === 1 ? {} : { most: PAGE_MOST });
      } catch (/** @type {any} */ error) {
        if (error?.code !== 'PAGE_TOO_LARGE' || perPage === 1) throw error;
        // Another call may have learned meanwhile.
        this.#perPage = Math.max(1, Math.min(this.#perPage, perPage >> 2));
      }
    }
  }

  /**
   * The keys of a table.
   *
   * @param {TableName} table
   * @returns {AsyncGenerator<string[], void, void>}  by pages
   */
  async *keyPages(table) {
    let cursor = null;
    do {
      const text = await this.caller.call('keyPages', 'record.scan', { table }, { cursor, keys: true });
      const page = readRecords(text);
      yield page.records.map(({ key }) => key);
      cursor = page.cursor;
    } while (cursor !== null);
  }

  /** How many keys there are. @param {TableName} table */
  async countKeys(table) {
    let count = 0;
    for await (const keys of this.keyPages(table)) count += keys.length;
    return count;
  }

  /**
   * @param {TableName} table
   * @param {(string | string[])[]} ids  of several parts, where the table's keys have them
   * @returns {AsyncGenerator<StoredRecord[], void, void>} what there is of it, by batches
   */
  async *recordsById(table, ids) {
    for (let at = 0; at < ids.length;) {
      let some = ids;
      const text = await this.#fitting((perPage, manner) => {
        some = ids.slice(at, at + perPage);
        return this.caller.call('recordsById', 'record.get', { table }, { ids: some }, manner);
      });
      const { records } = readRecords(text);
      this.#learn(text.length, some.length);
      at += some.length;
      yield records;
    }
  }

  /**
   * A page of what the journals say of the messages of threads, or the threads of resources.
   *
   * @param {'thread' | 'resource'} kind
   * @param {string | null} cursor
   * @param {{ places?: boolean, perPage?: number }} [options]  perPage: journal entries
   * @returns {Promise<CollectionPage>}
   */
  async collectionPage(kind, cursor, { places, perPage = 2 * this.#pageRecords } = {}) {
    const page = await this.caller.read(
      'collectionPage',
      'collection.scan',
      { perPage },
      { kind, cursor, places },
    );
    const collections = page.collections.map(
      (/** @type {[string, number, string[], number[] | undefined]} */ [id, state, members, numbers]) => ({
        id,
        state,
        members,
        places: numbers,
      }),
    );
    return { ...page, collections };
  }

  /**
   * A page of records, looked at: whether they are where they would be looked for. See src/upkeep/verify.c.
   *
   * @param {'threads' | 'messages'} table
   * @param {string | null} cursor
   * @param {boolean} repair  writes the mentions that are missing
   * @returns {Promise<{ cursor: string | null, checked: number, young: number, damaged: string[], lost: string[],
   *   orphans: [string, string][], leftovers: [string, string][], unnoted: [string, string][] }>}
   */
  async verifyRecords(table, cursor, repair) {
    return this.caller.read(
      'verifyRecords',
      'verify.records',
      { table, perPage: this.#pageRecords },
      { cursor, repair },
    );
  }

  /**
   * One collection, looked at and mended. See src/upkeep/verify_collection.c.
   *
   * @param {{ kind: 'thread' | 'resource', id: string, repair: boolean, after?: unknown }} args
   * @returns {Promise<{ head: string, members: number, ghosts: number, damaged: string[], next: unknown }>}
   */
  async verifyCollection(args) {
    return this.caller.read('verifyCollection', 'verify.collection', {}, args);
  }

  /**
   * A page of tombstones, removed where they are older than |maxAge| ms. See src/upkeep/purge.c.
   *
   * @param {number} maxAge
   * @param {string | null} cursor
   * @returns {Promise<{ cursor: string | null, checked: number, purged: number }>}
   */
  async purgePage(maxAge, cursor) {
    return this.caller.read('purge', 'thread.purge', { maxAge }, { cursor });
  }

  /**
   * Stores records as they are.
   *
   * @param {import('./kinds.js').Kind} kind
   * @param {string[]} texts
   * @returns {Promise<void>}
   */
  async restore({ op, table, bulk }, texts) {
    const control = { restore: true, table };
    if (bulk) await this.caller.send('restore', op, control, `[${texts.join(',')}]`);
    else await Promise.all(texts.map((text) => this.caller.send('restore', op, control, text)));
  }

  /** @param {number} bytes @param {number} records */
  #learn(bytes, records) {
    if (records === 0) return;
    const fitting = Math.floor(PAGE_BYTES / (bytes / records));
    this.#perPage = Math.max(1, Math.min(PAGE_RECORDS, this.#perPage * 4, fitting));
  }
}

/**
 * What is in this process, with a space for each table; there may be nothing.
 *
 * @param {{ backend?: import('../backends/backend.js').Backend, tables: Record<string, number> }} place
 */
function asTables({ backend, tables }) {
  if (backend === undefined) return {};
  return { backend: createCoalescingBackend(createTableBackend(backend, tables)), tables: TABLE_MAP };
}

/** @param {string} text @returns {RecordPage} */
function readRecords(text) {
  const fields = rawFields(text);
  const records = [];
  for (const item of rawItems(/** @type {string} */ (fields.get('records')))) {
    const [key, record] = rawItems(item);
    records.push({ key: JSON.parse(key), text: record });
  }
  return { cursor: JSON.parse(/** @type {string} */ (fields.get('cursor'))), records };
}
