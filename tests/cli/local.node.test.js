/** Wrangler's local state: what `wrangler dev` would see, through the wrangler of the user's project. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Desk, fill } from './support.js';

/** @type {Desk} */
let desk;
beforeAll(async () => {
  desk = await Desk.open();
  mkdirSync(desk.file('project'));
  symlinkSync(new URL('../../node_modules', import.meta.url).pathname, desk.file('project/node_modules'));
  const bindings = ['THREADS_KV', 'MESSAGES_KV'].map((name) => `[[kv_namespaces]]\nbinding = "${name}"\n`);
  const config = `name = "app"\ncompatibility_date = "2026-10-01"\n${bindings.join('')}`;
  writeFileSync(desk.file('project/wrangler.toml'), config);
});
afterAll(() => desk.close());

test('an export of an account comes into it, is found whole, and wrangler sees it', async () => {
  await fill(desk.store({ keyPrefix: 'a_' }), { threads: 2 });
  await desk.result(['export', '--prefix', 'a_', '-o', 'a.ndjson']);
  const local = ['--local', '--config', 'project/wrangler.toml', '--prefix', 'dev_', '--persist-to', 'state'];
  const { counts } = await desk.result(['import', 'a.ndjson', ...local]);
  expect(counts).toEqual({ thread: 2, message: 8, resource: 2 });
  const { found, looked } = await desk.result(['verify', ...local]);
  expect(found).toEqual({});
  expect(looked).toMatchObject({ threads: 2, messages: 8 });
  const wrangler = new URL('../../node_modules/wrangler/bin/wrangler.js', import.meta.url).pathname;
  const list = [
    'kv',
    'key',
    'list',
    '--binding',
    'THREADS_KV',
    '--local',
    '--persist-to',
    desk.file('state'),
  ];
  const listed = execFileSync(process.execPath, [wrangler, ...list], {
    cwd: desk.file('project'),
    env: { PATH: process.env.PATH, HOME: desk.folder, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
    encoding: 'utf8',
  });
  const keys = JSON.parse(listed.slice(listed.indexOf('['))).map(
    (/** @type {{ name: string }} */ { name }) => name,
  );
  expect(keys).toContain('dev_threads:thread-0');
});

test('what else the configuration has is no matter: wrangler does not warn of it', async () => {
  const others = {
    name: 'app',
    main: 'index.js',
    compatibility_date: '2026-10-01',
    kv_namespaces: [{ binding: 'KV' }],
    durable_objects: { bindings: [{ name: 'T', class_name: 'T' }] },
    migrations: [{ tag: 'v1', new_sqlite_classes: ['T'] }],
    workflows: [{ binding: 'W', name: 'w', class_name: 'W' }],
  };
  writeFileSync(desk.file('project/more.json'), JSON.stringify(others));
  const args = ['stats', '--local', '--config', 'project/more.json', '--json'];
  const { code, stdout, stderr } = await desk.run(args);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ done: true, total: { records: 0 } });
  expect(code).toBe(0);
});

test('bindings that do not say what they hold have to be named', async () => {
  const bindings = ['ONE', 'TWO'].map((name) => `[[kv_namespaces]]\nbinding = "${name}"\n`);
  writeFileSync(
    desk.file('project/other.toml'),
    `name = "app"\ncompatibility_date = "2026-10-01"\n${bindings.join('')}`,
  );
  const local = ['stats', '--local', '--config', 'project/other.toml'];
  const { code, stderr } = await desk.run(local);
  expect(stderr).toMatch(/--namespace threads=<BINDING>.*ONE, TWO/);
  expect(code).toBe(2);
  const named = ['--namespace', 'threads=ONE', '--namespace', 'messages=TWO'];
  expect((await desk.result([...local, ...named])).total).toEqual({ records: 0, bytes: 0 });
  const wrong = await desk.run([...local, '--namespace', 'threads=THREE', '--namespace', 'messages=TWO']);
  expect(wrong.stderr).toContain('there is no KV binding THREE');
});
