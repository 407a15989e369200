/** Threads of LangGraph that nobody goes on with: a retention policy takes them as a whole. */

import { expect, it } from 'vitest';
import { at, loop, makeCheckpoint, makeSavers } from './support.js';

const DAY = 24 * 3600_000;
const retention = { langgraph: { checkpoints: { maxAge: '30d' } } };
const state = { text: 'x'.repeat(30_000) };

/** @param {import('../../bindings/langgraph/index.js').CloudflareSaver} saver @param {string} thread @param {string} [namespace] @param {string} [parent] */
async function put(saver, thread, namespace = '', parent) {
  const checkpoint = makeCheckpoint(state);
  const config = at(parent, thread);
  config.configurable.checkpoint_ns = namespace;
  await saver.put(config, checkpoint, loop(0), checkpoint.channel_versions);
  await saver.settle();
  return checkpoint.id;
}

it('deletes threads that are old in every namespace, and of others nothing', async () => {
  const { open, clock } = makeSavers();
  const first = await put(open(), 'goes on');
  await put(open(), 'stands still');
  await put(open(), 'in a subgraph');
  clock.advance(20 * DAY);
  await put(open(), 'goes on', '', first);
  await put(open(), 'in a subgraph', 'inner');
  clock.advance(15 * DAY);
  const [result] = await open().store.prune({ retention });
  expect(result).toEqual({ domain: 'langgraph', table: 'checkpoint_heads', deleted: 1, done: true });
  const saver = open();
  expect(await saver.getTuple(at(undefined, 'stands still'))).toBeUndefined();
  expect((await saver.getTuple(at(first, 'goes on')))?.checkpoint.channel_values).toEqual(state);
  expect((await saver.getTuple(at(undefined, 'in a subgraph')))?.checkpoint.channel_values).toEqual(state);
  clock.advance(31 * DAY);
  expect((await open().store.prune({ retention, maxRows: 1 }))[0]).toMatchObject({ deleted: 1, done: false });
  expect((await open().store.prune({ retention }))[0]).toMatchObject({ deleted: 1, done: true });
  expect((await saver.store.listRows({ table: 'checkpoints' })).total).toBe(0);
});
