/**
 * 0.1.0 and the new build on one data set at the same time, as while a Worker is being rolled out: each reads what the other
 * wrote. 0.1.0 knows nothing of the order within one moment: it lists by id there, and when it writes a head or a record
 * again, what told that order is gone from it.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { firstRelease } from '../fixtures/first-release/index.js';
import { createRandom } from '../support/random.js';
import { allIds, at, ids, makeClock, message, numbered, thread } from './support.js';

const DESC = /** @type {const} */ ({ field: 'createdAt', direction: 'DESC' });

/** @type {Awaited<ReturnType<typeof firstRelease>>} */
let release;

beforeAll(async () => {
  release = await firstRelease();
});

/** @param {{ seed?: number, bare?: boolean }} [options]  bare: KV keeps no metadata */
async function world({ seed = 1, bare = false } = {}) {
  const clock = makeClock();
  const memory = createMemoryBackend();
  const backend = bare ? withoutMetadata(memory) : memory;
  let isolates = 0;
  const core = () => ({
    now: clock.now,
    wait: clock.wait,
    random: createRandom(100 * seed + isolates++).fill,
  });
  const before = () => new release.index.CloudflareStore({ backend, core: release.core.createCore(core()) });
  const now = () => new CloudflareStore({ backend, core: createCore(core()) });
  await now().saveThread({ thread: thread('t') });
  const [space] = memory.spaces;
  /** What stands under a key. @param {string} key */
  const raw = (key) => {
    const { text, metadata } = /** @type {any} */ (space.get(key));
    return { value: JSON.parse(text), metadata };
  };
  return { clock, before, now, raw, head: () => raw('metadata:thread:t').value };
}

/** @param {import('../../bindings/backends/backend.js').Backend} backend @returns {import('../../bindings/backends/backend.js').Backend} */
function withoutMetadata(backend) {
  return {
    ...backend,
    run: (requests) =>
      backend.run(requests.map((each) => (each.kind === 'put' ? { ...each, metadata: null } : each))),
  };
}

/** @param {any} store @param {...string} list */
const say = (store, ...list) => store.saveMessages({ messages: list.map((id) => message(id, 1)) });

/** @param {any} store @param {{ perPage: number, orderBy?: object }} options */
async function inPages(store, { perPage, orderBy }) {
  /** @type {string[]} */
  const seen = [];
  for (let page = 0; ; page++) {
    const { messages, hasMore } = await store.listMessages({ threadId: 't', orderBy, page, perPage });
    seen.push(...ids(messages));
    if (!hasMore) return seen;
  }
}

/** Whatever is asked of the thread, it is in this order. @param {any} store @param {string[]} expected */
async function expectOrder(store, expected) {
  expect(await allIds(store)).toEqual(expected);
  for (const perPage of [1, 2, 3]) {
    expect(await inPages(store, { perPage })).toEqual(expected);
    expect(await inPages(store, { perPage, orderBy: DESC })).toEqual(expected.toReversed());
    const last = { threadId: 't', orderBy: DESC, perPage, includeTotal: false };
    expect(ids((await store.listMessages(last)).messages)).toEqual(expected.slice(-perPage).toReversed());
  }
  for (let n = 0; n < expected.length; n++) {
    const include = [{ id: expected[n], withPreviousMessages: 1, withNextMessages: 2 }];
    const { messages } = await store.listMessages({ threadId: 't', perPage: 0, include });
    expect(ids(messages)).toEqual(expected.slice(Math.max(n - 1, 0), n + 3));
  }
}

describe('0.1.0 and the new build on one data set', () => {
  it('both list what the other saved', async () => {
    const { before, now, clock } = await world();
    await say(now(), 'q1', 'a1');
    await say(before(), 'd', 'c');
    await say(now(), 'z', 'b', 'y');
    clock.advance(100_000);
    expect(await allIds(before())).toEqual(['a1', 'b', 'c', 'd', 'q1', 'y', 'z']);
    await expectOrder(now(), ['q1', 'a1', 'c', 'd', 'z', 'b', 'y']);
  });

  it('go on from a thread that 0.1.0 has filled', async () => {
    const { before, now } = await world();
    for (const id of ['e', 'd', 'c']) await say(before(), id);
    await say(now(), 'b', 'g', 'a');
    await expectOrder(now(), ['e', 'd', 'c', 'b', 'g', 'a']);
    expect(await allIds(before())).toEqual(['a', 'b', 'c', 'd', 'e', 'g']);
  });

  it.each([
    ['0.1.0', 'the new build'],
    ['the new build', '0.1.0'],
  ])('of one moment, more than a head holds: %s saves and %s reads', async (writer) => {
    const { before, now, clock } = await world();
    const old = writer === '0.1.0';
    const many = Array.from({ length: 600 }, (_, i) => numbered('m', (i * 277) % 600));
    const [saves, reads] = old ? [before(), now()] : [now(), before()];
    for (let i = 0; i < 600; i += 100) await say(saves, ...many.slice(i, i + 100));
    clock.advance(100_000);
    const chunks = Array.from({ length: 6 }, (_, i) => many.slice(100 * i, 100 * i + 100));
    expect(await allIds(reads)).toEqual(old ? chunks.flatMap((ids) => ids.sort()) : many.toSorted());
    const pages = await inPages(reads, { perPage: 70, orderBy: DESC });
    expect(new Set(pages).size).toBe(600);
    expect(pages.length).toBe(600);
  });

  it('a head that 0.1.0 has written tells no order: the records do', async () => {
    const { before, now, head, raw } = await world();
    await say(now(), 'z', 'y', 'x');
    await say(now(), 'b', 'a');
    expect(head().order).toBeDefined();
    await say(before(), 'm');
    expect(head().order).toBeUndefined();
    expect(raw('messages:y').metadata.o).toBeDefined();
    await expectOrder(now(), ['z', 'y', 'x', 'b', 'a', 'm']);
    await say(now(), 'd', 'c');
    expect(head().order).toBeDefined();
    await expectOrder(now(), ['z', 'y', 'x', 'b', 'a', 'm', 'd', 'c']);
  });

  it('a record that 0.1.0 has written tells no order: the head does', async () => {
    const { before, now, head, raw, clock } = await world();
    await say(now(), 'z', 'y', 'x');
    const { order } = head();
    const old = before();
    clock.advance(100_000);
    await say(old, 'y');
    expect(raw('messages:y').metadata.o).toBeUndefined();
    clock.advance(100_000);
    await say(now(), 'x');
    expect(head().order).not.toEqual(order);
    const ordered = await allIds(now());
    expect(ordered.toSorted()).toEqual(['x', 'y', 'z']);
    expect(ordered.indexOf('z')).toBeLessThan(ordered.indexOf('x'));
  });

  it('without metadata the calls still come in their order', async () => {
    const { before, now } = await world({ bare: true });
    for (const id of ['z', 'b', 'y']) await say(now(), id);
    await say(now(), 'x', 'a');
    await expectOrder(now(), ['z', 'b', 'y', 'x', 'a']);
    await say(before(), 'c');
    await expectOrder(now(), ['z', 'b', 'y', 'a', 'x', 'c']);
  });

  it('a thread is copied by either', async () => {
    const { before, now, clock } = await world();
    await say(now(), 'z', 'b', 'y', 'a');
    clock.advance(5);
    for (const [newThreadId, store] of /** @type {[string, any][]} */ ([
      ['by-0.1.0', before()],
      ['by-now', now()],
    ])) {
      await store.copyThread({ sourceThreadId: 't', newThreadId });
      for (const reader of [before(), now()]) {
        const { messages } = await reader.listMessages({ threadId: newThreadId, perPage: false });
        const texts = messages.map((/** @type {any} */ each) => each.content.parts[0].text);
        expect(texts.length).toBe(4);
        if (newThreadId === 'by-now' && reader instanceof CloudflareStore)
          expect(texts).toEqual(['z', 'b', 'y', 'a'].map((id) => `This is ${id}.`));
      }
    }
  });
});

/**
 * What is known of one message: when it was created, by which call it came there, and at which position of that. NaN: 0.1.0
 * has written it, and the id may decide among those of one call.
 * @typedef {{ second: number, call: number, position: number }} Place
 */

/** Whether `a` has to come before `b`. @param {Place} a @param {Place} b */
function precedes(a, b) {
  if (a.second !== b.second) return a.second < b.second;
  return a.call === b.call ? a.position < b.position : a.call < b.call;
}

/** @param {number} seed */
async function play(seed) {
  const bare = seed % 4 === 3; // then what 0.1.0 has written over is told nowhere else
  const { clock, before, now } = await world({ seed, bare });
  const { below } = createRandom(7000 + seed);
  const isolates = [before(), now(), before(), now()];
  /** @type {Map<string, Place>} */
  const model = new Map();
  const been = new Set();
  let isolate = 1;
  let since = clock.now();
  let gap = Infinity;
  for (let call = 0; call < 40; call++) {
    if (below(3) > 0) {
      isolate = below(4);
      clock.advance([1100, 70_000, 400_000][below(3)]);
      gap = clock.now() - since;
      since = clock.now();
    }
    const old = isolate % 2 === 0;
    // What an isolate wrote it believes for two minutes, though KV says that others have deleted it since.
    if (bare || gap < 300_000) isolates[isolate] = old ? before() : now();
    gap = Infinity;
    const store = isolates[isolate];
    const known = [...model.keys()];
    const pick = () => known[below(known.length)];
    const what = known.length === 0 ? 0 : below(10);
    if (what < 6) {
      /** @type {Map<string, any>} */
      const given = new Map();
      for (let count = 1 + below(4); count > 0; count--) {
        const again = known.length > 0 && below(4) === 0 ? pick() : undefined;
        const id = again ?? `m${below(1_000_000)}`;
        const second =
          again !== undefined && below(4) > 0 ? /** @type {Place} */ (model.get(again)).second : below(3);
        given.set(id, message(id, second));
      }
      await store.saveMessages({ messages: [...given.values()] });
      [...given].forEach(([id, { createdAt }], position) => {
        const second = (createdAt.getTime() - at(0).getTime()) / 1000;
        const had = model.get(id);
        const stays = had?.second === second;
        const back = !stays && been.has(`${id} ${second}`); // it may have its old place again
        been.add(`${id} ${second}`);
        model.set(id, {
          second,
          call: back || (stays && (old || bare)) ? NaN : stays ? had.call : call,
          position: old || bare ? NaN : stays ? had.position : position,
        });
      });
    } else if (what < 8) {
      const id = pick();
      await store.updateMessages({ messages: [{ id, content: { metadata: { call } } }] });
      if (old || bare) Object.assign(/** @type {Place} */ (model.get(id)), { call: NaN, position: NaN });
    } else if (what === 8) {
      const id = pick();
      await store.deleteMessages([id]);
      model.delete(id);
    } else {
      await store.listMessages({ threadId: 't', orderBy: DESC, perPage: 3, includeTotal: false });
    }
    if (call % 5 < 4) continue;
    clock.advance(call % 10 === 4 ? 1100 : 400_000);
    await check([before(), now(), ...(bare || call % 10 === 4 ? [] : [isolates[1], isolates[3]])], model);
  }
  clock.advance(400_000);
  await check([before(), now()], model);
}

/** @param {any[]} stores @param {Map<string, Place>} model */
async function check(stores, model) {
  for (const store of stores) {
    await allIds(store); // what a reader finds to be mended is mended behind it
    const listed = await allIds(store);
    expect(listed.toSorted()).toEqual([...model.keys()].sort());
    if (!(store instanceof CloudflareStore)) continue;
    const places = listed.map((id) => /** @type {Place} */ (model.get(id)));
    for (let i = 0; i < places.length; i++)
      for (let k = 0; k < i; k++)
        expect(precedes(places[i], places[k]), `${listed[i]} before ${listed[k]}`).toBe(false);
    expect(await inPages(store, { perPage: 3 })).toEqual(listed);
    expect(await inPages(store, { perPage: 4, orderBy: DESC })).toEqual(listed.toReversed());
  }
}

describe('0.1.0 and the new build, taking turns by chance', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))('seed %i', async (seed) => {
    await play(seed);
  });
});
