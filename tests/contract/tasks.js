import { describe, expect, it } from 'vitest';
import { at, ids, refused } from './support.js';

/**
 * @param {string} id
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
const task = (id, fields = {}) => ({
  id,
  status: 'pending',
  toolName: 'search',
  toolCallId: `call-${id}`,
  args: { query: 'tea' },
  agentId: 'agent-1',
  runId: 'run-1',
  retryCount: 0,
  maxRetries: 2,
  timeoutMs: 1000,
  createdAt: at(0),
  ...fields,
});

/**
 * @param {import('./support.js').Subject} subject
 * @param {...any} all
 */
async function create({ store }, ...all) {
  for (const one of all) await store.createTask(one);
  return store;
}

/** Tasks a to e, of seconds 1 to 5. */
const five = () => [
  task('a', { createdAt: at(1), agentId: 'agent-2', threadId: 't' }),
  task('b', { createdAt: at(2), status: 'running', resourceId: 'alice', startedAt: at(9) }),
  task('c', { createdAt: at(3), status: 'completed', toolName: 'mail', completedAt: at(7) }),
  task('d', { createdAt: at(4), status: 'running', agentId: 'agent-2', startedAt: at(8) }),
  task('e', { createdAt: at(5), status: 'failed', runId: 'run-2', completedAt: at(6) }),
];

/** @param {import('./support.js').MakeStore} makeStore */
export function tasks(makeStore) {
  describe('background tasks', () => {
    it('come back as they were created', async () => {
      const { store, reopen } = await makeStore();
      const given = task('a', {
        threadId: 't',
        resourceId: 'alice',
        result: { n: 9007199254740991, list: [null] },
        error: { message: 'boom', stack: 'at x' },
        startedAt: at(1),
        ownerId: 'worker-1',
        leaseExpiresAt: at(60),
        more: { unknown: true },
      });
      await store.createTask(given);
      expect(await store.getTask('a')).toEqual(given);
      expect(await reopen().getTask('a')).toEqual(given);
      expect(await store.getTask('b')).toBeNull();
    });

    it('lack what they were not given', async () => {
      const { store } = await makeStore();
      await store.createTask(task('a', { threadId: undefined }));
      const found = await store.getTask('a');
      for (const name of [
        'threadId',
        'resourceId',
        'result',
        'error',
        'startedAt',
        'ownerId',
        'leaseExpiresAt',
      ])
        expect(found[name]).toBeUndefined();
    });

    it('take the place of others with their id', async () => {
      const { store } = await makeStore();
      await store.createTask(task('a', { result: 1 }));
      await store.createTask(task('a', { status: 'running' }));
      expect(await store.getTask('a')).toEqual(task('a', { status: 'running' }));
    });

    it('are gone once they are deleted', async () => {
      const { store, reopen } = await makeStore();
      await store.createTask(task('a'));
      await store.deleteTask('a');
      await store.deleteTask('nothing');
      expect(await store.getTask('a')).toBeNull();
      expect(await reopen().getTask('a')).toBeNull();
      expect(await store.listTasks({})).toEqual({ tasks: [], total: 0 });
    });
  });

  describe('tasks in another form', () => {
    it('are read with defaults', async () => {
      const { store } = await makeStore();
      await store.createTask({ id: 'a', status: 'pending', createdAt: at(0).toISOString(), ownerId: null });
      expect(await store.getTask('a')).toEqual({
        id: 'a',
        status: 'pending',
        createdAt: at(0),
        args: {},
        runId: '',
        retryCount: 0,
        maxRetries: 0,
        timeoutMs: 300_000,
      });
    });

    it.each([
      ['no object', 7],
      ['without an id', { status: 'pending' }],
      ['with an empty id', task('')],
      ['with a date that is none', task('a', { startedAt: 'soon' })],
    ])('are refused: %s', async (_, given) => {
      const { store } = await makeStore();
      await refused(store.createTask(given), { code: 'INVALID_ARGUMENT', op: 'createTask' });
      expect((await store.listTasks({})).total).toBe(0);
    });
  });

  describe('updating a task', () => {
    it('changes what is given and keeps the rest', async () => {
      const { store, reopen } = await makeStore();
      await store.createTask(task('a', { other: 1 }));
      expect(await store.updateTask('a', { status: 'running', startedAt: at(3) })).toBe(true);
      expect(await store.updateTask('a', { retryCount: 1, maxRetries: 5, timeoutMs: 7 })).toBe(true);
      const wanted = task('a', {
        other: 1,
        status: 'running',
        startedAt: at(3),
        retryCount: 1,
        maxRetries: 5,
        timeoutMs: 7,
      });
      expect(await store.getTask('a')).toEqual(wanted);
      expect(await reopen().getTask('a')).toEqual(wanted);
    });

    it('answers false for a task that does not exist', async () => {
      const { store } = await makeStore();
      expect(await store.updateTask('nothing', { status: 'running' })).toBe(false);
      expect(await store.getTask('nothing')).toBeNull();
    });

    it('removes what is given as undefined', async () => {
      const { store } = await makeStore();
      await store.createTask(
        task('a', { error: { message: 'x' }, suspendPayload: { step: 1 }, suspendedAt: at(1) }),
      );
      await store.updateTask('a', { error: undefined, suspendPayload: undefined, suspendedAt: undefined });
      expect(await store.getTask('a')).toEqual(task('a'));
    });

    it('looks at the status first', async () => {
      const { store } = await makeStore();
      await store.createTask(task('a'));
      expect(await store.updateTask('a', { status: 'completed' }, { expectedStatus: 'running' })).toBe(false);
      expect(await store.updateTask('a', { status: 'running' }, { expectedStatus: 'pending' })).toBe(true);
      expect((await store.getTask('a')).status).toBe('running');
    });

    it('lets one of several through that expect the same', async () => {
      const { store, clock } = await makeStore();
      await store.createTask(task('a'));
      clock.advance(2000);
      const claims = ['one', 'two', 'three'].map((ownerId) =>
        store.updateTask('a', { status: 'running', ownerId }, { expectedStatus: 'pending' }),
      );
      const won = await Promise.all(claims);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.getTask('a')).ownerId).toBe(['one', 'two', 'three'][won.indexOf(true)]);
    });

    it('loses none of several at once', async () => {
      const { store, clock, reopen } = await makeStore();
      await store.createTask(task('a'));
      clock.advance(2000);
      await Promise.all([
        store.updateTask('a', { status: 'running' }),
        store.updateTask('a', { retryCount: 4 }),
        store.updateTask('a', { result: { done: true } }),
      ]);
      const wanted = { status: 'running', retryCount: 4, result: { done: true } };
      expect(await reopen().getTask('a')).toMatchObject(wanted);
    });
  });

  describe('owning a task', () => {
    it('is claimed once, renewed by the owner and released by it', async () => {
      const { store } = await makeStore();
      await store.createTask(task('a'));
      const claim = { ownerId: 'w1', leaseExpiresAt: at(10) };
      expect(await store.updateTask('a', claim, { expectedOwnerId: null })).toBe(true);
      expect(await store.updateTask('a', claim, { expectedOwnerId: null })).toBe(false);
      expect(await store.updateTask('a', { leaseExpiresAt: at(20) }, { expectedOwnerId: 'w2' })).toBe(false);
      expect(await store.updateTask('a', { leaseExpiresAt: at(20) }, { expectedOwnerId: 'w1' })).toBe(true);
      expect(await store.getTask('a')).toMatchObject({ ownerId: 'w1', leaseExpiresAt: at(20) });
      const release = { ownerId: undefined, leaseExpiresAt: undefined };
      expect(await store.updateTask('a', release, { expectedOwnerId: 'w1' })).toBe(true);
      expect(await store.getTask('a')).toEqual(task('a'));
    });

    it('is taken over with the lease as it was read', async () => {
      const { store } = await makeStore();
      await store.createTask(task('a', { ownerId: 'w1', leaseExpiresAt: at(10) }));
      const { ownerId, leaseExpiresAt } = await store.getTask('a');
      const guards = { expectedOwnerId: ownerId, expectedLeaseExpiresAt: leaseExpiresAt };
      const takeover = { ownerId: 'w2', leaseExpiresAt: at(30) };
      expect(await store.updateTask('a', takeover, { ...guards, expectedLeaseExpiresAt: at(11) })).toBe(
        false,
      );
      expect(await store.updateTask('a', takeover, { ...guards, expectedLeaseExpiresAt: null })).toBe(false);
      expect(await store.updateTask('a', takeover, guards)).toBe(true);
      expect(await store.updateTask('a', takeover, guards)).toBe(false);
    });
  });

  describe('listing tasks', () => {
    it.each([
      [{}, 'abcde'],
      [{ status: 'running' }, 'bd'],
      [{ status: ['running', 'failed'] }, 'bde'],
      [{ agentId: 'agent-2' }, 'ad'],
      [{ threadId: 't' }, 'a'],
      [{ resourceId: 'alice' }, 'b'],
      [{ toolName: 'mail' }, 'c'],
      [{ toolCallId: 'call-d' }, 'd'],
      [{ runId: 'run-2' }, 'e'],
      [{ status: 'running', agentId: 'agent-1' }, 'b'],
      [{ agentId: undefined, status: undefined }, 'abcde'],
      [{ orderDirection: 'desc' }, 'edcba'],
      [{ fromDate: at(2), toDate: at(4) }, 'bc'],
      [{ fromDate: at(6), dateFilterBy: 'completedAt' }, 'ce'],
      [{ toDate: at(7), dateFilterBy: 'completedAt' }, 'e'],
      [{ status: 'running', orderBy: 'startedAt' }, 'db'],
      [{ perPage: 2 }, 'ab'],
      [{ perPage: 2, page: 1 }, 'cd'],
      [{ perPage: 2, page: 2 }, 'e'],
      [{ perPage: 0 }, ''],
    ])('by %o', async (filter, wanted) => {
      const subject = await makeStore();
      await create(subject, ...five());
      for (const store of [subject.store, subject.reopen()]) {
        const { tasks: found, total } = await store.listTasks(filter);
        expect(ids(found).join('')).toBe(wanted);
        if (!('perPage' in filter)) expect(total).toBe(wanted.length);
        else expect(total).toBe(5);
      }
    });

    it('puts tasks without the date first', async () => {
      const store = await create(await makeStore(), ...five());
      const { tasks: found } = await store.listTasks({ orderBy: 'startedAt' });
      expect(ids(found).slice(3)).toEqual(['d', 'b']);
    });

    it('shows what was just changed', async () => {
      const store = await create(await makeStore(), ...five());
      await store.updateTask('b', { status: 'completed' });
      await store.deleteTask('d');
      expect(await store.listTasks({ status: 'running' })).toEqual({ tasks: [], total: 0 });
      expect(ids((await store.listTasks({ status: 'completed' })).tasks)).toEqual(['b', 'c']);
    });
  });

  describe('tasks by the lot', () => {
    it('are deleted by filter', async () => {
      const store = await create(await makeStore(), ...five());
      await store.deleteTasks({ status: ['completed', 'failed'] });
      expect(ids((await store.listTasks({})).tasks)).toEqual(['a', 'b', 'd']);
      await store.deleteTasks({ status: 'suspended' });
      expect((await store.listTasks({})).total).toBe(3);
    });

    it('are counted while they run', async () => {
      const subject = await makeStore();
      expect(await subject.store.getRunningCount()).toBe(0);
      const store = await create(subject, ...five());
      expect(await store.getRunningCount()).toBe(2);
      expect(await store.getRunningCountByAgent('agent-2')).toBe(1);
      expect(await store.getRunningCountByAgent('nobody')).toBe(0);
    });

    it('are counted of an agent that has a name', async () => {
      const { store } = await makeStore();
      for (const agentId of ['', undefined, 7]) {
        await refused(store.getRunningCountByAgent(agentId), {
          code: 'INVALID_ARGUMENT',
          op: 'getRunningCountByAgent',
          text: /agentId/,
        });
      }
    });
  });
}
