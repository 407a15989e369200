/** What Mastra's suite does not ask, and users need. */

import { describe, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createPlaces, failNth, intercept, limitWrites } from '../support/faults.js';
import { idsOf, makeSubject, named, talk, withThreads } from './support.js';
import { at, message, thread } from '../support/records.js';

const calm = () => makeSubject(() => ({ backend: createMemoryBackend() }));

/** Of a hundred owners in turn; t0 is Alice's. @param {number} count */
const manyThreads = (count) =>
  Array.from({ length: count }, (_, i) =>
    thread(`t${i}`, { createdAt: at(i), resourceId: i % 100 ? `user${i % 100}` : 'alice' }),
  );

it('windows stand in the order of time over two turns', async () => {
  const { memory } = await withThreads(calm, { t: 'alice' });
  await memory.saveMessages({ messages: talk(2) });
  await memory.saveMessages({ messages: [message('m3', 3), message('m4', 4)] });
  const include = [{ id: 'm3', withPreviousMessages: 1, withNextMessages: 1 }];
  expect(idsOf(await memory.listMessages({ threadId: 't', perPage: 0, include }))).toEqual(
    named('m', 2, 3, 4),
  );
});

it('a thread a is not a thread a:b', async () => {
  const { memory } = await withThreads(calm, { a: 'alice', 'a:b': 'alice' });
  await memory.saveMessages({
    messages: [message('b:c', 1, { threadId: 'a' }), message('c', 2, { threadId: 'a:b' })],
  });
  await memory.deleteThread({ threadId: 'a' });
  expect(await memory.getThreadById({ threadId: 'a:b' })).not.toBeNull();
  expect(idsOf(await memory.listMessages({ threadId: 'a:b' }))).toEqual(['c']);
});

it('a message may have empty content, as one that only calls tools', async () => {
  const { memory } = await withThreads(calm, { t: 'alice' });
  const role = 'assistant';
  const empty = [message('m1', 1, { role, content: null }), message('m2', 2, { role, content: '' })];
  const { messages: saved } = await memory.saveMessages({ messages: [message('m0', 0), ...empty] });
  const { messages } = await memory.listMessages({ threadId: 't' });
  expect(idsOf({ messages })).toEqual(['m0', 'm1', 'm2']);
  expect(messages).toEqual(saved);
  for (const { content } of messages.slice(1)) expect(content.parts).toEqual([{ type: 'text', text: '' }]);
});

it('a message may be called messages', async () => {
  const { memory } = await withThreads(calm, { t: 'alice' });
  await memory.saveMessages({ messages: [message('messages', 1), message('t', 2)] });
  expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['messages', 't']);
});

it('a thread of 1,001 messages is listed, and deleted', async () => {
  const { storage, memory } = await withThreads(calm, { t: 'alice' });
  const all = talk(1001);
  for (let i = 0; i < all.length; i += 200) await memory.saveMessages({ messages: all.slice(i, i + 200) });
  const page = await memory.listMessages({ threadId: 't', perPage: false });
  expect(page.messages).toEqual(all);
  expect(page.total).toBe(1001);
  await memory.deleteThread({ threadId: 't' });
  expect((await memory.listMessages({ threadId: 't' })).total).toBe(0);
  expect((await storage.sweep()).pending).toBeGreaterThanOrEqual(0);
});

it('a key that is written too often is written in the end', async () => {
  const backend = createMemoryBackend();
  const limited = (/** @type {any} */ { now }) => ({ backend: limitWrites(backend, { now }) });
  const { memory } = await withThreads(() => makeSubject(limited), { t: 'alice' });
  for (const title of ['a', 'b', 'c']) await memory.updateThread({ id: 't', title });
  const elsewhere = (await makeSubject(() => ({ backend }))).memory;
  expect((await elsewhere.getThreadById({ threadId: 't' })).title).toBe('c');
});

it('a turn costs the same among 1, 10 and 1,000 threads', async () => {
  const costs = [];
  for (const count of [1, 10, 1000]) {
    const onOperation = vi.fn();
    const subject = await makeSubject(() => ({ backend: createMemoryBackend(), onOperation }));
    for (const one of manyThreads(count)) await subject.memory.saveThread({ thread: one });
    subject.clock.advance(3_600_000);
    const { memory } = await subject.reopen();
    onOperation.mockClear();
    await memory.getThreadById({ threadId: 't0' });
    await memory.listMessages({
      ...{ threadId: 't0', resourceId: 'alice', page: 0, perPage: 10, includeTotal: false },
      orderBy: { field: 'createdAt', direction: 'DESC' },
    });
    await memory.getThreadById({ threadId: 't0' });
    await memory.saveMessages({ messages: talk(2, { threadId: 't0' }) });
    await memory.getThreadById({ threadId: 't0' });
    costs.push(onOperation.mock.calls.length);
  }
  expect(new Set(costs).size).toBe(1);
  expect(costs[0]).toBeLessThanOrEqual(13);
});

it('ten saves at once are all kept', async () => {
  const { memory, reopen } = await makeSubject(() => ({ backend: createMemoryBackend() }));
  await memory.saveThread({ thread: thread('t') });
  const all = talk(20);
  await Promise.all(
    Array.from({ length: 10 }, (_, i) => memory.saveMessages({ messages: all.slice(2 * i, 2 * i + 2) })),
  );
  for (const reader of [memory, (await reopen()).memory]) {
    const page = await reader.listMessages({ threadId: 't' });
    expect(page.messages).toEqual(all);
  }
});

it('an isolate reads its own writes, however old the caches are', async () => {
  const old = (/** @type {any} */ { now }) => ({ backend: createPlaces(createMemoryBackend(), { now })() });
  const { memory, clock } = await makeSubject(old);
  expect(await memory.getThreadById({ threadId: 't' })).toBeNull();
  expect((await memory.listThreads({})).total).toBe(0);
  await memory.saveThread({ thread: thread('t') });
  for (let n = 1; n <= 5; n++) {
    await memory.saveMessages({ messages: [message(`m${n}`, n)] });
    expect((await memory.listMessages({ threadId: 't' })).total).toBe(n);
    clock.advance(500);
  }
  expect((await memory.listThreads({ filter: { resourceId: 'alice' } })).total).toBe(1);
});

it('deleting an unknown thread is no error', async () => {
  const { memory } = await calm();
  await memory.deleteThread({ threadId: 'nobody' });
});

it('another process finds everything', async () => {
  const { memory, reopen } = await makeSubject(() => ({ backend: createMemoryBackend() }));
  await memory.saveThread({ thread: thread('t') });
  await memory.saveMessages({ messages: talk(3) });
  await memory.updateResource({ resourceId: 'alice', workingMemory: '# Alice' });
  const other = (await reopen()).memory;
  expect((await other.listMessages({ threadId: 't' })).messages).toEqual(talk(3));
  expect((await other.getResourceById({ resourceId: 'alice' })).workingMemory).toBe('# Alice');
});

it('an id that no key can hold is of nothing, and refused by name where it would be made', async () => {
  const { memory } = await calm();
  const id = 'x'.repeat(600);
  expect(await memory.getThreadById({ threadId: id })).toBeNull();
  const at = new Date();
  const thread = { id, resourceId: 'r', title: '', createdAt: at, updatedAt: at };
  const error = await memory.saveThread({ thread }).catch((/** @type {any} */ reason) => reason);
  expect(error).toMatchObject({ id: 'MASTRA_STORAGE_CLOUDFLARE_SAVE_THREAD_FAILED' });
  expect(error.cause.code).toBe('KEY_TOO_LONG');
});

it('2,500 threads come at once with perPage false', async () => {
  const { memory } = await calm();
  for (const one of manyThreads(2500)) await memory.saveThread({ thread: one });
  const page = await memory.listThreads({ perPage: false });
  expect(page.threads).toHaveLength(2500);
  expect(page).toMatchObject({ total: 2500, perPage: false, hasMore: false });
  const own = await memory.listThreads({ filter: { resourceId: 'alice' }, perPage: false });
  expect(own.total).toBe(25);
});

it('a prefix sees nothing of another, and clears nothing of it', async () => {
  const backend = createMemoryBackend();
  const dev = (await makeSubject(() => ({ backend, keyPrefix: 'dev_' }))).memory;
  const prod = (await makeSubject(() => ({ backend, keyPrefix: 'prod_' }))).memory;
  for (const memory of [dev, prod]) {
    await memory.saveThread({ thread: thread('t') });
    await memory.saveMessages({ messages: talk(2) });
    await memory.updateResource({ resourceId: 'alice', workingMemory: 'x' });
  }
  await dev.dangerouslyClearAll();
  expect((await dev.listThreads({})).total).toBe(0);
  expect(await dev.getResourceById({ resourceId: 'alice' })).toBeNull();
  expect((await dev.listMessages({ threadId: 't' })).total).toBe(0);
  expect((await prod.listMessages({ threadId: 't' })).total).toBe(2);
  expect((await prod.getResourceById({ resourceId: 'alice' })).workingMemory).toBe('x');
});

describe('clearing more than one call may', () => {
  it('goes on until nothing is left', async () => {
    const backend = createMemoryBackend();
    const { memory } = await makeSubject(() => ({ backend, maxOperations: 20 }));
    for (const one of manyThreads(30)) await memory.saveThread({ thread: one });
    await memory.dangerouslyClearAll();
    expect((await memory.listThreads({})).total).toBe(0);
  });

  it('fails when KV fails', async () => {
    let failing = false;
    const backend = intercept(createMemoryBackend(), (request, ask) =>
      failing ? { status: 400 } : ask(request),
    );
    const { memory } = await makeSubject(() => ({ backend }));
    await memory.saveThread({ thread: thread('t') });
    failing = true;
    await expect(memory.dangerouslyClearAll()).rejects.toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_CLEAR_TABLE_FAILED',
    });
  });
});

it('a save that partly failed says so, and may be made again', async () => {
  const backend = failNth(createMemoryBackend(), {
    at: 1,
    times: 4,
    match: ({ kind, table }) => kind === 'put' && table === 'messages',
  });
  const { memory } = await withThreads(() => makeSubject(() => ({ backend })), { t: 'alice' });
  const first = memory.saveMessages({ messages: talk(1) });
  const error = await first.catch((/** @type {any} */ e) => e);
  expect(error.cause.details).toMatchObject({ failed: ['m1'] });
  await memory.saveMessages({ messages: talk(1) });
  expect(idsOf(await memory.listMessages({ threadId: 't' }))).toEqual(['m1']);
});
