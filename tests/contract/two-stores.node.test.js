/**
 * Two stores with a core each stand for two isolates, which know nothing of each other: all they share is KV,
 * where requests mingle in any order, caches are old, and quick writes of one key are refused. Every message
 * whose save was acknowledged must be there in the end.
 */

import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createPlaces, limitWrites, randomPause, shuffle } from '../support/faults.js';
import { createRandom } from '../support/random.js';
import { makeCore } from '../support/isolate.js';
import { allIds, at, ids, makeClock, message, numbered, thread } from './support.js';

const SEEDS = Array.from({ length: 20 }, (_, seed) => seed);

/**
 * @param {number} seed
 * @param {{ caches?: boolean, limits?: boolean }} [weather]
 */
function world(seed, { caches = false, limits = false } = {}) {
  const clock = makeClock();
  const { below } = createRandom(seed);
  const memory = createMemoryBackend();
  const limited = limits ? limitWrites(memory, { now: clock.now }) : memory;
  const makePlace = caches ? createPlaces(limited, { now: clock.now }) : () => limited;
  let isolates = 0;
  /** A store in a place of its own, where requests take their time. */
  const open = () =>
    new CloudflareStore({
      backend: shuffle(makePlace(), { below, pause: randomPause(below) }),
      core: makeCore(clock, 1000 * seed + isolates++),
    });
  return { clock, below, open };
}

/** @param {number} seed @param {Parameters<typeof world>[1]} [weather] */
async function twoStores(seed, weather) {
  const { clock, below, open } = world(seed, weather);
  const founder = open();
  await founder.saveThread({ thread: thread('t') });
  await founder.saveThread({ thread: thread('u') });
  clock.advance(120_000);
  return { clock, below, open, stores: [open(), open()] };
}

/** The ids of `count` messages in order. @param {number} count */
const names = (count) => Array.from({ length: count }, (_, i) => numbered('m', i));

/** @type {[string, Parameters<typeof world>[1]][]} */
const weathers = [
  ['requests mingle', {}],
  ['quick writes are refused', { limits: true }],
  ['caches are old', { caches: true }],
  ['caches are old and quick writes are refused', { caches: true, limits: true }],
];

describe.each(weathers)('two stores where %s', (_, weather) => {
  it.each(SEEDS)('save to one thread at once and lose nothing, seed %i', async (seed) => {
    const { clock, open, stores } = await twoStores(seed, weather);
    await Promise.all(names(20).map((id, i) => stores[i % 2].saveMessages({ messages: [message(id, i)] })));
    clock.advance(120_000);
    expect(await allIds(open())).toEqual(names(20));
    for (const store of stores) expect(await allIds(store)).toEqual(names(20));
    expect((await open().listMessages({ threadId: 't', perPage: 5 })).total).toBe(20);
  });

  it.each(SEEDS.slice(0, 10))('take turns in one thread and lose nothing, seed %i', async (seed) => {
    const { clock, below, open, stores } = await twoStores(seed, weather);
    const mine = [new Set(), new Set()];
    for (const [i, id] of names(16).entries()) {
      const who = below(2);
      await stores[who].saveMessages({ messages: [message(id, i)] });
      mine[who].add(id);
      clock.advance(below(5000));
      expect(await allIds(stores[who])).toEqual(expect.arrayContaining([...mine[who]]));
    }
    clock.advance(120_000);
    expect(await allIds(open())).toEqual(names(16));
  });

  it.each(SEEDS.slice(0, 10))('save, move and delete at once, seed %i', async (seed) => {
    const { clock, open, stores } = await twoStores(seed, weather);
    const [a, b] = stores;
    await a.saveMessages({ messages: names(12).map((id, i) => message(id, i)) });
    clock.advance(120_000);
    await Promise.all([
      a.deleteMessages(['m000', 'm001', 'm002']),
      b.updateMessages({ messages: ['m003', 'm004', 'm005'].map((id) => ({ id, threadId: 'u' })) }),
      a.saveMessages({ messages: [message('a1', 20), message('a2', 21)] }),
      b.saveMessages({ messages: [message('b1', 22), message('b2', 23)] }),
      a.updateMessages({ messages: [{ id: 'm006', role: 'assistant' }] }),
    ]);
    clock.advance(120_000);
    for (const reader of [open(), a, b]) {
      const kept = ['m006', 'm007', 'm008', 'm009', 'm010', 'm011', 'a1', 'a2', 'b1', 'b2'];
      expect(await allIds(reader)).toEqual(kept);
      expect(await allIds(reader, 'u')).toEqual(['m003', 'm004', 'm005']);
      expect((await reader.listMessagesById({ messageIds: ['m000', 'm001', 'm002'] })).messages).toEqual([]);
      expect((await reader.listMessagesById({ messageIds: ['m006'] })).messages[0].role).toBe('assistant');
    }
  });

  it.each(SEEDS.slice(0, 10))('keep a title and a message written at once, seed %i', async (seed) => {
    const { clock, open, stores } = await twoStores(seed, weather);
    await Promise.all([
      stores[0].saveMessages({ messages: [message('m000', 1)] }),
      stores[1].saveThread({ thread: thread('t', { title: 'Generated' }) }),
    ]);
    clock.advance(120_000);
    const reader = open();
    expect((await reader.getThreadById({ threadId: 't' }))?.title).toBe('Generated');
    expect(await allIds(reader)).toEqual(['m000']);
  });
});

describe('one store', () => {
  it.each(SEEDS)('keeps everything that its calls do at once, seed %i', async (seed) => {
    const { clock, open } = world(seed, { limits: true });
    const store = open();
    await store.saveThread({ thread: thread('t') });
    const [metadata, saved] = [['a', 'b', 'c'], names(12)];
    await Promise.all([
      ...saved.map((id, i) => store.saveMessages({ messages: [message(id, i)] })),
      ...metadata.map((key) => store.updateThread({ id: 't', metadata: { [key]: key } })),
      ...metadata.map((key) => store.updateResource({ resourceId: 'alice', metadata: { [key]: key } })),
    ]);
    clock.advance(120_000);
    for (const reader of [store, open()]) {
      expect(await allIds(reader)).toEqual(saved);
      expect((await reader.getThreadById({ threadId: 't' }))?.metadata).toEqual({ a: 'a', b: 'b', c: 'c' });
      expect((await reader.getResourceById({ resourceId: 'alice' }))?.metadata).toEqual({
        a: 'a',
        b: 'b',
        c: 'c',
      });
    }
  });

  it.each(SEEDS)('counts right while heads are behind, seed %i', async (seed) => {
    const { open } = world(seed, { limits: true });
    const store = open();
    await store.saveThread({ thread: thread('t') });
    await store.saveThread({ thread: thread('u') });
    await store.saveMessages({ messages: [message('m', 0), message('n', 1)] });
    await store.updateMessages({ messages: [{ id: 'm', createdAt: at(2) }] });
    expect(await store.listMessages({ threadId: 't' })).toMatchObject({ total: 2, hasMore: false });
    await store.updateMessages({ messages: [{ id: 'n', threadId: 'u' }] });
    await store.updateMessages({ messages: [{ id: 'n', threadId: 't', createdAt: at(3) }] });
    for (const reader of [store, open()]) {
      const page = await reader.listMessages({ threadId: ['u', 't'], perPage: 1 });
      expect(ids(page.messages)).toEqual(['m']);
      expect(page).toMatchObject({ total: 2, hasMore: true });
    }
  });

  it.each(SEEDS)('reads what it wrote, however old the caches are, seed %i', async (seed) => {
    const { clock, below, open } = world(seed, { caches: true, limits: true });
    const store = open();
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    expect((await store.listThreads({})).total).toBe(0);
    expect(await allIds(store)).toEqual([]);
    await store.saveThread({ thread: thread('t') });
    expect((await store.getThreadById({ threadId: 't' }))?.id).toBe('t');
    expect((await store.listThreadsByResourceId({ resourceId: 'alice' })).total).toBe(1);
    for (const [i, id] of names(8).entries()) {
      await store.saveMessages({ messages: [message(id, i)] });
      expect(await allIds(store)).toEqual(names(i + 1));
      clock.advance(below(3000));
    }
    await store.deleteMessages(['m003']);
    expect(await allIds(store)).toEqual(names(8).filter((id) => id !== 'm003'));
    await store.deleteThread({ threadId: 't' });
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    expect(await allIds(store)).toEqual([]);
  });
});
