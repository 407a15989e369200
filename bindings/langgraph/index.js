/**
 * threadkv for LangGraph: a saver of checkpoints.
 *
 * @module
 */

export { CloudflareSaver } from './saver.js';

/** @typedef {import('./saver.js').WithStore} WithStore */
