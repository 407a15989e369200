/** examples/langgraph as it is deployed: its Worker in workerd, asked over HTTP. */

import { fileURLToPath } from 'node:url';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import '../support/worker.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const EXAMPLE = fileURLToPath(new URL('../../examples/langgraph/', import.meta.url));
const TOKEN = 'a-token-of-this-test';

/** @type {ReturnType<typeof createTestHarness>} */
let harness;
/** @type {string} */
let origin;

beforeEach(async () => {
  const { rawConfig } = readRawConfig({ config: `${EXAMPLE}wrangler.toml` }, {});
  const config = { ...rawConfig, vars: { AGENT_TOKEN: TOKEN } };
  harness = createTestHarness({ root: EXAMPLE, workers: [{ config }] });
  ({ origin } = (await harness.listen()).url);
});
afterEach(() => harness?.close());

/** @param {string} path @param {unknown} [body] @param {string} [method] @param {string} [token] */
async function ask(path, body, method = body === undefined ? 'GET' : 'POST', token = TOKEN) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: /^[[{]/.test(text) ? JSON.parse(text) : text };
}

it('orders, and waits for a decision where it is dear', async () => {
  expect((await ask('/orders', { thread: 'ada', item: 'tea', dollars: 4 })).body).toEqual({
    log: ['ordered tea'],
  });
  const dear = await ask('/orders', { thread: 'ada', item: 'a kettle', dollars: 140 });
  expect(dear.body).toEqual({ question: 'Order a kettle for 140 dollars?' });
  expect((await ask('/decisions', { thread: 'ada', agreed: true })).body).toEqual({
    log: ['ordered tea', 'ordered a kettle'],
  });
  expect((await ask('/decisions', { thread: 'ada', agreed: true })).status).toBe(404);
  const { body } = await ask('/threads/ada');
  expect(body.map((/** @type {any} */ { step }) => step)).toEqual([6, 5, 4, 3, 2, 1, 0, -1]);
  expect((await ask('/threads/ada', undefined, 'DELETE')).status).toBe(204);
  expect((await ask('/threads/ada')).body).toEqual([]);
});

it('does not do what was refused, and lets nobody in without its token', async () => {
  await ask('/orders', { thread: 'eve', item: 'a yacht', dollars: 1e6 });
  expect((await ask('/decisions', { thread: 'eve', agreed: false })).body).toEqual({
    log: ['did not order a yacht'],
  });
  expect((await ask('/threads/eve', undefined, 'GET', 'another-token-here')).status).toBe(401);
  expect((await ask('/orders', { thread: 'eve' })).status).toBe(400);
});
