/**
 * A store for each request, so that what the request cost can be told: in the header `Server-Timing`. The stores
 * share one core, and with it what the isolate remembers of its own writes.
 *
 * @module
 */

import { CloudflareStore } from '../bindings/index.js';
import { parseExact } from './json.js';

/** Whether this isolate has made sure of the data's format. A plain flag: requests must not wait for each other. */
let formatChecked = false;

/**
 * @param {import('./env.js').Env} env
 * @param {{ waitUntil: (promise: Promise<unknown>) => void }} context
 * @param {(operation: import('../bindings/index.js').Operation) => void} [onOperation]
 */
export function openStore(env, context, onOperation) {
  return new CloudflareStore({
    bindings: {
      threads: env.THREADS_KV,
      messages: env.MESSAGES_KV,
      metadata: env.METADATA_KV,
      resources: env.RESOURCES_KV,
    },
    keyPrefix: env.KEY_PREFIX,
    waitUntil: (promise) => context.waitUntil(promise),
    onOperation,
    parseJSON: parseExact,
  });
}

/**
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function withStore(context, next) {
  const started = Date.now();
  /** Milliseconds of the slowest operation of each round. @type {Map<number, number>} */
  const rounds = new Map();
  const store = openStore(context.env, context.executionCtx, ({ round, ms }) => {
    rounds.set(round, Math.max(rounds.get(round) ?? 0, ms));
  });
  context.set('store', store);
  await next();
  const waited = [...rounds.values()].reduce((sum, ms) => sum + ms, 0);
  context.header('Server-Timing', serverTiming(store.stats(), waited, Date.now() - started));
  context.header('Cache-Control', 'no-store');
  context.header('X-Content-Type-Options', 'nosniff');
}

/**
 * The check of the data's format, once per isolate. Its cost is not that of the request that comes first.
 *
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function withFormat(context, next) {
  if (!formatChecked) await openStore(context.env, context.executionCtx).init();
  formatChecked = true;
  await next();
}

/**
 * @param {import('../bindings/index.js').Stats} stats
 * @param {number} waited
 * @param {number} total
 */
function serverTiming({ operations, rounds }, waited, total) {
  const counts = Object.entries(operations).filter(([, count]) => count > 0);
  const kinds = counts.map(([kind, count]) => `${kind} ${count}`).join(', ') || 'none';
  return `kv;desc="${kinds}";dur=${round(waited)}, rounds;desc="${rounds}", total;dur=${round(total)}`;
}

/** @param {number} ms */
function round(ms) {
  return Math.round(ms * 10) / 10;
}
