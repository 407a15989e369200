/**
 * The store that a Mastra is given: its domains, over one plain store and so over one set of data.
 *
 * @module
 */

import { MastraCompositeStore } from '@mastra/core/storage';
import { ownError } from '../store/guard.js';
import { BlobStoreCloudflare } from './blobs.js';
import { ChannelsStorageCloudflare } from './channels.js';
import { openStore } from './config.js';
import { ToolProviderConnectionsStorageCloudflare } from './connections.js';
import { WorkflowDefinitionsStorageCloudflare } from './definitions.js';
import { attempt, mastraError } from './errors.js';
import {
  AgentsStorageCloudflare,
  MCPClientsStorageCloudflare,
  MCPServersStorageCloudflare,
  PromptBlocksStorageCloudflare,
  ScorerDefinitionsStorageCloudflare,
  SkillsStorageCloudflare,
  WorkspacesStorageCloudflare,
} from './editor.js';
import { DatasetsStorageCloudflare } from './datasets.js';
import { ExperimentsStorageCloudflare } from './experiments.js';
import { FavoritesStorageCloudflare } from './favorites.js';
import { HarnessStorageCloudflare } from './harness.js';
import { NotificationsStorageCloudflare } from './notifications.js';
import { MemoryStorageCloudflare } from './observations.js';
import { SchedulesStorageCloudflare } from './schedules.js';
import { ScoresStorageCloudflare } from './scores.js';
import { ThreadStateStorageCloudflare } from './states.js';
import { BackgroundTasksStorageCloudflare } from './tasks.js';
import { ObservabilityStorageCloudflare } from './traces.js';
import { WorkflowsStorageCloudflare } from './workflows.js';

const DEFAULT_ID = 'cloudflare-kv';

/**
 * Mastra's storage in Workers KV.
 *
 * ```js
 * const storage = new CloudflareStore({ bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV } });
 * const mastra = new Mastra({ storage, agents });
 * ```
 *
 * The constructor does no I/O and may run at global scope.
 */
export class CloudflareKVStorage extends MastraCompositeStore {
  #store;

  /** @param {import('./config.js').CloudflareStoreConfig} config */
  constructor(config) {
    const { id, retention, newIds } = understood(config);
    // Mastra would keep the promise of its own init() for all requests of an isolate, and were the first of them
    // cancelled, all others would wait for ever. So the store's first call does it, whosever that is.
    super({ id, name: 'Cloudflare', disableInit: true, retention });
    const store = openStore(config);
    this.#store = store;
    this.stores = {
      memory: new MemoryStorageCloudflare({ store, newIds }),
      workflows: new WorkflowsStorageCloudflare({ store }),
      scores: new ScoresStorageCloudflare({ store }),
      backgroundTasks: new BackgroundTasksStorageCloudflare({ store }),
      threadState: new ThreadStateStorageCloudflare({ store }),
      blobs: new BlobStoreCloudflare({ store }),
      schedules: new SchedulesStorageCloudflare({ store }),
      notifications: new NotificationsStorageCloudflare({ store }),
      channels: new ChannelsStorageCloudflare({ store }),
      workflowDefinitions: new WorkflowDefinitionsStorageCloudflare({ store }),
      toolProviderConnections: new ToolProviderConnectionsStorageCloudflare({ store }),
      agents: new AgentsStorageCloudflare({ store }),
      promptBlocks: new PromptBlocksStorageCloudflare({ store }),
      scorerDefinitions: new ScorerDefinitionsStorageCloudflare({ store }),
      mcpClients: new MCPClientsStorageCloudflare({ store }),
      mcpServers: new MCPServersStorageCloudflare({ store }),
      workspaces: new WorkspacesStorageCloudflare({ store }),
      skills: new SkillsStorageCloudflare({ store }),
      favorites: new FavoritesStorageCloudflare({ store }),
      observability: new ObservabilityStorageCloudflare({ store }),
      datasets: new DatasetsStorageCloudflare({ store }),
      experiments: new ExperimentsStorageCloudflare({ store }),
      harness: new HarnessStorageCloudflare({ store }),
    };
  }

  /**
   * Writes down the format of the data, or refuses data of a newer one, for all domains. The first call of any method
   * does it by itself, unless `disableInit` is set.
   *
   * @override
   * @returns {Promise<void>}
   */
  init() {
    return attempt('init', [], () => this.#store.init());
  }

  /**
   * Finishes deletions of threads that were too large for one call. Meant for a cron.
   *
   * @returns {Promise<import('../store/types.js').SweepResult>}
   */
  sweep() {
    return attempt('sweep', [], () => this.#store.sweep());
  }

  /**
   * Looks whether every record is found where it would be looked for, a part at a time; see `verify` of the plain store.
   *
   * @param {import('../store/types.js').VerifyArgs} [args]
   * @returns {Promise<import('../store/types.js').VerifyResult>}
   */
  verify(args) {
    return attempt('verify', [], () => this.#store.verify(args));
  }

  /**
   * What the calls of all domains have cost in KV operations so far.
   *
   * @returns {import('../core/stats.js').Stats}
   */
  stats() {
    return this.#store.stats();
  }

  /**
   * Forgets what this isolate remembers of its reads and writes; for tests, whose KV was emptied behind the store's back.
   *
   * @returns {void}
   */
  forget() {
    this.#store.forget();
  }

  /**
   * Waits for upkeep that is still under way. The store may be used again afterwards.
   *
   * @override
   * @returns {Promise<void>}
   */
  close() {
    return attempt('close', [], () => this.#store.close());
  }
}

/** @param {import('./config.js').CloudflareStoreConfig} config */
function understood(config) {
  try {
    const { id = DEFAULT_ID, retention, newIds } = config ?? {};
    return { id, retention, newIds };
  } catch (error) {
    throw mastraError('INIT', 'FAILED', {}, ownError('constructor', error));
  }
}

export { CloudflareKVStorage as CloudflareStore };
