/**
 * The example as a user runs it: `wrangler dev`, requests over HTTP, and a restart in between, so that nothing but the
 * namespace's files on disk carries what was said.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** @type {string} */
let folder;
/** @type {{ url: string, stop: () => Promise<void> } | undefined} */
let running;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadkv-agent-'));
});
afterEach(async () => running?.stop());
afterAll(() => rm(folder, { recursive: true, force: true }));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** @param {string[]} vars */
async function start(...vars) {
  const port = await freePort();
  const args = ['dev', '-c', 'examples/agent/wrangler.toml', '--port', `${port}`, '--ip', '127.0.0.1'];
  const settings = vars.flatMap((text) => ['--var', text]);
  const child = spawn('wrangler', [...args, '--persist-to', folder, ...settings], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CI: '1',
      XDG_CONFIG_HOME: folder,
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const stop = async () => {
    running = undefined;
    if (child.exitCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  running = { url: `http://127.0.0.1:${port}`, stop };
  await vi.waitUntil(() => /Ready on/.test(output) || child.exitCode !== null, {
    timeout: 100_000,
    interval: 100,
  });
  if (child.exitCode !== null) throw new Error(`wrangler dev ended:\n${output}`);
  return running;
}

/**
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 */
async function request(path, body, headers = {}) {
  const response = await fetch(`${running?.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

describe('the example agent under wrangler dev', () => {
  it('remembers, waits for approval and for a decision, over a restart', async () => {
    const at = { thread: 'shop', resource: 'ada' };
    const first = await start('AGENT_OPEN:local');
    await request('/chat', { ...at, message: 'My order is A7.' });
    const asked = await request('/chat', { ...at, message: 'Cancel order A7' });
    expect(asked.body.approval).toMatchObject({ tool: 'cancelOrder', args: { order: 'A7' } });
    const refund = await request('/refunds', { order: 'A7', paid: 20 });
    expect(refund.body.question).toBe('Refund 18 for order A7?');
    await first.stop();

    await start('AGENT_OPEN:local');
    const approved = await request('/approvals', { runId: asked.body.runId, approved: true });
    expect(approved.body).toEqual({ text: 'Done: the order is cancelled.' });
    const refunded = await request(`/refunds/${refund.body.runId}`, { approved: true });
    expect(refunded.body).toMatchObject({ order: 'A7', refunded: 18 });
    expect((await request('/approvals', { runId: asked.body.runId, approved: true })).status).toBe(404);
    expect((await request(`/refunds/${refund.body.runId}`, { approved: false })).status).toBe(409);

    const { body } = await request('/threads/shop');
    expect(body.thread).toMatchObject({ id: 'shop', resourceId: 'ada' });
    expect(body.messages.map((/** @type {any} */ { role }) => role)).toEqual([
      'user',
      'assistant',
      'user',
      'assistant',
      'assistant',
    ]);
    expect((await request('/refunds/none', { approved: true })).status).toBe(404);
    expect((await request('/chat', { thread: 'shop' })).status).toBe(400);
  });

  it('lets nobody in without its token', async () => {
    await start('AGENT_TOKEN:open-sesame-1234567890');
    expect((await request('/threads/shop')).status).toBe(401);
    const wrong = { Authorization: 'Bearer open-sesame' };
    expect((await request('/threads/shop', undefined, wrong)).status).toBe(401);
    const right = { Authorization: 'Bearer open-sesame-1234567890' };
    expect((await request('/threads/nowhere', undefined, right)).status).toBe(404);
  });
});
