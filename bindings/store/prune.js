/**
 * Pruning: what is older than its table's policy goes.
 *
 * @module
 */

import { pruneThreads } from '../checkpoints/aging.js';
import { TABLES } from '../core/abi.js';
import { AGING, readRetention } from './retention.js';
import { requireArguments } from './check.js';
import { ObservationStore } from './observations.js';

/**
 * @typedef {import('./row-types.js').PruneOptions} PruneOptions
 * @typedef {import('./row-types.js').PruneResult} PruneResult
 * @typedef {import('./retention.js').Policy} Policy
 */

/** Rows that one call deletes at most. What belongs to threads takes several operations each. */
const MOST = 500;
const MOST_NAMED = 100;

/**
 * Pruning.
 *
 * @template [Content=any]
 * @extends {ObservationStore<Content>}
 */
export class PruningStore extends ObservationStore {
  /**
   * Deletes what is older than the retention policies allow: batch by batch, and no more than the options say.
   * Scores, workflow runs, tasks and thread states that were written while a policy was configured are dropped by KV
   * itself; this finds the others. A thread takes its messages along.
   *
   * @param {PruneOptions} [options]
   * @returns {Promise<PruneResult[]>} one for each table that has a policy
   */
  async prune(options = {}) {
    const { retention } = requireArguments(options, 'prune');
    const policies = retention === undefined ? this.caller.retention : readRetention(retention, 'prune');
    /** @type {PruneResult[]} */
    const results = [];
    for (const [domain, , table] of AGING) {
      if (policies[table] === undefined) continue;
      const name = TABLES.find(([ours]) => ours === table)?.[1] || table;
      results.push({ domain, table: name, ...(await this.#pruneTable(table, policies[table], options)) });
    }
    return results;
  }

  /**
   * @param {string} table
   * @param {Policy} policy
   * @param {PruneOptions} options
   * @returns {Promise<{ deleted: number, done: boolean }>}
   */
  async #pruneTable(table, { maxAge, batchSize }, { maxBatches = Infinity, maxRows = Infinity, ...how }) {
    const named = ['threads', 'messages', 'checkpoint_heads'].includes(table);
    let deleted = 0;
    let batches = 0;
    let cursor = null;
    while (!how.signal?.aborted && batches < maxBatches && deleted < maxRows) {
      const limit = Math.min(batchSize, maxRows - deleted, named ? MOST_NAMED : MOST);
      const control = { table, maxAge };
      /** @type {Part} */
      const batch = await this.caller.perform({ ...prunePart, table }, 'prune', control, { limit, cursor });
      deleted += batch.deleted;
      if (batch.done) return { deleted, done: true };
      cursor = batch.cursor;
      if (batch.deleted === 0) continue;
      batches++;
      if (how.pauseMs) await new Promise((resolve) => setTimeout(resolve, how.pauseMs));
    }
    return { deleted, done: false };
  }
}

/** @typedef {{ deleted: number, done: boolean, cursor: string | null }} Part  what came of one, and where the next begins */
/**
 * One part, of any table. What the core only names has more to it than a row.
 * @type {import('../core/plan.js').Plan<[control: { table: string, maxAge: number }, question: object], Part>}
 */
export const prunePart = {
  name: 'prune.part',
  table: '',
  *run(line, method, control, question) {
    if (control.table === 'checkpoint_heads')
      return yield* pruneThreads(line, method, control.maxAge, /** @type {any} */ (question));
    const { ids, deleted, done, cursor } = yield* line.read(method, 'row.prune', control, question);
    if (control.table === 'messages' && ids.length > 0) {
      yield* line.call(method, 'message.delete', {}, { messageIds: ids });
    }
    if (control.table === 'threads') {
      for (const threadId of ids) yield* line.call(method, 'thread.delete', {}, { threadId });
    }
    return { deleted, done, cursor };
  },
};
