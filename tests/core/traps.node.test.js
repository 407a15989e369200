/** When the module stops, its calls fail and the next call finds a new instance. */

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { trapIn } from './patch.js';
import { answering, gate, openIsolate, watchInstances } from './support.js';
import { message, thread } from '../support/records.js';

const wasm = readFileSync(process.env.THREADKV_WASM || 'build/threadkv.wasm');

/** @type {ReturnType<typeof watchInstances> | undefined} */
let watch;
afterEach(() => {
  watch?.restore();
  watch = undefined;
});

const crashed = { name: 'StoreError', code: 'CRASHED' };

describe('a module that traps', () => {
  it.each([
    'call_new',
    'call_input',
    'call_begin',
    'call_reply',
    'call_replied',
    'call_resume',
    'call_outcome',
  ])('in %s fails the call', async (name) => {
    const { core, store } = openIsolate(createMemoryBackend(), { module: trapIn(wasm, name) });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({
      ...crashed,
      op: 'getThreadById',
    });
    expect(core.calls).toBe(0);
    await expect(store.saveThread({ thread: thread('t') })).rejects.toMatchObject(crashed);
  });

  it('in call_end keeps nothing of what was done from being lost', async () => {
    const backend = createMemoryBackend();
    const { store } = openIsolate(backend, { module: trapIn(wasm, 'call_end') });
    await store.saveThread({ thread: thread('t') }).catch(() => undefined);
    expect(await openIsolate(backend).store.getThreadById({ threadId: 't' })).not.toBeNull();
  });
});

describe('after a trap', () => {
  it('all calls under way fail, and the next one works', async () => {
    watch = watchInstances();
    const memory = createMemoryBackend();
    /** @type {ReturnType<typeof gate>[]} */
    const held = [];
    let holding = false;
    const backend = answering(memory, async (_requests, run) => {
      if (holding) {
        const door = gate();
        held.push(door);
        await door.promise;
      }
      return run();
    });
    const { core, store } = openIsolate(backend);
    await store.saveThread({ thread: thread('t') });
    holding = true;
    const calls = ['a', 'b', 't'].map((threadId) => store.getThreadById({ threadId }));
    expect(core.calls).toBe(3);
    watch.onEntry((name) => {
      if (name === 'call_resume') throw new WebAssembly.RuntimeError('unreachable');
    });
    for (const door of held) door.open();
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: crashed });
    }
    watch.onEntry(() => {});
    holding = false;
    expect(core.calls).toBe(0);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ id: 't' });
    expect(watch.instances).toHaveLength(2);
  });

  it('a late answer for the old instance does not touch the new one', async () => {
    watch = watchInstances();
    const door = gate();
    let first = true;
    const backend = answering(createMemoryBackend(), async (_requests, run) => {
      if (first) {
        first = false;
        await door.promise;
      }
      return run();
    });
    const { core, store } = openIsolate(backend);
    const late = store.saveThread({ thread: thread('late') });
    watch.onEntry((name) => {
      if (name === 'call_begin') throw new RangeError('Maximum call stack size exceeded');
    });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject(crashed);
    watch.onEntry(() => {});
    await store.saveThread({ thread: thread('t') });
    watch.forget();
    door.open();
    await expect(late).rejects.toMatchObject(crashed);
    expect(watch.entered).toEqual([]);
    expect(core.calls).toBe(0);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ id: 't' });
  });

  it('really: memory that an import has ruined', async () => {
    const backend = createMemoryBackend();
    await openIsolate(backend).store.saveThread({ thread: thread('t') });
    let ruin = true;
    const random = (/** @type {Uint8Array} */ bytes) => {
      if (ruin) new Uint8Array(bytes.buffer).fill(0xff);
      else crypto.getRandomValues(/** @type {Uint8Array<ArrayBuffer>} */ (bytes));
    };
    const { core, store } = openIsolate(backend, { random });
    await expect(store.saveMessages({ messages: [message('m')] })).rejects.toMatchObject(crashed);
    ruin = false;
    await store.saveMessages({ messages: [message('m')] });
    expect((await store.listMessages({ threadId: 't' })).messages).toHaveLength(1);
    expect(core.calls).toBe(0);
  });
});
