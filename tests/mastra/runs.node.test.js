/** Workflow runs beyond Mastra's suite: who wins, what is kept where, and what it costs. */

import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { limitWrites } from '../support/faults.js';
import { makeSubject } from './support.js';
import { snapshot } from './workflows.js';
import { at, thread } from '../support/records.js';

const wf = { workflowName: 'wf', runId: 'r' };
const calm = () => makeSubject(() => ({ backend: createMemoryBackend() }));

describe('snapshots that nobody waits for', () => {
  it('end as the last call said', async () => {
    const limited = (/** @type {any} */ { now }) => ({
      backend: limitWrites(createMemoryBackend(), { now }),
    });
    const { workflows, reopen } = await makeSubject(limited);
    const statuses = ['running', 'suspended', 'running', 'waiting', 'success'];
    await Promise.all(
      statuses.map((status) => workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', status) })),
    );
    for (const reader of [workflows, (await reopen()).workflows]) {
      expect((await reader.loadWorkflowSnapshot(wf)).status).toBe('success');
    }
  });

  it('are as they were when the call was made', async () => {
    const { workflows } = await calm();
    const given = snapshot('r', 'suspended');
    const call = workflows.persistWorkflowSnapshot({ ...wf, snapshot: given });
    given.context['step-1'].output.celsius = -1;
    given.status = 'running';
    await call;
    expect(await workflows.loadWorkflowSnapshot(wf)).toEqual(snapshot('r', 'suspended'));
  });
});

describe('what JSON has no word for', () => {
  /** What a step may return: a BigInt, and an object that stands in itself, at several depths. */
  function odd() {
    const output = /** @type {any} */ ({ wei: 10n ** 20n, list: [1n, null], when: at(1), plain: { n: 1 } });
    output.same = [output.plain, output.plain];
    output.self = output;
    output.list.push(output.list, { up: output });
    output.error = { toJSON: () => ({ name: 'Error', cause: output.error }) };
    return output;
  }
  const kept = {
    ...{
      wei: '100000000000000000000',
      list: ['1', null, null, {}],
      when: at(1).toISOString(),
      plain: { n: 1 },
    },
    ...{ same: [{ n: 1 }, { n: 1 }], error: { name: 'Error' } },
  };

  it('does not fail a run: a BigInt is text, a cycle is left out', async () => {
    const { workflows, reopen } = await calm();
    const given = snapshot('r', 'suspended', { context: { step: { output: odd() } } });
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: given });
    for (const reader of [workflows, (await reopen()).workflows]) {
      expect((await reader.loadWorkflowSnapshot(wf)).context.step.output).toEqual(kept);
    }
  });

  it('may be the result of a step, or stand in its request', async () => {
    const { workflows } = await calm();
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'running') });
    const result = { status: 'success', output: odd() };
    const requestContext = { caller: odd() };
    const context = await workflows.updateWorkflowResults({ ...wf, stepId: 's', result, requestContext });
    expect(context.s.output).toEqual(kept);
    expect((await workflows.loadWorkflowSnapshot(wf)).requestContext.caller).toEqual(kept);
  });

  it('may be the result of a run', async () => {
    const { workflows } = await calm();
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'running') });
    const opts = { status: 'success', expectedStatus: ['running'], result: odd(), error: 7n };
    const updated = await workflows.updateWorkflowState({ ...wf, opts });
    expect(updated).toMatchObject({ status: 'success', result: kept, error: '7' });
  });

  it('changes nothing about which call is the last', async () => {
    const { workflows } = await calm();
    const calls = [odd(), 'plain'].map((output) =>
      workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'suspended', { output }) }),
    );
    await Promise.all(calls);
    expect((await workflows.loadWorkflowSnapshot(wf)).output).toBe('plain');
  });

  it('is refused everywhere else', async () => {
    const { workflows, memory, threadState, storage } = await calm();
    const cause = { code: 'INVALID_ARGUMENT' };
    await expect(memory.saveThread({ thread: thread('t', { metadata: odd() }) })).rejects.toMatchObject({
      cause,
    });
    await expect(threadState.setState({ threadId: 't', type: 'x', value: 1n })).rejects.toMatchObject({
      cause,
    });
    const run = { workflowName: 'wf', runId: 7n, snapshot: snapshot('r') };
    await expect(workflows.persistWorkflowSnapshot(run)).rejects.toMatchObject({ cause });
    expect(Object.values(storage.stats().operations).slice(2)).toEqual([1, 0, 0]);
  });
});

describe('a run that stops', () => {
  it.each(['suspended', 'waiting', 'paused', 'success', 'failed'])(
    '%s: is there for another process',
    async (status) => {
      const { workflows, reopen } = await calm();
      await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', status) });
      const other = (await reopen()).workflows;
      expect(await other.loadWorkflowSnapshot(wf)).toEqual(snapshot('r', status));
      expect(await other.getWorkflowRunById({ runId: 'r' })).toMatchObject({
        runId: 'r',
        workflowName: 'wf',
      });
    },
  );

  it('keeps its dates and its owner', async () => {
    const { workflows } = await calm();
    const first = { ...wf, snapshot: snapshot('r', 'suspended'), createdAt: at(1), resourceId: 'alice' };
    await workflows.persistWorkflowSnapshot(first);
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r'), updatedAt: at(9) });
    const run = await workflows.getWorkflowRunById(wf);
    expect(run).toMatchObject({ resourceId: 'alice', createdAt: at(1), updatedAt: at(9) });
  });
});

describe('what a run costs', () => {
  /** @param {object} [config] */
  async function metered(config) {
    const onOperation = vi.fn();
    const subject = await makeSubject(() => ({ backend: createMemoryBackend(), onOperation, ...config }));
    onOperation.mockClear();
    const counts = () => onOperation.mock.calls.map(([{ kind }]) => kind).sort();
    return { ...subject, counts };
  }

  /** @param {any} workflows @param {number} steps */
  async function runThrough(workflows, steps) {
    await workflows.getWorkflowRunById(wf);
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'pending') });
    for (let i = 0; i < 2 * steps; i++) {
      await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'running', { step: i }) });
    }
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'success') });
  }

  it('one put for ten steps', async () => {
    const { workflows, counts } = await metered();
    await runThrough(workflows, 10);
    expect(counts().filter((kind) => kind === 'put')).toHaveLength(1);
  });

  it('nothing is written of an agent’s own runs', async () => {
    const { workflows, counts } = await metered();
    for (const workflowName of ['agentic-loop', 'executionWorkflow']) {
      const run = { workflowName, runId: 'turn' };
      await workflows.getWorkflowRunById(run);
      await workflows.persistWorkflowSnapshot({ ...run, snapshot: snapshot('turn', 'pending') });
    }
    for (const workflowName of ['agentic-loop', 'executionWorkflow']) {
      await workflows.deleteWorkflowRunById({ workflowName, runId: 'turn' });
    }
    expect(counts().filter((kind) => kind === 'put' || kind === 'delete')).toEqual([]);
  });

  it('both of an agent’s own runs are asked for at once', async () => {
    const { workflows, counts } = await metered();
    await workflows.getWorkflowRunById({ workflowName: 'agentic-loop', runId: 'turn' });
    await workflows.getWorkflowRunById({ workflowName: 'executionWorkflow', runId: 'turn' });
    expect(counts().filter((kind) => kind.startsWith('get'))).toHaveLength(1);
  });

  it('a damaged one of them does not hide the other', async () => {
    const backend = createMemoryBackend();
    const { workflows, reopen } = await makeSubject(() => ({ backend }));
    const run = { workflowName: 'agentic-loop', runId: 'turn' };
    await workflows.persistWorkflowSnapshot({ ...run, snapshot: snapshot('turn', 'suspended') });
    const [space, key] = backend.spaces.flatMap((each) =>
      each.keys().flatMap((name) => (name.includes('agentic-loop') ? [[each, name]] : [])),
    )[0];
    /** @type {any} */ (space).put(String(key).replace('agentic-loop', 'executionWorkflow'), '[', null);
    const other = (await reopen()).workflows;
    expect((await other.loadWorkflowSnapshot(run)).status).toBe('suspended');
    const damaged = other.loadWorkflowSnapshot({ ...run, workflowName: 'executionWorkflow' });
    await expect(damaged).rejects.toThrow();
  });

  it('every snapshot where that is asked for', async () => {
    const { workflows, counts, reopen } = await metered({ snapshots: 'all' });
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'running') });
    expect(counts()).toContain('put');
    expect((await (await reopen()).workflows.loadWorkflowSnapshot(wf)).status).toBe('running');
  });
});

describe('updates of one run at once', () => {
  it('are not promised between isolates, unless the user does', async () => {
    expect((await calm()).workflows.supportsConcurrentUpdates()).toBe(false);
    const { workflows } = await makeSubject(() => ({
      backend: createMemoryBackend(),
      assumeSingleWriter: true,
    }));
    expect(workflows.supportsConcurrentUpdates()).toBe(true);
  });

  it('resume a run once', async () => {
    const { workflows } = await calm();
    await workflows.persistWorkflowSnapshot({ ...wf, snapshot: snapshot('r', 'suspended') });
    const opts = { status: 'running', expectedStatus: 'suspended' };
    const resumed = await Promise.all([1, 2, 3].map(() => workflows.updateWorkflowState({ ...wf, opts })));
    expect(resumed.filter((one) => one !== undefined)).toHaveLength(1);
  });
});

describe('looking for a run', () => {
  it('by its id alone finds the newest', async () => {
    const { workflows } = await calm();
    for (const [i, workflowName] of ['a', 'b', 'c'].entries()) {
      const createdAt = at(i === 1 ? 9 : i);
      await workflows.persistWorkflowSnapshot({
        workflowName,
        runId: 'r',
        createdAt,
        snapshot: snapshot('r'),
      });
    }
    expect((await workflows.getWorkflowRunById({ runId: 'r' })).workflowName).toBe('b');
  });

  it('by thread finds those that wait in it', async () => {
    const { workflows } = await calm();
    const waiting = (/** @type {string} */ threadId) => ({
      'tool-step': {
        status: 'suspended',
        suspendPayload: { __streamState: { messageList: { memoryInfo: { threadId } } } },
      },
    });
    for (const [runId, threadId] of [
      ['r1', 't'],
      ['r2', 'u'],
    ]) {
      const given = snapshot(runId, 'suspended', { context: waiting(threadId) });
      await workflows.persistWorkflowSnapshot({ workflowName: 'agentic-loop', runId, snapshot: given });
    }
    const { runs } = await workflows.listWorkflowRuns({ threadId: 't', status: 'suspended' });
    expect(runs.map((/** @type {any} */ { runId }) => runId)).toContain('r1');
  });

  it.each([[{ runId: '', workflowName: 'wf' }], [{ runId: 'r', workflowName: '' }]])(
    'without a name is null: %j',
    async (of) => {
      const { workflows } = await calm();
      expect(await workflows.getWorkflowRunById(of)).toBeNull();
      expect(await workflows.loadWorkflowSnapshot(of)).toBeNull();
      await expect(workflows.deleteWorkflowRunById(of)).rejects.toMatchObject({
        id: 'MASTRA_STORAGE_CLOUDFLARE_DELETE_WORKFLOW_RUN_BY_ID_FAILED',
      });
    },
  );

  it('on a page before the first is an error', async () => {
    const { workflows } = await calm();
    await expect(workflows.listWorkflowRuns({ page: -1, perPage: 1 })).rejects.toThrow('page must be >= 0');
  });
});
