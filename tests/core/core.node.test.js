/** What a core is made of: a module, a clock, chance, waiting. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { loadModule } from '../../bindings/core/module.text.js';
import { failNth } from '../support/faults.js';
import { openIsolate, watchInstances } from './support.js';
import { ids, message, thread } from '../support/records.js';

/** @type {ReturnType<typeof watchInstances>} */
let watch;
beforeEach(() => {
  watch = watchInstances();
});
afterEach(() => {
  watch.restore();
  vi.restoreAllMocks();
});

describe('createCore', () => {
  it('takes a module', async () => {
    const module = loadModule();
    const { store } = openIsolate(createMemoryBackend(), { module });
    await store.saveThread({ thread: thread('t') });
    expect(watch.instances).toMatchObject([{ module }]);
    expect(watch.instances[0].module).toBe(module);
  });

  it('does nothing at global scope, nor does a store', () => {
    const random = vi.spyOn(crypto, 'getRandomValues');
    const chance = vi.spyOn(Math, 'random');
    const timer = vi.spyOn(globalThis, 'setTimeout');
    const now = vi.spyOn(Date, 'now');
    const given = vi.fn();
    const namespace = createMemoryNamespace();
    const core = createCore({ random: given });
    new CloudflareStore({ bindings: { threads: namespace, messages: namespace }, core });
    new CloudflareStore({ backend: createMemoryBackend() });
    for (const spy of [random, chance, timer, now, given]) expect(spy).not.toHaveBeenCalled();
    expect(watch.instances).toEqual([]);
    expect(core.calls).toBe(0);
  });

  it('makes one instance for all stores and calls', async () => {
    const { core, store } = openIsolate(createMemoryBackend());
    const other = new CloudflareStore({ backend: createMemoryBackend(), core });
    await Promise.all([store.saveThread({ thread: thread('t') }), other.init()]);
    await other.init();
    expect(watch.instances).toHaveLength(1);
    expect(await other.getThreadById({ threadId: 't' })).toBeNull();
  });
});

describe('random', () => {
  it('that throws is survived, and nothing collides', async () => {
    const backend = createMemoryBackend();
    const random = () => {
      throw new Error('Disallowed operation called within global scope.');
    };
    const isolates = [0, 1, 2].map(() => openIsolate(backend, { random }));
    await isolates[0].store.saveThread({ thread: thread('t') });
    // At one moment of their clocks, each in a journal entry of its own.
    await Promise.all(
      isolates.map(({ store }, i) => store.saveMessages({ messages: [message(`m${i}`, i)] })),
    );
    const { messages } = await openIsolate(backend).store.listMessages({ threadId: 't', perPage: false });
    expect(ids(messages)).toEqual(['m0', 'm1', 'm2']);
  });

  it('may come from the platform', async () => {
    const { store } = openIsolate(createMemoryBackend(), { random: undefined });
    const random = vi.spyOn(crypto, 'getRandomValues');
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: [message('m')] });
    expect(random).toHaveBeenCalled();
  });
});

describe('wait', () => {
  it('that fails fails the call, and nothing else', async () => {
    const wait = async () => {
      throw new Error('no more time');
    };
    const backend = failNth(createMemoryBackend(), { at: 1, status: 429 });
    const { core, store } = openIsolate(backend, { wait });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'INVALID_ARGUMENT',
    });
    expect(core.calls).toBe(0);
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
  });
});
