/** Random calls over KV: see agree.js. */

import { describe, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { limitWrites } from '../support/faults.js';
import { isolates } from '../support/isolate.js';
import { agreeOnLongThreads, agreeOnRandomCalls } from './agree.js';

vi.setConfig({ testTimeout: 60_000 });

describe('a store and its model', () => {
  it.each([
    ['', (/** @type {import('../../bindings/backends/backend.js').Backend} */ backend) => backend],
    [' where quick writes of one key are refused', limitWrites],
  ])('agree on every answer%s', async (_, worsen) => {
    const makeWorld = () => {
      /** @type {{ now: () => number }} */
      let time = { now: () => 0 };
      const world = isolates(worsen(createMemoryBackend(), { now: () => time.now() }));
      time = world.clock;
      return world;
    };
    await agreeOnRandomCalls(makeWorld, 120);
  });
});

agreeOnLongThreads(() => isolates(createMemoryBackend()), 12);
