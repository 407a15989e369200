import { describe, expect, it } from 'vitest';
import { allIds, ids, message, thread } from './support.js';

/** Ids that have tripped stores before: they are text like any other. */
export const oddIds = [
  'a:b',
  'a:b:c:',
  ':',
  'a%3Ab',
  '%',
  '%%%',
  'a/b',
  '../etc',
  '.',
  '..',
  ' leading and trailing ',
  'new\nline\ttab',
  'nul\u0000inside',
  '\u0000',
  '\u007f',
  '\u00e9',
  'e\u0301', // e and a combining accent: another id than the one before
  '日本語',
  '🎉👩‍👩‍👧',
  '\u{10ffff}',
  '"quoted"',
  'back\\slash',
  "it's",
  'a,b',
  'a?b#c&d=e',
  '*',
  'messages',
  'threads:thread',
  'metadata',
  'schema',
  '__proto__',
  'constructor',
  'toString',
  '42',
  '0',
  '-1',
  'null',
  'undefined',
  'true',
  'x'.repeat(200),
  'A',
  'a',
];

/** @param {import('./support.js').MakeStore} makeStore */
export function oddIdentifiers(makeStore) {
  describe('odd ids', () => {
    it.each(oddIds)('%j names a thread', async (id) => {
      const { store, reopen } = await makeStore();
      await store.saveThread({ thread: thread('other') });
      await store.saveThread({ thread: thread(id, { title: 'Mine' }) });
      await store.updateThread({ id, metadata: { a: 1 } });
      await store.saveMessages({
        messages: [message('m1', 1, { threadId: id }), message('m2', 2, { threadId: 'other' })],
      });
      for (const reader of [store, reopen()]) {
        expect(await reader.getThreadById({ threadId: id })).toMatchObject({
          id,
          title: 'Mine',
          metadata: { a: 1 },
        });
        expect(ids((await reader.listThreads({})).threads).toSorted()).toEqual([id, 'other'].toSorted());
        expect((await reader.listMessages({ threadId: id })).messages[0].threadId).toBe(id);
        expect((await reader.listMessages({ threadId: [id, 'other'] })).total).toBe(2);
      }
      await store.deleteThread({ threadId: id });
      expect(await store.getThreadById({ threadId: id })).toBeNull();
      expect(await allIds(store, 'other')).toEqual(['m2']);
    });

    it.each(oddIds)('%j names a message', async (id) => {
      const { store, reopen } = await makeStore();
      await store.saveThread({ thread: thread('t') });
      await store.saveMessages({ messages: [message(id, 1), message('other', 2)] });
      await store.updateMessages({ messages: [{ id, role: 'assistant' }] });
      for (const reader of [store, reopen()]) {
        expect(await allIds(reader)).toEqual([id, 'other']);
        const { messages } = await reader.listMessagesById({ messageIds: ['other', id] });
        expect(messages[0]).toEqual(message(id, 1, { role: 'assistant' }));
        const include = [{ id, withNextMessages: 1 }];
        expect(ids((await reader.listMessages({ threadId: 't', perPage: 0, include })).messages)).toEqual([
          id,
          'other',
        ]);
      }
      const { messageIdMap } = await store.copyThread({ sourceThreadId: 't' });
      expect(Object.keys(messageIdMap).toSorted()).toEqual([id, 'other'].toSorted());
      await store.deleteMessages([id]);
      expect(await allIds(store)).toEqual(['other']);
    });

    it.each(oddIds)('%j names a resource and its owner', async (id) => {
      const { store, reopen } = await makeStore();
      await store.updateResource({ resourceId: id, workingMemory: 'mine' });
      await store.updateResource({ resourceId: 'other', workingMemory: 'not mine' });
      await store.saveThread({ thread: thread('t', { resourceId: id }) });
      await store.saveThread({ thread: thread('u', { resourceId: 'other' }) });
      await store.saveMessages({ messages: [message('m1', 1, { resourceId: id })] });
      for (const reader of [store, reopen()]) {
        expect(await reader.getResourceById({ resourceId: id })).toMatchObject({ id, workingMemory: 'mine' });
        expect(ids((await reader.listThreadsByResourceId({ resourceId: id })).threads)).toEqual(['t']);
        expect((await reader.getThreadById({ threadId: 't', resourceId: id })).resourceId).toBe(id);
        expect(ids((await reader.listMessagesByResourceId({ resourceId: id })).messages)).toEqual(['m1']);
      }
    });

    it('keeps all of them apart in one store', async () => {
      const { store, reopen } = await makeStore();
      for (const id of oddIds) {
        await store.saveThread({ thread: thread(id, { title: `title of ${id}` }) });
        await store.saveMessages({ messages: [message(id, 1, { threadId: id })] });
      }
      const reader = reopen();
      for (const id of oddIds) {
        expect((await reader.getThreadById({ threadId: id })).title).toBe(`title of ${id}`);
        expect(await allIds(reader, id)).toEqual([id]);
      }
      expect((await reader.listThreads({ perPage: 1 })).total).toBe(oddIds.length);
    });

    it('does not let a resource in the place of the object prototype', async () => {
      const { store } = await makeStore();
      const metadata = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
      );
      await store.saveThread({ thread: thread('__proto__', { metadata }) });
      await store.updateThread({ id: '__proto__', metadata });
      await store.updateResource({ resourceId: '__proto__', metadata });
      await store.updateResource({ resourceId: '__proto__', metadata });
      const content = { format: 2, parts: [], metadata };
      await store.saveMessages({ messages: [message('__proto__', 1, { threadId: '__proto__', content })] });
      const [updated] = await store.updateMessages({
        messages: [{ id: '__proto__', content: { metadata } }],
      });
      const found = await store.getThreadById({ threadId: '__proto__' });
      for (const one of [found.metadata, updated.content.metadata]) {
        expect(Object.keys(one).toSorted()).toEqual(['__proto__', 'constructor']);
        expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
      }
      expect(/** @type {any} */ ({}).polluted).toBeUndefined();
    });
  });

  describe('keys in KV', () => {
    it('stay readable', async () => {
      const { store, raw } = await makeStore();
      await store.saveThread({ thread: thread('thread-1') });
      await store.saveMessages({ messages: [message('m-42', 1, { threadId: 'thread-1' })] });
      await store.updateResource({ resourceId: 'alice', workingMemory: 'x' });
      const keys = await raw.keys();
      for (const key of [
        'threads:thread-1',
        'messages:m-42',
        'metadata:thread:thread-1',
        'resources:alice',
      ]) {
        expect(keys).toContain(key);
      }
    });

    it('escape what could be taken for a separator', async () => {
      const { store, raw } = await makeStore();
      await store.saveThread({ thread: thread('a:b %\u0000é') });
      expect(await raw.keys()).toContain('threads:a%3Ab %25%00é');
    });

    it('hold the record as JSON with ISO dates', async () => {
      const { store, raw } = await makeStore();
      const saved = thread('t', { metadata: { a: [1, { b: null }] } });
      await store.saveThread({ thread: saved });
      expect(JSON.parse(String(await raw.get('threads:t')))).toMatchObject(JSON.parse(JSON.stringify(saved)));
    });
  });
}
