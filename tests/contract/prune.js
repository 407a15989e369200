import { describe, expect, it } from 'vitest';
import { allIds, at, ids, message, refused, storeTelling, thread } from './support.js';

const DAY = 24 * 3600 * 1000;

/** The age of what was created at that second of the conversation, when the clock of the test is asked. */
const since = (/** @type {import('./support.js').Subject} */ { clock }, /** @type {number} */ second) =>
  clock.now() - at(second).getTime();

/** @param {import('./support.js').MakeStore} makeStore */
export function prune(makeStore) {
  describe('pruning', () => {
    it('deletes nothing without a policy', async () => {
      const { store } = await makeStore();
      expect(await store.prune()).toEqual([]);
      expect(await store.prune({ retention: {} })).toEqual([]);
    });

    it('deletes messages that are older, and leaves their thread', async () => {
      const subject = await storeTelling(
        makeStore,
        [1, 2, 3, 4].map((n) => message(`m${n}`, n)),
      );
      const retention = { memory: { messages: { maxAge: since(subject, 3) } } };
      const { store } = subject;
      expect(await store.prune({ retention })).toEqual([
        { domain: 'memory', table: 'mastra_messages', deleted: 2, done: true },
      ]);
      expect(await allIds(store)).toEqual(['m3', 'm4']);
      expect(await allIds(subject.reopen())).toEqual(['m3', 'm4']);
      expect(await store.getThreadById({ threadId: 't' })).not.toBeNull();
    });

    it('deletes threads that are older, with their messages', async () => {
      const subject = await storeTelling(makeStore, [message('m1', 50)]);
      const { store } = subject;
      await store.saveThread({ thread: thread('new', { createdAt: at(9) }) });
      const retention = { memory: { threads: { maxAge: since(subject, 9) } } };
      expect(await store.prune({ retention })).toEqual([
        { domain: 'memory', table: 'mastra_threads', deleted: 1, done: true },
      ]);
      expect(ids((await store.listThreads()).threads)).toEqual(['new']);
      expect((await store.listMessagesById({ messageIds: ['m1'] })).messages).toEqual([]);
      expect((await store.prune({ retention }))[0].deleted).toBe(0);
    });

    it('goes by creation for resources and scores, by the last change for runs and states, by completion for tasks', async () => {
      const subject = await makeStore();
      const { store, clock } = subject;
      await store.saveResource({ resource: { id: 'old', createdAt: at(0), updatedAt: at(9) } });
      await store.saveResource({
        resource: { id: 'new', createdAt: new Date(clock.now()), updatedAt: at(9) },
      });
      const score = { entityId: 'e', runId: 'r', score: 1, scorer: {}, entity: {}, source: 'LIVE' };
      await store.saveScore({ ...score, id: 'old', scorerId: 's' });
      for (const type of ['old', 'new']) await store.setState({ threadId: 't', type, value: 1 });
      await store.createTask({ id: 'open', status: 'running', createdAt: at(0) });
      await store.createTask({ id: 'old', status: 'failed', createdAt: at(0), completedAt: at(1) });
      await store.persistWorkflowSnapshot({
        workflowName: 'w',
        runId: 'old',
        snapshot: { status: 'failed' },
      });
      clock.advance(10 * DAY);
      await store.persistWorkflowSnapshot({
        workflowName: 'w',
        runId: 'new',
        snapshot: { status: 'failed' },
      });
      await store.setState({ threadId: 't', type: 'new', value: 2 });
      await store.saveScore({ ...score, id: 'new', scorerId: 's' });

      const day = { maxAge: '1d' };
      const results = await store.prune({
        retention: {
          memory: { resources: { maxAge: '11d' } },
          workflows: { workflowSnapshot: day },
          scores: { scorers: day },
          backgroundTasks: { backgroundTasks: day },
          threadState: { threadState: day },
        },
      });
      expect(results.map((/** @type {any} */ { table, deleted }) => [table, deleted])).toEqual([
        ['mastra_resources', 1],
        ['mastra_workflow_snapshot', 1],
        ['mastra_scorers', 1],
        ['mastra_background_tasks', 1],
        ['mastra_thread_state', 1],
      ]);
      expect(await store.getResourceById({ resourceId: 'new' })).not.toBeNull();
      expect(ids((await store.listScoresByScorerId({ scorerId: 's' })).scores)).toEqual(['new']);
      expect(ids((await store.listTasks()).tasks)).toEqual(['open']);
      const { runs } = await store.listWorkflowRuns();
      expect(runs.map((/** @type {any} */ { runId }) => runId)).toEqual(['new']);
      expect(await store.getState({ threadId: 't', type: 'old' })).toBeUndefined();
      expect(await store.getState({ threadId: 't', type: 'new' })).toBe(2);
    });

    it('uses the configured policies', async () => {
      const subject = await makeStore();
      const store = subject.reopen({ retention: { threadState: { threadState: { maxAge: '10w' } } } });
      expect(await store.prune()).toEqual([
        { domain: 'threadState', table: 'mastra_thread_state', deleted: 0, done: true },
      ]);
      expect(await store.prune({ retention: {} })).toEqual([]);
    });

    it('stops where it is told to, and goes on when called again', async () => {
      const { store, clock } = await makeStore();
      for (let i = 0; i < 7; i++) await store.setState({ threadId: 't', type: `s${i}`, value: i });
      clock.advance(DAY);
      const retention = { threadState: { threadState: { maxAge: '1h', batchSize: 2 } } };
      const prune = async (/** @type {any} */ options) => {
        const [{ deleted, done }] = await store.prune({ retention, ...options });
        return { deleted, done };
      };
      expect(await prune({ maxBatches: 1 })).toEqual({ deleted: 2, done: false });
      expect(await prune({ maxRows: 3 })).toEqual({ deleted: 3, done: false });
      expect(await prune({ signal: AbortSignal.abort() })).toEqual({ deleted: 0, done: false });
      expect(await prune({})).toEqual({ deleted: 2, done: true });
    });

    it.each(['soon', '7', '1y', -1, NaN, null, {}])('refuses the age %s', async (maxAge) => {
      const { store } = await makeStore();
      const retention = { memory: { messages: { maxAge } } };
      await refused(store.prune({ retention }), { code: 'INVALID_ARGUMENT', op: 'prune' });
    });

    it('leaves tables to others that it does not hold', async () => {
      const { store } = await makeStore();
      expect(await store.prune({ retention: { observability: { metrics: { maxAge: '1d' } } } })).toEqual([]);
    });
  });
}
