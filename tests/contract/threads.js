import { describe, expect, it } from 'vitest';
import { allIds, at, ids, message, refused, storeTelling, storeWith, thread } from './support.js';

/** @param {import('./support.js').MakeStore} makeStore */
export function threads(makeStore) {
  describe('saving and getting a thread', () => {
    it('gives back what was saved, with dates as Date', async () => {
      const { store } = await makeStore();
      const saved = thread('t', { title: 'Plans', createdAt: at(1.234), updatedAt: at(2.345) });
      expect(await store.saveThread({ thread: saved })).toEqual(saved);
      const found = await store.getThreadById({ threadId: 't' });
      expect(found).toMatchObject(saved);
      expect(found.createdAt).toBeInstanceOf(Date);
      expect(found.updatedAt).toBeInstanceOf(Date);
    });

    it('answers null for a thread that does not exist', async () => {
      const { store } = await makeStore();
      expect(await store.getThreadById({ threadId: 'nobody' })).toBeNull();
    });

    it('shows a thread to its owner only, when an owner is named', async () => {
      const { store } = await storeWith(makeStore, 't');
      expect((await store.getThreadById({ threadId: 't', resourceId: 'alice' })).id).toBe('t');
      expect(await store.getThreadById({ threadId: 't', resourceId: 'bob' })).toBeNull();
      expect(await store.getThreadById({ threadId: 't', resourceId: '' })).toBeNull();
      expect((await store.getThreadById({ threadId: 't', resourceId: undefined })).id).toBe('t');
    });

    it('takes the empty string as an owner like any other', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { resourceId: '' }) });
      expect((await store.getThreadById({ threadId: 't', resourceId: '' })).resourceId).toBe('');
      expect(await store.getThreadById({ threadId: 't', resourceId: 'alice' })).toBeNull();
    });

    it('keeps an empty title empty, and a missing one missing', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('empty', { title: '' }) });
      await store.saveThread({ thread: thread('missing', { title: undefined }) });
      expect((await store.getThreadById({ threadId: 'empty' })).title).toBe('');
      expect((await store.getThreadById({ threadId: 'missing' })).title).toBeUndefined();
    });

    it('keeps missing metadata missing, and empty metadata empty', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('missing', { metadata: undefined }) });
      await store.saveThread({ thread: thread('empty', { metadata: {} }) });
      expect((await store.getThreadById({ threadId: 'missing' })).metadata).toBeUndefined();
      expect((await store.getThreadById({ threadId: 'empty' })).metadata).toEqual({});
    });

    it('keeps quotes, scripts and emoji in titles, and deep metadata', async () => {
      const { store } = await makeStore();
      const saved = thread('t', {
        title: '"quoted" \\ back, 日本語, עברית, 👩‍👩‍👧, \u0000, \u2028',
        metadata: { a: { b: [{ c: null }, [1, -0.5, 1e21]], empty: {}, list: [] }, text: 'x'.repeat(5000) },
      });
      await store.saveThread({ thread: saved });
      const found = await store.getThreadById({ threadId: 't' });
      expect(found.title).toBe(saved.title);
      expect(found.metadata).toEqual(saved.metadata);
    });

    it('keeps fields it has never heard of', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { lastReadBy: { alice: 3 }, pinned: true }) });
      await store.updateThread({ id: 't', title: 'New' });
      const found = await store.getThreadById({ threadId: 't' });
      expect(found).toMatchObject({ title: 'New', lastReadBy: { alice: 3 }, pinned: true });
    });

    it('replaces the whole thread when it is saved again', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { title: 'Old', metadata: { a: 1 } }) });
      await store.saveThread({ thread: thread('t', { title: 'New', metadata: { b: 2 }, createdAt: at(9) }) });
      const found = await store.getThreadById({ threadId: 't' });
      expect(found).toMatchObject({ title: 'New', metadata: { b: 2 }, createdAt: at(9) });
      expect(found.metadata).not.toHaveProperty('a');
    });

    it('gives the thread to another owner when it is saved with one', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.saveThread({ thread: thread('t', { resourceId: 'bob' }) });
      expect(ids((await store.listThreadsByResourceId({ resourceId: 'alice' })).threads)).toEqual([]);
      expect(ids((await store.listThreadsByResourceId({ resourceId: 'bob' })).threads)).toEqual(['t']);
    });

    it('takes dates as ISO text too', async () => {
      const { store } = await makeStore();
      const iso = '2024-05-06T07:08:09.010Z';
      await store.saveThread({ thread: thread('t', { createdAt: iso, updatedAt: iso }) });
      const found = await store.getThreadById({ threadId: 't' });
      expect([found.createdAt, found.updatedAt]).toEqual([new Date(iso), new Date(iso)]);
    });

    it('hands out copies: nothing that a caller changes afterwards gets into the store', async () => {
      const { store } = await makeStore();
      const given = thread('t', { metadata: { tags: ['a'] } });
      await store.saveThread({ thread: given });
      given.metadata.tags.push('leaked in');
      const found = await store.getThreadById({ threadId: 't' });
      found.metadata.tags.push('leaked back');
      found.title = 'changed';
      expect(await store.getThreadById({ threadId: 't' })).toMatchObject({
        title: 'About t',
        metadata: { tags: ['a'] },
      });
    });

    it('is there for a second isolate', async () => {
      const { store, reopen } = await makeStore();
      await store.saveThread({ thread: thread('t', { title: 'Seen from afar' }) });
      expect((await reopen().getThreadById({ threadId: 't' })).title).toBe('Seen from afar');
    });
  });

  describe('updating a thread', () => {
    it('changes the title and keeps the metadata', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { metadata: { a: 1 } }) });
      await store.updateThread({ id: 't', title: 'New' });
      expect(await store.getThreadById({ threadId: 't' })).toMatchObject({
        title: 'New',
        metadata: { a: 1 },
      });
    });

    it('merges metadata key by key, one level deep', async () => {
      const { store } = await makeStore();
      await store.saveThread({
        thread: thread('t', { metadata: { keep: 1, deep: { old: 1 }, gone: 'no' } }),
      });
      await store.updateThread({ id: 't', metadata: { deep: { new: 2 }, gone: null, more: [3] } });
      const { title, metadata } = await store.getThreadById({ threadId: 't' });
      expect(title).toBe('About t');
      expect(metadata).toEqual({ keep: 1, deep: { new: 2 }, gone: null, more: [3] });
    });

    it('takes metadata where the thread had none', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { metadata: undefined }) });
      await store.updateThread({ id: 't', metadata: { a: 1 } });
      expect((await store.getThreadById({ threadId: 't' })).metadata).toEqual({ a: 1 });
    });

    it('can empty a title', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.updateThread({ id: 't', title: '' });
      expect((await store.getThreadById({ threadId: 't' })).title).toBe('');
    });

    it('answers the thread as a following get shows it', async () => {
      const { store } = await storeWith(makeStore, 't');
      const result = await store.updateThread({ id: 't', title: 'New', metadata: { at: at(5) } });
      expect(result).toEqual(await store.getThreadById({ threadId: 't' }));
      expect(result.updatedAt).toBeInstanceOf(Date);
    });

    it('moves updatedAt to now and leaves createdAt', async () => {
      const { store, clock } = await storeWith(makeStore, 't');
      clock.advance(5000);
      const result = await store.updateThread({ id: 't', title: 'New' });
      expect(result.createdAt).toEqual(at(0));
      expect(result.updatedAt.getTime()).toBeGreaterThanOrEqual(clock.now() - 1000);
      expect(result.updatedAt.getTime()).toBeLessThanOrEqual(clock.now() + 1000);
    });

    it('leaves the messages where they are', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1), message('m2', 2)]);
      await store.updateThread({ id: 't', title: 'New' });
      expect(await allIds(store)).toEqual(['m1', 'm2']);
    });

    it('refuses a thread that does not exist', async () => {
      const { store } = await makeStore();
      await refused(store.updateThread({ id: 'nobody', title: 'x' }), {
        code: 'NOT_FOUND',
        op: 'updateThread',
        text: /not found/,
      });
      expect(await store.getThreadById({ threadId: 'nobody' })).toBeNull();
    });

    it('keeps every merge of five updates at once', async () => {
      const { store } = await storeWith(makeStore, 't');
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(keys.map((key) => store.updateThread({ id: 't', metadata: { [key]: key } })));
      const { metadata } = await store.getThreadById({ threadId: 't' });
      expect(metadata).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd', e: 'e' });
    });

    it('lets the last of several titles win', async () => {
      const { store } = await storeWith(makeStore, 't');
      await Promise.all(['one', 'two', 'three'].map((title) => store.updateThread({ id: 't', title })));
      expect((await store.getThreadById({ threadId: 't' })).title).toBe('three');
    });
  });

  describe('archiving a thread', () => {
    it('begins with a thread that is not archived', async () => {
      const { store } = await storeWith(makeStore, 't');
      expect((await store.getThreadById({ threadId: 't' })).archivedAt ?? null).toBeNull();
    });

    it('sets and clears archivedAt', async () => {
      const { store } = await storeWith(makeStore, 't');
      const archived = await store.updateThread({ id: 't', archivedAt: at(60) });
      expect(archived.archivedAt).toEqual(at(60));
      expect((await store.getThreadById({ threadId: 't' })).archivedAt).toEqual(at(60));
      const back = await store.updateThread({ id: 't', archivedAt: null });
      expect(back.archivedAt).toBeNull();
      expect((await store.getThreadById({ threadId: 't' })).archivedAt).toBeNull();
    });

    it('does not count as an update of the thread', async () => {
      const { store, clock } = await storeWith(makeStore, 't');
      clock.advance(5000);
      await store.updateThread({ id: 't', archivedAt: at(60) });
      expect((await store.getThreadById({ threadId: 't' })).updatedAt).toEqual(at(0));
    });

    it('survives other updates and new messages', async () => {
      const { store } = await storeWith(makeStore, 't');
      await store.updateThread({ id: 't', archivedAt: at(60) });
      await store.updateThread({ id: 't', title: 'New', metadata: { a: 1 } });
      await store.saveMessages({ messages: [message('m1')] });
      expect(await store.getThreadById({ threadId: 't' })).toMatchObject({
        title: 'New',
        archivedAt: at(60),
      });
    });

    it('can be part of a save', async () => {
      const { store } = await makeStore();
      await store.saveThread({ thread: thread('t', { archivedAt: at(60) }) });
      expect((await store.getThreadById({ threadId: 't' })).archivedAt).toEqual(at(60));
    });
  });

  describe('deleting a thread', () => {
    it('removes the thread and its messages', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1), message('m2', 2)]);
      await store.deleteThread({ threadId: 't' });
      expect(await store.getThreadById({ threadId: 't' })).toBeNull();
      expect(await allIds(store)).toEqual([]);
      expect((await store.listMessagesById({ messageIds: ['m1', 'm2'] })).messages).toEqual([]);
      expect((await store.listThreads({})).total).toBe(0);
      expect((await store.listThreadsByResourceId({ resourceId: 'alice' })).total).toBe(0);
    });

    it('leaves a tombstone alone in KV, once what other places saved has come to light', async () => {
      const { store, clock, raw } = await storeWith(makeStore, 'other');
      await store.saveMessages({ messages: [message('m0', 0, { threadId: 'other' })] });
      const before = await raw.keys();
      await store.saveThread({ thread: thread('doomed') });
      await store.saveMessages({ messages: [message('m1', 1, { threadId: 'doomed' })] });
      await store.deleteThread({ threadId: 'doomed' });
      expect((await raw.keys()).filter((key) => key.startsWith('messages:'))).toEqual(['messages:m0']);
      clock.advance(240_000);
      await store.sweep();
      // A tombstone and an emptied head stay: they keep what turns up late from being seen.
      expect(await raw.keys()).toEqual([...before, 'metadata:thread:doomed', 'threads:doomed'].sort());
    });

    it('resolves for a thread that never was, and for one that is gone already', async () => {
      const { store } = await storeWith(makeStore, 't');
      await expect(store.deleteThread({ threadId: 'nobody' })).resolves.toBeUndefined();
      await store.deleteThread({ threadId: 't' });
      await expect(store.deleteThread({ threadId: 't' })).resolves.toBeUndefined();
    });

    it('leaves other threads alone, also those whose id begins the same', async () => {
      const { store } = await storeTelling(makeStore, [
        message('m1', 1, { threadId: 'a' }),
        message('m2', 2, { threadId: 'a:b' }),
        message('m3', 3, { threadId: 'a%3Ab' }),
        message('m4', 4, { threadId: 'ab' }),
      ]);
      await store.deleteThread({ threadId: 'a' });
      expect(await store.getThreadById({ threadId: 'a' })).toBeNull();
      expect(await allIds(store, 'a:b')).toEqual(['m2']);
      expect(await allIds(store, 'a%3Ab')).toEqual(['m3']);
      expect(await allIds(store, 'ab')).toEqual(['m4']);
    });

    it('leaves a message that had moved to another thread', async () => {
      const { store } = await storeTelling(makeStore, [message('m1', 1), message('m2', 2)]);
      await store.saveThread({ thread: thread('u') });
      await store.updateMessages({ messages: [{ id: 'm1', threadId: 'u' }] });
      await store.deleteThread({ threadId: 't' });
      expect(await allIds(store, 'u')).toEqual(['m1']);
    });

    it('lets a thread of the same id begin anew, without the old messages', async () => {
      const { store, clock, reopen } = await storeTelling(makeStore, [message('m1', 1), message('m2', 2)]);
      await store.deleteThread({ threadId: 't' });
      clock.advance(1000);
      await store.saveThread({ thread: thread('t', { title: 'Again' }) });
      await store.saveMessages({ messages: [message('m3', 3)] });
      expect(await allIds(store)).toEqual(['m3']);
      expect(await allIds(reopen())).toEqual(['m3']);
      expect((await store.getThreadById({ threadId: 't' })).title).toBe('Again');
    });
  });
}
