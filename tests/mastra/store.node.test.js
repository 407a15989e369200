/** The store as a whole: how it is made, what Mastra asks of it, and its domains alone. */

import { Mastra } from '@mastra/core/mastra';
import { MastraError } from '@mastra/core/error';
import { InMemoryStore, MastraCompositeStore, MemoryStorage } from '@mastra/core/storage';
import { describe, expect, it, vi } from 'vitest';
import { CloudflareStore as PlainStore, createCore, StoreError } from '../../bindings/index.js';
import {
  CloudflareKVStorage,
  CloudflareStore,
  MemoryStorageCloudflare,
} from '../../bindings/mastra/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { rawKeys } from '../contract/subject.js';
import { thread } from '../support/records.js';

/** @param {Record<string, unknown>} config @returns {any} */
const open = (config) => new CloudflareStore(/** @type {any} */ (config));
/** Namespaces that nobody may ask anything. */
const bindings = () => {
  const namespace = createMemoryNamespace();
  for (const method of ['get', 'getWithMetadata', 'put', 'delete', 'list']) {
    vi.spyOn(namespace, /** @type {any} */ (method)).mockRejectedValue(new Error('no KV today'));
  }
  return { threads: namespace, messages: namespace };
};
const rest = { accountId: 'account', apiToken: 'token' };

/** @param {() => unknown} run @returns {any} */
function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}

describe('a store that is accepted', () => {
  it('is called Cloudflare', () => {
    const store = open({ id: 'kv', backend: createMemoryBackend() });
    expect(store).toBeInstanceOf(MastraCompositeStore);
    expect(store).toMatchObject({ name: 'Cloudflare', id: 'kv' });
    expect(CloudflareStore).toBe(CloudflareKVStorage);
  });

  it('saves, finds and deletes a thread', async () => {
    const memory = await open({ backend: createMemoryBackend() }).getStore('memory');
    await memory.saveThread({ thread: thread('t') });
    expect(await memory.getThreadById({ threadId: 't' })).toEqual(thread('t'));
    await memory.deleteThread({ threadId: 't' });
    expect(await memory.getThreadById({ threadId: 't' })).toBeNull();
  });

  it('takes the options of every store', () => {
    const retention = { memory: { threads: { maxAge: '30d' } } };
    const store = open({ backend: createMemoryBackend(), retention });
    expect(store).toMatchObject({ id: 'cloudflare-kv', retention });
  });
});

describe('the configuration', () => {
  /** @type {[string, () => Record<string, unknown>][]} */
  const valid = [
    ['bindings', () => ({ bindings: bindings() })],
    ['bindings and a prefix', () => ({ bindings: bindings(), keyPrefix: 'dev_' })],
    ['bindings, without init', () => ({ bindings: bindings(), disableInit: true })],
    ['Mastra’s names of the bindings', () => ({ bindings: mastraNames(bindings()) })],
  ];
  it.each(valid)('may be %s, and nothing is asked of KV', (_, config) => {
    expect(open({ id: 'kv', ...config() }).stores.memory).toBeInstanceOf(MemoryStorageCloudflare);
  });

  /** @type {[string, Record<string, unknown>, string][]} */
  const invalid = [
    ['bindings that are undefined', { bindings: undefined }, 'bindings are required'],
    ['bindings without messages', { bindings: { threads: createMemoryNamespace() } }, 'Missing KV binding'],
    [
      'a binding that is undefined',
      { bindings: { ...bindings(), messages: undefined } },
      'Missing KV binding',
    ],
    ['an empty accountId', { ...rest, accountId: '' }, 'accountId is required'],
    ['a blank apiToken', { ...rest, apiToken: ' ' }, 'apiToken is required'],
  ];
  it.each(invalid)('may not be %s', (_, config, text) => {
    const error = thrown(() => open({ id: 'kv', ...config }));
    expect(error).toBeInstanceOf(MastraError);
    expect(error.message).toContain(text);
    expect(error).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_INIT_FAILED',
      domain: 'STORAGE',
      category: 'THIRD_PARTY',
    });
  });

  it.each([[''], ['  '], [7], [null]])('may not have %j as id', (id) => {
    const error = thrown(() => open({ id, bindings: bindings() }));
    expect(error).not.toBeInstanceOf(MastraError);
    expect(error.message).toBe('Cloudflare: id must be provided and cannot be empty.');
  });

  /** @param {Record<string, unknown>} names */
  const mastraNames = ({ threads, messages }) => ({ mastra_threads: threads, mastra_messages: messages });
});

describe('the memory domain alone', () => {
  it('saves, finds and deletes a thread', async () => {
    const memory = new MemoryStorageCloudflare({ backend: createMemoryBackend() });
    expect(memory).toBeInstanceOf(MemoryStorage);
    await memory.init();
    await memory.saveThread({ thread: thread('t') });
    expect((await memory.getThreadById({ threadId: 't' }))?.title).toBe('About t');
    await memory.deleteThread({ threadId: 't' });
    expect(await memory.getThreadById({ threadId: 't' })).toBeNull();
  });

  it('trims its prefix as the store does', async () => {
    const backend = createMemoryBackend();
    const alone = new MemoryStorageCloudflare({ backend, keyPrefix: ' dev_ ' });
    await alone.saveThread({ thread: thread('t') });
    const memory = await open({ backend, keyPrefix: 'dev_' }).getStore('memory');
    expect((await memory.getThreadById({ threadId: 't' })).id).toBe('t');
  });

  it('shares the data of a plain store', async () => {
    const store = new PlainStore({ backend: createMemoryBackend() });
    await new MemoryStorageCloudflare({ store }).saveThread({ thread: thread('t') });
    expect((await store.getThreadById({ threadId: 't' }))?.id).toBe('t');
    expect(store.stats().operations.put).toBeGreaterThan(0);
  });

  it('stands in for that of another store', async () => {
    const memory = new MemoryStorageCloudflare({ backend: createMemoryBackend() });
    const mixed = new MastraCompositeStore({
      id: 'mixed',
      default: new InMemoryStore(),
      domains: { memory },
    });
    await mixed.init();
    expect(await mixed.getStore('memory')).toBe(memory);
  });

  it('says what is wrong with its configuration as the store does', () => {
    expect(thrown(() => new MemoryStorageCloudflare(/** @type {any} */ ({ bindings: {} })))).toMatchObject({
      id: 'MASTRA_STORAGE_CLOUDFLARE_INIT_FAILED',
    });
  });
});

describe('what a Mastra does with it', () => {
  /** @param {Record<string, unknown>} [config] */
  function counted(config) {
    const onOperation = vi.fn();
    const storage = open({ backend: createMemoryBackend(), core: createCore(), onOperation, ...config });
    return { storage, onOperation };
  }

  it('its first call writes down the format of the data, and no promise is shared', async () => {
    const backend = createMemoryBackend();
    const { storage, onOperation } = counted({ backend });
    const init = vi.spyOn(storage, 'init');
    const memory = await new Mastra({ storage, logger: false }).getStorage()?.getStore('memory');
    expect(onOperation).not.toHaveBeenCalled();
    await memory?.getThreadById({ threadId: 't' });
    expect(await rawKeys(backend, '').keys()).toEqual(['metadata:schema']);
    expect(init).not.toHaveBeenCalled();
  });

  it('its first call does no more than it must where that is turned off', async () => {
    const backend = createMemoryBackend();
    const { storage } = counted({ backend, disableInit: true });
    const memory = await new Mastra({ storage, logger: false }).getStorage()?.getStore('memory');
    await memory?.getThreadById({ threadId: 't' });
    expect(await rawKeys(backend, '').keys()).toEqual([]);
    await storage.init();
    expect(await rawKeys(backend, '').keys()).toEqual(['metadata:schema']);
  });

  it('it initialises again after a failure', async () => {
    const backend = createMemoryBackend();
    let fails = true;
    const run = vi.fn((/** @type {any} */ requests) =>
      fails ? requests.map(() => ({ status: 400 })) : backend.run(requests),
    );
    const { storage } = counted({ backend: { ...backend, run } });
    await expect(storage.init()).rejects.toMatchObject({ id: 'MASTRA_STORAGE_CLOUDFLARE_INIT_FAILED' });
    fails = false;
    await storage.init();
  });

  it('it is closed, and may be used again', async () => {
    const { storage } = counted();
    await new Mastra({ storage, logger: false }).shutdown();
    await storage.close();
    expect(await storage.stores.memory.getThreadById({ threadId: 't' })).toBeNull();
  });

  it('it tells what it has cost, and sweeps', async () => {
    const { storage } = counted();
    await storage.stores.memory.saveThread({ thread: thread('t') });
    expect(storage.stats().operations.put).toBeGreaterThan(0);
    expect(await storage.sweep()).toEqual({ deleted: 0, pending: 0 });
  });

  it('it prunes nothing without a policy', async () => {
    expect(await counted().storage.prune()).toEqual([]);
  });
});

describe('errors', () => {
  it('of a plain store are the cause', async () => {
    const { memory } = open({ backend: createMemoryBackend() }).stores;
    const error = await memory.updateThread({ id: 't', title: 'x' }).catch((/** @type {any} */ e) => e);
    expect(error.cause).toBeInstanceOf(StoreError);
    expect(error.cause).toMatchObject({ code: 'NOT_FOUND', op: 'updateThread' });
    expect(error.message).toBe(error.cause.message);
  });
});
