import { describe, expect, it } from 'vitest';
import { at, ids, thread } from '../support/records.js';

/** Created in the order a, b, c; updated in the order b, c, a. */
const PLAN = { a: [1, 9], b: [2, 5], c: [3, 7] };

/** @param {import('./support.js').Make} make */
export function threadsSorted(make) {
  /** @param {Record<string, Record<string, unknown>>} [fields] */
  async function planned(fields = {}) {
    const { memory } = await make();
    for (const [id, [created, updated]] of Object.entries(PLAN)) {
      const dates = { createdAt: at(created), updatedAt: at(updated) };
      await memory.saveThread({ thread: thread(id, { ...dates, ...fields[id] }) });
    }
    return memory;
  }

  /** @param {any} memory @param {object} args */
  const order = async (memory, args) => ids((await memory.listThreads(args)).threads).join('');

  describe('threads in order', () => {
    /** @type {[string, any, string][]} */
    const orders = [
      ['none given: newest first', undefined, 'cba'],
      ['createdAt, ASC', { field: 'createdAt', direction: 'ASC' }, 'abc'],
      ['createdAt, DESC', { field: 'createdAt', direction: 'DESC' }, 'cba'],
      ['updatedAt, ASC', { field: 'updatedAt', direction: 'ASC' }, 'bca'],
      ['updatedAt, DESC', { field: 'updatedAt', direction: 'DESC' }, 'acb'],
      ['createdAt alone is DESC', { field: 'createdAt' }, 'cba'],
      ['updatedAt alone is DESC', { field: 'updatedAt' }, 'acb'],
      ['ASC alone is of createdAt', { direction: 'ASC' }, 'abc'],
      ['DESC alone is of createdAt', { direction: 'DESC' }, 'cba'],
    ];
    it.each(orders)('%s', async (_, orderBy, expected) => {
      expect(await order(await planned(), { filter: { resourceId: 'alice' }, orderBy })).toBe(expected);
    });

    it('page by page as all at once', async () => {
      const { memory } = await make();
      for (let i = 0; i < 7; i++) {
        await memory.saveThread({ thread: thread(`t${i}`, { updatedAt: at((i * 3) % 7) }) });
      }
      const args = { filter: { resourceId: 'alice' }, orderBy: { field: 'updatedAt', direction: 'ASC' } };
      let pages = '';
      for (const page of [0, 1, 2]) pages += await order(memory, { ...args, page, perPage: 3 });
      expect(pages).toBe(await order(memory, { ...args, perPage: false }));
    });

    it('of nobody', async () => {
      expect(await order(await planned(), { filter: { resourceId: 'nobody' } })).toBe('');
    });

    it('when there is one', async () => {
      const { memory } = await make();
      await memory.saveThread({ thread: thread('only') });
      expect(await order(memory, { orderBy: { field: 'updatedAt', direction: 'ASC' } })).toBe('only');
    });

    it('of one moment: all of them, the same way each time', async () => {
      const same = { createdAt: at(1), updatedAt: at(1) };
      const memory = await planned({ a: same, b: same, c: same });
      const first = await order(memory, {});
      expect([...first].sort().join('')).toBe('abc');
      expect(await order(memory, {})).toBe(first);
    });

    it('of one owner, newest first', async () => {
      const memory = await planned({ b: { resourceId: 'bob' } });
      expect(await order(memory, { filter: { resourceId: 'alice' } })).toBe('ca');
    });

    it('of one owner, oldest first', async () => {
      const memory = await planned({ b: { resourceId: 'bob' } });
      const orderBy = { field: 'createdAt', direction: 'ASC' };
      expect(await order(memory, { filter: { resourceId: 'alice' }, orderBy })).toBe('ac');
    });

    it('of a kind, last updated first', async () => {
      const memory = await planned({ a: { metadata: { kind: 1 } }, c: { metadata: { kind: 1 } } });
      const orderBy = { field: 'updatedAt', direction: 'DESC' };
      expect(await order(memory, { filter: { metadata: { kind: 1 } }, orderBy })).toBe('ac');
    });
  });
}
