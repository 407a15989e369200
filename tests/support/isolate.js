/**
 * Isolates of their own, for tests: waiting takes no time in them, and their chance repeats.
 *
 * @module
 */

import { CloudflareStore, createCore } from '../../bindings/index.js';
import { makeClock } from './clock.js';
import { createRandom } from './random.js';

/**
 * @param {{ now: () => number, wait: (ms: number) => Promise<unknown> }} clock
 * @param {number} seed  two isolates of one test have different ones
 * @param {import('../../bindings/core.js').CoreOptions} [options]  in place of these
 */
export function makeCore({ now, wait }, seed, options) {
  return createCore({ now, wait, random: createRandom(seed).fill, ...options });
}

/**
 * A maker of stores over one back end, each with a core of its own. They share a clock, that waiting moves.
 *
 * @param {import('../../bindings/backends/backend.js').Backend} backend
 */
export function isolates(backend) {
  const clock = makeClock();
  let count = 0;
  /** @param {Record<string, unknown>} [options] @returns {any} */
  const open = (options = {}) => new CloudflareStore({ backend, core: makeCore(clock, count++), ...options });
  return { clock, open };
}
