/**
 * What all domains share: clearing, and pruning by age.
 *
 * @module
 */

import { attempt } from './errors.js';

/**
 * @typedef {import('../index.js').CloudflareStore} CloudflareStore
 * @typedef {Record<string, import('@mastra/core/storage').TableRetentionPolicy>} Policies
 * @typedef {import('@mastra/core/storage').PruneOptions} PruneOptions
 * @typedef {import('@mastra/core/storage').PruneResult} PruneResult
 */

/**
 * Deletes all of the tables under the store's prefix, in as many calls as it takes.
 *
 * @param {CloudflareStore} store
 * @param {string[]} tables
 */
export async function clearTables(store, tables) {
  for (const tableName of tables) {
    await attempt('clearTable', [tableName], async () => {
      while ((await store.clearTable({ tableName })).pending);
    });
  }
}

/**
 * @param {CloudflareStore} store
 * @param {string} domain
 * @param {Policies} policies  by Mastra's names of the domain's tables
 * @param {PruneOptions} [options]
 * @returns {Promise<PruneResult[]>}
 */
export function pruneDomain(store, domain, policies, options = {}) {
  return attempt('prune', [], () => store.prune({ ...options, retention: { [domain]: policies } }));
}
