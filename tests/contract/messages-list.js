import { describe, expect, it } from 'vitest';
import { conversation, ids, message, numbered, refused, storeTelling, storeWith } from './support.js';

const DESC = { field: 'createdAt', direction: 'DESC' };
const pinnedThreadId = 'threadId must be a non-empty string or array of non-empty strings';

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesList(makeStore) {
  describe('listing messages', () => {
    it('lists a thread, oldest first', async () => {
      const { store } = await storeTelling(makeStore, conversation(5));
      const page = await store.listMessages({ threadId: 't' });
      expect(ids(page.messages)).toEqual(['m001', 'm002', 'm003', 'm004', 'm005']);
      expect(page).toMatchObject({ total: 5, page: 0, perPage: 40, hasMore: false });
    });

    /** @type {[string, unknown, string[]][]} */
    const orders = [
      ['ASC', { field: 'createdAt', direction: 'ASC' }, ['m001', 'm002', 'm003']],
      ['DESC', DESC, ['m003', 'm002', 'm001']],
      ['only DESC', { direction: 'DESC' }, ['m003', 'm002', 'm001']],
      ['only a field', { field: 'createdAt' }, ['m001', 'm002', 'm003']],
      ['nothing', {}, ['m001', 'm002', 'm003']],
    ];
    it.each(orders)('lists in the order asked for: %s', async (_, orderBy, expected) => {
      const { store } = await storeTelling(makeStore, conversation(3));
      expect(ids((await store.listMessages({ threadId: 't', orderBy })).messages)).toEqual(expected);
    });

    it('takes an order by updatedAt as one by createdAt', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const page = await store.listMessages({
        threadId: 't',
        orderBy: { field: 'updatedAt', direction: 'DESC' },
      });
      expect(ids(page.messages)).toEqual(['m003', 'm002', 'm001']);
    });

    it('answers an empty page for an empty thread and for an unknown one', async () => {
      const { store } = await storeWith(makeStore, 't');
      for (const threadId of ['t', 'nobody']) {
        const page = await store.listMessages({ threadId });
        expect(page).toEqual({ messages: [], total: 0, page: 0, perPage: 40, hasMore: false });
      }
    });

    it('merges several threads into one sequence', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1),
        message('m2', 2, { threadId: 'u' }),
        message('m3', 3),
        message('m4', 4, { threadId: 'v' }),
      ]);
      const page = await store.listMessages({ threadId: ['t', 'u', 'nobody'] });
      expect(ids(page.messages)).toEqual(['m1', 'm2', 'm3']);
      expect(page.total).toBe(3);
      expect(page.messages[1].threadId).toBe('u');
    });

    it('counts a thread named twice once', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      expect((await store.listMessages({ threadId: ['t', 't'] })).total).toBe(2);
    });

    it('shows the messages of one owner only, when one is named', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1),
        message('m2', 2, { resourceId: 'bob' }),
        message('m3', 3),
      ]);
      const page = await store.listMessages({ threadId: 't', resourceId: 'alice' });
      expect(ids(page.messages)).toEqual(['m1', 'm3']);
      expect(page.total).toBe(2);
      expect((await store.listMessages({ threadId: 't', resourceId: 'carol' })).total).toBe(0);
      expect((await store.listMessages({ threadId: 't', resourceId: undefined })).total).toBe(3);
    });

    it('treats arguments given as undefined like those left out', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const page = await store.listMessages({
        threadId: 't',
        resourceId: undefined,
        include: undefined,
        filter: undefined,
        orderBy: undefined,
        page: undefined,
        perPage: undefined,
        includeTotal: undefined,
      });
      expect(page).toMatchObject({ total: 2, page: 0, perPage: 40, hasMore: false });
    });

    it('lists a thousand and one messages', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(1001));
      const all = await store.listMessages({ threadId: 't', perPage: false });
      expect(all).toMatchObject({ total: 1001, perPage: false, hasMore: false });
      expect(ids(all.messages)).toEqual(ids(conversation(1001)));
      expect((await reopen().listMessages({ threadId: 't', perPage: 1 })).total).toBe(1001);
    });
  });

  describe('listing messages in pages', () => {
    it('shows forty when nothing is said, and all of them for perPage false', async () => {
      const { store } = await storeTelling(makeStore, conversation(55));
      const page = await store.listMessages({ threadId: 't' });
      expect(page).toMatchObject({ total: 55, page: 0, perPage: 40, hasMore: true });
      expect(page.messages).toHaveLength(40);
      const all = await store.listMessages({ threadId: 't', perPage: false });
      expect(all).toMatchObject({ total: 55, page: 0, perPage: false, hasMore: false });
      expect(all.messages).toHaveLength(55);
    });

    it.each(['ASC', 'DESC'])('puts pages together into the whole thread, %s', async (direction) => {
      const { store } = await storeTelling(makeStore, conversation(13));
      /** @type {string[]} */
      const seen = [];
      for (let page = 0; page < 3; page++) {
        const found = await store.listMessages({ threadId: 't', page, perPage: 5, orderBy: { direction } });
        expect(found).toMatchObject({ total: 13, page, perPage: 5, hasMore: page < 2 });
        seen.push(...ids(found.messages));
      }
      const expected = ids(conversation(13));
      expect(seen).toEqual(direction === 'ASC' ? expected : expected.reverse());
    });

    it('pages through one moment without losing or repeating a message', async () => {
      const { store } = await storeTelling(
        makeStore,
        Array.from({ length: 9 }, (_, i) => message(numbered('m', i), 1)),
      );
      /** @type {string[]} */
      const seen = [];
      for (let page = 0; page < 3; page++) {
        seen.push(
          ...ids((await store.listMessages({ threadId: 't', page, perPage: 3, orderBy: DESC })).messages),
        );
      }
      expect(seen).toEqual(Array.from({ length: 9 }, (_, i) => numbered('m', 8 - i)));
    });

    it('shows nothing beyond the last page', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const page = await store.listMessages({ threadId: 't', page: 7, perPage: 2 });
      expect(page).toMatchObject({ messages: [], total: 3, page: 7, hasMore: false });
    });

    it('shows and counts nothing for perPage 0', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const nothing = { messages: [], total: 0, page: 0, perPage: 0, hasMore: false };
      expect(await store.listMessages({ threadId: 't', perPage: 0 })).toEqual(nothing);
      expect(await store.listMessages({ threadId: 't', perPage: 0, include: [] })).toEqual(nothing);
    });

    it('knows whether there is more without being asked to count', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(10));
      for (const reader of [store, reopen()]) {
        const args = { threadId: 't', resourceId: 'alice', orderBy: DESC, includeTotal: false };
        const last = await reader.listMessages({ ...args, page: 0, perPage: 4 });
        expect(ids(last.messages)).toEqual(['m010', 'm009', 'm008', 'm007']);
        expect(last.hasMore).toBe(true);
        expect((await reader.listMessages({ ...args, perPage: 10 })).hasMore).toBe(false);
        expect((await reader.listMessages({ ...args, page: 2, perPage: 4 })).hasMore).toBe(false);
        expect((await reader.listMessages({ ...args, page: 1, perPage: 4 })).hasMore).toBe(true);
      }
    });

    it('answers the newest messages of a long thread, also to a second isolate', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(620));
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessages({
          threadId: 't',
          perPage: 3,
          orderBy: DESC,
          includeTotal: false,
        });
        expect(ids(page.messages)).toEqual(['m620', 'm619', 'm618']);
        expect(page.hasMore).toBe(true);
        const deep = await reader.listMessages({ threadId: 't', perPage: 10, page: 60, orderBy: DESC });
        expect(ids(deep.messages)).toEqual(ids(conversation(20).slice(10)).reverse());
        expect(deep).toMatchObject({ total: 620, hasMore: true });
        const oldest = await reader.listMessages({ threadId: 't', perPage: 2 });
        expect(ids(oldest.messages)).toEqual(['m001', 'm002']);
      }
    });

    /** @type {[string, Record<string, unknown>, string | RegExp][]} */
    const bad = [
      ['an empty thread id', { threadId: '' }, pinnedThreadId],
      ['a blank thread id', { threadId: '  \t' }, pinnedThreadId],
      ['no thread at all', { threadId: [] }, pinnedThreadId],
      ['a blank id among good ones', { threadId: ['t', ' '] }, pinnedThreadId],
      ['a negative page', { threadId: 't', page: -1 }, 'page must be >= 0'],
      ['half a page', { threadId: 't', page: 0.5 }, 'page must be >= 0'],
      ['a negative perPage', { threadId: 't', perPage: -1 }, 'perPage must be >= 0'],
      ['a page too far to count', { threadId: 't', page: 2 ** 52, perPage: 2 }, 'page value too large'],
    ];
    it.each(bad)('refuses %s', async (_, args, text) => {
      const { store } = await makeStore();
      await refused(store.listMessages(args), { code: 'INVALID_ARGUMENT', op: 'listMessages', text });
    });

    it.each([[42], [null], [undefined], [{}], [['t', 42]], [[null]]])(
      'refuses %j as a thread id',
      async (threadId) => {
        const { store } = await makeStore();
        const text = pinnedThreadId;
        await refused(store.listMessages({ threadId }), {
          code: 'INVALID_ARGUMENT',
          op: 'listMessages',
          text,
        });
      },
    );
  });
}
