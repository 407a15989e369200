import { describe, expect, it } from 'vitest';
import { refused } from './support.js';

const key = { threadId: 't', type: 'task' };

/** @param {import('./support.js').MakeStore} makeStore */
export function states(makeStore) {
  describe('thread states', () => {
    it.each([[[{ id: '1', content: 'Buy tea', status: 'pending' }]], [{}], ['text'], [0], [false], [null]])(
      'hold %j',
      async (value) => {
        const { store, reopen } = await makeStore();
        await store.setState({ ...key, value });
        expect(await store.getState(key)).toEqual(value);
        expect(await reopen().getState(key)).toEqual(value);
      },
    );

    it('are undefined until they are set, and once they are deleted', async () => {
      const { store } = await makeStore();
      expect(await store.getState(key)).toBeUndefined();
      await store.setState({ ...key, value: 1 });
      await store.deleteState(key);
      await store.deleteState(key);
      expect(await store.getState(key)).toBeUndefined();
    });

    it('are one for each thread and type', async () => {
      const { store } = await makeStore();
      const keys = [
        { threadId: 'a', type: 'b:c' },
        { threadId: 'a:b', type: 'c' },
        { threadId: 'a', type: 'b' },
      ];
      for (const [value, one] of keys.entries()) await store.setState({ ...one, value });
      for (const [value, one] of keys.entries()) expect(await store.getState(one)).toBe(value);
    });

    it('are replaced as a whole, and the last one stays', async () => {
      /** @type {Promise<unknown>[]} */
      const later = [];
      const { store, reopen } = await makeStore({
        waitUntil: (/** @type {Promise<unknown>} */ work) => void later.push(work),
      });
      await store.setState({ ...key, value: { a: 1 } });
      await Promise.all([1, 2, 3].map((b) => store.setState({ ...key, value: { b } })));
      expect(await store.getState(key)).toEqual({ b: 3 });
      await Promise.all(later); // of several in a second the last one is written a second later
      expect(await reopen().getState(key)).toEqual({ b: 3 });
    });

    it('do not change with what they were set to or read as', async () => {
      const { store } = await makeStore();
      const value = { list: [1] };
      await store.setState({ ...key, value });
      value.list.push(2);
      (await store.getState(key)).list.push(3);
      expect(await store.getState(key)).toEqual({ list: [1] });
    });
  });

  describe('thread states of a resource', () => {
    it('are apart from those of the thread', async () => {
      const { store } = await makeStore();
      await store.setState({ ...key, value: 'all' });
      await store.setState({ ...key, resourceId: 'alice', value: 'hers' });
      expect(await store.getState(key)).toBe('all');
      expect(await store.getState({ ...key, resourceId: 'alice' })).toBe('hers');
      expect(await store.getState({ ...key, resourceId: 'bob' })).toBeUndefined();
      await store.deleteState({ ...key, resourceId: 'alice' });
      expect(await store.getState(key)).toBe('all');
    });
  });

  describe('thread states that are refused', () => {
    it.each([
      { type: 'task' },
      { threadId: 't' },
      { threadId: '', type: 'task' },
      { threadId: 7, type: 'task' },
    ])('are those of %j', async (bad) => {
      const { store } = await makeStore();
      const code = 'INVALID_ARGUMENT';
      await refused(store.getState(bad), { code, op: 'getState' });
      await refused(store.setState({ ...bad, value: 1 }), { code, op: 'setState' });
      await refused(store.deleteState(bad), { code, op: 'deleteState' });
    });
  });
}
