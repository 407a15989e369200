/** docs/langgraph.md: its code compiles against the declarations, and does what the page says. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createTestHarness } from 'wrangler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import '../support/worker.js';
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
    types: ['@cloudflare/workers-types', 'node'],
    lib: ['es2023'],
    allowJs: true,
    checkJs: false,
  };
  const settings = { extends: '../../tsconfig.json', compilerOptions, include: ['worker.ts'], exclude: [] };
  writeFileSync(`${FOLDER}tsconfig.json`, JSON.stringify(settings));
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  execFileSync(process.execPath, [tsc, '-p', `${FOLDER}tsconfig.json`], { encoding: 'utf8' });
});

describe('bundled as it is deployed', () => {
  /** @type {ReturnType<typeof createTestHarness>} */
  let harness;
  /** @type {string} */
  let origin;

  beforeAll(async () => {
    const config = {
      name: 'visits',
      main: 'worker.ts',
      compatibility_date: '2026-10-01',
      compatibility_flags: ['nodejs_compat'],
      kv_namespaces: [{ binding: 'KV', id: 'kv' }],
    };
    harness = createTestHarness({ root: FOLDER, workers: [{ config }] });
    ({ origin } = (await harness.listen()).url);
  }, 120_000);
  afterAll(() => harness?.close());

  /** @param {string} path */
  const visit = async (path) => (await fetch(`${origin}${path}`)).json();

  it('asks, goes on with the answer, and counts visits', async () => {
    expect(await visit('/ada')).toEqual({ question: 'Who is there?' });
    expect(await visit('/ada?name=Ada')).toEqual({ visits: 1, name: 'Ada' });
    expect(await visit('/ada')).toEqual({ visits: 2, name: 'Ada' });
    expect(await visit('/eve')).toEqual({ question: 'Who is there?' });
  });
});
