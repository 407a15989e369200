/**
 * threadkv: the memory of AI agents in Cloudflare Workers KV.
 *
 * @module
 */

export { CloudflareStore } from './store.js';
export { StoreError, StoreTypeError } from './errors.js';
export { createCore } from './core.js';

/**
 * @typedef {import('./config.js').CloudflareStoreConfig} CloudflareStoreConfig
 * @typedef {import('./config.js').BindingsConfig} BindingsConfig
 * @typedef {import('./config.js').CloudflareRestConfig} CloudflareRestConfig
 * @typedef {import('./config.js').BackendConfig} BackendConfig
 * @typedef {import('./core.js').Core} Core
 * @typedef {import('./core.js').CoreOptions} CoreOptions
 * @typedef {import('./backend.js').Backend} Backend
 * @typedef {import('./namespace.js').KVNamespaceLike} KVNamespaceLike
 * @typedef {import('./stats.js').Operation} Operation
 * @typedef {import('./stats.js').Stats} Stats
 * @typedef {import('./types.js').Thread} Thread
 * @typedef {import('./types.js').ThreadInput} ThreadInput
 * @typedef {import('./types.js').ThreadPage} ThreadPage
 * @typedef {import('./types.js').ListThreadsArgs} ListThreadsArgs
 * @typedef {import('./types.js').ListThreadsByResourceIdArgs} ListThreadsByResourceIdArgs
 * @typedef {import('./types.js').CopyThreadArgs} CopyThreadArgs
 * @typedef {import('./types.js').MessageInput} MessageInput
 * @typedef {import('./types.js').MessageUpdate} MessageUpdate
 * @typedef {import('./types.js').MessagePage} MessagePage
 * @typedef {import('./types.js').ListMessagesArgs} ListMessagesArgs
 * @typedef {import('./types.js').ListMessagesByResourceIdArgs} ListMessagesByResourceIdArgs
 * @typedef {import('./types.js').Include} Include
 * @typedef {import('./types.js').DateRange} DateRange
 * @typedef {import('./types.js').Resource} Resource
 * @typedef {import('./types.js').ResourceInput} ResourceInput
 * @typedef {import('./types.js').WorkflowRun} WorkflowRun
 * @typedef {import('./types.js').ListWorkflowRunsArgs} ListWorkflowRunsArgs
 * @typedef {import('./types.js').PersistWorkflowSnapshotArgs} PersistWorkflowSnapshotArgs
 * @typedef {import('./types.js').UpdateWorkflowStateArgs} UpdateWorkflowStateArgs
 * @typedef {import('./types.js').UpdateWorkflowResultsArgs} UpdateWorkflowResultsArgs
 * @typedef {import('./row-types.js').Score} Score
 * @typedef {import('./row-types.js').ScoreInput} ScoreInput
 * @typedef {import('./row-types.js').ScorePage} ScorePage
 * @typedef {import('./row-types.js').Task} Task
 * @typedef {import('./row-types.js').TaskUpdate} TaskUpdate
 * @typedef {import('./row-types.js').TaskGuards} TaskGuards
 * @typedef {import('./row-types.js').TaskFilter} TaskFilter
 * @typedef {import('./row-types.js').StateKey} StateKey
 * @typedef {import('./row-types.js').Blob} Blob
 * @typedef {import('./row-types.js').BlobInput} BlobInput
 * @typedef {import('./observations/types.js').ObservationalMemory} ObservationalMemory
 * @typedef {import('./store/traces.js').Trace} Trace
 * @typedef {import('./store/traces.js').Eval} Eval
 * @typedef {import('./row-types.js').Retention} Retention
 * @typedef {import('./row-types.js').PruneOptions} PruneOptions
 * @typedef {import('./row-types.js').PruneResult} PruneResult
 * @typedef {import('./types.js').ClearResult} ClearResult
 * @typedef {import('./types.js').SweepResult} SweepResult
 * @typedef {import('./types.js').VerifyArgs} VerifyArgs
 * @typedef {import('./types.js').VerifyResult} VerifyResult
 */
/**
 * @template [Content=any]
 * @typedef {import('./types.js').Message<Content>} Message
 */
