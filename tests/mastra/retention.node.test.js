/** What grows too old: `prune()`, by the policies of the store or of the call. */

import { MastraCompositeStore } from '@mastra/core/storage';
import { describe, expect, it } from 'vitest';
import {
  BackgroundTasksStorageCloudflare,
  MemoryStorageCloudflare,
  ScoresStorageCloudflare,
  ThreadStateStorageCloudflare,
  WorkflowsStorageCloudflare,
} from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { score } from './scores.js';
import { makeSubject } from './support.js';
import { task } from './tasks.js';
import { snapshot } from './workflows.js';
import { START } from '../support/clock.js';
import { message, thread } from '../support/records.js';

const DAY = 24 * 3600 * 1000;
/** @param {number} days  before the tests begin */
const ago = (days) => new Date(START - days * DAY);

/** @param {object} [retention] */
async function grown(retention) {
  const subject = await makeSubject(({ now }) => ({ backend: createMemoryBackend({ now }), retention }));
  const { memory, workflows, scores, backgroundTasks, threadState, clock } = subject;
  clock.advance(-10 * DAY);
  await threadState.setState({ threadId: 'old', type: 'task', value: 1 });
  await workflows.persistWorkflowSnapshot({ workflowName: 'wf', runId: 'old', snapshot: snapshot('old') });
  await scores.saveScore(score({ id: 'old' }));
  clock.advance(10 * DAY);
  for (const [id, days] of /** @type {[string, number][]} */ ([
    ['old', 10],
    ['new', 1],
  ])) {
    await memory.saveThread({ thread: thread(id, { createdAt: ago(days), updatedAt: ago(days) }) });
    await memory.saveMessages({ messages: [message(`m-${id}`, 0, { threadId: id, createdAt: ago(days) })] });
    await memory.saveResource({
      resource: { id, workingMemory: id, createdAt: ago(days), updatedAt: ago(days) },
    });
    await backgroundTasks.createTask(task(id, { status: 'completed', completedAt: ago(days) }));
  }
  await threadState.setState({ threadId: 'new', type: 'task', value: 1 });
  await workflows.persistWorkflowSnapshot({ workflowName: 'wf', runId: 'new', snapshot: snapshot('new') });
  await scores.saveScore(score({ id: 'new' }));
  await backgroundTasks.createTask(task('unfinished', { createdAt: ago(100) }));
  return subject;
}

/** @param {any} subject @returns {Promise<Record<string, string[]>>} */
async function left({ memory, workflows, scores, backgroundTasks, threadState }) {
  const has = async (/** @type {(id: string) => Promise<any>} */ read) => {
    const found = await Promise.all(['old', 'new'].map(async (id) => ((await read(id)) ? id : null)));
    return found.filter((id) => id !== null);
  };
  return {
    threads: await has((threadId) => memory.getThreadById({ threadId })),
    messages: await has(async (threadId) => (await memory.listMessages({ threadId })).total),
    resources: await has((resourceId) => memory.getResourceById({ resourceId })),
    workflows: await has((runId) => workflows.getWorkflowRunById({ runId, workflowName: 'wf' })),
    scores: await has((id) => scores.getScoreById({ id })),
    tasks: await has((id) => backgroundTasks.getTask(id)),
    states: await has((threadId) => threadState.getState({ threadId, type: 'task' })),
  };
}

const BOTH = ['old', 'new'];
const EVERYTHING = {
  threads: BOTH,
  messages: BOTH,
  resources: BOTH,
  workflows: BOTH,
  scores: BOTH,
  tasks: BOTH,
  states: BOTH,
};
/** @type {import('@mastra/core/storage').TableRetentionPolicy} */
const week = { maxAge: '7d' };

describe('prune', () => {
  it('takes nothing without a policy', async () => {
    const subject = await grown();
    expect(await subject.storage.prune()).toEqual([]);
    expect(await left(subject)).toEqual(EVERYTHING);
  });

  /** @type {[string, any, object, { domain: string, table: string }][]} */
  const policies = [
    [
      'messages',
      { memory: { messages: week } },
      { messages: ['new'] },
      { domain: 'memory', table: 'mastra_messages' },
    ],
    [
      'threads, and their messages with them',
      { memory: { threads: week } },
      { threads: ['new'], messages: ['new'] },
      { domain: 'memory', table: 'mastra_threads' },
    ],
    [
      'resources',
      { memory: { resources: week } },
      { resources: ['new'] },
      { domain: 'memory', table: 'mastra_resources' },
    ],
    [
      'tasks, once they are finished',
      { backgroundTasks: { backgroundTasks: week } },
      { tasks: ['new'] },
      { domain: 'backgroundTasks', table: 'mastra_background_tasks' },
    ],
    [
      'scores',
      { scores: { scorers: week } },
      { scores: ['new'] },
      { domain: 'scores', table: 'mastra_scorers' },
    ],
    [
      'workflow runs',
      { workflows: { workflowSnapshot: week } },
      { workflows: ['new'] },
      { domain: 'workflows', table: 'mastra_workflow_snapshot' },
    ],
    [
      'thread states',
      { threadState: { threadState: week } },
      { states: ['new'] },
      { domain: 'threadState', table: 'mastra_thread_state' },
    ],
  ];
  it.each(policies)('takes old %s', async (_, retention, expected, result) => {
    const subject = await grown();
    expect(await subject.storage.prune({ retention })).toEqual([{ ...result, deleted: 1, done: true }]);
    expect(await left(subject)).toEqual({ ...EVERYTHING, ...expected });
    expect(await subject.backgroundTasks.getTask('unfinished')).not.toBeNull();
  });

  it('follows the policies of the store', async () => {
    const retention = { memory: { messages: week, threads: week }, scores: { scorers: week } };
    const subject = await grown(retention);
    const results = await subject.storage.prune();
    expect(results.map((/** @type {any} */ { table }) => table)).toEqual([
      'mastra_messages',
      'mastra_threads',
      'mastra_scorers',
    ]);
    expect(await left(subject)).toMatchObject({ threads: ['new'], messages: ['new'], scores: ['new'] });
  });

  it('goes no further than it may, and then goes on', async () => {
    const { memory, storage } = await makeSubject(() => ({ backend: createMemoryBackend() }));
    for (let i = 0; i < 5; i++) {
      await memory.saveThread({ thread: thread(`t${i}`, { createdAt: ago(10), updatedAt: ago(10) }) });
    }
    const retention = { memory: { threads: week } };
    expect(await storage.prune({ retention, maxRows: 3 })).toMatchObject([{ deleted: 3, done: false }]);
    expect(await storage.prune({ retention, maxRows: 3 })).toMatchObject([{ deleted: 2, done: true }]);
    expect((await memory.listThreads({})).total).toBe(0);
  });

  it('of a mixed store asks each domain', async () => {
    const { memory } = await grown();
    const domains = /** @type {any} */ ({ memory });
    const mixed = new MastraCompositeStore({
      id: 'mixed',
      domains,
      retention: { memory: { messages: week } },
    });
    expect(await mixed.prune()).toMatchObject([
      { domain: 'memory', table: 'mastra_messages', deleted: 1, done: true },
    ]);
  });

  it('knows the tables by Mastra’s names', () => {
    const domains = [
      MemoryStorageCloudflare,
      WorkflowsStorageCloudflare,
      ScoresStorageCloudflare,
      BackgroundTasksStorageCloudflare,
      ThreadStateStorageCloudflare,
    ];
    expect(domains.flatMap(({ retentionTables }) => Object.keys(retentionTables))).toEqual([
      'threads',
      'messages',
      'resources',
      'workflowSnapshot',
      'scorers',
      'backgroundTasks',
      'threadState',
    ]);
  });
});
