/** What is so in a Durable Object and not in KV: nothing is held back, nothing torn, and errors are made anew. */

import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { MAX_ROW } from '../../bindings/backends/sqlite/table.js';
import { CloudflareStore, createCore, StoreError, StoreTypeError } from '../../bindings/index.js';
import { VERSIONS } from '../../bindings/remote/protocol.js';
import { makeClock } from '../support/clock.js';
import { conversation, ids, message, thread } from '../support/records.js';
import { makeSubject } from '../contract/subject.js';
import { newObject, OBJECTS, storageOf } from './support.workerd.js';

/** Its types know of no object that is not declared. @type {any} */
const inObject = runInDurableObject;

const run = { workflowName: 'order', runId: 'r1' };

/** @param {Record<string, unknown>} [options] */
function open(options) {
  const clock = makeClock();
  const keyPrefix = newObject(clock);
  const make = (/** @type {any} */ more = {}) =>
    /** @type {any} */ (new CloudflareStore({ durable: OBJECTS, keyPrefix, ...options, ...more }));
  const stub = () => OBJECTS.get(OBJECTS.idFromName(keyPrefix));
  return { store: make(), reopen: make, stub, clock, keyPrefix, storage: storageOf(keyPrefix, clock.now) };
}

/** The object begins anew, as after ten seconds without work. @param {any} stub */
const evict = (stub) => inObject(stub, (/** @type {any} */ object) => object.renew());

/** @param {Promise<unknown>} promise @returns {Promise<any>} */
const failure = (promise) =>
  promise.then(
    () => expect.fail('did not fail'),
    (error) => error,
  );

describe('what is written', () => {
  it('is stored when the call resolves: progress of a run, states, flags of observations', async () => {
    const { store, reopen, stub } = open();
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running', step: 1 } });
    await store.setState({ threadId: 't', type: 'goal', value: 1 });
    await store.setState({ threadId: 't', type: 'goal', value: 2 });
    const { id } = await store.initializeObservationalMemory({
      threadId: null,
      resourceId: 'alice',
      scope: 'resource',
      config: { model: { id: 'm', apiKey: 'secret' } },
    });
    await store.setObservingFlag(id, true);
    await evict(stub());
    const other = reopen();
    expect(await other.loadWorkflowSnapshot(run)).toEqual({ status: 'running', step: 1 });
    expect(await other.getState({ threadId: 't', type: 'goal' })).toBe(2);
    const record = await other.getObservationalMemory(null, 'alice');
    expect(record).toMatchObject({ id, isObserving: true, config: { model: { id: 'm' } } });
    expect(record.createdAt).toBeInstanceOf(Date);
    expect(JSON.stringify(record)).not.toContain('secret');
  });

  it('costs a save of two messages four rows, and no look at what was written', async () => {
    const { store } = open();
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(4) });
    const before = store.stats();
    const messages = conversation(6).slice(4);
    await store.saveMessages({ messages });
    const { operations, rounds } = store.stats();
    expect(operations.put - before.operations.put).toBe(4);
    expect(operations.list - before.operations.list).toBe(0);
    expect(rounds - before.rounds).toBeLessThanOrEqual(2);
  });

  it('promises one winner', () => {
    expect(open().store.supportsConcurrentUpdates()).toBe(true);
  });

  it('is read whole by pages, far beyond what a head holds', async () => {
    const { store, reopen } = open();
    await store.saveThread({ thread: thread('t') });
    const messages = conversation(350);
    for (let at = 0; at < 350; at += 50) await store.saveMessages({ messages: messages.slice(at, at + 50) });
    const all = await reopen().listMessages({ threadId: 't', perPage: false });
    expect(ids(all.messages)).toEqual(ids(messages));
    const deep = await store.listMessages({ threadId: 't', perPage: 10, page: 20 });
    expect(ids(deep.messages)).toEqual(ids(messages.slice(200, 210)));
    await store.deleteMessages(ids(messages.slice(0, 20)));
    expect((await store.listMessages({ threadId: 't', perPage: 1 })).total).toBe(330);
  });
});

describe('progress of an agent’s internal run', () => {
  const internal = { workflowName: 'agentic-loop', runId: 'u' };
  const persist = (/** @type {any} */ store, /** @type {string} */ status, more = {}) =>
    store.persistWorkflowSnapshot({ ...internal, snapshot: { status, ...more } });

  /** A store that has asked for the run, and what its object was asked for since. */
  async function begun() {
    const subject = open();
    /** @type {string[]} */
    const calls = [];
    const durable = {
      idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
      get: (/** @type {any} */ id) => ({
        threadkv: (/** @type {any} */ request) => {
          calls.push(request.op);
          return /** @type {any} */ (OBJECTS.get(id)).threadkv(request);
        },
      }),
    };
    const core = createCore();
    const store = subject.reopen({ durable, core });
    const other = subject.reopen({ core: createCore() });
    expect(await store.getWorkflowRunById(internal)).toBeNull();
    calls.length = 0;
    return { ...subject, store, other, calls };
  }

  it('stays with the caller while nothing of the run is stored', async () => {
    const { store, other, calls, storage } = await begun();
    await store.persistWorkflowSnapshot({
      ...internal,
      resourceId: 'alice',
      snapshot: { status: 'pending' },
    });
    await persist(store, 'running', { step: 1 });
    expect(await store.getWorkflowRunById(internal)).toMatchObject({
      ...internal,
      resourceId: 'alice',
      createdAt: expect.any(Date),
      snapshot: { status: 'running', step: 1 },
    });
    expect(await store.loadWorkflowSnapshot(internal)).toEqual({ status: 'running', step: 1 });
    await store.deleteWorkflowRunById(internal);
    expect(calls).toEqual([]);
    expect(await store.getWorkflowRunById(internal)).toBeNull();
    expect(await other.getWorkflowRunById(internal)).toBeNull();
    expect(await keysOf(storage, '')).toEqual([]);
  });

  it('is not written where the run is stored in another state, which keeps its owner', async () => {
    const { store, other, calls } = await begun();
    await store.persistWorkflowSnapshot({
      ...internal,
      resourceId: 'alice',
      snapshot: { status: 'running' },
    });
    await persist(store, 'suspended');
    expect(calls).toEqual(['workflow.persist']);
    expect(await other.getWorkflowRunById(internal)).toMatchObject({
      resourceId: 'alice',
      snapshot: { status: 'suspended' },
    });
  });

  it('goes to the object before the run is updated or listed', async () => {
    for (const next of [
      (/** @type {any} */ store) => store.updateWorkflowState({ ...internal, opts: { status: 'suspended' } }),
      (/** @type {any} */ store) => store.listWorkflowRuns(),
    ]) {
      const { store, other, calls } = await begun();
      await store.persistWorkflowSnapshot({
        ...internal,
        resourceId: 'alice',
        snapshot: { status: 'running' },
      });
      await next(store);
      expect(calls[0]).toBe('workflow.persist');
      expect(calls).toHaveLength(2);
      expect(await other.getWorkflowRunById(internal)).toMatchObject({ resourceId: 'alice' });
    }
  });

  it('once the run is stored, two that resume it have one winner, and its deletion is one', async () => {
    const { store, other, stub } = await begun();
    await persist(store, 'running');
    await persist(store, 'suspended');
    const opts = { status: 'running', expectedStatus: 'suspended' };
    const resumed = await Promise.all(
      [store, other].map((one) => one.updateWorkflowState({ ...internal, opts })),
    );
    expect(resumed.filter((one) => one !== undefined)).toHaveLength(1);
    await evict(stub());
    const again = await other.updateWorkflowState({ ...internal, opts });
    expect(again).toBeUndefined();
    await persist(store, 'running', { step: 2 });
    await evict(stub());
    expect(await other.loadWorkflowSnapshot(internal)).toMatchObject({ step: 2 });
    await other.deleteWorkflowRunById(internal);
    expect(await store.getWorkflowRunById(internal)).toBeNull();
  });
});

describe('values that are too large for a row', () => {
  it.each([MAX_ROW - 500, MAX_ROW + 500, 5_000_000])('%i bytes come back, and go', async (size) => {
    const { store, storage, stub } = open();
    const content = 'ü'.repeat(size / 2);
    await store.putBlob({ hash: 'h', content, size, createdAt: new Date() });
    await evict(stub());
    expect((await store.getBlob('h')).content).toBe(content);
    await store.deleteBlob('h');
    expect(await pieces(stub())).toBe(0);
    const [reply] = await storage.run([
      { kind: 'list', space: 0, table: 'any', prefix: '', cursor: null, limit: 10 },
    ]);
    expect(reply.keys).toEqual([]);
  });

  it('no row is larger than Durable Objects take', async () => {
    const { store, stub } = open();
    for (const size of [MAX_ROW - 300, MAX_ROW, 3 * MAX_ROW]) {
      await store.putBlob({ hash: `h${size}`, content: 'x'.repeat(size), size, createdAt: new Date() });
    }
    const largest = await runInDurableObject(stub(), (_, { storage }) => {
      const rows = ['threadkv', 'threadkv_pieces'].flatMap((table) => [
        ...storage.sql.exec(
          `SELECT length(CAST(key AS BLOB)) + coalesce(length(value), 0) AS size FROM ${table}`,
        ),
      ]);
      return Math.max(...rows.map(({ size }) => Number(size)));
    });
    expect(MAX_ROW).toBe(2_000_000);
    expect(largest).toBeLessThanOrEqual(2_000_000);
    expect(largest).toBeGreaterThan(1_800_000);
  });

  it('an argument that would not cross is refused before anything is written', async () => {
    const { store, storage } = open();
    await store.saveThread({ thread: thread('t') });
    const large = 'x'.repeat(11 * 1024 * 1024);
    const messages = [1, 2, 3].map((n) =>
      message(`m${n}`, n, { content: { format: 2, parts: [], content: large } }),
    );
    const error = await failure(store.saveMessages({ messages }));
    expect(error).toMatchObject({ code: 'VALUE_TOO_LARGE', op: 'saveMessages' });
    expect(await keysOf(storage, 'messages')).toEqual([]);
  });
});

describe('what would not cross', () => {
  const MANY = Array.from({ length: 32 }, (_, i) => i);
  const MEGABYTE = 'x'.repeat(1024 * 1024);
  const date = new Date(0);
  const large = (/** @type {number} */ n) =>
    message(`m${n}`, n, { content: { format: 2, content: MEGABYTE } });
  const row = (/** @type {number} */ n) => ({ id: `s${n}`, status: 'active', text: MEGABYTE });
  const blob = (/** @type {number} */ n) => ({ hash: `h${n}`, content: MEGABYTE, size: 1, createdAt: date });

  it.each(
    /** @type {[string, any][]} */ ([
      ['saveMessages', { messages: MANY.map(large) }],
      ['batchInsert', { tableName: 'messages', records: MANY.map(large) }],
      [
        'batchInsert',
        { tableName: 'threads', records: MANY.map((n) => thread(`t${n}`, { title: MEGABYTE })) },
      ],
      ['batchTraceInsert', { records: MANY.map(row) }],
      ['saveRows', { table: 'schedules', rows: MANY.map(row) }],
      ['putManyBlobs', MANY.map(blob)],
      ['setState', { threadId: 't', type: 'goal', value: MANY.map(() => MEGABYTE) }],
      [
        'persistWorkflowSnapshot',
        { ...run, snapshot: { status: 'suspended', value: MANY.map(() => MEGABYTE) } },
      ],
      [
        'initializeObservationalMemory',
        {
          threadId: null,
          resourceId: 'alice',
          scope: 'resource',
          config: { value: MANY.map(() => MEGABYTE) },
        },
      ],
    ]),
  )('of what %s is given, is refused by the caller, and nothing is written', async (method, args) => {
    const { store, storage } = open();
    await store.saveThread({ thread: thread('t') });
    const before = await keysOf(storage, '');
    expect(await failure(store[method](args))).toMatchObject({ code: 'VALUE_TOO_LARGE', op: method });
    expect(await keysOf(storage, '')).toEqual(before);
  });

  /** A store that has 32 MB of each. */
  async function filled() {
    const { store, storage } = open({ maxPageBytes: 1024 ** 3 });
    await store.saveThread({ thread: thread('t') });
    for (const half of [MANY.slice(0, 16), MANY.slice(16)]) {
      await store.putManyBlobs(half.map(blob));
      await store.saveRows({ table: 'schedules', rows: half.map(row) });
      await store.saveMessages({ messages: half.map(large) });
    }
    return { store, storage };
  }

  it('of what a method answers, is told apart, and pages are read', async () => {
    const { store } = await filled();
    const table = 'schedules';
    const all = MANY.length;
    /** @type {[string, (count: number) => any][]} */
    const reads = [
      ['getManyBlobs', (count) => MANY.slice(0, count).map((n) => `h${n}`)],
      ['getRows', (count) => ({ table, keys: MANY.slice(0, count).map((n) => ({ id: `s${n}` })) })],
      ['listRows', (perPage) => ({ table, perPage })],
      ['listMessages', (perPage) => ({ threadId: 't', perPage })],
      ['listMessagesById', (count) => ({ messageIds: MANY.slice(0, count).map((n) => `m${n}`) })],
    ];
    for (const [method, args] of reads) {
      const error = await failure(store[method](args(all)));
      expect(error).toMatchObject({ code: 'PAGE_TOO_LARGE', op: method });
      // What is in no index a list of rows reads from all of them.
      if (method !== 'listRows') await store[method](args(16));
    }
  });

  it('of what a method that writes answers, undoes what it wrote', async () => {
    const { store } = await filled();
    const messages = MANY.map((n) => ({ id: `m${n}`, role: 'assistant' }));
    expect(await failure(store.updateMessages({ messages }))).toMatchObject({ code: 'PAGE_TOO_LARGE' });
    const page = await store.listMessages({ threadId: 't', perPage: 16 });
    expect(new Set(page.messages.map((/** @type {any} */ { role }) => role))).toEqual(new Set(['user']));
    await store.updateMessages({ messages: messages.slice(0, 16) });
  });
});

describe('a failure in the object', () => {
  it('is an error of this side: StoreError, and TypeError for a filter', async () => {
    const { store } = open();
    const error = await failure(store.updateThread({ id: 'none', title: 'A' }));
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'NOT_FOUND', op: 'updateThread' });
    await store.saveThread({ thread: thread('t') });
    const filter = { metadata: { 'a.b': 1 } };
    const bad = await failure(store.listMessages({ threadId: 't', filter }));
    expect(bad).toBeInstanceOf(StoreTypeError);
    expect(bad).toBeInstanceOf(TypeError);
  });

  it('leaves nothing behind, in storage nor in the memory of the core', async () => {
    const { store, stub, storage } = open();
    await store.saveThread({ thread: thread('t') });
    const before = await keysOf(storage, '');
    for (let after = 0; after < 4; after++) {
      await failInside(stub(), after);
      const error = await failure(store.saveMessages({ messages: conversation(3) }));
      expect(error).toMatchObject({
        code: 'OBJECT_FAILED',
        op: 'saveMessages',
        details: { outcome: 'not done', reason: 'SQLITE_IOERR' },
      });
      await failInside(stub(), Infinity);
      expect(await keysOf(storage, '')).toEqual(before);
      expect((await store.listMessages({ threadId: 't' })).messages).toEqual([]);
    }
    await store.saveMessages({ messages: conversation(3) });
    expect((await store.listMessages({ threadId: 't' })).total).toBe(3);
  });

  it('a full object has a code of its own', async () => {
    const { store, stub } = open();
    await failInside(stub(), 1, 'SQLITE_FULL');
    const error = await failure(store.saveThread({ thread: thread('t') }));
    expect(error).toMatchObject({ code: 'OBJECT_FULL', details: { outcome: 'not done' } });
    await failInside(stub(), Infinity);
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
  });

  it('another version of either half is told apart', async () => {
    const { stub } = open();
    for (const versions of [{ ...VERSIONS, protocol: 0 }, { ...VERSIONS, format: 2 }, {}]) {
      const request = /** @type {any} */ ({ ...versions, method: 'getThreadById', op: 'thread.get' });
      const reply = /** @type {any} */ (await stub().threadkv(request));
      expect(reply.failure).toMatchObject({ code: 'VERSION_MISMATCH', op: 'getThreadById' });
    }
    const old = { ...OBJECTS, idFromName: () => 1, get: () => ({ threadkv: async () => ({ protocol: 9 }) }) };
    const store = new CloudflareStore({ durable: /** @type {any} */ (old) });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({ code: 'VERSION_MISMATCH' });
  });
});

describe('one call', () => {
  it('forgets a user in one going through: no sweep is needed, and none takes what comes after', async () => {
    const { store, clock, keyPrefix, storage } = open();
    const { raw } = await makeSubject(storage, { durable: OBJECTS }, keyPrefix, {}, clock);
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(3) });
    await store.updateResource({ resourceId: 'alice', workingMemory: 'w' });
    expect((await store.eraseResource({ resourceId: 'alice' })).cursor).toBeNull();
    const texts = await Promise.all((await raw.keys()).map(async (key) => `${key} ${await raw.get(key)}`));
    expect(texts.filter((text) => text.includes('alice'))).toEqual([]);
    await store.saveThread({ thread: thread('t2') });
    for (let i = 0; i < 3; i++) {
      clock.advance(400_000);
      await store.sweep();
    }
    expect((await store.listThreadsByResourceId({ resourceId: 'alice' })).total).toBe(1);
  });

  it('may have a bound of its own, as each part of an erasure has', async () => {
    const { store } = open({ maxOperations: 60 });
    for (const id of ['t', 'u', 'v']) {
      await store.saveThread({ thread: thread(id) });
      const messages = conversation(20, { threadId: id }).map((one) => ({ ...one, id: `${id}-${one.id}` }));
      await store.saveMessages({ messages });
    }
    /** @type {string | null} */
    let cursor = null;
    let parts = 0;
    do {
      ({ cursor } = await store.eraseResource({ resourceId: 'alice', ...(cursor ? { cursor } : {}) }));
      expect(++parts).toBeLessThan(50);
    } while (cursor);
    expect(parts).toBeGreaterThan(1);
    expect((await store.listThreads({})).total).toBe(0);
  });
});

describe('two prefixes', () => {
  it('are two objects', async () => {
    const [one, other] = [open(), open()];
    await one.store.saveThread({ thread: thread('t') });
    expect(await other.store.getThreadById({ threadId: 't' })).toBeNull();
    expect(await other.store.dangerouslyClearAll()).toMatchObject({ deleted: 0 });
    expect(await one.store.getThreadById({ threadId: 't' })).not.toBeNull();
  });

  it('none is one, too', async () => {
    const store = new CloudflareStore({ durable: OBJECTS });
    await store.saveThread({ thread: thread('t') });
    expect(await store.getThreadById({ threadId: 't' })).not.toBeNull();
  });
});

describe('numbers and texts', () => {
  it('come back to a parser of one’s own, however long the message', async () => {
    const digits = (/** @type {string} */ _, /** @type {unknown} */ value) =>
      typeof value === 'number' ? { digits: String(value) } : value;
    const parse = (/** @type {string} */ text) => JSON.parse(text, digits);
    const { store } = open({ parseJSON: parse });
    await store.saveThread({ thread: thread('t') });
    const text = 'ü😀'.repeat(50_000);
    const payload = (/** @type {string} */ id, /** @type {string} */ words) =>
      message(id, 1, { content: { format: 2, parts: [{ type: 'text', text: words }] } });
    await store.saveMessages({ messages: [payload('m1', 'short'), payload('m2', text)] });
    const { messages } = await store.listMessages({ threadId: 't' });
    expect(messages.map((/** @type {any} */ one) => one.content.parts[0].text)).toEqual(['short', text]);
    expect(messages.map((/** @type {any} */ one) => one.content.format.digits)).toEqual(['2', '2']);
  });
});

/** @param {any} stub @returns {Promise<number>} */
const pieces = (stub) =>
  inObject(stub, (/** @type {any} */ _, /** @type {any} */ { storage }) =>
    Number(storage.sql.exec('SELECT count(*) AS n FROM threadkv_pieces').one().n),
  );

/** @param {import('../../bindings/backends/backend.js').Backend} storage @param {string} table */
async function keysOf(storage, table) {
  const [{ keys = [] }] = await storage.run([
    { kind: 'list', space: 0, table: 'any', prefix: '', cursor: null, limit: 1000 },
  ]);
  return keys.map(({ name }) => name).filter((name) => name.includes(table && `${table}:`));
}

/**
 * From its n-th write on the object's storage fails.
 *
 * @param {any} stub
 * @param {number} after
 * @param {string} [code]
 */
async function failInside(stub, after, code = 'SQLITE_IOERR') {
  await inObject(stub, (/** @type {any} */ object) => object.failAfter(after, code));
}
