/**
 * Ctrl-C: the first one lets the command finish what it is at and save its position, a second one ends it at once.
 *
 * @module
 */

import { EXIT } from './errors.js';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM']);

/**
 * @param {() => void} tell  called once, at the first signal
 * @returns {{ readonly asked: boolean, whenAsked: Promise<void>, end: () => void }}
 */
export function watchInterrupt(tell) {
  let asked = false;
  let resolve = () => {};
  const whenAsked = /** @type {Promise<void>} */ (new Promise((done) => (resolve = done)));
  const stop = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    tell();
    resolve();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    get asked() {
      return asked;
    },
    whenAsked,
    end() {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
