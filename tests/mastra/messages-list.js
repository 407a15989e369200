import { describe, expect, it } from 'vitest';
import { idsOf, named, talk, withMessages, withThreads } from './support.js';
import { at, message } from '../support/records.js';

const DESC = { field: 'createdAt', direction: 'DESC' };

/** @param {import('./support.js').Make} make */
export function messagesList(make) {
  describe('a list of messages', () => {
    it('holds all of a thread', async () => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't' });
      expect(idsOf(page)).toEqual(named('m', 1, 2, 3, 4, 5));
      expect(page).toMatchObject({ total: 5, page: 0, perPage: 40, hasMore: false });
    });

    it('keeps what others have noted inside parts', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const part = {
        type: 'text',
        text: 'x',
        providerMetadata: { mastra: { tokenEstimate: { v: 1, tokens: 7 } } },
      };
      const content = { format: 2, parts: [part], metadata: { mastra: { tokens: 9 } } };
      await memory.saveMessages({ messages: [message('m1', 1, { content })] });
      expect((await memory.listMessages({ threadId: 't' })).messages[0].content).toEqual(content);
    });

    it('comes in pages', async () => {
      const { memory } = await withMessages(make, 5);
      const first = await memory.listMessages({ threadId: 't', page: 0, perPage: 2 });
      expect(idsOf(first)).toEqual(['m1', 'm2']);
      expect(first).toMatchObject({ total: 5, page: 0, perPage: 2, hasMore: true });
      const second = await memory.listMessages({ threadId: 't', page: 1, perPage: 2 });
      expect(idsOf(second)).toEqual(['m3', 'm4']);
    });

    it('is of one owner', async () => {
      const { memory } = await withMessages(make, 3);
      await memory.saveMessages({ messages: [message('foreign', 9, { resourceId: 'bob' })] });
      const page = await memory.listMessages({ threadId: 't', resourceId: 'alice' });
      expect(idsOf(page)).toEqual(['m1', 'm2', 'm3']);
      expect(page.total).toBe(3);
    });

    it('begins at a date', async () => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't', filter: { dateRange: { start: at(3) } } });
      expect(idsOf(page)).toEqual(['m3', 'm4', 'm5']);
      expect(page.total).toBe(3);
    });

    /** @type {[string, object, string[]][]} */
    const windows = [
      ['what came before', { withPreviousMessages: 2 }, ['u1', 'u2', 'u3']],
      ['what came after', { withNextMessages: 1 }, ['u3', 'u4']],
      ['what stands around it', { withPreviousMessages: 1, withNextMessages: 1 }, ['u2', 'u3', 'u4']],
    ];
    it.each(windows)('includes a message and %s', async (_, sides, window) => {
      const { memory } = await withThreads(make, { t: 'alice', u: 'alice' });
      await memory.saveMessages({ messages: talk(5, { threadId: 'u' }, 'u') });
      await memory.saveMessages({ messages: [message('m9', 9)] });
      const page = await memory.listMessages({
        threadId: 't',
        include: [{ id: 'u3', threadId: 'u', ...sides }],
      });
      expect(idsOf(page)).toEqual([...window, 'm9']);
    });

    it('includes messages of two other threads', async () => {
      const { memory } = await withThreads(make, { t: 'alice', u: 'alice', w: 'alice' });
      await memory.saveMessages({ messages: talk(3, { threadId: 'u' }, 'u') });
      await memory.saveMessages({ messages: [message('w1', 5, { threadId: 'w' }), message('m9', 9)] });
      const include = [
        { id: 'u2', threadId: 'u', withPreviousMessages: 1 },
        { id: 'w1', threadId: 'w' },
      ];
      expect(idsOf(await memory.listMessages({ threadId: 't', include }))).toEqual(['u1', 'u2', 'w1', 'm9']);
    });

    it('has no message twice where windows overlap', async () => {
      const { memory } = await withMessages(make, 5);
      const include = [
        { id: 'm2', withPreviousMessages: 1, withNextMessages: 1 },
        { id: 'm3', withPreviousMessages: 1, withNextMessages: 1 },
      ];
      const page = await memory.listMessages({ threadId: 't', perPage: 2, include });
      expect(idsOf(page)).toEqual(named('m', 1, 2, 3, 4));
    });

    /** @type {[string, any, number[]][]} */
    const orders = [
      ['oldest first where nothing is said', undefined, [1, 2, 3]],
      ['oldest first', { field: 'createdAt', direction: 'ASC' }, [1, 2, 3]],
      ['newest first', DESC, [3, 2, 1]],
    ];
    it.each(orders)('is in order: %s', async (_, orderBy, numbers) => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.saveMessages({ messages: talk(3).reverse() });
      expect(idsOf(await memory.listMessages({ threadId: 't', orderBy }))).toEqual(named('m', ...numbers));
    });

    it('of an empty thread is empty', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const page = await memory.listMessages({ threadId: 't' });
      expect(page).toMatchObject({ messages: [], total: 0, page: 0, hasMore: false });
    });

    it('leaves out what it cannot include', async () => {
      const { memory } = await withMessages(make, 2);
      const page = await memory.listMessages({ threadId: 't', include: [{ id: 'nobody' }] });
      expect(idsOf(page)).toEqual(['m1', 'm2']);
    });

    it.each([[''], ['   '], [[]], [['t', '']]])('refuses %j as a thread', async (threadId) => {
      const { memory } = await make();
      await expect(memory.listMessages({ threadId })).rejects.toThrow(
        'threadId must be a non-empty string or array of non-empty strings',
      );
    });

    it('has no more once the windows complete the thread', async () => {
      const { memory } = await withMessages(make, 5);
      const include = [{ id: 'm5', withPreviousMessages: 3, withNextMessages: 1 }];
      const page = await memory.listMessages({ threadId: 't', page: 0, perPage: 1, include });
      expect(idsOf(page)).toEqual(named('m', 1, 2, 3, 4, 5));
      expect(page).toMatchObject({ total: 5, hasMore: false });
    });

    it('has messages in the present form, with Dates', async () => {
      const { memory } = await withMessages(make, 2);
      for (const one of (await memory.listMessages({ threadId: 't' })).messages) {
        expect(one.content).toMatchObject({ format: 2, parts: [{ type: 'text' }] });
        expect(one.createdAt).toBeInstanceOf(Date);
        expect(one).not.toHaveProperty('type', 'v2');
      }
    });

    it('includes by thread and id', async () => {
      const { memory } = await withMessages(make, 3);
      await memory.saveMessages({ messages: [message('u1', 8, { threadId: 'u' })] });
      const page = await memory.listMessages({ threadId: 't', include: [{ id: 'u1', threadId: 'u' }] });
      expect(idsOf(page)).toEqual(['m1', 'm2', 'm3', 'u1']);
    });

    it('of a time comes in pages', async () => {
      const { memory } = await withMessages(make, 8);
      const filter = { dateRange: { start: at(3), end: at(7) } };
      const page = await memory.listMessages({ threadId: 't', filter, page: 0, perPage: 2 });
      expect(idsOf(page)).toEqual(['m3', 'm4']);
      expect(page).toMatchObject({ total: 5, hasMore: true });
    });
  });

  describe('a page of messages', () => {
    it('has at most perPage', async () => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't', perPage: 3 });
      expect(idsOf(page)).toEqual(['m1', 'm2', 'm3']);
      expect(page).toMatchObject({ total: 5, perPage: 3, hasMore: true });
    });

    it('has all 55 with perPage false', async () => {
      const { memory } = await withMessages(make, 55);
      const page = await memory.listMessages({ threadId: 't', perPage: false });
      expect(page.messages).toHaveLength(55);
      expect(page).toMatchObject({ total: 55, perPage: false, hasMore: false });
    });

    it('skips the pages before it', async () => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't', page: 1, perPage: 3 });
      expect(idsOf(page)).toEqual(['m4', 'm5']);
      expect(page).toMatchObject({ total: 5, page: 1, hasMore: false });
    });

    it('follows the one before it, three times', async () => {
      const { memory } = await withMessages(make, 7);
      const pages = [];
      for (const page of [0, 1, 2])
        pages.push(await memory.listMessages({ threadId: 't', page, perPage: 3 }));
      expect(pages.flatMap(idsOf)).toEqual(named('m', 1, 2, 3, 4, 5, 6, 7));
      expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, true, false]);
    });

    it('keeps its order with what it includes', async () => {
      const { memory } = await withMessages(make, 5);
      const page = await memory.listMessages({ threadId: 't', perPage: 2, include: [{ id: 'm3' }] });
      expect(idsOf(page)).toEqual(['m1', 'm2', 'm3']);
    });

    it('counts what is of its time', async () => {
      const { memory } = await withMessages(make, 9);
      const filter = { dateRange: { start: at(2), end: at(7) } };
      const page = await memory.listMessages({ threadId: 't', perPage: 4, filter });
      expect(idsOf(page)).toEqual(named('m', 2, 3, 4, 5));
      expect(page).toMatchObject({ total: 6, hasMore: true });
    });

    it('counts what is of its owner', async () => {
      const { memory } = await withMessages(make, 4);
      await memory.saveMessages({ messages: [message('foreign', 0, { resourceId: 'bob' })] });
      const page = await memory.listMessages({ threadId: 't', resourceId: 'alice', perPage: 2 });
      expect(idsOf(page)).toEqual(['m1', 'm2']);
      expect(page).toMatchObject({ total: 4, hasMore: true });
    });

    it('may be of none, but not of less', async () => {
      const { memory } = await withMessages(make, 3);
      const page = await memory.listMessages({ threadId: 't', perPage: 0 });
      expect(page).toMatchObject({ messages: [], total: 0, perPage: 0, hasMore: false });
      await expect(memory.listMessages({ threadId: 't', perPage: -1 })).rejects.toThrow(
        'perPage must be >= 0',
      );
      await expect(memory.listMessages({ threadId: 't', page: -1 })).rejects.toThrow('page must be >= 0');
    });

    it('of none has only what is included', async () => {
      const { memory } = await withMessages(make, 5);
      const include = [{ id: 'm3', withPreviousMessages: 1, withNextMessages: 1 }];
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include });
      expect(idsOf(page)).toEqual(['m2', 'm3', 'm4']);
      expect(page).toMatchObject({ total: 0, perPage: 0, hasMore: false });
    });

    it('of none includes messages of two threads', async () => {
      const { memory } = await withMessages(make, 3);
      await memory.saveMessages({ messages: talk(3, { threadId: 'u' }, 'u') });
      const include = [
        { id: 'm1', withNextMessages: 1 },
        { id: 'u3', threadId: 'u', withPreviousMessages: 1 },
      ];
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include });
      expect(idsOf(page).sort()).toEqual(['m1', 'm2', 'u2', 'u3']);
    });

    it('of none that includes nothing is empty', async () => {
      const { memory } = await withMessages(make, 3);
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include: [] });
      expect(page).toMatchObject({ messages: [], total: 0, hasMore: false });
    });

    it('of none has no message twice where windows overlap', async () => {
      const { memory } = await withMessages(make, 5);
      const around = { withPreviousMessages: 1, withNextMessages: 1 };
      const include = [
        { id: 'm2', ...around },
        { id: 'm3', ...around },
      ];
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include });
      expect(idsOf(page)).toEqual(named('m', 1, 2, 3, 4));
    });

    it('of none has its windows newest first', async () => {
      const { memory } = await withMessages(make, 5);
      const include = [{ id: 'm3', withPreviousMessages: 1, withNextMessages: 1 }];
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include, orderBy: DESC });
      expect(idsOf(page)).toEqual(['m4', 'm3', 'm2']);
    });

    it('of none finds five windows in a thread of 200', async () => {
      const { memory } = await withMessages(make, 200);
      const targets = [10, 60, 100, 150, 190];
      const include = targets.map((n) => ({ id: `m${n}`, withPreviousMessages: 2, withNextMessages: 2 }));
      const page = await memory.listMessages({ threadId: 't', perPage: 0, include: include.reverse() });
      const expected = targets.flatMap((n) => named('m', n - 2, n - 1, n, n + 1, n + 2));
      expect(idsOf(page)).toEqual(expected);
    });
  });

  describe('the messages of an owner', () => {
    async function prepared() {
      const subject = await withThreads(make, { t: 'alice', u: 'alice', v: 'bob' });
      await subject.memory.saveMessages({
        messages: [
          ...[1, 3, 5].map((n) => message(`t${n}`, n)),
          ...[2, 4].map((n) => message(`u${n}`, n, { threadId: 'u' })),
          message('v1', 1, { threadId: 'v', resourceId: 'bob' }),
        ],
      });
      return subject.memory;
    }

    it('come from all threads', async () => {
      const page = await (await prepared()).listMessagesByResourceId({ resourceId: 'alice' });
      expect(idsOf(page)).toEqual(['t1', 'u2', 't3', 'u4', 't5']);
      expect(page.total).toBe(5);
    });

    it('begin at a date', async () => {
      const filter = { dateRange: { start: at(5) } };
      const page = await (await prepared()).listMessagesByResourceId({ resourceId: 'alice', filter });
      expect(idsOf(page)).toEqual(['t5']);
    });

    it('come from all threads from a date on', async () => {
      const filter = { dateRange: { start: at(3) } };
      const page = await (await prepared()).listMessagesByResourceId({ resourceId: 'alice', filter });
      expect(idsOf(page)).toEqual(['t3', 'u4', 't5']);
    });

    it('are none of nobody', async () => {
      const page = await (await prepared()).listMessagesByResourceId({ resourceId: 'nobody' });
      expect(page).toMatchObject({ messages: [], total: 0, hasMore: false });
    });

    it('are not those of another', async () => {
      const page = await (await prepared()).listMessagesByResourceId({ resourceId: 'bob' });
      expect(idsOf(page)).toEqual(['v1']);
    });

    it('come in pages', async () => {
      const memory = await prepared();
      const first = await memory.listMessagesByResourceId({ resourceId: 'alice', page: 0, perPage: 3 });
      const second = await memory.listMessagesByResourceId({ resourceId: 'alice', page: 1, perPage: 3 });
      expect([...idsOf(first), ...idsOf(second)]).toEqual(['t1', 'u2', 't3', 'u4', 't5']);
      expect([first, second]).toMatchObject([
        { total: 5, hasMore: true },
        { total: 5, hasMore: false },
      ]);
    });
  });

  describe('messages saved at different times', () => {
    it('stand in the order of their dates, windows too', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.saveMessages({ messages: [message('m1', 1), message('m3', 3)] });
      await memory.saveMessages({ messages: [message('m2', 2), message('m4', 4)] });
      const include = [{ id: 'm3', withPreviousMessages: 1, withNextMessages: 1 }];
      const page = await memory.listMessages({ threadId: 't', include });
      expect(idsOf(page)).toEqual(named('m', 1, 2, 3, 4));
      const window = await memory.listMessages({ threadId: 't', perPage: 0, include });
      expect(idsOf(window)).toEqual(['m2', 'm3', 'm4']);
    });

    it('stand between those of the thread when another thread has them', async () => {
      const { memory } = await withThreads(make, { t: 'alice', u: 'alice' });
      await memory.saveMessages({ messages: [message('m1', 1), message('m3', 3)] });
      await memory.saveMessages({ messages: [message('u2', 2, { threadId: 'u' })] });
      const page = await memory.listMessages({ threadId: 't', include: [{ id: 'u2', threadId: 'u' }] });
      expect(idsOf(page)).toEqual(['m1', 'u2', 'm3']);
    });
  });
}
