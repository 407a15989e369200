/**
 * A room over the storage of a Durable Object.
 *
 * @module
 */

import { createSQLiteBackend } from '../backends/sqlite/sqlite.js';
import { createCore } from '../core/core.js';
import { Notes } from '../backends/sqlite/notes.js';
import { Room } from './room.js';
import { Upkeep } from './upkeep.js';

/**
 * As much of `ctx.storage` as is used.
 * @typedef {object} StorageLike
 * @property {import('../backends/sqlite/table.js').SqlLike} sql
 * @property {<T>(run: () => T) => T} transactionSync
 * @property {(time: number) => unknown} setAlarm
 * @property {() => Promise<unknown>} deleteAll
 */

/**
 * @param {StorageLike} storage
 * @param {import('../core/core.js').CoreOptions} [options]
 */
export function openRoom(storage, options = {}) {
  const { now = Date.now } = options;
  const backend = createSQLiteBackend(storage.sql, { now });
  const notes = new Notes(storage.sql);
  const upkeep = new Upkeep({
    table: backend.spaces[0],
    notes,
    now,
    // Not waited for, which would end the transaction that it belongs to.
    setAlarm: (time) => void storage.setAlarm(time),
  });
  return new Room({
    backend,
    upkeep,
    hasTools: options.module !== undefined,
    deleteAll: () => storage.deleteAll(),
    atomically: (run) => storage.transactionSync(run),
    createCore: () => createCore(options),
    forget: () => {
      for (const part of [...backend.spaces, notes]) part.forget();
    },
  });
}
