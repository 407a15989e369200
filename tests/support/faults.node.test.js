import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createMeter } from './meter.js';
import { createRandom } from './random.js';
import { describeBackend } from '../backends/contract.js';
import {
  asBytes,
  createPlaces,
  emptyPages,
  failFirst,
  failNth,
  hideMetadata,
  limitWrites,
  randomPause,
  shuffle,
} from './faults.js';
import { get, getMany, list, put, remove } from '../backends/requests.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

/** @param {Backend} backend @param {...KVRequest} requests */
const statuses = async (backend, ...requests) => (await backend.run(requests)).map((reply) => reply.status);

// What these change is within the rules of a back end.
describeBackend('memory, out of order and as bytes', () => {
  const { below } = createRandom(1);
  return asBytes(shuffle(createMemoryBackend({ spaces: 2 }), { below, pause: randomPause(below) }));
});

describe('failNth', () => {
  it('refuses the requests of its plan and no other', async () => {
    const origin = createMemoryBackend();
    const backend = failNth(origin, { at: 2, times: 2, status: 429, retryAfter: 5 });
    expect(await backend.run([put('a', 'x'), put('b', 'x')])).toEqual([
      { status: 200 },
      { status: 429, retryAfter: 5 },
    ]);
    expect(await statuses(backend, put('c', 'x'), put('d', 'x'))).toEqual([429, 200]);
    expect(origin.spaces[0].keys()).toEqual(['a', 'd']);
    expect(backend.seen()).toBe(4);
    expect(backend.failed()).toEqual([put('b', 'x'), put('c', 'x')]);
  });

  it('may apply what it reports as failed', async () => {
    const origin = createMemoryBackend();
    const backend = failNth(origin, { at: 2, how: 'apply', status: 0 });
    const replies = await backend.run([put('a', 'x'), put('b', 'x'), get('c')]);
    expect(replies.map((reply) => reply.status)).toEqual([200, 0, 404]);
    expect(origin.spaces[0].keys()).toEqual(['a', 'b']);
  });

  it('may reject', async () => {
    const origin = createMemoryBackend();
    const backend = failNth(origin, { at: 2, how: 'throw' });
    await expect(backend.run([put('a', 'x'), put('b', 'x')])).rejects.toThrow('Network');
    expect(await statuses(backend, put('a', 'x'))).toEqual([200]);
    expect(origin.spaces[0].keys()).toEqual(['a']);
  });

  it('may count some requests only', async () => {
    const backend = failNth(createMemoryBackend(), {
      at: 1,
      times: Infinity,
      match: (r) => r.kind === 'list',
    });
    expect(await statuses(backend, put('a', 'x'), list('a'), get('a'), list('a'))).toEqual([
      200, 500, 200, 500,
    ]);
  });
});

describe('failFirst', () => {
  it('refuses every request once', async () => {
    const origin = createMemoryBackend();
    const backend = failFirst(origin);
    expect(await statuses(backend, put('a', 'x'), get('a'))).toEqual([503, 503]);
    expect(origin.spaces[0].keys()).toEqual([]);
    expect(await statuses(backend, put('a', 'x'), get('a'))).toEqual([200, 200]);
    expect(await statuses(backend, put('a', 'y'))).toEqual([503]);
  });

  it('may lose the first answers only', async () => {
    const origin = createMemoryBackend();
    const backend = failFirst(origin, { how: 'apply', status: 0 });
    expect(await statuses(backend, put('a', 'x'))).toEqual([0]);
    expect(origin.spaces[0].keys()).toEqual(['a']);
  });
});

describe('limitWrites', () => {
  it('refuses a second write of a key within a second', async () => {
    let now = 5000;
    const backend = limitWrites(createMemoryBackend({ spaces: 2 }), { now: () => now });
    expect(await statuses(backend, put('a', '1'), put('b', '1'), put('a', '1', null, 1))).toEqual([
      200, 200, 200,
    ]);
    now = 5999;
    expect(await statuses(backend, put('a', '2'), remove('b'), get('a'))).toEqual([429, 429, 200]);
    now = 6000;
    expect(await statuses(backend, put('a', '3'), put('a', '4'))).toEqual([200, 429]);
  });
});

describe('hideMetadata', () => {
  it('hides it from gets and lists', async () => {
    const backend = hideMetadata(createMemoryBackend());
    await backend.run([put('a', 'x', { m: 1 })]);
    const [one, many, page] = await backend.run([get('a'), getMany(['a', 'b']), list('')]);
    expect(one).toEqual({ status: 200, entry: { value: 'x', metadata: null } });
    expect(many).toEqual({ status: 200, entries: [{ value: 'x', metadata: null }, null] });
    expect(page.keys).toEqual([{ name: 'a' }]);
  });
});

describe('emptyPages', () => {
  it('puts an empty page before every page', async () => {
    const backend = emptyPages(createMemoryBackend(), { size: 2 });
    for (const key of ['a', 'b', 'c']) await backend.run([put(key, 'x')]);
    const pages = [];
    /** @type {string | null | undefined} */
    let cursor = null;
    do {
      const [page] = await backend.run([list('', { cursor, limit: 10 })]);
      pages.push(page.keys?.map((key) => key.name));
      cursor = page.cursor;
    } while (cursor);
    expect(pages).toEqual([[], ['a', 'b'], [], ['c']]);
  });
});

describe('places', () => {
  it('answer gets from what they saw, lists too, and notice their own writes in gets only', async () => {
    let now = 0;
    const place = createPlaces(createMemoryBackend(), { now: () => now });
    const [here, there] = [place(), place()];
    const read = async (/** @type {Backend} */ from) => {
      const [one, many, page] = await from.run([get('a'), getMany(['a', 'b']), list('')]);
      return [one.entry?.value, many.entries?.map((e) => e?.value), page.keys?.map((key) => key.name)];
    };
    expect(await read(there)).toEqual([undefined, [undefined, undefined], []]);
    await here.run([put('a', 'new', { m: 1 })]);
    expect(await here.run([get('a')])).toEqual([
      { status: 200, entry: { value: 'new', metadata: { m: 1 } } },
    ]);
    expect(await read(here)).toEqual(['new', ['new', undefined], ['a']]);
    expect(await read(there)).toEqual([undefined, [undefined, undefined], []]);
    await here.run([remove('a'), put('b', 'x')]);
    expect(await read(here)).toEqual([undefined, [undefined, 'x'], ['a']]);
    now = 60_000;
    expect(await read(here)).toEqual([undefined, [undefined, 'x'], ['b']]);
    expect(await read(there)).toEqual([undefined, [undefined, 'x'], ['b']]);
  });

  it('do not remember failures', async () => {
    const origin = failNth(createMemoryBackend(), { at: 1 });
    const place = createPlaces(origin, { now: () => 0 })();
    expect(await statuses(place, get('a'))).toEqual([500]);
    expect(await statuses(place, get('a'))).toEqual([404]);
  });
});

describe('the meter', () => {
  it('counts operations, keys, bytes and rounds in sequence', async () => {
    const meter = createMeter(createMemoryBackend());
    await meter.run([put('a', 'é'), put('b', 'xyz')]);
    await Promise.all([meter.run([get('a'), list('')]), meter.run([getMany(['a', 'b', 'c'])])]);
    await meter.run([remove('a')]);
    expect(meter.counts()).toEqual({
      operations: { get: 1, get_many: 1, put: 2, delete: 1, list: 1 },
      total: 6,
      writes: 3,
      keys: 7,
      rounds: 3,
      waits: 3,
      bytesRead: 7,
      bytesWritten: 5,
    });
    expect(meter.log).toHaveLength(4);
    meter.reset();
    expect(meter.counts().total).toBe(0);
    expect(meter.log).toEqual([]);
    await meter.run([1, 2, 3, 4].map((i) => get(`k${i}`)));
    expect(meter.counts()).toMatchObject({ rounds: 1, waits: 1 });
    await Promise.all([1, 2, 3].map((i) => meter.run([1, 2, 3].map((j) => get(`k${i}${j}`)))));
    expect(meter.counts()).toMatchObject({ rounds: 2, waits: 3 });
  });
});
