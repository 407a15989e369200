/**
 * The core that all stores of a process share. Made by the first call, since the Workers runtime allows nothing
 * random while modules load.
 *
 * @module
 */

import { createCore } from './core.js';

/** @type {import('./core.js').Core | undefined} */
let core;

/** @returns {import('./core.js').Core} */
export function defaultCore() {
  core ??= createCore();
  return core;
}
