import { describe, expect, it } from 'vitest';
import { allIds, conversation, ids, message, storeTelling, thread } from './support.js';

/**
 * Sweeps until nothing is left to do, some minutes later: what was deleted just now is let alone.
 *
 * @param {any} store
 * @param {import('./support.js').Clock} clock
 */
async function sweepAll(store, clock) {
  clock.advance(240_000);
  for (let round = 0; round < 200; round++) {
    const { pending } = await store.sweep();
    if (pending === 0) return;
  }
  expect.fail('two hundred sweeps did not finish');
}

/** @param {import('./support.js').MakeStore} makeStore */
export function sweep(makeStore) {
  describe('deleting a thread too large for one call', () => {
    async function largeThread(count = 300) {
      const subject = await makeStore({ maxOperations: 100 });
      await subject.store.saveThread({ thread: thread('t') });
      await subject.store.saveThread({ thread: thread('other') });
      for (let i = 0; i < count; i += 20) {
        await subject.store.saveMessages({ messages: conversation(count).slice(i, i + 20) });
      }
      await subject.store.saveMessages({ messages: [message('o1', 1, { threadId: 'other' })] });
      return subject;
    }

    it('is gone for readers at once', async () => {
      const { store, reopen } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      for (const reader of [store, reopen()]) {
        expect(await reader.getThreadById({ threadId: 't' })).toBeNull();
        expect(await allIds(reader)).toEqual([]);
        expect(ids((await reader.listThreads({})).threads)).toEqual(['other']);
        expect(ids((await reader.listThreadsByResourceId({ resourceId: 'alice' })).threads)).toEqual([
          'other',
        ]);
      }
    });

    it('is removed from KV by the sweeps that follow, in whatever isolate', async () => {
      const { store, clock, reopen, raw } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      expect((await raw.keys()).some((key) => key.startsWith('messages:m'))).toBe(true);
      await sweepAll(reopen({ maxOperations: 100 }), clock);
      const keys = await raw.keys();
      expect(keys.filter((key) => key.startsWith('messages:m'))).toEqual([]);
      expect(keys.filter((key) => /(thread|sweep):t/.test(key))).toEqual(['metadata:thread:t']);
      expect(await allIds(reopen(), 'other')).toEqual(['o1']);
    });

    it('tells how much was deleted', async () => {
      const { store, clock, reopen } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      expect(await store.sweep()).toEqual({ deleted: 0, pending: 1 });
      clock.advance(240_000);
      const { deleted, pending } = await reopen({ maxOperations: 100 }).sweep();
      expect(deleted).toBeGreaterThan(0);
      expect(pending).toBeGreaterThan(0);
    });

    it('can be deleted by calling again, too', async () => {
      const { store, raw } = await largeThread();
      for (let i = 0; i < 20; i++) await store.deleteThread({ threadId: 't' });
      expect((await raw.keys()).filter((key) => key.startsWith('messages:m'))).toEqual([]);
    });

    it('does not take along a thread that began anew with its id', async () => {
      const { store, clock, reopen } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      clock.advance(1000);
      await store.saveThread({ thread: thread('t', { title: 'Again' }) });
      await store.saveMessages({ messages: [message('new', 1), message('m001', 2)] });
      await sweepAll(reopen({ maxOperations: 100 }), clock);
      for (const reader of [store, reopen()]) {
        expect((await reader.getThreadById({ threadId: 't' })).title).toBe('Again');
        expect(await allIds(reader)).toEqual(['new', 'm001']);
      }
    });

    it('tells the new messages from the old ones where metadata is withheld', async () => {
      const { store, clock, reopen, raw } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      clock.advance(1000);
      await store.saveThread({ thread: thread('t', { title: 'Again' }) });
      await store.saveMessages({ messages: [message('new', 1), message('m299', 2)] });
      for (const key of (await raw.keys()).filter((name) => /^messages:|^metadata:thread:t:/.test(name))) {
        await raw.put(key, /** @type {string} */ (await raw.get(key)));
      }
      await sweepAll(reopen({ maxOperations: 100 }), clock);
      const keys = await raw.keys();
      expect(keys.filter((key) => key.startsWith('messages:'))).toEqual([
        'messages:m299',
        'messages:new',
        'messages:o1',
      ]);
      expect(await allIds(reopen())).toEqual(['new', 'm299']);
      const { looked, found } = await reopen().verify({ repair: true });
      expect(looked.messages).toBe(3);
      expect(Object.keys(found)).toEqual([]);
      expect(await allIds(reopen())).toEqual(['new', 'm299']);
    });

    it('leaves a message that moved away meanwhile', async () => {
      const { store, clock, reopen } = await largeThread();
      await store.deleteThread({ threadId: 't' });
      clock.advance(1000);
      await store.saveMessages({ messages: [message('m300', 300, { threadId: 'other' })] });
      await sweepAll(reopen({ maxOperations: 100 }), clock);
      expect(await allIds(reopen(), 'other')).toEqual(['o1', 'm300']);
    });
  });

  describe('sweeping with a budget smaller than one save was', () => {
    it('comes to an end', async () => {
      const { clock, reopen, raw } = await storeTelling(makeStore, conversation(100));
      await reopen({ maxOperations: 30 }).deleteThread({ threadId: 't' });
      expect(await reopen().getThreadById({ threadId: 't' })).toBeNull();
      await sweepAll(reopen({ maxOperations: 30 }), clock);
      expect((await raw.keys()).filter((key) => key.startsWith('messages:'))).toEqual([]);
    });
  });

  describe('sweeping', () => {
    it('finds nothing to do in a store in order', async () => {
      const { store } = await storeTelling(makeStore, conversation(3));
      expect(await store.sweep()).toEqual({ deleted: 0, pending: 0 });
      expect(await allIds(store)).toEqual(['m001', 'm002', 'm003']);
    });

    it('deletes a thousand and one messages', async () => {
      const { store, clock, reopen, raw } = await storeTelling(makeStore, conversation(1001));
      await store.deleteThread({ threadId: 't' });
      expect(await allIds(reopen())).toEqual([]);
      await sweepAll(reopen(), clock);
      expect((await raw.keys()).filter((key) => key.startsWith('messages:'))).toEqual([]);
    });
  });
}
