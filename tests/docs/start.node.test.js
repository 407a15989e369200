/**
 * docs/start.md, followed to the letter in an empty folder: its files, its package, strict TypeScript, `wrangler dev`, its two
 * requests, and again after a restart. Only what npm would fetch is taken from this checkout.
 */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocks, readText, section } from './markdown.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const START = readText('docs/start.md');
const MODULES = resolve('node_modules');
const FILES = { 'wrangler.jsonc': 'jsonc', 'tsconfig.json': 'json', 'index.ts': 'ts' };
const ENV = {
  ...process.env,
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  WRANGLER_HIDE_BANNER: 'true',
};

/** @type {string} */
let folder;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadkv-start-'));
  const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
  execFileSync('npm', pack, { env: ENV, stdio: 'pipe' });
  const { version } = JSON.parse(readText('package.json'));
  mkdirSync(join(folder, 'node_modules/@cloudflare'), { recursive: true });
  execFileSync('tar', ['xzf', `threadkv-${version}.tgz`], { cwd: folder });
  symlinkSync(join(folder, 'package'), join(folder, 'node_modules/threadkv'));
  for (const name of ['wrangler', 'typescript', '@cloudflare/workers-types'])
    symlinkSync(join(MODULES, name), join(folder, 'node_modules', name));
  for (const [name, language] of Object.entries(FILES))
    writeFileSync(join(folder, name), blocks(section(START, '2. Three files'), language)[0]);
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** @returns {Promise<number>} a port that nobody listens on */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });

/**
 * `npx wrangler dev`, until `work` is done.
 *
 * @param {(home: string) => Promise<void>} work
 */
async function develop(work) {
  const port = await freePort();
  const args = [
    'dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--inspector-port',
    String(await freePort()),
  ];
  const server = spawn(join(MODULES, '.bin/wrangler'), args, { cwd: folder, env: ENV, detached: true });
  const ended = new Promise((done) => server.once('exit', done));
  let output = '';
  server.stdout.on('data', (text) => (output += text));
  server.stderr.on('data', (text) => (output += text));
  try {
    await vi.waitFor(() => expect(output).toMatch(/Ready on/), { timeout: 120_000, interval: 200 });
    await work(`127.0.0.1:${port}`);
  } finally {
    process.kill(-(/** @type {number} */ (server.pid)), 'SIGTERM');
    await ended;
  }
}

describe('docs/start.md', () => {
  it('names its files in the order of their texts', () => {
    const named = section(START, '2. Three files').matchAll(/^`([\w.]+)`:/gm);
    expect(Array.from(named, ([, name]) => name)).toEqual(Object.keys(FILES));
  });

  it('packs the version that it installs', () => {
    const { version } = JSON.parse(readText('package.json'));
    expect(START).toContain(`threadkv-${version}.tgz`);
  });

  it('compiles under strict TypeScript', () => {
    execFileSync(process.execPath, [join(MODULES, 'typescript/bin/tsc')], { cwd: folder, stdio: 'pipe' });
  });

  it('answers as it says, before and after a restart', async () => {
    const tried = section(START, '3. Try it');
    const [first, second] = blocks(tried, 'sh')[1].trim().split('\n');
    const answer = JSON.parse(blocks(tried, 'json')[0]);
    /** @param {string} line @param {string} home */
    const run = (line, home) =>
      JSON.parse(
        execFileSync('bash', ['-c', line.replace('curl localhost:8787', `curl -s ${home}`)], {
          encoding: 'utf8',
        }),
      );
    await develop(async (home) => {
      expect(run(first, home)).toEqual(answer);
      expect(run(second, home)).toEqual(answer);
    });
    await develop(async (home) => {
      expect(run(second, home)).toEqual(answer);
    });
    expect(readFileSync(join(folder, 'index.ts'), 'utf8')).toContain("from 'threadkv'");
  });
});
