/**
 * Messages: what was said in threads.
 *
 * @module
 */

import { NOTHING } from '../core/caller.js';
import { reviveDates, withDates, withDateText } from '../core/dates.js';
import { orAbsent, withoutTooLong } from './absent.js';
import * as shape from './shape.js';
import { requireArguments, WHOLE } from './check.js';
import { ThreadStore } from './threads.js';

/**
 * @template [Content=any]
 * @typedef {import('./types.js').Message<Content>} Message
 */
/**
 * @template [Content=any]
 * @typedef {import('./types.js').MessageInput<Content>} MessageInput
 */
/**
 * @template [Content=any]
 * @typedef {import('./types.js').MessagePage<Content>} MessagePage
 */

/** Dates outside, text inside. */
const DATES = ['createdAt'];

const PER_PAGE = 40;

/**
 * Messages.
 *
 * @template [Content=any]
 */
export class MessageStore extends ThreadStore {
  /**
   * Stores messages, each in place of any other with its id; a message that was in another thread moves. Their threads
   * must exist. All are checked before the first is written. Of several with one id the last counts.
   *
   * With `newIds` the caller says that nothing is stored under these ids: nothing is read under them, unless this isolate
   * has just written or read it. Should it be wrong, a message that was in another thread, or of another time, is listed
   * only where it is now, and is counted where it was until a list comes across it; at one thread and time it keeps its place.
   *
   * @template {MessageInput<Content>} M
   * @param {{ messages: M[], newIds?: boolean }} args
   * @returns {Promise<{ messages: import('./types.js').SavedMessage<M>[] }>} the messages, with Dates
   */
  async saveMessages(args) {
    const { messages, newIds } = requireArguments(args, 'saveMessages');
    shape.requireArray(messages, 'messages', 'saveMessages');
    if (newIds !== undefined) shape.requireBoolean(newIds, 'newIds', 'saveMessages');
    if (messages.length === 0) return { messages: [] };
    const { op, control, payload } = saveMessagesCall(messages, newIds);
    await this.caller.call('saveMessages', op, control, payload);
    const byId = new Map(messages.map((message) => [message.id, message]));
    return { messages: Array.from(byId.values(), savedMessage) };
  }

  /**
   * Messages of one or several threads, oldest first, by pages; and the messages that `include` names, with their
   * neighbours.
   *
   * @param {import('./types.js').ListMessagesArgs} args
   * @returns {Promise<MessagePage<Content>>}
   */
  async listMessages(args) {
    const { threadId, resourceId } = requireArguments(args, 'listMessages');
    return this.#messagePage('listMessages', 'message.list', args, { threadId, resourceId });
  }

  /**
   * Unknown ids are left out. Oldest first.
   *
   * @param {{ messageIds: string[] }} args
   * @returns {Promise<{ messages: Message<Content>[] }>}
   */
  async listMessagesById(args) {
    const { messageIds } = requireArguments(args, 'listMessagesById');
    if (isEmptyArray(messageIds)) return { messages: [] };
    /** @param {string[]} ids */
    const read = (ids) => {
      // One record alone is no list.
      const manner = ids?.length === 1 ? { most: Infinity } : {};
      return this.caller.read('listMessagesById', 'message.get', NOTHING, { messageIds: ids }, manner);
    };
    const { messages } = await withoutTooLong(messageIds, (id) => id, read, 'messages');
    return { messages: reviveMessages(messages) };
  }

  /**
   * Messages of all threads of a resource, oldest first, by pages.
   *
   * @param {import('./types.js').ListMessagesByResourceIdArgs} args
   * @returns {Promise<MessagePage<Content>>}
   */
  async listMessagesByResourceId(args) {
    const { resourceId } = requireArguments(args, 'listMessagesByResourceId');
    return this.#messagePage('listMessagesByResourceId', 'message.list_by_resource', args, { resourceId });
  }

  /**
   * Changes the fields that are given; `content` and `content.metadata` are merged key by key. Another `threadId` moves
   * the message. Unknown ids are left out.
   *
   * @param {{ messages: import('./types.js').MessageUpdate[] }} args
   * @returns {Promise<Message<Content>[]>} the updated messages, in the order of the arguments
   */
  async updateMessages(args) {
    const { messages } = requireArguments(args, 'updateMessages');
    if (isEmptyArray(messages)) return [];
    shape.requireArray(messages, 'messages', 'updateMessages');
    const payload = messages.map((message) => withDateText(message, DATES));
    const result = await this.caller.read('updateMessages', 'message.update', NOTHING, payload);
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
    /** @param {string[]} ids */
    const call = (ids) => this.caller.call('deleteMessages', 'message.delete', NOTHING, { messageIds: ids });
    await withoutTooLong(messageIds, (id) => id, call, 'messages');
  }

  /**
   * @param {string} method
   * @param {string} op
   * @param {import('./types.js').MessageListOptions} options
   * @param {{ threadId?: string | string[], resourceId?: string }} scope
   * @returns {Promise<MessagePage<Content>>}
   */
  async #messagePage(method, op, options, scope) {
    const { page = 0, perPage = PER_PAGE, include, filter, includeTotal } = options;
    const { dateRange, metadata } = filter ?? {};
    const control = { ...shape.pageControl(options), includeTotal: shape.booleanOrNull(includeTotal) };
    const payload = {
      ...scope,
      include,
      dateRange: shape.dateRange(dateRange),
      metadata: shape.messageFilter(metadata),
    };
    // What a metadata filter compares is the core's to see.
    const manner = {
      ...(payload.metadata !== undefined && { apart: false, filtered: true }),
      ...(WHOLE in options && { most: Infinity }),
    };
    /** @param {object} asked @param {object} what */
    const ask = (asked, what) => this.caller.read(method, op, asked, what, manner);
    const read = () => readPage(ask, control, payload);
    const { messages, total, hasMore } = await orAbsent({ messages: [], total: 0, hasMore: false }, read);
    return { messages: reviveMessages(messages), total, page, perPage, hasMore };
  }
}

/**
 * @param {MessageInput[]} messages
 * @param {boolean} [newIds]
 */
export function saveMessagesCall(messages, newIds = false) {
  const payload = messages.map((message) => withDateText(message, DATES));
  return { op: 'message.save', control: newIds ? { newIds } : NOTHING, payload };
}

/**
 * A page without what no key can hold: messages that `include` names, threads among several.
 *
 * @param {(control: object, payload: object) => Promise<any>} ask
 * @param {object} control
 * @param {{ threadId?: string | string[], include?: any }} payload
 * @returns {Promise<any>}
 */
async function readPage(ask, control, { threadId, include, ...rest }) {
  /** @param {any} threads */
  const withThreads = (threads) => {
    /** @param {any} windows */
    const withWindows = (windows) => {
      // The threads hold nothing; what is included may be anywhere, and no page of any thread goes with it.
      const none = Array.isArray(threads) && threads.length === 0 && threads !== threadId;
      const asked = none ? { ...control, perPage: 0 } : control;
      return ask(asked, { ...rest, threadId: none ? '-' : threads, include: windows });
    };
    return withoutTooLong(include, ({ id }) => id, withWindows, 'messages');
  };
  return withoutTooLong(threadId, (id) => id, withThreads, 'metadata');
}

/**
 * What `saveMessages` returns for a message. 'v2' is the type of a message that was given none.
 *
 * @param {any} message
 */
function savedMessage(message) {
  const saved = withDates(message, DATES);
  if (saved.type === 'v2') delete saved.type;
  return saved;
}

/**
 * @param {any[]} messages  freshly parsed
 * @returns {Message[]}
 */
function reviveMessages(messages) {
  for (const message of messages) {
    reviveDates(message, DATES);
    if (message.type === 'v2') delete message.type;
  }
  return messages;
}

/** @param {unknown} value */
function isEmptyArray(value) {
  return Array.isArray(value) && value.length === 0;
}
