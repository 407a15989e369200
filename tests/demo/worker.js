/**
 * The Worker as it is deployed, with two routes more: `POST /v1/call { method, args }` calls any method of the store, for
 * what the HTTP API does not offer, and `GET /v1/storage` looks into the namespaces. With `fresh: true` a call meets a core
 * that remembers nothing, as it would in an isolate that has just started.
 *
 * @module
 */

import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createApp } from '../../worker/app.js';
import { readBody } from '../../worker/body.js';
import { encode, revive } from '../fixtures/codec.js';
import { measure } from './storage.js';

const app = createApp();

app.post('/v1/call', async (context) => {
  const { method, args, fresh } = revive(await readBody(context));
  /** @type {any} */
  const store = fresh ? openFresh(context.env) : context.var.store;
  const result = encode((await store[method](args)) ?? null);
  return context.json({ result, stats: store.stats() });
});

app.get('/v1/storage', async (context) => {
  const { THREADS_KV, MESSAGES_KV } = context.env;
  return context.json(await measure([THREADS_KV, MESSAGES_KV]));
});

/** @param {{ THREADS_KV: any, MESSAGES_KV: any }} env */
function openFresh({ THREADS_KV, MESSAGES_KV }) {
  return new CloudflareStore({
    bindings: { threads: THREADS_KV, messages: MESSAGES_KV },
    core: createCore(),
  });
}

export default { fetch: app.fetch };
