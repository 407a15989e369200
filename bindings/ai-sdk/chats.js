/**
 * Chats of the AI SDK: threads whose messages are `UIMessage`s.
 *
 * @module
 */

import { asMethod, StoreError, storeError } from '../core/errors.js';
import { keepAlive, storeNow, storeToken } from '../forms/line.js';
import { openThread, ownThread, portions, recordId, requireId, requireStore } from '../forms/threads.js';
import { requireKnown } from '../store/check.js';
import { checkMessages, hashMessage, readMessage, writeMessage } from './messages.js';
import { messagesToStore } from './outcome.js';
import { planSave } from './plan.js';
import { Seen } from './seen.js';

/** @typedef {import('ai').UIMessage} UIMessage */
/** @typedef {import('./messages.js').Known} Known */
/** @typedef {import('../store/types.js').Message} StoredMessage */
/**
 * @typedef {object} ChatsOptions
 * @property {string} [resourceId]  whose chats these are: new ones belong to it, and no chat of another resource is
 *   read, changed or deleted
 */
/**
 * @typedef {object} SaveOptions
 * @property {boolean} [append]  true: what is stored and not in the list stays
 * @property {string} [resourceId]  whose the chat is; default that of `createChats`, else a new chat belongs to itself
 */
/** @typedef {{ page?: number, perPage?: number | false }} ChatListOptions  from page 0, 100 a page */
/** @typedef {{ id: string, resourceId: string, title?: string, createdAt: Date, updatedAt: Date }} Chat */
/** @typedef {import('../store/types.js').Page & { chats: Chat[] }} ChatPage */
/**
 * @template {UIMessage} [M=UIMessage]
 * @typedef {object} Chats
 * @property {(id: string) => Promise<M[]>} load  the messages of a chat in the order of the conversation; of an unknown
 *   chat none
 * @property {(id: string, messages: M[], options?: SaveOptions) => Promise<void>} save  makes the stored chat equal to
 *   the list, made if there is none: writes what is new or changed, deletes what was loaded, or is stored, and is not
 *   in the list
 * @property {(resourceId?: string, options?: ChatListOptions) => Promise<ChatPage>} list  newest first: the chats
 *   among a page of the resource's threads, which `total` counts; whose may be left out where `createChats` was told
 * @property {(id: string) => Promise<void>} delete  with all its messages; an unknown chat is no error
 * @property {(id: string, title?: string) => Promise<string | undefined>} title  reads it, or sets it
 * @property {(id: string, options?: SaveOptions) => (event: import('./outcome.js').EndEvent) => Promise<void>} onEnd
 *   for `toUIMessageStream`, or `onFinish` of older versions: stores the chat with its answer, as far as there is one
 * @property {() => string} messageId  for `generateMessageId`: ids of answers are made on the server
 */

/**
 * Chats in a store. An object may serve one request or all of them; it remembers what it has loaded and saved, for a
 * quarter of an hour, so that a save need not read the chat again.
 *
 * @template {UIMessage} [M=UIMessage]
 * @param {import('../index.js').CloudflareStore} store
 * @param {ChatsOptions} [options]
 * @returns {Chats<M>}
 */
export function createChats(store, options = {}) {
  requireKnown(options, ['resourceId'], { what: 'option', path: '', method: 'createChats' });
  const { resourceId } = options;
  if (resourceId !== undefined) requireId(resourceId, 'resourceId', 'createChats');
  const chats = new ChatStore(requireStore(store, 'createChats'), resourceId);
  return {
    load: (id) =>
      asMethod('load', async () => /** @type {M[]} */ (await chats.load(requireId(id, 'id', 'load')))),
    save: (id, messages, how) => asMethod('save', () => chats.save(id, messages, how, 'save')),
    list: (resource, page) => asMethod('list', () => chats.list(resource, page)),
    delete: (id) => asMethod('delete', () => chats.delete(id)),
    title: (id, title) => asMethod('title', () => chats.title(id, title)),
    onEnd: (id, how) => (event) => asMethod('onEnd', () => chats.end(id, event, how)),
    messageId: () => chats.makeId(),
  };
}

/**
 * What a save is to bring about.
 * @typedef {object} Target
 * @property {string} id
 * @property {import('./messages.js').Given[]} list
 * @property {boolean} append
 * @property {string | undefined} resourceId  whose the chat must be
 * @property {string} method  for errors
 */

class ChatStore {
  #store;
  #resourceId;
  #seen = new Seen();

  /** @param {import('../index.js').CloudflareStore} store @param {string | undefined} resourceId */
  constructor(store, resourceId) {
    this.#store = store;
    this.#resourceId = resourceId;
  }

  /** @param {string} id */
  async load(id) {
    const { list, ...chat } = await this.#read(id, this.#resourceId);
    this.#seen.set(id, chat, this.#now());
    return list;
  }

  /**
   * @param {string} id
   * @param {UIMessage[]} messages
   * @param {SaveOptions | undefined} options
   * @param {string} method
   */
  async save(id, messages, options = {}, method) {
    requireId(id, 'id', method);
    requireKnown(options, ['append', 'resourceId'], { what: 'option', path: '', method });
    const { append = false } = options;
    const resourceId = this.#resource(options.resourceId, method);
    const to = { id, append, resourceId, list: await checkMessages(messages, method), method };
    try {
      await this.#bring(to);
    } catch (error) {
      // What was remembered of it is no more: it was deleted elsewhere.
      if (!isGone(error) || (await ownThread(this.#store, to)) !== null) throw error;
      this.#seen.forget(id);
      await this.#bring(to);
    }
  }

  /** @param {Target} to */
  async #bring(to) {
    const { id, append, list } = to;
    const seen = this.#seen.get(id, this.#now());
    const stored = seen ?? (append ? await this.#find(to) : await this.#read(id, to.resourceId));
    const plan = planSave(id, stored.messages, list, { now: this.#now(), append });
    const resourceId = await this.#owner(stored, to);
    // Should a write fail, nobody knows what is stored.
    this.#seen.forget(id);
    await this.#write({ threadId: id, resourceId }, plan);
    // Of a chat that was not read nobody knows all of it.
    if (seen !== undefined || !append) this.#seen.set(id, { messages: plan.known, resourceId }, this.#now());
  }

  /**
   * Whose the chat is. One without a message is looked up, and made if there is none.
   *
   * @param {import('./seen.js').Snapshot} stored
   * @param {Target} to
   */
  async #owner(stored, to) {
    if (stored.resourceId !== undefined && (to.resourceId ?? stored.resourceId) === stored.resourceId)
      return stored.resourceId;
    return (await ownThread(this.#store, to))?.resourceId ?? openThread(this.#store, { ...to, kind: 'chat' });
  }

  /**
   * What is new stands before what is old goes: whatever fails, nothing of the list is missing that was there.
   *
   * @param {{ threadId: string, resourceId: string }} at
   * @param {import('./plan.js').Plan} plan
   */
  async #write(at, { writes, gone }) {
    const messages = writes.map(({ message, record, time }) => ({
      ...at,
      ...writeMessage(message),
      id: record,
      createdAt: new Date(time),
    }));
    for (const some of portions(messages)) await this.#store.saveMessages({ messages: some });
    for (const some of portions(gone)) await this.#store.deleteMessages(some.map(({ record }) => record));
  }

  /** @param {string} id @param {string | undefined} resourceId  nothing of another one's is read */
  async #read(id, resourceId) {
    const mine = resourceId === undefined ? {} : { resourceId };
    const { messages } = await this.#store.listMessages({ threadId: id, perPage: false, ...mine });
    return readAll(messages);
  }

  /** Those of the list that are stored. @param {Target} to */
  async #find({ id, list }) {
    const messageIds = list.map(({ message }) => recordId(id, message.id));
    const { messages } = await this.#store.listMessagesById({ messageIds });
    return readAll(messages.filter(({ threadId }) => threadId === id));
  }

  /**
   * @param {string | undefined} whose
   * @param {ChatListOptions} [options]
   * @returns {Promise<ChatPage>}
   */
  async list(whose, options = {}) {
    requireKnown(options, ['page', 'perPage'], { what: 'option', path: '', method: 'list' });
    const resourceId = requireId(this.#resource(whose, 'list'), 'resourceId', 'list');
    // Looking for a kind in the core would read every thread of the resource.
    const { threads, ...page } = await this.#store.listThreads({ filter: { resourceId }, ...options });
    const chats = threads
      .filter(({ metadata }) => metadata?.kind === 'chat')
      .map(({ id, title, createdAt, updatedAt }) => {
        return { id, resourceId, ...(title !== undefined && { title }), createdAt, updatedAt };
      });
    return { chats, ...page };
  }

  /** @param {string} id */
  async delete(id) {
    await this.#own(requireId(id, 'id', 'delete'), 'delete');
    this.#seen.forget(id);
    await this.#store.deleteThread({ threadId: id });
  }

  /** @param {string} id @param {string} [title] */
  async title(id, title) {
    const thread = await this.#own(requireId(id, 'id', 'title'), 'title');
    if (title === undefined) return thread?.title;
    return (await this.#store.updateThread({ id, title })).title;
  }

  /** @param {string} id @param {import('./outcome.js').EndEvent} event @param {SaveOptions} [options] */
  async end(id, event, options) {
    const messages = messagesToStore(event, () => this.makeId());
    const work = this.save(id, messages, options, 'onEnd');
    keepAlive(this.#store, work);
    await work;
  }

  makeId() {
    return `msg-${storeToken(this.#store)}`;
  }

  /**
   * Whose chats a call is about: nobody else's than those that this object is for.
   *
   * @param {string | undefined} asked @param {string} method
   */
  #resource(asked, method) {
    const own = this.#resourceId;
    if (asked !== undefined && own !== undefined && asked !== own)
      throw storeError(
        'INVALID_ARGUMENT',
        method,
        'resourceId is not the one that these chats were created for',
      );
    return asked ?? own;
  }

  /** @param {string} id @param {string} method */
  #own(id, method) {
    return ownThread(this.#store, { id, resourceId: this.#resourceId, method });
  }

  #now() {
    return storeNow(this.#store);
  }
}

/**
 * Messages, and what there is to know of them. Records that cannot be said as messages are in neither, and so stay.
 *
 * @param {StoredMessage[]} records
 */
async function readAll(records) {
  const readable = records.flatMap((record) => {
    const message = readMessage(record);
    return message === undefined ? [] : [{ record, message }];
  });
  const known = await Promise.all(
    readable.map(async ({ record: { id, createdAt }, message }) => {
      return { id: message.id, record: id, time: createdAt.getTime(), hash: await hashMessage(message) };
    }),
  );
  const list = readable.map(({ message }) => message);
  return { list, messages: known, resourceId: readable.at(-1)?.record.resourceId };
}

/** @param {unknown} error */
function isGone(error) {
  return error instanceof StoreError && error.code === 'NOT_FOUND';
}
