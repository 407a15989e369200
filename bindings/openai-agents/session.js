/**
 * A session of the OpenAI Agents SDK: a thread whose messages are items.
 *
 * @module
 */

import { asMethod, storeError } from '../core/errors.js';
import { requireId, requireStore } from '../forms/threads.js';
import { requireKnown } from '../store/check.js';
import { contentOf, itemsOf } from './items.js';
import { current, marksOf, readItems } from './reading.js';
import { SessionRecords } from './records.js';

/** @typedef {import('@openai/agents').AgentInputItem} Item */
/**
 * @typedef {object} CloudflareSessionOptions
 * @property {import('../index.js').CloudflareStore} store
 * @property {string} sessionId
 * @property {string} [resourceId]  whose session it is: one of another resource is neither read nor changed. Default: it
 *   belongs to itself
 */

/** How many records are looked at for the newest item. */
const LAST = 10;

/** @type {(session: CloudflareSession) => SessionRecords} */
let reveal;

/** What is behind a session. @param {CloudflareSession} session */
export function recordsOf(session) {
  return reveal(session);
}

/** `new CloudflareSession({ store, sessionId })`, for the `session` of a run. */
export class CloudflareSession {
  #id;
  #records;

  static {
    reveal = (session) => session.#records;
  }

  /** @param {CloudflareSessionOptions} options */
  constructor(options) {
    const method = 'constructor';
    if (typeof options !== 'object' || options === null)
      throw storeError('INVALID_ARGUMENT', method, 'CloudflareSession takes { store, sessionId, … }');
    requireKnown(options, ['store', 'sessionId', 'resourceId'], { what: 'option', path: '', method });
    const { store, sessionId, resourceId } = options;
    this.#id = requireId(sessionId, 'sessionId', method);
    if (resourceId !== undefined) requireId(resourceId, 'resourceId', method);
    this.#records = new SessionRecords(requireStore(store, method), sessionId, resourceId);
  }

  /** @returns {Promise<string>} */
  async getSessionId() {
    return this.#id;
  }

  /**
   * @param {number} [limit]  so many of the newest; all when left out
   * @returns {Promise<Item[]>} oldest first
   */
  async getItems(limit) {
    return asMethod('getItems', async () => {
      if (limit === undefined || Number.isNaN(limit) || limit === Infinity) return this.#all();
      if (limit === null || limit <= 0) return [];
      const wanted = Math.ceil(limit);
      const { messages, hasMore } = await this.#records.newest({ perPage: wanted, includeTotal: false });
      const items = readItems(messages);
      // Records of other entries may hold nothing that can be said as an item.
      return (items.length < wanted && hasMore ? await this.#all() : items).slice(-wanted);
    });
  }

  /**
   * Adds items at the end; all are looked at before the first is written. A failure in between names in
   * `details.storedItems` the places of those that were stored.
   *
   * @param {Item[]} items
   * @returns {Promise<void>}
   */
  async addItems(items) {
    return asMethod('addItems', async () => {
      checkItems(items, 'addItems');
      if (items.length > 0) await this.#records.write(this.#records.make(items));
    });
  }

  /**
   * Takes the newest item away.
   *
   * @returns {Promise<Item | undefined>} undefined when there is none
   */
  async popItem() {
    return asMethod('popItem', async () => {
      const { messages, hasMore } = await this.#records.newest({ perPage: LAST });
      const records = current(messages);
      const last = records.findLast((record) => itemsOf(record).length > 0);
      if (last === undefined && hasMore && records.length === messages.length)
        throw storeError('NOT_FOUND', 'popItem', 'the newest messages are no items');
      if (last === undefined) return undefined;
      const items = itemsOf(last);
      const item = items.pop();
      // What has replaced others goes on doing so.
      if (items.length === 0 && last.content.replaces !== true) await this.#records.drop([last.id]);
      else await this.#save([{ ...last, content: contentOf(items, marksOf(last)) }]);
      return item;
    });
  }

  /**
   * Deletes all items.
   *
   * @returns {Promise<void>}
   */
  async clearSession() {
    return asMethod('clearSession', async () => {
      await this.#records.clear();
    });
  }

  /**
   * Puts items in the place of all that there are. They are one record, and so come all at once; what they replace is
   * deleted afterwards.
   *
   * @param {Item[]} items
   * @returns {Promise<void>}
   */
  async replaceHistoryWithCompaction(items) {
    return asMethod('replaceHistoryWithCompaction', async () => {
      checkItems(items, 'replaceHistoryWithCompaction');
      const old = await this.#records.all();
      await this.#records.write([this.#records.makeOne(items)], { replaces: true });
      await this.#records.drop(old.map(({ id }) => id));
    });
  }

  /**
   * Changes calls that are stored, as the SDK asks for when a call was approved with other arguments.
   *
   * @param {{ mutations: { type: string, callId: string, replacement: Item }[] }} args
   * @returns {Promise<void>}
   */
  async applyHistoryMutations({ mutations }) {
    return asMethod('applyHistoryMutations', async () => {
      const replacements = new Map(
        mutations
          .filter(({ type }) => type === 'replace_function_call')
          .map(({ callId, replacement }) => [callId, replacement]),
      );
      const messages = (await this.#records.all()).flatMap((record) => {
        const items = itemsOf(record);
        const changed = items.map((/** @type {any} */ item) =>
          item.type === 'function_call' ? (replacements.get(item.callId) ?? item) : item,
        );
        const isSame = changed.every((item, index) => item === items[index]);
        return isSame ? [] : [{ ...record, content: contentOf(changed, marksOf(record)) }];
      });
      if (messages.length > 0) await this.#save(messages);
    });
  }

  async #all() {
    return readItems(await this.#records.all());
  }

  /** @param {import('../store/types.js').Message[]} messages  that are stored otherwise */
  async #save(messages) {
    await this.#records.store.saveMessages({ messages });
  }
}

/** @param {unknown} items @param {string} method */
function checkItems(items, method) {
  const isItem = (/** @type {unknown} */ item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item);
  if (!Array.isArray(items) || !items.every(isItem))
    throw storeError('INVALID_ARGUMENT', method, 'items must be an array of items');
  try {
    JSON.stringify(items);
  } catch {
    // What was thrown may quote the value.
    throw storeError('INVALID_ARGUMENT', method, 'an item has a value that cannot be written as JSON');
  }
}
