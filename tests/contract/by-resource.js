import { describe, expect, it } from 'vitest';
import { at, ids, message, refused, storeWith, thread } from './support.js';

/**
 * Alice talks in her threads t, u and w, Bob in his thread v and once in Alice's thread w.
 * @param {import('./support.js').MakeStore} makeStore
 */
async function talks(makeStore) {
  const bob = { resourceId: 'bob' };
  const subject = await storeWith(makeStore, 't', 'u', 'w');
  await subject.store.saveThread({ thread: thread('v', bob) });
  await subject.store.saveMessages({
    messages: [
      message('t1', 1),
      message('u2', 2, { threadId: 'u' }),
      message('v3', 3, { threadId: 'v', ...bob }),
      message('t4', 4),
      message('w5', 5, { threadId: 'w' }),
      message('w6', 6, { threadId: 'w', ...bob }),
      message('w7', 7, { threadId: 'w' }),
      message('u8', 8, { threadId: 'u' }),
    ],
  });
  return subject;
}

/** @param {import('./support.js').MakeStore} makeStore */
export function byResource(makeStore) {
  describe('listing the messages of one owner', () => {
    it('gathers them from all threads, oldest first', async () => {
      const { store, reopen } = await talks(makeStore);
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessagesByResourceId({ resourceId: 'alice' });
        expect(ids(page.messages)).toEqual(['t1', 'u2', 't4', 'w5', 'w7', 'u8']);
        expect(page).toMatchObject({ total: 6, page: 0, perPage: 40, hasMore: false });
        expect(page.messages[0]).toEqual(message('t1', 1));
      }
    });

    it('keeps owners apart', async () => {
      const { store } = await talks(makeStore);
      const page = await store.listMessagesByResourceId({ resourceId: 'bob' });
      expect(ids(page.messages)).toEqual(['v3', 'w6']);
      expect(await store.listMessagesByResourceId({ resourceId: 'carol' })).toMatchObject({
        messages: [],
        total: 0,
        hasMore: false,
      });
    });

    it('finds them in threads of others, which stay threads of others', async () => {
      const { store, reopen } = await talks(makeStore);
      const carol = { resourceId: 'carol' };
      await store.saveMessages({
        messages: [
          message('v9', 9, { threadId: 'v', ...carol }),
          message('w10', 10, { threadId: 'w', ...carol }),
        ],
      });
      await store.saveMessages({ messages: [message('w11', 11, { threadId: 'w', ...carol })] });
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessagesByResourceId({ ...carol, perPage: 2, page: 1 });
        expect(ids(page.messages)).toEqual(['w11']);
        expect(page).toMatchObject({ total: 3, hasMore: false });
        expect(await reader.listThreads({ filter: carol })).toMatchObject({ threads: [], total: 0 });
        expect((await reader.listThreads({ filter: { resourceId: 'bob' } })).total).toBe(1);
      }
    });

    it('finds what was given to them, moved or copied into threads of others', async () => {
      const { store, reopen } = await talks(makeStore);
      const carol = { resourceId: 'carol' };
      await store.updateMessages({ messages: [{ id: 't1', ...carol }] });
      await store.updateMessages({ messages: [{ id: 'u2', threadId: 'v' }] });
      for (const reader of [store, reopen()]) {
        expect(ids((await reader.listMessagesByResourceId(carol)).messages)).toEqual(['t1']);
        expect(ids((await reader.listMessagesByResourceId({ resourceId: 'alice' })).messages)).toContain(
          'u2',
        );
      }
      await store.deleteThread({ threadId: 't' });
      expect(await reopen().listMessagesByResourceId(carol)).toMatchObject({ messages: [], total: 0 });
    });

    it('finds them in a thread that was given away', async () => {
      const { store, reopen } = await talks(makeStore);
      await store.saveThread({ thread: thread('t', { resourceId: 'bob' }) });
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessagesByResourceId({ resourceId: 'alice' });
        expect(ids(page.messages)).toEqual(['t1', 'u2', 't4', 'w5', 'w7', 'u8']);
      }
    });

    it('pages, in both directions', async () => {
      const { store } = await talks(makeStore);
      const args = { resourceId: 'alice', perPage: 4 };
      const first = await store.listMessagesByResourceId(args);
      expect(ids(first.messages)).toEqual(['t1', 'u2', 't4', 'w5']);
      expect(first).toMatchObject({ total: 6, hasMore: true });
      const second = await store.listMessagesByResourceId({ ...args, page: 1 });
      expect(ids(second.messages)).toEqual(['w7', 'u8']);
      expect(second.hasMore).toBe(false);
      const last = await store.listMessagesByResourceId({
        ...args,
        perPage: 2,
        orderBy: { direction: 'DESC' },
      });
      expect(ids(last.messages)).toEqual(['u8', 'w7']);
      const all = await store.listMessagesByResourceId({ resourceId: 'alice', perPage: false });
      expect(all).toMatchObject({ total: 6, perPage: false, hasMore: false });
    });

    it('tells on an empty page how many there are', async () => {
      const { store } = await talks(makeStore);
      const nothing = { messages: [], page: 0, perPage: 0 };
      const args = { resourceId: 'alice', perPage: 0 };
      expect(await store.listMessagesByResourceId(args)).toEqual({ ...nothing, total: 6, hasMore: true });
      const filter = { dateRange: { start: at(4), end: at(5) } };
      expect(await store.listMessagesByResourceId({ ...args, filter })).toMatchObject({ total: 2 });
      const include = [{ id: 'w7' }];
      const page = await store.listMessagesByResourceId({ ...args, include });
      expect(ids(page.messages)).toEqual(['w7']);
      expect(page).toMatchObject({ total: 6, hasMore: true });
      const tagged = { ...args, filter: { metadata: { tag: 'x' } } };
      await store.updateMessages({ messages: [{ id: 'u8', content: { metadata: { tag: 'x' } } }] });
      expect(await store.listMessagesByResourceId(tagged)).toEqual({ ...nothing, total: 1, hasMore: true });
      expect(await store.listMessagesByResourceId({ resourceId: 'carol', perPage: 0 })).toEqual({
        ...nothing,
        total: 0,
        hasMore: false,
      });
    });

    it('counts nothing for an empty page when no total is wanted', async () => {
      const { store } = await talks(makeStore);
      const before = store.stats?.().operations;
      const args = { resourceId: 'alice', perPage: 0, includeTotal: false };
      expect(await store.listMessagesByResourceId(args)).toMatchObject({ total: 0, hasMore: false });
      if (before !== undefined) expect(store.stats().operations).toEqual(before);
    });

    it('looks into a range of time across threads', async () => {
      const { store } = await talks(makeStore);
      const filter = { dateRange: { start: at(4), end: at(8), endExclusive: true } };
      const page = await store.listMessagesByResourceId({ resourceId: 'alice', filter });
      expect(ids(page.messages)).toEqual(['t4', 'w5', 'w7']);
      expect(page.total).toBe(3);
    });

    it('filters by metadata', async () => {
      const { store } = await talks(makeStore);
      await store.updateMessages({ messages: [{ id: 'u8', content: { metadata: { tag: 'x' } } }] });
      await store.updateMessages({ messages: [{ id: 'v3', content: { metadata: { tag: 'x' } } }] });
      const filter = { metadata: { tag: 'x' } };
      const page = await store.listMessagesByResourceId({ resourceId: 'alice', filter });
      expect(ids(page.messages)).toEqual(['u8']);
    });

    it('sees messages that were moved, deleted, or given to someone else', async () => {
      const { store, reopen } = await talks(makeStore);
      await store.updateMessages({ messages: [{ id: 't1', threadId: 'u' }] });
      await store.deleteMessages(['u2']);
      await store.updateMessages({ messages: [{ id: 't4', resourceId: 'bob' }] });
      await store.deleteThread({ threadId: 'w' });
      for (const reader of [store, reopen()]) {
        expect(ids((await reader.listMessagesByResourceId({ resourceId: 'alice' })).messages)).toEqual([
          't1',
          'u8',
        ]);
      }
    });

    it('includes windows of its own messages only', async () => {
      const { store } = await talks(makeStore);
      const around = { withPreviousMessages: 1, withNextMessages: 1 };
      const foreign = await store.listMessagesByResourceId({
        resourceId: 'bob',
        perPage: 1,
        include: [{ id: 'w5', ...around }],
      });
      expect(ids(foreign.messages)).toEqual(['v3']);
      const own = await store.listMessagesByResourceId({
        resourceId: 'alice',
        perPage: 1,
        include: [{ id: 'w7', threadId: 't', ...around }],
      });
      expect(ids(own.messages)).toEqual(['t1', 'w5', 'w7']);
      expect(own).toMatchObject({ total: 6, hasMore: true });
    });

    it.each([
      ['page', { page: -1 }, 'page must be >= 0'],
      ['perPage', { perPage: -1 }, 'perPage must be >= 0'],
    ])('refuses a negative %s', async (_, args, text) => {
      const { store } = await makeStore();
      await refused(store.listMessagesByResourceId({ resourceId: 'alice', ...args }), {
        code: 'INVALID_ARGUMENT',
        op: 'listMessagesByResourceId',
        text,
      });
    });
  });
}
