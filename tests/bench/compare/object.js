/**
 * An object whose rows are counted as they are billed. It runs in the isolate of the Worker that asks it.
 *
 * @module
 */

// @ts-ignore Declared only where the types of the Workers runtime are.
import { DurableObject } from 'cloudflare:workers';
import { openRoom } from '../../../bindings/durable/open.js';

/** Of all objects, since it was asked last. */
const rows = { read: 0, written: 0 };

export function takeRows() {
  const taken = { ...rows };
  Object.assign(rows, { read: 0, written: 0 });
  return taken;
}

export class BenchObject extends DurableObject {
  #room = this.#open();

  #open() {
    const { storage } = /** @type {any} */ (this).ctx;
    /** @param {string} query @param {any[]} bindings */
    const exec = (query, ...bindings) => {
      const cursor = storage.sql.exec(query, ...bindings);
      const found = [...cursor];
      rows.read += cursor.rowsRead;
      rows.written += cursor.rowsWritten;
      return found;
    };
    return openRoom({
      sql: { exec },
      transactionSync: storage.transactionSync.bind(storage),
      setAlarm: (/** @type {number} */ time) => storage.setAlarm(time),
      deleteAll: () => storage.deleteAll(),
    });
  }

  /** Begins anew, as one that was evicted. */
  renew() {
    this.#room = this.#open();
  }

  /** @param {import('../../../bindings/durable/index.js').Request} request */
  threadkv(request) {
    return this.#room.answer(request);
  }
}
