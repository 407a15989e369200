/** examples/openai-agents as it is deployed: its Worker in workerd, asked over HTTP. */

import { fileURLToPath } from 'node:url';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import '../support/worker.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const EXAMPLE = fileURLToPath(new URL('../../examples/openai-agents/', import.meta.url));
const TOKEN = 'a-token-of-this-test';

/** @type {ReturnType<typeof createTestHarness>} */
let harness;
/** @type {string} */
let origin;

beforeEach(async () => {
  const { rawConfig } = readRawConfig({ config: `${EXAMPLE}wrangler.toml` }, {});
  const config = { ...rawConfig, vars: { ...rawConfig.vars, AGENT_TOKEN: TOKEN } };
  harness = createTestHarness({ root: EXAMPLE, workers: [{ config }] });
  ({ origin } = (await harness.listen()).url);
});
afterEach(() => harness?.close());

/** @param {string} path @param {unknown} [body] @param {string} [token] */
async function ask(path, body, token = TOKEN) {
  const response = await fetch(`${origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: /^[[{]/.test(text) ? JSON.parse(text) : text };
}

it('remembers, and waits for approval', async () => {
  expect((await ask('/ask', { session: 'shop', message: 'My order is A7.' })).body).toEqual({
    text: 'You have told me 1 thing(s) that I remember.',
  });
  const asked = await ask('/ask', { session: 'shop', message: 'Cancel order A7' });
  expect(asked.body).toEqual({ approvals: [{ tool: 'cancelOrder', args: '{"order":"A7"}' }] });
  const approved = await ask('/approvals', { session: 'shop', approved: true });
  expect(approved.body).toEqual({ text: 'Order A7 is cancelled.' });
  expect((await ask('/approvals', { session: 'shop', approved: true })).status).toBe(404);
  expect((await ask('/ask', { session: 'shop', message: 'Well?' })).body).toEqual({
    text: 'You have told me 3 thing(s) that I remember.',
  });
  const { body } = await ask('/sessions/shop');
  expect(body.map((/** @type {any} */ { type, role = '' }) => `${type} ${role}`.trim())).toEqual([
    'message user',
    'message assistant',
    'message user',
    'function_call',
    'function_call_result',
    'message assistant',
    'message user',
    'message assistant',
  ]);
});

it('does not do what was refused, and lets nobody in without its token', async () => {
  await ask('/ask', { session: 'x', message: 'Cancel order B1' });
  const { body } = await ask('/approvals', { session: 'x', approved: false });
  expect(body.text).not.toMatch(/is cancelled/);
  expect((await ask('/sessions/x', undefined, 'another-token-here')).status).toBe(401);
  expect((await ask('/ask', { session: 'x' })).status).toBe(400);
});
