/**
 * How many requests go out at once.
 *
 * @module
 */

/** How many requests a Worker may have under way at once; further ones would only queue. */
export const MAX_CONCURRENT = 6;

/** @typedef {<T>(task: () => Promise<T>) => Promise<T>} Lanes  runs a task once fewer than the limit are running */

/**
 * Belongs to one round, never to the back end: a lane held by a cancelled request would stay held for ever.
 *
 * @param {number} limit
 * @returns {Lanes}
 */
export function createLanes(limit) {
  let running = 0;
  /** @type {(() => void)[]} */
  const waiting = [];
  return async (task) => {
    if (running < limit) running++;
    else {
      await new Promise((resolve) => {
        waiting.push(() => resolve(undefined));
      });
    }
    try {
      return await task();
    } finally {
      // The lane passes straight to the next in line, if any.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
