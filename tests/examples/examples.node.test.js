/**
 * The examples that are copied, as their READMEs say: elsewhere, with the package that would be published; compiled, started by
 * `wrangler dev`'s own machinery, asked by the lines of the README, and answering what stands there.
 */

import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { blocks, readText } from '../docs/markdown.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** The server runs in this process, so that it must not be waited for at once. */
const run = promisify(execFile);

const EXAMPLES = ['worker', 'hono'];
const { version, devDependencies } = JSON.parse(readText('package.json'));

/** @type {string} */
let folder;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'threadkv-examples-')));
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { stdio: 'ignore' });
  execFileSync('tar', ['xzf', `threadkv-${version}.tgz`], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(EXAMPLES)('examples/%s', (name) => {
  const from = resolve('examples', name);
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const README = readFileSync(join(from, 'README.md'), 'utf8');
  const lines = blocks(README, 'sh').flatMap((block) => block.match(/^curl .*/gm) ?? []);

  beforeAll(() => {
    const to = join(folder, name);
    cpSync(from, to, { recursive: true });
    for (const one of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const link = join(to, 'node_modules', one);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(one === 'threadkv' ? join(folder, 'package') : resolve('node_modules', one), link);
    }
  });

  it('wants the versions that are tested', () => {
    const { threadkv, ...others } = { ...manifest.dependencies, ...manifest.devDependencies };
    expect(threadkv).toBe(version);
    for (const [one, wanted] of Object.entries(others)) expect(wanted, one).toBe(devDependencies[one]);
  });

  it('compiles under strict TypeScript', () => {
    const tsc = resolve('node_modules/typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', '.'], { cwd: join(folder, name), stdio: 'pipe' });
  });

  it('answers what its README says', async () => {
    const root = join(folder, name);
    const { rawConfig } = readRawConfig({ config: join(root, 'wrangler.jsonc') }, {});
    const [, secret] = /--var THREADKV_TOKEN:(\S+)/.exec(README) ?? [];
    const config = {
      ...rawConfig,
      main: join(root, String(rawConfig.main)),
      vars: { THREADKV_TOKEN: secret },
    };
    const harness = createTestHarness({ root, workers: [{ config }] });
    const { url } = await harness.listen();
    try {
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) {
        const [, command, answer] = /** @type {RegExpExecArray} */ (/^(.*?) #\s?(.*)$/.exec(line));
        const here = command.replace('localhost:8787', url.host).replace('curl', 'curl -s');
        const { stdout } = await run('bash', ['-c', here], { timeout: 20_000 });
        expect(stdout.trim(), line).toBe(answer);
      }
    } finally {
      await harness.close();
    }
  });
});
