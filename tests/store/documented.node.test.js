/** The documented example over the real core, and what a user sees of it: keys, answers, costs, errors. */

import { beforeEach, describe, expect, it } from 'vitest';
import { CloudflareStore, createCore, StoreError } from '../../bindings/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';

const createdAt = new Date('2024-01-01T00:00:01.000Z');
const updatedAt = new Date('2024-01-01T00:00:02.000Z');
const thread = {
  id: 'thread-1',
  resourceId: 'user-1',
  title: 'Trip to Kyoto',
  createdAt,
  updatedAt,
  metadata: { a: [1] },
};
const content = {
  format: 2,
  parts: [{ type: 'text', text: 'Is “Grüße 😀” \u0000 fine?' }],
  metadata: { seen: false },
};
const message = { id: 'm-42', threadId: 'thread-1', resourceId: 'user-1', role: 'user', content, createdAt };

/** @type {ReturnType<typeof createMemoryNamespace>} */
let THREADS_KV;
/** @type {ReturnType<typeof createMemoryNamespace>} */
let MESSAGES_KV;
/** @type {CloudflareStore} */
let storage;
beforeEach(() => {
  THREADS_KV = createMemoryNamespace();
  MESSAGES_KV = createMemoryNamespace();
  storage = new CloudflareStore({
    bindings: {
      threads: THREADS_KV,
      messages: MESSAGES_KV,
    },
    keyPrefix: 'dev_',
  });
});

/** @param {import('../../bindings/memory.js').MemoryNamespace} namespace @returns {Promise<string[]>} */
const keysOf = async (namespace) => {
  const { keys } = await namespace.list();
  return keys.map((/** @type {{ name: string }} */ { name }) => name);
};

describe('the documented example', () => {
  it('works as written', async () => {
    await storage.init();
    expect(await storage.saveThread({ thread })).toEqual(thread);
    expect(await storage.saveMessages({ messages: [message] })).toEqual({ messages: [message] });
    const { updatedAt: touched, ...read } = (await storage.getThreadById({ threadId: 'thread-1' })) ?? thread;
    expect({ ...read, updatedAt }).toEqual(thread);
    expect(touched.getTime()).toBeGreaterThan(updatedAt.getTime());
    expect(await storage.listMessages({ threadId: 'thread-1' })).toEqual({
      messages: [message],
      total: 1,
      page: 0,
      perPage: 40,
      hasMore: false,
    });
  });

  it('writes the documented keys', async () => {
    await storage.init();
    await storage.saveThread({ thread });
    await storage.saveMessages({ messages: [message] });
    expect(await keysOf(MESSAGES_KV)).toEqual(['dev_messages:m-42']);
    const keys = await keysOf(THREADS_KV);
    expect(keys).toEqual(
      expect.arrayContaining(['dev_threads:thread-1', 'dev_metadata:thread:thread-1', 'dev_metadata:schema']),
    );
    expect(keys.every((key) => key.startsWith('dev_'))).toBe(true);
  });

  it('keeps the JSON that was given', async () => {
    const metadata = JSON.parse(
      '{"big":9007199254740991,"f":0.1,"e":1e300,"z":-0,"__proto__":{"x":1},"s":"\\ud83d"}',
    );
    await storage.saveThread({ thread: { ...thread, metadata } });
    const read = await storage.getThreadById({ threadId: 'thread-1' });
    expect(JSON.stringify(read?.metadata)).toBe(JSON.stringify(metadata));
    expect(read?.metadata?.x).toBeUndefined();
  });

  it('never changes what it was given', async () => {
    const given = Object.freeze({ ...message, createdAt: '2024-01-01T00:00:01Z', type: 'v2' });
    await storage.saveThread({ thread: Object.freeze({ ...thread }) });
    expect(await storage.saveMessages({ messages: [given] })).toEqual({ messages: [message] });
    expect((await storage.listMessagesById({ messageIds: ['m-42'] })).messages).toEqual([message]);
  });
});

describe('errors', () => {
  it('name code and method, for what the core refuses', async () => {
    const threadId = '';
    await expect(storage.getThreadById({ threadId })).rejects.toBeInstanceOf(StoreError);
    await expect(storage.getThreadById({ threadId })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      op: 'getThreadById',
    });
    await expect(storage.listMessages({ threadId })).rejects.toThrow(
      'threadId must be a non-empty string or array of non-empty strings',
    );
    await expect(storage.listMessages({ threadId: 't', perPage: -1 })).rejects.toThrow(
      'perPage must be >= 0',
    );
    await expect(storage.listThreads({ page: NaN })).rejects.toThrow('page must be >= 0');
    await expect(storage.updateThread({ id: 'none', title: 'x' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      op: 'updateThread',
    });
  });

  it('of metadata filters are TypeErrors', async () => {
    /** @type {any[]} */
    const filters = [
      { 'a b': 1 },
      { a: [1] },
      { a: undefined },
      { a: NaN },
      { a: new Date() },
      'text',
      7,
      null,
      [1],
    ];
    for (const metadata of filters) {
      const call = storage.listMessages({ threadId: 't', filter: { metadata } });
      await expect(call).rejects.toBeInstanceOf(TypeError);
      await expect(call).rejects.toMatchObject({ code: 'INVALID_FILTER', op: 'listMessages' });
    }
  });

  it.each([[new Date(NaN)], ['yesterday'], [1704067201000], [null], [undefined]])(
    'a date may not be %s',
    async (date) => {
      const bad = /** @type {any} */ ({ ...message, createdAt: date });
      await storage.saveThread({ thread });
      await expect(storage.saveMessages({ messages: [message, bad] })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      await expect(
        storage.saveThread({ thread: { ...thread, createdAt: bad.createdAt } }),
      ).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
      expect(await keysOf(MESSAGES_KV)).toEqual([]);
    },
  );

  it('of an archive date leave the thread where it is', async () => {
    const archivedAt = new Date('2024-02-01T00:00:00.000Z');
    await storage.saveThread({ thread: { ...thread, archivedAt } });
    for (const bad of [new Date(NaN), 'soon']) {
      await expect(storage.updateThread({ id: 'thread-1', archivedAt: bad })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
    expect((await storage.getThreadById({ threadId: 'thread-1' }))?.archivedAt).toEqual(archivedAt);
    expect((await storage.updateThread({ id: 'thread-1', archivedAt: null })).archivedAt ?? null).toBeNull();
  });
});

describe('costs', () => {
  it('are counted per store, and told as they come', async () => {
    await storage.saveThread({ thread });
    /** @type {import('../../bindings/index.js').Operation[]} */
    const seen = [];
    const reader = new CloudflareStore({
      bindings: { threads: THREADS_KV, messages: MESSAGES_KV },
      keyPrefix: 'dev_',
      core: createCore(),
      onOperation: (operation) => seen.push(operation),
    });
    expect(reader.stats()).toEqual({
      operations: { get: 0, get_many: 0, put: 0, delete: 0, list: 0 },
      keys: 0,
      rounds: 0,
      retries: 0,
      bytesRead: 0,
      bytesWritten: 0,
    });
    await reader.getThreadById({ threadId: 'thread-1' });
    const { operations, keys, rounds, retries, bytesRead, bytesWritten } = reader.stats();
    expect(Object.values(operations).reduce((sum, count) => sum + count, 0)).toBe(seen.length);
    expect(seen.length).toBeLessThanOrEqual(2);
    expect(keys).toBe(seen.reduce((sum, operation) => sum + operation.keys, 0));
    expect([rounds, retries, bytesWritten]).toEqual([1, 0, 0]);
    expect(bytesRead).toBeGreaterThan(100);
    expect(seen[0]).toMatchObject({ table: expect.any(String), ms: expect.any(Number), retries: 0 });
  });

  it('count rounds of calls that run at once', async () => {
    await storage.saveThread({ thread });
    const before = storage.stats().rounds;
    const ids = ['thread-1', 'a', 'b', 'c'];
    await Promise.all(ids.map((threadId) => storage.getThreadById({ threadId })));
    expect(storage.stats().rounds - before).toBeLessThanOrEqual(ids.length);
  });
});

describe('a back end in memory', () => {
  it('is shared by the stores that are given it', async () => {
    const backend = createMemoryBackend();
    await new CloudflareStore({ backend }).saveThread({ thread });
    const other = new CloudflareStore({ backend, core: createCore() });
    expect(await other.getThreadById({ threadId: 'thread-1' })).toEqual(thread);
    const stranger = new CloudflareStore({ backend, keyPrefix: 'x' });
    expect(await stranger.getThreadById({ threadId: 'thread-1' })).toBeNull();
  });
});
