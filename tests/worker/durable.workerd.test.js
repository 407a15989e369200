/** The Worker over Durable Objects: DATA_HOME = "durable". */

import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import worker from '../../worker/index.js';
import { OBJECTS } from '../durable/support.workerd.js';

const TOKEN = 'a-token-of-sixteen-and-more';
const settings = {
  ...env,
  THREADKV_TOKEN: TOKEN,
  KEY_PREFIX: 'worker_',
  DATA_HOME: 'durable',
  THREADKV_OBJECTS: OBJECTS,
};

/** @param {string} method @param {string} path @param {unknown} [body] @param {object} [changes] */
async function ask(method, path, body, changes) {
  const context = createExecutionContext();
  const request = new Request(`https://worker.example${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await worker.fetch?.(
    /** @type {any} */ (request),
    /** @type {any} */ ({ ...settings, ...changes }),
    context,
  );
  await waitOnExecutionContext(context);
  return /** @type {Response} */ (/** @type {unknown} */ (answer));
}

describe('with DATA_HOME = "durable"', () => {
  it('threads and messages are in an object, and none in KV', async () => {
    const made = await ask('POST', '/v1/threads', { id: 't', resourceId: 'alice', title: 'A' });
    expect(made.status).toBe(201);
    expect((await ask('POST', '/v1/threads', { id: 't', resourceId: 'alice' })).status).toBe(409);
    const message = { id: 'm', role: 'user', content: { format: 2, parts: [] } };
    expect((await ask('POST', '/v1/threads/t/messages', { messages: [message] })).status).toBe(201);
    const page = /** @type {any} */ (await (await ask('GET', '/v1/threads/t/messages')).json());
    expect(page.messages).toMatchObject([{ id: 'm', threadId: 't' }]);
    const { keys } = await /** @type {any} */ (env).THREADS_KV.list({ prefix: 'worker_' });
    expect(keys).toEqual([]);
    expect((await ask('GET', '/v1/threads/t', undefined, { DATA_HOME: undefined })).status).toBe(404);
  });

  it('the cron sweeps there', async () => {
    const context = createExecutionContext();
    await worker.scheduled?.(/** @type {any} */ ({}), /** @type {any} */ (settings), context);
    await waitOnExecutionContext(context);
  });
});
