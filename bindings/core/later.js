/**
 * Work that outlives the call it came from: a head that KV would not take yet, a check of the journal. It goes to
 * the platform's `waitUntil` where there is one.
 *
 * @module
 */

import { waitUntil as platformWaitUntil } from '#platform';

/** Who waits for the work hears of its failure. */
const NOTHING_MORE = () => {};

/**
 * @param {((promise: Promise<unknown>) => void) | undefined} given  the user's waitUntil
 */
export function createFollowups(given) {
  const waitUntil = given ?? platformWaitUntil;
  /** Kept only where no platform keeps it; elsewhere one request must not wait for another's work. */
  const underWay = new Set();

  return {
    /**
     * @param {import('./core.js').Followup} followup
     * @returns {Promise<void> | undefined} what the call has to wait for
     */
    start({ when, run }) {
      const work = run();
      if (waitUntil !== undefined && handOver(waitUntil, work)) return undefined;
      if (when === 'soon') return work;
      if (waitUntil === undefined) {
        underWay.add(work);
        void work.finally(() => underWay.delete(work));
      }
      return undefined;
    },

    /**
     * Has the platform finish work even if the request that it belongs to goes away.
     *
     * @param {Promise<unknown>} work
     */
    keep(work) {
      if (waitUntil !== undefined) handOver(waitUntil, work.catch(NOTHING_MORE));
    },

    /** Resolves when nothing is under way any more. */
    async settle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

/**
 * @param {(promise: Promise<unknown>) => void} waitUntil
 * @param {Promise<unknown>} work
 * @returns {boolean} false when there is no request to attach it to (any more)
 */
function handOver(waitUntil, work) {
  try {
    waitUntil(work);
    return true;
  } catch {
    return false;
  }
}
