// What a user of the package writes in TypeScript, compiled against the generated declarations. Never run.

import {
  CloudflareStore,
  createCore,
  StoreError,
  StoreTypeError,
  type Blob,
  type CloudflareStoreConfig,
  type Core,
  type Message,
  type MessageInput,
  type MessagePage,
  type ObservationalMemory,
  type Operation,
  type PruneResult,
  type ScorePage,
  type Stats,
  type Task,
  type Thread,
  type ThreadPage,
  type Trace,
  type WorkflowRun,
} from 'threadkv';
import { createMemoryBackend, createMemoryNamespace } from 'threadkv/memory';

interface Env {
  THREADS_KV: KVNamespace;
  MESSAGES_KV: KVNamespace;
  METADATA_KV?: KVNamespace;
}
declare const env: Env;
declare const context: ExecutionContext;

// The documented example.
const store = new CloudflareStore({
  bindings: {
    threads: env.THREADS_KV,
    messages: env.MESSAGES_KV,
    metadata: env.METADATA_KV,
  },
  keyPrefix: 'dev_',
});

const config: CloudflareStoreConfig = {
  bindings: { mastra_threads: env.THREADS_KV, mastra_messages: env.MESSAGES_KV },
  waitUntil: (promise) => context.waitUntil(promise),
  onOperation: ({ kind, table, keys, bytes, ms, retries, status }: Operation) => {
    const word: 'get' | 'get_many' | 'put' | 'delete' | 'list' = kind;
    console.log(word, table.toUpperCase(), keys + bytes + ms + retries + status);
  },
  consistency: 'strict',
  maxOperations: 50,
};
new CloudflareStore(config);
new CloudflareStore({ backend: createMemoryBackend() });
new CloudflareStore({ backend: () => createMemoryBackend({ spaces: 2 }) });
new CloudflareStore({ bindings: { default: createMemoryNamespace() } });

// @ts-expect-error no storage at all
new CloudflareStore({ keyPrefix: 'dev_' });
// @ts-expect-error not a namespace
new CloudflareStore({ bindings: { threads: 'THREADS_KV' } });
// @ts-expect-error only 'strict'
new CloudflareStore({ bindings: {}, consistency: 'weak' });

interface Tenant {
  plan: string;
  seats: number;
}
const tenant: Tenant = { plan: 'free', seats: 1 };

export async function threads(): Promise<void> {
  await store.init();
  const now = new Date();
  const saved = await store.saveThread({
    thread: {
      id: 't',
      resourceId: 'u',
      title: 'T',
      createdAt: now,
      updatedAt: now.toISOString(),
      metadata: { tenant },
    },
  });
  const made = await store.createThread({
    thread: { id: 'n', resourceId: 'u', createdAt: now, updatedAt: now, seats: 2 },
  });
  console.log(made.createdAt.getTime(), made.seats.toFixed());
  const at: Date = saved.updatedAt;
  const thread: Thread | null = await store.getThreadById({ threadId: 't', resourceId: undefined });
  if (thread) console.log(thread.createdAt.getTime(), thread.title?.length, thread.metadata?.tenant.plan, at);
  const page: ThreadPage = await store.listThreads({
    page: 0,
    perPage: false,
    orderBy: { field: 'updatedAt', direction: 'DESC' },
    filter: { resourceId: 'u', metadata: { plan: 'free' }, archived: false },
  });
  console.log((await store.listThreads()).total, page.threads.length, page.hasMore, page.perPage);
  await store.listThreadsByResourceId({ resourceId: 'u', perPage: 10 });
  const updated: Thread = await store.updateThread({ id: 't', metadata: { seats: 2 }, archivedAt: null });
  const { messageIdMap } = await store.copyThread({
    sourceThreadId: updated.id,
    options: { messageLimit: 3, messageFilter: { startDate: now, endDate: '2024-01-01', messageIds: ['m'] } },
  });
  const copied: string | undefined = messageIdMap['m'];
  const nothing: void = await store.deleteThread({ threadId: 't' });
  console.log(copied, nothing);

  // @ts-expect-error the id is missing
  await store.getThreadById({});
  // @ts-expect-error a thread belongs to a resource
  await store.saveThread({ thread: { id: 't', createdAt: now, updatedAt: now } });
  // @ts-expect-error a thread belongs to a resource
  await store.createThread({ thread: { id: 't', createdAt: now, updatedAt: now } });
  // @ts-expect-error no such field to order by
  await store.listThreads({ orderBy: { field: 'title' } });
  // @ts-expect-error whose?
  await store.listThreadsByResourceId({ perPage: 10 });
}

interface Part {
  type: string;
  text: string;
}
interface Content {
  format: 2;
  parts: Part[];
}

export async function messages(): Promise<Part[]> {
  const content: Content = { format: 2, parts: [{ type: 'text', text: 'hello' }] };
  const message = {
    id: 'm',
    threadId: 't',
    resourceId: 'u',
    role: 'user',
    createdAt: new Date(),
    content,
    mine: 1,
  };
  const saved = await store.saveMessages({ messages: [message] });
  const mine: number[] = saved.messages.map(
    (one) => one.mine + one.content.parts.length + one.createdAt.getTime(),
  );
  await store.saveMessages({
    messages: [
      {
        id: 'n',
        threadId: 't',
        resourceId: 'u',
        role: 'tool',
        createdAt: '2024-01-01',
        content: 'plain text',
      },
    ],
  });
  const page: MessagePage = await store.listMessages({
    threadId: ['t'],
    resourceId: 'u',
    perPage: 10,
    page: 0,
    orderBy: { field: 'createdAt', direction: 'DESC' },
    include: [{ id: 'm', withPreviousMessages: 1, withNextMessages: 1 }],
    filter: { dateRange: { start: new Date(), endExclusive: true }, metadata: { a: 1, b: null } },
    includeTotal: false,
  });
  const typed: Message<Content>[] = (await store.listMessagesById({ messageIds: ['m'] })).messages;
  await store.listMessagesByResourceId({ resourceId: 'u' });
  const updated: Message[] = await store.updateMessages({
    messages: [{ id: 'm', content: { metadata: { seen: true } } }],
  });
  await store.deleteMessages(['m']);
  console.log(mine, page.messages[0]?.content.parts, updated);

  // @ts-expect-error which thread?
  await store.listMessages({ perPage: 10 });
  // @ts-expect-error an update names its message
  await store.updateMessages({ messages: [{ role: 'user' }] });
  // @ts-expect-error filters of messages are flat
  await store.listMessages({ threadId: 't', filter: { metadata: { deep: { a: 1 } } } });
  return typed.flatMap((one) => one.content.parts);
}

// A store whose messages have content of one's own.
const typedStore = new CloudflareStore<Content>({ bindings: { default: env.THREADS_KV } });

export async function typedContent(): Promise<Part[]> {
  const at = { threadId: 't', resourceId: 'u', role: 'user', createdAt: new Date() };
  await typedStore.saveMessages({ messages: [{ ...at, id: 'm', content: { format: 2, parts: [] } }] });
  const newest = { orderBy: { direction: 'DESC' }, perPage: 10 };
  const { messages: listed } = await typedStore.listMessages({ threadId: 't', ...newest });
  const own: Message<Content>[] = listed;
  const page: MessagePage<Content> = await typedStore.listMessagesByResourceId({
    resourceId: 'u',
    ...newest,
  });
  const [updated] = await typedStore.updateMessages({ messages: [{ id: 'm', content: { parts: [] } }] });
  const { messages: byId } = await typedStore.listMessagesById({ messageIds: ['m'] });
  // @ts-expect-error content has no such field
  console.log(listed[0]?.content.text);
  // @ts-expect-error no content of this store
  await typedStore.saveMessages({ messages: [{ ...at, id: 'm', content: 'plain text' }] });
  const asAny: CloudflareStore = typedStore;
  const input: MessageInput<Content> = { ...at, id: 'm', content: { format: 2, parts: [] } };
  console.log(asAny.stats(), input.threadId);
  return [...own, ...page.messages, ...byId, updated].flatMap((one) => one?.content.parts ?? []);
}

export async function plainObjects(): Promise<void> {
  const newest = { orderBy: { direction: 'DESC' } };
  await store.listMessages({ threadId: 't', ...newest });
  await store.listMessagesByResourceId({ resourceId: 'u', ...newest });
  await store.listThreads(newest);
  await store.listThreadsByResourceId({ resourceId: 'u', ...newest });
  const latest = { orderDirection: 'desc' };
  await store.listTasks(latest);
  const message = { id: 'm', role: 'user', content: 'x', createdAt: new Date() };
  // @ts-expect-error of which thread?
  await store.saveMessages({ messages: [{ ...message, resourceId: 'u' }] });
  // @ts-expect-error whose?
  await store.saveMessages({ messages: [{ ...message, threadId: 't' }] });
}

export async function rest(): Promise<void> {
  const now = new Date();
  await store.saveResource({
    resource: { id: 'u', workingMemory: '# Notes', createdAt: now, updatedAt: now },
  });
  const resource = await store.getResourceById({ resourceId: 'u' });
  console.log(resource?.workingMemory, resource?.updatedAt.getTime());
  await store.updateResource({ resourceId: 'u', metadata: { ...tenant } });
  const { deleted, pending } = await store.sweep();
  const { found, cursor } = await store.verify({ repair: true });
  console.log(found['damaged record']?.count, cursor?.length);
  const cleared: boolean = (await store.clearTable({ tableName: 'messages' })).pending;
  await store.dangerouslyClearAll();
  const stats: Stats = store.stats();
  console.log(deleted + pending, cleared, stats.operations.get_many, stats.bytesRead);
  await store.close();
}

export async function rows(): Promise<void> {
  const { score } = await store.saveScore({
    scorerId: 's',
    entityId: 'e',
    runId: 'r',
    score: 0.5,
    scorer: {},
    entity: {},
    source: 'LIVE',
    output: null,
    mine: 1,
  });
  const when: Date = score.createdAt;
  const listed: ScorePage = await store.listScoresByScorerId({
    scorerId: 's',
    source: 'TEST',
    pagination: { page: 0, perPage: false },
    filters: { projectId: 'p' },
  });
  console.log(when, score.id.length + score.mine, listed.pagination.hasMore, listed.scores[0]?.reason);

  const run: WorkflowRun | null = await store.getWorkflowRunById({ runId: 'r' });
  const notes: ObservationalMemory | null = await store.getObservationalMemory('t', 'u');
  const traces: Trace[] = await store.getTraces({ name: 'turn' });
  const core: Core = createCore({ now: () => 0 });
  console.log(run?.createdAt.getTime(), notes?.activeObservations, traces[0]?.id, core.host.now());

  const task: Task | null = await store.getTask('t');
  if (task) await store.createTask({ ...task, status: 'pending' });
  const updated: boolean = await store.updateTask(
    't',
    { status: 'running', error: undefined, startedAt: when },
    { expectedStatus: 'pending', expectedOwnerId: null },
  );
  const { tasks, total } = await store.listTasks({ status: ['running'], orderBy: 'startedAt', toDate: when });
  console.log(updated, tasks[0]?.startedAt?.getTime(), total + (await store.getRunningCountByAgent('a')));

  await store.setState({ threadId: 't', type: 'goal', value: { objective: 'x' } });
  const blob: Blob | null = await store.getBlob('hash');
  await store.putBlob({ hash: 'hash', content: 'text', size: 4, createdAt: blob?.createdAt });
  const blobs: Map<string, Blob> = await store.getManyBlobs(['hash']);
  const pruned: PruneResult[] = await store.prune({
    retention: { memory: { messages: { maxAge: '30d' } } },
    maxRows: 10,
  });
  console.log(blobs.size, pruned[0]?.deleted);

  // @ts-expect-error a score says who gave it
  await store.saveScore({ score: 1 });
  // @ts-expect-error what a task is for does not change
  await store.updateTask('t', { toolName: 'x' });
  // @ts-expect-error no such status
  await store.listTasks({ status: 'asleep' });
}

export function explain(error: unknown): string {
  if (error instanceof StoreError || error instanceof StoreTypeError) return `${error.op}: ${error.code}`;
  return 'unknown';
}
