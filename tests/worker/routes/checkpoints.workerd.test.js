/** Checkpoints of LangGraph over HTTP: threads that have some, a thread's by pages, one with its values. */

import { beforeAll, expect, it } from 'vitest';
import { putCheckpoint } from '../checkpoint.js';
import { createClient } from '../client.js';

const ask = createClient();
const get = (/** @type {string} */ path, options = {}) => ask('GET', `/v1/checkpoints${path}`, options);
const LARGE = 'é'.repeat(50_000);
const HUGE = 'x'.repeat(1_100_000);
const ROUNDS = 120;

beforeAll(async () => {
  const store = ask.store();
  await putCheckpoint(store, 'step-1', { n: 1 });
  await putCheckpoint(store, 'step-2', { n: 2, raw: new Uint8Array(3), long: LARGE }, { parent: 'step-1' });
  await putCheckpoint(store, 'step-3', { n: 3, long: HUGE }, { parent: 'step-2' });
  await putCheckpoint(store, 'step-1', { inner: true }, { namespace: 'sub:1' });
  for (let i = 0; i < ROUNDS; i++)
    await putCheckpoint(store, `step-${1000 + i}`, { i }, { namespace: 'long' });
});

it('threads are listed with their namespaces and the newest of each', async () => {
  const { json } = await get('');
  expect(json).toMatchObject({ threads: [{ threadId: 't' }], cursor: null });
  const newest = json.threads[0].namespaces.map((/** @type {any} */ one) => [
    one.namespace,
    one.checkpointId,
  ]);
  expect(newest).toEqual([
    ['', 'step-3'],
    ['long', `step-${999 + ROUNDS}`],
    ['sub:1', 'step-1'],
  ]);
  expect((await get('?threadId=t')).json).toEqual(json);
  expect((await get('?threadId=other')).json).toEqual({ threads: [], cursor: null });
});

it("a namespace's come newest first, with step, source and parent", async () => {
  const { json } = await get('/t');
  expect(json.checkpoints.map((/** @type {any} */ one) => [one.checkpointId, one.parentId])).toEqual([
    ['step-3', 'step-2'],
    ['step-2', 'step-1'],
    ['step-1', undefined],
  ]);
  expect(json.checkpoints[0].metadata.value).toMatchObject({ source: 'loop', step: 3 });
  expect((await get('/none')).json).toEqual({ checkpoints: [], cursor: null });
});

it('a long namespace comes by pages; what this isolate has just put may come on two', async () => {
  const ids = new Set();
  let pages = 0;
  for (let cursor = ''; cursor !== null; pages++) {
    const { json, headers } = await get(
      `/t?namespace=long${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { checkpointId } of json.checkpoints) ids.add(checkpointId);
    expect(headers.get('server-timing')).toMatch(/^kv;desc="list 1"/);
    cursor = json.cursor;
  }
  expect(pages).toBe(2);
  expect([...ids].sort()).toEqual(Array.from({ length: ROUNDS }, (_, i) => `step-${1000 + i}`));
});

it('one is told with its values where they are JSON, else by type and size', async () => {
  const { json } = await get('/t/step-2');
  expect(json.values).toEqual([
    { channel: 'n', type: 'json', bytes: 1, value: 2 },
    { channel: 'raw', type: 'bytes', bytes: 3 },
    { channel: 'long', type: 'json', bytes: 100_002 },
  ]);
  expect(json.writes).toEqual([
    { task: 'task-1', index: 0, channel: 'next', type: 'json', bytes: 11, value: { go: true } },
  ]);
  expect((await get('/t/step-1?namespace=sub:1')).json.values).toMatchObject([
    { channel: 'inner', value: true },
  ]);
});

it('of a very large one no more than its row is read', async () => {
  ask.store().forget(); /* its row may have been put less than a second ago */
  const { json, headers } = await get('/t/step-3');
  expect(json.writes).toBeUndefined();
  expect(json.values).toEqual([
    { channel: 'n', type: 'json', bytes: 1, value: 3 },
    { channel: 'long', type: 'json', bytes: HUGE.length + 2 },
  ]);
  expect(headers.get('server-timing')).toMatch(/^kv;desc="get\w* 1"/);
});

it('one that is not there is not found, whatever its name', async () => {
  for (const path of ['/t/none', '/t/step-2?namespace=sub:1', '/none/step-1', `/t/${'x'.repeat(600)}`]) {
    const { status, json } = await get(path);
    expect(status, path).toBe(404);
    expect(json.error.code).toBe('NOT_FOUND');
  }
});

it('are for whoever may read, behind the wall of the prefix, and cannot be changed', async () => {
  const THREADKV_TOKENS = JSON.stringify([{ name: 'reader', token: 'r'.repeat(32), access: 'read' }]);
  const reader = { token: 'r'.repeat(32), vars: { THREADKV_TOKENS } };
  expect((await get('/t/step-1', reader)).status).toBe(200);
  const other = createClient();
  expect((await other('GET', '/v1/checkpoints')).json.threads).toEqual([]);
  expect((await other('GET', '/v1/checkpoints/t')).json.checkpoints).toEqual([]);
  expect((await other('GET', '/v1/checkpoints/t/step-1')).status).toBe(404);
  expect((await ask('DELETE', '/v1/checkpoints/t/step-1')).status).toBe(405);
});

it('an empty cursor, and a parameter that is not known, are refused', async () => {
  expect((await get('?cursor=')).status).toBe(400);
  expect((await get('/t?perPage=all')).status).toBe(400);
});
