/**
 * Mends what a verification has found.
 *
 * @module
 */

import { findKind } from './kinds.js';

/** Deletions that go into one call. */
const CHUNK = 100;

export class Repair {
  #store;
  #findings;

  /**
   * @param {import('./tool-store.js').ToolStore} store
   * @param {import('./findings.js').Findings} findings
   */
  constructor(store, findings) {
    this.#store = store;
    this.#findings = findings;
  }

  /**
   * Stores records again, so that the index names them.
   *
   * @param {'threads' | 'messages'} table
   * @param {string[]} ids
   */
  async lost(table, ids) {
    const mended = await this.#again(table, ids);
    this.#findings.mend(
      table === 'threads' ? 'thread that no list shows' : 'message that no list shows',
      mended,
    );
  }

  /**
   * Makes the threads that messages say they are in. Their titles are lost.
   *
   * @param {[string, string][]} orphans  ids and threads
   */
  async orphans(orphans) {
    for (const thread of new Set(orphans.map(([, thread]) => thread))) {
      const ids = orphans.filter((pair) => pair[1] === thread).map(([id]) => id);
      const texts = await this.#texts('messages', ids);
      const messages = texts.map((text) => JSON.parse(text));
      const dates = messages.map(({ createdAt }) => createdAt).sort();
      if (messages.length === 0 || (await this.#texts('threads', [thread])).length > 0) continue;
      const record = {
        id: thread,
        resourceId: messages[0].resourceId,
        title: '',
        createdAt: dates[0],
        updatedAt: dates.at(-1),
      };
      await this.#restore('thread', [JSON.stringify(record)]);
    }
    this.#findings.mend(
      'message without a thread',
      await this.#again(
        'messages',
        orphans.map(([id]) => id),
      ),
    );
  }

  /** Deletes messages of deleted threads. @param {string[]} ids */
  async leftovers(ids) {
    for (let at = 0; at < ids.length; at += CHUNK)
      await this.#store.deleteMessages(ids.slice(at, at + CHUNK));
    this.#findings.mend('message of a deleted thread', ids.length);
  }

  /** Deletes threads once more; sweeps do the rest. @param {string[]} threads */
  async deletions(threads) {
    for (const threadId of threads) await this.#store.deleteThread({ threadId });
    this.#findings.mend('unfinished deletion', threads.length);
  }

  /** Deletes indexes without threads. @param {string[]} threads */
  async ownerless(threads) {
    for (const threadId of threads) await this.#store.deleteThread({ threadId });
    this.#findings.mend('index of a thread that is not there', threads.length);
  }

  /**
   * @param {'threads' | 'messages'} table
   * @param {string[]} ids
   * @returns {Promise<number>} how many there were
   */
  async #again(table, ids) {
    const texts = await this.#texts(table, ids);
    if (texts.length > 0) await this.#restore(table === 'threads' ? 'thread' : 'message', texts);
    return texts.length;
  }

  /** @param {'thread' | 'message'} kind @param {string[]} texts */
  async #restore(kind, texts) {
    await this.#store.restore(/** @type {import('./kinds.js').Kind} */ (findKind(kind)), texts);
  }

  /** @param {'threads' | 'messages'} table @param {string[]} ids */
  async #texts(table, ids) {
    /** @type {string[]} */
    const texts = [];
    for await (const records of this.#store.recordsById(table, ids)) {
      for (const { text } of records) if (text !== undefined) texts.push(text);
    }
    return texts;
  }
}
