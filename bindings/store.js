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
export class CloudflareStore extends LegacyStore {
  /**
   * Looks whether every record is found where it would be looked for, and every index entry is true; mends what is
   * not, if asked to. A part at a time, of about `maxOperations` KV operations: while `cursor` is not null, call again
   * with it. Records of the last minutes are not judged.
   *
   * In a Worker, the module that can do it has to be given:
   * `import module from 'threadkv/threadkv.tools.wasm'`.
   *
   * @param {import('./store/types.js').VerifyArgs} [args]
   * @returns {Promise<import('./store/types.js').VerifyResult>}
   */
  async verify(args = {}) {
    const { verifyStore } = await import('./upkeep/verify.js');
    return verifyStore(this.caller, args);
  }
}
