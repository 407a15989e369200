/** What each method asks of the core, and what it makes of the answer. */

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudflareStore, StoreError, StoreTypeError } from '../../bindings/index.js';
import { storeError } from '../../bindings/core/errors.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createFakeCore } from './fake-core.js';

const TEXT = '2024-01-01T00:00:01.000Z';
const DATE = new Date(TEXT);
const thread = { id: 't', resourceId: 'u', title: '', createdAt: DATE, updatedAt: DATE };
const message = { id: 'm', threadId: 't', resourceId: 'u', role: 'user', content: 'hello', createdAt: DATE };
const stored = (/** @type {object} */ record) => JSON.parse(JSON.stringify(record));

/** @type {ReturnType<typeof createFakeCore>} */
let core;
/** @param {...unknown} answers @returns {any} a store, typed loosely: many tests pass what types forbid */
const storeAnswering = (...answers) => {
  core = createFakeCore(...answers);
  return new CloudflareStore({
    backend: createMemoryBackend(),
    keyPrefix: 'dev_',
    core: /** @type {any} */ (core),
  });
};

describe('threads', () => {
  it('saves one as it is and returns a copy', async () => {
    const given = Object.freeze({ ...thread, metadata: undefined, extra: [1] });
    const result = await storeAnswering().saveThread({ thread: given });
    expect(result).toEqual(given);
    expect(result).not.toBe(given);
    expect(core.asked[0]).toMatchObject({ op: 'thread.save', method: 'saveThread', payload: stored(given) });
  });

  it('takes ISO text for dates and returns Dates', async () => {
    const given = { ...thread, createdAt: '2024-01-01T01:00:01+01:00', archivedAt: TEXT };
    expect(await storeAnswering().saveThread({ thread: given })).toEqual({
      ...thread,
      createdAt: new Date(given.createdAt),
      archivedAt: DATE,
    });
    expect(core.asked[0].payload.createdAt).toBe(TEXT);
  });

  it('reads one with Dates, and null for none', async () => {
    const store = storeAnswering(stored({ ...thread, archivedAt: null }), '');
    expect(await store.getThreadById({ threadId: 't', resourceId: undefined })).toEqual({
      ...thread,
      archivedAt: null,
    });
    expect(await store.getThreadById({ threadId: 'x', resourceId: '' })).toBeNull();
    expect(core.asked.map(({ payload }) => payload)).toEqual([
      { threadId: 't' },
      { threadId: 'x', resourceId: '' },
    ]);
  });

  it('lists by pages, echoing page and perPage', async () => {
    const store = storeAnswering(...Array(3).fill({ threads: [stored(thread)], total: 9, hasMore: true }));
    expect(await store.listThreads()).toEqual({
      threads: [thread],
      total: 9,
      page: 0,
      perPage: 100,
      hasMore: true,
    });
    expect(core.asked[0]).toMatchObject({ op: 'thread.list', control: {}, payload: {} });
    const args = {
      page: 2,
      perPage: false,
      orderBy: { field: 'updatedAt', direction: 'ASC' },
      filter: { resourceId: 'u', metadata: { deep: { a: [1] } }, archived: false },
    };
    expect(await store.listThreads(args)).toMatchObject({ page: 2, perPage: false });
    expect(core.asked[1].control).toEqual({
      page: 2,
      perPage: false,
      field: 'updatedAt',
      direction: 'ASC',
      archived: false,
    });
    expect(core.asked[1].payload).toEqual({ resourceId: 'u', metadata: { deep: { a: [1] } } });
    await store.listThreads({ page: undefined, filter: null, orderBy: { direction: 'desc' } });
    expect(core.asked[2].control).toEqual({ direction: 'DESC' });
  });

  it("never lists everyone's threads for a missing resource", async () => {
    const store = storeAnswering();
    for (const resourceId of [undefined, null, '', 7]) {
      await expect(store.listThreadsByResourceId({ resourceId })).rejects.toThrow('resourceId must be');
    }
    expect(core.asked).toEqual([]);
  });

  it('refuses a filter that JSON would empty', async () => {
    const store = storeAnswering();
    for (const value of [undefined, NaN, Symbol('s'), () => 1]) {
      const call = store.listThreads({ filter: { metadata: { user: value } } });
      await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: { key: 'user' } });
    }
    expect(core.asked).toEqual([]);
  });

  it('updates: null brings back, a bad date does not', async () => {
    const store = storeAnswering(stored(thread), stored(thread));
    expect(await store.updateThread({ id: 't', title: undefined, archivedAt: null })).toEqual(thread);
    await store.updateThread({ id: 't', metadata: { a: 1 }, archivedAt: new Date(NaN) });
    expect(core.asked.map(({ payload }) => payload)).toEqual([
      { id: 't', archivedAt: null },
      { id: 't', metadata: { a: 1 }, archivedAt: 'invalid date' },
    ]);
  });

  it('copies', async () => {
    const store = storeAnswering({ thread: stored(thread), messageIdMap: { a: 'b' } });
    const result = await store.copyThread({
      sourceThreadId: 's',
      title: 'T',
      options: { messageLimit: 3, messageFilter: { startDate: DATE, messageIds: ['a'] } },
    });
    expect(result).toEqual({ thread, messageIdMap: { a: 'b' } });
    expect(core.asked[0]).toMatchObject({
      op: 'thread.copy',
      control: { messageLimit: 3 },
      payload: { sourceThreadId: 's', title: 'T', startDate: TEXT, messageIds: ['a'] },
    });
  });

  it('deletes', async () => {
    expect(
      await storeAnswering({ deleted: 3, pending: false }).deleteThread({ threadId: 't' }),
    ).toBeUndefined();
    expect(core.asked[0]).toMatchObject({ op: 'thread.delete', payload: { threadId: 't' } });
  });
});

describe('messages', () => {
  it('saves them, the last of one id, and returns copies without type v2', async () => {
    const first = Object.freeze({ ...message, type: 'v2' });
    const other = Object.freeze({ ...message, id: 'n', createdAt: TEXT, type: 'text' });
    const again = Object.freeze({ ...message, content: { format: 2, parts: [] } });
    const { messages } = await storeAnswering().saveMessages({ messages: [first, other, again] });
    expect(messages).toEqual([again, { ...other, createdAt: DATE }]);
    expect(core.asked[0].payload).toEqual(stored([first, other, again]));
  });

  it('asks nothing for no messages', async () => {
    const store = storeAnswering();
    expect(await store.saveMessages({ messages: [] })).toEqual({ messages: [] });
    expect(await store.listMessagesById({ messageIds: [] })).toEqual({ messages: [] });
    expect(await store.updateMessages({ messages: [] })).toEqual([]);
    expect(await store.deleteMessages([])).toBeUndefined();
    expect(await store.deleteMessages(undefined)).toBeUndefined();
    expect(core.asked).toEqual([]);
  });

  it('lists by pages', async () => {
    const store = storeAnswering({
      messages: [{ ...stored(message), type: 'v2' }],
      total: 1,
      hasMore: false,
    });
    const page = await store.listMessages({
      threadId: ['t', 'u'],
      resourceId: 'u',
      page: 1,
      perPage: 0,
      orderBy: { direction: 'DESC' },
      include: [{ id: 'm', withPreviousMessages: 2 }],
      includeTotal: false,
      filter: { dateRange: { start: DATE, end: undefined, startExclusive: true }, metadata: { a: 1 } },
    });
    expect(page).toEqual({ messages: [message], total: 1, page: 1, perPage: 0, hasMore: false });
    expect(core.asked[0]).toMatchObject({
      op: 'message.list',
      control: { page: 1, perPage: 0, direction: 'DESC', includeTotal: false },
      payload: {
        threadId: ['t', 'u'],
        resourceId: 'u',
        include: [{ id: 'm', withPreviousMessages: 2 }],
        dateRange: { start: TEXT, startExclusive: true },
        metadata: { a: 1 },
      },
    });
  });

  it('echoes the default page', async () => {
    const store = storeAnswering(...Array(2).fill({ messages: [], total: 0, hasMore: false }));
    expect(await store.listMessages({ threadId: 't' })).toMatchObject({ page: 0, perPage: 40 });
    expect(await store.listMessagesByResourceId({ resourceId: 'u', perPage: false })).toMatchObject({
      perPage: false,
    });
    expect(core.asked.map(({ op, payload }) => [op, payload])).toEqual([
      ['message.list', { threadId: 't' }],
      ['message.list_by_resource', { resourceId: 'u' }],
    ]);
  });

  it.each([['1'], [NaN], [Infinity], [null], [true], [{}]])('sends null for the page %s', async (page) => {
    const store = storeAnswering({ messages: [], total: 0, hasMore: false });
    await store.listMessages({ threadId: 't', page, perPage: page });
    expect(core.asked[0].control).toEqual({ page: null, perPage: null });
  });

  it('sends filters that JSON would bend in a form that the core refuses', async () => {
    const page = { messages: [], total: 0, hasMore: false };
    const store = storeAnswering(...Array(9).fill(page));
    const filters = [
      { a: undefined, b: 1 },
      { a: NaN },
      { a: new Date() },
      { a: {} },
      () => ({}),
      5,
      'text',
      {},
      undefined,
    ];
    for (const metadata of filters) await store.listMessages({ threadId: 't', filter: { metadata } });
    const sent = core.asked.map(({ payload }) => payload.metadata);
    expect(sent).toEqual([{ a: [], b: 1 }, { a: [] }, { a: [] }, { a: [] }, [], [], 'text', {}, undefined]);
  });

  it('updates them', async () => {
    const store = storeAnswering({ messages: [stored(message)] });
    expect(await store.updateMessages({ messages: [{ id: 'm', createdAt: DATE, role: undefined }] })).toEqual(
      [message],
    );
    expect(core.asked[0]).toMatchObject({ op: 'message.update', payload: [{ id: 'm', createdAt: TEXT }] });
  });

  it('deletes them', async () => {
    expect(await storeAnswering({ deleted: 2 }).deleteMessages(['a', 'b'])).toBeUndefined();
    expect(core.asked[0]).toMatchObject({ op: 'message.delete', payload: { messageIds: ['a', 'b'] } });
  });
});

describe('resources', () => {
  const resource = { id: 'u', workingMemory: '', metadata: {}, createdAt: DATE, updatedAt: DATE };

  it('come and go with Dates', async () => {
    const store = storeAnswering('', stored(resource), '', stored(resource));
    expect(await store.saveResource({ resource: { ...resource, createdAt: TEXT } })).toEqual(resource);
    expect(await store.getResourceById({ resourceId: 'u' })).toEqual(resource);
    expect(await store.getResourceById({ resourceId: 'x' })).toBeNull();
    expect(await store.updateResource({ resourceId: 'u', workingMemory: 'w' })).toEqual(resource);
    expect(core.asked.map(({ op }) => op)).toEqual([
      'resource.save',
      'resource.get',
      'resource.get',
      'resource.update',
    ]);
  });
});

describe('the whole store', () => {
  it('tells the core its prefix, tables and options', async () => {
    await storeAnswering().init();
    const { store, payload } = core.asked[0];
    expect(store).toMatchObject({
      prefix: 'dev_',
      options: { strict: false, maxOperations: 900, check: false },
    });
    expect(store.tables).toMatchObject({ threads: 0, messages: 0 });
    expect(payload).toBeUndefined();
  });

  it('clears and sweeps', async () => {
    const store = storeAnswering(
      { deleted: 2, pending: true },
      { deleted: 0, pending: false },
      { deleted: 1, pending: 0 },
      { rows: [], total: 2 },
    );
    expect(await store.clearTable({ tableName: 'mastra_messages' })).toEqual({ deleted: 2, pending: true });
    await store.dangerouslyClearAll();
    expect(await store.sweep()).toEqual({ deleted: 1, pending: 2 });
    expect(core.asked.map(({ op, control }) => [op, control])).toEqual([
      ['store.clear', { table: 'messages' }],
      ['store.clear', {}],
      ['store.sweep', {}],
      ['row.list', { table: 'observational_memory', perPage: 200, direction: 'ASC' }],
    ]);
    await expect(store.clearTable({ tableName: 'users' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('bad arguments', () => {
  const methods = [
    'saveThread createThread getThreadById listThreadsByResourceId updateThread deleteThread copyThread',
    'saveMessages listMessages listMessagesById listMessagesByResourceId updateMessages',
    'saveResource getResourceById updateResource clearTable',
  ].flatMap((line) => line.split(' '));

  it.each(methods)('%s wants an object', async (method) => {
    const store = storeAnswering();
    for (const args of [undefined, null, 'text', 7]) {
      await expect(store[method](args)).rejects.toMatchObject({
        name: 'StoreError',
        code: 'INVALID_ARGUMENT',
        op: method,
      });
    }
    expect(core.asked).toEqual([]);
  });

  it('what cannot be JSON is refused without being quoted', async () => {
    const store = storeAnswering();
    /** @type {any} */
    const cycle = { secret: 'private words' };
    cycle.self = cycle;
    const failing = { toJSON: () => { throw new Error('private words'); } }; // prettier-ignore
    for (const metadata of [{ secret: 12345678901234567890n }, cycle, failing]) {
      const call = store.saveThread({ thread: { ...thread, metadata } });
      await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', op: 'saveThread' });
      await expect(call).rejects.not.toThrow(/private|secret|1234/);
    }
    expect(core.asked).toEqual([]);
  });

  it('a record must be an object', async () => {
    const store = storeAnswering();
    for (const value of [undefined, null, 'text', []]) {
      await expect(store.saveThread({ thread: value })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      await expect(store.saveResource({ resource: value })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
    await expect(store.updateMessages({ messages: 'text' })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(core.asked).toEqual([]);
  });

  it('an answer that is not JSON is not quoted', async () => {
    const store = storeAnswering({ text: '{"title":"private words' });
    const call = store.getThreadById({ threadId: 't' });
    await expect(call).rejects.toMatchObject({ code: 'CORRUPT', op: 'getThreadById' });
    await expect(call).rejects.not.toThrow(/private/);
  });
});

describe('__proto__ in what is stored', () => {
  it('stays a field of its own', async () => {
    const text = `{"id":"t","__proto__":{"polluted":1},"createdAt":"${TEXT}","updatedAt":"${TEXT}"}`;
    const read = await storeAnswering({ text }).getThreadById({ threadId: 't' });
    expect(Object.hasOwn(read, '__proto__')).toBe(true);
    expect(read.polluted).toBeUndefined();
    expect(/** @type {any} */ ({}).polluted).toBeUndefined();
    const saved = await storeAnswering().saveThread({ thread: JSON.parse(text) });
    expect(Object.hasOwn(saved, '__proto__')).toBe(true);
    expect(saved.polluted).toBeUndefined();
  });
});

describe('errors', () => {
  it('pass through as the core made them', async () => {
    const error = storeError('NOT_FOUND', 'updateThread', 'thread x not found', { id: 'x' });
    const store = storeAnswering(error);
    await expect(store.updateThread({ id: 'x' })).rejects.toBe(error);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({
      name: 'StoreError',
      code: 'NOT_FOUND',
      op: 'updateThread',
      details: { id: 'x' },
    });
  });

  it('of filters are TypeErrors with the same fields', () => {
    const error = storeError('INVALID_FILTER', 'listMessages', 'unsafe key');
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toBeInstanceOf(StoreTypeError);
    expect(error).toMatchObject({ code: 'INVALID_FILTER', op: 'listMessages', details: {} });
  });
});

describe('what a call leaves to be done', () => {
  /** @type {() => void} */
  let finish;
  /** @type {import('vitest').Mock<() => Promise<void>>} */
  let run;
  beforeEach(() => {
    run = vi.fn(() => new Promise((resolve) => (finish = () => resolve(undefined))));
  });
  /** @param {'soon' | 'later'} when @param {any} [waitUntil] @returns {any} */
  const storeLeaving = (when, waitUntil) => {
    core = createFakeCore({ text: '', followup: { when, run } });
    return new CloudflareStore({
      backend: createMemoryBackend(),
      core: /** @type {any} */ (core),
      waitUntil,
    });
  };
  /** @param {Promise<unknown>} promise */
  const isSettled = (promise) =>
    Promise.race([promise.then(() => true), new Promise((resolve) => setTimeout(resolve, 5, false))]);

  it('goes to waitUntil', async () => {
    for (const when of /** @type {const} */ (['soon', 'later'])) {
      const waitUntil = vi.fn();
      await storeLeaving(when, waitUntil).dangerouslyClearAll();
      expect(waitUntil).toHaveBeenCalledExactlyOnceWith(run.mock.results.at(-1)?.value);
    }
  });

  it.each([
    [undefined],
    [
      () => {
        throw new Error('no request');
      },
    ],
  ])('soon: is awaited where waitUntil fails (%#)', async (waitUntil) => {
    // prettier-ignore
    const call = storeLeaving('soon', waitUntil).init();
    expect(await isSettled(call)).toBe(false);
    finish();
    await call;
    expect(run).toHaveBeenCalledOnce();
  });

  it('init goes to waitUntil itself: a program keeps its promise when the request that began it is gone', async () => {
    const waitUntil = vi.fn();
    core = createFakeCore('', new StoreError('KV_FAILED', 'init', 'no KV today'));
    const store = new CloudflareStore({
      backend: createMemoryBackend(),
      core: /** @type {any} */ (core),
      waitUntil,
    });
    await store.init();
    expect(waitUntil).toHaveBeenCalledExactlyOnceWith(expect.any(Promise));
    await expect(store.init()).rejects.toThrow('no KV today');
    await waitUntil.mock.lastCall?.[0];
  });

  it('later: is left alone, but close waits for it', async () => {
    const store = storeLeaving('later');
    await store.init();
    const closed = store.close();
    expect(await isSettled(closed)).toBe(false);
    finish();
    await closed;
    await store.close();
  });
});

describe('stats', () => {
  it('add up what the core reports', async () => {
    const onOperation = vi.fn(() => {
      throw new Error('a hook that fails');
    });
    core = createFakeCore('');
    const backend = createMemoryBackend();
    const store = new CloudflareStore({ backend, core: /** @type {any} */ (core), onOperation });
    await store.init();
    const { observe } = core.asked[0].store;
    const operation = {
      kind: 'get_many',
      table: 'messages',
      operations: 1,
      keys: 3,
      bytes: 30,
      ms: 1,
      retries: 0,
      status: 200,
      round: 1,
    };
    observe(operation);
    observe({ ...operation, kind: 'put', keys: 1, bytes: 7, retries: 2 });
    observe({ ...operation, kind: 'get', keys: 1, bytes: 0, status: 404, round: 2 });
    observe({ ...operation, operations: 3, keys: 0, bytes: 0, round: 2 });
    expect(store.stats()).toEqual({
      operations: { get: 1, get_many: 4, put: 1, delete: 0, list: 0 },
      keys: 5,
      rounds: 2,
      retries: 1,
      bytesRead: 30,
      bytesWritten: 7,
    });
    expect(onOperation).toHaveBeenCalledTimes(4);
    expect(onOperation).toHaveBeenCalledWith(operation);
  });
});
