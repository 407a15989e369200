// A store whose KV was emptied behind its back: it answers from its memory, until it is told to forget.

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';

const DATE = new Date('2026-01-02T03:04:05Z');
const DATES = { createdAt: DATE, updatedAt: DATE };

/** @param {any} namespace */
async function empty(namespace) {
  for (const { name } of (await namespace.list()).keys) await namespace.delete(name);
}

async function filled() {
  const namespace = createMemoryNamespace();
  /** @type {any} */
  const store = new CloudflareStore({ bindings: { default: namespace }, core: createCore(), autoInit: true });
  await store.saveThread({ thread: { id: 't', resourceId: 'u', ...DATES } });
  const message = { id: 'm', threadId: 't', resourceId: 'u', role: 'user', content: 'x', createdAt: DATE };
  await store.saveMessages({ messages: [message] });
  await store.updateResource({ resourceId: 'u', workingMemory: 'x' });
  await store.persistWorkflowSnapshot({ workflowName: 'w', runId: 'r', snapshot: { status: 'running' } });
  await store.initializeObservationalMemory({ threadId: 't', resourceId: 'u', scope: 'thread', config: {} });
  await store.close();
  return { store, namespace };
}

/** @param {any} store */
const seen = async (store) => ({
  thread: (await store.getThreadById({ threadId: 't' })) !== null,
  threads: (await store.listThreads()).total,
  messages: (await store.listMessages({ threadId: 't' })).total,
  byId: (await store.listMessagesById({ messageIds: ['m'] })).messages.length,
  resource: (await store.getResourceById({ resourceId: 'u' })) !== null,
  run: (await store.loadWorkflowSnapshot({ workflowName: 'w', runId: 'r' })) !== null,
  observations: (await store.getObservationalMemory('t', 'u')) !== null,
});
const ALL = { thread: true, threads: 1, messages: 1, byId: 1, resource: true, run: true, observations: true };
const NOTHING = {
  thread: false,
  threads: 0,
  messages: 0,
  byId: 0,
  resource: false,
  run: false,
  observations: false,
};

describe('forget', () => {
  it('lets the next call see what KV has', async () => {
    const { store, namespace } = await filled();
    expect(await seen(store)).toEqual(ALL);
    store.forget();
    expect(await seen(store)).toEqual(ALL);
    await empty(namespace);
    expect((await store.getThreadById({ threadId: 't' })).id).toBe('t');
    store.forget();
    expect(await seen(store)).toEqual(NOTHING);
    expect((await namespace.list()).keys.map((/** @type {any} */ { name }) => name)).toEqual([
      'metadata:schema',
    ]);
  });

  it('leaves calls that are under way alone', async () => {
    const { store } = await filled();
    const saves = [1, 2, 3].map((n) => store.updateThread({ id: 't', metadata: { [`n${n}`]: n } }));
    store.forget();
    await Promise.all(saves);
    store.forget();
    expect((await store.getThreadById({ threadId: 't' })).metadata).toEqual({ n1: 1, n2: 2, n3: 3 });
  });

  it('forgets progress that was held back', async () => {
    const { store } = await filled();
    const run = { workflowName: 'agentic-loop', runId: 'held' };
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running' } });
    expect(await store.loadWorkflowSnapshot(run)).not.toBeNull();
    store.forget();
    expect(await store.loadWorkflowSnapshot(run)).toBeNull();
  });

  it('is there through Mastra, too', async () => {
    const backend = createMemoryBackend();
    const mastra = new MastraStore({ backend, core: createCore() });
    const memory = /** @type {any} */ (await mastra.getStore('memory'));
    await memory.saveThread({ thread: { id: 't', resourceId: 'u', title: '', ...DATES } });
    await new CloudflareStore({ backend, core: createCore() }).deleteThread({ threadId: 't' });
    mastra.forget();
    expect(await memory.getThreadById({ threadId: 't' })).toBeNull();
  });
});
