// Builds each project beside this file with its platform's own tools, over the package as it would be published, starts
// what was built, asks it once, and says what came: `make platforms`, or for some of them
//
//   node tests/build/platforms/index.mjs nitro next
//
// It installs hundreds of megabytes from npm into a folder for temporary files, so CI leaves it out. Versions are exact in each
// project's package.json; its field `threadkv` says what README's table says of it, and the path that is asked.

import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { projects } from './table.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = resolve(HERE, '../../..');
/** Outside the repository, whose node_modules nobody else has. */
const WORK = join(tmpdir(), 'threadkv-platforms');
const PATIENCE = 120_000;

const env = {
  ...process.env,
  CI: 'true',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  NEXT_TELEMETRY_DISABLED: '1',
  MASTRA_TELEMETRY_DISABLED: '1',
};

/** @param {string} folder @param {string} log */
function start(folder, log, /** @type {string[]} */ ...command) {
  const out = openSync(log, 'a');
  const child = spawn(command[0], command.slice(1), { cwd: folder, env, stdio: ['ignore', out, out], detached: true });
  const ended = new Promise((settle) => {
    child.on('error', () => settle(-1));
    child.on('close', settle);
  });
  return { ended, stop: () => process.kill(-(/** @type {number} */ (child.pid))) };
}

/** @param {string} folder @param {string} log @param {string[]} command */
async function run(folder, log, ...command) {
  const code = await start(folder, log, ...command).ended;
  if (code !== 0) throw new Error(`${command.join(' ')} failed with ${code}: see ${log}`);
}

/** @returns {Promise<number>} a port that is free */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((settle) => server.once('listening', settle));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((settle) => server.close(settle));
  return port;
}

/** @param {string} url @param {Promise<unknown>} ended */
async function ask(url, ended) {
  let over = false;
  void ended.then(() => (over = true));
  const until = Date.now() + PATIENCE;
  for (;;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
      return await response.text();
    } catch (error) {
      if (over || Date.now() > until) throw new Error(`nothing answers at ${url}`, { cause: error });
      await sleep(500);
    }
  }
}

/** @param {import('./table.mjs').Project} project @param {string} tarball */
async function tryProject({ folder: name, path, scripts }, tarball) {
  const folder = join(WORK, name);
  const log = join(WORK, `${name}.log`);
  rmSync(log, { force: true });
  cpSync(join(HERE, name), folder, { recursive: true });
  cpSync(join(HERE, 'converse.js'), join(folder, 'converse.js'));
  await run(folder, log, 'npm', 'install', '--no-save', '--ignore-scripts', '--no-fund', '--no-audit', tarball);
  if (scripts.build) await run(folder, log, 'npm', 'run', 'build');
  const port = await freePort();
  const { ended, stop } = start(folder, log, 'npm', 'run', 'start', '--', '--port', String(port));
  try {
    const answer = await ask(`http://127.0.0.1:${port}${path}`, ended);
    if (answer !== '{"content":"hello"}') throw new Error(`it answered ${answer.slice(0, 400)}; see ${log}`);
  } finally {
    stop();
    await ended;
  }
}

mkdirSync(WORK, { recursive: true });
await run(ROOT, join(WORK, 'pack.log'), 'npm', 'pack', '--ignore-scripts', '--pack-destination', WORK);
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const tarball = join(WORK, `threadkv-${version}.tgz`);
const wanted = process.argv.slice(2);
for (const project of projects()) {
  if (wanted.length > 0 && !wanted.includes(basename(project.folder))) continue;
  try {
    await tryProject(project, tarball);
    console.log(`${project.folder}: works`);
  } catch (error) {
    console.log(`${project.folder}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
