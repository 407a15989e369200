/**
 * `threadkv/worker` of the package that would be published, as part of a user's Worker: compiled under strict TypeScript, bundled
 * by wrangler and by Vite, and asked. Neither project has what the Worker itself is made with.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build as vite } from 'vite';
import { createTestHarness } from 'wrangler';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TOKEN = 'correct-horse-battery-staple';
const MODULES = ['typescript', '@cloudflare/workers-types'];

const WORKER = `
import { CloudflareStore } from 'threadkv';
import { createApp } from 'threadkv/worker';

interface Env { KV: KVNamespace; THREADKV_TOKEN: string }

const threadkv = createApp({ path: '/threadkv', store: (env: Env) => ({ bindings: { default: env.KV } }) });

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname.startsWith('/threadkv')) return threadkv.fetch(request, env, context);
    const store = new CloudflareStore({ bindings: { default: env.KV } });
    const now = new Date();
    await store.saveThread({ thread: { id: 't', resourceId: 'u', title: 'Of the Worker', createdAt: now, updatedAt: now } });
    return new Response('saved');
  },
  scheduled: (_event, env, context) => threadkv.sweep(env, context),
} satisfies ExportedHandler<Env>;
`;

const PROGRAM = `
import { createApp } from 'threadkv/worker';
import { createMemoryBackend } from 'threadkv/memory';

const backend = createMemoryBackend();
const app = createApp({ path: '/threadkv', store: () => ({ backend }) });
export const ask = (url, init) => app.fetch(new Request(url, init), { THREADKV_TOKEN: '${TOKEN}' });
`;

/** Where the projects stand. @type {string} */
let project;
beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'threadkv-mounted-')));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT, stdio: 'ignore' });
  const into = join(project, 'node_modules/threadkv');
  mkdirSync(into, { recursive: true });
  mkdirSync(join(project, 'node_modules/@cloudflare'));
  execFileSync('sh', ['-c', `tar xzf "$1"/*.tgz -C "$2" --strip-components=1`, 'sh', project, into]);
  for (const name of MODULES) symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  writeFileSync(join(project, 'index.ts'), WORKER);
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
  const compilerOptions = {
    target: 'es2024',
    lib: ['es2024'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: ['@cloudflare/workers-types'],
    strict: true,
    noEmit: true,
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['index.ts'] }));
});
afterAll(() => rmSync(project, { recursive: true }));

/**
 * What a user sees of it.
 *
 * @param {(path: string, init?: { headers: Record<string, string> }) => Promise<any>} ask
 */
async function look(ask) {
  const page = await ask('/threadkv/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  expect(await page.text()).toContain('src="page/main.js"');
  expect((await ask('/threadkv/page/main.js')).headers.get('content-type')).toMatch(/^text\/javascript/);
  expect((await ask('/threadkv/v1/threads')).status).toBe(401);
  const answer = await ask('/threadkv/v1/threads', { headers: { Authorization: `Bearer ${TOKEN}` } });
  return (await answer.json()).threads.map((/** @type {any} */ { title }) => title);
}

it('compiles under strict TypeScript', () => {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: project, stdio: 'pipe' });
});

it('is bundled by wrangler, and shows what the Worker has just stored', async () => {
  const config = {
    name: 'mounted',
    main: join(project, 'index.ts'),
    compatibility_date: '2026-10-01',
    kv_namespaces: [{ binding: 'KV' }],
    vars: { THREADKV_TOKEN: TOKEN },
  };
  const harness = createTestHarness({ root: project, workers: [{ config }] });
  const { url } = await harness.listen();
  const ask = (/** @type {string} */ path, init = {}) => fetch(new URL(path, url), init);
  try {
    expect(await look(ask)).toEqual([]);
    await ask('/');
    expect(await look(ask)).toEqual(['Of the Worker']);
  } finally {
    await harness.close();
  }
});

it('is bundled by Vite for Node, with nothing left outside', async () => {
  await vite({
    root: project,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { ssr: join(project, 'program.mjs'), outDir: join(project, 'vite') },
  });
  const { ask } = await import(pathToFileURL(join(project, 'vite/program.mjs')).href);
  expect(await look((path, init) => ask(`http://host${path}`, init))).toEqual([]);
});
