/**
 * Keeps within what an API allows: so many requests in so long. Requests beyond wait for their turn, in order.
 *
 * @module
 */

/** What Cloudflare's API allows a user. */
export const RATE = { requests: 1200, ms: 5 * 60 * 1000 };

/**
 * @param {object} options
 * @param {number} options.requests  at most, in any span of
 * @param {number} options.ms  milliseconds
 * @param {() => number} [options.now]
 * @param {(ms: number) => Promise<unknown>} [options.wait]
 * @param {(ms: number) => void} [options.onWait]  called before a long wait
 * @returns {() => Promise<void>} resolves when a request may go out
 */
export function createRateLimit({ requests, ms, now = Date.now, wait = sleep, onWait }) {
  /** When the last requests went out, oldest first from `next`. @type {number[]} */
  const sent = [];
  let next = 0;
  let turn = Promise.resolve();
  const take = async () => {
    if (sent.length >= requests) {
      const delay = sent[next] + ms - now();
      if (delay > 1000) onWait?.(delay);
      if (delay > 0) await wait(delay);
    }
    sent[next] = now();
    next = (next + 1) % requests;
  };
  return () => (turn = turn.then(take));
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
