import { attempt } from './errors.js';

/**
 * Deletes all of the tables under the store's prefix, in as many calls as it takes.
 *
 * @param {import('../store.js').CloudflareStore} store
 * @param {string[]} tables
 */
export async function clearTables(store, tables) {
  for (const tableName of tables) {
    await attempt('clearTable', [tableName], async () => {
      while ((await store.clearTable({ tableName })).pending);
    });
  }
}
