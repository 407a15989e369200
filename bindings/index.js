/**
 * threadkv: the memory of AI agents in Cloudflare Workers KV.
 *
 * A store's methods, in store/, shape arguments into what the core takes and results into what users expect; what a
 * call means, and which keys it reads and writes, is the core's business.
 *
 * @module
 */

import { guardMethods } from './store/guard.js';
import { LegacyStore } from './store/legacy.js';

export { httpStatus, StoreError, StoreTypeError } from './core/errors.js';
export { createCore } from './core.js';

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
 *
 * @template [Content=any]  of messages: `new CloudflareStore<Content>(…)`; nothing looks whether they have it
 * @extends {LegacyStore<Content>}
 */
export class CloudflareStore extends LegacyStore {
  /**
   * Looks whether every record is found where it would be looked for, and every index entry is true; mends what is
   * not, if asked to. A part at a time, of about `maxOperations` KV operations: while `cursor` is not null, call again
   * with it. Records of the last minutes are not judged.
   *
   * In a Worker, the module that can do it has to be given:
   * `import module from 'threadkv/threadkv.tools.wasm'`; for what is in Durable Objects, to their class:
   * `class Objects extends ThreadKVObject { static module = module }`.
   *
   * @param {import('./store/types.js').VerifyArgs} [args]
   * @returns {Promise<import('./store/types.js').VerifyResult>}
   */
  async verify(args = {}) {
    const { verifyStore } = await import('./upkeep/verify.js');
    return verifyStore(this.caller, args);
  }
}

guardMethods(CloudflareStore);

/**
 * @typedef {import('./store/config.js').CloudflareStoreConfig} CloudflareStoreConfig
 * @typedef {import('./store/config.js').BindingsConfig} BindingsConfig
 * @typedef {import('./store/config.js').DurableConfig} DurableConfig
 * @typedef {import('./store/config.js').CloudflareRestConfig} CloudflareRestConfig
 * @typedef {import('./store/config.js').BackendConfig} BackendConfig
 * @typedef {import('./core.js').Core} Core
 * @typedef {import('./core.js').CoreOptions} CoreOptions
 * @typedef {import('./backends/backend.js').Backend} Backend
 * @typedef {import('./backends/kv.js').KVNamespaceLike} KVNamespaceLike
 * @typedef {import('./core/stats.js').Operation} Operation
 * @typedef {import('./core/stats.js').Stats} Stats
 * @typedef {import('./store/types.js').Thread} Thread
 * @typedef {import('./store/types.js').ThreadInput} ThreadInput
 * @typedef {import('./store/types.js').ThreadPage} ThreadPage
 * @typedef {import('./store/types.js').ListThreadsArgs} ListThreadsArgs
 * @typedef {import('./store/types.js').ListThreadsByResourceIdArgs} ListThreadsByResourceIdArgs
 * @typedef {import('./store/types.js').CopyThreadArgs} CopyThreadArgs
 * @typedef {import('./store/types.js').MessageUpdate} MessageUpdate
 * @typedef {import('./store/types.js').ListMessagesArgs} ListMessagesArgs
 * @typedef {import('./store/types.js').ListMessagesByResourceIdArgs} ListMessagesByResourceIdArgs
 * @typedef {import('./store/types.js').Include} Include
 * @typedef {import('./store/types.js').DateRange} DateRange
 * @typedef {import('./store/types.js').Resource} Resource
 * @typedef {import('./store/types.js').ResourceInput} ResourceInput
 * @typedef {import('./store/types.js').ResourcePage} ResourcePage
 * @typedef {import('./store/types.js').ListResourcesArgs} ListResourcesArgs
 * @typedef {import('./store/types.js').WorkflowRun} WorkflowRun
 * @typedef {import('./store/types.js').ListWorkflowRunsArgs} ListWorkflowRunsArgs
 * @typedef {import('./store/types.js').PersistWorkflowSnapshotArgs} PersistWorkflowSnapshotArgs
 * @typedef {import('./store/types.js').UpdateWorkflowStateArgs} UpdateWorkflowStateArgs
 * @typedef {import('./store/types.js').UpdateWorkflowResultsArgs} UpdateWorkflowResultsArgs
 * @typedef {import('./store/row-types.js').Score} Score
 * @typedef {import('./store/row-types.js').ScoreInput} ScoreInput
 * @typedef {import('./store/row-types.js').ScorePage} ScorePage
 * @typedef {import('./store/row-types.js').Task} Task
 * @typedef {import('./store/row-types.js').TaskUpdate} TaskUpdate
 * @typedef {import('./store/row-types.js').TaskGuards} TaskGuards
 * @typedef {import('./store/row-types.js').TaskFilter} TaskFilter
 * @typedef {import('./store/row-types.js').StateKey} StateKey
 * @typedef {import('./store/row-types.js').Blob} Blob
 * @typedef {import('./store/row-types.js').BlobInput} BlobInput
 * @typedef {import('./observations/types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./store/traces.js').Trace} Trace
 * @typedef {import('./store/traces.js').Eval} Eval
 * @typedef {import('./store/row-types.js').Retention} Retention
 * @typedef {import('./store/row-types.js').PruneOptions} PruneOptions
 * @typedef {import('./store/row-types.js').PruneResult} PruneResult
 * @typedef {import('./store/types.js').ClearResult} ClearResult
 * @typedef {import('./store/types.js').SweepResult} SweepResult
 * @typedef {import('./store/types.js').EraseResult} EraseResult
 * @typedef {import('./store/types.js').VerifyArgs} VerifyArgs
 * @typedef {import('./store/types.js').VerifyResult} VerifyResult
 */
/**
 * @template [Content=any]
 * @typedef {import('./store/types.js').Message<Content>} Message
 */
/**
 * @template [Content=any]
 * @typedef {import('./store/types.js').MessageInput<Content>} MessageInput
 */
/**
 * @template [Content=any]
 * @typedef {import('./store/types.js').MessagePage<Content>} MessagePage
 */
