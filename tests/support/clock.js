/**
 * A clock that moves only when a test says so, or waits.
 *
 * @module
 */

/**
 * @typedef {object} Clock
 * @property {() => number} now
 * @property {(ms: number) => void} advance
 */

/** The moment at which every test begins. */
export const START = Date.UTC(2024, 2, 1);

const inWorkerd = /** @type {any} */ (globalThis).navigator?.userAgent === 'Cloudflare-Workers';

/**
 * Lets what is under way go on before time does: waiting must not starve requests that take turns, as in workerd
 * setImmediate would.
 */
const turn = () =>
  new Promise((resolve) => {
    if (inWorkerd) setTimeout(resolve, 2);
    else setImmediate(resolve);
  });

/**
 * A clock that stands still. Waiting moves it, and takes no time.
 * @returns {Clock & { wait: (ms: number) => Promise<void> }}
 */
export function makeClock(start = START) {
  let time = start;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    wait: async (ms) => {
      time += ms;
      await turn();
    },
  };
}
