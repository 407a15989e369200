import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { makeClock } from '../support/clock.js';

const run = { workflowName: 'order', runId: 'r1' };
const KEY = 'workflow_snapshot:r1:order';

/** @param {import('../../bindings/memory.js').MemoryBackend} backend @param {object} [options] */
function open(backend, options) {
  const { now, wait } = makeClock();
  return new CloudflareStore({ backend, core: createCore({ now, wait }), ...options });
}

/** A back end that keeps to KV's one write a second of a key, by the clock of its store. */
function createStrictBackend() {
  const memory = createMemoryBackend();
  const clock = makeClock();
  /** @type {Map<string, number>} */
  const written = new Map();
  let refused = 0;
  /** @type {import('../../bindings/backends/backend.js').Backend} */
  const backend = {
    ...memory,
    run: (round) =>
      Promise.all(
        round.map(async (request) => {
          clock.advance(5);
          if (request.kind !== 'put' && request.kind !== 'delete') return (await memory.run([request]))[0];
          const since = clock.now() - (written.get(request.key) ?? 0);
          if (since < 1000) {
            refused++;
            return { status: 429 };
          }
          written.set(request.key, clock.now());
          return (await memory.run([request]))[0];
        }),
      ),
  };
  return { backend, clock, refused: () => refused };
}

describe('progress', () => {
  it('is written before close() resolves, where there is no waitUntil', async () => {
    const backend = createMemoryBackend();
    const store = open(backend);
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running' } });
    expect(await open(backend).loadWorkflowSnapshot(run)).toBeNull();
    await store.close();
    expect(await open(backend).loadWorkflowSnapshot(run)).toEqual({ status: 'running' });
  });

  it('leaves no failed call and no refused state behind where KV takes one write a second', async () => {
    const { backend, clock, refused } = createStrictBackend();
    const store = new CloudflareStore({ backend, core: createCore(clock) });
    let random = 7;
    for (let step = 1; step <= 120; step++) {
      random = (random * 48271) % 2147483647;
      const status = step % 12 === 0 ? 'suspended' : 'running';
      await store.persistWorkflowSnapshot({ ...run, snapshot: { status, step, context: {} } });
      if (step % 20 === 0) await store.updateWorkflowState({ ...run, opts: { status: 'waiting' } });
      expect(await store.loadWorkflowSnapshot(run)).toMatchObject({ step });
      clock.advance(random % 400);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'success', context: {} } });
    const other = new CloudflareStore({ backend, core: createCore(clock) });
    expect(await other.loadWorkflowSnapshot(run)).toEqual({ status: 'success', context: {} });
    await store.close();
    expect(await other.loadWorkflowSnapshot(run)).toEqual({ status: 'success', context: {} });
    // Every refusal is one that a stored state met, soon after a write of progress.
    expect(refused()).toBeLessThan(30);
  });
});

describe('a snapshot that another store kept as text', () => {
  /** @param {string} snapshot */
  async function storeWith(snapshot) {
    const backend = createMemoryBackend();
    const store = open(backend);
    await store.persistWorkflowSnapshot({ ...run, snapshot });
    return open(backend);
  }

  it('is parsed', async () => {
    const store = await storeWith('{"status":"success","context":{"a":1}}');
    expect(await store.loadWorkflowSnapshot(run)).toEqual({ status: 'success', context: { a: 1 } });
    expect(await store.listWorkflowRuns({ status: 'success' })).toMatchObject({
      runs: [{ snapshot: { status: 'success' } }],
      total: 1,
    });
  });

  it('is handed out as it is, or refused, when it is no JSON', async () => {
    const store = await storeWith('no JSON');
    expect(await store.getWorkflowRunById(run)).toMatchObject({ ...run, snapshot: 'no JSON' });
    await expect(store.loadWorkflowSnapshot(run)).rejects.toMatchObject({
      code: 'CORRUPT',
      op: 'loadWorkflowSnapshot',
    });
  });
});

describe('retention of workflow runs', () => {
  it('lets KV drop what nobody touched, though it was held first', async () => {
    const backend = createMemoryBackend();
    const retention = { workflows: { workflowSnapshot: { maxAge: '1d' } } };
    /** @type {number[]} */
    const expires = [];
    const watched = {
      ...backend,
      run: (/** @type {any[]} */ round) => {
        for (const request of round) if (request.kind === 'put') expires.push(request.expires);
        return backend.run(round);
      },
    };
    const { now, wait } = makeClock(Date.now());
    const store = new CloudflareStore({ backend: watched, core: createCore({ now, wait }), retention });
    const day = 24 * 3600;
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'running' } });
    await store.close();
    await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'success' } });
    expect(expires).toHaveLength(2);
    for (const time of expires) expect(Math.abs(time - now() / 1000 - day)).toBeLessThan(5);
  });
});

describe('the configuration of workflow runs', () => {
  it.each([
    [{ snapshots: 'none' }, /snapshots/],
    [{ assumeSingleWriter: 'yes' }, /assumeSingleWriter/],
  ])('refuses %j', (options, text) => {
    expect(() => open(createMemoryBackend(), options)).toThrow(text);
  });
});

describe('the key of a workflow run', () => {
  it('begins with the run, so that a run can be found by its id alone', async () => {
    const backend = createMemoryBackend();
    await open(backend).persistWorkflowSnapshot({ ...run, snapshot: { status: 'success' } });
    const [{ keys }] = /** @type {any[]} */ (
      await backend.run([{ kind: 'list', space: 0, table: 'any', prefix: '', cursor: null, limit: 10 }])
    );
    expect(keys.map((/** @type {any} */ key) => key.name)).toEqual([KEY]);
  });
});
