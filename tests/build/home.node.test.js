/** Where the project is at home is said in one place, by whoever publishes it. */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** @type {string} */
let folder;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'threadkv-home-'));
  cpSync('package.json', join(folder, 'package.json'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
/** @param {string[]} args */
const run = (...args) =>
  spawnSync(process.execPath, [resolve('tools/home.mjs'), ...args], { cwd: folder, encoding: 'utf8' });

it('nothing is published before it is said', () => {
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain('make home URL=');
  expect(read().scripts.prepublishOnly).toBe('node tools/home.mjs');
});

it('one address makes all three fields, and changes nothing else', () => {
  const before = read();
  expect(run('ftp://git.example/x').status).toBe(1);
  expect(read()).toEqual(before);
  expect(run('https://git.example/owner/threadkv').status).toBe(0);
  expect(read()).toEqual({
    ...before,
    homepage: 'https://git.example/owner/threadkv#readme',
    repository: { type: 'git', url: 'git+https://git.example/owner/threadkv.git' },
    bugs: 'https://git.example/owner/threadkv/issues',
  });
  expect(run().status).toBe(0);
});
