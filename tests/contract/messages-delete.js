import { describe, expect, it } from 'vitest';
import { allIds, conversation, ids, message, storeTelling, storeWith, updatedAt } from './support.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function messagesDelete(makeStore) {
  describe('deleting messages', () => {
    it('deletes those named and keeps the others', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(5));
      await expect(store.deleteMessages(['m001', 'm003', 'm005'])).resolves.toBeUndefined();
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader)).toEqual(['m002', 'm004']);
        expect((await reader.listMessages({ threadId: 't' })).total).toBe(2);
        expect((await reader.listMessagesById({ messageIds: ['m001', 'm002'] })).messages).toHaveLength(1);
      }
    });

    it('does nothing for no ids', async () => {
      const { store } = await storeTelling(makeStore, conversation(1));
      await expect(store.deleteMessages([])).resolves.toBeUndefined();
      await expect(store.deleteMessages(undefined)).resolves.toBeUndefined();
      expect(await allIds(store)).toEqual(['m001']);
    });

    it('ignores ids it does not know, alone or among others', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      await expect(store.deleteMessages(['nobody'])).resolves.toBeUndefined();
      await store.deleteMessages(['nobody', 'm002', 'nobody either', 'm002']);
      expect(await allIds(store)).toEqual(['m001', 'm003']);
    });

    it('moves updatedAt of every thread concerned forward, and of no other', async () => {
      const { store } = await storeTelling(makeStore, [
        ...conversation(2),
        message('u1', 1, { threadId: 'u' }),
        message('v1', 1, { threadId: 'v' }),
      ]);
      const before = await Promise.all(['t', 'u', 'v'].map((id) => updatedAt(store, id)));
      await store.deleteMessages(['m001', 'u1']);
      expect(await updatedAt(store, 't')).toBeGreaterThan(before[0]);
      expect(await updatedAt(store, 'u')).toBeGreaterThan(before[1]);
      expect(await updatedAt(store, 'v')).toBe(before[2]);
      expect(await allIds(store, 'u')).toEqual([]);
      expect(await allIds(store, 'v')).toEqual(['v1']);
    });

    it('deletes fifty of a hundred in one call', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(100));
      const odd = ids(conversation(100)).filter((_, i) => i % 2 === 0);
      await store.deleteMessages(odd);
      expect(await allIds(store)).toEqual(ids(conversation(100)).filter((id) => !odd.includes(id)));
      expect(await allIds(reopen())).toHaveLength(50);
    });

    it('deletes a message for a second isolate, out of its windows and pages', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(4));
      const other = reopen();
      await other.deleteMessages(['m003']);
      const include = [{ id: 'm002', withNextMessages: 1 }];
      const { messages } = await reopen().listMessages({ threadId: 't', perPage: 0, include });
      expect(ids(messages)).toEqual(['m002', 'm004']);
      expect((await reopen().listMessages({ threadId: 't', perPage: 3 })).hasMore).toBe(false);
      expect(await allIds(store)).not.toContain('nobody');
    });

    it('lets a deleted message be saved again', async () => {
      const { store, clock, reopen } = await storeTelling(makeStore, conversation(2));
      await store.deleteMessages(['m001']);
      clock.advance(1000);
      await store.saveMessages({ messages: [message('m001', 5)] });
      expect(await allIds(store)).toEqual(['m002', 'm001']);
      expect(await allIds(reopen())).toEqual(['m002', 'm001']);
    });

    it('deletes what was saved a moment ago, and several deletes at once', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveMessages({ messages: conversation(10) });
      await Promise.all(ids(conversation(8)).map((id) => store.deleteMessages([id])));
      expect(await allIds(store)).toEqual(['m009', 'm010']);
    });

    it('can empty a thread, which stays', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(3));
      await store.deleteMessages(ids(conversation(3)));
      for (const reader of [store, reopen()]) {
        expect(await reader.listMessages({ threadId: 't' })).toMatchObject({
          messages: [],
          total: 0,
          hasMore: false,
        });
        expect(await reader.getThreadById({ threadId: 't' })).not.toBeNull();
      }
    });
  });
}
