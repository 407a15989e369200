/** `make dev`: who gets in, and where the token of a start is. */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium, visit } from '../page/visitor.js';
import { startDevelopment } from './start.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof startDevelopment>>} */
let dev;
/** @type {string} */
let link;
/** @type {string} */
let token;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'threadkv-dev-test-'));
  dev = await startDevelopment(['--secret', 'THREADKV_TOKEN', '--page'], { folder });
  [link, token] = /http:\S+#token=(\S+)/.exec(dev.output()) ?? ['', ''];
});
afterAll(async () => {
  await dev?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} path @param {Record<string, string>} [headers] @param {string} [origin] */
const statusOf = async (path, headers = {}, origin = dev.url) =>
  (await fetch(`${origin}${path}`, { headers })).status;

describe('make dev', () => {
  it('prints a link that opens the page', async () => {
    expect(link.startsWith(`${dev.url}/`)).toBe(true);
    const browser = await launchChromium();
    try {
      const { page, complaints } = await visit(browser, dev.url);
      await page.goto(link);
      await page.getByRole('heading', { name: 'No threads yet' }).waitFor();
      expect(page.url()).toBe(`${dev.url}/`);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  it('prints the token for other programs', async () => {
    expect(dev.output()).toContain(`export THREADKV_TOKEN=${token}\n`);
    expect(await statusOf('/v1/threads', { Authorization: `Bearer ${token}` })).toBe(200);
    const localhost = dev.url.replace('127.0.0.1', 'localhost');
    expect(await statusOf('/v1/threads', { Authorization: `Bearer ${token}` }, localhost)).toBe(200);
  });

  it('lets nobody in without it', async () => {
    expect(await statusOf('/v1/threads')).toBe(401);
    expect(await statusOf('/v1/threads', { Authorization: 'Bearer local' })).toBe(401);
    expect(await statusOf('/openapi.json')).toBe(401);
  });

  it('lets no page of another site in, and this one', async () => {
    const headers = { Authorization: `Bearer ${token}` };
    for (const Origin of ['https://elsewhere.example', 'http://127.0.0.1:1', 'null']) {
      expect(await statusOf('/v1/threads', { ...headers, Origin })).toBe(403);
    }
    expect(await statusOf('/v1/threads', { ...headers, Origin: dev.url })).toBe(200);
    const localhost = dev.url.replace('127.0.0.1', 'localhost');
    expect(await statusOf('/v1/threads', { ...headers, Origin: localhost }, localhost)).toBe(200);
  });

  it("leaves out wrangler's own view of the data", async () => {
    const answer = await fetch(`${dev.url}/cdn-cgi/local/explorer`);
    expect(await answer.json()).toMatchObject({ error: { code: 'NO_SUCH_ROUTE' } });
  });

  it('keeps the token where others cannot see it, and for no longer than it runs', async () => {
    const places = [folder, '.wrangler', 'build/config'].filter((place) => existsSync(place));
    const kept = execFileSync('grep', ['-rl', token, ...places], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatch(/\/threadkv-dev-\w+\/token\.env$/);
    expect(statSync(kept[0]).mode & 0o777).toBe(0o600);
    for (const pid of existsSync('/proc') ? readdirSync('/proc') : []) {
      const file = `/proc/${pid}/cmdline`;
      if (/^\d+$/.test(pid) && existsSync(file)) expect(readFileSync(file, 'utf8')).not.toContain(token);
    }
    expect(dev.output().split(token)).toHaveLength(3);
    await dev.stop();
    expect(existsSync(kept[0])).toBe(false);
  });

  it('uses the secret of .dev.vars where there is one, and does not print it', async () => {
    const own = 'a-secret-of-my-own-1234';
    for (const name of [
      'worker',
      'bindings',
      'build',
      'src',
      'tools',
      'node_modules',
      'package.json',
      'wrangler.toml',
    ]) {
      symlinkSync(resolve(name), join(folder, name));
    }
    writeFileSync(join(folder, '.dev.vars'), `THREADKV_TOKEN=${own}\nMAX_BODY_BYTES=100\n`);
    dev = await startDevelopment(['--secret', 'THREADKV_TOKEN', '--page'], { folder, cwd: folder });
    expect(dev.output()).toContain('.dev.vars');
    expect(dev.output()).not.toContain(own);
    expect(await statusOf('/v1/threads', { Authorization: `Bearer ${own}` })).toBe(200);
    await dev.stop('SIGTERM');
    expect(readdirSync(folder).filter((name) => name.startsWith('threadkv-dev-'))).toEqual([]);
  });
});
