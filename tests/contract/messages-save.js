import { describe, expect, it } from 'vitest';
import {
  allIds,
  at,
  conversation,
  ids,
  message,
  numbered,
  refused,
  storeTelling,
  storeWith,
  thread,
  updatedAt,
} from './support.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesSave(makeStore) {
  describe('saving messages', () => {
    it('answers what was given, and lists it equal', async () => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [
        message('m1', 1),
        message('m2', 2, {
          role: 'assistant',
          content: {
            format: 2,
            content: 'It is 21 °C.',
            parts: [
              { type: 'step-start' },
              { type: 'text', text: 'It is 21 °C.', providerMetadata: { p: { tokenEstimate: 5 } } },
              {
                type: 'tool-invocation',
                toolInvocation: {
                  state: 'result',
                  toolCallId: 'call-1',
                  toolName: 'weather',
                  args: { city: 'Zürich' },
                  result: { celsius: 21, wind: [1.5, null] },
                },
              },
              { type: 'file', mimeType: 'image/png', data: 'aGVsbG8=' },
            ],
            metadata: { modelId: 'mock', deep: { list: [[], {}], nothing: null } },
          },
        }),
      ];
      expect(await store.saveMessages({ messages })).toEqual({ messages });
      const listed = await store.listMessages({ threadId: 't' });
      expect(listed.messages).toEqual(messages);
      expect(listed.messages[0].createdAt).toBeInstanceOf(Date);
      expect((await store.listMessagesById({ messageIds: ['m1', 'm2'] })).messages).toEqual(messages);
    });

    it('does nothing for an empty list', async () => {
      const { store } = await makeStore();
      expect(await store.saveMessages({ messages: [] })).toEqual({ messages: [] });
    });

    it('keeps every role and type', async () => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [
        message('m1', 1, { role: 'system' }),
        message('m2', 2, { role: 'signal', type: 'notice' }),
        message('m3', 3, { role: 'tool', type: 'tool-result' }),
      ];
      await store.saveMessages({ messages });
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(messages);
    });

    it('keeps fields it has never heard of', async () => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [message('m1', 1, { seenBy: ['bob'], score: 0.1, nothing: null })];
      await store.saveMessages({ messages });
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(messages);
    });

    it('gives messages back without the type v2, given or not', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('m1', 1), message('m2', 2, { type: 'v2' })] });
      for (const found of (await store.listMessages({ threadId: 't' })).messages) {
        expect(found.type).toBeUndefined();
      }
    });

    it('keeps content that is text as text, even when it looks like JSON', async () => {
      const { store } = await storeWith(makeStore, 't');
      const content = JSON.stringify({ format: 2, parts: [{ type: 'text', text: '"hi"' }] });
      await store.saveMessages({ messages: [message('m1', 1, { content })] });
      expect((await store.listMessages({ threadId: 't' })).messages[0].content).toBe(content);
    });

    it('takes createdAt as ISO text', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('m1', 0, { createdAt: '2024-05-06T07:08:09.010Z' })] });
      const { messages } = await store.listMessages({ threadId: 't' });
      expect(messages[0].createdAt).toEqual(new Date('2024-05-06T07:08:09.010Z'));
    });

    it('takes the empty string as an owner', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('m1', 1, { resourceId: '' })] });
      expect((await store.listMessages({ threadId: 't' })).messages[0].resourceId).toBe('');
    });

    it('keeps empty content, text or none, as of a message that only calls tools', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      const calls = { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'weather' } }] };
      const messages = [
        message('m1', 1),
        message('m2', 2, { ...calls, content: null }),
        message('m3', 3, { ...calls, content: '' }),
        message('m4', 4, { content: [] }),
      ];
      expect(await store.saveMessages({ messages })).toEqual({ messages });
      for (const reader of [store, reopen()]) {
        expect((await reader.listMessages({ threadId: 't' })).messages).toEqual(messages);
        const include = [{ id: 'm2', withNextMessages: 1 }];
        const page = await reader.listMessages({ threadId: 't', perPage: 0, include });
        expect(ids(page.messages)).toEqual(['m2', 'm3']);
        const filter = { metadata: { seen: true } };
        expect((await reader.listMessages({ threadId: 't', filter })).total).toBe(0);
      }
      const [emptied, filled] = await store.updateMessages({
        messages: [
          { id: 'm1', content: null },
          { id: 'm2', content: 'Now it says something.' },
        ],
      });
      expect([emptied.content, filled.content]).toEqual([null, 'Now it says something.']);
    });

    it('takes dates of any year as a Date and as text, and a time without an offset as UTC', async () => {
      const { store } = await storeWith(makeStore, 't');
      const far = new Date(Date.UTC(12_026, 0, 1));
      const old = new Date(Date.UTC(-43, 2, 15));
      await store.saveMessages({
        messages: [
          message('far', 0, { createdAt: far.toISOString() }),
          message('farther', 0, { createdAt: new Date(far.getTime() + 1) }),
          message('old', 0, { createdAt: old.toISOString() }),
          message('plain', 0, { createdAt: '2026-01-02T09:00:00' }),
        ],
      });
      const { messages } = await store.listMessages({ threadId: 't' });
      expect(ids(messages)).toEqual(['old', 'plain', 'far', 'farther']);
      expect(messages[0].createdAt).toEqual(old);
      expect(messages[1].createdAt).toEqual(new Date('2026-01-02T09:00:00Z'));
      expect(messages[2].createdAt).toEqual(far);
      const dateRange = { start: '2026-01-02T09:00:00', end: far.toISOString() };
      const page = await store.listMessages({ threadId: 't', filter: { dateRange } });
      expect(ids(page.messages)).toEqual(['plain', 'far']);
    });

    it('stores messages of several threads in one call', async () => {
      const { store } = await storeWith(makeStore, 't', 'u');
      await store.saveMessages({
        messages: [message('m1', 1), message('m2', 2, { threadId: 'u' }), message('m3', 3)],
      });
      expect(await allIds(store, 't')).toEqual(['m1', 'm3']);
      expect(await allIds(store, 'u')).toEqual(['m2']);
    });

    it('stores a hundred messages in one call', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: conversation(100) });
      const expected = Array.from({ length: 100 }, (_, i) => numbered('m', i + 1));
      expect(await allIds(store)).toEqual(expected);
      expect(await allIds(reopen())).toEqual(expected);
    });

    it('keeps a long message whole', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      const text = '€uro 🎉 "quoted"\n'.repeat(40_000);
      const content = { format: 2, parts: [{ type: 'text', text }] };
      await store.saveMessages({ messages: [message('m1', 1, { content })] });
      const { messages } = await reopen().listMessages({ threadId: 't' });
      expect(messages[0].content.parts[0].text === text).toBe(true);
    });

    it('is not touched by what the caller does with its objects afterwards', async () => {
      const { store } = await storeWith(makeStore, 't');
      const given = message('m1', 1);
      const saving = store.saveMessages({ messages: [given] });
      given.content.parts[0].text = 'leaked in';
      await saving;
      const [found] = (await store.listMessages({ threadId: 't' })).messages;
      expect(found.content.parts[0].text).toBe('This is m1.');
      found.content.parts[0].text = 'leaked back';
      const [again] = (await store.listMessages({ threadId: 't' })).messages;
      expect(again.content.parts[0].text).toBe('This is m1.');
    });
  });

  describe('saving messages and their thread', () => {
    it('moves updatedAt of the thread to now, and nothing else of it', async () => {
      const { store, clock } = await makeStore();
      const saved = thread('t', { title: 'Kept', metadata: { a: 1 } });
      await store.saveThread({ thread: saved });
      clock.advance(5000);
      await store.saveMessages({ messages: [message('m1')] });
      const found = await store.getThreadById({ threadId: 't' });
      expect(found.updatedAt.getTime()).toBeGreaterThanOrEqual(clock.now() - 1000);
      expect(found).toMatchObject({ title: 'Kept', metadata: { a: 1 }, createdAt: saved.createdAt });
    });

    it('moves updatedAt forward with every save, even within one millisecond', async () => {
      const { store } = await storeWith(makeStore, 't');
      let before = await updatedAt(store);
      for (let i = 1; i <= 3; i++) {
        await store.saveMessages({ messages: [message(`m${i}`, i)] });
        const after = await updatedAt(store);
        expect(after).toBeGreaterThan(before);
        before = after;
      }
    });

    it('moves updatedAt forward from a time that lies ahead of the clock', async () => {
      const { store, clock } = await makeStore();
      const ahead = new Date(clock.now() + 60_000);
      await store.saveThread({ thread: thread('t', { updatedAt: ahead }) });
      await store.saveMessages({ messages: [message('m1')] });
      expect(await updatedAt(store)).toBeGreaterThan(ahead.getTime());
    });

    it('does not undo a title that is written meanwhile', async () => {
      const { store } = await storeWith(makeStore, 't');
      await Promise.all([
        store.saveMessages({ messages: [message('m1', 1)] }),
        store.saveThread({ thread: thread('t', { title: 'Generated' }) }),
        store.saveMessages({ messages: [message('m2', 2)] }),
      ]);
      expect((await store.getThreadById({ threadId: 't' })).title).toBe('Generated');
      expect(await allIds(store)).toEqual(['m1', 'm2']);
    });

    it('refuses a thread that does not exist, before anything is written', async () => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [message('m1', 1), message('m2', 2, { threadId: 'nobody' })];
      const error = await refused(store.saveMessages({ messages }), {
        code: 'NOT_FOUND',
        op: 'saveMessages',
        text: /not found/,
      });
      expect(error.message).toContain('nobody');
      expect(await allIds(store)).toEqual([]);
      expect((await store.listMessagesById({ messageIds: ['m1', 'm2'] })).messages).toEqual([]);
    });

    it('stores the whole batch or nothing: one bad message stops it', async () => {
      const { store } = await storeWith(makeStore, 't');
      const before = await updatedAt(store);
      const messages = [message('m1', 1), message('m2', 2, { resourceId: null }), message('m3', 3)];
      await refused(store.saveMessages({ messages }), { code: 'INVALID_ARGUMENT', op: 'saveMessages' });
      expect(await allIds(store)).toEqual([]);
      expect(await updatedAt(store)).toBe(before);
    });
  });

  describe('saving a message again', () => {
    it('replaces it entirely', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({
        messages: [message('m1', 1, { content: { format: 2, parts: [], metadata: { a: 1 } } })],
      });
      const again = message('m1', 5, {
        role: 'assistant',
        content: { format: 2, parts: [{ type: 'text', text: 'b' }] },
      });
      await store.saveMessages({ messages: [again] });
      const page = await store.listMessages({ threadId: 't' });
      expect(page).toMatchObject({ total: 1, messages: [again] });
      expect(page.messages[0].content).not.toHaveProperty('metadata');
    });

    it('puts it where its new time belongs', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: conversation(3) });
      await store.saveMessages({ messages: [message('m001', 9)] });
      for (const reader of [store, reopen()]) {
        const page = await reader.listMessages({ threadId: 't' });
        expect(ids(page.messages)).toEqual(['m002', 'm003', 'm001']);
        expect(page).toMatchObject({ total: 3, hasMore: false });
      }
    });

    it('finds it again in a long thread, however old it has become', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(600));
      await store.saveMessages({ messages: [message('m590', 0.1), message('m010', 0.2)] });
      await store.updateMessages({
        messages: [
          { id: 'm580', createdAt: at(0.3) },
          { id: 'm020', createdAt: at(0.4) },
        ],
      });
      for (const reader of [store, reopen()]) {
        const { messages, total } = await reader.listMessages({ threadId: 't', perPage: 5 });
        expect(ids(messages)).toEqual(['m590', 'm010', 'm580', 'm020', 'm001']);
        expect(total).toBe(600);
      }
    });

    it('keeps the last one of those with the same id in a batch', async () => {
      const { store } = await storeWith(makeStore, 't');
      const first = message('m1', 1, { role: 'assistant' });
      const last = message('m1', 1, { role: 'user' });
      const result = await store.saveMessages({ messages: [first, message('m2', 2), last] });
      expect(ids(result.messages).toSorted()).toEqual(['m1', 'm2']);
      const page = await store.listMessages({ threadId: 't' });
      expect(page.total).toBe(2);
      expect(page.messages[0]).toEqual(last);
    });

    it('moves it when it names another thread', async () => {
      const { store, reopen } = await storeWith(makeStore, 't', 'u');
      await store.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
      const moved = message('m1', 1, { threadId: 'u', content: { format: 2, parts: [] } });
      await store.saveMessages({ messages: [moved] });
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader, 't')).toEqual(['m2']);
        expect((await reader.listMessages({ threadId: 'u' })).messages).toEqual([moved]);
        expect((await reader.listMessages({ threadId: 't' })).total).toBe(1);
      }
    });

    it('can move it away and back', async () => {
      const { store, clock, reopen } = await storeWith(makeStore, 't', 'u');
      for (const threadId of ['t', 'u', 't', 'u', 't']) {
        await store.saveMessages({ messages: [message('m1', 1, { threadId })] });
        clock.advance(1);
      }
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader, 't')).toEqual(['m1']);
        expect(await allIds(reader, 'u')).toEqual([]);
        expect((await reader.listMessages({ threadId: 't' })).total).toBe(1);
      }
    });

    it('grows one assistant message step by step', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('user', 1)] });
      /** @type {unknown[]} */
      const parts = [];
      for (let step = 1; step <= 4; step++) {
        parts.push({ type: 'text', text: `step ${step}` });
        await store.saveMessages({
          messages: [message('answer', 2, { role: 'assistant', content: { format: 2, parts: [...parts] } })],
        });
      }
      const page = await store.listMessages({ threadId: 't' });
      expect(ids(page.messages)).toEqual(['user', 'answer']);
      expect(page.messages[1].content.parts).toEqual(parts);
    });
  });

  describe('saving messages at once', () => {
    it('keeps all of twenty saves to one thread', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      const messages = conversation(20);
      await Promise.all(messages.map((one) => store.saveMessages({ messages: [one] })));
      expect(await allIds(store)).toEqual(ids(messages));
      expect(await allIds(reopen())).toEqual(ids(messages));
    });

    it('keeps two turns that interleave', async () => {
      const { store } = await storeWith(makeStore, 't');
      await Promise.all([
        store.saveMessages({ messages: [message('q1', 1), message('a1', 3, { role: 'assistant' })] }),
        store.saveMessages({ messages: [message('q2', 2), message('a2', 4, { role: 'assistant' })] }),
      ]);
      expect(await allIds(store)).toEqual(['q1', 'q2', 'a1', 'a2']);
    });

    it('orders by the time of the messages, not by the order of the saves', async () => {
      const { store, reopen } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: [message('m4', 4), message('m2', 2)] });
      await store.saveMessages({ messages: [message('m3', 3), message('m1', 1), message('m5', 5.5)] });
      const expected = ['m1', 'm2', 'm3', 'm4', 'm5'];
      expect(await allIds(store)).toEqual(expected);
      expect(await allIds(reopen())).toEqual(expected);
    });

    it('lists messages from before 1970 and from far ahead in their order', async () => {
      const { store } = await storeWith(makeStore, 't');
      const messages = [
        message('past', 0, { createdAt: new Date('1969-07-20T20:17:40.000Z') }),
        message('now', 0, { createdAt: at(0) }),
        message('ahead', 0, { createdAt: new Date('2999-12-31T23:59:59.999Z') }),
      ];
      await store.saveMessages({ messages: [...messages].reverse() });
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual(messages);
    });
  });
}
