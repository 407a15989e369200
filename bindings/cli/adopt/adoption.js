/**
 * The adoption of one table of Mastra's store: what is there is read, completed, and stored as threadkv does.
 *
 * @module
 */

import { ROWS } from '../../core/abi.js';
import { count, findKind } from '../../upkeep/kinds.js';
import { readValue, Refusal } from './layout.js';
import { convertOldMessages } from './old-messages.js';
import { addSamples, emptyTally, refuse } from './tally.js';

/**
 * @typedef {import('../context.js').Context} Context
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./layout.js').Adopted} Adopted
 * @typedef {import('./tally.js').Tally} Tally
 * @typedef {Adopted & { key: string }} Found
 */
/**
 * Where records come from.
 * @typedef {object} Source
 * @property {(table: string, prefix: string, cursor: string | null, limit: number) => Promise<{ keys: string[], cursor:
 *   string | null }>} page
 * @property {(table: string, keys: string[]) => Promise<Map<string, string>>} values  of those that exist
 * @property {(table: string, keys: string[]) => Promise<void>} remove
 */
const PAGE = 500;
/** Messages of one thread that are looked at to convert one of them. */
const MAX_CONTEXT = 5000;

/** Adopts, or deletes, a table page by page. */
export class Adoption {
  #context;
  #source;
  #layout;
  #prefix;
  #tally;
  /** Keys of the last page that hold no records, and are of no use without them. @type {string[]} */
  #idle = [];

  /**
   * @param {Context} context
   * @param {Source} source
   * @param {Layout} layout
   * @param {string} prefix  of the keys, colon included
   * @param {Tally} tally
   */
  constructor(context, source, layout, prefix, tally) {
    this.#context = context;
    this.#source = source;
    this.#layout = layout;
    this.#prefix = prefix;
    this.#tally = tally;
  }

  /** What the keys begin with. */
  get #keys() {
    const { raw, mastra } = this.#layout;
    return raw ? '' : `${this.#prefix}${mastra}:`;
  }

  /** How many keys there are. */
  async total() {
    let total = 0;
    let cursor = null;
    do {
      const page = await this.#source.page(this.#layout.table, this.#keys, cursor, 1000);
      total += page.keys.length;
      cursor = page.cursor;
    } while (cursor !== null);
    return total;
  }

  /**
   * @param {string | null} cursor
   * @param {boolean} deletes  what was adopted
   * @param {import('../report.js').Progress} progress
   * @returns {Promise<string | null>} the next cursor
   */
  async page(cursor, deletes, progress) {
    const page = await this.#source.page(this.#layout.table, this.#keys, cursor, PAGE);
    if (deletes) await this.#delete(page.keys);
    else await this.#adopt(page.keys);
    progress.add(page.keys.length);
    return page.cursor;
  }

  /** @param {string[]} keys */
  async #adopt(keys) {
    const { kind } = this.#layout;
    const { adopted, kept } = await this.#settle(await this.#complete(await this.#read(keys)));
    count(this.#tally.adopted, kind, adopted.length);
    count(this.#tally.kept, kind, kept.length);
    addSamples(this.#tally, kind, adopted);
  }

  /**
   * Stores what is missing, or newer than what is there. What is there already, and the same, is stored again: should an
   * earlier run have been cut off in the middle of it, this makes it whole.
   *
   * @param {Found[]} records
   * @returns {Promise<{ adopted: Found[], kept: Found[] }>}  kept: what is newer in the store
   */
  async #settle(records) {
    const { options } = this.#context;
    const { table, settled } = this.#layout;
    const there = settled || options.overwrite ? new Map() : await this.#found(records);
    const isNewer = (/** @type {Found} */ record) => {
      const text = there.get(identity(table, JSON.parse(record.text)));
      return text !== undefined && text !== record.text && !isLater(record.text, text);
    };
    const kept = records.filter(isNewer);
    const adopted = records.filter((record) => !kept.includes(record));
    if (!options.dryRun) await this.#store(adopted);
    return { adopted, kept };
  }

  /** What is in threadkv under their ids. @param {Found[]} records @returns {Promise<Map<string, string>>} */
  async #found(records) {
    const { table } = this.#layout;
    const idOf = (/** @type {Adopted} */ { id, parts }) => parts ?? id;
    const there = new Map();
    for await (const page of this.#context.store.recordsById(table, records.map(idOf))) {
      for (const { text } of page) if (text !== undefined) there.set(identity(table, JSON.parse(text)), text);
    }
    return there;
  }

  /** What goes with records before them, kind by kind. @param {Found[]} records */
  async #store(records) {
    const own = this.#layout.kind;
    const all = [
      ...records.flatMap(({ also = [] }) => also),
      ...records.map(({ kind = own, text }) => ({ kind, text })),
    ];
    for (const name of new Set(all.map(({ kind }) => kind))) {
      const kind = /** @type {import('../../upkeep/kinds.js').Kind} */ (findKind(name));
      const texts = all.filter((one) => one.kind === name).map(({ text }) => text);
      await this.#context.store.restore(kind, texts);
    }
  }

  /**
   * Deletes what is in threadkv's layout now. The old program may have written meanwhile: what is new is adopted first.
   *
   * @param {string[]} keys
   */
  async #delete(keys) {
    const { kind, table } = this.#layout;
    const tally = emptyTally();
    const again = new Adoption(this.#context, this.#source, this.#layout, this.#prefix, tally);
    const { adopted, kept } = await again.#settle(await again.#complete(await again.#read(keys)));
    const done = [...adopted, ...kept].map(({ key }) => key);
    const idle = Object.keys(tally.refused).length === 0 ? again.#idle : [];
    await this.#source.remove(table, [...done, ...idle]);
    count(this.#tally.deleted, kind, done.length);
  }

  /**
   * Reads the values under `keys`; what is no record is counted.
   *
   * @param {string[]} keys
   * @returns {Promise<Found[]>}
   */
  async #read(keys) {
    const { table, raw } = this.#layout;
    const values = await this.#source.values(table, keys);
    /** @type {Found[]} */
    const found = [];
    for (const [key, text] of values) {
      const record = this.#readOne(key, text);
      // Of keys without prefix only those are meant that are the record's own id.
      if (record !== undefined && (!raw || record.id === key)) found.push({ key, ...record });
    }
    return found;
  }

  /**
   * @param {string} key
   * @param {string} text
   * @returns {Adopted | undefined}
   */
  #readOne(key, text) {
    const { kind, raw, read } = this.#layout;
    try {
      const fields = readValue(text);
      if (fields !== 'list') return read(fields);
      if (kind !== 'message') throw new Refusal('it is a list');
      count(this.#tally.skipped, 'order list');
      this.#idle.push(key);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!raw) refuse(this.#tally, kind, error.message, key);
    }
    return undefined;
  }

  /**
   * Messages need a thread that is there, and a resource; old ones are converted.
   *
   * @param {Found[]} found
   * @returns {Promise<Found[]>}
   */
  async #complete(found) {
    if (this.#layout.kind !== 'message') return found;
    const owners = await this.#owners([...new Set(found.map(threadOf))]);
    const kept = found.filter((one) => {
      if (!owners.has(threadOf(one))) refuse(this.#tally, 'message', 'its thread is missing', one.key);
      return owners.has(threadOf(one));
    });
    const owned = kept.map((one) => ({ ...one, text: withOwner(one.text, owners.get(threadOf(one)) ?? '') }));
    count(this.#tally.converted, 'message', owned.filter(({ old }) => old).length);
    return this.#convert(owned);
  }

  /**
   * @param {Found[]} found
   * @returns {Promise<Found[]>}
   */
  async #convert(found) {
    const ends = [found.at(0), found.at(-1)].flatMap((one) => (one === undefined ? [] : [threadOf(one)]));
    /** @type {Map<string, Adopted>} */
    const converted = new Map();
    for (const thread of new Set(found.filter(({ old }) => old).map(threadOf))) {
      const here = found.filter((one) => one.old && threadOf(one) === thread);
      // Only of the first and the last thread of a page there may be more on others.
      const all = ends.includes(thread) ? await this.#wholeThread(thread, here) : here;
      for (const one of await convertOldMessages(all)) converted.set(one.id, one);
    }
    return found.map((one) => ({ ...one, text: converted.get(one.id)?.text ?? one.text }));
  }

  /**
   * The old messages of a thread, on whatever page they are.
   *
   * @param {string} thread
   * @param {Found[]} here  those at hand
   * @returns {Promise<Adopted[]>}
   */
  async #wholeThread(thread, here) {
    const { table } = this.#layout;
    const all = new Map(here.map((one) => [one.id, /** @type {Adopted} */ (one)]));
    const quiet = new Adoption(this.#context, this.#source, this.#layout, this.#prefix, emptyTally());
    let cursor = null;
    do {
      const page = await this.#source.page(table, `${this.#keys}${thread}:`, cursor, PAGE);
      const found = await quiet.#read(page.keys);
      for (const one of found) if (one.old && one.thread === thread && !all.has(one.id)) all.set(one.id, one);
      cursor = page.cursor;
    } while (cursor !== null && all.size < MAX_CONTEXT);
    return [...all.values()];
  }

  /**
   * Whose these threads are.
   *
   * @param {string[]} threads
   * @returns {Promise<Map<string, string>>}
   */
  async #owners(threads) {
    const { store, options } = this.#context;
    /** @type {Map<string, string>} */
    const owners = new Map();
    if (options.dryRun) {
      const keyed = new Map(threads.map((id) => [`${this.#prefix}mastra_threads:${id}`, id]));
      const values = await this.#source.values('threads', [...keyed.keys()]);
      for (const [key, text] of values) owners.set(/** @type {string} */ (keyed.get(key)), ownerOf(text));
    }
    for await (const records of store.recordsById('threads', threads)) {
      for (const { text } of records) {
        const { id, resourceId } = text === undefined ? { id: undefined, resourceId: '' } : JSON.parse(text);
        if (id !== undefined) owners.set(id, resourceId);
      }
    }
    return owners;
  }
}

/** What tells a record from others of its table. @param {string} table @param {any} record */
function identity(table, record) {
  const { keys } = /** @type {Record<string, { keys: readonly string[] }>} */ (ROWS)[table] ?? {
    keys: ['id'],
  };
  return JSON.stringify(keys.map((name) => record[name]));
}

/** Whether `text` was updated after `other`, for records that say when. @param {string} text @param {string} other */
function isLater(text, other) {
  const [a, b] = [text, other].map((one) => Date.parse(JSON.parse(one).updatedAt));
  return a > b;
}

/** @param {Adopted} message @returns {string} */
function threadOf({ thread = '' }) {
  return thread;
}

/** @param {string} text  of a thread in the source */
function ownerOf(text) {
  try {
    const fields = readValue(text);
    return fields === 'list' ? '' : JSON.parse(fields.get('resourceId') ?? '""');
  } catch {
    return '';
  }
}

/** @param {string} text  of a message @param {string} owner  of its thread */
function withOwner(text, owner) {
  const { resourceId } = JSON.parse(text);
  if (typeof resourceId === 'string') return text;
  return `${text.slice(0, -1)},"resourceId":${JSON.stringify(owner)}}`;
}
