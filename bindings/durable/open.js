/**
 * A room over the storage of a Durable Object.
 *
 * @module
 */

import { createSQLiteBackend } from '../backends/sqlite/sqlite.js';
import { createCore } from '../core/core.js';
import { Room } from './room.js';

/**
 * As much of `ctx.storage` as is used.
 * @typedef {object} StorageLike
 * @property {import('../backends/sqlite/table.js').SqlLike} sql
 * @property {<T>(run: () => T) => T} transactionSync
 */

/**
 * @param {StorageLike} storage
 * @param {import('../core/core.js').CoreOptions} [options]
 */
export function openRoom(storage, options = {}) {
  const backend = createSQLiteBackend(storage.sql, { now: options.now });
  return new Room({
    backend,
    atomically: (run) => storage.transactionSync(run),
    createCore: () => createCore(options),
    forget: () => {
      for (const table of backend.spaces) table.forget();
    },
  });
}
