/**
 * The example as a user runs it: `make example`, requests over HTTP, and a restart in between, so that nothing but the
 * namespace's files on disk carries what was said.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startDevelopment } from '../dev/start.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof startDevelopment>> | undefined} */
let running;
/** @type {Record<string, string>} */
let authorization = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threadkv-agent-'));
});
afterEach(() => running?.stop());
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As `make example` does. @param {string} [home]  of the data */
async function start(home = 'kv') {
  const args = ['-c', 'examples/agent/wrangler.toml', '--var', `AGENT_HOME:${home}`];
  running = await startDevelopment(['--secret', 'AGENT_TOKEN'], { folder, args });
  const [, token] = /export AGENT_TOKEN=(\S+)/.exec(running.output()) ?? [];
  authorization = { Authorization: `Bearer ${token}` };
  return running;
}

/**
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]  in place of the token
 */
async function request(path, body, headers = authorization) {
  const response = await fetch(`${running?.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
}

describe('the example agent in development', () => {
  it.each(['kv', 'durable'])(
    'with %s remembers, waits for approval and for a decision, over a restart',
    async (home) => {
      const at = { thread: 'shop', resource: 'ada' };
      const first = await start(home);
      await request('/chat', { ...at, message: 'My order is A7.' });
      const asked = await request('/chat', { ...at, message: 'Cancel order A7' });
      expect(asked.body.approval).toMatchObject({ tool: 'cancelOrder', args: { order: 'A7' } });
      const refund = await request('/refunds', { order: 'A7', paid: 20 });
      expect(refund.body.question).toBe('Refund 18 for order A7?');
      const notice = await request('/notifications', { ...at, summary: 'A7 has left the house' });
      await first.stop();

      await start(home);
      const approved = await request('/approvals', { runId: asked.body.runId, approved: true });
      expect(approved.body).toEqual({ text: 'Done: the order is cancelled.' });
      const refunded = await request(`/refunds/${refund.body.runId}`, { approved: true });
      expect(refunded.body).toMatchObject({ order: 'A7', refunded: 18 });
      expect((await request('/approvals', { runId: asked.body.runId, approved: true })).status).toBe(404);
      expect((await request(`/refunds/${refund.body.runId}`, { approved: false })).status).toBe(409);

      const { notifications } = (await request('/notifications/shop')).body;
      const { notification } = notice.body;
      expect(notifications).toEqual([
        { id: notification, summary: 'A7 has left the house', status: 'pending' },
      ]);

      const { traces } = (await request('/traces')).body;
      const named = traces.map((/** @type {any} */ { name }) => name);
      expect(named).toContain("workflow run: 'refund'");
      expect(named.filter((/** @type {string} */ name) => name === "agent run: 'assistant'").length).toBe(2);

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
    },
  );

  it('lets nobody in without its token', async () => {
    const { url, output } = await start();
    expect(output()).not.toContain('#token=');
    expect((await request('/threads/shop', undefined, {})).status).toBe(401);
    const wrong = { Authorization: `${authorization.Authorization}x` };
    expect((await request('/threads/shop', undefined, wrong)).status).toBe(401);
    const elsewhere = { ...authorization, Origin: 'https://elsewhere.example' };
    expect((await request('/threads/shop', undefined, elsewhere)).status).toBe(403);
    expect((await request('/threads/nowhere', undefined, { ...authorization, Origin: url })).status).toBe(
      404,
    );
  });
});
