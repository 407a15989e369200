/** Checkpoints in exports, imports and statistics, and where they are not: among threads. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { CloudflareSaver } from '../../bindings/langgraph/index.js';
import { Desk } from '../cli/support.js';
import { at, putAll } from './support.js';

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
});
afterAll(() => desk.close());

const saver = (/** @type {string} */ keyPrefix) => new CloudflareSaver({ store: desk.store({ keyPrefix }) });

/** @param {CloudflareSaver} saver */
async function all(saver) {
  const found = [];
  for await (const one of saver.list({ configurable: {} })) found.push(one);
  return found;
}

test('what comes in again is what went out, and goes on from there', async () => {
  const states = ['x', 'xy', 'xyz'].map((text) => ({ text: text.repeat(20_000), n: 1 }));
  const ids = await putAll(saver('a_'), states);
  await saver('a_').putWrites(at(ids[2]), [['n', 2]], 'task', 'path');
  await saver('a_').settle();
  await desk.result(['export', '--prefix', 'a_', '-o', 'graphs.ndjson']);
  const imported = await desk.result(['import', 'graphs.ndjson', '--prefix', 'b_']);
  expect(imported.skipped).toEqual([]);
  expect(await all(saver('b_'))).toEqual(await all(saver('a_')));
  expect((await saver('b_').getTuple(at()))?.pendingWrites).toEqual([['task', 'n', 2]]);
  await putAll(saver('b_'), [{ ...states[2], n: 3 }]);
  expect((await saver('b_').getTuple(at()))?.checkpoint.channel_values).toEqual({ ...states[2], n: 3 });
});

test('they are counted, and are no threads', async () => {
  const { tables } = await desk.result(['stats', '--prefix', 'a_']);
  expect(tables).toMatchObject({ checkpoint_heads: { records: 1 } });
  expect(tables.checkpoints.records).toBeGreaterThan(3);
  const { threads } = await desk.store({ keyPrefix: 'a_' }).listThreads({});
  expect(threads).toEqual([]);
});

test('verify finds nothing wrong with them', async () => {
  const result = await desk.result(['verify', '--prefix', 'a_']);
  expect(result.problems ?? result.findings ?? []).toEqual([]);
});

test('they go when a thread of LangGraph is deleted, and nothing else does', async () => {
  const store = desk.store({ keyPrefix: 'a_' });
  const now = new Date();
  await store.saveThread({ thread: { id: 't', resourceId: 'u', createdAt: now, updatedAt: now } });
  await putAll(saver('a_'), []);
  await saver('a_').deleteThread('t');
  expect(await all(saver('a_'))).toEqual([]);
  const { tables } = await desk.result(['stats', '--prefix', 'a_']);
  expect(tables.checkpoints).toBeUndefined();
  expect(tables.checkpoint_heads).toBeUndefined();
  expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ id: 't' });
});
