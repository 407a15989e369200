import { describe, expect, it } from 'vitest';
import { conversation, ids, message, storeTelling } from './support.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesById(makeStore) {
  describe('getting messages by id', () => {
    it('answers them oldest first, from any thread and owner', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1, { threadId: 'a' }),
        message('m2', 2, { threadId: 'b', resourceId: 'bob' }),
        message('m3', 3, { threadId: 'c' }),
      ]);
      const { messages } = await store.listMessagesById({ messageIds: ['m3', 'm1', 'm2'] });
      expect(ids(messages)).toEqual(['m1', 'm2', 'm3']);
      expect(messages[1]).toEqual(message('m2', 2, { threadId: 'b', resourceId: 'bob' }));
    });

    it('leaves out what it does not know, and answers each message once', async () => {
      const { store } = await storeTelling(makeStore, conversation(2));
      const messageIds = ['nobody', 'm001', 'm001', 'm002', 'm001'];
      expect(ids((await store.listMessagesById({ messageIds })).messages)).toEqual(['m001', 'm002']);
    });

    it('answers nothing for nothing', async () => {
      const { store } = await makeStore();
      expect(await store.listMessagesById({ messageIds: [] })).toEqual({ messages: [] });
      expect(await store.listMessagesById({ messageIds: ['nobody'] })).toEqual({ messages: [] });
    });

    it('answers two hundred and fifty of them', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(250));
      const messageIds = ids(conversation(250)).reverse();
      expect(ids((await reopen().listMessagesById({ messageIds })).messages)).toEqual(ids(conversation(250)));
      expect(ids((await store.listMessagesById({ messageIds })).messages)).toEqual(ids(conversation(250)));
    });
  });
}
