// What is stored, and cannot be read here: errors name its key, and quote nothing of it.

import { describe, expect, it } from 'vitest';
import { createCore, StoreError } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { isolates } from '../support/isolate.js';

const DATE = '2026-01-02T03:04:05.000Z';
const DATES = { createdAt: DATE, updatedAt: DATE };

/** A parser that does not like one word. @param {string} text */
function parseJSON(text) {
  if (text.includes('private words')) throw new RangeError(`too long: ${text}`);
  return JSON.parse(text);
}

const thread = (/** @type {string} */ id, title = '') => ({ id, resourceId: 'u', title, ...DATES });
const message = (/** @type {string} */ id, content = '') => ({
  id,
  threadId: 't',
  resourceId: 'u',
  role: 'user',
  content,
  createdAt: DATE,
});

async function filled() {
  const { open } = isolates(createMemoryBackend());
  const writer = open({ keyPrefix: 'a:b_' });
  await writer.saveThread({ thread: thread('t') });
  await writer.saveThread({ thread: thread('bad:1', 'private words') });
  const messages = [
    message('m1'),
    message('m2', 'private words'),
    message('m3', `private words ${'x'.repeat(100_000)}`),
  ];
  await writer.saveMessages({ messages });
  await writer.updateResource({ resourceId: 'u', workingMemory: 'private words' });
  await writer.persistWorkflowSnapshot({
    workflowName: 'w',
    runId: 'r',
    snapshot: { status: 'success', result: 'private words' },
  });
  await writer.setState({ threadId: 't', type: 'x', value: 'private words' });
  await writer.putBlob({ hash: 'h', content: 'private words' });
  return open({ keyPrefix: 'a:b_', parseJSON });
}

describe('what the parser of a store does not read', () => {
  /** @type {[string, string, (store: any) => Promise<unknown>][]} */
  const reads = [
    ['a thread', 'threads:bad%3A1', (store) => store.getThreadById({ threadId: 'bad:1' })],
    ['a list of threads', 'threads:bad%3A1', (store) => store.listThreads()],
    ['a list of messages', 'messages:m2', (store) => store.listMessages({ threadId: 't', perPage: 2 })],
    ['a large message', 'messages:m3', (store) => store.listMessagesById({ messageIds: ['m1', 'm3'] })],
    ['a resource', 'resources:u', (store) => store.getResourceById({ resourceId: 'u' })],
    ['a run', 'workflow_snapshot:r:w', (store) => store.getWorkflowRunById({ runId: 'r' })],
    ['a list of runs', 'workflow_snapshot:r:w', (store) => store.listWorkflowRuns()],
    ['a state', 'thread_state:t:x', (store) => store.getState({ threadId: 't', type: 'x' })],
    ['a blob', 'blobs:h', (store) => store.getBlob('h')],
  ];

  it.each(reads)('%s: its key is named', async (_, key, read) => {
    const error = /** @type {any} */ (
      await read(await filled()).catch((/** @type {any} */ thrown) => thrown)
    );
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'CORRUPT', details: { key: `a%3Ab_${key}` } });
    expect(error.message).toContain(`a%3Ab_${key}`);
    expect(`${error.message}${JSON.stringify(error.details)}`).not.toContain('private');
  });

  it('leaves the rest readable', async () => {
    const store = await filled();
    expect((await store.getThreadById({ threadId: 't' })).id).toBe('t');
    expect((await store.listMessagesById({ messageIds: ['m1'] })).messages).toHaveLength(1);
  });
});

describe('what Mastra cannot read', () => {
  it('a message whose content it does not know: its key is named', async () => {
    const backend = createMemoryBackend();
    const { open } = isolates(backend);
    await open().saveThread({ thread: thread('t') });
    const odd = [null, 'private words'];
    await open().saveMessages({ messages: [message('m1', 'x'), { ...message('m2'), content: odd }] });
    const memory = await new MastraStore({ backend, core: createCore() }).getStore('memory');
    const error = await memory?.listMessages({ threadId: 't' }).catch((/** @type {any} */ thrown) => thrown);
    expect(error.cause).toMatchObject({ code: 'CORRUPT', details: { key: 'messages:m2' } });
  });
});
