/**
 * What there is to look at in a store, page by page, and what becomes of it.
 *
 * This folder looks after what is stored, for `store.verify()` and for the command, with the module that has the
 * operations of tools. The store's own methods know nothing of it.
 *
 * @module
 */

import { TABLES } from '../core/abi.js';
import { Repair } from './repair.js';

/** Hears how much has been looked at. @typedef {{ add: (count: number) => void }} Progress */
/** @typedef {import('./findings.js').Findings} Findings */
/** @typedef {(cursor: string | null, progress: Progress) => Promise<string | null>} Page  looks at a page; returns the next cursor */
/** @typedef {{ title: string, unit: string, total: () => Promise<number>, page: Page }} Step */

/** Collections that are looked at at once. */
const AT_ONCE = 25;

/** What there is to look at, page by page. */
export class Verification {
  #store;
  #findings;
  #repair;
  #last;

  /**
   * @param {import('./tool-store.js').ToolStore} store
   * @param {Findings} findings
   * @param {boolean} repair
   * @param {string | null} [last]  of a verification that this one continues
   */
  constructor(store, findings, repair, last = null) {
    this.#last = last;
    this.#store = store;
    this.#findings = findings;
    this.#repair = repair ? new Repair(store, findings) : undefined;
  }

  /** The last collection of the page before: there may be more of it on the next one. */
  get last() {
    return this.#last;
  }

  /** @returns {Step[]} */
  steps() {
    const members = /** @type {const} */ (['threads', 'messages']);
    const others = TABLES.map(([table]) => table).filter(
      (table) => table !== 'threads' && table !== 'messages' && table !== 'metadata',
    );
    const kinds = /** @type {const} */ (['thread', 'resource']);
    const count = (/** @type {string} */ table) => () => this.#store.countKeys(table);
    return [
      ...members.map((table) => ({
        title: 'Looking at',
        unit: table,
        total: count(table),
        page: /** @type {Page} */ ((cursor, progress) => this.#members(table, cursor, progress)),
      })),
      ...others.map((table) => ({
        title: 'Looking at',
        unit: `records of ${table}`,
        total: count(table),
        page: /** @type {Page} */ ((cursor, progress) => this.#others(table, cursor, progress)),
      })),
      ...kinds.map((kind) => ({
        title: 'Looking at',
        unit: `index entries of ${kind}s`,
        total: () => this.#countEntries(kind),
        page: /** @type {Page} */ ((cursor, progress) => this.#collections(kind, cursor, progress)),
      })),
    ];
  }

  /** @param {'thread' | 'resource'} kind */
  async #countEntries(kind) {
    let count = 0;
    for await (const keys of this.#store.keyPages('metadata')) {
      count += keys.filter((key) => key.includes(`metadata:${kind}:`)).length;
    }
    return count;
  }

  /**
   * @param {'threads' | 'messages'} table
   * @param {string | null} cursor
   * @param {Progress} progress
   */
  async #members(table, cursor, progress) {
    const mends = this.#repair !== undefined;
    const page = await this.#store.verifyRecords(table, cursor, mends);
    const findings = this.#findings;
    findings.look(table, page.checked);
    findings.look('too young to judge', page.young);
    findings.add('damaged record', page.damaged);
    findings.add(table === 'threads' ? 'thread that no list shows' : 'message that no list shows', page.lost);
    const orphans = await this.#withoutThread(page.orphans);
    const leftovers = await this.#unmarked(page.leftovers);
    findings.add('message without a thread', ids(orphans));
    findings.add('message of a deleted thread', ids(leftovers));
    findings.add('owner whose list lacks a thread', ids(page.unnoted), mends);
    await this.#repair?.lost(table, page.lost);
    await this.#repair?.orphans(orphans);
    await this.#repair?.leftovers(ids(leftovers));
    progress.add(page.checked);
    return page.cursor;
  }

  /**
   * Of a damaged thread, the record is what is wrong.
   *
   * @param {[string, string][]} orphans  ids and threads
   */
  async #withoutThread(orphans) {
    /** @type {Set<string>} */
    const keys = new Set();
    const threads = [...new Set(orphans.map(([, thread]) => thread))];
    let damaged = 0;
    for (const thread of threads) {
      for await (const records of this.#store.recordsById('threads', [thread])) {
        if (records.length === 0) continue;
        keys.add(thread);
        damaged++;
      }
    }
    return damaged === 0 ? orphans : orphans.filter(([, thread]) => !keys.has(thread));
  }

  /**
   * What a sweep will find needs no more than that.
   *
   * @param {[string, string][]} leftovers  ids and threads
   */
  async #unmarked(leftovers) {
    const marked = await this.#marked([...new Set(leftovers.map(([, thread]) => thread))]);
    return leftovers.filter(([, thread]) => !marked.has(thread));
  }

  /** @param {string[]} threads @returns {Promise<Set<string>>} those that sweep knows of */
  async #marked(threads) {
    /** @type {Set<string>} */
    const marked = new Set();
    for (const thread of threads) {
      for await (const records of this.#store.recordsById('metadata', [['sweep', thread]])) {
        if (records.length > 0) marked.add(thread);
      }
    }
    return marked;
  }

  /**
   * Tables without an index: whether the records can be read.
   *
   * @param {string} table
   * @param {string | null} cursor
   * @param {Progress} progress
   */
  async #others(table, cursor, progress) {
    const page = await this.#store.recordPage(table, cursor);
    const damaged = page.records.filter(({ text }) => text === undefined);
    this.#findings.look(table, page.records.length);
    this.#findings.add(
      'damaged record',
      damaged.map(({ key }) => key),
    );
    progress.add(page.records.length);
    return page.cursor;
  }

  /**
   * @param {'thread' | 'resource'} kind
   * @param {string | null} cursor
   * @param {Progress} progress
   */
  async #collections(kind, cursor, progress) {
    const page = await this.#store.collectionPage(kind, cursor);
    /** @type {Map<string, import('./tool-store.js').CollectionPart>} */
    const parts = new Map();
    for (const part of page.collections) {
      const before = parts.get(part.id);
      if (before === undefined) parts.set(part.id, part);
      else before.members.push(...part.members);
    }
    const all = [...parts.values()];
    const good = all.filter(({ id, state }) => state === 0 && id !== this.#last);
    this.#last = all.at(-1)?.id ?? null;
    for (let at = 0; at < good.length; at += AT_ONCE) {
      const some = good.slice(at, at + AT_ONCE);
      await Promise.all(some.map(({ id }) => this.#collection(kind, id)));
    }
    await this.#deleted(all.filter(({ state, members }) => state === 1 && members.length > 0));
    await this.#ownerless(all.filter(({ state }) => state === 2));
    progress.add(page.collections.length);
    return page.cursor;
  }

  /** @param {'thread' | 'resource'} kind @param {string} id */
  async #collection(kind, id) {
    const repair = this.#repair !== undefined;
    /** @type {unknown} */
    let after;
    do {
      const found = await this.#store.verifyCollection({ kind, id, repair, after });
      this.#report(kind, id, found);
      after = found.next ?? undefined;
    } while (after !== undefined);
    this.#findings.look(`indexes of ${kind}s`, 1);
  }

  /**
   * @param {'thread' | 'resource'} kind
   * @param {string} id
   * @param {{ head: string, ghosts: number, damaged: string[] }} found
   */
  #report(kind, id, { head, ghosts, damaged }) {
    const mended = this.#repair !== undefined;
    const wrong = head === 'good' ? [] : [`${kind}:${id}`];
    this.#findings.add(`list of newest entries is ${head}`, wrong, mended);
    this.#findings.add('damaged journal entry', damaged, mended);
    this.#findings.add('entry of what is gone', Array(ghosts).fill(`${kind}:${id}`), mended);
  }

  /** Deleted threads that still have messages. @param {{ id: string }[]} parts */
  async #deleted(parts) {
    const marked = await this.#marked(parts.map(({ id }) => id));
    const left = parts.filter(({ id }) => !marked.has(id)).map(({ id }) => id);
    this.#findings.add('unfinished deletion', left);
    await this.#repair?.deletions(left);
  }

  /** Indexes of threads that there are not; of a copy that is under way, or failed, sweep knows. @param {{ id: string }[]} parts */
  async #ownerless(parts) {
    const left = [];
    const marked = await this.#marked(parts.map(({ id }) => id));
    for (const { id } of parts.filter((part) => !marked.has(part.id))) {
      for await (const records of this.#store.recordsById('threads', [id])) {
        if (records.length === 0) left.push(id);
      }
    }
    this.#findings.add('index of a thread that is not there', left);
    await this.#repair?.ownerless(left);
  }
}

/** @param {[string, string][]} pairs */
function ids(pairs) {
  return pairs.map(([id]) => id);
}
