import { describe, expect, it } from 'vitest';
import { at, refused } from './support.js';

/**
 * @param {string} id
 * @param {object} [fields]
 */
const schedule = (id, fields = {}) => ({
  id,
  status: 'active',
  createdAt: at(0),
  nextFireAt: at(60),
  ...fields,
});

/** @param {import('./support.js').MakeStore} makeStore */
export function rows(makeStore) {
  const table = 'schedules';
  /** @param {...any} list */
  async function holding(...list) {
    const subject = await makeStore();
    await subject.store.saveRows({ table, rows: list, asDated: true });
    return subject;
  }

  describe('rows of a table', () => {
    it('come back as they were saved, in the order in which they are asked for', async () => {
      const a = schedule('a', { more: { n: 9007199254740991, list: [null] } });
      const { store, reopen } = await holding(a, schedule('b:%'));
      const keys = [{ id: 'b:%' }, { id: 'none' }, { id: 'a' }, { id: 'b:%' }];
      for (const one of [store, reopen()]) {
        expect(await one.getRows({ table, keys })).toEqual([schedule('b:%'), null, a, schedule('b:%')]);
      }
      expect(await store.getRows({ table, keys: [] })).toEqual([]);
      expect(await store.getRows({ table, keys: [{ id: 'x'.repeat(600) }, { id: 'a' }] })).toEqual([null, a]);
    });

    it('are known by Mastra’s name of the table, too', async () => {
      const { store } = await holding(schedule('a'));
      expect(await store.getRows({ table: 'mastra_schedules', keys: [{ id: 'a' }] })).toHaveLength(1);
    });

    it('get the dates that are the store’s to set, unless they bring theirs', async () => {
      const { store, clock } = await makeStore();
      const [saved] = await store.saveRows({ table, rows: [schedule('a', { updatedAt: at(5) })] });
      expect(saved.updatedAt.getTime()).toBeGreaterThanOrEqual(clock.now() - 1000);
      const [kept] = await store.saveRows({
        table,
        rows: [schedule('a', { updatedAt: at(5) })],
        asDated: true,
      });
      expect(kept.updatedAt).toEqual(at(5));
      expect((await store.getRows({ table, keys: [{ id: 'a' }] }))[0].updatedAt).toEqual(at(5));
    });

    it('are created where there is none', async () => {
      const { store, reopen } = await holding(schedule('a'));
      const again = store.saveRows({ table, rows: [schedule('a', { status: 'x' })], create: true });
      await refused(again, { code: 'ALREADY_EXISTS', op: 'saveRows' });
      await store.saveRows({ table, rows: [schedule('b')], create: true, asDated: true });
      await store.deleteRows({ table, keys: [{ id: 'b' }] });
      await store.saveRows({ table, rows: [schedule('b', { status: 'new' })], create: true, asDated: true });
      const keys = [{ id: 'a' }, { id: 'b' }];
      expect(await reopen().getRows({ table, keys })).toEqual([
        schedule('a'),
        schedule('b', { status: 'new' }),
      ]);
    });

    it('are created once by several who try at once', async () => {
      const { store } = await makeStore();
      const tries = [1, 2, 3, 4, 5].map((n) =>
        store.saveRows({ table, rows: [schedule('a', { n })], create: true }),
      );
      const made = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled');
      expect(made).toHaveLength(1);
      const [row] = await store.getRows({ table, keys: [{ id: 'a' }] });
      expect(row.n).toBe(/** @type {any} */ (made[0]).value[0].n);
    });

    it('are changed if they are as expected', async () => {
      const { store } = await holding(schedule('a', { x: 1, y: 2 }));
      const key = { id: 'a' };
      const change = (/** @type {object} */ how) => store.updateRow({ table, key, ...how });
      expect(await change({ expect: { nextFireAt: at(61) }, set: { x: 9 } })).toBe(false);
      expect(await change({ expect: { nextFireAt: at(60), gone: null }, set: { x: 3 }, clear: ['y'] })).toBe(
        true,
      );
      expect((await store.getRows({ table, keys: [key] }))[0]).toMatchObject({ x: 3, status: 'active' });
      expect((await store.getRows({ table, keys: [key] }))[0].y).toBeUndefined();
      expect(await store.updateRow({ table, key: { id: 'none' }, set: { x: 1 } })).toBe(false);
      expect(await store.updateRow({ table, key: { id: 'x'.repeat(600) }, set: { x: 1 } })).toBe(false);
    });

    it('come back as they are then, when they are changed or saved', async () => {
      const { store } = await holding(schedule('a', { x: 1, y: 2 }));
      const key = { id: 'a' };
      const revised = await store.reviseRow({ table, key, expect: { x: 1 }, set: { x: 3 }, clear: ['y'] });
      expect(revised).toEqual((await store.getRows({ table, keys: [key] }))[0]);
      expect(revised).toMatchObject({ x: 3, nextFireAt: at(60) });
      expect(await store.reviseRow({ table, key, expect: { x: 1 }, set: { x: 4 } })).toBeNull();
      expect(await store.reviseRow({ table, key: { id: 'none' }, set: { x: 1 } })).toBeNull();
      expect(await store.reviseRow({ table, key: { id: 'x'.repeat(600) }, set: { x: 1 } })).toBeNull();
      const rows = [schedule('b', { tags: undefined }), schedule('c')];
      const fresh = await store.saveRows({ table, rows, fresh: true });
      expect(fresh).toEqual(await store.getRows({ table, keys: [{ id: 'b' }, { id: 'c' }] }));
      expect(Object.keys(fresh[0])).not.toContain('tags');
    });

    it('are saved, read and deleted by the hundred, some of them under ids that no key can hold', async () => {
      const { store } = await makeStore();
      /** @type {any[]} */
      const rows = Array.from({ length: 250 }, (_, i) => schedule(`s${i}`, { i }));
      expect((await store.saveRows({ table, rows })).map((/** @type {any} */ { i }) => i)).toEqual(
        rows.map(({ i }) => i),
      );
      const keys = rows.map(({ id }) => ({ id }));
      keys.splice(120, 0, { id: 'x'.repeat(600) });
      const found = await store.getRows({ table, keys });
      expect(found.map((/** @type {any} */ row) => row?.i ?? null)).toEqual([
        ...rows.slice(0, 120).map(({ i }) => i),
        null,
        ...rows.slice(120).map(({ i }) => i),
      ]);
      await store.deleteRows({ table, keys });
      expect((await store.listRows({ table, perPage: 0 })).total).toBe(0);
    });

    it('are listed by what lists can tell', async () => {
      const { store, reopen } = await holding(
        schedule('a', { createdAt: at(1), nextFireAt: at(9) }),
        schedule('b', { createdAt: at(2), nextFireAt: at(8), status: 'paused' }),
        schedule('c', { createdAt: at(3), nextFireAt: at(7), ownerId: 'x' }),
      );
      const found = async (/** @type {object} */ args) => {
        const page = await reopen().listRows({ table, ...args });
        return `${page.rows.map((/** @type {any} */ { id }) => id).join('')} of ${page.total}`;
      };
      expect(await found({})).toBe('cba of 3');
      expect(await found({ direction: 'asc', perPage: 2 })).toBe('ab of 3');
      expect(await found({ orderBy: 'nextFireAt' })).toBe('abc of 3');
      expect(await found({ where: { status: ['paused', 'x'] } })).toBe('b of 1');
      expect(await found({ where: { ownerId: null } })).toBe('ba of 2');
      expect(await found({ dateField: 'nextFireAt', dateRange: { start: at(8) }, direction: 'ASC' })).toBe(
        'ab of 2',
      );
      await refused(store.listRows({ table, where: { cron: 'x' } }), {
        code: 'INVALID_ARGUMENT',
        op: 'listRows',
      });
      await refused(store.listRows({ table, orderBy: 'status' }), {
        code: 'INVALID_ARGUMENT',
        op: 'listRows',
      });
    });

    it('are told of without being read, as far as lists can tell', async () => {
      const long = 'x'.repeat(2000);
      const { store, reopen } = await holding(
        schedule('a', { cron: 'no list knows' }),
        schedule('b', { ownerId: long }),
      );
      for (const one of [store, reopen()]) {
        const page = await one.listRows({ table, covers: true, orderBy: 'nextFireAt', direction: 'ASC' });
        expect(page.total).toBe(2);
        expect(page.rows).toContainEqual({ status: 'active', createdAt: at(0), nextFireAt: at(60) });
        expect(page.rows).toContainEqual(expect.objectContaining({ ownerId: long }));
        expect(page.rows[1]).not.toHaveProperty('cron');
        const none = await one.listRows({ table, covers: true, where: { status: 'paused' } });
        expect(none).toEqual({ rows: [], total: 0, hasMore: false });
      }
    });

    it('are listed by several parts of their keys', async () => {
      const { store } = await makeStore();
      const places = [
        ['a', 'b', 'c'],
        ['a', 'b', 'd'],
        ['a', 'bb', 'c'],
        ['ab', 'b', 'c'],
      ];
      const rows = places.map(([authorId, providerId, connectionId]) => ({
        ...{ authorId, providerId, connectionId, createdAt: at(1) },
      }));
      await store.saveRows({ table: 'tool_provider_connections', rows });
      const of = async (/** @type {any} */ under) =>
        (await store.listRows({ table: 'tool_provider_connections', under })).total;
      expect([await of('a'), await of(['a']), await of(['a', 'b']), await of(['a', 'b', 'c'])]).toEqual([
        ...[3, 3, 2, 0],
      ]);
      await refused(store.listRows({ table: 'tool_provider_connections', under: ['a', ''] }), {
        code: 'INVALID_ARGUMENT',
        op: 'listRows',
      });
    });

    it('are deleted, one by one or by how their keys begin', async () => {
      const { store } = await makeStore();
      const triggers = ['a', 'a', 'ab'].map((scheduleId, n) => ({
        scheduleId,
        id: `${n}`,
        actualFireAt: at(n),
      }));
      const of = async (/** @type {string} */ under) =>
        (await store.listRows({ table: 'schedule_triggers', under, orderBy: 'actualFireAt' })).total;
      await store.saveRows({ table: 'schedule_triggers', rows: triggers });
      await store.deleteRows({
        table: 'schedule_triggers',
        keys: [
          { scheduleId: 'a', id: '0' },
          { scheduleId: 'z', id: '0' },
        ],
      });
      expect([await of('a'), await of('ab')]).toEqual([1, 1]);
      await store.deleteRowsUnder({ table: 'schedule_triggers', under: ['a'] });
      expect([await of('a'), await of('ab')]).toEqual([0, 1]);
      const none = store.deleteRowsUnder({ table: 'schedule_triggers', under: [] });
      await refused(none, { code: 'INVALID_ARGUMENT', op: 'deleteRowsUnder' });
    });

    it.each(['threads', 'scores', 'metadata', 'nothing', undefined])('are not those of %s', async (other) => {
      const { store } = await makeStore();
      const expected = { code: 'INVALID_ARGUMENT', op: 'getRows' };
      await refused(store.getRows({ table: other, keys: [{ id: 'a' }] }), expected);
    });

    it('are refused before anything is written when one of them is wrong', async () => {
      const { store } = await makeStore();
      const wrong = [
        [{ id: '' }],
        [{ status: 'x' }],
        [schedule('b'), schedule('c', { nextFireAt: 'soon' })],
        ['x'],
      ];
      for (const list of wrong) {
        await refused(store.saveRows({ table, rows: list }), { code: 'INVALID_ARGUMENT', op: 'saveRows' });
      }
      const two = store.saveRows({ table, rows: [schedule('b'), schedule('c')], create: true });
      await refused(two, { code: 'INVALID_ARGUMENT', op: 'saveRows' });
      expect((await store.listRows({ table })).total).toBe(0);
    });
  });
}
