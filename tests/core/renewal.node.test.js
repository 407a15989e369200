/**
 * Memory of Wasm never shrinks: an instance that has grown is replaced by a fresh one, which knows all that the old one
 * knew.
 */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { intercept } from '../support/faults.js';
import { message, thread } from '../support/records.js';
import { answering, gate, openIsolate, resource, watchInstances } from './support.js';

const MIB = 1024 * 1024;
const SMALL = 4 * MIB;
/** What this isolate's writes may take, however many there are. */
const NOTES_MAX = 8 * MIB;

/** @type {ReturnType<typeof watchInstances>} */
let watch;
beforeEach(() => {
  watch = watchInstances();
});
afterEach(() => watch.restore());

const size = () => watch.instances.at(-1)?.memory.buffer.byteLength ?? 0;

/** @param {string} id @param {number} second @param {number} [bytes] */
const large = (id, second, bytes = MIB) =>
  message(id, second, { content: { format: 2, parts: [{ type: 'text', text: 'x'.repeat(bytes) }] } });

/** @param {number} count */
const many = (count) => Array.from({ length: count }, (_, i) => large(`large${i}`, 100 + i));

/** Some calls, one after the other. @param {any} store @param {number} [count] */
async function talk(store, count = 10) {
  for (let i = 0; i < count; i++) await store.getThreadById({ threadId: 'other' });
}

/** Answers as a place whose cache shows what was there before anything was written. @param {any} backend */
const blind = (backend) =>
  intercept(backend, async (request, ask) => {
    const reply = await ask(request);
    if (request.kind === 'get') return { ...reply, status: 404, entry: undefined };
    if (request.kind === 'get_many') return { ...reply, entries: request.keys.map(() => null) };
    return reply;
  });

describe('an instance that has grown', () => {
  it('is small again within ten calls of a large save, but for what it remembers', async () => {
    const { store, clock } = openIsolate(createMemoryBackend());
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: many(20) });
    expect(size()).toBeGreaterThan(20 * MIB);
    await talk(store);
    expect(size()).toBeLessThanOrEqual(SMALL + 1.25 * NOTES_MAX);
    clock.advance(121_000); // own writes are forgotten
    await talk(store);
    expect(size()).toBeLessThanOrEqual(SMALL);
    expect((await store.listMessages({ threadId: 't', perPage: false })).messages).toHaveLength(20);
  });

  it('is kept while calls make it grow, and while one is under way', async () => {
    const memory = createMemoryBackend();
    const door = gate();
    const backend = answering(memory, async (requests, run) => {
      if (JSON.stringify(requests).includes('held')) await door.promise;
      return run();
    });
    const { store } = openIsolate(backend);
    await store.saveThread({ thread: thread('t') });
    const held = store.saveThread({ thread: thread('held') });
    await store.saveMessages({ messages: many(10) });
    await talk(store, 30);
    expect(watch.instances).toHaveLength(1);
    door.open();
    await held;
    await talk(store);
    expect(watch.instances).toHaveLength(2);
    await talk(store, 50);
    expect(watch.instances).toHaveLength(2);
  });

  it('has its own writes seen by the next one, where the place does not see them', async () => {
    const { store } = openIsolate(blind(createMemoryBackend()));
    await store.saveThread({ thread: thread('large', {}) });
    await store.saveMessages({ messages: many(5).map((one) => ({ ...one, threadId: 'large' })) });
    await store.saveThread({ thread: thread('t', { title: 'Seen' }) });
    await store.saveMessages({ messages: [message('small', 500)] });
    await talk(store);
    expect(watch.instances).toHaveLength(2);
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ title: 'Seen' });
    const { messages } = await store.listMessages({ threadId: 't' });
    expect(messages.map((/** @type {any} */ { id }) => id)).toEqual(['small']);
  });

  it('hands over what is held back, which is written in the end', async () => {
    const backend = createMemoryBackend();
    const { store } = openIsolate(backend);
    // Of an agent's own runs nothing is written unless they end otherwise.
    const name = { workflowName: 'agentic-loop', runId: 'r' };
    const persist = (/** @type {string} */ status) =>
      store.persistWorkflowSnapshot({ ...name, snapshot: { runId: 'r', status, context: {}, value: {} } });
    await store.saveThread({ thread: thread('t') });
    await persist('running');
    await store.saveMessages({ messages: many(10) });
    await talk(store);
    expect(watch.instances).toHaveLength(2);
    expect(await store.loadWorkflowSnapshot(name)).toMatchObject({ status: 'running' });
    expect(backend.spaces[0].keys().filter((/** @type {string} */ key) => key.includes('agentic'))).toEqual(
      [],
    );
    await persist('suspended');
    expect(await openIsolate(backend).store.loadWorkflowSnapshot(name)).toMatchObject({
      status: 'suspended',
    });
  });

  it('gives later writes later stamps, though the clock stands still', async () => {
    const backend = createMemoryBackend();
    const { store } = openIsolate(backend);
    const stamp = async () => {
      const [reply] = await backend.run([{ kind: 'get', space: 0, table: 'resources', key: 'resources:r' }]);
      return /** @type {any} */ (reply.entry).metadata.w;
    };
    await store.saveThread({ thread: thread('t') });
    for (let i = 0; i < 200; i++) await store.saveResource({ resource: resource('r', `${i}`) });
    const before = await stamp();
    await store.saveMessages({ messages: many(10) });
    await talk(store);
    expect(watch.instances).toHaveLength(2);
    await store.saveResource({ resource: resource('r', 'last') });
    expect(await stamp()).toBeGreaterThan(before);
  });
});
