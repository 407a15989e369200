import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/** @param {import('./support.js').Make} make */
export function states(make) {
  const key = { threadId: 't', type: 'task' };

  describe('thread states', () => {
    it('are undefined at first', async () => {
      const { threadState } = await make();
      expect(await threadState.getState(key)).toBeUndefined();
    });

    it.each([
      [[{ id: '1', content: 'Book "Ryokan" 🎉', status: 'pending', activeForm: 'Booking' }]],
      [{ objective: 'Go', deep: { list: [1, null, 0.1] } }],
      ['text'],
      [''],
      [0],
      [false],
      [null],
    ])('are read as they were set: %j', async (value) => {
      const { threadState } = await make();
      await threadState.setState({ ...key, value });
      expect(await threadState.getState(key)).toEqual(value);
    });

    it('take the place of what was there', async () => {
      const { threadState } = await make();
      await threadState.setState({ ...key, value: { a: 1, b: 2 } });
      await threadState.setState({ ...key, value: { a: 3 } });
      expect(await threadState.getState(key)).toEqual({ a: 3 });
    });

    it('are one for each thread and type', async () => {
      const { threadState } = await make();
      const keys = ['t', 'u', 't:task'].flatMap((threadId) =>
        ['task', 'goal'].map((type) => ({ threadId, type })),
      );
      for (const one of keys) await threadState.setState({ ...one, value: `${one.threadId} ${one.type}` });
      await threadState.deleteState({ threadId: 'u', type: 'goal' });
      const values = await Promise.all(keys.map((one) => threadState.getState(one)));
      expect(values).toEqual(['t task', 't goal', 'u task', undefined, 't:task task', 't:task goal']);
    });

    it('are deleted, more than once', async () => {
      const { threadState } = await make();
      await threadState.setState({ ...key, value: 1 });
      for (let i = 0; i < 2; i++) await threadState.deleteState(key);
      expect(await threadState.getState(key)).toBeUndefined();
    });

    it('are written in quick succession, and the last one stays', async () => {
      const { threadState } = await make();
      for (let value = 0; value < 10; value++) {
        await threadState.setState({ ...key, value });
        expect(await threadState.getState(key)).toBe(value);
      }
    });

    it('are cleared', async () => {
      const { threadState, memory } = await make();
      await threadState.setState({ ...key, value: 1 });
      await memory.saveThread({
        thread: { id: 't', resourceId: 'alice', title: 'T', createdAt: at(0), updatedAt: at(0) },
      });
      await threadState.dangerouslyClearAll();
      expect(await threadState.getState(key)).toBeUndefined();
      expect(await memory.getThreadById({ threadId: 't' })).not.toBeNull();
    });
  });
}

/** @param {import('./support.js').Make} make */
export function blobs(make) {
  /** @param {string} letter @returns {any} */
  const blob = (letter) => ({
    hash: letter.repeat(64),
    content: `# ${letter} 🎉 "x"`,
    size: 10,
    mimeType: 'text/markdown',
    createdAt: at(1),
  });

  describe('blobs', () => {
    it('are got as they were put', async () => {
      const { blobs } = await make();
      await blobs.put(blob('a'));
      expect(await blobs.get(blob('a').hash)).toEqual(blob('a'));
      expect(await blobs.has(blob('a').hash)).toBe(true);
    });

    it('that do not exist are null', async () => {
      const { blobs } = await make();
      expect(await blobs.get(blob('a').hash)).toBeNull();
      expect(await blobs.has(blob('a').hash)).toBe(false);
    });

    it('never change', async () => {
      const { blobs } = await make();
      await blobs.put(blob('a'));
      await blobs.put({ ...blob('a'), content: 'other' });
      expect((await blobs.get(blob('a').hash)).content).toBe(blob('a').content);
    });

    it('never change when they are put together, with others of their hash too', async () => {
      const { blobs } = await make();
      const first = blob('a');
      await blobs.putMany([first, blob('b'), { ...first, content: 'second' }]);
      await blobs.putMany([{ ...first, content: 'third' }, blob('c')]);
      expect(await blobs.get(first.hash)).toEqual(first);
      expect((await blobs.getMany([blob('b').hash, blob('c').hash])).size).toBe(2);
    });

    it('are put and got together', async () => {
      const { blobs } = await make();
      await blobs.putMany(['a', 'b', 'c'].map(blob));
      const found = await blobs.getMany([blob('c').hash, blob('x').hash, blob('a').hash]);
      expect(found).toBeInstanceOf(Map);
      expect(Object.fromEntries(found)).toEqual({ [blob('a').hash]: blob('a'), [blob('c').hash]: blob('c') });
    });

    it('are deleted', async () => {
      const { blobs } = await make();
      await blobs.put(blob('a'));
      expect(await blobs.delete(blob('a').hash)).toBe(true);
      expect(await blobs.delete(blob('a').hash)).toBe(false);
      expect(await blobs.get(blob('a').hash)).toBeNull();
    });

    it('are cleared', async () => {
      const { blobs } = await make();
      await blobs.putMany(['a', 'b'].map(blob));
      await blobs.dangerouslyClearAll();
      expect((await blobs.getMany(['a', 'b'].map((letter) => blob(letter).hash))).size).toBe(0);
    });
  });
}
