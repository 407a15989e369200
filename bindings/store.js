/**
 * The store as users see it. Its methods shape arguments into what the core takes and results into what users
 * expect; what a call means, and which keys it reads and writes, is the core's business.
 *
 * @module
 */

import { LegacyStore } from './store/legacy.js';

/**
 * The memory of agents in Workers KV.
 *
 * ```js
 * const store = new CloudflareStore({
 *   bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV },
 *   keyPrefix: 'dev_',
 * });
 * ```
 *
 * A failure is always an error (`StoreError`, with `code`, `op` and `details`), never an empty answer; null means
 * that the thing does not exist. Nothing is written before the arguments of a call were found to be good.
 */
export class CloudflareStore extends LegacyStore {}
