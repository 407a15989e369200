import { describe, expect, it } from 'vitest';
import { changedAt } from './support.js';
import { at, ids, message, thread } from '../support/records.js';

/** @param {any} memory @param {object} args */
const found = async (memory, args) => ids((await memory.listThreads(args)).threads).sort();

/** @param {import('./support.js').Make} make */
export function threadsFiltered(make) {
  async function prepared() {
    const { memory } = await make();
    await memory.dangerouslyClearAll();
    /** @type {[string, string, object][]} */
    const all = [
      ['a', 'alice', { kind: 'chat', hot: true }],
      ['b', 'alice', { kind: 'mail', hot: true }],
      ['c', 'bob', { kind: 'chat', hot: false }],
      ['d', 'bob', {}],
    ];
    for (const [id, resourceId, metadata] of all) {
      await memory.saveThread({ thread: thread(id, { resourceId, metadata }) });
    }
    return memory;
  }

  describe('threads by filter', () => {
    /** @type {[string, any, string[]][]} */
    const filters = [
      ['owner', { resourceId: 'alice' }, ['a', 'b']],
      ['metadata', { metadata: { kind: 'chat' } }, ['a', 'c']],
      ['two keys of metadata', { metadata: { kind: 'chat', hot: true } }, ['a']],
      ['owner and metadata', { resourceId: 'bob', metadata: { kind: 'chat' } }, ['c']],
      ['none: everyone', undefined, ['a', 'b', 'c', 'd']],
      ['metadata that none has', { metadata: { kind: 'call' } }, []],
      ['an owner of none', { resourceId: 'nobody' }, []],
      ['one key that fits and one that does not', { metadata: { kind: 'mail', hot: false } }, []],
    ];
    it.each(filters)('%s', async (_, filter, expected) => {
      expect(await found(await prepared(), { filter })).toEqual(expected);
    });

    it('page by page', async () => {
      const memory = await prepared();
      const filter = { metadata: { kind: 'chat' } };
      const first = await memory.listThreads({ filter, page: 0, perPage: 1 });
      expect(first).toMatchObject({ total: 2, page: 0, perPage: 1, hasMore: true });
      const second = await memory.listThreads({ filter, page: 1, perPage: 1 });
      expect(second).toMatchObject({ total: 2, page: 1, perPage: 1, hasMore: false });
      expect(ids([...first.threads, ...second.threads]).sort()).toEqual(['a', 'c']);
    });

    it('all at once', async () => {
      const page = await (await prepared()).listThreads({ filter: { resourceId: 'bob' }, perPage: false });
      expect(page).toMatchObject({ total: 2, page: 0, perPage: false, hasMore: false });
      expect(page.threads).toHaveLength(2);
    });

    it('leaves out threads that lack the key', async () => {
      const memory = await prepared();
      expect(await found(memory, { filter: { metadata: { hot: false } } })).toEqual(['c']);
    });

    it('answers the dates that a read answers', async () => {
      const memory = await prepared();
      const [listed] = (await memory.listThreads({ filter: { metadata: { kind: 'mail' } } })).threads;
      const read = await memory.getThreadById({ threadId: 'b' });
      expect([listed.createdAt, listed.updatedAt]).toEqual([read.createdAt, read.updatedAt]);
      for (const id of ['a', 'b', 'c', 'd', 'd']) await memory.deleteThread({ threadId: id });
      expect(await found(memory, {})).toEqual([]);
    });
  });

  describe('the archive of threads', () => {
    const archivedAt = at(100);

    async function archived() {
      const { memory, clock } = await make();
      await memory.saveThread({ thread: thread('old', { metadata: { kind: 'chat' } }) });
      await memory.saveThread({ thread: thread('new', { metadata: { kind: 'chat' } }) });
      await memory.saveThread({ thread: thread('mail', { metadata: { kind: 'mail' }, archivedAt }) });
      clock.advance(1000);
      await memory.updateThread({ id: 'old', archivedAt });
      return { memory, clock };
    }

    it('has no new thread in it', async () => {
      const { memory } = await archived();
      expect((await memory.getThreadById({ threadId: 'new' })).archivedAt ?? null).toBeNull();
    });

    it('takes a thread', async () => {
      const { memory } = await archived();
      expect((await memory.getThreadById({ threadId: 'old' })).archivedAt).toEqual(archivedAt);
    });

    it('gives a thread back', async () => {
      const { memory } = await archived();
      const updated = await memory.updateThread({ id: 'old', archivedAt: null });
      expect(updated.archivedAt).toBeNull();
      expect((await memory.getThreadById({ threadId: 'old' })).archivedAt).toBeNull();
    });

    it('keeps a thread through other updates', async () => {
      const { memory } = await archived();
      await memory.updateThread({ id: 'old', title: 'Other' });
      expect(await memory.getThreadById({ threadId: 'old' })).toMatchObject({ title: 'Other', archivedAt });
    });

    it('does not count as an update', async () => {
      const { memory } = await archived();
      expect(await changedAt(memory, 'old')).toBe(at(0).getTime());
    });

    it('keeps a thread that gets a message', async () => {
      const { memory } = await archived();
      await memory.saveMessages({ messages: [message('m1', 1, { threadId: 'old' })] });
      expect((await memory.getThreadById({ threadId: 'old' })).archivedAt).toEqual(archivedAt);
    });

    /** @type {[string, any, string[]][]} */
    const filters = [
      ['is listed', { archived: true }, ['mail', 'old']],
      ['is left out', { archived: false }, ['new']],
      ['is listed with all else', {}, ['mail', 'new', 'old']],
      ['is filtered by metadata', { archived: true, metadata: { kind: 'chat' } }, ['old']],
    ];
    it.each(filters)('%s', async (_, filter, expected) => {
      const { memory } = await archived();
      expect(await found(memory, { filter })).toEqual(expected);
    });

    it('comes in pages', async () => {
      const { memory } = await archived();
      const first = await memory.listThreads({ filter: { archived: true }, page: 0, perPage: 1 });
      const second = await memory.listThreads({ filter: { archived: true }, page: 1, perPage: 1 });
      expect([first, second]).toMatchObject([
        { total: 2, hasMore: true },
        { total: 2, hasMore: false },
      ]);
      expect(ids([...first.threads, ...second.threads]).sort()).toEqual(['mail', 'old']);
    });
  });
}
