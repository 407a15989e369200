/** The module's memory: views of it that grow stale, large values, and what is given back. */

import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { asBytes, failNth } from '../support/faults.js';
import { limitMemory } from './patch.js';
import { answering, gate, openIsolate, resource, watchInstances } from './support.js';
import { message, thread } from '../support/records.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const SCRIPTS = 'Grüße, 世界! 🎉 "quoted" \\ \n مرحبا ';

/** @type {ReturnType<typeof watchInstances>} */
let watch;
beforeEach(() => {
  watch = watchInstances();
});
afterEach(() => watch.restore());

/** @param {string} text @param {number} length  in characters */
const fill = (text, length) =>
  text
    .repeat(Math.ceil(length / text.length))
    .slice(0, length)
    .replace(/\p{Surrogate}$/u, '?');

/** @param {string} id @param {string} text */
const saying = (id, text) => message(id, 1, { content: { format: 2, parts: [{ type: 'text', text }] } });

/** Megabytes that differ make no good report. @param {unknown} found @param {unknown} expected */
const expectSame = (found, expected) => expect(isDeepStrictEqual(found, expected)).toBe(true);

/** @param {any} store */
const readAll = async (store) => (await store.listMessages({ threadId: 't', perPage: false })).messages;

const size = () => watch.instances.at(-1)?.memory.buffer.byteLength ?? 0;

describe('texts of any size', () => {
  // Around where a text is no longer written straight into the memory.
  const lengths = [0, 1, 64 * KIB, 128 * KIB - 200, 128 * KIB, 128 * KIB + 1, MIB];
  it.each(lengths)('of %d characters come back as they were', async (length) => {
    const memory = createMemoryBackend();
    const messages = [
      saying('ascii', fill('plain text. ', length)),
      saying('scripts', fill(SCRIPTS, length)),
    ];
    const { store } = openIsolate(memory);
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages });
    for (const backend of [memory, asBytes(memory)]) {
      const { store: reader } = openIsolate(backend);
      expectSame(await readAll(reader), messages);
      const { messages: byId } = await reader.listMessagesById({ messageIds: ['scripts', 'ascii'] });
      expectSame(byId, messages);
    }
  });

  it('several megabytes, in and out, several at once', async () => {
    const { store } = openIsolate(createMemoryBackend());
    await store.saveThread({ thread: thread('t') });
    const before = size();
    const messages = [3, 1, 2].map((megabytes, i) => saying(`m${i}`, fill(SCRIPTS, megabytes * MIB)));
    await store.saveMessages({ messages });
    expect(size()).toBeGreaterThan(before);
    expectSame(await readAll(store), messages);
  });
});

describe('a value', () => {
  /** A resource whose JSON has so many bytes. @param {number} bytes */
  const sized = (bytes) => resource('r', 'x'.repeat(bytes - JSON.stringify(resource('r', '')).length));

  it('of 25 MiB less one byte can be stored and read', async () => {
    const { store } = openIsolate(createMemoryBackend());
    const given = sized(25 * MIB - 1);
    await store.saveResource({ resource: given });
    expectSame(await store.getResourceById({ resourceId: 'r' }), given);
  });

  it('of more is refused before anything is written', async () => {
    const backend = createMemoryBackend();
    const { store, core } = openIsolate(backend);
    const call = store.saveResource({ resource: sized(25 * MIB + 1) });
    await expect(call).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE', op: 'saveResource' });
    const large = saying('large', fill(SCRIPTS, 20 * MIB));
    await store.saveThread({ thread: thread('t') });
    const before = backend.spaces[0].keys();
    const batch = store.saveMessages({ messages: [saying('small', 'x'), large] }).then(() => 'saved');
    await expect(batch).rejects.toMatchObject({ code: 'VALUE_TOO_LARGE', op: 'saveMessages' });
    expect(backend.spaces[0].keys()).toEqual(before);
    expect(core.calls).toBe(0);
  });
});

describe('when the memory grows', () => {
  it('calls under way do not notice', async () => {
    const memory = createMemoryBackend();
    /** @type {ReturnType<typeof gate>[]} */
    const doors = [];
    let holding = false;
    const backend = answering(memory, async (requests, run) => {
      if (holding && JSON.stringify(requests).includes('held')) {
        const door = gate();
        doors.push(door);
        await door.promise;
      }
      return run();
    });
    const { store } = openIsolate(backend);
    await store.saveThread({ thread: thread('t') });
    holding = true;
    const held = Array.from({ length: 20 }, (_, i) =>
      store.saveThread({ thread: thread(`held${i}`, { title: `Title ${i} ${SCRIPTS}` }) }),
    );
    const before = size();
    await store.saveMessages({ messages: [saying('m', fill(SCRIPTS, 2 * MIB))] });
    expect(size()).toBeGreaterThan(before);
    holding = false;
    for (const door of doors) door.open();
    await Promise.all(held);
    const { store: reader } = openIsolate(memory);
    for (let i = 0; i < 20; i++) {
      expect(await reader.getThreadById({ threadId: `held${i}` })).toMatchObject({
        title: `Title ${i} ${SCRIPTS}`,
      });
    }
  });
});

describe('when no memory is left', () => {
  const wasm = readFileSync(process.env.THREADKV_WASM || 'build/threadkv.wasm');
  const noMemory = { name: 'StoreError', code: 'NO_MEMORY' };

  it('a call that is too large fails, and the others go on', async () => {
    const memory = createMemoryBackend();
    const large = resource('large', 'x'.repeat(6 * MIB));
    await openIsolate(memory).store.saveResource({ resource: large });
    const { store, core } = openIsolate(memory, { module: limitMemory(wasm, 4 * MIB) });
    await store.saveThread({ thread: thread('t') });
    await expect(store.saveResource({ resource: large })).rejects.toMatchObject(noMemory);
    await expect(store.getResourceById({ resourceId: 'large' })).rejects.toMatchObject(noMemory);
    await store.saveMessages({ messages: [message('m')] });
    expect((await store.listMessages({ threadId: 't' })).messages).toHaveLength(1);
    expect(core.calls).toBe(0);
    expect(watch.instances).toHaveLength(2);
  });

  it('of many calls at once those fail that it is missing for, without a word stored', async () => {
    const { store, core } = openIsolate(createMemoryBackend(), { module: limitMemory(wasm, 8 * MIB) });
    await store.saveThread({ thread: thread('t') });
    const saved = new Map();
    const calls = Array.from({ length: 60 }, async (_, i) => {
      const resourceId = `r${i}`;
      const given = resource(resourceId, fill(SCRIPTS, (1 + (i % 5)) * 40 * KIB));
      await store.saveResource({ resource: given }).then(
        () => saved.set(resourceId, given),
        (/** @type {any} */ error) => expect(error).toMatchObject(noMemory),
      );
      if (core.calls > 0) expect(watch.instances).toHaveLength(1); // none trapped
    });
    await Promise.all(calls);
    expect(core.calls).toBe(0);
    expect(saved.size).toBeGreaterThan(0);
    expect(saved.size).toBeLessThan(60);
    for (let i = 0; i < 60; i++) {
      const found = await store.getResourceById({ resourceId: `r${i}` });
      expectSame(found, saved.get(`r${i}`) ?? null);
    }
  });
});

describe('ten thousand calls', () => {
  /** Ten calls of all sorts, two of which fail. @param {any} store @param {string} threadId */
  async function converse(store, threadId) {
    // What belongs to one user grows, and with it what a call has to read.
    const resourceId = `user of ${threadId}`;
    const messages = Array.from({ length: 6 }, (_, i) =>
      message(`${threadId}-${i}`, i, { threadId, resourceId }),
    );
    await store.saveThread({ thread: thread(threadId, { resourceId }) });
    await store.saveMessages({ messages: messages.slice(0, 3) });
    await store.saveMessages({ messages: messages.slice(3) });
    await store.updateThread({ id: threadId, title: `Title of ${threadId}` });
    await store.deleteMessages([`${threadId}-5`]);
    await store.getThreadById({ threadId });
    expect((await store.listMessages({ threadId, perPage: 3 })).total).toBe(5);
    expect((await store.listMessages({ threadId, perPage: false })).messages).toHaveLength(5);
    await expect(store.getThreadById({ threadId: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(store.getThreadById({ threadId: 'bad' })).rejects.toMatchObject({ code: 'KV_FAILED' });
  }

  it('leave the memory as large as it was after the first', async () => {
    const match = (/** @type {any} */ request) => JSON.stringify(request).includes(':bad"');
    const backend = failNth(createMemoryBackend(), { at: 1, times: Infinity, status: 403, match });
    const { store, core, clock } = openIsolate(backend);
    let warm = 0;
    for (let n = 0; n < 1000; n++) {
      await converse(store, `t${n}`);
      clock.advance(5000);
      if (n === 200) warm = size();
    }
    await store.close();
    expect(core.calls).toBe(0);
    expect(watch.instances).toHaveLength(1);
    expect(size()).toBe(warm);
    expect(warm).toBeLessThan(2 * MIB);
  });
});
