/**
 * A program that uses the package, put into one file for Node by each bundler, with nothing left outside: it runs where
 * there is nothing else. The package is the one that would be published.
 */

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, it } from 'vitest';
import webpack from 'webpack';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const PROGRAM = `
import { CloudflareStore } from 'threadkv';
import { createMemoryBackend } from 'threadkv/memory';

async function main() {
  const store = new CloudflareStore({ backend: createMemoryBackend() });
  const now = new Date();
  await store.saveThread({ thread: { id: 't', resourceId: 'r', title: 'a title', createdAt: now, updatedAt: now } });
  await store.saveMessages({
    messages: [{ id: 'm', threadId: 't', resourceId: 'r', role: 'user', type: 'text', content: 'hello', createdAt: now }],
  });
  const { messages } = await store.listMessages({ threadId: 't' });
  const { looked } = await store.verify({});
  console.log(JSON.stringify({ content: messages[0].content, threads: looked.threads }));
}
void main();
`;

const WORKER = `
import { CloudflareStore } from 'threadkv';

export default {
  async fetch(_request, env) {
    const store = new CloudflareStore({ bindings: { default: env.KV } });
    return store.getThreadById({ threadId: 't' }).then(
      () => Response.json('no error'),
      ({ name, code, op, message }) => Response.json({ name, code, op, message }),
    );
  },
};
`;

const TOP_LEVEL = `
import { env } from 'cloudflare:workers';
import { CloudflareStore } from 'threadkv';

const store = new CloudflareStore({ bindings: { default: env.KV } });
const told = [];
const tell = ({ name, code, op, message }) => told.push({ name, code, op, message });
await store.init().catch(tell);
await store.listThreads().catch(tell);

export default {
  async fetch() {
    const { total } = await store.listThreads();
    return Response.json([...told, { op: 'later', total }]);
  },
};
`;

/** Where the program stands, with the package in its node_modules. @type {string} */
let project;
beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'threadkv-bundles-')));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project], { cwd: ROOT, stdio: 'ignore' });
  const into = join(project, 'node_modules/threadkv');
  mkdirSync(into, { recursive: true });
  execFileSync('sh', ['-c', `tar xzf "$1"/*.tgz -C "$2" --strip-components=1`, 'sh', project, into]);
  writeFileSync(join(project, 'program.mjs'), PROGRAM);
});
afterAll(() => rmSync(project, { recursive: true }));

/** @type {[name: string, bundle: (entry: string, to: string) => Promise<unknown>, extension: string][]} */
const bundlers = [
  ['esbuild to ESM', (entry, to) => withEsbuild(entry, to, 'esm'), 'mjs'],
  ['esbuild to CommonJS', (entry, to) => withEsbuild(entry, to, 'cjs'), 'cjs'],
  ['rollup to ESM', (entry, to) => withRollup(entry, to, 'es'), 'mjs'],
  ['rollup to CommonJS', (entry, to) => withRollup(entry, to, 'cjs'), 'cjs'],
  ['Vite for SSR', withVite, 'mjs'],
  ['webpack', withWebpack, 'cjs'],
];

it.each(bundlers)('%s', async (name, bundle, extension) => {
  const to = join(project, name.replaceAll(' ', '-'), `bundle.${extension}`);
  await bundle(join(project, 'program.mjs'), to);
  const elsewhere = mkdtempSync(join(tmpdir(), 'threadkv-bundle-'));
  try {
    execFileSync('sh', ['-c', 'cp "$1"/* "$2"', 'sh', dirname(to), elsewhere]);
    const printed = execFileSync(process.execPath, [join(elsewhere, `bundle.${extension}`)], { encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual({ content: 'hello', threads: 1 });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

it('put into a Worker all the same, it says what to do', async () => {
  const entry = join(project, 'worker.mjs');
  const to = join(project, 'worker/bundle.mjs');
  writeFileSync(entry, WORKER);
  await withEsbuild(entry, to, 'esm');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: true,
      script: readFileSync(to, 'utf8'),
      compatibilityDate: '2026-10-01',
      kvNamespaces: ['KV'],
    }),
  );
  try {
    const told = await (await miniflare.dispatchFetch('http://localhost/')).json();
    expect(told).toEqual({
      name: 'StoreError',
      code: 'NO_MODULE',
      op: 'getThreadById',
      message: expect.stringMatching(/condition "workerd".* serverExternalPackages: \["threadkv"\].* createCore\(\{ module \}\)/),
    });
  } finally {
    await miniflare.dispose();
  }
});

it('called at a Worker’s top level, it says what to do', async () => {
  const entry = join(project, 'top-level.mjs');
  const to = join(project, 'top-level/bundle.mjs');
  writeFileSync(entry, TOP_LEVEL);
  await esbuild({
    entryPoints: [entry],
    outfile: to,
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    external: ['cloudflare:*'],
    logLevel: 'silent',
    plugins: [withModule],
  });
  const wasm = join(project, 'node_modules/threadkv/build/threadkv.wasm');
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modulesRoot: '/',
      modules: [
        { type: 'ESModule', path: '/index.mjs', contents: readFileSync(to, 'utf8') },
        { type: 'CompiledWasm', path: '/threadkv.wasm', contents: readFileSync(wasm) },
      ],
      compatibilityDate: '2026-10-01',
      kvNamespaces: ['KV'],
    }),
  );
  try {
    const told = /** @type {any[]} */ (await (await miniflare.dispatchFetch('http://localhost/')).json());
    expect(told.map(({ op }) => op)).toEqual(['init', 'listThreads', 'later']);
    for (const { name, code, message } of told.slice(0, 2)) {
      expect({ name, code }).toEqual({ name: 'StoreError', code: 'KV_FAILED' });
      expect(message).toMatch(/top level of a Worker.* call it in a handler/);
    }
    expect(told[2].total).toBe(0);
  } finally {
    await miniflare.dispose();
  }
});

/** The module beside the bundle, as wrangler puts it there. @type {import('esbuild').Plugin} */
const withModule = {
  name: 'module',
  setup(build) {
    build.onResolve({ filter: /\.wasm\?module$/ }, () => ({ path: './threadkv.wasm', external: true }));
  },
};

/** @param {string} entry @param {string} to @param {'esm' | 'cjs'} format */
async function withEsbuild(entry, to, format) {
  const { warnings } = await esbuild({
    entryPoints: [entry],
    outfile: to,
    bundle: true,
    platform: 'node',
    format,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
}

/** @param {string} entry @param {string} to @param {'es' | 'cjs'} format */
async function withRollup(entry, to, format) {
  const build = await rollup({
    input: entry,
    plugins: [nodeResolve({ exportConditions: ['node'], preferBuiltins: true })],
    onwarn: (warning) => expect.fail(warning.message),
  });
  await build.write({ file: to, format, inlineDynamicImports: true });
  await build.close();
}

/** @param {string} entry @param {string} to */
async function withVite(entry, to) {
  await vite({
    root: project,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      outDir: dirname(to),
      rollupOptions: { output: { entryFileNames: 'bundle.mjs', chunkFileNames: '[name].mjs' } },
    },
  });
}

/** @param {string} entry @param {string} to */
async function withWebpack(entry, to) {
  const compiler = webpack({
    mode: 'production',
    target: 'node22',
    context: project,
    entry,
    output: { path: dirname(to), filename: 'bundle.cjs' },
  });
  await new Promise((resolve, reject) => {
    compiler?.run((error, stats) => {
      const failed = error ?? (stats?.hasErrors() || stats?.hasWarnings() ? new Error(stats.toString()) : undefined);
      compiler.close(() => (failed ? reject(failed) : resolve(undefined)));
    });
  });
}
