/**
 * A store for each request, so that what the request cost can be told: in the header `Server-Timing`. The stores
 * share one core, and with it what the isolate remembers of its own writes.
 *
 * @module
 */

import { CloudflareStore } from '../bindings/index.js';
import { parseExact } from './json.js';
import { ownPrefix } from './tokens.js';

/**
 * Prefixes whose format this isolate has made sure of. Plain data: requests must not wait for each other.
 *
 * @type {Set<string>}
 */
const formatChecked = new Set();

/**
 * @param {import('./env.js').Env} env
 * @param {{ waitUntil: (promise: Promise<unknown>) => void }} context
 * @param {Omit<Partial<import('../bindings/index.js').BindingsConfig>, 'bindings'>} [options]  others than the Worker's own
 */
export function openStore(env, context, options = {}) {
  const place = env.MOUNT?.store ?? placeOf(env);
  const config = {
    ...place,
    keyPrefix: ownPrefix(env),
    parseJSON: parseExact,
    ...(Number(env.MAX_PAGE_BYTES) && { maxPageBytes: Number(env.MAX_PAGE_BYTES) }),
    ...options,
  };
  const waitUntil = (/** @type {Promise<unknown>} */ promise) => context.waitUntil(promise);
  try {
    return new CloudflareStore({ ...config, waitUntil });
  } catch (error) {
    // Where nothing is in KV, a store leaves nothing to be done.
    if (/** @type {any} */ (error).details?.name !== 'waitUntil') throw error;
    return new CloudflareStore(config);
  }
}

/**
 * @param {import('./env.js').Env} env
 * @returns {import('../bindings/index.js').CloudflareStoreConfig}
 */
function placeOf(env) {
  const { DATA_HOME = 'kv', THREADKV_OBJECTS, LOCATION_HINT, JURISDICTION } = env;
  if (DATA_HOME === 'kv') return { bindings: bindingsOf(env) };
  if (DATA_HOME !== 'durable') throw new Error("DATA_HOME must be 'kv' or 'durable'");
  return {
    durable: /** @type {any} */ (THREADKV_OBJECTS ?? null),
    ...(LOCATION_HINT && { locationHint: LOCATION_HINT }),
    ...(JURISDICTION && { jurisdiction: JURISDICTION }),
  };
}

/** @param {import('./env.js').Env} env */
function bindingsOf({ THREADS_KV, MESSAGES_KV, METADATA_KV, RESOURCES_KV }) {
  return { threads: THREADS_KV, messages: MESSAGES_KV, metadata: METADATA_KV, resources: RESOURCES_KV };
}

/**
 * The store of the Worker's own prefix, until `withFormat` knows whose the request is.
 *
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function withStore(context, next) {
  const started = Date.now();
  /** Milliseconds of the slowest operation of each round. @type {Map<number, number>} */
  const rounds = new Map();
  /** @param {import('../bindings/index.js').Operation} operation */
  const onOperation = (operation) => {
    const { round, ms } = operation;
    rounds.set(round, Math.max(rounds.get(round) ?? 0, ms));
    context.env.MOUNT?.store?.onOperation?.(operation);
  };
  const open = (/** @type {string} */ keyPrefix) =>
    openStore(context.env, context.executionCtx, { keyPrefix, onOperation });
  context.set('open', open);
  context.set('store', open(ownPrefix(context.env)));
  await next();
  const waited = [...rounds.values()].reduce((sum, ms) => sum + ms, 0);
  context.header('Server-Timing', serverTiming(context.var.store.stats(), waited, Date.now() - started));
  context.header('Cache-Control', 'no-store');
  context.header('X-Content-Type-Options', 'nosniff');
}

/**
 * The store of the prefix that the token opens, its format checked once per isolate. What the check costs is not told
 * as the cost of the request that comes first.
 *
 * @param {import('./env.js').Context} context
 * @param {import('hono').Next} next
 */
export async function withFormat(context, next) {
  const { keyPrefix } = context.var.token;
  const { MOUNT } = context.env;
  const checked = MOUNT ? MOUNT.checked : formatChecked;
  context.set('store', context.var.open(keyPrefix));
  if (checked?.has(keyPrefix) === false) {
    await openStore(context.env, context.executionCtx, { keyPrefix }).init();
    checked.add(keyPrefix);
  }
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
