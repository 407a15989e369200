/** What a turn's traces cost, how they grow old, and that the exporter's strategy is the one they are made for. */

import { expect, it, vi } from 'vitest';
import { CloudflareStore as PlainStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { rawKeys } from '../contract/subject.js';
import { START } from '../support/clock.js';
import { makeSubject } from './support.js';
import { span } from './traces.js';

const HOUR = 3_600_000;

/** @param {number} count @param {object} [fields] of the first child */
const turn = (count, fields) => [
  ...Array.from({ length: count }, (_, n) =>
    span('t', `c${n}`, { parentSpanId: 'root', ...(n ? {} : fields) }),
  ),
  span('t', 'root', { threadId: 'thread-1', resourceId: 'alice' }),
];

/** @param {object} [config] */
async function counted(config) {
  const onOperation = vi.fn();
  /** @type {any} */
  let backend;
  const subject = await makeSubject(({ now }) => {
    backend = createMemoryBackend({ now });
    return { backend, onOperation, ...config };
  });
  /** @param {() => Promise<unknown>} run */
  const costOf = async (run) => {
    onOperation.mockClear();
    await run();
    return onOperation.mock.calls.map(([{ kind, operation = kind }]) => operation);
  };
  return { ...subject, backend, costOf };
}

it('a turn of 13 spans is two writes, three with an error, and nothing else', async () => {
  const { observability, costOf } = await counted();
  expect(await costOf(() => observability.batchCreateSpans({ records: turn(12) }))).toHaveLength(2);
  const failed = turn(12, { error: { message: 'no' } });
  expect(await costOf(() => observability.batchCreateSpans({ records: failed }))).toHaveLength(3);
});

it('a batch that is sent again, in another order, leaves no other keys', async () => {
  const { observability, backend } = await counted();
  await observability.batchCreateSpans({ records: turn(3) });
  const keys = await rawKeys(backend, '').keys();
  await observability.batchCreateSpans({ records: turn(3).toReversed() });
  expect(await rawKeys(backend, '').keys()).toEqual(keys);
});

it('the newest page among 300 traces is a list and a bulk get', async () => {
  const { observability, costOf, reopen, clock } = await counted();
  for (let from = 0; from < 300; from += 100) {
    const records = Array.from({ length: 100 }, (_, n) => span(`t${from + n}`, 'root'));
    await observability.batchCreateSpans({ records });
  }
  clock.advance(HOUR);
  const other = (await reopen()).observability;
  expect((await costOf(() => other.listTraces({ filters: { spanType: 'agent_run' } }))).length).toBe(2);
});

it('all of a trace grows old by when it began', async () => {
  const retention = { observability: { spans: { maxAge: '7d' } } };
  const { storage, observability, clock } = await counted({ retention });
  const old = new Date(START - 8 * 24 * HOUR);
  const { storage: plain } = await counted();
  expect(await plain.prune()).toEqual([]);
  const records = turn(2, { error: { message: 'no' } }).map((one) => ({
    ...one,
    startedAt: old,
    endedAt: old,
  }));
  await observability.batchCreateSpans({ records });
  await observability.batchCreateSpans({ records: [span('u', 'root', { startedAt: new Date(START) })] });
  clock.advance(2 * 60_000);
  const pruned = await storage.prune();
  expect(pruned.map((/** @type {any} */ { domain, done }) => [domain, done])).toEqual(
    Array(3).fill(['observability', true]),
  );
  expect(await observability.getTrace({ traceId: 't' })).toBeNull();
  expect((await observability.listTraces({})).pagination.total).toBe(1);
});

it('is erased with the resource that its root names', async () => {
  const { observability, backend, clock } = await counted();
  await observability.batchCreateSpans({ records: turn(3, { error: { message: 'no' } }) });
  await observability.batchCreateSpans({ records: [span('u', 'root', { resourceId: 'bob' })] });
  clock.advance(HOUR);
  const store = new PlainStore({ backend, core: createCore({ now: clock.now }) });
  let cursor = null;
  do ({ cursor } = await store.eraseResource({ resourceId: 'alice', cursor }));
  while (cursor !== null);
  const keys = await rawKeys(backend, '').keys();
  expect(keys.filter((key) => /^(trace_|ai_)/.test(key))).toEqual(['trace_roots:u:root']);
});

it('takes spans once they have ended, and no updates', async () => {
  const { observability } = await counted();
  expect(observability.observabilityStrategy).toEqual({
    preferred: 'insert-only',
    supported: ['insert-only'],
  });
  expect(observability.runtimeTracingStrategy).toBe('insert-only');
  expect(observability.getFeatures()).toBeUndefined();
  await expect(observability.updateSpan({ traceId: 't', spanId: 's', updates: {} })).rejects.toMatchObject({
    id: expect.stringContaining('NOT_IMPLEMENTED'),
  });
  await expect(observability.listTraces({ mode: 'delta' })).rejects.toMatchObject({
    id: 'OBSERVABILITY_DELTA_POLLING_NOT_SUPPORTED',
  });
});

it('what a span says comes back as JSON has it', async () => {
  const { observability } = await counted();
  /** @type {any} */
  const cycle = { n: 10n ** 20n, date: new Date(0) };
  cycle.self = cycle;
  const records = [span('t', 'a', { parentSpanId: 'r', input: cycle }), span('t', 'r', { output: cycle })];
  await observability.batchCreateSpans({ records });
  const { spans } = await observability.getTrace({ traceId: 't' });
  const wanted = { n: '100000000000000000000', date: '1970-01-01T00:00:00.000Z' };
  expect(spans).toMatchObject([{ output: wanted }, { input: wanted }]);
  expect(spans[0].output).toEqual(wanted);
});
