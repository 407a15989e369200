/** Every KV request of a saver fails once, and then from there on; two at once; a process that ends in the middle. */

import { describe, expect, it } from 'vitest';
import { StoreError } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { failNth } from '../support/faults.js';
import { at, loop, makeCheckpoint, makeSavers, putAll } from './support.js';

/** @typedef {import('../../bindings/langgraph/index.js').CloudflareSaver} Saver */

const long = (/** @type {string} */ letter, length = 20_000) => letter.repeat(length);
const first = { list: long('a'), n: 1 };
const second = { list: long('a') + long('b'), n: 2 };

/** Two checkpoints, each with writes. */
async function prepare() {
  const backend = createMemoryBackend();
  const { open, clock } = makeSavers(backend);
  const saver = open();
  const ids = await putAll(saver, [first]);
  await saver.putWrites(at(ids[0]), [['n', 2]], 'task', 'path');
  await saver.settle();
  clock.advance(3_600_000);
  return { backend, parent: ids[0], next: makeCheckpoint(second) };
}

/** What a reader sees who knows nothing. @param {import('../../bindings/backends/backend.js').Backend} backend */
async function seen(backend) {
  const saver = makeSavers(backend).open();
  const newest = await saver.getTuple(at());
  /** @type {any[]} */
  const all = [];
  for await (const one of saver.list({ configurable: { thread_id: 't' } })) all.push(one);
  return { newest, all };
}

/** @type {{ name: string, run: (saver: Saver, made: any) => Promise<any>, check: (made: any, of: any) => void }[]} */
const cases = [
  {
    name: 'put',
    run: (saver, { parent, next }) => saver.put(at(parent), next, loop(1), {}),
    check: (_, { newest, all }) => {
      expect(newest.checkpoint.channel_values).toEqual(second);
      expect(all).toHaveLength(2);
    },
  },
  {
    name: 'putWrites',
    run: (saver, { parent }) => saver.putWrites(at(parent), [['n', 3]], 'other', 'path'),
    check: (_, { newest }) => {
      expect(newest.pendingWrites).toEqual([
        ['other', 'n', 3],
        ['task', 'n', 2],
      ]);
    },
  },
  {
    name: 'getTuple',
    run: async (saver) => (await saver.getTuple(at()))?.checkpoint.channel_values,
    check: ({ result }) => expect(result).toEqual(first),
  },
  {
    name: 'getTuple by id',
    run: async (saver, { parent }) => (await saver.getTuple(at(parent)))?.checkpoint.channel_values,
    check: ({ result }) => expect(result).toEqual(first),
  },
  {
    name: 'list',
    run: async (saver) => {
      const all = [];
      for await (const one of saver.list(at())) all.push(one.checkpoint.channel_values);
      return all;
    },
    check: ({ result }) => expect(result).toEqual([first]),
  },
  {
    name: 'deleteThread',
    run: (saver) => saver.deleteThread('t'),
    check: (_, { newest, all }) => expect({ newest, all }).toEqual({ newest: undefined, all: [] }),
  },
];

describe.each(cases)('$name', ({ run, check }) => {
  it.each([1, 1000])('goes well in the end when a request fails, and %i in a row', async (times) => {
    for (let n = 1; ; n++) {
      const made = await prepare();
      const bad = failNth(made.backend, { at: n, times });
      const { open } = makeSavers(bad);
      const error = await run(open(), made).then(
        () => null,
        (reason) => reason,
      );
      if (bad.failed().length === 0) {
        expect(n).toBeGreaterThan(1);
        break;
      }
      if (error !== null) expect(error, `request ${n}`).toBeInstanceOf(StoreError);
      // Whatever was stored of it, it can be read.
      const between = await seen(made.backend);
      if (between.newest !== undefined) {
        expect([first, second]).toContainEqual(between.newest.checkpoint.channel_values);
      }
      const result = await run(makeSavers(made.backend).open(), made);
      check({ ...made, result }, await seen(made.backend));
    }
  });
});

describe('a put that failed', () => {
  it('leaves nothing that a later one of the same saver would name', async () => {
    for (let n = 1; n <= 12; n++) {
      const made = await prepare();
      const bad = failNth(made.backend, { at: n, times: 6 });
      const saver = makeSavers(bad).open();
      await saver.put(at(made.parent), made.next, loop(1), {}).catch(() => undefined);
      const third = makeCheckpoint({ list: `${second.list}${long('c')}`, n: 3 });
      for (let tries = 0; tries < 3; tries++) {
        await saver.put(at(made.parent), third, loop(1), {}).catch(() => undefined);
      }
      expect((await seen(made.backend)).newest?.checkpoint.channel_values, `${n}`).toEqual(
        third.channel_values,
      );
    }
  });
});

describe('two at once', () => {
  it('of one isolate are both kept, and so are writes to one checkpoint', async () => {
    const made = await prepare();
    const saver = makeSavers(made.backend).open();
    const other = makeCheckpoint({ ...first, n: 9 });
    await Promise.all([
      saver.put(at(made.parent), made.next, loop(1), {}),
      saver.put(at(made.parent), other, loop(1), {}),
      ...['x', 'y', 'z'].map((task) => saver.putWrites(at(other.id), [['n', task]], task)),
    ]);
    const { newest, all } = await seen(made.backend);
    expect(all.map(({ checkpoint }) => checkpoint.id)).toEqual([other.id, made.next.id, made.parent]);
    expect(newest?.checkpoint.channel_values).toEqual({ ...first, n: 9 });
    expect(newest?.pendingWrites?.map(([task]) => task)).toEqual(['x', 'y', 'z']);
  });

  it('of two isolates are both kept, and the higher id is the newest, whoever was last', async () => {
    const made = await prepare();
    const { open } = makeSavers(made.backend);
    const [a, b] = [open(), open()];
    await Promise.all([a.getTuple(at()), b.getTuple(at())]);
    const higher = makeCheckpoint({ ...first, n: 8 });
    await a.put(at(made.parent), higher, loop(1), {});
    await b.put(at(made.parent), made.next, loop(1), {});
    await Promise.all([a.settle(), b.settle()]);
    const { newest, all } = await seen(made.backend);
    expect(newest?.checkpoint.id).toBe(higher.id);
    expect(all).toHaveLength(3);
  });
});

describe('a state that cannot be written', () => {
  it('is refused with the path, and nothing is stored', async () => {
    const { open, meter } = makeSavers();
    const saver = open();
    const checkpoint = makeCheckpoint({ order: { items: [{ cents: 1 }, { cents: 2n }] }, n: 1 });
    await expect(saver.put(at(), checkpoint, loop(0), { order: 1, n: 1 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { path: 'checkpoint.channel_values.order.items[1].cents' },
    });
    await expect(saver.putWrites(at('1'), [['n', { a: new Map([['x', 1n]]) }]], 'task')).rejects.toThrow(
      /writes\[0\]\.n\.a\[0\] is a BigInt/,
    );
    await expect(saver.putWrites(at('1'), [['n', 1n]], 'task')).rejects.toThrow(/writes\[0\]\.n is a BigInt/);
    expect(meter.counts().writes).toBe(0);
  });

  it('is not taken for one that says so itself', async () => {
    const { open } = makeSavers();
    const saver = open();
    const says = '[unable to serialize, circular reference is too complex to analyze]';
    await putAll(saver, [{ text: says }]);
    expect((await saver.getTuple(at()))?.checkpoint.channel_values).toEqual({ text: says });
  });
});

describe('values', () => {
  it('that are bytes come back as bytes, large and small', async () => {
    const { open } = makeSavers();
    const large = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 31) % 256);
    const values = { small: Uint8Array.of(0, 255, 128), large, text: 'ü😀'.repeat(9000), none: null };
    const saver = open();
    const [id] = await putAll(saver, [values]);
    await putAll(saver, [{ ...values, large: Uint8Array.of(...large, 7) }]);
    await saver.putWrites(at(id), [['large', Uint8Array.of(1, 2)]], 'task');
    const found = await open().getTuple(at(id));
    expect(found?.checkpoint.channel_values).toEqual(values);
    expect(found?.pendingWrites).toEqual([['task', 'large', Uint8Array.of(1, 2)]]);
  });

  it('are of a channel of any name', async () => {
    const { open } = makeSavers();
    const values = Object.fromEntries([
      ['__proto__', { a: 1 }],
      ['constructor', 'c'],
      ['a:b|c%', 1],
    ]);
    await putAll(open(), [values]);
    expect(Object.entries((await open().getTuple(at()))?.checkpoint.channel_values ?? {})).toEqual(
      Object.entries(values),
    );
  });
});
