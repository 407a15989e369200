import { describe, expect, it } from 'vitest';
import { idsOf, withMessages, withThreads } from './support.js';
import { at, ids, message, thread } from '../support/records.js';

/** What Mastra's base class makes of a store's methods. @param {import('./support.js').Make} make */
export function helpers(make) {
  describe('patching a thread', () => {
    it('leaves alone what is not named', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      expect(memory.supportsPartialThreadUpdate).toBe(true);
      const patched = await memory.patchThread({ id: 't', metadata: { workingMemory: '# Alice' } });
      expect(patched).toMatchObject({ title: 'About t', metadata: { workingMemory: '# Alice' } });
    });

    it('does not undo a title that is set meanwhile', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      await Promise.all([
        memory.patchThread({ id: 't', metadata: { a: 1 } }),
        memory.updateThread({ id: 't', title: 'Generated' }),
        memory.patchThread({ id: 't', metadata: { b: 2 } }),
      ]);
      const found = await memory.getThreadById({ threadId: 't' });
      expect(found).toMatchObject({ title: 'Generated', metadata: { a: 1, b: 2 } });
    });
  });

  describe('updating the metadata of a thread', () => {
    it('counts right when ten do it at once', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const update = (/** @type {any} */ { metadata }) => ({ count: (metadata?.count ?? 0) + 1 });
      await Promise.all(Array.from({ length: 10 }, () => memory.updateThreadMetadata({ id: 't', update })));
      expect((await memory.getThreadById({ threadId: 't' })).metadata.count).toBe(10);
    });

    it('is null where there is no thread', async () => {
      const { memory } = await make();
      expect(await memory.updateThreadMetadata({ id: 'nobody', update: () => ({}) })).toBeNull();
    });
  });

  describe('giving a thread to another owner', () => {
    it('gives its messages, too', async () => {
      const { memory } = await withMessages(make, 3);
      await memory.updateThreadResourceId({ threadId: 't', resourceId: 'bob' });
      expect(await memory.getThreadById({ threadId: 't' })).toMatchObject({
        resourceId: 'bob',
        createdAt: at(0),
      });
      const { messages } = await memory.listMessages({ threadId: 't', resourceId: 'bob' });
      expect(ids(messages)).toEqual(['m1', 'm2', 'm3']);
      const { threads } = await memory.listThreads({ filter: { resourceId: 'bob' } });
      expect(ids(threads).sort()).toEqual(['t', 'v']);
    });
  });

  describe('cloning a thread', () => {
    it('copies thread and messages under new ids', async () => {
      const { memory } = await make();
      await memory.saveThread({ thread: thread('t', { metadata: { mine: 1 } }) });
      await memory.saveMessages({ messages: [message('m1', 1), message('m2', 2)] });
      const args = { sourceThreadId: 't', newThreadId: 'copy', title: 'Copy', metadata: { theirs: 2 } };
      const { thread: copy, clonedMessages, messageIdMap } = await memory.cloneThread(args);
      expect(copy).toMatchObject({ id: 'copy', resourceId: 'alice', title: 'Copy', metadata: { theirs: 2 } });
      expect(copy.metadata.clone).toMatchObject({ sourceThreadId: 't', clonedAt: copy.createdAt });
      expect(copy.metadata.clone.clonedAt).toBeInstanceOf(Date);
      expect(copy.metadata).not.toHaveProperty('mine');
      expect(ids(clonedMessages)).toEqual([messageIdMap.m1, messageIdMap.m2]);
      expect(clonedMessages.map((/** @type {any} */ one) => one.content)).toEqual([
        message('m1').content,
        message('m2').content,
      ]);
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m1', 'm2']);
    });

    it('needs a thread to clone, and an id that is free', async () => {
      const { memory } = await withThreads(make, { t: 'alice', u: 'alice' });
      await expect(memory.cloneThread({ sourceThreadId: 'nobody' })).rejects.toThrow(/not found/);
      await expect(memory.cloneThread({ sourceThreadId: 't', newThreadId: 'u' })).rejects.toThrow(/exists/);
    });
  });
}
