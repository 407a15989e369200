/** The suites of what judges agents, over Mastra's LibSQL store: where it differs, the reason stands here. */

import { LibSQLStore } from '@mastra/libsql';
import { afterEach, describe, vi } from 'vitest';
import { skipBecause } from '../contract/skip.js';
import { START } from '../support/clock.js';
import { experiments } from './experiments.js';

let stores = 0;

describe('over LibSQL', () => {
  skipBecause({});
  afterEach(() => {
    vi.useRealTimers();
  });
  const make = async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: START });
    const clock = {
      now: () => Date.now(),
      advance: (/** @type {number} */ ms) => void vi.setSystemTime(Date.now() + ms),
    };
    const storage = new LibSQLStore({ id: `store-${stores++}`, url: ':memory:' });
    await storage.init();
    return /** @type {any} */ ({ storage, ...storage.stores, clock });
  };
  experiments(make);
});
