/** `store.verify()`: a store looks at itself, part by part. The records are an hour old: young ones are not judged. */

import { beforeEach, describe, expect, test } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';

const THREADS = 30;

/** @type {ReturnType<typeof createMemoryNamespace>} */
let threads;
/** @type {ReturnType<typeof createMemoryNamespace>} */
let messages;

/** @param {Partial<import('../../bindings/index.js').BindingsConfig>} [options] */
function open(options = {}) {
  return new CloudflareStore({
    bindings: { threads, messages },
    keyPrefix: 'v_',
    core: createCore(),
    ...options,
  });
}

beforeEach(async () => {
  threads = createMemoryNamespace();
  messages = createMemoryNamespace();
  const past = open({ core: createCore({ now: () => Date.now() - 3_600_000 }) });
  for (let i = 0; i < THREADS; i++) {
    const [threadId, resourceId, now] = [`t-${i}`, 'u-1', new Date()];
    await past.saveThread({
      thread: { id: threadId, resourceId, title: '', createdAt: now, updatedAt: now },
    });
    await past.saveMessages({
      messages: [0, 1].map((n) => ({
        id: `${threadId}-m-${n}`,
        threadId,
        resourceId,
        role: 'user',
        type: 'text',
        content: { format: 2, parts: [{ type: 'text', text: 'hello' }] },
        createdAt: new Date(n),
      })),
    });
  }
  await past.close();
});

/**
 * All parts of a verification, added up.
 *
 * @param {CloudflareStore} store
 * @param {import('../../bindings/index.js').VerifyArgs} [args]
 */
async function verifyAll(store, args) {
  /** @type {Record<string, number>} */
  const looked = {};
  /** @type {Record<string, number>} */
  const found = {};
  let parts = 0;
  /** @type {string | null} */
  let cursor = null;
  do {
    const part = await store.verify({ ...args, cursor });
    for (const [what, count] of Object.entries(part.looked)) looked[what] = (looked[what] ?? 0) + count;
    for (const [what, { count }] of Object.entries(part.found)) found[what] = (found[what] ?? 0) + count;
    cursor = part.cursor;
    parts++;
  } while (cursor !== null);
  return { looked, found, parts };
}

/** All that is stored. */
async function contents() {
  const all = [];
  for (const namespace of [threads, messages]) {
    for (const { name } of (await namespace.list()).keys) all.push([name, await namespace.get(name)]);
  }
  return all;
}

/** @param {RegExp} pattern */
async function drop(pattern) {
  for (const { name } of (await threads.list()).keys) if (pattern.test(name)) await threads.delete(name);
}

const WHOLE = {
  threads: THREADS,
  messages: 2 * THREADS,
  'indexes of threads': THREADS,
  'indexes of resources': 1,
};

test('a store that is whole: everything is looked at, nothing found, nothing written', async () => {
  const before = await contents();
  expect(await verifyAll(open())).toEqual({ looked: WHOLE, found: {}, parts: 1 });
  expect(await contents()).toEqual(before);
});

test('a small budget makes many parts of it, which together see the same', async () => {
  const { looked, found, parts } = await verifyAll(open({ maxOperations: 60 }));
  // The keys of t-1's index stand on both sides of t-10's: what is cut between them is looked at twice.
  const indexes = expect.toSatisfy((count) => count >= THREADS && count < THREADS + parts);
  expect({ looked, found }).toEqual({ looked: { ...WHOLE, 'indexes of threads': indexes }, found: {} });
  expect(parts).toBeGreaterThan(5);
});

test('no part takes more operations than the store allows a call', async () => {
  await drop(/metadata:thread:/);
  const most = 120;
  const store = open({ maxOperations: most });
  /** @type {string | null} */
  let cursor = null;
  let before = 0;
  do {
    ({ cursor } = await store.verify({ cursor, repair: true }));
    const now = Object.values(store.stats().operations).reduce((sum, count) => sum + count, 0);
    expect(now - before).toBeLessThanOrEqual(most);
    before = now;
  } while (cursor !== null);
});

test('what indexes have lost is found, and mended when asked to', async () => {
  await drop(/metadata:thread:t-[12](:|$)/);
  expect((await verifyAll(open())).found).toEqual({ 'message that no list shows': 4 });
  expect((await verifyAll(open(), { repair: true })).found).toEqual({ 'message that no list shows': 4 });
  expect((await verifyAll(open())).found).toEqual({});
  const { messages: listed } = await open().listMessages({ threadId: 't-1', perPage: false });
  expect(listed.map(({ id }) => id)).toEqual(['t-1-m-0', 't-1-m-1']);
});

test('what earlier versions saved into threads of others is found, and noted when asked to', async () => {
  const past = open({ core: createCore({ now: () => Date.now() - 3_600_000 }) });
  await past.saveMessages({
    messages: [1, 2].flatMap((n) =>
      ['u-2', 'u-3'].map((resourceId) => ({
        id: `${resourceId}-${n}`,
        threadId: `t-${n}`,
        resourceId,
        role: 'user',
        content: 'hello',
        createdAt: new Date(n),
      })),
    ),
  });
  await past.close();
  const noted = await contents();
  await drop(/metadata:mentions:/);
  const own = { resourceId: 'u-2' };
  expect((await open().listMessagesByResourceId(own)).total).toBe(0);
  const lacks = { 'owner whose list lacks a thread': 4 };
  expect((await verifyAll(open())).found).toEqual(lacks);
  expect((await verifyAll(open(), { repair: true })).found).toEqual(lacks);
  expect((await verifyAll(open())).found).toEqual({});
  expect((await contents()).map(([key]) => key)).toEqual(noted.map(([key]) => key));
  expect((await open().listMessagesByResourceId(own)).messages.map(({ id }) => id)).toEqual([
    'u-2-1',
    'u-2-2',
  ]);
});

test('other prefixes are not looked at', async () => {
  const other = open({ keyPrefix: 'v_2' });
  expect(await verifyAll(other)).toEqual({ looked: {}, found: {}, parts: 1 });
});

describe('what makes no sense is refused before anything is read', () => {
  test.each([
    ['a cursor of elsewhere', { cursor: 'x' }],
    ['a cursor beyond the end', { cursor: '[99,null,null]' }],
    ['a word for repair', { repair: 'yes' }],
    ['no module', { module: {} }],
  ])('%s', async (_, args) => {
    const store = open();
    await expect(store.verify(/** @type {any} */ (args))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      op: 'verify',
    });
    expect(store.stats().rounds).toBe(0);
  });
});
