import { describe, expect, it } from 'vitest';
import { allIds, conversation, message, refused, storeTelling, thread } from './support.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function clear(makeStore) {
  async function filled() {
    const subject = await storeTelling(makeStore, conversation(3));
    await subject.store.updateResource({ resourceId: 'alice', workingMemory: 'x' });
    return subject;
  }

  describe('clearing everything', () => {
    it('leaves an empty store', async () => {
      const { store, reopen } = await filled();
      await store.dangerouslyClearAll();
      for (const reader of [store, reopen()]) {
        expect(await reader.getThreadById({ threadId: 't' })).toBeNull();
        expect(await reader.listThreads({})).toMatchObject({ threads: [], total: 0 });
        expect(await reader.listMessages({ threadId: 't' })).toMatchObject({ messages: [], total: 0 });
        expect((await reader.listMessagesById({ messageIds: ['m001'] })).messages).toEqual([]);
        expect(await reader.getResourceById({ resourceId: 'alice' })).toBeNull();
      }
    });

    it('lets the store be used again', async () => {
      const { store, clock, reopen } = await filled();
      await store.dangerouslyClearAll();
      clock.advance(1000);
      await store.saveThread({ thread: thread('t') });
      await store.saveMessages({ messages: [message('m002', 2), message('new', 9)] });
      for (const reader of [store, reopen()]) expect(await allIds(reader)).toEqual(['m002', 'new']);
    });

    it('does nothing to an empty store', async () => {
      const { store } = await makeStore();
      await store.dangerouslyClearAll();
      expect((await store.listThreads({})).total).toBe(0);
    });

    it('stays within its prefix', async () => {
      const { store, reopen, prefix } = await filled();
      const neighbour = reopen({ keyPrefix: `${prefix}x` });
      await neighbour.saveThread({ thread: thread('t', { title: 'Neighbour' }) });
      await neighbour.saveMessages({ messages: [message('m001', 1)] });
      await store.dangerouslyClearAll();
      const reader = reopen({ keyPrefix: `${prefix}x` });
      expect((await reader.getThreadById({ threadId: 't' })).title).toBe('Neighbour');
      expect(await allIds(reader)).toEqual(['m001']);
    });

    it('clears more than a list page holds', async () => {
      const { store, reopen } = await storeTelling(makeStore, conversation(1100));
      await store.dangerouslyClearAll();
      while ((await store.sweep()).pending > 0);
      expect((await reopen().listThreads({})).total).toBe(0);
      expect((await reopen().listMessagesById({ messageIds: ['m001', 'm1100'] })).messages).toEqual([]);
    });
  });

  describe('clearing one table', () => {
    it.each(['messages', 'mastra_messages'])('%s: threads and resources stay', async (tableName) => {
      const { store, reopen } = await filled();
      await store.clearTable({ tableName });
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader)).toEqual([]);
        expect(await reader.getThreadById({ threadId: 't' })).not.toBeNull();
        expect(await reader.getResourceById({ resourceId: 'alice' })).not.toBeNull();
      }
    });

    it.each(['threads', 'mastra_threads'])('%s: resources stay', async (tableName) => {
      const { store, reopen } = await filled();
      await store.clearTable({ tableName });
      for (const reader of [store, reopen()]) {
        expect(await reader.getThreadById({ threadId: 't' })).toBeNull();
        expect((await reader.listThreads({})).total).toBe(0);
        expect((await reader.listThreadsByResourceId({ resourceId: 'alice' })).total).toBe(0);
        expect(await reader.getResourceById({ resourceId: 'alice' })).not.toBeNull();
      }
    });

    it.each(['resources', 'mastra_resources'])('%s: threads and messages stay', async (tableName) => {
      const { store, reopen } = await filled();
      await store.clearTable({ tableName });
      for (const reader of [store, reopen()]) {
        expect(await reader.getResourceById({ resourceId: 'alice' })).toBeNull();
        expect(await allIds(reader)).toEqual(['m001', 'm002', 'm003']);
      }
    });

    it.each(['nonsense', '', undefined, '__proto__'])('refuses a table named %j', async (tableName) => {
      const { store } = await filled();
      await refused(store.clearTable({ tableName }), { code: 'INVALID_ARGUMENT', op: 'clearTable' });
      expect(await allIds(store)).toEqual(['m001', 'm002', 'm003']);
    });
  });
}
