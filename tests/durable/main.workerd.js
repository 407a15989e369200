/**
 * The Worker of the tests: the one that is deployed, and Durable Objects whose clock and chance a test may set.
 *
 * @module
 */

import { DurableObject } from 'cloudflare:workers';
import { openRoom } from '../../bindings/durable/open.js';
import { options } from './options.workerd.js';

export { default } from '../../worker/index.js';

/** An object that can begin anew, as one that was evicted does. @extends {DurableObject<any>} */
export class TestObject extends DurableObject {
  /** @type {ReturnType<typeof openRoom> | undefined} */
  #room;

  /** Writes that storage still takes. */
  #left = Infinity;
  #code = '';

  get room() {
    this.#room ??= openRoom(this.#storage(), options.get(String(this.ctx.id.name)));
    return this.#room;
  }

  /** @param {number} writes @param {string} code */
  failAfter(writes, code) {
    this.#left = writes;
    this.#code = code;
  }

  /** The object's own storage, but that it may fail. */
  #storage() {
    const { storage } = this.ctx;
    const exec = (/** @type {string} */ query, /** @type {any[]} */ ...bindings) => {
      if (query.startsWith('INSERT') && this.#left-- <= 0) throw new Error(`secret words: ${this.#code}`);
      return storage.sql.exec(query, ...bindings);
    };
    return {
      sql: { exec },
      transactionSync: storage.transactionSync.bind(storage),
      setAlarm: (/** @type {number} */ time) => {
        this.alarmAt = time;
      },
      deleteAll: () => storage.deleteAll(),
    };
  }

  renew() {
    this.#room = undefined;
  }

  /** @param {import('../../bindings/durable/index.js').Request} request */
  threadkv(request) {
    return this.room.answer(request);
  }
  /** Not the platform's, whose clock is another. @type {number | undefined} */
  alarmAt;

  async alarm() {
    this.alarmAt = undefined;
    await this.room.alarm();
  }
}
