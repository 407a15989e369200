import { describe, expect, it } from 'vitest';
import { at, conversation, ids, message, numbered, storeTelling, storeWith } from './support.js';

const DESC = { field: 'createdAt', direction: 'DESC' };

/** @param {number[]} numbers */
const named = (...numbers) => numbers.map((n) => numbered('m', n));

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesWindow(makeStore) {
  describe('including messages with what stands around them', () => {
    /** @type {[string, Record<string, unknown>, string[]][]} */
    const windows = [
      ['the message alone', { id: 'm005' }, named(5)],
      ['with two before', { id: 'm005', withPreviousMessages: 2 }, named(3, 4, 5)],
      ['with two after', { id: 'm005', withNextMessages: 2 }, named(5, 6, 7)],
      ['with both', { id: 'm005', withPreviousMessages: 1, withNextMessages: 1 }, named(4, 5, 6)],
      ['cut off at the beginning', { id: 'm002', withPreviousMessages: 5 }, named(1, 2)],
      ['cut off at the end', { id: 'm009', withNextMessages: 5 }, named(9, 10)],
      ['with the hint of its thread', { id: 'm005', threadId: 't', withNextMessages: 1 }, named(5, 6)],
      ['with the hint of a wrong thread', { id: 'm005', threadId: 'u', withNextMessages: 1 }, named(5, 6)],
      [
        'with the hint of an unknown thread',
        { id: 'm005', threadId: 'nobody', withPreviousMessages: 1 },
        named(4, 5),
      ],
      ['unknown, so nothing', { id: 'nobody', withPreviousMessages: 3 }, []],
    ];
    it.each(windows)('%s', async (_, include, expected) => {
      const { store, reopen } = await storeTelling(makeStore, [
        ...conversation(10),
        message('u1', 1, { threadId: 'u' }),
      ]);
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessages({ threadId: 't', perPage: 0, include: [include] });
        expect(ids(page.messages)).toEqual(expected);
        expect(page).toMatchObject({ total: 0, page: 0, perPage: 0, hasMore: false });
      }
    });

    it('takes neighbours by time, though two turns were saved out of order', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('m1', 1), message('m3', 3)] });
      await store.saveMessages({ messages: [message('m2', 2), message('m4', 4)] });
      const include = [{ id: 'm3', withPreviousMessages: 1, withNextMessages: 1 }];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(['m2', 'm3', 'm4']);
    });

    it('shows a message once when windows overlap', async () => {
      const { store } = await storeTelling(makeStore, conversation(10));
      const include = [
        { id: 'm004', withNextMessages: 2 },
        { id: 'm006', withPreviousMessages: 2 },
        { id: 'm005' },
        { id: 'm005' },
      ];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(named(4, 5, 6));
    });

    it('orders the windows as the page is ordered', async () => {
      const { store } = await storeTelling(makeStore, conversation(10));
      const include = [
        { id: 'm002', withNextMessages: 1 },
        { id: 'm008', withPreviousMessages: 1 },
      ];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include, orderBy: DESC });
      expect(ids(messages)).toEqual(named(8, 7, 3, 2));
    });

    it('finds five scattered windows in two hundred messages', async () => {
      const { store } = await storeTelling(makeStore, conversation(200));
      const include = [150, 10, 90, 50, 199].map((n) => ({
        id: numbered('m', n),
        withPreviousMessages: 2,
        withNextMessages: 2,
      }));
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(
        named(
          8,
          9,
          10,
          11,
          12,
          48,
          49,
          50,
          51,
          52,
          88,
          89,
          90,
          91,
          92,
          148,
          149,
          150,
          151,
          152,
          197,
          198,
          199,
          200,
        ),
      );
    });

    it('finds a window deep in a long thread', async () => {
      const { reopen } = await storeTelling(makeStore, conversation(700));
      const include = [{ id: 'm020', withPreviousMessages: 1, withNextMessages: 1 }];
      const { messages } = await reopen().listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(named(19, 20, 21));
    });

    it('takes neighbours of one moment wherever the newest part of a long thread ends', async () => {
      const messages = conversation(700).map((one, i) => ({ ...one, createdAt: at(Math.floor(i / 2)) }));
      const { reopen } = await storeTelling(makeStore, messages);
      const store = reopen();
      for (let n = 190; n <= 210; n++) {
        const include = [{ id: numbered('m', n), withPreviousMessages: 1, withNextMessages: 1 }];
        const page = await store.listMessages({ threadId: 't', perPage: 0, include });
        expect(ids(page.messages)).toEqual(named(n - 1, n, n + 1));
      }
    });
  });

  describe('including messages of other threads', () => {
    async function twoThreads() {
      const subject = await storeTelling(
        makeStore,
        [1, 2, 3, 4, 5, 6].flatMap((n) => [
          message(`t${n}`, 2 * n),
          message(`u${n}`, 2 * n + 1, { threadId: 'u' }),
        ]),
      );
      return subject.store;
    }

    it('takes the window from the thread of the message', async () => {
      const store = await twoThreads();
      const include = [
        { id: 't2', threadId: 't', withPreviousMessages: 1, withNextMessages: 1 },
        { id: 'u5', threadId: 'u', withPreviousMessages: 1, withNextMessages: 1 },
      ];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(['t1', 't2', 't3', 'u4', 'u5', 'u6']);
    });

    it('finds it without being told the thread', async () => {
      const store = await twoThreads();
      const include = [{ id: 'u3', withPreviousMessages: 1 }];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(['u2', 'u3']);
    });

    it('adds windows of another thread to the newest messages of this one', async () => {
      const store = await twoThreads();
      const page = await store.listMessages({
        threadId: 't',
        perPage: 2,
        orderBy: DESC,
        include: [{ id: 'u1', withNextMessages: 1 }],
      });
      expect(ids(page.messages)).toEqual(['t6', 't5', 'u2', 'u1']);
      expect(page).toMatchObject({ total: 6, hasMore: true });
    });

    it('takes neighbours after the message has moved from its new thread', async () => {
      const store = await twoThreads();
      await store.updateMessages({ messages: [{ id: 't3', threadId: 'u' }] });
      const include = [{ id: 't3', threadId: 't', withPreviousMessages: 1, withNextMessages: 1 }];
      const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(['u2', 't3', 'u3']);
    });
  });

  describe('including messages in a page', () => {
    it('adds the window to the page, in order', async () => {
      const { store } = await storeTelling(makeStore, conversation(10));
      const page = await store.listMessages({
        threadId: 't',
        perPage: 2,
        include: [{ id: 'm007', withPreviousMessages: 1 }],
      });
      expect(ids(page.messages)).toEqual(named(1, 2, 6, 7));
      expect(page).toMatchObject({ total: 10, perPage: 2, hasMore: true });
    });

    it('has no more when page and windows together show the whole thread', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const page = await store.listMessages({ threadId: 't', perPage: 2, include: [{ id: 'm003' }] });
      expect(ids(page.messages)).toEqual(named(1, 2, 3));
      expect(page).toMatchObject({ total: 3, hasMore: false });
    });

    it('still has more when windows only add messages of another thread', async () => {
      const { store } = await storeTelling(makeStore, [
        ...conversation(3),
        message('u1', 9, { threadId: 'u' }),
      ]);
      const page = await store.listMessages({ threadId: 't', perPage: 2, include: [{ id: 'u1' }] });
      expect(ids(page.messages)).toEqual(['m001', 'm002', 'u1']);
      expect(page).toMatchObject({ total: 3, hasMore: true });
    });

    it.each([{}, { orderBy: DESC }, { includeTotal: false }, { orderBy: DESC, includeTotal: false }])(
      'still has more when windows add messages from outside the range, %j',
      async (args) => {
        const { store, reopen } = await storeTelling(makeStore, conversation(3));
        const asked = { threadId: 't', perPage: 1, filter: { dateRange: { start: at(2) } }, ...args };
        for (const reader of [store, reopen()]) {
          const page = await reader.listMessages({ ...asked, include: [{ id: 'm001' }] });
          expect(page.messages).toHaveLength(2);
          expect(page.hasMore).toBe(true);
          const whole = await reader.listMessages({
            ...asked,
            include: [{ id: 'm002', withPreviousMessages: 9, withNextMessages: 9 }],
          });
          expect(ids(whole.messages).sort()).toEqual(named(1, 2, 3));
          expect(whole.hasMore).toBe(false);
        }
      },
    );

    it.each([{}, { includeTotal: false }])(
      'counts of what windows add only what passes the metadata filter, %j',
      async (args) => {
        const content = { format: 2, parts: [], metadata: { tag: 'x' } };
        const { store } = await storeTelling(makeStore, [
          ...conversation(4),
          message('m008', 8, { content }),
          message('m009', 9, { content }),
        ]);
        const asked = { threadId: 't', filter: { metadata: { tag: 'x' } }, perPage: 1, ...args };
        const more = await store.listMessages({ ...asked, include: [{ id: 'm002', withNextMessages: 2 }] });
        expect(ids(more.messages)).toEqual(named(2, 3, 4, 8));
        expect(more.hasMore).toBe(true);
        const none = await store.listMessages({ ...asked, include: [{ id: 'm009' }] });
        expect(ids(none.messages)).toEqual(named(8, 9));
        expect(none.hasMore).toBe(false);
      },
    );

    it.each([{}, { orderBy: DESC, includeTotal: false }])(
      'has more in a long thread, and no more once windows show it all, %j',
      async (args) => {
        const { reopen } = await storeTelling(makeStore, conversation(560));
        const asked = { threadId: 't', perPage: 2, ...args };
        const wide = { id: 'm300', withPreviousMessages: 100, withNextMessages: 100 };
        expect((await reopen().listMessages({ ...asked, include: [wide] })).hasMore).toBe(true);
        const all = { id: 'm300', withPreviousMessages: 2 ** 40, withNextMessages: 2 ** 40 };
        const page = await reopen().listMessages({ ...asked, include: [all] });
        expect(page.messages).toHaveLength(560);
        expect(page.hasMore).toBe(false);
      },
    );

    it('has no more on the last page, whatever is included', async () => {
      const { store } = await storeTelling(makeStore, conversation(5));
      const page = await store.listMessages({
        threadId: 't',
        page: 2,
        perPage: 2,
        include: [{ id: 'm001' }],
      });
      expect(ids(page.messages)).toEqual(named(1, 5));
      expect(page.hasMore).toBe(false);
    });

    it('includes a message twice asked for only once', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const page = await store.listMessages({ threadId: 't', include: [{ id: 'm002' }, { id: 'm002' }] });
      expect(ids(page.messages)).toEqual(named(1, 2, 3));
    });

    it('includes what lies outside the range asked for', async () => {
      const { store } = await storeTelling(makeStore, conversation(10));
      const page = await store.listMessages({
        threadId: 't',
        filter: { dateRange: { start: at(5) } },
        perPage: 2,
        include: [{ id: 'm002', withPreviousMessages: 1, withNextMessages: 1 }],
      });
      expect(ids(page.messages)).toEqual(named(1, 2, 3, 5, 6));
      expect(page.total).toBe(6);
    });

    it('includes what the metadata filter would leave out', async () => {
      const content = { format: 2, parts: [], metadata: { tag: 'x' } };
      const { store } = await storeTelling(makeStore, [...conversation(4), message('m009', 9, { content })]);
      const page = await store.listMessages({
        threadId: 't',
        filter: { metadata: { tag: 'x' } },
        include: [{ id: 'm002', withNextMessages: 1 }],
      });
      expect(ids(page.messages)).toEqual(named(2, 3, 9));
      expect(page).toMatchObject({ total: 1, hasMore: false });
    });

    it('treats an empty include like none', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const page = await store.listMessages({ threadId: 't', perPage: 2, include: [] });
      expect(ids(page.messages)).toEqual(named(1, 2));
      expect(page.hasMore).toBe(true);
    });
  });

  describe('including messages within one owner', () => {
    async function sharedThreads() {
      const bob = { resourceId: 'bob' };
      const { store } = await storeTelling(makeStore, [
        message('a1', 1),
        message('b2', 2, bob),
        message('a3', 3),
        message('b4', 4, bob),
        message('a5', 5),
        message('b6', 6, { ...bob, threadId: 'u' }),
        message('a7', 7, { threadId: 'u' }),
        message('a8', 8, { threadId: 'u' }),
      ]);
      return store;
    }
    const around = { withPreviousMessages: 1, withNextMessages: 1 };

    it('never shows a message of another owner', async () => {
      const store = await sharedThreads();
      const include = [{ id: 'b2', ...around }];
      const windows = await store.listMessages({ threadId: 't', resourceId: 'alice', perPage: 0, include });
      expect(windows.messages).toEqual([]);
      const page = await store.listMessages({ threadId: 't', resourceId: 'alice', include });
      expect(ids(page.messages)).toEqual(['a1', 'a3', 'a5']);
    });

    it('skips neighbours of other owners before it counts', async () => {
      const store = await sharedThreads();
      const include = [{ id: 'a3', ...around }];
      const { messages } = await store.listMessages({
        threadId: 't',
        resourceId: 'alice',
        perPage: 0,
        include,
      });
      expect(ids(messages)).toEqual(['a1', 'a3', 'a5']);
    });

    it("reaches into the owner's other threads, whatever the hint says", async () => {
      const store = await sharedThreads();
      for (const threadId of ['u', 't', undefined]) {
        const include = [{ id: 'a7', threadId, ...around }];
        const { messages } = await store.listMessages({
          threadId: 't',
          resourceId: 'alice',
          perPage: 0,
          include,
        });
        expect(ids(messages)).toEqual(['a7', 'a8']);
      }
    });

    it('crosses owners when none is named', async () => {
      const store = await sharedThreads();
      const { messages } = await store.listMessages({
        threadId: 't',
        perPage: 0,
        include: [{ id: 'b6', ...around }],
      });
      expect(ids(messages)).toEqual(['b6', 'a7']);
    });
  });
}
