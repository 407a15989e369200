/** What Mastra's memory recalls of a conversation of one moment, as in a Worker, whose clock stands still between two waits. */

import { Memory } from '@mastra/memory';
import { expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

const resourceId = 'alice';
const createdAt = new Date('2026-01-02T03:04:05.000Z');
const SAID = ['question-1', 'answer-1', 'question-2', 'answer-2', 'question-3', 'answer-3'];

/** @param {string} id @returns {any} */
const message = (id) => ({
  id,
  threadId: 'trip',
  resourceId,
  role: id.startsWith('q') ? 'user' : 'assistant',
  content: { format: 2, parts: [{ type: 'text', text: id }] },
  createdAt,
});

/** @param {{ messages: { id: string }[] }} page */
const idsOf = ({ messages }) => messages.map(({ id }) => id);

it('recall() gives the newest messages in the order in which they were saved', async () => {
  const backend = createMemoryBackend();
  /** In an isolate of its own. */
  const open = () => new Memory({ storage: new CloudflareStore({ backend, core: createCore() }) });
  const memory = open();
  await memory.createThread({ threadId: 'trip', resourceId });
  for (const id of SAID) await memory.saveMessages({ messages: [message(id)] });
  for (const each of [memory, open()]) {
    const recall = (/** @type {object} */ more) => each.recall({ threadId: 'trip', resourceId, ...more });
    expect(idsOf(await recall({ perPage: false }))).toEqual(SAID);
    expect(idsOf(await recall({ perPage: 3 }))).toEqual(SAID.slice(-3));
    expect(idsOf(await recall({ perPage: 2, page: 1 }))).toEqual(SAID.slice(2, 4));
  }
});

it('saving the same messages again, as savePerStep does, leaves them where they are', async () => {
  const backend = createMemoryBackend();
  const open = () => new Memory({ storage: new CloudflareStore({ backend, core: createCore() }) });
  const memory = open();
  await memory.createThread({ threadId: 'trip', resourceId });
  for (let step = 1; step <= SAID.length; step++)
    await memory.saveMessages({ messages: SAID.slice(0, step).map(message) });
  await open().saveMessages({ messages: [message(SAID[4]), message(SAID[1])] });
  for (const each of [memory, open()])
    expect(idsOf(await each.recall({ threadId: 'trip', resourceId, perPage: false }))).toEqual(SAID);
});
