/** `verify()` over a Durable Object, and over a store that has tables in KV and others in an object. */

import { env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { makeClock } from '../support/clock.js';
import { conversation, thread } from '../support/records.js';
import { newObject, OBJECTS, storageOf } from './support.workerd.js';
import module from '../../build/threadkv.tools.wasm';

const HOUR = 3_600_000;
const { THREADS_KV: threads, MESSAGES_KV: messages } = /** @type {any} */ (env);
const run = { workflowName: 'order', runId: 'r' };

/** @param {(prefix: string) => object} place @param {boolean} [hasTools] */
async function open(place, hasTools = true) {
  const clock = makeClock();
  const keyPrefix = newObject(clock, hasTools ? { module } : {});
  const options = { keyPrefix, core: createCore({ now: clock.now }), ...place(keyPrefix) };
  const store = /** @type {any} */ (new CloudflareStore(/** @type {any} */ (options)));
  await store.init();
  await store.saveThread({ thread: thread('t') });
  await store.saveMessages({ messages: conversation(6) });
  await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended' } });
  // What is young is not judged.
  clock.advance(HOUR);
  return { store, keyPrefix, storage: storageOf(keyPrefix, clock.now) };
}

const durable = () => ({ durable: OBJECTS });
const mixed = () => ({ bindings: { threads, messages, workflow_snapshot: OBJECTS } });

/** All parts of a verification. @param {any} store @param {object} [args] */
async function verify(store, args) {
  /** @type {Record<string, number>} */
  const looked = {};
  /** @type {Record<string, any>} */
  const found = {};
  let parts = 0;
  let cursor = null;
  do {
    /** @type {any} */
    const part = await store.verify({ ...args, cursor });
    for (const [what, number] of Object.entries(part.looked)) looked[what] = (looked[what] ?? 0) + number;
    Object.assign(found, part.found);
    cursor = part.cursor;
    parts++;
  } while (cursor !== null);
  return { looked, found, parts };
}

describe('verify over a Durable Object', () => {
  it('looks at everything, and finds nothing amiss, with no module of the caller', async () => {
    const { store } = await open(durable);
    const { looked, found } = await verify(store);
    expect(found).toEqual({});
    expect(looked).toMatchObject({ threads: 1, messages: 6, workflow_snapshot: 1, 'indexes of threads': 1 });
    expect(store.stats().operations.list).toBeGreaterThan(0);
  });

  it('goes by parts of bounded cost', async () => {
    const { store } = await open(() => ({ durable: OBJECTS, maxOperations: 40 }));
    expect((await verify(store)).parts).toBeGreaterThan(2);
  });

  it('finds what the index has lost, and the object mends it', async () => {
    const { store, keyPrefix, storage } = await open(durable);
    const list = { kind: 'list', space: 0, table: 'metadata', cursor: null, limit: 100 };
    const prefix = `${keyPrefix}metadata:thread:`;
    const [{ keys = [] }] = await storage.run([/** @type {any} */ ({ ...list, prefix })]);
    expect(keys.length).toBeGreaterThan(1);
    await storage.run(
      keys.map(({ name }) => /** @type {any} */ ({ kind: 'delete', space: 0, table: 'metadata', key: name })),
    );
    expect((await verify(store)).found).toMatchObject({
      'message that no list shows': { count: 6, mended: 0 },
    });
    const { found } = await verify(store, { repair: true });
    expect(found).toMatchObject({ 'message that no list shows': { count: 6, mended: 6 } });
    expect((await store.listMessages({ threadId: 't' })).total).toBe(6);
    expect((await verify(store)).found).toEqual({});
  });

  it('says what is missing where the class of the object has no tools', async () => {
    const { store } = await open(durable, false);
    await expect(store.verify()).rejects.toMatchObject({
      code: 'NO_MODULE',
      message: expect.stringContaining('static module'),
    });
    expect((await store.listMessages({ threadId: 't' })).total).toBe(6);
  });
});

describe('verify over a store with two homes', () => {
  it('goes through both', async () => {
    const { store } = await open(mixed);
    const { looked, found } = await verify(store, { module });
    expect(found).toEqual({});
    expect(looked).toMatchObject({ threads: 1, messages: 6, workflow_snapshot: 1, 'indexes of threads': 1 });
  });

  it('finds what cannot be read in the object', async () => {
    const { store, keyPrefix, storage } = await open(mixed);
    const key = `${keyPrefix}workflow_snapshot:order:r`;
    const value = new TextEncoder().encode('{"half');
    const put = { kind: 'put', space: 0, table: 'any', key, value, metadata: null, expires: 0 };
    await storage.run([/** @type {any} */ (put)]);
    expect((await verify(store, { module })).found).toMatchObject({ 'damaged record': { count: 1 } });
  });

  it('needs the module of tools for what is in KV', async () => {
    const { store } = await open(mixed);
    await expect(store.verify()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
