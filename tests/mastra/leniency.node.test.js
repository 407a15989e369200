/**
 * What Mastra's core sends is taken: undefined for what it has not, and names that newer versions of it may add. What is
 * written into a configuration is not.
 */

import { describe, expect, it } from 'vitest';
import { CloudflareStore as PlainStore } from '../../bindings/index.js';
import {
  BackgroundTasksStorageCloudflare,
  CloudflareStore,
  MemoryStorageCloudflare,
  ScoresStorageCloudflare,
  ThreadStateStorageCloudflare,
  WorkflowsStorageCloudflare,
} from '../../bindings/mastra/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { at, conversation, ids, message, thread } from '../contract/support.js';
import { score } from './scores.js';
import { task } from './tasks.js';
import { snapshot } from './workflows.js';

const newer = { fromTheFuture: { deep: [1] } };

async function domains() {
  const storage = new CloudflareStore({ backend: createMemoryBackend() });
  /** @type {Record<string, any>} */
  const { memory, workflows, scores, backgroundTasks, threadState } = storage.stores ?? {};
  await memory.saveThread({ thread: thread('t'), ...newer });
  await memory.saveMessages({ messages: conversation(3), ...newer });
  return { memory, workflows, scores, backgroundTasks, threadState };
}

describe('names that this version does not know', () => {
  it('are ignored by the methods for threads and messages', async () => {
    const { memory } = await domains();
    const filter = { resourceId: 'alice', ...newer };
    expect((await memory.listThreads({ filter, ...newer })).total).toBe(1);
    const asked = {
      threadId: 't',
      include: [{ id: 'm001', ...newer }],
      filter: { dateRange: { end: at(2), ...newer }, ...newer },
      orderBy: { direction: 'DESC', ...newer },
      ...newer,
    };
    expect(ids((await memory.listMessages(asked)).messages)).toEqual(['m002', 'm001']);
    expect(await memory.getThreadById({ threadId: 't', ...newer })).toMatchObject({ id: 't' });
    expect(await memory.updateThread({ id: 't', title: 'x', ...newer })).toMatchObject({ title: 'x' });
    expect((await memory.listMessagesById({ messageIds: ['m001'], ...newer })).messages).toHaveLength(1);
    const options = { messageLimit: 1, messageFilter: { ...newer }, ...newer };
    expect((await memory.copyThread({ sourceThreadId: 't', options, ...newer })).thread.id).not.toBe('t');
    await memory.updateResource({ resourceId: 'alice', workingMemory: 'x', ...newer });
    expect(await memory.getResourceById({ resourceId: 'alice', ...newer })).toMatchObject({ id: 'alice' });
    await memory.deleteThread({ threadId: 't', ...newer });
  });

  it('are ignored by the methods for all else', async () => {
    const { workflows, scores, backgroundTasks, threadState } = await domains();
    const run = { workflowName: 'order', runId: 'r' };
    await workflows.persistWorkflowSnapshot({ ...run, snapshot: snapshot('r'), ...newer });
    expect((await workflows.listWorkflowRuns({ workflowName: 'order', ...newer })).total).toBe(1);
    await scores.saveScore(score({ id: 's' }));
    const pagination = { page: 0, perPage: 5, ...newer };
    expect(
      (await scores.listScoresByScorerId({ scorerId: 'scorer', pagination, ...newer })).scores,
    ).toBeDefined();
    await backgroundTasks.createTask(task('k'));
    expect((await backgroundTasks.listTasks({ ...newer })).total).toBe(1);
    expect(await backgroundTasks.updateTask('k', { retryCount: 1 }, { ...newer })).toBe(true);
    await threadState.setState({ threadId: 't', type: 'x', value: 1, ...newer });
    expect(await threadState.getState({ threadId: 't', type: 'x', ...newer })).toBe(1);
  });
});

describe('undefined', () => {
  it('is as good as nothing, in filters too', async () => {
    const { memory } = await domains();
    expect((await memory.listThreads({ filter: { resourceId: undefined } })).total).toBe(1);
    expect((await memory.listThreads({ filter: undefined, orderBy: undefined })).total).toBe(1);
    const asked = { threadId: 't', resourceId: undefined, filter: { dateRange: undefined } };
    expect((await memory.listMessages(asked)).total).toBe(3);
  });
});

describe('an order that is none', () => {
  it.each(['desc', 7, null, { direction: 'sideways' }, { field: 'title' }, ['x']])(
    '%j is ignored',
    async (orderBy) => {
      const { memory } = await domains();
      await memory.saveThread({ thread: thread('u', { createdAt: at(1) }) });
      expect(ids((await memory.listThreads({ orderBy })).threads)).toEqual(['u', 't']);
      const { messages } = await memory.listMessages({ threadId: 't', orderBy });
      expect(ids(messages)).toEqual(['m001', 'm002', 'm003']);
    },
  );
});

describe('what is refused all the same', () => {
  it("an empty owner, which would show everybody's threads", async () => {
    const { memory } = await domains();
    await expect(memory.listThreads({ filter: { resourceId: '' } })).rejects.toThrow(
      'filter.resourceId must not be empty',
    );
  });

  it('an empty owner elsewhere is none', async () => {
    const { memory, workflows, backgroundTasks } = await domains();
    expect((await memory.listMessages({ threadId: 't', resourceId: '' })).total).toBe(3);
    expect((await workflows.listWorkflowRuns({ resourceId: '' })).total).toBe(0);
    expect((await backgroundTasks.listTasks({ threadId: '', agentId: null })).total).toBe(0);
  });

  it.each([[[message('m')]], [{}], [{ messages: {} }], [{ message: [message('m')] }], [undefined]])(
    'messages that would be saved nowhere: %j',
    async (args) => {
      const { memory } = await domains();
      await expect(memory.saveMessages(args)).rejects.toMatchObject({
        id: 'MASTRA_STORAGE_CLOUDFLARE_SAVE_MESSAGES_FAILED',
        cause: { code: 'INVALID_ARGUMENT' },
      });
    },
  );
});

describe('the configuration', () => {
  const kv = createMemoryNamespace;
  const bindings = () => ({ threads: kv(), messages: kv() });
  const classes = /** @type {[string, new (config: any) => object][]} */ ([
    ['CloudflareStore', CloudflareStore],
    ['MemoryStorageCloudflare', MemoryStorageCloudflare],
    ['WorkflowsStorageCloudflare', WorkflowsStorageCloudflare],
    ['ScoresStorageCloudflare', ScoresStorageCloudflare],
    ['BackgroundTasksStorageCloudflare', BackgroundTasksStorageCloudflare],
    ['ThreadStateStorageCloudflare', ThreadStateStorageCloudflare],
  ]);

  it.each(classes)('%s refuses what it does not know', (_, Class) => {
    for (const [name, suggestion] of [
      ['prefix', 'keyPrefix'],
      ['disableinit', 'disableInit'],
      ['domains', undefined],
    ]) {
      const text = suggestion === undefined ? 'known: ' : `did you mean "${suggestion}"?`;
      expect(() => new Class({ bindings: bindings(), [String(name)]: 'x' })).toThrow(
        `unknown option "${name}"; ${text}`,
      );
    }
    expect(() => new Class({ bindings: { ...bindings(), resource: kv() } })).toThrow(
      'did you mean "resources"?',
    );
  });

  it.each(classes)("%s takes Mastra's own", (_, Class) => {
    const retention = { memory: { threads: { maxAge: '1d' } } };
    new Class({ bindings: bindings(), id: 'x', name: 'y', disableInit: true, retention });
    new Class({ client: { apiToken: 'secret-token' }, accountId: 'a', namespacePrefix: 'p', id: 'x' });
  });

  it.each(classes.slice(1))('%s takes a plain store, and nothing else, to share', async (_, Class) => {
    new Class({ store: new PlainStore({ backend: createMemoryBackend() }) });
    expect(() => new Class({ store: undefined })).toThrow('store must be a CloudflareStore');
    expect(() => new Class({ store: {} })).toThrow('store must be a CloudflareStore');
  });

  it('leaves a shared plain store as strict as it is', async () => {
    /** @type {any} */
    const store = new PlainStore({ backend: createMemoryBackend() });
    /** @type {any} */
    const memory = new MemoryStorageCloudflare({ store });
    expect((await memory.listThreads({ ...newer })).total).toBe(0);
    await expect(store.listThreads({ ...newer })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
