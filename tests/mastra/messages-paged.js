import { describe, expect, it } from 'vitest';
import { changedAt, idsOf, named, talk, withMessages, withThreads } from './support.js';
import { at, message } from '../support/records.js';

const DESC = { field: 'createdAt', direction: 'DESC' };

/** @param {import('./support.js').Make} make */
export function messagesPaged(make) {
  describe('pages of messages', () => {
    it('of 15 messages, the first two of five', async () => {
      const { memory } = await withMessages(make, 15);
      const first = await memory.listMessages({ threadId: 't', page: 0, perPage: 5 });
      const second = await memory.listMessages({ threadId: 't', page: 1, perPage: 5 });
      expect(first).toMatchObject({ total: 15, page: 0, perPage: 5, hasMore: true });
      expect(second).toMatchObject({ total: 15, page: 1, perPage: 5, hasMore: true });
      expect([...idsOf(first), ...idsOf(second)]).toEqual(named('m', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    });

    it('of a time: the first three of four', async () => {
      const { memory } = await withMessages(make, 6);
      const filter = { dateRange: { start: at(3) } };
      const page = await memory.listMessages({ threadId: 't', page: 0, perPage: 3, filter });
      expect(idsOf(page)).toEqual(['m3', 'm4', 'm5']);
      expect(page).toMatchObject({ total: 4, hasMore: true });
    });

    it('that end before a message, while newer ones arrive', async () => {
      const { memory } = await withMessages(make, 6);
      const newest = await memory.listMessages({ threadId: 't', perPage: 2, orderBy: DESC });
      expect(idsOf(newest)).toEqual(['m6', 'm5']);
      await memory.saveMessages({ messages: [message('m7', 7)] });
      const dateRange = { end: newest.messages[1].createdAt, endExclusive: true };
      const older = await memory.listMessages({
        threadId: 't',
        perPage: 2,
        orderBy: DESC,
        filter: { dateRange },
      });
      expect(idsOf(older)).toEqual(['m4', 'm3']);
      expect(older.hasMore).toBe(true);
    });

    /** @type {[string, object, number[]][]} */
    const ranges = [
      ['after a date', { start: at(2), startExclusive: true }, [3, 4, 5]],
      ['before a date', { end: at(4), endExclusive: true }, [1, 2, 3]],
      ['between two dates', { start: at(2), startExclusive: true, end: at(4), endExclusive: true }, [3]],
      ['up to a date', { end: at(2) }, [1, 2]],
      ['from text to text', { start: at(2).toISOString(), end: at(3).toISOString() }, [2, 3]],
      ['where nothing was said', { start: at(100), end: at(200) }, []],
    ];
    it.each(ranges)('%s', async (_, dateRange, numbers) => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't', filter: { dateRange } });
      expect(idsOf(page)).toEqual(named('m', ...numbers));
      expect(page.total).toBe(numbers.length);
    });

    it('within a time: 2, 2 and 2 of 6', async () => {
      const { memory } = await withMessages(make, 10);
      const filter = { dateRange: { start: at(3), end: at(8) } };
      const pages = [];
      for (const page of [0, 1, 2]) {
        pages.push(await memory.listMessages({ threadId: 't', page, perPage: 2, filter }));
      }
      expect(pages.flatMap(idsOf)).toEqual(named('m', 3, 4, 5, 6, 7, 8));
      expect(pages.map(({ total }) => total)).toEqual([6, 6, 6]);
      expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, true, false]);
    });

    it('between milliseconds', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.saveMessages({ messages: [0, 1, 2, 3].map((ms) => message(`m${ms}`, 1 + ms / 1000)) });
      const dateRange = { start: at(1.001), end: at(1.002) };
      const page = await memory.listMessages({ threadId: 't', filter: { dateRange } });
      expect(idsOf(page)).toEqual(['m1', 'm2']);
    });

    it('with the newest two and a window of another thread', async () => {
      const { memory } = await withMessages(make, 5);
      await memory.saveMessages({ messages: talk(3, { threadId: 'u' }, 'u') });
      const include = [{ id: 'u2', threadId: 'u', withPreviousMessages: 1, withNextMessages: 1 }];
      const page = await memory.listMessages({ threadId: 't', perPage: 2, orderBy: DESC, include });
      expect(idsOf(page).sort()).toEqual(['m4', 'm5', 'u1', 'u2', 'u3']);
      const dates = page.messages.map((/** @type {any} */ one) => one.createdAt.getTime());
      expect(dates).toEqual([...dates].sort((a, b) => b - a));
    });

    it('of no messages but windows, found in two threads with and without a hint', async () => {
      const { memory } = await withMessages(make, 6);
      await memory.saveMessages({ messages: talk(6, { threadId: 'u' }, 'u') });
      const around = { withPreviousMessages: 2, withNextMessages: 2 };
      /** @param {object[]} include */
      const windows = async (...include) =>
        idsOf(await memory.listMessages({ threadId: 't', perPage: 0, include })).sort();
      expect(await windows({ id: 'm1', ...around }, { id: 'u6', threadId: 'u', ...around })).toEqual([
        'm1',
        'm2',
        'm3',
        'u4',
        'u5',
        'u6',
      ]);
      expect(await windows({ id: 'u1', threadId: 'u', ...around })).toEqual(['u1', 'u2', 'u3']);
      expect(await windows({ id: 'u6', ...around })).toEqual(['u4', 'u5', 'u6']);
    });

    it.each([[''], ['  '], [null]])('of %j are refused', async (threadId) => {
      const { memory } = await make();
      await expect(memory.listMessages({ threadId, perPage: 2 })).rejects.toThrow(
        'threadId must be a non-empty string or array of non-empty strings',
      );
    });
  });

  describe('saved messages', () => {
    it('come back equal', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const messages = talk(3);
      const saved = await memory.saveMessages({ messages: structuredClone(messages) });
      expect(saved.messages).toEqual(messages);
      expect((await memory.listMessages({ threadId: 't' })).messages).toEqual(messages);
    });

    it('may be none', async () => {
      const { memory } = await make();
      expect(await memory.saveMessages({ messages: [] })).toEqual({ messages: [] });
    });

    it('keep their order', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.saveMessages({ messages: [2, 1, 3].map((n) => message(`m${n}`, n)) });
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m1', 'm2', 'm3']);
    });

    it('are none if one of them is invalid', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const messages = [message('good', 1), message('bad', 2, { resourceId: null })];
      await expect(memory.saveMessages({ messages })).rejects.toThrow();
      expect((await memory.listMessages({ threadId: 't' })).total).toBe(0);
    });

    it('move to another thread with their id', async () => {
      const { memory } = await withMessages(make, 2);
      await memory.saveMessages({ messages: [message('m1', 5, { threadId: 'u' })] });
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m2']);
      expect(idsOf(await memory.listMessages({ threadId: 'u' }))).toEqual(['m1']);
    });

    it('count as an update of their thread', async () => {
      const { memory, clock } = await withThreads(make, { t: 'alice' });
      const before = await changedAt(memory);
      clock.advance(1);
      await memory.saveMessages({ messages: talk(1) });
      expect(await changedAt(memory)).toBeGreaterThan(before);
    });

    it('replace the one with their id', async () => {
      const { memory } = await withMessages(make, 2);
      const content = { format: 2, parts: [{ type: 'text', text: 'Better.' }] };
      await memory.saveMessages({ messages: [message('m1', 1, { content })] });
      const { messages, total } = await memory.listMessages({ threadId: 't' });
      expect(total).toBe(2);
      expect(messages[0].content).toEqual(content);
    });
  });

  describe('messages by id', () => {
    async function prepared() {
      const { memory } = await withThreads(make, { t: 'alice', u: 'alice', v: 'bob' });
      await memory.saveMessages({ messages: [message('m3', 3), message('m1', 1)] });
      await memory.saveMessages({ messages: [message('u2', 2, { threadId: 'u' })] });
      await memory.saveMessages({ messages: [message('v4', 4, { threadId: 'v', resourceId: 'bob' })] });
      return memory;
    }

    it('none of none', async () => {
      expect(await (await prepared()).listMessagesById({ messageIds: [] })).toEqual({ messages: [] });
    });

    it('oldest first, of three threads', async () => {
      const found = await (await prepared()).listMessagesById({ messageIds: ['v4', 'm3', 'u2', 'm1'] });
      expect(idsOf(found)).toEqual(['m1', 'u2', 'm3', 'v4']);
    });

    it('in the present form', async () => {
      const { messages } = await (await prepared()).listMessagesById({ messageIds: ['m1'] });
      expect(messages).toEqual([message('m1', 1)]);
      expect(messages[0].createdAt).toBeInstanceOf(Date);
    });

    it('in the present form, whatever form they had', async () => {
      const memory = await prepared();
      const old = { ...message('old', 9), type: 'text', content: 'Said long ago.' };
      await memory.saveMessages({ messages: [old] });
      const { messages } = await memory.listMessagesById({ messageIds: ['old'] });
      expect(messages[0].content).toMatchObject({
        format: 2,
        parts: [{ type: 'text', text: 'Said long ago.' }],
      });
    });

    it('of several threads of one owner', async () => {
      const found = await (await prepared()).listMessagesById({ messageIds: ['u2', 'm1'] });
      expect(found.messages.map((/** @type {any} */ one) => one.threadId)).toEqual(['t', 'u']);
    });

    it('of several owners', async () => {
      const found = await (await prepared()).listMessagesById({ messageIds: ['v4', 'm1', 'nobody'] });
      expect(found.messages.map((/** @type {any} */ one) => one.resourceId)).toEqual(['alice', 'bob']);
    });
  });
}
