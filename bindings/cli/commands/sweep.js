/**
 * `threadkv sweep`: finishes the deletion of threads, as the Worker's cron does.
 *
 * @module
 */

import { grouped } from '../report.js';

/** @typedef {import('../context.js').Context} Context */

/**
 * @param {Context} context
 */
export async function runSweep(context) {
  const { store, report, stopped } = context;
  const progress = report.progress('Sweeping', 'keys');
  let deleted = 0;
  let pending;
  let more;
  try {
    do {
      const answer = await store.sweep();
      progress.add(answer.deleted);
      deleted += answer.deleted;
      pending = answer.pending;
      more = answer.deleted > 0 && pending > 0;
    } while (more && !stopped());
  } finally {
    progress.end();
    await store.close();
  }
  report.note(`${grouped(deleted)} keys of deleted threads removed.`);
  if (pending > 0) {
    report.note(
      `${grouped(pending)} deletions still have to wait: what was deleted less than three minutes ago may not be settled.`,
    );
  }
  return { deleted, pending, interrupted: more && stopped() };
}
