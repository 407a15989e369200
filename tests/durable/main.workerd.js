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

  /** Statements that storage still takes: those that write, or all. */
  #left = Infinity;
  #code = '';
  #which = /^INSERT/;
  /** Rows, as storage bills them, since it was asked last. */
  rows = { read: 0, written: 0 };

  get room() {
    this.#room ??= openRoom(this.#storage(), options.get(String(this.ctx.id.name)));
    return this.#room;
  }

  /** @param {number} statements @param {string} code @param {RegExp} [which]  default: those that put */
  failAfter(statements, code, which = /^INSERT/) {
    this.#left = statements;
    this.#code = code;
    this.#which = which;
  }

  /** How many of the statements it was told to take it has not seen yet. */
  get left() {
    return this.#left;
  }

  /** The object's own storage, but that it may fail. */
  #storage() {
    const { storage } = this.ctx;
    const exec = (/** @type {string} */ query, /** @type {any[]} */ ...bindings) => {
      if (this.#which.test(query) && this.#left-- <= 0) throw new Error(`secret words: ${this.#code}`);
      const cursor = storage.sql.exec(query, ...bindings);
      const found = [...cursor];
      this.rows.read += cursor.rowsRead;
      this.rows.written += cursor.rowsWritten;
      return found;
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
