/** docs/langgraph.md: its code compiles against the declarations, and does what the page says. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { blocks, readText } from './markdown.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = `${ROOT}build/docs-langgraph/`;
const [worker, ...others] = blocks(readText('docs/langgraph.md'), 'ts');

beforeAll(() => {
  mkdirSync(FOLDER, { recursive: true });
  // The package's own names, as they are here.
  const here = worker
    .replace("'threadkv'", "'../../bindings/index.js'")
    .replace("'threadkv/langgraph'", "'../../bindings/langgraph/index.js'");
  writeFileSync(`${FOLDER}worker.ts`, here);
});
afterAll(() => rmSync(FOLDER, { recursive: true }));

it('compiles', () => {
  expect(others).toEqual([]);
  const compilerOptions = {
    noEmit: true,
    types: ['@cloudflare/workers-types'],
    lib: ['es2023'],
    allowJs: true,
    checkJs: false,
  };
  const settings = { extends: '../../tsconfig.json', compilerOptions, include: ['worker.ts'], exclude: [] };
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify(settings));
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, '-p', `${FOLDER}tsconfig.json`], { encoding: 'utf8' });
});

it('counts visits', async () => {
  const { default: app } = await import(/* @vite-ignore */ `${FOLDER}worker.ts`);
  const env = { KV: createMemoryNamespace() };
  const visit = async (/** @type {string} */ name) => {
    /** @type {Promise<unknown>[]} */
    const work = [];
    const ctx = { waitUntil: (/** @type {Promise<unknown>} */ promise) => void work.push(promise) };
    const response = await app.fetch(new Request(`http://localhost/${name}`), env, ctx);
    await Promise.all(work);
    return response.json();
  };
  expect(await visit('ada')).toEqual({ visits: 1 });
  expect(await visit('ada')).toEqual({ visits: 2 });
  expect(await visit('eve')).toEqual({ visits: 1 });
});
