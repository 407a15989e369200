/**
 * What chats looked like when they were last read or saved, so that a save need not read them again. Plain data.
 *
 * @module
 */

/** @typedef {import('./messages.js').Known} Known */
/**
 * @typedef {object} Snapshot  of a chat
 * @property {Known[]} messages  in their order
 * @property {string} [resourceId]  whose the chat is, where a message tells
 */

/** As long as a call of a Worker may last. */
const MAX_AGE_MS = 15 * 60 * 1000;

/** Messages in all, some 200 bytes each: the oldest chats go first. */
const MAX_MESSAGES = 20_000;

export class Seen {
  /** @type {Map<string, Snapshot & { at: number }>} */
  #chats = new Map();
  #count = 0;

  /**
   * @param {string} id
   * @param {number} now
   * @returns {Snapshot | undefined}
   */
  get(id, now) {
    const chat = this.#chats.get(id);
    if (chat === undefined) return undefined;
    if (now - chat.at <= MAX_AGE_MS) return chat;
    this.forget(id);
    return undefined;
  }

  /** @param {string} id @param {Snapshot} chat @param {number} now */
  set(id, { messages, resourceId }, now) {
    this.forget(id);
    if (messages.length > MAX_MESSAGES) return;
    this.#chats.set(id, { at: now, messages, resourceId });
    this.#count += messages.length;
    for (const oldest of this.#chats.keys()) {
      if (this.#count <= MAX_MESSAGES) break;
      this.forget(oldest);
    }
  }

  /** @param {string} id */
  forget(id) {
    this.#count -= this.#chats.get(id)?.messages.length ?? 0;
    this.#chats.delete(id);
  }
}
