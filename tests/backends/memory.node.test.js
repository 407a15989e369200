import { describe, expect, it } from 'vitest';
import { createMemoryBackend, createMemoryNamespace, MemoryStorage } from '../../bindings/memory.js';
import { describeBackend } from './contract.js';
import { get, list, put, remove } from './requests.js';

describeBackend('memory', () => createMemoryBackend({ spaces: 2 }));

describe('the memory back end', () => {
  it('lists in order however keys were added and removed before', async () => {
    const backend = createMemoryBackend();
    const live = new Set();
    for (let step = 0; step < 3000; step++) {
      const key = `k${(step * 7919) % 997}`;
      const gone = step % 3 === 0;
      await backend.run([gone ? remove(key) : put(key, 'x')]);
      if (gone) live.delete(key);
      else live.add(key);
      if (step % 101 !== 0) continue;
      const [page] = await backend.run([list('k')]);
      expect(page.keys?.map((found) => found.name)).toEqual([...live].sort());
      expect(backend.spaces[0].keys()).toEqual([...live].sort());
      expect(backend.spaces[0].size).toBe(live.size);
    }
  });

  it('refuses a cursor that it did not give', async () => {
    const [reply] = await createMemoryBackend().run([list('k', { cursor: '%' })]);
    expect(reply.status).toBe(400);
  });

  it('measures keys, prefixes and metadata in bytes', async () => {
    const backend = createMemoryBackend();
    const statuses = async (
      /** @type {import('../../bindings/backends/backend.js').KVRequest[]} */ ...requests
    ) => (await backend.run(requests)).map((reply) => reply.status);
    const fits = 'é'.repeat(508);
    expect(await statuses(put('k', 'x', { a: fits }), put('k', 'x', { a: `${fits}x` }))).toEqual([200, 413]);
    const longest = '\u{1f600}'.repeat(128);
    expect(await statuses(put(longest, 'x'), put(`${longest}x`, 'x'))).toEqual([200, 414]);
    expect(await statuses(list(longest), list(`${longest}x`))).toEqual([200, 414]);
    expect(await statuses(put('\ud83d', 'x'), get('\ude00'))).toEqual([400, 400]);
  });

  it('can be cleared', async () => {
    const backend = createMemoryBackend();
    await backend.run([put('k', 'x')]);
    backend.spaces[0].clear();
    const [got, page] = await backend.run([get('k'), list('')]);
    expect(got.status).toBe(404);
    expect(page.keys).toEqual([]);
  });
});

describe('keys that expire', () => {
  /** A namespace whose clock the test turns. */
  const world = () => {
    const clock = { now: 1_000_000_000_000 };
    const storage = new MemoryStorage({ now: () => clock.now });
    return { clock, storage, kv: createMemoryNamespace({ storage }) };
  };

  it('are gone at their time, from gets and from lists', async () => {
    const { clock, storage, kv } = world();
    await kv.put('a', 'x', { expirationTtl: 60 });
    await kv.put('b', 'x', { expiration: 1_000_000_120 });
    await kv.put('c', 'x');
    expect(await kv.list()).toMatchObject({
      keys: [
        { name: 'a', expiration: 1_000_000_060 },
        { name: 'b', expiration: 1_000_000_120 },
        { name: 'c' },
      ],
    });
    clock.now += 59_999;
    expect(await kv.get('a')).toBe('x');
    clock.now += 1;
    expect(await kv.get('a')).toBeNull();
    expect(storage.keys()).toEqual(['b', 'c']);
    clock.now += 60_000;
    expect((await kv.list()).keys).toEqual([{ name: 'c' }]);
    expect(storage.size).toBe(1);
  });

  it('stay when they are written again without a time', async () => {
    const { clock, kv } = world();
    await kv.put('a', 'x', { expirationTtl: 60 });
    await kv.put('a', 'y');
    clock.now += 120_000;
    expect(await kv.get('a')).toBe('y');
    await kv.put('a', 'z', { expirationTtl: 60 });
    clock.now += 60_000;
    expect(await kv.get('a')).toBeNull();
  });

  it('share a clock with their back end', async () => {
    let now = 1_000_000_000_000;
    const backend = createMemoryBackend({ now: () => now });
    await backend.run([put('k', 'x', null, 0, 1_000_000_060)]);
    now += 60_000;
    expect((await backend.run([get('k')]))[0].status).toBe(404);
  });
});

describe('the memory namespace', () => {
  it('reads in every form that KV offers', async () => {
    const kv = createMemoryNamespace();
    await kv.put('k', '{"a":"é"}', { metadata: { m: 1 } });
    expect(await kv.get('k')).toBe('{"a":"é"}');
    expect(await kv.get('k', 'json')).toEqual({ a: 'é' });
    expect(await kv.get('k', { type: 'json', cacheTtl: 60 })).toEqual({ a: 'é' });
    expect(new TextDecoder().decode(await kv.get('k', 'arrayBuffer'))).toBe('{"a":"é"}');
    expect(await new Response(await kv.get('k', 'stream')).text()).toBe('{"a":"é"}');
    expect(await kv.get('none')).toBeNull();
    expect(await kv.getWithMetadata('k')).toEqual({
      value: '{"a":"é"}',
      metadata: { m: 1 },
      cacheStatus: null,
    });
    expect(await kv.getWithMetadata('none')).toEqual({ value: null, metadata: null, cacheStatus: null });
    expect(await kv.get(['k', 'none'], 'json')).toEqual(
      new Map([
        ['k', { a: 'é' }],
        ['none', null],
      ]),
    );
    await expect(kv.get('k', 'blob')).rejects.toThrow('Unknown response type');
  });

  it('stores in every form that KV takes, and copies', async () => {
    const kv = createMemoryNamespace();
    const bytes = new TextEncoder().encode('[text]');
    await kv.put('view', bytes.subarray(1, 5));
    await kv.put('buffer', bytes.buffer);
    await kv.put('stream', new Blob([bytes]).stream());
    bytes.fill(0);
    expect(await kv.get(['view', 'buffer', 'stream'])).toEqual(
      new Map([
        ['view', 'text'],
        ['buffer', '[text]'],
        ['stream', '[text]'],
      ]),
    );
    await expect(kv.put('k', { a: 1 })).rejects.toThrow('KV put() accepts only');
  });

  it('hands out metadata that may be changed', async () => {
    const kv = createMemoryNamespace();
    await kv.put('k', 'x', { metadata: { list: [1] } });
    const first = await kv.getWithMetadata('k');
    first.metadata.list.push(2);
    const { keys } = await kv.list();
    keys[0].metadata.list.push(3);
    expect((await kv.getWithMetadata('k')).metadata).toEqual({ list: [1] });
  });

  it('fails as KV does', async () => {
    const kv = createMemoryNamespace();
    await expect(kv.get('')).rejects.toThrow('Key name cannot be empty.');
    await expect(kv.put('.', 'x')).rejects.toThrow('"." is not allowed as a key name.');
    await expect(kv.put('x'.repeat(513), 'x')).rejects.toThrow('KV PUT failed: 414');
    await expect(kv.put('k', 'x', { metadata: 'x'.repeat(1024) })).rejects.toThrow('KV PUT failed: 413');
    await expect(kv.get(['k', 'l'], 'stream')).rejects.toThrow('KV GET_BULK failed: 400');
    await expect(kv.list({ limit: 1001 })).rejects.toThrow('KV GET failed: 400');
    await expect(kv.put('k', 'x', { expirationTtl: 59 })).rejects.toThrow('KV PUT failed: 400');
  });

  it('lists as KV does', async () => {
    const kv = createMemoryNamespace();
    for (const key of ['b', 'a', 'c']) await kv.put(key, 'x');
    const first = await kv.list({ limit: 2 });
    expect(first).toMatchObject({ keys: [{ name: 'a' }, { name: 'b' }], list_complete: false });
    expect(await kv.list({ limit: 2, cursor: first.cursor })).toEqual({
      keys: [{ name: 'c' }],
      list_complete: true,
      cacheStatus: null,
    });
  });
});
