// What a user of Mastra writes in TypeScript, compiled against the generated declarations. Never run.

import { Agent } from '@mastra/core/agent';
import { MastraError } from '@mastra/core/error';
import { Mastra } from '@mastra/core/mastra';
import {
  MastraCompositeStore,
  type BackgroundTasksStorage,
  type BlobStore,
  type MemoryStorage,
  type ScoresStorage,
  type StorageDomains,
  type ThreadStateStorage,
  type WorkflowsStorage,
} from '@mastra/core/storage';
import { Memory } from '@mastra/memory';
import type { KVNamespaceLike } from 'threadkv';
import {
  BackgroundTasksStorageCloudflare,
  BlobStoreCloudflare,
  CloudflareKVStorage,
  CloudflareStore,
  MemoryStorageCloudflare,
  ScoresStorageCloudflare,
  ThreadStateStorageCloudflare,
  WorkflowsStorageCloudflare,
  type CloudflareDomainConfig,
  type CloudflareStoreConfig,
} from 'threadkv/mastra';
import { createMemoryBackend } from 'threadkv/memory';

interface Env {
  THREADS_KV: KVNamespaceLike;
  MESSAGES_KV: KVNamespaceLike;
}
declare const env: Env;

// The documented example.
const storage = new CloudflareStore({
  bindings: { threads: env.THREADS_KV, messages: env.MESSAGES_KV },
  keyPrefix: 'dev_',
});
const memory = new Memory({ storage, options: { lastMessages: 20, workingMemory: { enabled: true } } });
const agent = new Agent({
  id: 'guide',
  name: 'Guide',
  instructions: 'Plan trips.',
  model: 'openai/gpt-5',
  memory,
});
export const mastra = new Mastra({ storage, agents: { agent } });

const config: CloudflareStoreConfig = {
  id: 'kv',
  bindings: { mastra_threads: env.THREADS_KV, mastra_messages: env.MESSAGES_KV },
  disableInit: true,
  retention: { memory: { messages: { maxAge: '30d' } }, workflows: { workflowSnapshot: { maxAge: '7d' } } },
  onOperation: ({ kind, table }) => console.log(kind, table),
};
const store: MastraCompositeStore = new CloudflareKVStorage(config);
export const rest = new CloudflareStore({ accountId: 'a', apiToken: 't', namespacePrefix: 'dev_' });

// Domains work alone, and together with other stores.
const alone: CloudflareDomainConfig = { bindings: { default: env.THREADS_KV } };
const domain: MemoryStorage = new MemoryStorageCloudflare(alone);
const workflows: WorkflowsStorage = new WorkflowsStorageCloudflare(alone);
const scores: ScoresStorage = new ScoresStorageCloudflare(alone);
const backgroundTasks: BackgroundTasksStorage = new BackgroundTasksStorageCloudflare(alone);
const threadState: ThreadStateStorage = new ThreadStateStorageCloudflare(alone);
const blobs: BlobStore = new BlobStoreCloudflare(alone);
export const others: StorageDomains = { workflows, scores, backgroundTasks, threadState, blobs };
export const mixed = new MastraCompositeStore({ id: 'mixed', default: store, domains: { memory: domain } });
export const tests = new CloudflareStore({ backend: createMemoryBackend() });
export const domains: StorageDomains | undefined = storage.stores;

// @ts-expect-error no storage at all
new CloudflareStore({ id: 'kv' });
// @ts-expect-error not an age
new CloudflareStore({ ...config, retention: { memory: { messages: { maxAge: '30 days' } } } });

export async function use(): Promise<string[]> {
  const found = await storage.getStore('memory');
  const thread = await found?.getThreadById({ threadId: 't' });
  const patched = await storage.stores.memory.updateThread({ id: 't', archivedAt: new Date() });
  const title: string | undefined = thread?.title ?? patched.title;
  try {
    await storage.prune();
    await storage.close();
  } catch (error) {
    if (error instanceof MastraError) console.log(error.id, title, storage.stats().operations.put);
  }
  const { messages } = await storage.stores.memory.listMessages({ threadId: 't', perPage: false });
  return messages.map((message) => message.content.content ?? '');
}
