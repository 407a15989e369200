import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/**
 * @param {string} id
 * @param {object} [fields]
 * @returns {any}
 */
export const task = (id, fields = {}) => ({
  id,
  status: 'pending',
  toolName: 'search',
  toolCallId: `call-${id}`,
  args: { query: 'Kyoto' },
  agentId: 'guide',
  runId: 'run-1',
  retryCount: 0,
  maxRetries: 2,
  timeoutMs: 60_000,
  createdAt: at(0),
  ...fields,
});

/** @param {import('./support.js').Make} make */
export function tasks(make) {
  /** @param {...any} list */
  async function holding(...list) {
    const { backgroundTasks: tasks } = await make();
    for (const one of list) await tasks.createTask(one);
    return tasks;
  }

  /** @param {any} tasks @param {object} filter */
  const found = async (tasks, filter) =>
    (await tasks.listTasks(filter)).tasks.map((/** @type {any} */ { id }) => id).join('');

  describe('a background task', () => {
    it('is found as it was created', async () => {
      const tasks = await holding(task('a', { threadId: 't', resourceId: 'alice' }));
      expect(await tasks.getTask('a')).toEqual(task('a', { threadId: 't', resourceId: 'alice' }));
    });

    it('that does not exist is null', async () => {
      expect(await (await holding()).getTask('nobody')).toBeNull();
    });

    it('keeps its result', async () => {
      const result = { found: ['a', { deep: [1, null] }], text: '"{}"' };
      expect((await (await holding(task('a', { result }))).getTask('a')).result).toEqual(result);
    });

    it('keeps its error', async () => {
      const error = { message: 'Too slow.', stack: 'at x' };
      expect((await (await holding(task('a', { error }))).getTask('a')).error).toEqual(error);
    });

    it('has undefined where nothing was given', async () => {
      const one = await (await holding(task('a'))).getTask('a');
      const optional = [
        'threadId',
        'resourceId',
        'result',
        'error',
        'startedAt',
        'suspendedAt',
        'completedAt',
      ];
      for (const name of [...optional, 'suspendPayload']) expect(one[name]).toBeUndefined();
    });

    it('is started', async () => {
      const tasks = await holding(task('a'));
      expect(await tasks.updateTask('a', { status: 'running', startedAt: at(5) })).toBe(true);
      expect(await tasks.getTask('a')).toEqual(task('a', { status: 'running', startedAt: at(5) }));
    });

    it('is completed', async () => {
      const tasks = await holding(task('a', { status: 'running', startedAt: at(5) }));
      await tasks.updateTask('a', { status: 'completed', result: { n: 1 }, completedAt: at(9) });
      expect(await tasks.getTask('a')).toMatchObject({
        status: 'completed',
        result: { n: 1 },
        completedAt: at(9),
      });
    });

    it('is tried again', async () => {
      const tasks = await holding(task('a'));
      await tasks.updateTask('a', { retryCount: 1 });
      expect((await tasks.getTask('a')).retryCount).toBe(1);
    });

    it('is rid of its error', async () => {
      const tasks = await holding(task('a', { status: 'failed', error: { message: 'x' } }));
      await tasks.updateTask('a', { status: 'pending', error: undefined });
      expect((await tasks.getTask('a')).error).toBeUndefined();
    });

    it('is suspended and resumed', async () => {
      const tasks = await holding(task('a', { status: 'running' }));
      await tasks.updateTask('a', {
        status: 'suspended',
        suspendPayload: { ask: 'who?' },
        suspendedAt: at(5),
      });
      expect(await tasks.getTask('a')).toMatchObject({ suspendPayload: { ask: 'who?' }, suspendedAt: at(5) });
      await tasks.updateTask('a', { status: 'running', suspendPayload: undefined, suspendedAt: undefined });
      const resumed = await tasks.getTask('a');
      expect([resumed.status, resumed.suspendPayload, resumed.suspendedAt]).toEqual([
        'running',
        undefined,
        undefined,
      ]);
    });

    it('is deleted, more than once', async () => {
      const tasks = await holding(task('a'), task('b'));
      for (let i = 0; i < 2; i++) await tasks.deleteTask('a');
      expect(await tasks.getTask('a')).toBeNull();
      expect(await found(tasks, {})).toBe('b');
    });
  });

  describe('background tasks', () => {
    const list = [
      task('a', { createdAt: at(1), status: 'pending', threadId: 't' }),
      task('b', { createdAt: at(2), status: 'running', agentId: 'other' }),
      task('c', { createdAt: at(3), status: 'failed', toolName: 'book', threadId: 'u' }),
      task('d', { createdAt: at(4), status: 'running', resourceId: 'alice', runId: 'run-2' }),
    ];

    it('are listed with their number', async () => {
      const { tasks, total } = await (await holding(...list)).listTasks({});
      expect(tasks).toEqual(list);
      expect(total).toBe(4);
    });

    /** @type {[string, any, string][]} */
    const filters = [
      ['one status', { status: 'running' }, 'bd'],
      ['several', { status: ['pending', 'failed'] }, 'ac'],
      ['agent', { agentId: 'other' }, 'b'],
      ['thread', { threadId: 't' }, 'a'],
      ['resource', { resourceId: 'alice' }, 'd'],
      ['run', { runId: 'run-2' }, 'd'],
      ['tool', { toolName: 'book' }, 'c'],
      ['call', { toolCallId: 'call-b' }, 'b'],
      ['agent and status', { agentId: 'guide', status: 'running' }, 'd'],
      ['time of creation', { fromDate: at(2), toDate: at(4) }, 'bc'],
    ];
    it.each(filters)('are listed by %s', async (_, filter, expected) => {
      expect(await found(await holding(...list), filter)).toBe(expected);
    });

    it('are in the order of their creation', async () => {
      const tasks = await holding(...[...list].reverse());
      expect(await found(tasks, {})).toBe('abcd');
      expect(await found(tasks, { orderBy: 'createdAt', orderDirection: 'asc' })).toBe('abcd');
    });

    it('are in the opposite order', async () => {
      const tasks = await holding(...list);
      expect(await found(tasks, { orderBy: 'createdAt', orderDirection: 'desc' })).toBe('dcba');
    });

    it('come in pages', async () => {
      const tasks = await holding(...list);
      expect(await found(tasks, { page: 0, perPage: 3 })).toBe('abc');
      expect(await found(tasks, { page: 1, perPage: 3 })).toBe('d');
      expect(await found(tasks, { perPage: 2 })).toBe('ab');
      expect((await tasks.listTasks({ page: 1, perPage: 3 })).total).toBe(4);
    });

    it('are deleted by status', async () => {
      const tasks = await holding(...list);
      await tasks.deleteTasks({ status: 'running' });
      expect(await found(tasks, {})).toBe('ac');
    });

    it('are deleted by several', async () => {
      const tasks = await holding(...list);
      await tasks.deleteTasks({ status: ['pending', 'failed'] });
      expect(await found(tasks, {})).toBe('bd');
    });

    it('are counted while they run', async () => {
      expect(await (await holding(...list)).getRunningCount()).toBe(2);
    });

    it('are none where none runs', async () => {
      const tasks = await holding(task('a'));
      expect(await tasks.getRunningCount()).toBe(0);
      expect(await tasks.getRunningCountByAgent('guide')).toBe(0);
    });

    it('are counted by agent', async () => {
      const tasks = await holding(...list);
      expect(await tasks.getRunningCountByAgent('guide')).toBe(1);
      expect(await tasks.getRunningCountByAgent('nobody')).toBe(0);
    });

    it('are updated only in the expected state', async () => {
      const tasks = await holding(task('a'));
      const start = { status: 'running' };
      expect(await tasks.updateTask('a', start, { expectedStatus: 'suspended' })).toBe(false);
      expect(await tasks.updateTask('a', start, { expectedStatus: 'pending' })).toBe(true);
      expect(await tasks.updateTask('a', start, { expectedStatus: 'pending' })).toBe(false);
      expect(await tasks.updateTask('nobody', start)).toBe(false);
    });
  });

  describe('who owns a background task', () => {
    const owned = task('a', { status: 'running', ownerId: 'w1', leaseExpiresAt: at(60) });

    it('is kept, and until when', async () => {
      expect(await (await holding(owned)).getTask('a')).toEqual(owned);
    });

    it('is nobody at first', async () => {
      const one = await (await holding(task('a'))).getTask('a');
      expect([one.ownerId, one.leaseExpiresAt]).toEqual([undefined, undefined]);
    });

    it('may be whoever claims it while it is free', async () => {
      const tasks = await holding(task('a'));
      const claim = { ownerId: 'w1', leaseExpiresAt: at(60), status: 'running' };
      expect(await tasks.updateTask('a', claim, { expectedOwnerId: null })).toBe(true);
      expect(await tasks.updateTask('a', { ...claim, ownerId: 'w2' }, { expectedOwnerId: null })).toBe(false);
      expect((await tasks.getTask('a')).ownerId).toBe('w1');
    });

    it('is not who believes in another owner', async () => {
      const tasks = await holding(owned);
      expect(await tasks.updateTask('a', { ownerId: 'w2' }, { expectedOwnerId: 'w3' })).toBe(false);
    });

    it('changes when a lease has expired, by what was read', async () => {
      const tasks = await holding(owned);
      const { ownerId, leaseExpiresAt } = await tasks.getTask('a');
      const guards = { expectedOwnerId: ownerId, expectedLeaseExpiresAt: leaseExpiresAt };
      expect(await tasks.updateTask('a', { ownerId: 'w2', leaseExpiresAt: at(120) }, guards)).toBe(true);
      expect(await tasks.getTask('a')).toMatchObject({ ownerId: 'w2', leaseExpiresAt: at(120) });
    });

    it('does not change when the lease was renewed meanwhile', async () => {
      const tasks = await holding(owned);
      const guards = { expectedOwnerId: 'w1', expectedLeaseExpiresAt: at(30) };
      expect(await tasks.updateTask('a', { ownerId: 'w2' }, guards)).toBe(false);
    });

    it('may be claimed where nobody ever did', async () => {
      const tasks = await holding(task('a', { status: 'running' }));
      const guards = { expectedOwnerId: null, expectedLeaseExpiresAt: null };
      expect(await tasks.updateTask('a', { ownerId: 'w2', leaseExpiresAt: at(120) }, guards)).toBe(true);
    });

    it('is claimed once of twice', async () => {
      const tasks = await holding(owned);
      const claim = () =>
        tasks.updateTask(
          'a',
          { ownerId: 'w2', leaseExpiresAt: at(120) },
          { expectedOwnerId: 'w1', expectedLeaseExpiresAt: at(60) },
        );
      expect((await Promise.all([claim(), claim()])).sort()).toEqual([false, true]);
    });

    it('renews the lease', async () => {
      const tasks = await holding(owned);
      expect(await tasks.updateTask('a', { leaseExpiresAt: at(90) }, { expectedOwnerId: 'w1' })).toBe(true);
      expect((await tasks.getTask('a')).leaseExpiresAt).toEqual(at(90));
    });

    it('is alone in renewing it', async () => {
      const tasks = await holding(owned);
      expect(await tasks.updateTask('a', { leaseExpiresAt: at(90) }, { expectedOwnerId: 'w2' })).toBe(false);
      expect((await tasks.getTask('a')).leaseExpiresAt).toEqual(at(60));
    });

    it('lets go of it', async () => {
      const tasks = await holding(owned);
      const free = { ownerId: undefined, leaseExpiresAt: undefined };
      expect(await tasks.updateTask('a', free, { expectedOwnerId: 'w1' })).toBe(true);
      expect(await tasks.updateTask('a', { ownerId: 'w2' }, { expectedOwnerId: null })).toBe(true);
    });

    it('is alone in letting go of it', async () => {
      const tasks = await holding(owned);
      expect(await tasks.updateTask('a', { ownerId: undefined }, { expectedOwnerId: 'w2' })).toBe(false);
      expect((await tasks.getTask('a')).ownerId).toBe('w1');
    });

    it('is alone in ending it', async () => {
      const tasks = await holding(owned);
      const end = { status: 'completed', completedAt: at(70) };
      const guards = { expectedStatus: 'running', expectedOwnerId: 'w2' };
      expect(await tasks.updateTask('a', end, guards)).toBe(false);
      expect(await tasks.updateTask('a', end, { ...guards, expectedOwnerId: 'w1' })).toBe(true);
    });

    it('is nobody once undefined was written', async () => {
      const tasks = await holding(owned);
      await tasks.updateTask('a', { ownerId: undefined, leaseExpiresAt: undefined });
      const one = await tasks.getTask('a');
      expect([one.ownerId, one.leaseExpiresAt]).toEqual([undefined, undefined]);
    });
  });
}
