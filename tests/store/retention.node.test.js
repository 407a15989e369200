/** How retention reaches KV: records that are written while a policy is configured go by themselves. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const score = { id: 's', scorerId: 's', entityId: 'e', runId: 'r', score: 1, scorer: {}, entity: {} };

/** @param {any} retention */
function world(retention) {
  const clock = { now: START };
  const now = () => clock.now;
  const backend = createMemoryBackend({ now });
  const open = () =>
    /** @type {any} */ (new CloudflareStore({ backend, retention, core: createCore({ now }) }));
  /** @param {string} key */
  const expires = (key) => {
    const entry = backend.spaces[0].get(key);
    if (typeof entry === 'number') throw new Error(`no key ${key}`);
    return entry.expires === 0 ? null : entry.expires * 1000 - START;
  };
  return { clock, backend, store: open(), open, expires };
}

describe('a record whose table has a policy', () => {
  it('expires at its age', async () => {
    const { clock, backend, store, open, expires } = world({
      scores: { scorers: { maxAge: '2h' } },
      threadState: { threadState: { maxAge: HOUR } },
    });
    await store.saveScore({ ...score, source: 'LIVE' });
    await store.setState({ threadId: 't', type: 'x', value: 1 });
    expect(expires('scores:s')).toBe(2 * HOUR);
    expect(expires('thread_state:t:x')).toBe(HOUR);
    clock.now += HOUR;
    expect(await open().getState({ threadId: 't', type: 'x' })).toBeUndefined();
    expect(await open().getScoreById({ id: 's' })).not.toBeNull();
    clock.now += HOUR;
    expect((await open().listScoresByRunId({ runId: 'r' })).scores).toEqual([]);
    expect(backend.spaces[0].keys()).toEqual([]);
  });

  it('lives on when it is used: what counts from its last change', async () => {
    const { clock, store, expires } = world({ threadState: { threadState: { maxAge: HOUR } } });
    await store.setState({ threadId: 't', type: 'x', value: 1 });
    clock.now += HOUR / 2;
    await store.setState({ threadId: 't', type: 'x', value: 2 });
    expect(expires('thread_state:t:x')).toBe(1.5 * HOUR);
  });

  it('stays while a task is not completed', async () => {
    const { store, expires } = world({ backgroundTasks: { backgroundTasks: { maxAge: HOUR } } });
    await store.createTask({ id: 't', status: 'running', createdAt: new Date(START) });
    expect(expires('background_tasks:t')).toBeNull();
    await store.updateTask('t', { status: 'completed', completedAt: new Date(START + HOUR) });
    expect(expires('background_tasks:t')).toBe(2 * HOUR);
  });

  it('counts from the last change of a workflow run, also of one whose progress was held', async () => {
    const { clock, store, expires } = world({ workflows: { workflowSnapshot: { maxAge: HOUR } } });
    const run = { workflowName: 'w', runId: 'r' };
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running', context: {} } });
    await store.close();
    expect(expires('workflow_snapshot:r:w')).toBe(HOUR);
    clock.now += HOUR / 2;
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'success', context: {} } });
    expect(expires('workflow_snapshot:r:w')).toBe(1.5 * HOUR);
  });

  it('never asks KV for less than it allows', async () => {
    const { store, expires } = world({ scores: { scorers: { maxAge: 0 } } });
    await store.saveScore({ ...score, source: 'LIVE' });
    expect(expires('scores:s')).toBe(90_000);
  });
});

describe('a record whose table has none', () => {
  it('stays', async () => {
    const { store, expires } = world(undefined);
    await store.saveScore({ ...score, source: 'LIVE' });
    expect(expires('scores:s')).toBeNull();
  });
});

describe('a policy that is none', () => {
  it.each([
    { scores: { scorers: { maxAge: 'soon' } } },
    { scores: { scorers: {} } },
    { memory: { messages: { maxAge: '30d', batchSize: 0 } } },
    { memory: { messages: 7 } },
    7,
  ])('is refused by the constructor: %j', (retention) => {
    expect(() => world(retention)).toThrow(/^retention/);
  });
});
