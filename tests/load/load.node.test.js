/** The short form of `make load`. */

import { expect, it, vi } from 'vitest';
import { faultsOf, runLoad } from './run.js';

vi.stubEnv('WRANGLER_SEND_METRICS', 'false');
vi.stubEnv('CLOUDFLARE_CF_FETCH_ENABLED', 'false');

it('thousands of calls at once: flat memory, none stuck, those that were left behind reclaimed', async () => {
  const load = await runLoad(10);
  expect(faultsOf(load)).toEqual([]);
  expect(load.ends.done).toBeGreaterThan(load.calls * 0.8);
}, 120_000);
