import { describe, expect, it } from 'vitest';
import { at, ids, message, numbered, refused, storeWith, thread } from './support.js';

/**
 * Three threads whose two dates disagree: by createdAt old, mid, new; by updatedAt mid, new, old.
 * @param {import('./support.js').MakeStore} makeStore
 */
async function threeThreads(makeStore) {
  const { store } = await makeStore();
  await store.saveThread({ thread: thread('mid', { createdAt: at(2), updatedAt: at(10) }) });
  await store.saveThread({ thread: thread('new', { createdAt: at(3), updatedAt: at(11) }) });
  await store.saveThread({ thread: thread('old', { createdAt: at(1), updatedAt: at(12) }) });
  return store;
}

/** @param {import('./support.js').MakeStore} makeStore */
export function threadList(makeStore) {
  describe('listing threads in order', () => {
    const newestFirst = ['new', 'mid', 'old'];
    const oldestFirst = ['old', 'mid', 'new'];
    const lastUpdatedFirst = ['old', 'new', 'mid'];
    const firstUpdatedFirst = ['mid', 'new', 'old'];
    /** @type {[string, unknown, string[]][]} */
    const orders = [
      ['no order', undefined, newestFirst],
      ['an empty order', {}, newestFirst],
      ['createdAt DESC', { field: 'createdAt', direction: 'DESC' }, newestFirst],
      ['createdAt ASC', { field: 'createdAt', direction: 'ASC' }, oldestFirst],
      ['updatedAt DESC', { field: 'updatedAt', direction: 'DESC' }, lastUpdatedFirst],
      ['updatedAt ASC', { field: 'updatedAt', direction: 'ASC' }, firstUpdatedFirst],
      ['only createdAt', { field: 'createdAt' }, newestFirst],
      ['only updatedAt', { field: 'updatedAt' }, lastUpdatedFirst],
      ['only ASC', { direction: 'ASC' }, oldestFirst],
      ['only DESC', { direction: 'DESC' }, newestFirst],
      ['null', null, newestFirst],
    ];
    it.each(orders)('%s', async (_, orderBy, expected) => {
      const store = await threeThreads(makeStore);
      expect(ids((await store.listThreads({ orderBy })).threads)).toEqual(expected);
      expect(ids((await store.listThreadsByResourceId({ resourceId: 'alice', orderBy })).threads)).toEqual(
        expected,
      );
    });

    it('puts threads of the same moment in the order of their ids, in both directions', async () => {
      const { store } = await storeWith(makeStore, 'c', 'a', 'd', 'b');
      for (const direction of ['ASC', 'DESC']) {
        const { threads } = await store.listThreads({ orderBy: { direction } });
        expect(ids(threads)).toEqual(['a', 'b', 'c', 'd']);
      }
    });

    it('follows new messages when ordered by updatedAt', async () => {
      const store = await threeThreads(makeStore);
      await store.saveMessages({ messages: [message('m1', 20, { threadId: 'mid' })] });
      const { threads } = await store.listThreads({ orderBy: { field: 'updatedAt', direction: 'DESC' } });
      expect(ids(threads)).toEqual(['mid', 'old', 'new']);
    });

    it('orders and filters together', async () => {
      const store = await threeThreads(makeStore);
      await store.saveThread({ thread: thread('bob', { resourceId: 'bob', createdAt: at(9) }) });
      await store.saveThread({ thread: thread('tagged', { createdAt: at(2.5), metadata: { tag: 'x' } }) });
      const mine = await store.listThreads({ filter: { resourceId: 'alice' } });
      expect(ids(mine.threads)).toEqual(['new', 'tagged', 'mid', 'old']);
      const ascending = await store.listThreads({
        filter: { resourceId: 'alice' },
        orderBy: { field: 'createdAt', direction: 'ASC' },
      });
      expect(ids(ascending.threads)).toEqual(['old', 'mid', 'tagged', 'new']);
      const tagged = await store.listThreads({
        filter: { metadata: { tag: 'x' } },
        orderBy: { field: 'updatedAt', direction: 'DESC' },
      });
      expect(ids(tagged.threads)).toEqual(['tagged']);
    });
  });

  describe('listing threads in pages', () => {
    /** @param {number} count */
    async function manyThreads(count) {
      const { store } = await makeStore();
      for (let i = 1; i <= count; i++) {
        await store.saveThread({ thread: thread(numbered('t', i), { createdAt: at(i) }) });
      }
      return store;
    }

    it('counts all and says whether there is more', async () => {
      const store = await manyThreads(17);
      const first = await store.listThreads({ page: 0, perPage: 7 });
      expect(first).toMatchObject({ total: 17, page: 0, perPage: 7, hasMore: true });
      expect(first.threads).toHaveLength(7);
      const last = await store.listThreads({ page: 2, perPage: 7 });
      expect(last).toMatchObject({ total: 17, page: 2, perPage: 7, hasMore: false });
      expect(ids(last.threads)).toEqual(['t003', 't002', 't001']);
      const beyond = await store.listThreads({ page: 3, perPage: 7 });
      expect(beyond).toMatchObject({ threads: [], total: 17, hasMore: false });
    });

    it('puts pages together into the whole order', async () => {
      const store = await manyThreads(11);
      const orderBy = { field: 'createdAt', direction: 'ASC' };
      /** @type {string[]} */
      const seen = [];
      for (let page = 0; page < 3; page++) {
        seen.push(...ids((await store.listThreads({ page, perPage: 4, orderBy })).threads));
      }
      expect(seen).toEqual(Array.from({ length: 11 }, (_, i) => numbered('t', i + 1)));
    });

    it('shows a hundred when nothing is said, and all of them for perPage false', async () => {
      const store = await manyThreads(103);
      const page = await store.listThreads({});
      expect(page).toMatchObject({ total: 103, page: 0, perPage: 100, hasMore: true });
      expect(page.threads).toHaveLength(100);
      const all = await store.listThreads({ perPage: false });
      expect(all).toMatchObject({ total: 103, page: 0, perPage: false, hasMore: false });
      expect(all.threads).toHaveLength(103);
    });

    it('counts without showing for perPage 0', async () => {
      const store = await manyThreads(3);
      expect(await store.listThreads({ perPage: 0 })).toMatchObject({ threads: [], total: 3, perPage: 0 });
    });

    it('treats arguments given as undefined like those left out', async () => {
      const store = await manyThreads(2);
      const page = await store.listThreads({
        page: undefined,
        perPage: undefined,
        orderBy: undefined,
        filter: undefined,
      });
      expect(page).toMatchObject({ total: 2, page: 0, perPage: 100, hasMore: false });
    });

    it('answers an empty page for an empty store', async () => {
      const { store } = await makeStore();
      const empty = { threads: [], total: 0, hasMore: false };
      expect(await store.listThreads({})).toMatchObject(empty);
      expect(await store.listThreadsByResourceId({ resourceId: 'alice' })).toMatchObject(empty);
    });

    /** @type {[string, Record<string, unknown>, RegExp][]} */
    const badPages = [
      ['a negative page', { page: -1 }, /page must be >= 0/],
      ['half a page', { page: 1.5 }, /page/],
      ['a negative perPage', { perPage: -1 }, /perPage must be >= 0/],
      ['perPage NaN', { perPage: NaN }, /perPage/],
      ['perPage as text', { perPage: '10' }, /perPage/],
      ['a second page of everything', { page: 1, perPage: false }, /page must be 0/],
      ['a page too far to count', { page: Number.MAX_SAFE_INTEGER, perPage: 100 }, /page/],
    ];
    it.each(badPages)('refuses %s', async (_, args, text) => {
      const { store } = await makeStore();
      await refused(store.listThreads(args), { code: 'INVALID_ARGUMENT', op: 'listThreads', text });
      await refused(store.listThreadsByResourceId({ resourceId: 'alice', ...args }), {
        code: 'INVALID_ARGUMENT',
        op: 'listThreadsByResourceId',
        text,
      });
    });
  });

  describe('filtering threads', () => {
    async function mixedThreads() {
      const { store } = await makeStore();
      const some = [
        thread('1', { createdAt: at(1), metadata: { project: 'kv', stage: 'draft', priority: 1 } }),
        thread('2', { createdAt: at(2), metadata: { project: 'kv', stage: 'final', priority: 2 } }),
        thread('3', { createdAt: at(3), resourceId: 'bob', metadata: { project: 'kv', stage: 'draft' } }),
        thread('4', { createdAt: at(4), resourceId: 'bob', metadata: undefined }),
        thread('5', {
          createdAt: at(5),
          metadata: { open: true, owner: null, tags: ['a', 'b'], at: { x: 1, y: [2] } },
        }),
      ];
      for (const one of some) await store.saveThread({ thread: one });
      return store;
    }

    /** @type {[string, unknown, string[]][]} */
    const filters = [
      ['no filter: every thread', undefined, ['5', '4', '3', '2', '1']],
      ['an empty filter: every thread', {}, ['5', '4', '3', '2', '1']],
      ['an owner', { resourceId: 'bob' }, ['4', '3']],
      ['an unknown owner', { resourceId: 'carol' }, []],
      ['one metadata key', { metadata: { project: 'kv' } }, ['3', '2', '1']],
      ['two metadata keys', { metadata: { project: 'kv', stage: 'draft' } }, ['3', '1']],
      ['owner and metadata', { resourceId: 'alice', metadata: { stage: 'draft' } }, ['1']],
      ['a number', { metadata: { priority: 2 } }, ['2']],
      ['a boolean', { metadata: { open: true } }, ['5']],
      ['a null that is there', { metadata: { owner: null } }, ['5']],
      ['a list, in its order', { metadata: { tags: ['a', 'b'] } }, ['5']],
      ['a list in another order', { metadata: { tags: ['b', 'a'] } }, []],
      ['an object, whatever the order of its keys', { metadata: { at: { y: [2], x: 1 } } }, ['5']],
      ['an object with a key too few', { metadata: { at: { x: 1 } } }, []],
      ['a number asked for as text', { metadata: { priority: '2' } }, []],
      ['a key that no thread has', { metadata: { nothing: 'x' } }, []],
      ['a key that matches and one that does not', { metadata: { project: 'kv', stage: 'lost' } }, []],
      ['empty metadata: every thread', { metadata: {} }, ['5', '4', '3', '2', '1']],
    ];
    it.each(filters)('%s', async (_, filter, expected) => {
      const store = await mixedThreads();
      const { threads, total } = await store.listThreads({ filter });
      expect(ids(threads)).toEqual(expected);
      expect(total).toBe(expected.length);
    });

    it("refuses an empty owner, which would show everybody's threads", async () => {
      const store = await mixedThreads();
      const text = /filter.resourceId must not be empty/;
      await refused(store.listThreads({ filter: { resourceId: '' } }), {
        code: 'INVALID_ARGUMENT',
        op: 'listThreads',
        text,
      });
    });

    it('counts and pages what the filter lets through', async () => {
      const store = await mixedThreads();
      const filter = { metadata: { project: 'kv' } };
      const page = await store.listThreads({ filter, page: 1, perPage: 1 });
      expect(page).toMatchObject({ total: 3, page: 1, perPage: 1, hasMore: true });
      expect(ids(page.threads)).toEqual(['2']);
      expect((await store.listThreads({ filter, page: 2, perPage: 1 })).hasMore).toBe(false);
      expect(await store.listThreads({ filter, perPage: false })).toMatchObject({ perPage: false, total: 3 });
    });

    it('sees a thread with the metadata it has now', async () => {
      const store = await mixedThreads();
      await store.updateThread({ id: '2', metadata: { stage: 'draft' } });
      const { threads } = await store.listThreads({ filter: { metadata: { stage: 'draft' } } });
      expect(ids(threads)).toEqual(['3', '2', '1']);
    });

    it.each(['1st', 'a.b', "x'; --", '__proto__', 'constructor', '', 'a'.repeat(129)])(
      'refuses %j as a metadata key',
      async (key) => {
        const { store } = await makeStore();
        const metadata = Object.fromEntries([[key, 1]]);
        await refused(store.listThreads({ filter: { metadata } }), {
          code: 'INVALID_ARGUMENT',
          op: 'listThreads',
          text: /metadata/i,
        });
      },
    );

    it('lists a thread exactly as getting it shows it', async () => {
      const store = await mixedThreads();
      await store.saveMessages({ messages: [message('m1', 1, { threadId: '1' })] });
      await store.updateThread({ id: '2', title: 'New' });
      for (const listed of (await store.listThreads({})).threads) {
        expect(listed).toEqual(await store.getThreadById({ threadId: listed.id }));
      }
    });

    it('lists the threads of one owner, wherever their ids sort', async () => {
      const { store } = await makeStore();
      for (const resourceId of ['a', 'a:b', 'ab', 'a%']) {
        await store.saveThread({ thread: thread(`of ${resourceId}`, { resourceId }) });
      }
      for (const resourceId of ['a', 'a:b', 'ab', 'a%']) {
        const page = await store.listThreadsByResourceId({ resourceId });
        expect(ids(page.threads)).toEqual([`of ${resourceId}`]);
        expect(page).toMatchObject({ total: 1, page: 0, perPage: 100, hasMore: false });
      }
    });

    it('lists for a second isolate what the first one wrote', async () => {
      const { store, reopen } = await storeWith(makeStore, 'a', 'b');
      await store.deleteThread({ threadId: 'a' });
      expect(ids((await reopen().listThreads({})).threads)).toEqual(['b']);
      expect(ids((await reopen().listThreadsByResourceId({ resourceId: 'alice' })).threads)).toEqual(['b']);
    });
  });

  describe('filtering threads by archive', () => {
    async function someArchived() {
      const { store } = await makeStore();
      for (let i = 1; i <= 4; i++) {
        await store.saveThread({
          thread: thread(`${i}`, { createdAt: at(i), metadata: { odd: i % 2 === 1 } }),
        });
      }
      await store.updateThread({ id: '1', archivedAt: at(60) });
      await store.updateThread({ id: '2', archivedAt: at(60) });
      await store.updateThread({ id: '4', archivedAt: at(60) });
      await store.updateThread({ id: '4', archivedAt: null });
      return store;
    }

    it('shows archived threads, the others, or both', async () => {
      const store = await someArchived();
      expect(ids((await store.listThreads({ filter: { archived: true } })).threads)).toEqual(['2', '1']);
      expect(ids((await store.listThreads({ filter: { archived: false } })).threads)).toEqual(['4', '3']);
      expect(ids((await store.listThreads({})).threads)).toEqual(['4', '3', '2', '1']);
      expect((await store.listThreads({ filter: { archived: undefined } })).total).toBe(4);
    });

    it('goes together with metadata, owners and pages', async () => {
      const store = await someArchived();
      const odd = await store.listThreads({ filter: { archived: true, metadata: { odd: true } } });
      expect(ids(odd.threads)).toEqual(['1']);
      const page = await store.listThreads({ filter: { archived: true, resourceId: 'alice' }, perPage: 1 });
      expect(page).toMatchObject({ total: 2, hasMore: true });
      expect(ids(page.threads)).toEqual(['2']);
    });
  });
}
