/** What saveMessages does where it is told that ids are new, and where that is wrong. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { MemoryStorageCloudflare } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createMeter } from '../support/meter.js';
import { message, thread } from '../support/records.js';

/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

/** Two threads, and isolates that know nothing of each other. */
async function world() {
  const meter = createMeter(createMemoryBackend());
  const open = () => new CloudflareStore({ backend: meter, core: createCore() });
  const store = open();
  for (const id of ['t', 'other']) await store.saveThread({ thread: thread(id) });
  const looked = () =>
    /** @type {KVRequest[]} */ (meter.log.flat())
      .flatMap((request) =>
        request.kind === 'get' ? [request.key] : request.kind === 'get_many' ? request.keys : [],
      )
      .filter((key) => key.startsWith('messages:'));
  return { store, open, meter, looked };
}

/** @param {CloudflareStore} store @param {string} threadId */
async function idsOf(store, threadId) {
  const { messages, total } = await store.listMessages({ threadId, perPage: false });
  expect(total).toBe(messages.length);
  return messages.map(({ id }) => id);
}

describe('newIds', () => {
  it('reads nothing under the ids', async () => {
    const { open, looked } = await world();
    await open().saveMessages({ messages: [message('a', 1), message('b', 2)], newIds: true });
    expect(looked()).toEqual([]);
    await open().saveMessages({ messages: [message('c', 3)], newIds: false });
    expect(looked()).toEqual(['messages:c']);
    expect(await idsOf(open(), 't')).toEqual(['a', 'b', 'c']);
  });

  it('is refused as anything but true or false', async () => {
    const { store } = await world();
    const save = store.saveMessages({ messages: [message('a', 1)], newIds: /** @type {any} */ ('yes') });
    await expect(save).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('does not hold of what this isolate remembers', async () => {
    const { store, looked } = await world();
    await store.saveMessages({ messages: [message('a', 1)] });
    await store.saveMessages({ messages: [message('a', 1, { threadId: 'other' })], newIds: true });
    expect(looked()).toEqual(['messages:a', 'messages:a']);
    expect(await idsOf(store, 't')).toEqual([]);
  });

  it('of an old id: the message keeps its place and stands there once', async () => {
    const { store, open } = await world();
    await store.saveMessages({ messages: [message('z', 1)] });
    await store.saveMessages({ messages: [message('a', 1)] });
    const again = { ...message('z', 1), content: 'again' };
    await open().saveMessages({ messages: [again], newIds: true });
    expect(await idsOf(open(), 't')).toEqual(['z', 'a']);
    const [first] = (await open().listMessages({ threadId: 't' })).messages;
    expect(first.content).toBe('again');
  });

  it('of an old id in another thread: it is listed where it is now alone', async () => {
    const { store, open } = await world();
    await store.saveMessages({ messages: [message('a', 1), message('b', 2)] });
    await open().saveMessages({ messages: [message('a', 1, { threadId: 'other' })], newIds: true });
    const { messages } = await open().listMessages({ threadId: 't', perPage: false });
    expect(messages.map(({ id }) => id)).toEqual(['b']);
    expect(await idsOf(open(), 'other')).toEqual(['a']);
  });

  it('is an option of Mastra’s classes', async () => {
    const { open, looked } = await world();
    const memory = new MemoryStorageCloudflare({ store: open(), newIds: true });
    await memory.saveMessages({ messages: /** @type {any} */ ([message('a', 1)]) });
    expect(looked()).toEqual([]);
    await new MemoryStorageCloudflare({ store: open() }).saveMessages({
      messages: /** @type {any} */ ([message('b', 2)]),
    });
    expect(looked()).toEqual(['messages:b']);
  });
});
