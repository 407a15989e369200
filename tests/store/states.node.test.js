/** Thread states that change several times a second, as an agent's list of tasks does. */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { limitWrites } from '../support/faults.js';
import { createClock, openStore } from '../bench/data.js';
import { createMeter } from '../support/meter.js';

const key = { threadId: 't', type: 'task' };

describe('a state that is set five times in a moment', () => {
  it('is written once at once, and once more a second later, and nothing is refused', async () => {
    const memory = createMemoryBackend();
    const meter = createMeter(limitWrites(memory, { now: Date.now }));
    const store = new CloudflareStore({ backend: meter, core: createCore() });

    for (let n = 1; n <= 5; n++) {
      await store.setState({ ...key, value: { n } });
      expect(await store.getState(key)).toEqual({ n });
    }
    await store.close();

    expect(meter.counts().operations).toMatchObject({ put: 2 });
    expect(store.stats().retries).toBe(0);
    const elsewhere = new CloudflareStore({ backend: memory, core: createCore() });
    expect(await elsewhere.getState(key)).toEqual({ n: 5 });
  });

  it('is gone when it is deleted', async () => {
    const clock = createClock();
    const memory = createMemoryBackend();
    const store = openStore(limitWrites(memory, { now: clock.now }), clock);
    await store.setState({ ...key, value: 1 });
    await store.setState({ ...key, value: 2 });

    await store.deleteState(key);
    await store.close();

    expect(await store.getState(key)).toBeUndefined();
    const elsewhere = new CloudflareStore({ backend: memory, core: createCore() });
    expect(await elsewhere.getState(key)).toBeUndefined();
  });

  it('is in KV at once when it is the first in a second', async () => {
    const clock = createClock();
    const memory = createMemoryBackend();
    const store = openStore(memory, clock);
    for (let n = 1; n <= 3; n++) {
      await store.setState({ ...key, value: n });
      const elsewhere = new CloudflareStore({ backend: memory, core: createCore() });
      expect(await elsewhere.getState(key)).toBe(n);
      clock.pass(1500);
    }
  });
});
