import { describe, expect, it } from 'vitest';
import { START, at, refused } from './support.js';

const run = { workflowName: 'order', runId: 'r1' };

/**
 * @param {string} status
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
const snapshot = (status, fields = {}) => ({
  runId: 'r1',
  status,
  value: {},
  context: { input: { n: 1 } },
  activePaths: [],
  serializedStepGraph: [{ type: 'step', step: { id: 'pack' } }],
  timestamp: START,
  ...fields,
});

/** The snapshot of an agent that waits for approval in a thread. @param {string} threadId */
const ofThread = (threadId) => ({
  input: {},
  ask: {
    status: 'suspended',
    suspendPayload: { __streamState: { messageList: { memoryInfo: { threadId, resourceId: 'alice' } } } },
  },
});

/** The same of a durable agent. @param {string} threadId */
const ofDurableThread = (threadId) => ({ input: { messageListState: { memoryInfo: { threadId } } } });

/** @param {{ runs: any[] }} page */
const runIds = ({ runs }) => runs.map((one) => one.runId);

/**
 * Runs r1, r2, …, made a second apart.
 * @param {any} store
 * @param {Record<string, unknown>[]} runs
 */
async function persistAll(store, runs) {
  for (const [index, fields] of runs.entries()) {
    const { status = 'success', context = {}, ...more } = fields;
    await store.persistWorkflowSnapshot({
      workflowName: 'order',
      runId: `r${index + 1}`,
      createdAt: at(index + 1),
      snapshot: snapshot(/** @type {string} */ (status), { context }),
      ...more,
    });
  }
}

/**
 * Over the REST API the first write finds or makes the namespace, which is no cost of a run's.
 *
 * @param {any} store
 * @returns {Promise<Record<string, number>>} what the store has cost until then
 */
async function makeRoom(store) {
  const other = { workflowName: 'other', runId: 'other', snapshot: snapshot('success') };
  await store.persistWorkflowSnapshot(other);
  return { ...store.stats().operations };
}

/** @param {any} store @param {Record<string, number>} before  from makeRoom */
function costSince(store, before) {
  const counts = Object.entries(store.stats().operations);
  return Object.fromEntries(counts.map(([kind, count]) => [kind, count - before[kind]]));
}

/** @param {import('./support.js').MakeStore} makeStore */
export function workflows(makeStore) {
  describe('persisting a workflow run', () => {
    it.each(['pending', 'running', 'waiting', 'suspended', 'paused', 'success', 'failed', 'canceled'])(
      'gives back the snapshot of a run that is %s',
      async (status) => {
        const { store } = await makeStore();
        const saved = snapshot(status, { result: { text: 'ä€🎉 "x"', n: 1.5, deep: [null, { a: [] }] } });
        await store.persistWorkflowSnapshot({ ...run, snapshot: saved });
        expect(await store.loadWorkflowSnapshot(run)).toEqual(saved);
        expect(await store.getWorkflowRunById(run)).toMatchObject({ ...run, snapshot: saved });
      },
    );

    it('tells when, and for whom', async () => {
      const { store } = await makeStore();
      const dates = { createdAt: at(1), updatedAt: at(2) };
      await store.persistWorkflowSnapshot({
        ...run,
        ...dates,
        resourceId: 'alice',
        snapshot: snapshot('success'),
      });
      expect(await store.getWorkflowRunById(run)).toMatchObject({ resourceId: 'alice', ...dates });
    });

    it('keeps createdAt and resource, and moves updatedAt', async () => {
      const { store, clock } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, resourceId: 'alice', snapshot: snapshot('suspended') });
      const first = await store.getWorkflowRunById(run);
      clock.advance(5000);
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('success') });
      const second = await store.getWorkflowRunById(run);
      expect(second).toMatchObject({ resourceId: 'alice', createdAt: first.createdAt });
      expect(second.updatedAt.getTime()).toBeGreaterThan(first.updatedAt.getTime());
    });

    it('takes another createdAt and resource', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, resourceId: 'alice', snapshot: snapshot('suspended') });
      const given = { resourceId: 'bob', createdAt: at(7) };
      await store.persistWorkflowSnapshot({ ...run, ...given, snapshot: snapshot('success') });
      expect(await store.getWorkflowRunById(run)).toMatchObject(given);
    });

    it('knows no run that was not persisted', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('success') });
      for (const other of [
        { ...run, runId: 'r2' },
        { ...run, workflowName: 'other' },
      ]) {
        expect(await store.loadWorkflowSnapshot(other)).toBeNull();
        expect(await store.getWorkflowRunById(other)).toBeNull();
      }
      expect(await store.loadWorkflowSnapshot({ workflowName: '', runId: '' })).toBeNull();
      expect(await store.getWorkflowRunById({ workflowName: 'order', runId: '' })).toBeNull();
    });

    it('does not change with what it was given or gave', async () => {
      const { store } = await makeStore();
      const given = snapshot('suspended', { list: [1] });
      const persisted = store.persistWorkflowSnapshot({ ...run, snapshot: given });
      given.list.push(2);
      given.status = 'failed';
      await persisted;
      (await store.loadWorkflowSnapshot(run)).list.push(3);
      expect(await store.loadWorkflowSnapshot(run)).toEqual(snapshot('suspended', { list: [1] }));
    });

    it('ends with the last of several calls that nobody awaited', async () => {
      const { store, reopen } = await makeStore();
      const statuses = ['running', 'suspended', 'running', 'waiting', 'success'];
      await Promise.all(
        statuses.map((status, step) =>
          store.persistWorkflowSnapshot({ ...run, snapshot: snapshot(status, { step }) }),
        ),
      );
      expect(await store.loadWorkflowSnapshot(run)).toEqual(snapshot('success', { step: 4 }));
      expect(await reopen().loadWorkflowSnapshot(run)).toEqual(snapshot('success', { step: 4 }));
    });

    it.each(['suspended', 'waiting', 'paused', 'success', 'failed', 'canceled', 'bailed', 'tripwire'])(
      'is there for other isolates at once when a run is %s',
      async (status) => {
        const { store, reopen } = await makeStore();
        for (const workflowName of ['order', 'agentic-loop', 'executionWorkflow']) {
          const one = { workflowName, runId: 'r1' };
          await store.persistWorkflowSnapshot({ ...one, snapshot: snapshot('running') });
          await store.persistWorkflowSnapshot({ ...one, snapshot: snapshot(status) });
          expect(await reopen().loadWorkflowSnapshot(one)).toEqual(snapshot(status));
        }
      },
    );
  });

  describe('progress of a workflow run', () => {
    it('is read in the isolate that made it', async () => {
      const { store, clock } = await makeStore();
      for (const step of [1, 2, 3]) {
        await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running', { step }) });
        expect(await store.loadWorkflowSnapshot(run)).toMatchObject({ step });
      }
      clock.advance(300_000);
      expect(await store.loadWorkflowSnapshot(run)).toMatchObject({ step: 3 });
      expect(runIds(await store.listWorkflowRuns({ status: 'running' }))).toEqual(['r1']);
    });

    it('comes to KV once, a second later, unless the run has stopped by then', async () => {
      /** @type {Promise<unknown>[]} */
      const later = [];
      const waitUntil = (/** @type {Promise<unknown>} */ work) => void later.push(work);
      const { store, reopen } = await makeStore({ waitUntil });
      const before = await makeRoom(store);
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('pending') });
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running') });
      expect(later).toHaveLength(1);
      await later[0];
      expect(await reopen().loadWorkflowSnapshot(run)).toEqual(snapshot('running'));
      expect(costSince(store, before)).toMatchObject({ get: 1, put: 1 });
    });

    it('costs a run of ten steps one write', async () => {
      const { store, reopen } = await makeStore();
      const before = await makeRoom(store);
      expect(await store.getWorkflowRunById(run)).toBeNull();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('pending') });
      for (let step = 1; step <= 20; step++) {
        await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running', { step }) });
      }
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('success') });
      await store.close();
      expect(costSince(store, before)).toEqual({ get: 1, get_many: 0, put: 1, delete: 0, list: 0 });
      expect(await reopen().loadWorkflowSnapshot(run)).toEqual(snapshot('success'));
    });

    it("costs an agent's turn one bulk get and no write", async () => {
      const { store, raw } = await makeStore();
      const loops = ['agentic-loop', 'executionWorkflow'].map((workflowName) => ({
        workflowName,
        runId: 'u',
      }));
      for (const loop of loops) {
        expect(await store.getWorkflowRunById(loop)).toBeNull();
        await store.persistWorkflowSnapshot({ ...loop, resourceId: 'alice', snapshot: snapshot('pending') });
      }
      await Promise.all(loops.map((loop) => store.deleteWorkflowRunById(loop)));
      for (const loop of loops) expect(await store.getWorkflowRunById(loop)).toBeNull();
      await store.close();
      expect(store.stats().operations).toEqual({ get: 0, get_many: 1, put: 0, delete: 0, list: 0 });
      expect(await raw.keys()).toEqual([]);
    });

    it('costs a suspension, which engines persist twice, one write for each name', async () => {
      const { store, reopen } = await makeStore();
      const before = await makeRoom(store);
      const loops = ['executionWorkflow', 'agentic-loop'].map((workflowName) => ({
        workflowName,
        runId: 'u',
      }));
      for (const loop of loops)
        await store.persistWorkflowSnapshot({ ...loop, snapshot: snapshot('pending') });
      for (const loop of loops) {
        await Promise.all([
          store.persistWorkflowSnapshot({ ...loop, snapshot: snapshot('suspended') }),
          store.persistWorkflowSnapshot({ ...loop, snapshot: snapshot('suspended') }),
        ]);
        await store.persistWorkflowSnapshot({ ...loop, snapshot: snapshot('suspended') });
      }
      expect(costSince(store, before)).toMatchObject({ get: 2, put: 2 });
      for (const loop of loops)
        expect(await reopen().loadWorkflowSnapshot(loop)).toEqual(snapshot('suspended'));
    });

    it("is stored at once with snapshots: 'all'", async () => {
      const { store, reopen } = await makeStore({ snapshots: 'all' });
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running') });
      expect(await reopen().loadWorkflowSnapshot(run)).toEqual(snapshot('running'));
    });
  });

  describe('getting a workflow run by its id alone', () => {
    it('answers the newest of all workflows', async () => {
      const { store, reopen } = await makeStore();
      for (const [second, workflowName] of [
        [1, 'a'],
        [3, 'c'],
        [2, 'b'],
      ]) {
        await store.persistWorkflowSnapshot({
          workflowName,
          runId: 'r1',
          createdAt: at(/** @type {number} */ (second)),
          snapshot: snapshot('success'),
        });
      }
      await store.persistWorkflowSnapshot({
        workflowName: 'd',
        runId: 'r1:c',
        createdAt: at(9),
        snapshot: snapshot('success'),
      });
      expect(await store.getWorkflowRunById({ runId: 'r1' })).toMatchObject({ workflowName: 'c' });
      expect(await reopen().getWorkflowRunById({ runId: 'r1' })).toMatchObject({ workflowName: 'c' });
      expect(await store.getWorkflowRunById({ runId: 'r' })).toBeNull();
    });

    it('asks for the id', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('success') });
      expect(await store.getWorkflowRunById({ runId: '' })).toBeNull();
      for (const runId of [undefined, null, 7]) {
        await refused(store.getWorkflowRunById({ runId }), {
          code: 'INVALID_ARGUMENT',
          op: 'getWorkflowRunById',
          text: /runId/,
        });
      }
    });
  });

  describe('listing workflow runs', () => {
    it('has none to begin with', async () => {
      const { store } = await makeStore();
      expect(await store.listWorkflowRuns()).toEqual({ runs: [], total: 0 });
    });

    it('puts the newest first, in this isolate and in others', async () => {
      const { store, reopen } = await makeStore();
      await persistAll(store, [{}, { status: 'suspended' }, { workflowName: 'other' }]);
      for (const one of [store, reopen()]) {
        const { runs, total } = await one.listWorkflowRuns();
        expect(runs).toMatchObject([
          { runId: 'r3', workflowName: 'other', createdAt: at(3) },
          { runId: 'r2', workflowName: 'order', snapshot: snapshot('suspended', { context: {} }) },
          { runId: 'r1' },
        ]);
        expect(runs[0].updatedAt).toBeInstanceOf(Date);
        expect(total).toBe(3);
      }
    });

    it.each([
      ['name', { workflowName: 'other' }, ['r3']],
      ['status', { status: 'suspended' }, ['r4', 'r2']],
      ['resource', { resourceId: 'alice' }, ['r3', 'r2']],
      ['an unknown resource', { resourceId: 'nobody' }, []],
      ['the day they were made, both ends included', { fromDate: at(2), toDate: at(3) }, ['r3', 'r2']],
      ['their beginning', { fromDate: at(4) }, ['r4']],
      ['their end', { toDate: at(1) }, ['r1']],
      ['thread, of an agent that waits', { threadId: 't1' }, ['r4']],
      ['thread, of a durable agent', { threadId: 't2' }, ['r1']],
      ['an unknown thread', { threadId: 'nobody' }, []],
      ['everything', { workflowName: 'order', status: 'suspended', resourceId: 'alice' }, ['r2']],
      [
        'nothing',
        { workflowName: undefined, status: undefined, resourceId: undefined },
        ['r4', 'r3', 'r2', 'r1'],
      ],
    ])('filters by %s', async (_, filter, expected) => {
      const { store, reopen } = await makeStore();
      await persistAll(store, [
        { context: ofDurableThread('t2') },
        { status: 'suspended', resourceId: 'alice' },
        { workflowName: 'other', resourceId: 'alice' },
        { status: 'suspended', context: ofThread('t1') },
      ]);
      for (const one of [store, reopen()]) {
        const page = await one.listWorkflowRuns(filter);
        expect(runIds(page)).toEqual(expected);
        expect(page.total).toBe(expected.length);
      }
    });

    it('pages only when both page and perPage are given', async () => {
      const { store } = await makeStore();
      await persistAll(store, [{}, {}, {}]);
      expect(await store.listWorkflowRuns({ page: 0, perPage: 2 }).then(runIds)).toEqual(['r3', 'r2']);
      const last = await store.listWorkflowRuns({ page: 1, perPage: 2 });
      expect([runIds(last), last.total]).toEqual([['r1'], 3]);
      expect(await store.listWorkflowRuns({ perPage: 1 }).then(runIds)).toEqual(['r3', 'r2', 'r1']);
      expect(await store.listWorkflowRuns({ page: 1 }).then(runIds)).toEqual(['r3', 'r2', 'r1']);
      await refused(store.listWorkflowRuns({ page: -1, perPage: 2 }), {
        code: 'INVALID_ARGUMENT',
        op: 'listWorkflowRuns',
        text: 'page must be >= 0',
      });
    });

    it('shows what was just persisted, changed and deleted', async () => {
      const { store } = await makeStore();
      await persistAll(store, [{ status: 'running' }, { status: 'suspended' }, {}]);
      await store.updateWorkflowState({ ...run, runId: 'r2', opts: { status: 'canceled' } });
      await store.deleteWorkflowRunById({ ...run, runId: 'r3' });
      expect(runIds(await store.listWorkflowRuns({ status: 'running' }))).toEqual(['r1']);
      expect(runIds(await store.listWorkflowRuns({ status: 'suspended' }))).toEqual([]);
      expect(runIds(await store.listWorkflowRuns())).toEqual(['r2', 'r1']);
    });
  });

  describe('deleting a workflow run', () => {
    it('takes it away, for other isolates too', async () => {
      const { store, reopen } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
      await store.deleteWorkflowRunById(run);
      await store.deleteWorkflowRunById(run);
      expect(await store.getWorkflowRunById(run)).toBeNull();
      expect(await reopen().getWorkflowRunById(run)).toBeNull();
      expect(await store.listWorkflowRuns()).toEqual({ runs: [], total: 0 });
    });

    it('takes its progress away before that is written', async () => {
      const { store, reopen } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running') });
      await store.deleteWorkflowRunById(run);
      await store.close();
      expect(await store.getWorkflowRunById(run)).toBeNull();
      expect(await reopen().getWorkflowRunById(run)).toBeNull();
    });

    it('wins over calls made before it', async () => {
      const { store, reopen } = await makeStore();
      const persisted = store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
      await Promise.all([persisted, store.deleteWorkflowRunById(run)]);
      expect(await store.getWorkflowRunById(run)).toBeNull();
      expect(await reopen().getWorkflowRunById(run)).toBeNull();
    });

    it('leaves others alone', async () => {
      const { store } = await makeStore();
      const others = [
        { workflowName: 'b', runId: 'a' },
        { workflowName: 'c', runId: 'a:b' },
        { workflowName: 'b:c', runId: 'a' },
      ];
      for (const one of others)
        await store.persistWorkflowSnapshot({ ...one, snapshot: snapshot('success') });
      await store.deleteWorkflowRunById(others[1]);
      expect(await store.getWorkflowRunById(others[0])).toMatchObject(others[0]);
      expect(await store.getWorkflowRunById(others[1])).toBeNull();
      expect(await store.getWorkflowRunById(others[2])).toMatchObject(others[2]);
    });
  });

  describe('updating the state of a workflow run', () => {
    it('lays it over the snapshot', async () => {
      const { store, reopen } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, resourceId: 'alice', snapshot: snapshot('running') });
      const opts = { status: 'failed', error: { message: 'no tea' }, suspendedPaths: {} };
      const updated = await store.updateWorkflowState({ ...run, opts });
      expect(updated).toEqual(snapshot('failed', { error: { message: 'no tea' }, suspendedPaths: {} }));
      expect(await reopen().getWorkflowRunById(run)).toMatchObject({
        resourceId: 'alice',
        snapshot: updated,
      });
    });

    it('answers undefined for a run that does not exist', async () => {
      const { store } = await makeStore();
      expect(await store.updateWorkflowState({ ...run, opts: { status: 'canceled' } })).toBeUndefined();
      expect(await store.getWorkflowRunById(run)).toBeNull();
    });

    it.each([
      ['suspended', true],
      [['paused', 'suspended'], true],
      ['running', false],
      [['running', 'waiting'], false],
    ])('of a suspended run, if it is expected to be %j: %s', async (expectedStatus, changes) => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
      const updated = await store.updateWorkflowState({
        ...run,
        opts: { status: 'running', expectedStatus },
      });
      expect(updated).toEqual(changes ? snapshot('running') : undefined);
      expect(await store.loadWorkflowSnapshot(run)).toEqual(snapshot(changes ? 'running' : 'suspended'));
    });

    it.each([{ status: 7 }, { status: null }, { expectedStatus: 7 }, { expectedStatus: ['paused', null] }])(
      'refuses %j',
      async (opts) => {
        const { store } = await makeStore();
        await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
        await refused(store.updateWorkflowState({ ...run, opts }), {
          code: 'INVALID_ARGUMENT',
          op: 'updateWorkflowState',
          text: /status/i,
        });
        expect(await store.loadWorkflowSnapshot(run)).toEqual(snapshot('suspended'));
      },
    );

    it('lets one of two claim a run', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
      const opts = { status: 'running', expectedStatus: 'suspended' };
      const claims = await Promise.all([
        store.updateWorkflowState({ ...run, opts }),
        store.updateWorkflowState({ ...run, opts }),
      ]);
      expect(claims.filter((claim) => claim !== undefined)).toHaveLength(1);
    });

    it('keeps what two at once change', async () => {
      const { store, reopen } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('suspended') });
      await Promise.all([
        store.updateWorkflowState({ ...run, opts: { waitingPaths: { a: [1] } } }),
        store.updateWorkflowState({ ...run, opts: { resumeLabels: { b: 2 } } }),
      ]);
      const both = snapshot('suspended', { waitingPaths: { a: [1] }, resumeLabels: { b: 2 } });
      expect(await store.loadWorkflowSnapshot(run)).toEqual(both);
      expect(await reopen().loadWorkflowSnapshot(run)).toEqual(both);
    });
  });

  describe('updating the results of a workflow run', () => {
    it('adds the result of a step', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, resourceId: 'alice', snapshot: snapshot('running') });
      const result = { status: 'success', output: { parcels: 2 } };
      const context = await store.updateWorkflowResults({
        ...run,
        stepId: 'pack',
        result,
        requestContext: { locale: 'ja' },
      });
      expect(context).toEqual({ input: { n: 1 }, pack: result });
      expect(await store.getWorkflowRunById(run)).toMatchObject({
        resourceId: 'alice',
        snapshot: snapshot('running', { context, requestContext: { locale: 'ja' } }),
      });
    });

    it('merges the outputs of a foreach by element', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot('running', { context: {} }) });
      const pending = { __mastra_pending__: true };
      const suspended = { status: 'suspended', suspendPayload: {} };
      let context;
      for (const output of [
        ['a', null, suspended],
        [null, 'b'],
        [pending, null, pending, 'late'],
      ]) {
        const update = { ...run, stepId: 'each', result: { status: 'running', output }, requestContext: {} };
        context = await store.updateWorkflowResults(update);
      }
      expect(context).toEqual({ each: { status: 'running', output: ['a', 'b', null, null] } });
    });

    it('begins a context where there is none', async () => {
      const { store } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running' } });
      const update = { ...run, stepId: 'pack', result: { status: 'success' }, requestContext: {} };
      expect(await store.updateWorkflowResults(update)).toEqual({ pack: { status: 'success' } });
    });

    it('answers {} for a run that does not exist', async () => {
      const { store } = await makeStore();
      const update = { ...run, stepId: 'pack', result: { status: 'success' }, requestContext: {} };
      expect(await store.updateWorkflowResults(update)).toEqual({});
      expect(await store.getWorkflowRunById(run)).toBeNull();
    });

    it.each(['running', 'suspended'])('keeps all of several at once, of a run that is %s', async (status) => {
      const { store, reopen } = await makeStore();
      await store.persistWorkflowSnapshot({ ...run, snapshot: snapshot(status, { context: {} }) });
      const steps = ['a', 'b', 'c'];
      await Promise.all(
        steps.map((stepId) =>
          store.updateWorkflowResults({
            ...run,
            stepId,
            result: { status: 'success', output: stepId },
            requestContext: { [stepId]: true },
          }),
        ),
      );
      await store.persistWorkflowSnapshot({ ...run, runId: 'other', snapshot: snapshot('success') });
      const all = await store.loadWorkflowSnapshot(run);
      expect(Object.keys(all.context).sort()).toEqual(steps);
      expect(all.requestContext).toEqual({ a: true, b: true, c: true });
      if (status === 'suspended') expect(await reopen().loadWorkflowSnapshot(run)).toEqual(all);
    });
  });

  describe('concurrent updates of workflow runs', () => {
    it('are promised only where one isolate writes', async () => {
      const { store, reopen } = await makeStore();
      expect(store.supportsConcurrentUpdates()).toBe(false);
      expect(reopen({ assumeSingleWriter: true }).supportsConcurrentUpdates()).toBe(true);
    });
  });

  describe('workflow runs that are refused', () => {
    const good = { ...run, snapshot: snapshot('success') };

    it.each([
      [{ ...good, runId: '' }, /runId/],
      [{ ...good, workflowName: undefined }, /workflowName/],
      [{ ...good, snapshot: undefined }, /snapshot/],
      [{ ...good, createdAt: 'yesterday' }, /createdAt/],
      [{ ...good, resourceId: 7 }, /resourceId/],
    ])('persisting %#', async (args, text) => {
      const { store, raw } = await makeStore();
      await refused(store.persistWorkflowSnapshot(args), {
        code: 'INVALID_ARGUMENT',
        op: 'persistWorkflowSnapshot',
        text,
      });
      expect(await raw.keys()).toEqual([]);
    });

    it('deleting without a name', async () => {
      const { store } = await makeStore();
      for (const name of [{ workflowName: '', runId: 'r1' }, { workflowName: 'order' }]) {
        await refused(store.deleteWorkflowRunById(name), {
          code: 'INVALID_ARGUMENT',
          op: 'deleteWorkflowRunById',
        });
      }
    });
  });
}
