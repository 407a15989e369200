/**
 * The records of one session: a thread of kind `session`.
 *
 * @module
 */

import { StoreError } from '../core/errors.js';
import { storeNow, storeToken } from '../forms/line.js';
import { openThread, ownThread, portions, recordId } from '../forms/threads.js';
import { contentOf, groupItems } from './items.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/** @typedef {import('../store/types.js').Message} StoredMessage */
/**
 * A record that is or was written.
 * @typedef {{ id: string, role: string, items: Item[], createdAt: Date }} Written
 */

export class SessionRecords {
  #id;
  #resourceId;

  /**
   * @param {import('../index.js').CloudflareStore} store
   * @param {string} id
   * @param {string | undefined} resourceId  whose it must be
   */
  constructor(store, id, resourceId) {
    /** @readonly */
    this.store = store;
    this.#id = id;
    this.#resourceId = resourceId;
  }

  /**
   * Records for items, not stored yet.
   *
   * @param {Item[]} items
   * @param {Written[]} [places]  that the first of them take over
   * @returns {Written[]}
   */
  make(items, places = []) {
    const word = storeToken(this.store);
    return groupItems(items).map(({ role, items: own }, index) => {
      const { id, createdAt } = places[index] ?? this.#place(word, index);
      return { id, createdAt, role, items: own };
    });
  }

  /**
   * One record of all the items. @param {Item[]} items @returns {Written}
   */
  makeOne(items) {
    return { ...this.#place(storeToken(this.store), 0), role: 'assistant', items };
  }

  /**
   * Stores records, and makes the session if there is none.
   *
   * @param {Written[]} records
   * @param {object} [marks]
   */
  async write(records, marks) {
    const thread = await this.own('addItems');
    const resourceId = thread?.resourceId ?? (await this.#open());
    const messages = records.map(({ id, role, items, createdAt }) => {
      return { id, threadId: this.#id, resourceId, role, content: contentOf(items, marks), createdAt };
    });
    try {
      await this.store.saveMessages({ messages });
    } catch (error) {
      tellStored(error, records);
      throw error;
    }
  }

  /** @param {string[]} ids */
  async drop(ids) {
    for (const some of portions(ids)) await this.store.deleteMessages(some);
  }

  /** All records, oldest first. */
  async all() {
    const { messages } = await this.store.listMessages({ ...this.#scope(), perPage: false });
    return messages;
  }

  /**
   * @param {{ perPage: number, includeTotal?: boolean }} options
   * @returns {Promise<{ messages: StoredMessage[], hasMore: boolean }>} oldest first
   */
  async newest(options) {
    const orderBy = { direction: /** @type {const} */ ('DESC') };
    const page = await this.store.listMessages({ ...this.#scope(), orderBy, ...options });
    return { messages: page.messages.reverse(), hasMore: page.hasMore };
  }

  /** Deletes the session. */
  async clear() {
    await this.own('clearSession');
    await this.store.deleteThread({ threadId: this.#id });
  }

  /** The thread, if there is one. Throws where it belongs to another resource. @param {string} method */
  own(method) {
    return ownThread(this.store, { id: this.#id, resourceId: this.#resourceId, method });
  }

  #open() {
    const of = { id: this.#id, resourceId: this.#resourceId, method: 'addItems' };
    return openThread(this.store, { ...of, kind: 'session' });
  }

  /** @param {string} word @param {number} index */
  #place(word, index) {
    return { id: recordId(this.#id, `${word}-${index}`), createdAt: new Date(storeNow(this.store)) };
  }

  #scope() {
    return { threadId: this.#id, ...(this.#resourceId !== undefined && { resourceId: this.#resourceId }) };
  }
}

/** @param {unknown} error @param {Written[]} records */
function tellStored(error, records) {
  if (!(error instanceof StoreError) || !Array.isArray(error.details.stored)) return;
  const stored = new Set(error.details.stored);
  let place = 0;
  error.details.storedItems = records.flatMap(({ id, items }) => {
    const places = items.map(() => place++);
    return stored.has(id) ? places : [];
  });
}
