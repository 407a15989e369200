/**
 * The Worker as it is deployed, with one route more: `POST /v1/call { method, args }` calls any method of the store, for
 * what the HTTP API does not offer.
 *
 * @module
 */

import { createApp } from '../../worker/app.js';
import { readBody } from '../../worker/body.js';
import { encode, revive } from '../fixtures/codec.js';

const app = createApp();

app.post('/v1/call', async (context) => {
  const { method, args } = revive(await readBody(context));
  /** @type {any} */
  const store = context.var.store;
  return context.json({ result: encode((await store[method](args)) ?? null) });
});

export default { fetch: app.fetch };
