/**
 * docs/production.md, docs/without-framework.md, docs/moving.md: their files compile under strict TypeScript, against the declarations of the
 * package, and do what the pages say; their commands run over an account.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InMemoryStore } from '@mastra/core/storage';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { Desk, fill, readAll } from '../cli/support.js';
import { blocks, readText } from './markdown.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}build/docs-pages/`;
const PAGES = ['production', 'without-framework', 'moving'];

/** @param {string} page @returns {string[]} */
const commands = (page) =>
  blocks(readText(`docs/${page}.md`), 'sh').flatMap((block) => block.trim().split('\n'));

/** @param {string} page @returns {Promise<any>} what its file exports */
const load = (page) => import(/* @vite-ignore */ `${FOLDER}${page}.ts`);

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  for (const page of PAGES) {
    const files = blocks(readText(`docs/${page}.md`), 'ts');
    expect(files.length, page).toBe(1);
    writeFileSync(`${FOLDER}${page}.ts`, files[0].replace("'threadkv'", "'../../bindings/index.js'"));
  }
});
afterAll(() => rmSync(FOLDER, { recursive: true }));

it.each([
  ['production', ['@cloudflare/workers-types'], ['es2024']],
  ['without-framework', ['@cloudflare/workers-types'], ['es2024']],
  ['moving', ['node'], ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable']],
])('docs/%s.md compiles', (page, types, lib) => {
  const [file] = blocks(readText(`docs/${page}.md`), 'ts');
  writeFileSync(`${FOLDER}user.ts`, file);
  const compilerOptions = {
    target: 'es2024',
    lib,
    module: 'nodenext',
    types,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, '-p', `${FOLDER}tsconfig.json`], { encoding: 'utf8', stdio: 'pipe' });
});

describe('docs/production.md', () => {
  it('tells what requests cost, and the cron sweeps and prunes, tenant by tenant', async () => {
    const { default: worker, openStore } = await load('production');
    /** @type {any[]} */
    const points = [];
    const env = {
      KV: createMemoryNamespace(),
      COSTS: { writeDataPoint: (/** @type {any} */ point) => points.push(point) },
    };
    const old = {
      core: createCore({ now: () => Date.now() - 100 * 86_400_000 }),
      bindings: { default: env.KV },
    };
    for (const name of ['acme', 'umbrella'])
      await fill(new CloudflareStore({ ...old, keyPrefix: `${name}_` }), { threads: 1 });
    const answer = await worker.fetch(new Request('https://x/acme'), env);
    expect(await answer.json()).toEqual(['Title 0']);
    expect((await worker.fetch(new Request('https://x/nobody'), env)).status).toBe(404);
    expect(points).toEqual([{ indexes: ['acme'], blobs: ['threadkv'], doubles: expect.any(Array) }]);
    expect(points[0].doubles.slice(1, 4)).toEqual([0, 0, 1]);
    await worker.scheduled({}, env);
    expect(points.map(({ indexes }) => indexes[0])).toEqual(['acme', 'acme', 'umbrella']);
    const store = openStore(env, 'acme');
    expect(await store.getThreadById({ threadId: 'thread-0' })).not.toBeNull();
    expect((await store.listMessages({ threadId: 'thread-0' })).total).toBe(0);
  });

  it('its commands keep a tenant apart, and bring it back', async () => {
    const desk = await Desk.open();
    await fill(desk.store({ keyPrefix: 'acme_' }), { threads: 1 });
    await fill(desk.store({ keyPrefix: 'umbrella_' }), { threads: 1 });
    const before = await readAll(desk.store({ keyPrefix: 'acme_' }));
    const lines = commands('production');
    expect(lines.filter((line) => line.startsWith('threadkv '))).toEqual(lines);
    for (const line of lines) {
      const { code, stderr } = await desk.shell(line);
      expect(code, `${line}\n${stderr}`).toBe(0);
    }
    for (const keyPrefix of ['acme_', 'restored_'])
      expect(await readAll(desk.store({ keyPrefix }))).toEqual(before);
    await desk.close();
  });
});

it('docs/without-framework.md: a turn knows what was said and what is remembered', async () => {
  const { turn, remember } = await load('without-framework');
  const store = new CloudflareStore({ backend: createMemoryBackend(), core: createCore() });
  const now = new Date();
  await store.saveThread({ thread: { id: 't', resourceId: 'ada', createdAt: now, updatedAt: now } });
  await remember(store, 'ada', '# Likes tea');
  /** @type {any[]} */
  const asked = [];
  const model = async (/** @type {any[]} */ messages) => {
    asked.push(messages);
    return `answer ${asked.length}`;
  };
  expect(await turn(store, model, 't', 'one')).toBe('answer 1');
  expect(await turn(store, model, 't', 'two')).toBe('answer 2');
  expect(asked[1].map((/** @type {any} */ { role, content }) => `${role}: ${content}`)).toEqual([
    'system: Known of this user:\n# Likes tea',
    'user: one',
    'assistant: answer 1',
    'user: two',
  ]);
  await expect(turn(store, model, 'none', 'x')).rejects.toThrow('saveThread');
});

describe('docs/moving.md', () => {
  it('its commands adopt what an older store wrote', async () => {
    const layout = JSON.parse(readFileSync(new URL('../cli/adoption/0.11.json', import.meta.url), 'utf8'));
    const desk = await Desk.open();
    for (const [title, keys] of Object.entries(layout.namespaces))
      for (const [key, value] of Object.entries(/** @type {object} */ (keys)))
        desk.storage(title).put(key, typeof value === 'string' ? value : JSON.stringify(value), '""');
    // A file of LibSQL's store is adopted in tests/cli.
    for (const line of commands('moving').filter((one) => !one.includes('--from mastra.db'))) {
      const here = line.replace('--from-prefix dev_', `--from-prefix '${layout.prefix}'`);
      const { code, stderr } = await desk.shell(here);
      expect(code, `${line}\n${stderr}`).toBe(0);
    }
    const { threads } = await desk.store({ keyPrefix: 'dev_' }).listThreads();
    expect(threads.length).toBeGreaterThan(0);
    await desk.close();
  });

  it('its file copies any store of Mastra, twice as once', async () => {
    const { move } = await load('moving');
    const from = await new InMemoryStore().getStore('memory');
    const to = await new MastraStore({
      id: 'new',
      backend: createMemoryBackend(),
      core: createCore(),
    }).getStore('memory');
    if (from === undefined || to === undefined) throw new Error('no memory');
    const createdAt = new Date('2026-01-02T03:04:05Z');
    for (let i = 0; i < 60; i++) {
      const at = new Date(createdAt.getTime() + i * 1000);
      await from.saveThread({
        thread: { id: `t-${i}`, resourceId: 'ada', title: `T ${i}`, createdAt: at, updatedAt: at },
      });
    }
    const messages = Array.from({ length: 120 }, (_, i) => ({
      id: `m-${i}`,
      threadId: 't-0',
      resourceId: 'ada',
      role: /** @type {const} */ ('user'),
      createdAt: new Date(createdAt.getTime() + i),
      content: {
        format: /** @type {const} */ (2),
        parts: [{ type: /** @type {const} */ ('text'), text: `${i}` }],
      },
    }));
    await from.saveMessages({ messages });
    await from.saveResource({
      resource: { id: 'ada', workingMemory: '# Tea', createdAt, updatedAt: createdAt },
    });
    for (const times of ['once', 'twice']) {
      await move(from, to);
      expect((await to.listThreads({ perPage: false })).total, times).toBe(60);
      const found = await to.listMessages({ threadId: 't-0', perPage: false });
      expect(found.messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id));
      expect(await to.getResourceById({ resourceId: 'ada' })).toMatchObject({ workingMemory: '# Tea' });
    }
  });
});
