import { describe, expect, it } from 'vitest';
import { idsOf, withThreads } from './support.js';
import { at, message } from '../support/records.js';

/** A conversation as Mastra 0.x wrote it. */
const OLD = [
  { ...message('q', 1), type: 'text', content: 'How warm is it in Kyoto?' },
  {
    ...message('call', 2),
    role: 'assistant',
    type: 'tool-call',
    content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'weather', args: { city: 'Kyoto' } }],
  },
  {
    ...message('result', 3),
    role: 'tool',
    type: 'tool-result',
    content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'weather', result: { celsius: 21 } }],
  },
  { ...message('a', 4), role: 'assistant', type: 'text', content: [{ type: 'text', text: '21 degrees.' }] },
];

const DESC = { field: 'createdAt', direction: 'DESC' };

/** @param {import('./support.js').Make} make */
export function messagesForm(make) {
  /** @param {any[]} messages */
  async function holding(messages) {
    const { memory } = await withThreads(make, { t: 'alice' });
    const given = structuredClone(messages);
    const saved = await memory.saveMessages({ messages: given });
    expect(given).toEqual(messages);
    return { memory, saved };
  }

  describe('messages in older forms', () => {
    it('come back in the present one', async () => {
      const { memory } = await holding(OLD);
      const { messages } = await memory.listMessages({ threadId: 't' });
      expect(idsOf({ messages })).toEqual(['q', 'call', 'result', 'a']);
      expect(messages[0].content).toMatchObject({
        format: 2,
        parts: [{ type: 'text', text: 'How warm is it in Kyoto?' }],
      });
      const [{ toolInvocation }] = messages[2].content.parts;
      expect(toolInvocation).toMatchObject({
        state: 'result',
        toolCallId: 'c1',
        args: { city: 'Kyoto' },
        result: { celsius: 21 },
      });
      expect(messages[3].content.parts).toMatchObject([{ type: 'text', text: '21 degrees.' }]);
      for (const one of messages) expect(one.createdAt).toBeInstanceOf(Date);
    });

    it('come back as saving answered them', async () => {
      const { memory, saved } = await holding(OLD);
      expect((await memory.listMessages({ threadId: 't' })).messages).toEqual(saved.messages);
    });

    it('keep the order that was asked for', async () => {
      const { memory } = await holding([...OLD, message('now', 5)]);
      const page = await memory.listMessages({ threadId: 't', perPage: 2, orderBy: DESC });
      expect(idsOf(page)).toEqual(['now', 'a']);
      expect(page).toMatchObject({ total: 5, hasMore: true });
    });

    it('may be updated', async () => {
      const { memory } = await holding(OLD);
      await memory.updateMessages({ messages: [{ id: 'q', createdAt: at(1.5) }] });
      expect((await memory.listMessagesById({ messageIds: ['q'] })).messages).toMatchObject([
        { createdAt: at(1.5), content: { format: 2 } },
      ]);
    });
  });

  describe('messages that Mastra does not show', () => {
    it('are those of the system, which count all the same', async () => {
      const { memory, saved } = await holding([message('s', 1, { role: 'system' }), message('m', 2)]);
      expect(idsOf(saved)).toEqual(['m']);
      const page = await memory.listMessages({ threadId: 't' });
      expect(idsOf(page)).toEqual(['m']);
      expect(page.total).toBe(2);
    });

    it('are not signals', async () => {
      const { memory } = await holding([message('m', 1, { role: 'signal' })]);
      expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m']);
    });

    it('are not fields that it does not know', async () => {
      const { memory } = await holding([message('m', 1, { mine: { deep: [1] } })]);
      const { messages } = await memory.listMessages({ threadId: 't' });
      expect(messages[0].mine).toEqual({ deep: [1] });
    });
  });
}
