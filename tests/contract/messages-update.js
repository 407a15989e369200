import { describe, expect, it } from 'vitest';
import { allIds, at, conversation, ids, message, refused, storeTelling, updatedAt } from './support.js';

/** @param {any} store @param {string} id */
async function get(store, id) {
  return (await store.listMessagesById({ messageIds: [id] })).messages[0];
}

const rich = {
  format: 2,
  content: 'Hello',
  parts: [{ type: 'text', text: 'Hello' }],
  metadata: { keep: 1, deep: { old: true } },
  experimental_attachments: [{ url: 'data:,x' }],
};

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesUpdate(makeStore) {
  describe('updating messages', () => {
    it('changes the fields given and keeps the others', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      await store.updateMessages({ messages: [{ id: 'm1', role: 'assistant', content: undefined }] });
      expect(await get(store, 'm1')).toEqual(message('m1', 1, { content: rich, role: 'assistant' }));
    });

    it('merges content key by key, and its metadata too', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      await store.updateMessages({
        messages: [{ id: 'm1', content: { metadata: { deep: { new: true }, more: [1, null] } } }],
      });
      expect((await get(store, 'm1')).content).toEqual({
        ...rich,
        metadata: { keep: 1, deep: { new: true }, more: [1, null] },
      });
      await store.updateMessages({ messages: [{ id: 'm1', content: { content: 'Bye' } }] });
      expect((await get(store, 'm1')).content).toMatchObject({ content: 'Bye', parts: rich.parts });
    });

    it('replaces parts, attachments and other content keys that are given', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      const parts = [
        {
          type: 'file',
          mimeType: 'image/png',
          data: 'x',
          providerMetadata: { mastra: { unavailable: true } },
        },
        { type: 'text', text: 'New' },
      ];
      await store.updateMessages({ messages: [{ id: 'm1', content: { parts, reasoning: 'because' } }] });
      expect((await get(store, 'm1')).content).toEqual({ ...rich, parts, reasoning: 'because' });
    });

    it('takes full content as core sends it', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      const content = { ...rich, content: 'Edited', metadata: { mastra: { sealed: true } } };
      await store.updateMessages({ messages: [{ id: 'm1', content }] });
      const expected = { ...content, metadata: { ...rich.metadata, mastra: { sealed: true } } };
      expect((await get(store, 'm1')).content).toEqual(expected);
    });

    it('takes metadata where the content had none', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1)]);
      await store.updateMessages({ messages: [{ id: 'm1', content: { metadata: { a: 1 } } }] });
      expect((await get(store, 'm1')).content).toEqual({ ...message('m1').content, metadata: { a: 1 } });
    });

    it('replaces content that was text', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: 'plain' })]);
      const content = { format: 2, parts: [{ type: 'text', text: 'rich' }] };
      await store.updateMessages({ messages: [{ id: 'm1', content }] });
      expect((await get(store, 'm1')).content).toEqual(content);
    });

    it('keeps and changes fields it does not know', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { score: 1, seen: true })]);
      await store.updateMessages({ messages: [{ id: 'm1', score: 2, role: 'assistant' }] });
      expect(await get(store, 'm1')).toMatchObject({ score: 2, seen: true, role: 'assistant' });
    });

    it('changes the owner', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      await store.updateMessages({ messages: [{ id: 'm001', resourceId: 'bob' }] });
      expect(ids((await store.listMessages({ threadId: 't', resourceId: 'bob' })).messages)).toEqual([
        'm001',
      ]);
      expect(ids((await store.listMessages({ threadId: 't', resourceId: 'alice' })).messages)).toEqual([
        'm002',
      ]);
    });

    it('puts a message where its new time belongs', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(3));
      await store.updateMessages({ messages: [{ id: 'm001', createdAt: at(9) }] });
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessages({ threadId: 't' });
        expect(ids(page.messages)).toEqual(['m002', 'm003', 'm001']);
        expect(page).toMatchObject({ total: 3, hasMore: false });
        const include = [{ id: 'm003', withNextMessages: 1 }];
        const windows = await reader.listMessages({ threadId: 't', perPage: 0, include });
        expect(ids(windows.messages)).toEqual(['m003', 'm001']);
        const filter = { dateRange: { start: at(8) } };
        expect(ids((await reader.listMessages({ threadId: 't', filter })).messages)).toEqual(['m001']);
      }
    });

    it('leaves no trace of where a message stood before, on any page', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(6));
      await store.updateMessages({
        messages: [
          { id: 'm001', createdAt: at(9) },
          { id: 'm003', resourceId: 'bob' },
          { id: 'm006', createdAt: at(0) },
        ],
      });
      const order = ['m006', 'm002', 'm003', 'm004', 'm005', 'm001'];
      for (const reader of [store, reopen()]) {
        for (let page = 0; page < 4; page++) {
          const found = await reader.listMessages({ threadId: 't', page, perPage: 2 });
          expect(ids(found.messages)).toEqual(order.slice(2 * page, 2 * page + 2));
          expect(found).toMatchObject({ total: 6, hasMore: page < 2 });
        }
        const alices = await reader.listMessages({ threadId: 't', resourceId: 'alice', page: 4, perPage: 1 });
        expect(alices).toMatchObject({ total: 5, hasMore: false });
        expect(ids(alices.messages)).toEqual(['m001']);
        const bobs = await reader.listMessages({ threadId: 't', resourceId: 'bob', page: 1 });
        expect(bobs).toMatchObject({ messages: [], total: 1, hasMore: false });
        const early = await reader.listMessages({
          threadId: 't',
          filter: { dateRange: { end: at(1) } },
          page: 1,
        });
        expect(early).toMatchObject({ messages: [], total: 1, hasMore: false });
      }
    });

    it('answers the updated messages in the order given, as a following read shows them', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      const updated = await store.updateMessages({
        messages: [
          { id: 'm003', role: 'assistant' },
          { id: 'm001', content: { metadata: { a: 1 } } },
        ],
      });
      expect(ids(updated)).toEqual(['m003', 'm001']);
      expect(updated[0].createdAt).toBeInstanceOf(Date);
      expect(updated[0].type).toBeUndefined();
      expect(updated[0]).toEqual(await get(store, 'm003'));
      expect(updated[1]).toEqual(await get(store, 'm001'));
    });

    it('skips ids it does not know', async () => {
      const { store } = await storeTelling(makeStore, conversation(1));
      const updated = await store.updateMessages({
        messages: [
          { id: 'nobody', role: 'user' },
          { id: 'm001', role: 'assistant' },
        ],
      });
      expect(ids(updated)).toEqual(['m001']);
      expect(await get(store, 'nobody')).toBeUndefined();
      expect(await store.updateMessages({ messages: [{ id: 'nobody', role: 'user' }] })).toEqual([]);
      expect(await store.updateMessages({ messages: [] })).toEqual([]);
    });

    it('applies two updates of one message in the order given', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      await store.updateMessages({
        messages: [
          { id: 'm1', role: 'assistant', content: { content: 'first', metadata: { a: 1 } } },
          { id: 'm1', content: { content: 'second', metadata: { b: 2 } } },
        ],
      });
      const found = await get(store, 'm1');
      expect(found.role).toBe('assistant');
      expect(found.content).toMatchObject({ content: 'second', metadata: { keep: 1, a: 1, b: 2 } });
    });

    it('moves updatedAt of the thread forward, even within one millisecond', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const before = await updatedAt(store);
      await store.updateMessages({ messages: [{ id: 'm001', role: 'assistant' }] });
      const between = await updatedAt(store);
      await store.updateMessages({ messages: [{ id: 'm002', role: 'assistant' }] });
      expect(between).toBeGreaterThan(before);
      expect(await updatedAt(store)).toBeGreaterThan(between);
    });

    it('is seen by a second isolate', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(2));
      await store.updateMessages({ messages: [{ id: 'm001', content: { metadata: { edited: true } } }] });
      expect((await get(reopen(), 'm001')).content.metadata).toEqual({ edited: true });
    });

    it('keeps the merges of updates at once', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1, { content: rich })]);
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(
        keys.map((key) =>
          store.updateMessages({ messages: [{ id: 'm1', content: { metadata: { [key]: key } } }] }),
        ),
      );
      expect((await get(store, 'm1')).content.metadata).toMatchObject({
        a: 'a',
        b: 'b',
        c: 'c',
        d: 'd',
        e: 'e',
      });
    });
  });

  describe('moving messages to another thread', () => {
    it('takes it from one and gives it to the other', async () => {
      const { store, reopen } = await storeTelling(makeStore, [
        ...conversation(3),
        message('u1', 1.5, { threadId: 'u' }),
      ]);
      const [moved] = await store.updateMessages({ messages: [{ id: 'm002', threadId: 'u' }] });
      expect(moved.threadId).toBe('u');
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader, 't')).toEqual(['m001', 'm003']);
        expect(await allIds(reader, 'u')).toEqual(['u1', 'm002']);
        expect((await reader.listMessages({ threadId: 't' })).total).toBe(2);
      }
    });

    it('moves updatedAt of both threads forward', async () => {
      const { store } = await storeTelling(makeStore, [
        ...conversation(2),
        message('u1', 1, { threadId: 'u' }),
      ]);
      const before = [await updatedAt(store, 't'), await updatedAt(store, 'u')];
      await store.updateMessages({ messages: [{ id: 'm001', threadId: 'u' }] });
      expect(await updatedAt(store, 't')).toBeGreaterThan(before[0]);
      expect(await updatedAt(store, 'u')).toBeGreaterThan(before[1]);
    });

    it('goes there and back, and through a third', async () => {
      const { store, clock, reopen } = await storeTelling(makeStore, [
        message('m1', 1),
        message('u1', 1, { threadId: 'u' }),
        message('v1', 1, { threadId: 'v' }),
      ]);
      for (const threadId of ['u', 't', 'v', 'u', 't']) {
        await store.updateMessages({ messages: [{ id: 'm1', threadId }] });
        clock.advance(1);
      }
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader, 't')).toEqual(['m1']);
        expect(await allIds(reader, 'u')).toEqual(['u1']);
        expect(await allIds(reader, 'v')).toEqual(['v1']);
      }
    });

    it('refuses a thread that does not exist, and changes nothing', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const messages = [
        { id: 'm001', role: 'assistant' },
        { id: 'm002', threadId: 'nobody' },
      ];
      await refused(store.updateMessages({ messages }), {
        code: 'NOT_FOUND',
        op: 'updateMessages',
        text: /not found/,
      });
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(conversation(2));
    });
  });
}
