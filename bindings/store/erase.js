/**
 * Forgetting a user (erasure.js), and the sweep that takes it up.
 *
 * @module
 */

import { orAbsent } from './absent.js';
import { requireArguments } from './check.js';
import { Erasure, isDue, KIND, MARKERS, readCursor, spent } from './erasure.js';
import { RowStore } from './rows.js';
import * as shape from './shape.js';

/** Erasures that one sweep goes on with, those that have waited longest first; and of how many it looks how long that is. */
const MOST = 20;
const LOOKED = 200;
/** Operations below which it begins with none. */
const LEAST = 60;

/**
 * Erasing.
 *
 * @template [Content=any]
 * @extends {RowStore<Content>}
 */
export class ErasingStore extends RowStore {
  /**
   * Deletes everything that carries a resource's id: its working memory, threads with all messages, its messages in
   * threads of others, observational memory, workflow runs, scores, tasks, states. A part at a time, of about
   * `maxOperations` KV operations: while `cursor` is not null, call again with it; or leave it to `sweep()`, which also goes
   * through all once more some minutes later, for what other places have just written. Checkpoints of LangGraph name no resource
   * and stay: `deleteThread` of their saver deletes them.
   *
   * @param {{ resourceId: string, cursor?: string | null }} args
   * @returns {Promise<import('./types.js').EraseResult>}
   */
  async eraseResource(args) {
    const method = 'eraseResource';
    const { resourceId, cursor = null } = requireArguments(args, method);
    shape.requireText(resourceId, 'resourceId', method);
    const begun = cursor === null ? null : readCursor(cursor);
    const marker = { scopeId: resourceId, since: this.caller.now(), position: begun, last: false };
    const erasure = new Erasure(this.caller, method, resourceId, this.caller.maxOperations);
    const none = { deleted: 0, position: null };
    const { deleted, position } = await orAbsent(none, () => erasure.run(marker));
    return { deleted, cursor: position && JSON.stringify(position) };
  }

  /**
   * Finishes deletions that one call could not, and erasures. Meant for a cron.
   *
   * @override
   * @returns {Promise<import('./types.js').SweepResult>}
   */
  async sweep() {
    const before = spent(this.caller);
    const { deleted, pending } = await super.sweep();
    const result = { deleted, pending };
    // In the order of their keys, for a marker has no date that lists know.
    const control = { table: MARKERS, perPage: LOOKED, direction: 'ASC' };
    const { rows, total } = await this.caller.read('sweep', 'row.list', control, { under: KIND });
    result.pending += total;
    for (const row of longestDue(rows, this.caller.now())) {
      const left = this.caller.maxOperations - (spent(this.caller) - before);
      if (left < LEAST && left < this.caller.maxOperations / 2) break;
      const marker = { ...row, last: row.last || row.position === null };
      const done = await new Erasure(this.caller, 'sweep', row.scopeId, left).run(marker);
      result.deleted += done.deleted;
      if (done.position === null && marker.last) result.pending--;
    }
    return result;
  }
}

/**
 * @param {(import('./erasure.js').Marker)[]} markers
 * @param {number} now
 */
function longestDue(markers, now) {
  const due = markers.filter((marker) => isDue(marker, now));
  return due.sort((a, b) => a.since - b.since).slice(0, MOST);
}
