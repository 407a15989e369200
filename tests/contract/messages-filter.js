import { describe, expect, it } from 'vitest';
import { at, conversation, ids, message, numbered, refused, storeTelling, storeWith } from './support.js';

const DESC = { field: 'createdAt', direction: 'DESC' };

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesFilter(makeStore) {
  describe('listing messages of a time', () => {
    /** @type {[string, Record<string, unknown>, string[]][]} */
    const ranges = [
      ['from a moment on', { start: at(3) }, ['m003', 'm004', 'm005', 'm006']],
      ['up to a moment', { end: at(2) }, ['m001', 'm002']],
      ['between two moments, both included', { start: at(2), end: at(4) }, ['m002', 'm003', 'm004']],
      ['after a moment', { start: at(3), startExclusive: true }, ['m004', 'm005', 'm006']],
      ['before a moment', { end: at(3), endExclusive: true }, ['m001', 'm002']],
      [
        'between two moments, neither included',
        { start: at(2), end: at(4), startExclusive: true, endExclusive: true },
        ['m003'],
      ],
      ['a single moment', { start: at(2), end: at(2) }, ['m002']],
      [
        'dates as ISO text',
        { start: '2024-01-01T00:00:05.000Z', end: at(6).toISOString() },
        ['m005', 'm006'],
      ],
      ['a time with no messages', { start: at(100), end: at(200) }, []],
      ['a time that ends before it starts', { start: at(4), end: at(2) }, []],
      ['one millisecond too late', { start: at(6.001) }, []],
      ['just in time', { start: at(5.999), end: at(6.001) }, ['m006']],
      ['no bounds at all', {}, ['m001', 'm002', 'm003', 'm004', 'm005', 'm006']],
    ];
    it.each(ranges)('%s', async (_, dateRange, expected) => {
      const { store } = await storeTelling(makeStore, conversation(6));
      const page = await store.listMessages({ threadId: 't', filter: { dateRange } });
      expect(ids(page.messages)).toEqual(expected);
      expect(page).toMatchObject({ total: expected.length, hasMore: false });
    });

    it('pages inside the range', async () => {
      const { store } = await storeTelling(makeStore, conversation(10));
      const filter = { dateRange: { start: at(3), end: at(8) } };
      for (const [page, expected] of [
        ['m003', 'm004'],
        ['m005', 'm006'],
        ['m007', 'm008'],
      ].entries()) {
        const found = await store.listMessages({ threadId: 't', filter, page, perPage: 2 });
        expect(ids(found.messages)).toEqual(expected);
        expect(found).toMatchObject({ total: 6, hasMore: page < 2 });
      }
    });

    it('walks back through history with the last moment seen, while new messages arrive', async () => {
      const { store } = await storeTelling(makeStore, conversation(6));
      const newest = await store.listMessages({ threadId: 't', perPage: 2, orderBy: DESC });
      expect(ids(newest.messages)).toEqual(['m006', 'm005']);
      await store.saveMessages({ messages: [message('m007', 7)] });
      const older = await store.listMessages({
        threadId: 't',
        perPage: 2,
        orderBy: DESC,
        filter: { dateRange: { end: newest.messages[1].createdAt, endExclusive: true } },
      });
      expect(ids(older.messages)).toEqual(['m004', 'm003']);
      expect(older).toMatchObject({ total: 4, hasMore: true });
    });

    it('tells milliseconds apart', async () => {
      const { store } = await storeTelling(makeStore, [
        message('a', 1.001),
        message('b', 1.002),
        message('c', 1.003),
      ]);
      const filter = { dateRange: { start: at(1.002), end: at(1.003), endExclusive: true } };
      expect(ids((await store.listMessages({ threadId: 't', filter })).messages)).toEqual(['b']);
    });

    it('looks into several threads and one owner at once', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1),
        message('m2', 2, { threadId: 'u' }),
        message('m3', 3, { threadId: 'u', resourceId: 'bob' }),
        message('m4', 4),
      ]);
      const page = await store.listMessages({
        threadId: ['t', 'u'],
        resourceId: 'alice',
        filter: { dateRange: { start: at(2) } },
      });
      expect(ids(page.messages)).toEqual(['m2', 'm4']);
    });

    it.each([['yesterday-ish'], [new Date(NaN)], [12.5], [{}]])('refuses %s as a date', async (start) => {
      const { store } = await storeWith(makeStore, 't');
      const filter = { dateRange: { start } };
      await refused(store.listMessages({ threadId: 't', filter }), {
        code: 'INVALID_ARGUMENT',
        op: 'listMessages',
      });
    });
  });

  describe('listing messages by metadata', () => {
    /** @param {string} id @param {number} second @param {unknown} metadata */
    const tagged = (id, second, metadata) =>
      message(id, second, { content: { format: 2, parts: [], metadata } });

    async function taggedMessages() {
      const { store } = await storeTelling(makeStore, [
        tagged('text', 1, { tag: 'a', n: 1 }),
        tagged('both', 2, { tag: 'a', n: 2, ok: true }),
        tagged('number', 3, { tag: 1, float: 0.1, exp: 1e21 }),
        tagged('null', 4, { tag: null }),
        tagged('deep', 5, { tag: { a: 1 } }),
        message('none', 6),
        message('content', 7, { content: 'plain text' }),
        tagged('escaped', 8, { tag: 'é"\\\n🎉', n: 2 }),
        tagged('missing', 9, undefined),
      ]);
      return store;
    }

    /** @type {[string, Record<string, unknown>, string[]][]} */
    const filters = [
      ['a text', { tag: 'a' }, ['text', 'both']],
      ['two keys', { tag: 'a', n: 2 }, ['both']],
      ['a number', { tag: 1 }, ['number']],
      ['a fraction', { float: 0.1 }, ['number']],
      ['a large number', { exp: 1e21 }, ['number']],
      ['a boolean', { ok: true }, ['both']],
      ['a null', { tag: null }, ['null']],
      ['text with escapes', { tag: 'é"\\\n🎉' }, ['escaped']],
      ['a number asked for as text', { tag: '1' }, []],
      ['a value that no message has', { tag: 'z' }, []],
      ['a key that no message has', { other: null }, []],
    ];
    it.each(filters)('%s', async (_, metadata, expected) => {
      const store = await taggedMessages();
      const page = await store.listMessages({ threadId: 't', filter: { metadata } });
      expect(ids(page.messages)).toEqual(expected);
      expect(page.total).toBe(expected.length);
    });

    it('lists everything for an empty filter', async () => {
      const store = await taggedMessages();
      expect((await store.listMessages({ threadId: 't', filter: { metadata: {} } })).total).toBe(9);
      expect((await store.listMessages({ threadId: 't', filter: { metadata: undefined } })).total).toBe(9);
    });

    it('compares values, however they are written', async () => {
      const { store } = await storeTelling(makeStore, [tagged('m1', 1, { n: 100, s: 'a/b' })]);
      expect(
        (await store.listMessages({ threadId: 't', filter: { metadata: { n: 1e2, s: '\u0061/b' } } })).total,
      ).toBe(1);
    });

    it('pages what the filter lets through, newest first too', async () => {
      const messages = Array.from({ length: 60 }, (_, i) =>
        tagged(numbered('m', i), i, { third: i % 3 === 0 }),
      );
      const { store } = await storeTelling(makeStore, messages);
      const filter = { metadata: { third: true } };
      const page = await store.listMessages({ threadId: 't', filter, perPage: 3, page: 1, orderBy: DESC });
      expect(ids(page.messages)).toEqual(['m048', 'm045', 'm042']);
      expect(page).toMatchObject({ total: 20, hasMore: true });
      const last = await store.listMessages({
        threadId: 't',
        filter,
        perPage: 3,
        page: 6,
        includeTotal: false,
      });
      expect(ids(last.messages)).toEqual(['m054', 'm057']);
      expect(last.hasMore).toBe(false);
    });

    it('goes together with a range', async () => {
      const store = await taggedMessages();
      const filter = { metadata: { tag: 'a' }, dateRange: { start: at(2) } };
      expect(ids((await store.listMessages({ threadId: 't', filter })).messages)).toEqual(['both']);
    });

    /** @type {[string, unknown][]} */
    const bad = [
      ['text', 'tag=a'],
      ['a list', ['tag']],
      ['null', null],
      ['a key with a dot', { 'a.b': 1 }],
      ['a key that begins with a digit', { '1a': 1 }],
      ['an empty key', { '': 1 }],
      ['a key that is too long', { ['k'.repeat(129)]: 1 }],
      ['the key __proto__', JSON.parse('{"__proto__":1}')],
      ['the key constructor', { constructor: 'x' }],
      ['an object as value', { tag: {} }],
      ['a list as value', { tag: [] }],
      ['NaN as value', { tag: NaN }],
      ['Infinity as value', { tag: Infinity }],
      ['undefined as value', { tag: undefined }],
    ];
    it.each(bad)('refuses %s with a TypeError', async (_, metadata) => {
      const { store } = await storeWith(makeStore, 't');
      const expected = { code: 'INVALID_FILTER', type: TypeError };
      const filter = { metadata };
      await refused(store.listMessages({ threadId: 't', filter }), { ...expected, op: 'listMessages' });
      await refused(store.listMessagesByResourceId({ resourceId: 'alice', filter }), {
        ...expected,
        op: 'listMessagesByResourceId',
      });
    });
  });
}
