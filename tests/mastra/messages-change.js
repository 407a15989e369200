import { describe, expect, it } from 'vitest';
import { changedAt, idsOf, named, talk, withMessages, withThreads } from './support.js';
import { message } from '../support/records.js';

/** @param {import('./support.js').Make} make */
export function messagesChange(make) {
  const original = {
    format: 2,
    parts: [{ type: 'text', text: 'Hello' }],
    content: 'Hello',
    metadata: { a: 1, b: { c: 2 } },
  };

  async function prepared() {
    const subject = await withThreads(make, { t: 'alice', u: 'alice' });
    await subject.memory.saveMessages({
      messages: [message('m1', 1, { content: original }), message('m2', 2)],
    });
    subject.clock.advance(2000);
    return subject;
  }

  /** @param {any} memory @param {string} id */
  const read = async (memory, id) => (await memory.listMessagesById({ messageIds: [id] })).messages[0];

  describe('saving messages', () => {
    it('answers them by date, those of one moment as they were given', async () => {
      const { memory } = await withThreads(make, { t: 'alice' });
      const messages = [message('c', 3), message('b2', 2), message('a', 1), message('b1', 2)];
      const saved = await memory.saveMessages({ messages });
      expect(idsOf(saved)).toEqual(['a', 'b2', 'b1', 'c']);
      expect(idsOf({ messages })).toEqual(['c', 'b2', 'a', 'b1']);
    });
  });

  describe('an update of messages', () => {
    it('changes the role', async () => {
      const { memory } = await prepared();
      const [updated] = await memory.updateMessages({ messages: [{ id: 'm1', role: 'assistant' }] });
      expect(updated).toMatchObject({ id: 'm1', role: 'assistant', content: original });
      expect(await read(memory, 'm1')).toEqual(updated);
    });

    it('of metadata keeps text and parts', async () => {
      const { memory } = await prepared();
      await memory.updateMessages({ messages: [{ id: 'm1', content: { metadata: { d: 4 } } }] });
      const { content } = await read(memory, 'm1');
      expect(content).toMatchObject({ parts: original.parts, content: 'Hello', metadata: { d: 4 } });
    });

    it('of text keeps the metadata', async () => {
      const { memory } = await prepared();
      await memory.updateMessages({ messages: [{ id: 'm1', content: { content: 'Bye' } }] });
      const { content } = await read(memory, 'm1');
      expect(content).toMatchObject({ content: 'Bye', metadata: original.metadata });
    });

    it('merges metadata', async () => {
      const { memory } = await prepared();
      await memory.updateMessages({ messages: [{ id: 'm1', content: { metadata: { b: 3, d: 4 } } }] });
      expect((await read(memory, 'm1')).content.metadata).toEqual({ a: 1, b: 3, d: 4 });
    });

    it('of whole content keeps all of it', async () => {
      const { memory } = await prepared();
      const content = {
        format: 2,
        parts: [
          { type: 'file', data: 'https://example.com/a.png', mimeType: 'image/png' },
          { type: 'text', text: 'See' },
        ],
        metadata: { mastra: { attachments: { 'a.png': { available: false } } } },
      };
      await memory.updateMessages({ messages: [{ id: 'm1', content }] });
      const found = (await read(memory, 'm1')).content;
      expect(found.parts).toEqual(content.parts);
      expect(found.metadata).toEqual({ ...original.metadata, ...content.metadata });
    });

    it('takes two at once', async () => {
      const { memory } = await prepared();
      const messages = ['m2', 'm1'].map((id) => ({ id, role: 'assistant' }));
      const updated = await memory.updateMessages({ messages });
      expect(updated.map((/** @type {any} */ { id }) => id)).toEqual(['m2', 'm1']);
      for (const id of ['m1', 'm2']) expect((await read(memory, id)).role).toBe('assistant');
    });

    it('counts as an update of the thread', async () => {
      const { memory } = await prepared();
      const before = await changedAt(memory);
      await memory.updateMessages({ messages: [{ id: 'm1', role: 'assistant' }] });
      expect(await changedAt(memory)).toBeGreaterThan(before);
    });

    it('moves a message, which both threads notice', async () => {
      const { memory } = await prepared();
      const before = [await changedAt(memory, 't'), await changedAt(memory, 'u')];
      await memory.updateMessages({ messages: [{ id: 'm1', threadId: 'u' }] });
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m2']);
      expect(idsOf(await memory.listMessages({ threadId: 'u' }))).toEqual(['m1']);
      expect(await changedAt(memory, 't')).toBeGreaterThan(before[0]);
      expect(await changedAt(memory, 'u')).toBeGreaterThan(before[1]);
    });

    it('of an unknown message does nothing', async () => {
      const { memory } = await prepared();
      expect(await memory.updateMessages({ messages: [{ id: 'nobody', role: 'user' }] })).toEqual([]);
      expect((await memory.listMessages({ threadId: 't' })).total).toBe(2);
    });
  });

  describe('a deletion of messages', () => {
    it('takes 3 of 5', async () => {
      const { memory } = await withMessages(make, 5);
      await memory.deleteMessages(['m1', 'm3', 'm5']);
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m2', 'm4']);
    });

    it('of none takes none', async () => {
      const { memory } = await withMessages(make, 2);
      await memory.deleteMessages([]);
      expect((await memory.listMessages({ threadId: 't' })).total).toBe(2);
    });

    it('of unknown messages takes none', async () => {
      const { memory } = await withMessages(make, 2);
      await memory.deleteMessages(['nobody', 'nothing']);
      expect((await memory.listMessages({ threadId: 't' })).total).toBe(2);
    });

    it('counts as an update of the thread', async () => {
      const { memory, clock } = await withMessages(make, 2);
      const before = await changedAt(memory);
      clock.advance(10);
      await memory.deleteMessages(['m1']);
      expect(await changedAt(memory)).toBeGreaterThan(before);
    });

    it('takes from two threads', async () => {
      const { memory } = await withMessages(make, 2);
      await memory.saveMessages({ messages: talk(2, { threadId: 'u' }, 'u') });
      await memory.deleteMessages(['m1', 'u2']);
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m2']);
      expect(idsOf(await memory.listMessages({ threadId: 'u' }))).toEqual(['u1']);
    });

    it('takes 50 of 100', async () => {
      const { memory } = await withMessages(make, 100);
      const half = Array.from({ length: 50 }, (_, i) => 2 * i + 1);
      await memory.deleteMessages(named('m', ...half));
      const rest = await memory.listMessages({ threadId: 't', perPage: false });
      expect(idsOf(rest)).toEqual(named('m', ...half.map((n) => n + 1)));
    });

    it('takes the known ones among unknown ones', async () => {
      const { memory } = await withMessages(make, 3);
      await memory.deleteMessages(['nobody', 'm2', 'nothing']);
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m1', 'm3']);
    });
  });
}
