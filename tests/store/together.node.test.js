/** Saves into one thread that are under way at once in one isolate go together. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { startServer } from '../backends/rest/server.js';
import { openStore } from '../backends/rest/support.js';
import { limitWrites } from '../support/faults.js';
import { createMeter } from '../support/meter.js';
import { ids, makeClock, message, numbered, thread } from '../contract/support.js';

const MANY = 200;
const names = Array.from({ length: MANY }, (_, i) => numbered('m', (i * 37) % MANY));

/** Each is a call of its own; all have one `createdAt`. @param {CloudflareStore} store */
const saveAll = (store) =>
  Promise.allSettled(names.map((id) => store.saveMessages({ messages: [message(id, 1)] })));

/** @param {CloudflareStore} store @param {string} [threadId] */
const listed = async (store, threadId = 't') =>
  ids((await store.listMessages({ threadId, perPage: false })).messages);

/**
 * A back end whose answers take a moment.
 *
 * @param {import('../../bindings/backends/backend.js').Backend} backend
 * @param {(key: string) => boolean} [fails]  which puts
 * @returns {import('../../bindings/backends/backend.js').Backend}
 */
function slowly(backend, fails = () => false) {
  return {
    ...backend,
    async run(requests) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      const good = requests.filter((each) => !(each.kind === 'put' && fails(each.key)));
      const replies = await backend.run(good);
      return requests.map((each) => replies[good.indexOf(each)] ?? { status: 400 });
    },
  };
}

describe(`${MANY} saves at once into one thread`, () => {
  it('take few operations over KV, lose nothing and keep their order', async () => {
    const memory = createMemoryBackend();
    const meter = createMeter(slowly(memory));
    const store = new CloudflareStore({ backend: meter, core: createCore() });
    await store.saveThread({ thread: thread('t') });
    meter.reset();
    const results = await saveAll(store);
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(meter.counts().total).toBeLessThanOrEqual(450);
    for (const reader of [store, new CloudflareStore({ backend: memory, core: createCore() })]) {
      expect(await listed(reader)).toEqual(names);
    }
    await store.close();
  });

  it('do so where KV takes one write of a key a second', async () => {
    const clock = makeClock();
    const memory = createMemoryBackend();
    const limited = limitWrites(memory, { now: clock.now });
    const meter = createMeter(slowly(limited));
    const store = new CloudflareStore({
      backend: meter,
      core: createCore({ now: clock.now, wait: clock.wait }),
    });
    await store.saveThread({ thread: thread('t') });
    meter.reset();
    const results = await saveAll(store);
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
    await store.close();
    expect(meter.counts().total).toBeLessThanOrEqual(450);
    expect(await listed(new CloudflareStore({ backend: memory, core: createCore() }))).toEqual(names);
  });

  it('fail alone', async () => {
    const memory = createMemoryBackend();
    // Records alone: the key of a journal entry ends by chance.
    const backend = slowly(memory, (key) => /\bm\d*7$/.test(key));
    const store = new CloudflareStore({ backend, core: createCore() });
    await store.saveThread({ thread: thread('t') });
    const results = await saveAll(store);
    const bad = names.filter((_, i) => results[i].status === 'rejected');
    expect(bad).toEqual(names.filter((id) => id.endsWith('7')));
    expect(await listed(new CloudflareStore({ backend: memory, core: createCore() }))).toEqual(
      names.filter((id) => !bad.includes(id)),
    );
    await store.close();
  });

  it('take few requests over REST', async () => {
    const server = await startServer();
    const store = openStore(server, { core: createCore() });
    await store.saveThread({ thread: thread('t') });
    const before = server.requests.length;
    const results = await saveAll(store);
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(server.requests.length - before).toBeLessThanOrEqual(20);
    expect(await listed(openStore(server))).toEqual(names);
    await store.close();
    await server.close();
  });
});
