import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/**
 * @param {object} [fields]
 * @returns {any}
 */
export const news = (fields = {}) => ({
  threadId: 't',
  source: 'mail',
  kind: 'letter',
  summary: 'A letter came',
  ...fields,
});

/** @param {import('./support.js').Make} make */
export function notifications(make) {
  const open = async () => (await make()).notifications;
  const idsOf = (/** @type {any[]} */ rows) => rows.map(({ id }) => id).join('');

  describe('a notification', () => {
    it('begins as a pending one', async () => {
      const domain = await open();
      const made = await domain.createNotification(news({ payload: { a: [1] }, resourceId: 'alice' }));
      expect(made).toMatchObject({
        ...news({ payload: { a: [1] }, resourceId: 'alice' }),
        ...{ priority: 'medium', status: 'pending', coalescedCount: 1, deliveryAttempts: 0 },
      });
      expect(made.id).toMatch(/.+/);
      expect(made.createdAt).toBeInstanceOf(Date);
      expect(made.updatedAt).toEqual(made.createdAt);
      expect(await domain.getNotification({ threadId: 't', id: made.id })).toEqual(made);
    });

    it('keeps its dates, its id and when it was created', async () => {
      const domain = await open();
      const given = news({ id: 'n', createdAt: at(5), deliverAt: at(9), summaryAt: at(7), priority: 'high' });
      const made = await domain.createNotification(given);
      expect(made).toMatchObject({ ...given, updatedAt: at(5) });
      expect(Object.keys(made).filter((name) => name === 'dueAt')).toEqual([]);
    });

    it('is of its thread: another may have the same id', async () => {
      const domain = await open();
      await domain.createNotification(news({ id: 'n' }));
      await domain.createNotification(news({ id: 'n', threadId: 'u', summary: 'Another' }));
      expect((await domain.getNotification({ threadId: 't', id: 'n' })).summary).toBe('A letter came');
      expect((await domain.getNotification({ threadId: 'u', id: 'n' })).summary).toBe('Another');
      expect(await domain.getNotification({ threadId: 'v', id: 'n' })).toBeNull();
    });

    it.each(['dedupeKey', 'coalesceKey'])('is merged into a pending one of the same %s', async (key) => {
      const domain = await open();
      const first = await domain.createNotification(
        news({
          [key]: 'k',
          payload: 1,
          priority: 'low',
          metadata: { a: 1, deep: { x: 1 } },
          attributes: { p: 1 },
        }),
      );
      const second = await domain.createNotification(
        news({ [key]: 'k', summary: 'Two letters', metadata: { b: 2, deep: { y: 1 } }, createdAt: at(1) }),
      );
      expect(second).toMatchObject({
        ...{
          id: first.id,
          createdAt: first.createdAt,
          coalescedCount: 2,
          summary: 'Two letters',
          payload: 1,
        },
        ...{ priority: 'low', metadata: { a: 1, b: 2, deep: { y: 1 } }, attributes: { p: 1 } },
      });
      const third = await domain.createNotification(news({ [key]: 'k', payload: null, deliverAt: at(9) }));
      expect(third).toMatchObject({ coalescedCount: 3, payload: 1, deliverAt: at(9) });
      expect(await domain.listNotifications({ threadId: 't' })).toEqual([third]);
    });

    it('is merged into one of three that come at once', async () => {
      const domain = await open();
      await Promise.all(
        [1, 2, 3].map((n) => domain.createNotification(news({ dedupeKey: 'k', summary: `${n}` }))),
      );
      const all = await domain.listNotifications({ threadId: 't' });
      expect(all.map((/** @type {any} */ { coalescedCount }) => coalescedCount)).toEqual([3]);
    });

    it.each([
      ['another thread', { threadId: 'u' }],
      ['another source', { source: 'chat' }],
      ['another kind', { kind: 'parcel' }],
      ['an agent', { agentId: 'guide' }],
      ['a resource', { resourceId: 'alice' }],
      ['another key', { dedupeKey: 'j' }],
      ['a key of the other sort', { dedupeKey: undefined, coalesceKey: 'k' }],
      ['an empty key', { dedupeKey: '' }],
    ])('is not merged into that of %s', async (_, other) => {
      const domain = await open();
      const first = await domain.createNotification(news({ dedupeKey: 'k' }));
      const second = await domain.createNotification(news({ dedupeKey: 'k', ...other }));
      expect(second.id).not.toBe(first.id);
      expect(second.coalescedCount).toBe(1);
    });

    it('is not merged into one that was delivered', async () => {
      const domain = await open();
      const first = await domain.createNotification(news({ dedupeKey: 'k' }));
      await domain.updateNotification({ threadId: 't', id: first.id, status: 'delivered' });
      const second = await domain.createNotification(news({ dedupeKey: 'k' }));
      expect(second).toMatchObject({ status: 'pending', coalescedCount: 1 });
      expect(second.id).not.toBe(first.id);
      expect((await domain.createNotification(news({ dedupeKey: 'k' }))).id).toBe(second.id);
    });

    it('is changed field by field', async () => {
      const domain = await open();
      await domain.createNotification(
        news({ id: 'n', metadata: { a: 1 }, deliverAt: at(9), createdAt: at(0) }),
      );
      const changed = await domain.updateNotification({
        ...{
          threadId: 't',
          id: 'n',
          metadata: { b: 2 },
          deliverAt: null,
          summaryAt: at(3),
          summary: undefined,
        },
        ...{
          deliveryAttempts: 1,
          lastDeliveryAttemptAt: at(4),
          lastDeliveryError: 'no',
          deliveryReason: 'r',
        },
      });
      expect(changed).toMatchObject({
        ...{ metadata: { b: 2 }, summaryAt: at(3), summary: 'A letter came', deliveryAttempts: 1 },
        ...{ lastDeliveryAttemptAt: at(4), lastDeliveryError: 'no', deliveryReason: 'r', status: 'pending' },
      });
      expect(changed.deliverAt).toBeUndefined();
      expect(changed.updatedAt.getTime()).toBeGreaterThan(at(0).getTime());
      expect(await domain.getNotification({ threadId: 't', id: 'n' })).toEqual(changed);
    });

    it.each([
      ['delivered', 'deliveredAt'],
      ['seen', 'seenAt'],
      ['dismissed', 'dismissedAt'],
      ['archived', 'archivedAt'],
      ['discarded', 'discardedAt'],
    ])('that is %s says when', async (status, stamp) => {
      const domain = await open();
      const { id } = await domain.createNotification(news());
      const changed = await domain.updateNotification({ threadId: 't', id, status });
      expect(changed.status).toBe(status);
      expect(changed[stamp]).toBeInstanceOf(Date);
      const failed = await domain.updateNotification({ threadId: 't', id, status: 'failed' });
      expect(failed[stamp]).toEqual(changed[stamp]);
    });

    it('that does not exist, or is of another thread, cannot be changed', async () => {
      const domain = await open();
      const { id } = await domain.createNotification(news());
      await expect(domain.updateNotification({ threadId: 't', id: 'zz', status: 'seen' })).rejects.toThrow(
        'zz',
      );
      await expect(domain.updateNotification({ threadId: 'u', id, status: 'seen' })).rejects.toThrow(id);
    });

    it('has its status set with others, once each', async () => {
      const domain = await open();
      for (const id of ['a', 'b', 'c']) await domain.createNotification(news({ id }));
      const changed = await domain.updateNotificationsStatus({
        ...{ threadId: 't', ids: ['a', 'zz', 'b', 'a'], status: 'seen' },
      });
      expect(changed.map((/** @type {any} */ one) => [one.id, one.status])).toEqual([
        ['a', 'seen'],
        ['b', 'seen'],
      ]);
      expect(changed[0].seenAt).toBeInstanceOf(Date);
      expect(await domain.updateNotificationsStatus({ threadId: 't', ids: [], status: 'seen' })).toEqual([]);
      expect((await domain.getNotification({ threadId: 't', id: 'c' })).status).toBe('pending');
    });
  });

  describe('notifications of a thread', () => {
    const five = async () => {
      const domain = await open();
      const list = [
        news({ id: 'a', createdAt: at(1), priority: 'low' }),
        news({ id: 'b', createdAt: at(2), source: 'chat', summary: 'Ünï 100%' }),
        news({ id: 'c', createdAt: at(3), kind: 'Parcel', agentId: 'guide' }),
        news({ id: 'd', createdAt: at(4), priority: 'high', resourceId: 'alice' }),
        news({ id: 'e', createdAt: at(5), threadId: 'u' }),
      ];
      for (const one of list) await domain.createNotification(one);
      return domain;
    };

    it.each([
      ['newest first', {}, 'dcba'],
      ['a few', { limit: 2 }, 'dc'],
      ['none', { limit: 0 }, ''],
      ['by status', { status: 'seen' }, ''],
      ['by one of some statuses', { status: ['pending', 'seen'] }, 'dcba'],
      ['by none of them', { status: [] }, ''],
      ['by priority', { priority: ['low', 'high'] }, 'da'],
      ['by source', { source: 'chat' }, 'b'],
      ['by agent', { agentId: 'guide' }, 'c'],
      ['by resource', { resourceId: 'alice' }, 'd'],
      ['by what their summary has', { search: 'LETTER' }, 'dcba'],
      ['by what their kind has', { search: 'parc' }, 'c'],
      ['by signs that mean nothing', { search: '100%' }, 'b'],
      ['by what they have not', { search: '_' }, ''],
      ['by what they have, a few', { search: 'letter', limit: 1 }, 'd'],
    ])('are listed %s', async (_, filter, expected) => {
      expect(idsOf(await (await five()).listNotifications({ threadId: 't', ...filter }))).toBe(expected);
    });
  });

  describe('due notifications', () => {
    it('of all threads are listed, the first due first', async () => {
      const domain = await open();
      const list = [
        news({ id: 'a', deliverAt: at(30) }),
        news({ id: 'b', summaryAt: at(10), deliverAt: at(90), threadId: 'u' }),
        news({ id: 'c', deliverAt: at(20), agentId: 'guide' }),
        news({ id: 'd' }),
        news({ id: 'e', deliverAt: at(31) }),
        news({ id: 'f', deliverAt: at(5) }),
      ];
      for (const one of list) await domain.createNotification(one);
      await domain.updateNotification({ threadId: 't', id: 'f', status: 'delivered' });
      const due = async (/** @type {object} */ more = {}) =>
        idsOf(await domain.listDueNotifications({ now: at(30), ...more }));
      expect(await due()).toBe('bca');
      expect(await due({ limit: 1 })).toBe('b');
      expect(await due({ agentId: 'guide' })).toBe('c');
      await domain.updateNotification({ threadId: 'u', id: 'b', summaryAt: null });
      await domain.updateNotification({ threadId: 't', id: 'd', deliverAt: at(29) });
      expect(await due()).toBe('cda');
      await domain.updateNotification({ threadId: 't', id: 'a', deliverAt: null });
      expect(await due()).toBe('cd');
    });
  });
}
