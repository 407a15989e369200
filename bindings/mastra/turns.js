/**
 * What several calls in one isolate may not do at once, because it takes more than one write.
 *
 * Who has to wait looks again and again: a promise of another request must not be waited for, for that request may be
 * cancelled.
 *
 * @module
 */

import { storeError } from '../core/errors.js';

/** What takes longer has come to nothing. */
const LONGEST = 30_000;
const PAUSE = 5;

/** When the turn of each name is over at the latest. @type {Map<string, number>} */
const busy = new Map();

/**
 * @template T
 * @param {string} name  of what is changed
 * @param {string} method
 * @param {() => Promise<T>} run
 * @returns {Promise<T>}
 */
export async function inTurn(name, method, run) {
  for (let waited = 0; (busy.get(name) ?? 0) > Date.now(); waited += PAUSE) {
    if (waited > LONGEST) throw storeError('TRY_AGAIN', method, 'others keep changing this');
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  const until = Date.now() + LONGEST;
  busy.set(name, until);
  try {
    return await run();
  } finally {
    if (busy.get(name) === until) busy.delete(name);
  }
}
