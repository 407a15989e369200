/**
 * The store as users see it. It shapes arguments into what the core takes and results into what users expect;
 * what a call means, and which keys it reads and writes, is the core's business.
 *
 * @module
 */

import { Caller, NOTHING } from './caller.js';
import { findTable } from './config.js';
import { reviveDates, toText, withDates, withDateText } from './dates.js';
import { storeError } from './errors.js';
import * as shape from './shape.js';

/**
 * @typedef {import('./types.js').Thread} Thread
 * @typedef {import('./types.js').ThreadInput} ThreadInput
 * @typedef {import('./types.js').ThreadPage} ThreadPage
 * @typedef {import('./types.js').Message} Message
 * @typedef {import('./types.js').MessageInput} MessageInput
 * @typedef {import('./types.js').MessageUpdate} MessageUpdate
 * @typedef {import('./types.js').MessagePage} MessagePage
 * @typedef {import('./types.js').Resource} Resource
 * @typedef {import('./types.js').ResourceInput} ResourceInput
 */

/** The fields of each kind of record that are dates outside and text inside. */
const THREAD_DATES = ['createdAt', 'updatedAt', 'archivedAt'];
const MESSAGE_DATES = ['createdAt'];
const RESOURCE_DATES = ['createdAt', 'updatedAt'];

const THREADS_PER_PAGE = 100;
const MESSAGES_PER_PAGE = 40;

/**
 * Threads, messages and resources in Workers KV.
 *
 * ```js
 * const store = new CloudflareStore({
 *   bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV },
 *   keyPrefix: 'dev_',
 * });
 * ```
 *
 * A failure is always an error (`StoreError`, with `code`, `op` and `details`), never an empty answer; null means
 * that the thing does not exist. Nothing is written before the arguments of a call were found to be good.
 */
export class CloudflareStore {
  #core;

  /**
   * Does no I/O and may run at global scope.
   *
   * @param {import('./config.js').CloudflareStoreConfig} config
   */
  constructor(config) {
    this.#core = new Caller(config);
  }

  /**
   * Writes down the format of the data, or checks what is written there: data of a newer version is refused.
   * Worth one call at the start; calling it again is harmless.
   *
   * @returns {Promise<void>}
   */
  async init() {
    await this.#core.call('init', 'store.init', NOTHING);
  }

  /**
   * Stores a thread as given, dates included, in place of any other with its id.
   *
   * @template {ThreadInput} T
   * @param {{ thread: T }} args
   * @returns {Promise<import('./types.js').SavedThread<T>>} the thread, with Dates
   */
  async saveThread(args) {
    const { thread } = shape.requireObject(args, 'saveThread');
    shape.requireRecord(thread, 'thread', 'saveThread');
    await this.#core.call('saveThread', 'thread.save', NOTHING, withDateText(thread, THREAD_DATES));
    return withDates(thread, THREAD_DATES);
  }

  /**
   * @param {{ threadId: string, resourceId?: string }} args  with `resourceId`, only if the thread belongs to it
   * @returns {Promise<Thread | null>} a fresh object
   */
  async getThreadById(args) {
    const { threadId, resourceId } = shape.requireObject(args, 'getThreadById');
    const thread = await this.#core.read('getThreadById', 'thread.get', NOTHING, { threadId, resourceId });
    if (thread !== null) reviveDates(thread, THREAD_DATES);
    return thread;
  }

  /**
   * Threads of this prefix, newest first. A metadata filter matches threads that have all its keys with equal values.
   *
   * @param {import('./types.js').ListThreadsArgs} [args]
   * @returns {Promise<ThreadPage>}
   */
  async listThreads(args = {}) {
    const { filter, ...options } = shape.requireObject(args, 'listThreads');
    return this.#threadPage('listThreads', options, filter ?? {});
  }

  /**
   * The threads of one resource, newest first.
   *
   * @param {import('./types.js').ListThreadsByResourceIdArgs} args
   * @returns {Promise<ThreadPage>}
   */
  async listThreadsByResourceId(args) {
    const { resourceId, ...options } = shape.requireObject(args, 'listThreadsByResourceId');
    // The core takes a missing or empty resource for "everyone's", which must not happen by mistake here.
    if (typeof resourceId !== 'string' || resourceId === '') {
      throw storeError(
        'INVALID_ARGUMENT',
        'listThreadsByResourceId',
        'resourceId must be a non-empty string',
      );
    }
    return this.#threadPage('listThreadsByResourceId', options, { resourceId });
  }

  /**
   * Changes what is given and keeps the rest; metadata is merged into the old metadata key by key. `archivedAt`
   * null brings a thread back from the archive.
   *
   * @param {{ id: string, title?: string, metadata?: Record<string, any>, archivedAt?: Date | string | null }} args
   * @returns {Promise<Thread>} the thread as it is stored now
   */
  async updateThread(args) {
    const { id, title, metadata, archivedAt } = shape.requireObject(args, 'updateThread');
    const payload = { id, title, metadata, archivedAt: toText(archivedAt) };
    const thread = await this.#core.read('updateThread', 'thread.update', NOTHING, payload);
    reviveDates(thread, THREAD_DATES);
    return thread;
  }

  /**
   * Deletes a thread with all its messages. An unknown thread is no error. Of a very large thread the rest is deleted
   * by `sweep()`; for readers it is gone at once.
   *
   * @param {{ threadId: string }} args
   * @returns {Promise<void>}
   */
  async deleteThread(args) {
    const { threadId } = shape.requireObject(args, 'deleteThread');
    await this.#core.call('deleteThread', 'thread.delete', NOTHING, { threadId });
  }

  /**
   * Copies a thread and its messages, all under new ids.
   *
   * @param {import('./types.js').CopyThreadArgs} args
   * @returns {Promise<{ thread: Thread, messageIdMap: Record<string, string> }>}
   */
  async copyThread(args) {
    const { sourceThreadId, newThreadId, resourceId, title, metadata, options } = shape.requireObject(
      args,
      'copyThread',
    );
    const { messageIds, startDate, endDate } = options?.messageFilter ?? {};
    const control = { messageLimit: shape.numberOrNull(options?.messageLimit) };
    const result = await this.#core.read('copyThread', 'thread.copy', control, {
      sourceThreadId,
      newThreadId,
      resourceId,
      title,
      metadata,
      messageIds,
      startDate: toText(startDate),
      endDate: toText(endDate),
    });
    reviveDates(result.thread, THREAD_DATES);
    return result;
  }

  /**
   * Stores messages, each in place of any other with its id; a message that was in another thread moves. Their threads
   * must exist. All are checked before the first is written. Of several with one id the last counts.
   *
   * @template {MessageInput} M
   * @param {{ messages: M[] }} args
   * @returns {Promise<{ messages: import('./types.js').SavedMessage<M>[] }>} the messages, with Dates
   */
  async saveMessages(args) {
    const { messages } = shape.requireObject(args, 'saveMessages');
    if (!Array.isArray(messages) || messages.length === 0) return { messages: [] };
    const payload = messages.map((message) => withDateText(message, MESSAGE_DATES));
    await this.#core.call('saveMessages', 'message.save', NOTHING, payload);
    const byId = new Map(messages.map((message) => [message.id, message]));
    return { messages: Array.from(byId.values(), savedMessage) };
  }

  /**
   * Messages of one or several threads, oldest first, by pages; and the messages that `include` names, with their
   * neighbours.
   *
   * @param {import('./types.js').ListMessagesArgs} args
   * @returns {Promise<MessagePage>}
   */
  async listMessages(args) {
    const { threadId, resourceId } = shape.requireObject(args, 'listMessages');
    return this.#messagePage('listMessages', 'message.list', args, { threadId, resourceId });
  }

  /**
   * Unknown ids are left out. Oldest first.
   *
   * @param {{ messageIds: string[] }} args
   * @returns {Promise<{ messages: Message[] }>}
   */
  async listMessagesById(args) {
    const { messageIds } = shape.requireObject(args, 'listMessagesById');
    if (isEmptyArray(messageIds)) return { messages: [] };
    const { messages } = await this.#core.read('listMessagesById', 'message.get', NOTHING, { messageIds });
    return { messages: reviveMessages(messages) };
  }

  /**
   * Messages of all threads of a resource, oldest first, by pages.
   *
   * @param {import('./types.js').ListMessagesByResourceIdArgs} args
   * @returns {Promise<MessagePage>}
   */
  async listMessagesByResourceId(args) {
    const { resourceId } = shape.requireObject(args, 'listMessagesByResourceId');
    return this.#messagePage('listMessagesByResourceId', 'message.list_by_resource', args, { resourceId });
  }

  /**
   * Changes the fields that are given; `content` and `content.metadata` are merged key by key. Another `threadId` moves
   * the message. Unknown ids are left out.
   *
   * @param {{ messages: import('./types.js').MessageUpdate[] }} args
   * @returns {Promise<Message[]>} the updated messages, in the order of the arguments
   */
  async updateMessages(args) {
    const { messages } = shape.requireObject(args, 'updateMessages');
    if (isEmptyArray(messages)) return [];
    requireArray(messages, 'messages', 'updateMessages');
    const payload = messages.map((message) => withDateText(message, MESSAGE_DATES));
    const result = await this.#core.read('updateMessages', 'message.update', NOTHING, payload);
    return reviveMessages(result.messages);
  }

  /**
   * Unknown ids are no error.
   *
   * @param {string[]} messageIds
   * @returns {Promise<void>}
   */
  async deleteMessages(messageIds) {
    if (messageIds === undefined || isEmptyArray(messageIds)) return;
    await this.#core.call('deleteMessages', 'message.delete', NOTHING, { messageIds });
  }

  /**
   * Stores a resource as given, in place of any other with its id.
   *
   * @template {ResourceInput} R
   * @param {{ resource: R }} args
   * @returns {Promise<import('./types.js').SavedResource<R>>} the resource, with Dates
   */
  async saveResource(args) {
    const { resource } = shape.requireObject(args, 'saveResource');
    shape.requireRecord(resource, 'resource', 'saveResource');
    await this.#core.call('saveResource', 'resource.save', NOTHING, withDateText(resource, RESOURCE_DATES));
    return withDates(resource, RESOURCE_DATES);
  }

  /**
   * @param {{ resourceId: string }} args
   * @returns {Promise<Resource | null>} a fresh object
   */
  async getResourceById(args) {
    const { resourceId } = shape.requireObject(args, 'getResourceById');
    const resource = await this.#core.read('getResourceById', 'resource.get', NOTHING, { resourceId });
    if (resource !== null) reviveDates(resource, RESOURCE_DATES);
    return resource;
  }

  /**
   * Replaces the working memory if given, merges metadata key by key, and makes the resource if it does not exist.
   *
   * @param {{ resourceId: string, workingMemory?: string, metadata?: Record<string, any> }} args
   * @returns {Promise<Resource>} the resource as it is stored now
   */
  async updateResource(args) {
    const { resourceId, workingMemory, metadata } = shape.requireObject(args, 'updateResource');
    const payload = { resourceId, workingMemory, metadata };
    const resource = await this.#core.read('updateResource', 'resource.update', NOTHING, payload);
    reviveDates(resource, RESOURCE_DATES);
    return resource;
  }

  /**
   * Finishes deletions that one call could not. Meant for a cron.
   *
   * @returns {Promise<import('./types.js').SweepResult>}
   */
  async sweep() {
    return this.#core.read('sweep', 'store.sweep', NOTHING);
  }

  /**
   * Deletes everything of one table under this prefix.
   *
   * @param {{ tableName: string }} args  'threads', 'messages', 'metadata', 'resources', or Mastra's name for one
   * @returns {Promise<import('./types.js').ClearResult>}
   */
  async clearTable(args) {
    const { tableName } = shape.requireObject(args, 'clearTable');
    const table = findTable(tableName);
    if (table === undefined)
      throw storeError('INVALID_ARGUMENT', 'clearTable', 'tableName must name a table');
    return this.#core.read('clearTable', 'store.clear', { table });
  }

  /**
   * Deletes everything under this prefix.
   *
   * @returns {Promise<import('./types.js').ClearResult>}
   */
  async dangerouslyClearAll() {
    return this.#core.read('dangerouslyClearAll', 'store.clear', NOTHING);
  }

  /**
   * What the calls of this object have cost so far.
   *
   * @returns {import('./stats.js').Stats}
   */
  stats() {
    return this.#core.stats();
  }

  /**
   * Waits for upkeep that is still under way. The store may be used again afterwards.
   *
   * @returns {Promise<void>}
   */
  async close() {
    await this.#core.settle();
  }

  /**
   * @param {string} method
   * @param {import('./types.js').ThreadListOptions} options
   * @param {{ resourceId?: string, metadata?: unknown, archived?: unknown }} filter
   * @returns {Promise<ThreadPage>}
   */
  async #threadPage(method, options, { resourceId, metadata, archived }) {
    const control = { ...shape.pageControl(options), archived: shape.booleanOrNull(archived) };
    const payload = { resourceId, metadata: shape.threadFilter(metadata, method) };
    const { threads, total, hasMore } = await this.#core.read(method, 'thread.list', control, payload);
    for (const thread of threads) reviveDates(thread, THREAD_DATES);
    const { page = 0, perPage = THREADS_PER_PAGE } = options;
    return { threads, total, page, perPage, hasMore };
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {import('./types.js').MessageListOptions} options
   * @param {{ threadId?: string | string[], resourceId?: string }} scope
   * @returns {Promise<MessagePage>}
   */
  async #messagePage(method, op, options, scope) {
    const { page = 0, perPage = MESSAGES_PER_PAGE, include, filter, includeTotal } = options;
    const control = { ...shape.pageControl(options), includeTotal: shape.booleanOrNull(includeTotal) };
    const payload = {
      ...scope,
      include,
      dateRange: shape.dateRange(filter?.dateRange),
      metadata: shape.messageFilter(filter?.metadata),
    };
    const { messages, total, hasMore } = await this.#core.read(method, op, control, payload);
    return { messages: reviveMessages(messages), total, page, perPage, hasMore };
  }
}

/**
 * What `saveMessages` returns for a message. 'v2' is the type of a message that was given none.
 *
 * @param {any} message
 */
function savedMessage(message) {
  const saved = withDates(message, MESSAGE_DATES);
  if (saved.type === 'v2') delete saved.type;
  return saved;
}

/**
 * @param {any[]} messages  freshly parsed
 * @returns {Message[]}
 */
function reviveMessages(messages) {
  for (const message of messages) {
    reviveDates(message, MESSAGE_DATES);
    if (message.type === 'v2') delete message.type;
  }
  return messages;
}

/** @param {unknown} value */
function isEmptyArray(value) {
  return Array.isArray(value) && value.length === 0;
}

/**
 * @param {unknown} value
 * @param {string} name
 * @param {string} method
 */
function requireArray(value, name, method) {
  if (!Array.isArray(value)) throw storeError('INVALID_ARGUMENT', method, `${name} must be an array`);
}
