/**
 * The Worker of wrangler.toml, served by wrangler to this machine only, over namespaces that end with the process.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';
import { CloudflareStore } from '../../bindings/index.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
process.env.WRANGLER_HIDE_BANNER = 'true';

/**
 * @param {Record<string, string>} vars
 * @param {(store: CloudflareStore) => Promise<void>} [seed]  fills the namespaces from outside, before the Worker looks
 * @param {import('wrangler').Unstable_RawConfig} [more]  of wrangler.toml
 */
export async function startWorker(vars, seed, more) {
  const { rawConfig } = readRawConfig({ config: `${ROOT}wrangler.toml` }, {});
  const config = { ...rawConfig, ...more, vars: { ...rawConfig.vars, ...vars } };
  const harness = createTestHarness({ root: ROOT, workers: [{ config }] });
  const { url } = await harness.listen();
  if (seed) {
    /** @type {any} */
    const { THREADS_KV: threads, MESSAGES_KV: messages } = await harness.getWorker().getEnv();
    await seed(new CloudflareStore({ bindings: { threads, messages } }));
  }
  return { origin: url.origin, close: () => harness.close() };
}
