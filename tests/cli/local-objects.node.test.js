/** Durable Objects in wrangler's local state: what comes in is found by the next run, by wrangler's own runtime, and by the page. */

import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desk, fill, readAll } from './support.js';
import { openStudio } from './studio.js';
import { homes, startWorker, WRITER } from './worker.js';

/** @type {Desk} */
let desk;
const local = ['--local', '--config', 'project/wrangler.json', '--persist-to', 'state'];
beforeAll(async () => {
  desk = await Desk.open();
  mkdirSync(desk.file('project'));
  symlinkSync(new URL('../../node_modules', import.meta.url).pathname, desk.file('project/node_modules'));
  write('wrangler', {});
  write('mixed', { kv_namespaces: [{ binding: 'KV' }] });
  write('worker', { kv_namespaces: [{ binding: 'KV' }], vars: { DATA_HOME: 'durable' } }, 'THREADKV_OBJECTS');
  await fill(desk.store({ keyPrefix: 'a_', now: () => Date.now() - 3_600_000 }), { threads: 3 });
  await desk.result(['export', '--prefix', 'a_', '-o', 'a.ndjson']);
});
afterAll(() => desk.close());

/** A configuration of wrangler. @param {string} name @param {object} more @param {string} [binding] */
function write(name, more, binding = 'OBJECTS') {
  const objects = { bindings: [{ name: binding, class_name: 'ThreadKVObject' }] };
  const config = {
    name: 'memory',
    main: 'x.js',
    compatibility_date: '2026-10-01',
    durable_objects: objects,
    ...more,
  };
  writeFileSync(desk.file(`project/${name}.json`), JSON.stringify(config));
}

/** @param {string} name */
const config = (name) => ['--local', '--config', `project/${name}.json`, '--persist-to', 'state'];

test('what one run stores, the next finds, and so does the Worker whose state it is', async () => {
  const counts = { thread: 3, message: 12, resource: 3 };
  const imported = await desk.result(['import', 'a.ndjson', ...local, '--prefix', 'dev_']);
  expect(imported.counts).toEqual(counts);
  expect((await desk.result(['verify', ...local, '--prefix', 'dev_'])).looked).toMatchObject({
    messages: 12,
  });
  const worker = await startWorker(
    homes(() => 'OBJECTS'),
    desk.file('state/v3'),
  );
  const env = { THREADKV_TOKEN: WRITER };
  const there = ['--worker', worker.url, '--prefix', 'dev_'];
  const { counts: found } = await desk.result(['export', '-o', 'b.ndjson', ...there], { env });
  await worker.close();
  expect(found).toEqual(counts);
  await desk.result(['import', 'b.ndjson', '--prefix', 'b_']);
  const read = (/** @type {string} */ keyPrefix) => readAll(desk.store({ keyPrefix }));
  expect(await read('b_')).toEqual(await read('a_'));
});

test('a table alone may be in objects; where the Worker says that all of it is, that holds', async () => {
  const some = ['--namespace', 'resources=OBJECTS', '--prefix', 'some_'];
  await desk.result(['import', 'a.ndjson', ...config('mixed'), ...some]);
  const inKV = await desk.result(['stats', ...config('mixed'), '--prefix', 'some_']);
  expect(inKV.tables).toMatchObject({ messages: { records: 12 } });
  expect(inKV.tables).not.toHaveProperty('resources');
  const both = await desk.result(['stats', ...config('mixed'), ...some]);
  expect(both.tables).toMatchObject({ messages: { records: 12 }, resources: { records: 3 } });
  const all = await desk.result(['stats', ...config('worker'), '--prefix', 'dev_']);
  expect(all.tables).toMatchObject({ messages: { records: 12 }, resources: { records: 3 } });
});

test('the page shows it, and changes it only if it may', async () => {
  const studio = await openStudio(desk, [...local, '--prefix', 'dev_']);
  const headers = { Authorization: `Bearer ${studio.token}`, 'Content-Type': 'application/json' };
  const ask = (/** @type {string} */ path, init = {}) =>
    fetch(`${studio.origin}${path}`, { headers, ...init });
  expect(await (await fetch(studio.origin)).text()).toMatch(/^<!doctype html>/i);
  expect(await (await ask('/v1/threads')).json()).toMatchObject({ total: 3 });
  const change = { method: 'PATCH', body: '{"title":"New"}' };
  expect((await ask('/v1/threads/thread-1', change)).status).toBe(403);
  // Miniflare has an ear for Ctrl-C, too.
  expect([0, 130]).toContain(await studio.stop());
  const writing = await openStudio(desk, [...local, '--prefix', 'dev_', '--write']);
  const Authorization = `Bearer ${writing.token}`;
  const done = await fetch(`${writing.origin}/v1/threads/thread-1`, {
    ...change,
    headers: { ...headers, Authorization },
  });
  expect(await done.json()).toMatchObject({ title: 'New' });
  expect([0, 130]).toContain(await writing.stop());
});

test('a binding that there is not is named; nothing is made by that', async () => {
  const { code, stderr } = await desk.run(['stats', ...local, '--namespace', 'default=OTHER']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('OTHER')]);
  expect(readdirSync(desk.file('state/v3/do'))).toEqual(['memory-ThreadKVObject']);
});
