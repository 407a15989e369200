import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/**
 * A run that stands somewhere: what an engine stores of it.
 *
 * @param {string} runId
 * @param {string} status
 * @param {object} [fields]
 * @returns {any}
 */
export function snapshot(runId, status = 'success', fields = {}) {
  const context = { input: { city: 'Kyoto' }, 'step-1': { status: 'success', output: { celsius: 21 } } };
  const paths = {
    activePaths: [],
    activeStepsPath: {},
    suspendedPaths: {},
    waitingPaths: {},
    resumeLabels: {},
  };
  return {
    ...{ runId, status, value: { 'step-1': 'success' }, context, ...paths },
    ...{ serializedStepGraph: [{ type: 'step', step: { id: 'step-1' } }], timestamp: 1_700_000_000_000 },
    ...fields,
  };
}

/** @param {{ runs: { runId: string }[] }} page */
const runIds = ({ runs }) => runs.map(({ runId }) => runId);

/** @param {import('./support.js').Make} make */
export function workflows(make) {
  /** @param {any} domain @param {string} runId @param {Record<string, any>} [args] */
  const persist = (domain, runId, { workflowName = 'wf', status = 'success', ...args } = {}) =>
    domain.persistWorkflowSnapshot({ workflowName, runId, snapshot: snapshot(runId, status), ...args });

  /** Three runs of two workflows, made a second apart. */
  async function prepared() {
    const subject = await make();
    const { workflows } = subject;
    await persist(workflows, 'r1', { createdAt: at(1), resourceId: 'alice' });
    await persist(workflows, 'r2', { createdAt: at(2), status: 'suspended', resourceId: 'bob' });
    await persist(workflows, 'r3', { createdAt: at(3), workflowName: 'other', resourceId: 'alice' });
    return subject;
  }

  describe('workflow runs', () => {
    it('are none at first', async () => {
      const { workflows } = await make();
      expect(await workflows.listWorkflowRuns()).toEqual({ runs: [], total: 0 });
    });

    it('are listed, newest first', async () => {
      const { workflows } = await prepared();
      const page = await workflows.listWorkflowRuns();
      expect(runIds(page)).toEqual(['r3', 'r2', 'r1']);
      expect(page.total).toBe(3);
    });

    it('are listed by workflow', async () => {
      const { workflows } = await prepared();
      const page = await workflows.listWorkflowRuns({ workflowName: 'wf' });
      expect(runIds(page)).toEqual(['r2', 'r1']);
      expect(page.total).toBe(2);
    });

    it('are listed by status', async () => {
      const { workflows } = await prepared();
      const page = await workflows.listWorkflowRuns({ status: 'suspended' });
      expect(runIds(page)).toEqual(['r2']);
      expect(page.runs[0].snapshot.status).toBe('suspended');
    });

    it('are listed by date, both ends included', async () => {
      const { workflows } = await prepared();
      /** @param {object} dates */
      const between = async (dates) => runIds(await workflows.listWorkflowRuns(dates));
      expect(await between({ fromDate: at(2), toDate: at(3) })).toEqual(['r3', 'r2']);
      expect(await between({ fromDate: at(2) })).toEqual(['r3', 'r2']);
      expect(await between({ toDate: at(2) })).toEqual(['r2', 'r1']);
    });

    it('come in pages', async () => {
      const { workflows } = await prepared();
      const first = await workflows.listWorkflowRuns({ page: 0, perPage: 2 });
      const second = await workflows.listWorkflowRuns({ page: 1, perPage: 2 });
      expect([runIds(first), runIds(second)]).toEqual([['r3', 'r2'], ['r1']]);
      expect([first.total, second.total]).toEqual([3, 3]);
    });

    it('are found by id', async () => {
      const { workflows } = await prepared();
      const found = {
        runId: 'r2',
        workflowName: 'wf',
        resourceId: 'bob',
        snapshot: snapshot('r2', 'suspended'),
      };
      expect(await workflows.getWorkflowRunById({ runId: 'r2', workflowName: 'wf' })).toMatchObject(found);
      expect(await workflows.getWorkflowRunById({ runId: 'r2' })).toMatchObject(found);
    });

    it('are deleted by id, more than once', async () => {
      const { workflows } = await prepared();
      for (let i = 0; i < 2; i++) await workflows.deleteWorkflowRunById({ runId: 'r1', workflowName: 'wf' });
      expect(await workflows.getWorkflowRunById({ runId: 'r1', workflowName: 'wf' })).toBeNull();
      expect(runIds(await workflows.listWorkflowRuns())).toEqual(['r3', 'r2']);
    });

    it('that do not exist are null', async () => {
      const { workflows } = await prepared();
      expect(await workflows.getWorkflowRunById({ runId: 'nobody', workflowName: 'wf' })).toBeNull();
      expect(await workflows.getWorkflowRunById({ runId: 'r1', workflowName: 'other' })).toBeNull();
      expect(await workflows.getWorkflowRunById({ runId: 'nobody' })).toBeNull();
    });

    it('are listed by owner', async () => {
      const { workflows } = await prepared();
      const page = await workflows.listWorkflowRuns({ resourceId: 'alice' });
      expect(runIds(page)).toEqual(['r3', 'r1']);
      expect(page.runs.map((/** @type {any} */ { resourceId }) => resourceId)).toEqual(['alice', 'alice']);
    });

    it('of nobody are none', async () => {
      const { workflows } = await prepared();
      expect(await workflows.listWorkflowRuns({ resourceId: 'nobody' })).toEqual({ runs: [], total: 0 });
    });

    it('have Dates when found', async () => {
      const { workflows } = await prepared();
      const run = await workflows.getWorkflowRunById({ runId: 'r1', workflowName: 'wf' });
      expect(run.createdAt).toEqual(at(1));
      expect([run.createdAt, run.updatedAt]).toEqual([expect.any(Date), expect.any(Date)]);
    });

    it('have Dates when listed', async () => {
      const { workflows } = await prepared();
      for (const run of (await workflows.listWorkflowRuns()).runs) {
        expect([run.createdAt, run.updatedAt]).toEqual([expect.any(Date), expect.any(Date)]);
      }
    });
  });

  describe('workflow snapshots', () => {
    it('are loaded as they were stored', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1');
      const loaded = await workflows.loadWorkflowSnapshot({ workflowName: 'wf', runId: 'r1' });
      expect(loaded).toEqual(snapshot('r1'));
    });

    it('that do not exist are null', async () => {
      const { workflows } = await make();
      expect(await workflows.loadWorkflowSnapshot({ workflowName: 'wf', runId: 'nobody' })).toBeNull();
    });

    it('are written over', async () => {
      const { workflows } = await make();
      for (const status of ['running', 'waiting', 'success']) await persist(workflows, 'r1', { status });
      const loaded = await workflows.loadWorkflowSnapshot({ workflowName: 'wf', runId: 'r1' });
      expect(loaded.status).toBe('success');
      expect((await workflows.listWorkflowRuns()).total).toBe(1);
    });

    it('may be as deep as they like', async () => {
      const { workflows } = await make();
      const context = {
        input: { text: 'Grüße 🎉 "quoted"', list: [1, null, [true, { deep: [0.1, 1e21] }]] },
        'step/1:a': { status: 'suspended', suspendPayload: { __streamState: { messages: [{ id: 'm' }] } } },
      };
      const given = snapshot('r1', 'suspended', { context, suspendedPaths: { 'step/1:a': [0, 2] } });
      await workflows.persistWorkflowSnapshot({ workflowName: 'wf', runId: 'r1', snapshot: given });
      expect(await workflows.loadWorkflowSnapshot({ workflowName: 'wf', runId: 'r1' })).toEqual(given);
    });

    it('keep the owner of their run', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { resourceId: 'alice', status: 'suspended' });
      await persist(workflows, 'r1', { status: 'success' });
      const run = await workflows.getWorkflowRunById({ runId: 'r1', workflowName: 'wf' });
      expect(run).toMatchObject({ resourceId: 'alice', snapshot: snapshot('r1', 'success') });
    });
  });

  describe('updates of a workflow run', () => {
    /** @param {string} runId */
    const wf = (runId) => ({ workflowName: 'wf', runId });
    /** @param {any} domain @param {number} n */
    const result = (domain, n, requestContext = {}) =>
      domain.updateWorkflowResults({
        ...wf('r1'),
        stepId: `step-${n}`,
        result: { status: 'success', output: { n }, payload: {}, startedAt: 1, endedAt: 2 },
        requestContext,
      });

    it('merge the results of steps', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { status: 'running' });
      await result(workflows, 2);
      const context = await result(workflows, 3);
      expect(context).toMatchObject({
        input: { city: 'Kyoto' },
        'step-1': { output: { celsius: 21 } },
        'step-2': { output: { n: 2 } },
        'step-3': { output: { n: 3 } },
      });
      expect((await workflows.loadWorkflowSnapshot(wf('r1'))).context).toEqual(context);
    });

    it('merge one state after another', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { status: 'running' });
      await workflows.updateWorkflowState({
        ...wf('r1'),
        opts: { status: 'suspended', suspendedPaths: { a: [0] } },
      });
      const opts = { status: 'success', result: { status: 'success', output: 1 } };
      const updated = await workflows.updateWorkflowState({ ...wf('r1'), opts });
      expect(updated).toMatchObject({ status: 'success', suspendedPaths: { a: [0] }, result: { output: 1 } });
      expect(await workflows.loadWorkflowSnapshot(wf('r1'))).toEqual(updated);
    });

    it('of an unknown run change nothing', async () => {
      const { workflows } = await make();
      const opts = { status: 'success' };
      expect(await workflows.updateWorkflowState({ ...wf('nobody'), opts })).toBeUndefined();
      expect(await workflows.loadWorkflowSnapshot(wf('nobody'))).toBeNull();
    });

    it('keep three results that come at once', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { status: 'running' });
      await Promise.all([2, 3, 4].map((n) => result(workflows, n, { [`key-${n}`]: n })));
      const loaded = await workflows.loadWorkflowSnapshot(wf('r1'));
      expect(Object.keys(loaded.context).sort()).toEqual(['input', 'step-1', 'step-2', 'step-3', 'step-4']);
      expect(loaded.requestContext).toEqual({ 'key-2': 2, 'key-3': 3, 'key-4': 4 });
    });

    it('keep two states that come at once', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { status: 'running' });
      await Promise.all([
        workflows.updateWorkflowState({
          ...wf('r1'),
          opts: { status: 'running', suspendedPaths: { a: [1] } },
        }),
        workflows.updateWorkflowState({ ...wf('r1'), opts: { status: 'running', waitingPaths: { b: [2] } } }),
      ]);
      const loaded = await workflows.loadWorkflowSnapshot(wf('r1'));
      expect(loaded).toMatchObject({ suspendedPaths: { a: [1] }, waitingPaths: { b: [2] } });
    });

    it('are refused in another state than the expected one', async () => {
      const { workflows } = await make();
      await persist(workflows, 'r1', { status: 'suspended' });
      /** @param {any} expectedStatus */
      const resume = (expectedStatus) =>
        workflows.updateWorkflowState({ ...wf('r1'), opts: { status: 'running', expectedStatus } });
      expect(await resume('waiting')).toBeUndefined();
      expect(await resume(['waiting', 'paused'])).toBeUndefined();
      const resumed = await resume(['waiting', 'suspended']);
      expect(resumed.status).toBe('running');
      expect(resumed).not.toHaveProperty('expectedStatus');
      expect(await resume('suspended')).toBeUndefined();
    });
  });
}
