/**
 * The store that conversations are recorded over: core's own in-memory one, made to answer as threadkv must in the few
 * places where the two differ on purpose. So a fixture says exactly what is expected of threadkv, and core, while
 * recording, sees nothing that it would not see later.
 *
 * @module
 */

import { InMemoryDB, InMemoryMemory, InMemoryStore } from '@mastra/core/storage';

/** What any store makes of a JSON value: dates become text, undefined goes away. @param {any} value */
const throughJson = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));

/** Puts a Map into another order. @param {Map<string, any>} map @param {[string, any][]} entries */
function arrange(map, entries) {
  map.clear();
  for (const [id, value] of entries) map.set(id, value);
}

/** Sorts a Map by key, so that equal times come in the order of their ids. @param {Map<string, any>} map */
const sortById = (map) =>
  arrange(
    map,
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Turns a Map around. @param {Map<string, any>} map */
const turn = (map) => arrange(map, [...map].reverse());

export class ReferenceMemory extends InMemoryMemory {
  /** threadkv has no observational memory; core must not ask for it. */
  supportsObservationalMemory = /** @type {any} */ (false);
  #db;

  /** @param {{ db: InMemoryDB }} config */
  constructor({ db }) {
    super({ db });
    this.#db = db;
  }

  /** @override @param {Parameters<InMemoryMemory['saveThread']>[0]} args */
  async saveThread({ thread }) {
    return super.saveThread({ thread: { ...thread, metadata: throughJson(thread.metadata) } });
  }

  /** Metadata that was never given stays absent. @override @param {Parameters<InMemoryMemory['updateThread']>[0]} args */
  async updateThread({ id, title, metadata }) {
    const had = this.#db.threads.get(id)?.metadata;
    const thread = await super.updateThread({ id, title, metadata: throughJson(metadata) });
    if (metadata === undefined && had === undefined) delete thread.metadata;
    return thread;
  }

  /** @override @param {Parameters<InMemoryMemory['copyThread']>[0]} args */
  async copyThread(args) {
    const copied = await super.copyThread(args);
    copied.thread.metadata = throughJson(copied.thread.metadata);
    return copied;
  }

  /** Messages need a thread, and get no type of their own. @override @param {Parameters<InMemoryMemory['saveMessages']>[0]} args */
  async saveMessages({ messages }) {
    for (const { threadId } of messages) {
      if (!this.#db.threads.has(String(threadId))) throw new Error(`Thread ${threadId} not found`);
    }
    const saved = await super.saveMessages({ messages });
    for (const { id, type } of messages) {
      const stored = /** @type {{ type?: string }} */ (this.#db.messages.get(id));
      if (type === undefined) delete stored.type;
    }
    return saved;
  }

  /** @override @param {Parameters<InMemoryMemory['listThreads']>[0]} args */
  async listThreads(args) {
    sortById(this.#db.threads);
    return super.listThreads(args);
  }

  /** A message that moves comes last among those of its moment. @override @param {Parameters<InMemoryMemory['updateMessages']>[0]} args */
  async updateMessages(args) {
    for (const { id, threadId, createdAt } of args.messages) {
      const message = this.#db.messages.get(id);
      const moves = (threadId ?? message?.thread_id) !== message?.thread_id || createdAt !== undefined;
      if (message === undefined || !moves) continue;
      this.#db.messages.delete(id);
      this.#db.messages.set(id, message);
    }
    return super.updateMessages(args);
  }

  /** Equal times in the order of saving. @override @param {Parameters<InMemoryMemory['listMessagesById']>[0]} args */
  async listMessagesById({ messageIds }) {
    return super.listMessagesById({
      messageIds: [...this.#db.messages.keys()].filter((id) => messageIds.includes(id)),
    });
  }

  /**
   * More is left only when the page ended before the total did; and when the newest come first, so they do among equal
   * times.
   *
   * @override
   * @param {Parameters<InMemoryMemory['listMessages']>[0]} args
   */
  async listMessages(args) {
    const down = args.orderBy?.direction === 'DESC';
    if (down) turn(this.#db.messages);
    const answer = await super.listMessages(args).finally(() => down && turn(this.#db.messages));
    const { perPage, page, total } = answer;
    const pageEnds = typeof perPage === 'number' && perPage > 0 && (page + 1) * perPage < total;
    return { ...answer, hasMore: answer.hasMore && pageEnds };
  }
}

/** @returns {{ store: InMemoryStore, memory: ReferenceMemory, db: InMemoryDB }} */
export function createReference() {
  const store = new InMemoryStore();
  const db = new InMemoryDB();
  const memory = new ReferenceMemory({ db });
  return { store, memory, db };
}
