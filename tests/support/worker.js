/**
 * The Worker of wrangler.toml in workerd, served by wrangler to this machine only, over namespaces that end with the
 * process.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

// Nothing here needs a network, and wrangler must not look for one.
process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
process.env.WRANGLER_HIDE_BANNER = 'true';

/**
 * @param {import('wrangler').Unstable_RawConfig} [changes]  of wrangler.toml; `vars` besides those that stand there
 * @returns {ReturnType<typeof createTestHarness>}  does not listen yet
 */
export function createWorker({ vars, ...changes } = {}) {
  const { rawConfig } = readRawConfig({ config: `${ROOT}wrangler.toml` }, {});
  const config = { ...rawConfig, ...changes, vars: { ...rawConfig.vars, ...vars } };
  return createTestHarness({ root: ROOT, workers: [{ config }] });
}
