import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/** @param {number} seconds */
const ms = (seconds) => at(seconds).getTime();

/**
 * @param {string} id
 * @param {object} [fields]
 * @returns {any}
 */
export const schedule = (id, fields = {}) => ({
  id,
  target: { type: 'workflow', workflowId: `flow-${id}`, inputData: { city: 'Kyoto' } },
  cron: '* * * * *',
  status: 'active',
  nextFireAt: ms(60),
  createdAt: ms(0),
  updatedAt: ms(0),
  ...fields,
});

/**
 * @param {string} scheduleId
 * @param {number} second
 * @param {object} [fields]
 * @returns {any}
 */
const trigger = (scheduleId, second, fields = {}) => ({
  scheduleId,
  runId: `sched_${scheduleId}_${second}`,
  scheduledFireAt: ms(second),
  actualFireAt: ms(second),
  outcome: 'published',
  ...fields,
});

const agent = { type: 'agent', agentId: 'guide', prompt: 'Good morning' };

/** @param {import('./support.js').Make} make */
export function schedules(make) {
  /** @param {...any} list */
  async function holding(...list) {
    const { schedules: domain } = await make();
    for (const one of list) await domain.createSchedule(one);
    return domain;
  }
  const idsOf = (/** @type {any[]} */ rows) => rows.map(({ id }) => id).join('');

  describe('a schedule', () => {
    it('is found as it was created', async () => {
      const more = {
        timezone: 'Asia/Tokyo',
        metadata: { a: [1, null] },
        ownerType: 'agent',
        ownerId: 'guide',
      };
      const given = schedule('a', { ...more, target: agent, lastFireAt: ms(5), lastRunId: 'r' });
      const { schedules: domain } = await make();
      expect(await domain.createSchedule(given)).toEqual(given);
      expect(await domain.getSchedule('a')).toEqual(given);
      expect(await domain.getSchedule('b')).toBeNull();
    });

    it('keeps whose its target is', async () => {
      const given = schedule('a', { target: { ...agent, threadId: 't', resourceId: 'alice' } });
      const domain = await holding(given);
      expect(await domain.getSchedule('a')).toEqual(given);
      await domain.updateSchedule('a', { target: agent });
      expect((await domain.getSchedule('a')).target).toEqual(agent);
    });

    it('is not created twice, nor changed by that', async () => {
      const domain = await holding(schedule('a'));
      await expect(domain.createSchedule(schedule('a', { cron: '0 0 * * *' }))).rejects.toThrow(
        /already exists/,
      );
      expect((await domain.getSchedule('a')).cron).toBe('* * * * *');
    });

    it('is created once of three at once', async () => {
      const domain = await holding();
      const made = await Promise.allSettled(
        [1, 2, 3].map((n) => domain.createSchedule(schedule('a', { cron: `${n}` }))),
      );
      expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('of an old heartbeat is one of an agent', async () => {
      const domain = await holding(schedule('a', { target: { ...agent, type: 'heartbeat' } }));
      expect((await domain.getSchedule('a')).target).toEqual(agent);
      expect((await domain.listSchedules())[0].target).toEqual(agent);
    });

    it('is changed where it is told to', async () => {
      const domain = await holding(
        schedule('a', { metadata: { a: 1, b: 2 }, timezone: 'UTC', ownerId: 'o' }),
      );
      const changed = await domain.updateSchedule('a', {
        ...{
          cron: '0 * * * *',
          metadata: { c: 3 },
          timezone: undefined,
          ownerId: undefined,
          nextFireAt: ms(90),
        },
      });
      expect(changed).toMatchObject({
        cron: '0 * * * *',
        metadata: { c: 3 },
        nextFireAt: ms(90),
        status: 'active',
      });
      expect([changed.timezone, changed.ownerId]).toEqual([undefined, undefined]);
      expect(changed.updatedAt).toBeGreaterThan(ms(0));
      expect(await domain.getSchedule('a')).toEqual(changed);
      await domain.updateSchedule('a', { metadata: undefined, status: 'paused' });
      expect(await domain.getSchedule('a')).toMatchObject({ metadata: { c: 3 }, status: 'paused' });
    });

    it('that does not exist cannot be changed', async () => {
      const domain = await holding();
      await expect(domain.updateSchedule('zz', { status: 'paused' })).rejects.toThrow(
        'Schedule zz not found',
      );
    });

    it('has another target, and is found by that', async () => {
      const domain = await holding(schedule('a'));
      await domain.updateSchedule('a', { target: { type: 'workflow', workflowId: 'other' } });
      expect(idsOf(await domain.listSchedules({ workflowId: 'other' }))).toBe('a');
      await domain.updateSchedule('a', { target: agent });
      expect(await domain.listSchedules({ workflowId: 'other' })).toEqual([]);
    });

    it('is deleted with its triggers, more than once', async () => {
      const domain = await holding(schedule('a'), schedule('b'));
      for (const id of ['a', 'b', 'unknown']) await domain.recordTrigger(trigger(id, 1));
      for (const id of ['a', 'a', 'unknown']) await domain.deleteSchedule(id);
      expect(await domain.getSchedule('a')).toBeNull();
      const left = await Promise.all(
        ['a', 'b', 'unknown'].map(async (id) => (await domain.listTriggers(id)).length),
      );
      expect(left).toEqual([0, 1, 0]);
    });
  });

  describe('schedules are listed', () => {
    const four = () =>
      holding(
        schedule('d', {
          createdAt: ms(4),
          status: 'paused',
          ownerType: 'agent',
          ownerId: 'x',
          target: agent,
        }),
        schedule('a', { createdAt: ms(1) }),
        schedule('c', { createdAt: ms(3), ownerType: 'agent', ownerId: 'y' }),
        schedule('b', { createdAt: ms(2) }),
      );

    it.each([
      ['by their age', undefined, 'abcd'],
      ['by their age, without a filter', {}, 'abcd'],
      ['by status', { status: 'paused' }, 'd'],
      ['by workflow', { workflowId: 'flow-b' }, 'b'],
      ['by kind of owner', { ownerType: 'agent' }, 'cd'],
      ['by owner', { ownerId: 'y' }, 'c'],
      ['that have no owner', { ownerType: null }, 'ab'],
      ['that have no owner, though undefined is no filter', { ownerId: null, ownerType: undefined }, 'ab'],
      ['by all of it', { ownerType: 'agent', status: 'active' }, 'c'],
    ])('%s', async (_, filter, expected) => {
      expect(idsOf(await (await four()).listSchedules(filter))).toBe(expected);
    });
  });

  describe('a due schedule', () => {
    const five = () =>
      holding(
        schedule('a', { nextFireAt: ms(30) }),
        schedule('b', { nextFireAt: ms(10) }),
        schedule('c', { nextFireAt: ms(20), status: 'paused' }),
        schedule('d', { nextFireAt: ms(31) }),
        schedule('e', { nextFireAt: ms(25) }),
      );

    it('is listed when its time has come, the oldest first', async () => {
      const domain = await five();
      expect(idsOf(await domain.listDueSchedules(ms(30)))).toBe('bea');
      expect(idsOf(await domain.listDueSchedules(ms(30), 2))).toBe('be');
      expect(await domain.listDueSchedules(ms(30), 0)).toEqual([]);
      expect(await domain.listDueSchedules(ms(9))).toEqual([]);
    });

    it('is claimed by who knows its time, once', async () => {
      const domain = await five();
      const claim = () => domain.updateScheduleNextFire('b', ms(10), ms(70), ms(12), 'run-1');
      const claims = await Promise.all([claim(), claim(), claim()]);
      expect(claims.filter((/** @type {boolean} */ won) => won)).toHaveLength(1);
      expect(await domain.getSchedule('b')).toMatchObject({
        ...{ nextFireAt: ms(70), lastFireAt: ms(12), lastRunId: 'run-1' },
      });
      expect(await claim()).toBe(false);
      expect(idsOf(await domain.listDueSchedules(ms(30)))).toBe('ea');
    });

    it('is not claimed when it is paused, unknown, or due at another time', async () => {
      const domain = await five();
      expect(await domain.updateScheduleNextFire('c', ms(20), ms(80), ms(21), 'r')).toBe(false);
      expect(await domain.updateScheduleNextFire('zz', ms(20), ms(80), ms(21), 'r')).toBe(false);
      expect(await domain.updateScheduleNextFire('a', ms(29), ms(80), ms(31), 'r')).toBe(false);
      expect((await domain.getSchedule('a')).lastRunId).toBeUndefined();
    });
  });

  describe('triggers', () => {
    it('are listed newest first, from and until a time', async () => {
      const domain = await holding(schedule('a'));
      for (const second of [10, 30, 20, 40]) await domain.recordTrigger(trigger('a', second));
      const seconds = async (/** @type {any} */ options) =>
        (await domain.listTriggers('a', options)).map(
          (/** @type {any} */ { actualFireAt }) => (actualFireAt - ms(0)) / 1000,
        );
      expect(await seconds(undefined)).toEqual([40, 30, 20, 10]);
      expect(await seconds({ limit: 2 })).toEqual([40, 30]);
      expect(await seconds({ limit: 0 })).toEqual([]);
      expect(await seconds({ fromActualFireAt: ms(20), toActualFireAt: ms(40) })).toEqual([30, 20]);
      expect(await domain.listTriggers('b')).toEqual([]);
    });

    it('keep what they were given, and are named and told by what kind they are', async () => {
      const domain = await holding();
      const given = trigger('a', 1, { id: 'mine', outcome: 'failed', error: 'no', metadata: { n: 1 } });
      await domain.recordTrigger({ ...given, triggerKind: 'manual', parentTriggerId: 'p' });
      await domain.recordTrigger(trigger('a', 0, { runId: null }));
      const [first, second] = await domain.listTriggers('a');
      expect(first).toEqual({ ...given, triggerKind: 'manual', parentTriggerId: 'p' });
      expect(second).toMatchObject({ triggerKind: 'schedule-fire', runId: null });
      expect(second.id).toMatch(/.+/);
    });
  });
}
