/**
 * `threadkv sweep`: finishes the deletion of threads, as the Worker's cron does, and removes what is left of copies
 * that failed. With `--purge`, tombstones older than an age go, too.
 *
 * @module
 */

import { grouped } from '../report.js';

/** @typedef {import('../context.js').Context} Context */

/**
 * @param {Context} context
 */
export async function runSweep(context) {
  const { store, report, options, stopped } = context;
  const progress = report.progress('Sweeping', 'keys');
  let deleted = 0;
  let pending;
  let more;
  let purged;
  try {
    do {
      const answer = await store.sweep();
      progress.add(answer.deleted);
      deleted += answer.deleted;
      pending = answer.pending;
      more = answer.deleted > 0 && pending > 0;
    } while (more && !stopped());
    if (options.purge !== undefined && !stopped()) purged = await purge(context, options.purge);
  } finally {
    progress.end();
    await store.close();
  }
  report.note(`${grouped(deleted)} keys of deleted threads removed.`);
  if (pending > 0) {
    report.note(
      `${grouped(pending)} deletions still have to wait: what was deleted less than three minutes ago may not be settled, what is copied not for a quarter of an hour, who is erased not for five minutes.`,
    );
  }
  if (purged !== undefined) report.note(`${grouped(purged)} tombstones removed.`);
  return {
    deleted,
    pending,
    ...(purged === undefined ? {} : { purged }),
    interrupted: (more || options.purge !== undefined) && stopped(),
  };
}

/**
 * @param {Context} context
 * @param {number} maxAge  ms
 */
async function purge({ store, stopped }, maxAge) {
  let purged = 0;
  /** @type {string | null} */
  let cursor = null;
  do {
    const page = await store.purgePage(maxAge, cursor);
    purged += page.purged;
    cursor = page.cursor;
  } while (cursor !== null && !stopped());
  return purged;
}
