import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { createMeter } from '../support/meter.js';

const at = new Date('2026-01-01T00:00:00Z');
const thread = { id: 't', resourceId: 'u', title: '', createdAt: at, updatedAt: at };

/** @param {import('../../bindings/backends/backend.js').Backend} backend */
const open = (backend) => new CloudflareStore({ backend, core: createCore(), autoInit: true });

/** @param {import('../../bindings/backends/backend.js').KVRequest} request */
const isSchema = (request) =>
  (request.kind === 'get' && request.key === 'metadata:schema') ||
  (request.kind === 'get_many' && request.keys.includes('metadata:schema'));

describe('a store that looks after init() by itself', () => {
  it('writes down the format with the first call', async () => {
    const backend = createMemoryBackend();
    await open(backend).saveThread({ thread });

    expect(backend.spaces[0].get('metadata:schema')).not.toBe(404);
  });

  it('looks once', async () => {
    const backend = createMemoryBackend();
    await new CloudflareStore({ backend, core: createCore() }).init();
    const meter = createMeter(backend);
    const store = open(meter);

    for (let i = 0; i < 3; i++) await store.getThreadById({ threadId: 't' });

    expect(meter.log.flat().filter(isSchema)).toHaveLength(1);
    expect(meter.log[0].some(isSchema)).toBe(true);
  });

  it('takes no round of its own for it', async () => {
    const backend = createMemoryBackend();
    await new CloudflareStore({ backend, core: createCore() }).init();
    const meter = createMeter(backend);
    await open(meter).getThreadById({ threadId: 't' });
    expect(meter.log).toHaveLength(1);
  });

  it('refuses data of a newer format before it writes', async () => {
    const backend = createMemoryBackend();
    backend.spaces[0].put('metadata:schema', new TextEncoder().encode('{"v":1,"format":2}'), null, 0);
    const store = open(backend);

    await expect(store.saveThread({ thread })).rejects.toMatchObject({
      code: 'FORMAT_TOO_NEW',
      op: 'saveThread',
    });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({ code: 'FORMAT_TOO_NEW' });
    expect(backend.spaces[0].get('threads:t')).toBe(404);
  });

  it('does not wait for a request that went away while it looked', async () => {
    const memory = createMemoryBackend();
    let hang = true;
    const store = open({
      ...memory,
      run: (requests) => {
        const never = hang && requests.some(isSchema);
        hang = false;
        return never ? new Promise(() => undefined) : memory.run(requests);
      },
    });
    void store.getThreadById({ threadId: 't' });

    await expect(store.getThreadById({ threadId: 't' })).resolves.toBeNull();
  });

  it('looks again after a failure', async () => {
    const memory = createMemoryBackend();
    let broken = true;
    const store = open({
      ...memory,
      run: async (requests) => (broken ? requests.map(() => ({ status: 403 })) : memory.run(requests)),
    });
    await expect(store.getThreadById({ threadId: 't' })).rejects.toMatchObject({ code: 'KV_FAILED' });

    broken = false;
    await store.saveThread({ thread });

    expect(memory.spaces[0].get('metadata:schema')).not.toBe(404);
  });
});
