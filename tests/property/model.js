/**
 * The contract in plain JavaScript over plain arrays: what a store must answer, worked out the simple way.
 *
 * @module
 */

/** @typedef {{ id: string, threadId: string, resourceId: string, role: string, createdAt: Date, content: any }} Message */
/** @typedef {{ id: string, resourceId: string, title?: string, createdAt: Date, metadata?: any }} Thread */

/** @param {{ id: string }} a @param {{ id: string }} b */
const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Threads of one moment come in the order of their ids. @param {string} direction @returns {(a: Thread, b: Thread) => number} */
const byTime = (direction) => (a, b) => {
  const difference = a.createdAt.getTime() - b.createdAt.getTime();
  return (direction === 'DESC' ? -difference : difference) || byId(a, b);
};

/** Where a message stands. @param {Message} message */
const spot = ({ id, threadId, createdAt }) => `${id} ${threadId} ${createdAt.getTime()}`;

export class Model {
  /** @type {Map<string, Thread>} */
  threads = new Map();
  /** @type {Map<string, Message>} */
  messages = new Map();
  /** How many messages came before it to where it stands. @type {Map<string, number>} */
  #places = new Map();
  /** Where messages stand, or have stood: thread by spot. @type {Map<string, string>} */
  #been = new Map();
  #arrivals = 0;

  /** A message that was brought to where it is keeps its place there until it moves. @param {Message} message @param {string} [before] */
  #place(message, before) {
    if (spot(message) === before) return;
    this.#been.set(spot(message), message.threadId);
    this.#places.set(message.id, this.#arrivals++);
  }

  /** Messages of one moment come in the order of saving. @param {string} direction @returns {(a: Message, b: Message) => number} */
  #order(direction) {
    const sign = direction === 'DESC' ? -1 : 1;
    const place = (/** @type {Message} */ { id }) => Number(this.#places.get(id));
    return (a, b) => sign * (a.createdAt.getTime() - b.createdAt.getTime() || place(a) - place(b));
  }

  /**
   * The call without those of its messages that it would bring back to where they have been: whether a message has its
   * old place again depends on what is still remembered of it.
   *
   * @param {{ method: string, value: any }} call
   */
  withoutReturns({ method, value }) {
    if (method !== 'saveMessages' && method !== 'updateMessages') return { method, value };
    const messages = value.messages.filter((/** @type {any} */ given, /** @type {number} */ at) => {
      const had = this.messages.get(given.id);
      const twice = value.messages.findIndex((/** @type {any} */ { id }) => id === given.id) < at;
      const is = method === 'saveMessages' ? given : { ...had, ...given };
      return (
        !twice && (is.createdAt === undefined || (had && spot(had) === spot(is)) || !this.#been.has(spot(is)))
      );
    });
    return { method, value: { messages } };
  }

  /** @param {{ thread: Thread }} args */
  saveThread({ thread }) {
    this.threads.set(thread.id, structuredClone(thread));
  }

  /** @param {{ id: string, title?: string, metadata?: any }} args */
  updateThread({ id, title, metadata }) {
    const thread = this.threads.get(id);
    if (thread === undefined) return 'NOT_FOUND';
    if (title !== undefined) thread.title = title;
    if (metadata !== undefined) thread.metadata = { ...thread.metadata, ...structuredClone(metadata) };
    return undefined;
  }

  /** @param {{ threadId: string }} args */
  deleteThread({ threadId }) {
    this.threads.delete(threadId);
    for (const { id } of this.of([threadId])) this.messages.delete(id);
    for (const [where, thread] of this.#been) if (thread === threadId) this.#been.delete(where);
  }

  /** @param {{ messages: Message[] }} args */
  saveMessages({ messages }) {
    if (messages.some(({ threadId }) => !this.threads.has(threadId))) return 'NOT_FOUND';
    for (const message of messages) {
      const before = this.messages.get(message.id);
      this.#place(message, before && spot(before));
      this.messages.set(message.id, structuredClone(message));
    }
    return undefined;
  }

  /** @param {{ messages: any[] }} args */
  updateMessages({ messages }) {
    const known = messages.filter(({ id }) => this.messages.has(id));
    const moved = known.filter(({ threadId }) => threadId !== undefined);
    const target = new Map(moved.map(({ id, threadId }) => [id, threadId]));
    if ([...target.values()].some((threadId) => !this.threads.has(threadId))) return 'NOT_FOUND';
    for (const { id, content, ...fields } of structuredClone(known)) {
      const message = /** @type {Message} */ (this.messages.get(id));
      const before = spot(message);
      Object.assign(message, fields);
      this.#place(message, before);
      if (content === undefined) continue;
      const { metadata } = message.content;
      Object.assign(message.content, content);
      if (content.metadata !== undefined) message.content.metadata = { ...metadata, ...content.metadata };
    }
    return undefined;
  }

  /** @param {string[]} messageIds */
  deleteMessages(messageIds) {
    for (const id of messageIds) this.messages.delete(id);
  }

  /** @param {string[]} threadIds */
  of(threadIds) {
    return [...this.messages.values()].filter(({ threadId }) => threadIds.includes(threadId));
  }

  /** @param {any} args */
  listMessages({ threadId, resourceId, include = [], filter = {}, page = 0, perPage = 40, orderBy = {} }) {
    const direction = orderBy.direction ?? 'ASC';
    const threadIds = [threadId].flat();
    const found = this.of(threadIds)
      .filter((one) => !resourceId || one.resourceId === resourceId)
      .filter(({ createdAt }) => inRange(createdAt, filter.dateRange))
      .filter(({ content }) => matches(content.metadata, filter.metadata))
      .sort(this.#order(direction));
    const offset = perPage === false ? 0 : page * perPage;
    const shown = perPage === false ? found : found.slice(offset, offset + perPage);
    const windows = include.flatMap((/** @type {any} */ one) => this.window(one, resourceId));
    const messages = [...new Set([...shown, ...windows])].sort(this.#order(direction));
    const total = perPage === 0 ? 0 : found.length;
    const inThreads = messages.filter((one) => threadIds.includes(one.threadId)).length;
    const hasMore =
      perPage !== false &&
      offset + shown.length < total &&
      (filter.metadata !== undefined || inThreads < total);
    return { messages, total, page, perPage, hasMore };
  }

  /**
   * @param {{ id: string, withPreviousMessages?: number, withNextMessages?: number }} include
   * @param {string | undefined} resourceId
   */
  window({ id, withPreviousMessages = 0, withNextMessages = 0 }, resourceId) {
    const target = this.messages.get(id);
    if (target === undefined || (resourceId && target.resourceId !== resourceId)) return [];
    const thread = this.of([target.threadId])
      .filter((one) => !resourceId || one.resourceId === resourceId)
      .sort(this.#order('ASC'));
    const at = thread.indexOf(target);
    return thread.slice(Math.max(0, at - withPreviousMessages), at + withNextMessages + 1);
  }

  /** @param {any} args */
  listMessagesById({ messageIds }) {
    return {
      messages: [...this.messages.values()]
        .filter(({ id }) => messageIds.includes(id))
        .sort(this.#order('ASC')),
    };
  }

  /** The ids only: the times of threads are the store's own. @param {any} args */
  listThreads({ page = 0, perPage = 100, orderBy = {}, filter = {} }) {
    const found = [...this.threads.values()]
      .filter(({ resourceId }) => !filter.resourceId || resourceId === filter.resourceId)
      .filter(({ metadata }) => matches(metadata, filter.metadata))
      .sort(byTime(orderBy.direction ?? 'DESC'));
    const offset = perPage === false ? 0 : page * perPage;
    const shown = perPage === false ? found : found.slice(offset, offset + perPage);
    const hasMore = perPage !== false && offset + perPage < found.length;
    return { threads: shown, total: found.length, page, perPage, hasMore };
  }
}

/** @param {Date} date @param {any} range */
function inRange(date, { start, end, startExclusive, endExclusive } = /** @type {any} */ ({})) {
  const time = date.getTime();
  if (start !== undefined && (startExclusive ? time <= start.getTime() : time < start.getTime()))
    return false;
  return end === undefined || (endExclusive ? time < end.getTime() : time <= end.getTime());
}

/** @param {any} metadata @param {Record<string, unknown> | undefined} filter */
function matches(metadata, filter = {}) {
  return Object.entries(filter).every(([key, value]) => metadata !== undefined && metadata[key] === value);
}
