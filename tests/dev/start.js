/**
 * A Worker in development, as `make dev` and `make example` start it: tools/dev.mjs, in a process of its own.
 *
 * @module
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { vi } from 'vitest';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * @param {string[]} own  of tools/dev.mjs
 * @param {{ folder: string, args?: string[], cwd?: string }} options  where nothing is yet; what wrangler gets besides
 */
export async function startDevelopment(own, { folder, args = [], cwd = process.cwd() }) {
  const port = await freePort();
  const settings = ['--ip', '127.0.0.1', '--port', `${port}`, '--inspector-port', `${await freePort()}`];
  const all = [...own, '--', ...args, ...settings, '--persist-to', `${folder}/state`];
  const child = spawn(process.execPath, ['tools/dev.mjs', ...all], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CI: '1',
      XDG_CONFIG_HOME: folder,
      TMPDIR: folder,
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  /** @param {NodeJS.Signals} [signal]  what a terminal sends, it sends to all */
  const stop = async (signal = 'SIGINT') => {
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    process.kill(signal === 'SIGINT' ? -child.pid : child.pid, signal);
    await ended;
  };
  const ready = () => /^ {2}For other programs: .*\n|^ {2}http:.* with the .*\n/m.test(output);
  await vi.waitUntil(() => ready() || child.exitCode !== null, { timeout: 100_000, interval: 100 });
  if (child.exitCode !== null) throw new Error(`it ended:\n${output}`);
  return { url: `http://127.0.0.1:${port}`, pid: child.pid, output: () => output, stop };
}
