/**
 * What the cron does: finishes deletions, under every prefix that a token opens.
 *
 * @module
 */

import { StoreError } from '../bindings/index.js';
import { logEvent } from './log.js';
import { openStore } from './store.js';
import { ownPrefix, readTokens } from './tokens.js';

/** Of all prefixes together: what one invocation may make, less a few. */
const MAX_OPERATIONS = 900;

/** Below this it is not worth beginning. */
const FEW = 50;

/**
 * Where they do not all fit into one run, chance decides which one begins.
 *
 * @param {import('./env.js').Env} env
 * @param {{ waitUntil: (promise: Promise<unknown>) => void }} context
 */
export async function sweepAll(env, context) {
  const prefixes = await prefixesOf(env);
  const first = Math.floor(Math.random() * prefixes.length);
  const sums = { deleted: 0, pending: 0 };
  let left = MAX_OPERATIONS;
  /** @type {unknown[]} */
  const errors = [];
  for (const keyPrefix of [...prefixes.slice(first), ...prefixes.slice(0, first)]) {
    if (left < FEW) break;
    const store = openStore(env, context, { keyPrefix, maxOperations: left });
    try {
      const { deleted, pending } = await store.sweep();
      sums.deleted += deleted;
      sums.pending += pending;
    } catch (error) {
      errors.push(error);
    }
    left -= Object.values(store.stats().operations).reduce((sum, count) => sum + count, 0);
  }
  if (sums.deleted > 0 || sums.pending > 0) logEvent({ event: 'sweep', ...sums });
  if (errors.length === 0) return;
  // The platform logs it, and the store's own message names keys.
  const [error] = errors;
  throw new Error(`the sweep failed: ${error instanceof StoreError ? error.code : 'INTERNAL'}`);
}

/** @param {import('./env.js').Env} env */
async function prefixesOf(env) {
  const own = ownPrefix(env);
  // Tokens that cannot be used are the requests' trouble.
  const tokens = await readTokens(env).catch(() => []);
  return [...new Set([own, ...tokens.map(({ keyPrefix }) => keyPrefix)])];
}
