/**
 * threadkv for Mastra: storage classes over Cloudflare Workers KV. Needs `@mastra/core`, which 'threadkv' does not.
 *
 * @module
 */

export { CloudflareKVStorage, CloudflareStore } from './store.js';
export { MemoryStorageCloudflare } from './observations.js';
export { WorkflowsStorageCloudflare } from './workflows.js';
export { ScoresStorageCloudflare } from './scores.js';
export { BackgroundTasksStorageCloudflare } from './tasks.js';
export { ThreadStateStorageCloudflare } from './states.js';
export { BlobStoreCloudflare } from './blobs.js';
export { SchedulesStorageCloudflare } from './schedules.js';
export { NotificationsStorageCloudflare } from './notifications.js';
export { ChannelsStorageCloudflare } from './channels.js';
export { WorkflowDefinitionsStorageCloudflare } from './definitions.js';
export { ToolProviderConnectionsStorageCloudflare } from './connections.js';
export { HarnessStorageCloudflare } from './harness.js';
export { ObservabilityStorageCloudflare } from './traces.js';
export {
  AgentsStorageCloudflare,
  MCPClientsStorageCloudflare,
  MCPServersStorageCloudflare,
  PromptBlocksStorageCloudflare,
  ScorerDefinitionsStorageCloudflare,
  SkillsStorageCloudflare,
  WorkspacesStorageCloudflare,
} from './editor.js';
export { DatasetsStorageCloudflare } from './datasets.js';
export { ExperimentsStorageCloudflare } from './experiments.js';
export { FavoritesStorageCloudflare } from './favorites.js';
export { createCore } from '../core.js';

/**
 * @typedef {import('./config.js').CloudflareStoreConfig} CloudflareStoreConfig
 * @typedef {import('./config.js').CloudflareWorkersConfig} CloudflareWorkersConfig
 * @typedef {import('./config.js').CloudflareRestConfig} CloudflareRestConfig
 * @typedef {import('./config.js').CloudflareClientConfig} CloudflareClientConfig
 * @typedef {import('./config.js').CloudflareDomainConfig} CloudflareDomainConfig
 * @typedef {import('../core/stats.js').Operation} Operation
 * @typedef {import('../core/stats.js').Stats} Stats
 * @typedef {import('../store/types.js').SweepResult} SweepResult
 */
