/**
 * The Worker with its page, and with data that it finds.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/index.js';
import { createWorker } from '../support/worker.js';

/**
 * @param {Record<string, string>} vars
 * @param {(store: CloudflareStore) => Promise<void>} [seed]  fills the namespaces from outside, before the Worker looks
 * @param {import('wrangler').Unstable_RawConfig} [more]  of wrangler.toml
 */
export async function startWorker(vars, seed, more) {
  const harness = createWorker({ ...more, vars });
  const { url } = await harness.listen();
  if (seed) {
    /** @type {any} */
    const { THREADS_KV: threads, MESSAGES_KV: messages } = await harness.getWorker().getEnv();
    await seed(new CloudflareStore({ bindings: { threads, messages } }));
  }
  return { origin: url.origin, close: () => harness.close() };
}
