/** Replies that no back end should give: an error each time, never an empty answer, a hang or a crash. */

import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { answering, openIsolate, resource } from './support.js';
import { message, thread } from '../support/records.js';

/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

/** @type {any} */
const cycle = {};
cycle.self = cycle;

const getter = {
  get status() {
    throw new Error('private words');
  },
};

/** For every kind of request. @type {[string, any][]} */
const ALWAYS = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 200],
  ['a text', 'ok'],
  ['an empty object', {}],
  ['an object that throws', getter],
  ['a status in words', { status: 'ok', entry: { value: '{}' }, entries: [], keys: [] }],
  ['a status as text', { status: '200', entry: { value: '{}' }, entries: [], keys: [] }],
  ['a status that is no number', { status: NaN }],
  ['a status below nothing', { status: -200 }],
  ['a broken status', { status: 200.5 }],
  ['a status that overflows', { status: 2 ** 32 + 200 }],
  ['a bigint', { status: 200n }],
];

/** @type {[string, any][]} */
const ENTRIES = [
  ['undefined', undefined],
  ['a text', 'value'],
  ['an empty object', {}],
  ['a value of null', { value: null, metadata: null }],
  ['a value that is a number', { value: 7, metadata: null }],
  ['a value that is an object', { value: {}, metadata: null }],
  ['a value that is a buffer', { value: new ArrayBuffer(2), metadata: null }],
  ['a value of wide numbers', { value: new Uint32Array(2), metadata: null }],
  ['a value that is text, boxed', { value: Object('{}'), metadata: null }],
  ['metadata with a bigint', { value: '{}', metadata: { w: 1n } }],
  ['metadata in a cycle', { value: '{}', metadata: cycle }],
];

/** What each kind of request may not be answered with status 200. @type {Record<string, [string, any][]>} */
const CONTENTS = {
  get: [['no entry', {}], ['null', { entry: null }], ...ENTRIES.map(named('entry'))],
  get_many: [
    ['no entries', {}],
    ['null', { entries: null }],
    ['none', { entries: [] }],
    ['too few', { entries: [null] }],
    ['too many', { entries: [null, null, null] }],
    ['text', { entries: 'no' }],
    ['something that has a length', { entries: { length: 2 } }],
    ...ENTRIES.map(([name, entry]) => /** @type {[string, any]} */ ([name, { entries: [null, entry] }])),
  ],
  list: [
    ['no keys', { cursor: null }],
    ['null', { keys: null, cursor: null }],
    ['text', { keys: 'threads:t', cursor: null }],
    ['keys that are text', { keys: ['threads:t'], cursor: null }],
    ['keys of null', { keys: [null], cursor: null }],
    ['keys without a name', { keys: [{}], cursor: null }],
    ['names that are numbers', { keys: [{ name: 7 }], cursor: null }],
    ['names that are bytes', { keys: [{ name: new Uint8Array(9) }], cursor: null }],
    ['keys of others', { keys: [{ name: 'other:t' }], cursor: null }],
    ['keys that were not asked for', { keys: [{ name: 'thread' }], cursor: null }],
    [
      'more keys than asked for',
      { keys: Array.from({ length: 1001 }, (_, i) => ({ name: `threads:${i}` })), cursor: null },
    ],
    ['no cursor', { keys: [] }],
    ['an empty cursor', { keys: [], cursor: '' }],
    ['a cursor that is a number', { keys: [], cursor: 7 }],
    ['a cursor that leads nowhere', { keys: [], cursor: 'again' }],
    ['metadata in a cycle', { keys: [{ name: 'threads:t', metadata: cycle }], cursor: null }],
  ],
  put: [],
  delete: [],
};

/** @param {string} field @returns {(named: [string, any]) => [string, any]} */
function named(field) {
  return ([name, entry]) => [name, { [field]: entry }];
}

/** A call that makes a request of each kind, and stands or falls with its answer. @type {Record<string, (store: any) => Promise<unknown>>} */
const CALLS = {
  get: (store) => store.getResourceById({ resourceId: 'r' }),
  get_many: (store) => store.getThreadById({ threadId: 't' }),
  list: (store) => store.listThreads({}),
  put: (store) => store.saveResource({ resource: resource('r', 'x') }),
  delete: (store) => store.clearTable({ tableName: 'resources' }),
};

async function filled() {
  const backend = createMemoryBackend();
  const { store } = openIsolate(backend);
  await store.init();
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: [message('m')] });
  await store.saveResource({ resource: resource('r', 'x') });
  return backend;
}

/**
 * @param {string} kind
 * @param {any} reply
 */
async function expectFailure(kind, reply) {
  let hostile = true;
  let answered = 0;
  const backend = answering(await filled(), async (requests, run) => {
    const replies = await run();
    return replies.map((good, i) => {
      if (!hostile || requests[i].kind !== kind) return good;
      answered++;
      return reply;
    });
  });
  const { core, store } = openIsolate(backend);
  const call = CALLS[kind](store);
  await expect(call).rejects.toMatchObject({ name: 'StoreError', code: 'KV_FAILED' });
  await expect(call).rejects.not.toThrow(/private/);
  expect(answered).toBeGreaterThan(0);
  expect(core.calls).toBe(0);
  hostile = false;
  await CALLS[kind](store);
}

for (const kind of Object.keys(CALLS)) {
  describe(`${kind} answered with`, () => {
    it.each(ALWAYS)('%s', (_name, reply) => expectFailure(kind, reply));
    if (CONTENTS[kind].length > 0) {
      it.each(CONTENTS[kind])('200 and %s', (_name, content) =>
        expectFailure(kind, { status: 200, ...content }),
      );
    }
  });
}

describe('a bulk get answered with', () => {
  it('404: which of the keys?', () => expectFailure('get_many', { status: 404 }));
});

describe('a round answered with', () => {
  /** @type {[string, (run: () => Promise<any[]>) => any][]} */
  const rounds = [
    ['undefined', async () => undefined],
    ['null', async () => null],
    ['nothing', async () => []],
    ['a text', async () => 'replies'],
    ['one reply too many', async (run) => [...(await run()), { status: 200 }]],
    ['one reply too few', async (run) => (await run()).slice(1)],
    ['a look-alike of an array', async (run) => ({ ...(await run()), length: 1 })],
    ['a rejection', () => Promise.reject(new Error('private words'))],
    ['a rejection without a reason', () => Promise.reject(undefined)],
    [
      'an exception',
      () => {
        throw new Error('private words');
      },
    ],
  ];

  it.each(rounds)('%s', async (_name, answer) => {
    let hostile = true;
    const backend = answering(await filled(), (_requests, run) => (hostile ? answer(run) : run()));
    const { core, store } = openIsolate(backend);
    for (const [kind, ask] of Object.entries(CALLS)) {
      const call = ask(store);
      await expect(call, kind).rejects.toMatchObject({ name: 'StoreError', code: 'KV_FAILED' });
      await expect(call, kind).rejects.not.toThrow(/private/);
    }
    expect(core.calls).toBe(0);
    hostile = false;
    for (const ask of Object.values(CALLS)) await ask(store);
  });

  it('its replies at once instead of a promise works', async () => {
    const memory = await filled();
    /** @type {any[]} */
    let replies = [];
    const backend = answering(memory, (requests) => {
      replies = requests.map(({ kind }) =>
        kind === 'get_many' ? { status: 200, entries: [null, null] } : { status: 404 },
      );
      return replies;
    });
    expect(await openIsolate(backend).store.getThreadById({ threadId: 't' })).toBeNull();
  });
});

describe('metadata that is none', () => {
  it.each([
    undefined,
    null,
    () => 1,
    Symbol('x'),
    7,
    'text',
    [],
    [1],
    true,
    { w: 'x' },
    { toJSON: () => undefined },
  ])('counts for nothing: %s', async (metadata) => {
    const backend = answering(await filled(), async (_requests, run) =>
      (await run()).map((reply) => ({
        ...reply,
        ...(reply.entry && { entry: { ...reply.entry, metadata } }),
        ...(reply.entries && { entries: reply.entries.map((entry) => entry && { ...entry, metadata }) }),
        ...(reply.keys && { keys: reply.keys.map(({ name }) => ({ name, metadata })) }),
      })),
    );
    const { store } = openIsolate(backend);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ id: 't' });
    expect((await store.listThreads({})).threads).toHaveLength(1);
    expect((await store.listMessages({ threadId: 't' })).messages).toHaveLength(1);
    expect(await store.getResourceById({ resourceId: 'r' })).toMatchObject({ id: 'r' });
  });
});

describe('a delay that the platform asks for', () => {
  it.each([
    [5000, 5000],
    [0.5, 1000],
    [1e300, 60_000],
    [Infinity, 1000],
    [NaN, 1000],
    [-5000, 1000],
    ['5000', 1000],
    [null, 1000],
    [{}, 1000],
  ])('of %s is at least %d', async (retryAfter, least) => {
    let failures = 1;
    /** @type {number[]} */
    const waited = [];
    const backend = answering(await filled(), (requests, run) =>
      failures-- > 0 ? requests.map(() => ({ status: 429, retryAfter })) : run(),
    );
    const wait = async (/** @type {number} */ ms) => waited.push(ms);
    const { store } = openIsolate(backend, { wait });
    await store.getThreadById({ threadId: 't' });
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeGreaterThanOrEqual(least);
    expect(waited[0]).toBeLessThanOrEqual(Math.max(least, 2000));
  });
});

describe('what was spent', () => {
  /** @param {any} operations @returns {Promise<{ stats: any, seen: any[] }>} */
  async function spend(operations) {
    /** @type {any[]} */
    const seen = [];
    const backend = answering(await filled(), async (_requests, run) =>
      (await run()).map((reply) => ({ ...reply, operations })),
    );
    const { store } = openIsolate(backend, { observe: (operation) => seen.push(operation) });
    await store.getThreadById({ threadId: 't' });
    return { stats: store.stats(), seen };
  }

  it('is what the back end says', async () => {
    const { stats, seen } = await spend(5);
    expect(stats.operations).toMatchObject({ get_many: 5, get: 0 });
    expect(seen).toMatchObject([{ kind: 'get_many', operations: 5, keys: 2, status: 200 }]);
  });

  it.each([undefined, null, NaN, -1, 0.5, '3', Infinity])(
    'is one operation when it says %s',
    async (operations) => {
      const { stats } = await spend(operations);
      expect(stats.operations).toMatchObject({ get_many: 1 });
    },
  );

  it('is counted in bytes, not in characters', async () => {
    const backend = createMemoryBackend();
    const { store } = openIsolate(backend);
    await store.saveResource({ resource: resource('r', '日本語'.repeat(50)) });
    const stored = backend.spaces[0].get('resources:r');
    if (typeof stored === 'number') throw new Error('nothing was stored');
    expect(store.stats().bytesWritten).toBe(stored.bytes.length);
    const other = openIsolate(backend).store;
    await other.getResourceById({ resourceId: 'r' });
    expect(other.stats().bytesRead).toBe(stored.bytes.length);
  });
});

describe('a hook', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('hook');
      },
    ],
    ['rejects', () => Promise.reject(new Error('hook'))],
  ])('that %s fails nothing', async (_how, observe) => {
    const { store } = openIsolate(createMemoryBackend(), { observe });
    await store.saveThread({ thread: thread('t') });
    expect(await store.getThreadById({ threadId: 't' })).not.toBeNull();
  });

  it('may use the store', async () => {
    const backend = createMemoryBackend();
    /** @type {Promise<unknown>[]} */
    const calls = [];
    const { store } = openIsolate(backend, {
      observe() {
        if (calls.length < 5) calls.push(store.saveThread({ thread: thread(`hook-${calls.length}`) }));
      },
    });
    await store.saveThread({ thread: thread('t') });
    await Promise.all(calls);
    expect(calls).toHaveLength(5);
    expect((await store.listThreads({})).total).toBe(6);
  });
});
