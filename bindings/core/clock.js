/**
 * The time that a core goes by. Whatever waits goes on only when time has passed: where a given clock stands still over
 * a wait, as in tests that set it by hand, the wait counts as passed all the same.
 *
 * @module
 */

import { storeError } from './errors.js';

/** Beyond it the format's suffixes (src/FORMAT.md) end: over 4,000 years from now, or a clock of microseconds. */
const MOST = 2 ** 47;

export class Clock {
  #now;
  #wait;
  /** What the time is at least, since a wait has passed without the clock. */
  #least = -Infinity;

  /**
   * @param {() => number} now
   * @param {(ms: number) => Promise<unknown>} wait
   */
  constructor(now, wait) {
    this.#now = now;
    this.#wait = wait;
  }

  /** Whole milliseconds since 1970, as the clock tells them. */
  told = () => {
    const time = this.#now();
    if (typeof time === 'number' && time >= 0 && time < MOST) return Math.floor(time);
    throw storeError(
      'INVALID_ARGUMENT',
      'createCore',
      'now must return milliseconds since 1970, as Date.now does',
    );
  };

  /** Likewise, with the waits that have passed without it. */
  now = () => {
    const time = this.told();
    if (time >= this.#least) this.#least = -Infinity;
    return Math.max(time, this.#least);
  };

  /** @param {number} ms */
  wait = async (ms) => {
    const before = this.now();
    await this.#wait(ms);
    if (this.now() === before) this.#least = before + ms;
  };
}
