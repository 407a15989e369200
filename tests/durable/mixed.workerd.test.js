/** Table by table: conversations in KV, runs and tasks in a Durable Object. */

import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { conversation, thread } from '../support/records.js';
import { makeClock } from '../support/clock.js';
import { newObject, OBJECTS, storageOf } from './support.workerd.js';

const { THREADS_KV: threads, MESSAGES_KV: messages } = /** @type {any} */ (env);
const objects = { workflow_snapshot: OBJECTS, background_tasks: OBJECTS, observational_memory: OBJECTS };
const run = { workflowName: 'order', runId: 'r' };
const task = {
  id: 'job',
  status: 'pending',
  toolName: 's',
  toolCallId: 'c',
  args: {},
  agentId: 'a',
  runId: 'r',
};

function open() {
  const clock = makeClock();
  const keyPrefix = newObject(clock);
  const config = /** @type {any} */ ({ bindings: { threads, messages, ...objects }, keyPrefix });
  const store = /** @type {any} */ (new CloudflareStore(config));
  const inKV = async () => {
    const lists = [threads, messages].map((kv) => kv.list({ prefix: keyPrefix }));
    return (await Promise.all(lists)).flatMap(({ keys }) => keys.map((/** @type {any} */ { name }) => name));
  };
  const inObject = async () => {
    const [{ keys = [] }] = await storageOf(keyPrefix, clock.now).run([
      { kind: 'list', space: 0, table: 'any', prefix: keyPrefix, cursor: null, limit: 1000 },
    ]);
    return keys.map(({ name }) => name);
  };
  /** @param {() => Promise<string[]>} list */
  const tablesOf = async (list) =>
    [...new Set((await list()).map((key) => key.slice(keyPrefix.length).split(':')[0]))].sort();
  return { store, config, inKV: () => tablesOf(inKV), inObject: () => tablesOf(inObject) };
}

/** @param {any} store */
async function fill(store) {
  await store.init();
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: conversation(2) });
  await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended' } });
  await store.createTask(task);
  await store.initializeObservationalMemory({
    threadId: null,
    resourceId: 'alice',
    scope: 'resource',
    config: {},
  });
}

describe('a store with two homes', () => {
  it('keeps each table where it is bound, and its format in both', async () => {
    const { store, inKV, inObject } = open();
    await fill(store);
    expect(await inKV()).toEqual(['messages', 'metadata', 'threads']);
    expect(await inObject()).toEqual([
      'background_tasks',
      'metadata',
      'observational_memory',
      'workflow_snapshot',
    ]);
    expect((await store.listMessages({ threadId: 't' })).total).toBe(2);
    expect(await store.loadWorkflowSnapshot(run)).toEqual({ status: 'suspended' });
    expect((await store.listTasks({})).total).toBe(1);
    expect(await store.getObservationalMemory(null, 'alice')).not.toBeNull();
    expect(store.supportsConcurrentUpdates()).toBe(true);
    expect(store.stats().operations.put).toBeGreaterThan(5);
  });

  it('clears a table where it is, and all of both', async () => {
    const { store, inKV, inObject } = open();
    await fill(store);
    await store.clearTable({ tableName: 'background_tasks' });
    expect(await inObject()).not.toContain('background_tasks');
    expect(await inKV()).toContain('threads');
    expect((await store.sweep()).pending).toBe(0);
    expect((await store.dangerouslyClearAll()).deleted).toBeGreaterThan(4);
    expect([...(await inKV()), ...(await inObject())]).toEqual([]);
  });

  it('serves Mastra’s domains', async () => {
    const { config } = open();
    const storage = new MastraStore(config);
    const { workflows, memory } = /** @type {any} */ (storage.stores);
    expect(workflows.supportsConcurrentUpdates()).toBe(true);
    await memory.saveThread({ thread: thread('t') });
    await workflows.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended', context: {} } });
    const opts = { status: 'running', expectedStatus: 'suspended' };
    const resumed = await Promise.all([1, 2, 3].map(() => workflows.updateWorkflowState({ ...run, opts })));
    expect(resumed.filter((one) => one !== undefined)).toHaveLength(1);
  });

  it('follows the home of the runs', () => {
    const bindings = { threads, messages, background_tasks: OBJECTS };
    const follows = (/** @type {any} */ options) =>
      new CloudflareStore(/** @type {any} */ ({ bindings, ...options })).supportsConcurrentUpdates();
    expect(follows({})).toBe(false);
    expect(follows({ assumeSingleWriter: true, snapshots: 'all', consistency: 'strict' })).toBe(true);
    expect(new CloudflareStore({ bindings: { default: OBJECTS } }).supportsConcurrentUpdates()).toBe(true);
  });
});
