import { describe, expect, it } from 'vitest';
import { changedAt, withThreads } from './support.js';
import { at, ids, message, thread } from '../support/records.js';

/** @param {import('./support.js').Make} make */
export function threads(make) {
  describe('threads', () => {
    it('are read as they were created', async () => {
      const { memory } = await make();
      const saved = await memory.saveThread({ thread: thread('t', { title: 'Kyoto', metadata: { a: 1 } }) });
      expect(saved).toEqual(thread('t', { title: 'Kyoto', metadata: { a: 1 } }));
      expect(await memory.getThreadById({ threadId: 't' })).toMatchObject({ id: 't', title: 'Kyoto' });
    });

    it('may have an empty title', async () => {
      const { memory } = await make();
      await memory.saveThread({ thread: thread('t', { title: '' }) });
      expect((await memory.getThreadById({ threadId: 't' })).title).toBe('');
    });

    it('keep the ids and dates they are given', async () => {
      const { memory } = await make();
      const given = { resourceId: 'user:1', createdAt: at(-5000), updatedAt: at(-4000.123) };
      await memory.saveThread({ thread: thread('agent:42/x', given) });
      const found = await memory.getThreadById({ threadId: 'agent:42/x' });
      expect(found).toMatchObject({ id: 'agent:42/x', ...given });
      expect([found.createdAt, found.updatedAt]).toEqual([expect.any(Date), expect.any(Date)]);
    });

    it('that do not exist are null', async () => {
      const { memory } = await make();
      expect(await memory.getThreadById({ threadId: 'nobody' })).toBeNull();
    });

    it('are found by their owner', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      expect((await memory.getThreadById({ threadId: 't', resourceId: 'alice' })).id).toBe('t');
    });

    it('are null for another owner', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      expect(await memory.getThreadById({ threadId: 't', resourceId: 'bob' })).toBeNull();
    });

    it('of somebody are null for nobody', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      expect(await memory.getThreadById({ threadId: 't', resourceId: '' })).toBeNull();
    });

    it('are found where no owner is asked for', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      expect((await memory.getThreadById({ threadId: 't', resourceId: undefined })).id).toBe('t');
    });

    it('are listed by owner', async () => {
      const { memory } = await withThreads(make, { a: 'alice', b: 'alice', c: 'bob' });
      const page = await memory.listThreads({ filter: { resourceId: 'alice' }, page: 0, perPage: 10 });
      expect(ids(page.threads).sort()).toEqual(['a', 'b']);
      expect(page).toMatchObject({ total: 2, page: 0, perPage: 10, hasMore: false });
    });

    it('merge metadata when updated, and show it when read again', async () => {
      const { memory } = await make();
      await memory.saveThread({ thread: thread('t', { metadata: { a: 1, b: { c: 1 } } }) });
      const updated = await memory.updateThread({ id: 't', title: 'New', metadata: { b: 2, d: 3 } });
      expect(updated).toMatchObject({ title: 'New', metadata: { a: 1, b: 2, d: 3 } });
      expect(await memory.getThreadById({ threadId: 't' })).toEqual(updated);
    });

    it('have the same dates read, listed and updated', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const updated = await memory.updateThread({ id: 't', title: 'New' });
      const found = await memory.getThreadById({ threadId: 't' });
      const [listed] = (await memory.listThreads({ filter: { resourceId: 'alice' } })).threads;
      for (const one of [found, listed]) {
        expect(one.createdAt).toEqual(updated.createdAt);
        expect(one.updatedAt).toEqual(updated.updatedAt);
      }
    });

    it('are gone when deleted', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.deleteThread({ threadId: 't' });
      expect(await memory.getThreadById({ threadId: 't' })).toBeNull();
    });

    it('take their messages with them', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await memory.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
      await memory.deleteThread({ threadId: 't' });
      expect(await memory.listMessages({ threadId: 't' })).toMatchObject({ messages: [], total: 0 });
    });

    it('count as updated when a message is saved', async () => {
      const { memory, clock } = await withThreads(make, { t: 'alice' });
      const before = await changedAt(memory);
      clock.advance(10);
      await memory.saveMessages({ messages: [message('m1', 1)] });
      expect(await changedAt(memory)).toBeGreaterThan(before);
    });

    it('hold content that is JSON text as text', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const text = JSON.stringify({ key: 'value', nested: { list: [1, 2] } });
      const content = { format: 2, parts: [{ type: 'text', text }], content: text };
      await memory.saveMessages({ messages: [message('m1', 1, { content })] });
      const [found] = (await memory.listMessages({ threadId: 't' })).messages;
      expect(found.content).toEqual(content);
    });

    it('come in pages: 7, 7 and 3 of 17', async () => {
      const { memory } = await make();
      for (let i = 0; i < 17; i++) {
        await memory.saveThread({ thread: thread(`t${i}`, { createdAt: at(i) }) });
      }
      const pages = [];
      for (const page of [0, 1, 2]) {
        pages.push(await memory.listThreads({ filter: { resourceId: 'alice' }, page, perPage: 7 }));
      }
      expect(pages.map((page) => page.threads.length)).toEqual([7, 7, 3]);
      expect(pages.map((page) => page.hasMore)).toEqual([true, true, false]);
      expect(pages.map((page) => page.total)).toEqual([17, 17, 17]);
    });

    it('come all on a page of 100', async () => {
      const { memory } = await withThreads(make, { a: 'alice', b: 'alice' });
      const page = await memory.listThreads({ filter: { resourceId: 'alice' }, page: 0, perPage: 100 });
      expect(page).toMatchObject({ total: 2, page: 0, perPage: 100, hasMore: false });
    });

    it('keep large nested metadata', async () => {
      const { memory } = await make();
      const metadata = {
        text: 'x'.repeat(1000),
        list: Array.from({ length: 100 }, (_, i) => ({ i, deep: { deeper: [i, null, true, 0.1 + i] } })),
      };
      await memory.saveThread({ thread: thread('t', { metadata }) });
      expect((await memory.getThreadById({ threadId: 't' })).metadata).toEqual(metadata);
    });

    it('keep quotes and emoji in titles', async () => {
      const { memory } = await make();
      const title = `"It's" \\ \`so\` 🎉 — {"a":1}\n\u0000`;
      await memory.saveThread({ thread: thread('t', { title }) });
      expect((await memory.getThreadById({ threadId: 't' })).title).toBe(title);
    });

    it('take five updates at once, and keep them all', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const keys = ['a', 'b', 'c', 'd', 'e'];
      await Promise.all(
        keys.map((key) => memory.updateThread({ id: 't', title: key, metadata: { [key]: 1 } })),
      );
      const found = await memory.getThreadById({ threadId: 't' });
      expect(Object.keys(found.metadata).sort()).toEqual(keys);
      expect(keys).toContain(found.title);
    });
  });
}
