/**
 * The store's observational memory does what Mastra's own store in memory does, call by call, on days of all kinds
 * and with two isolates taking turns.
 */

import { InMemoryStore } from '@mastra/core/storage';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { MemoryStorageCloudflare } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { failFirst, hideMetadata, limitWrites } from '../support/faults.js';
import { createRandom } from '../support/random.js';
import { calls, World } from './calls.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */

const START = Date.UTC(2024, 0, 20);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time that passes only while somebody waits: for what KV refuses, not for what records say. */
function makeWaits() {
  let waited = 0;
  return {
    now: () => waited,
    wait: async (/** @type {number} */ ms) => {
      waited += ms;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    },
  };
}

/** @type {[string, (backend: Backend, now: () => number) => Backend][]} */
const days = [
  ['a calm day', (backend) => backend],
  ['quick writes are refused', (backend, now) => limitWrites(backend, { now })],
  ['every request fails at first', (backend) => failFirst(backend)],
  ['every first answer is lost', (backend) => failFirst(backend, { how: 'apply' })],
  ['there is no KV metadata', hideMetadata],
];

/**
 * @param {Backend} backend
 * @param {ReturnType<typeof makeWaits>} waits
 * @param {number} seed
 */
function open(backend, { wait }, seed) {
  const core = createCore({ wait, random: createRandom(seed).fill });
  return new CloudflareStore({ backend, keyPrefix: 'dev_', core });
}

/** Mastra's own. */
const reference = async () => new InMemoryStore().getStore('memory');

describe.each(days)('%s', (_, weather) => {
  it('as Mastra in memory', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (list) => {
        const waits = makeWaits();
        const backend = weather(createMemoryBackend(), waits.now);
        const theirs = await reference();
        const world = new World({ ours: open(backend, waits, 1), theirs });
        for (const { run } of list) {
          await run(world);
          vi.advanceTimersByTime(7);
        }
        await world.compare();
        await world.ours.close();
        world.ours = open(backend, waits, 2); // An isolate that knows nothing finds the same.
        await world.compare();
      }),
      { numRuns: 150, seed: 20240120 },
    );
  });
});

describe("through Mastra's memory domain", () => {
  it('as Mastra in memory', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (list) => {
        const store = open(createMemoryBackend(), makeWaits(), 1);
        const ours = new MemoryStorageCloudflare({ store });
        expect(ours.supportsObservationalMemory).toBe(true);
        const world = new World({ ours, theirs: await reference() });
        for (const { run } of list) await run(world);
        await world.compare();
      }),
      { numRuns: 50, seed: 20240122 },
    );
  });
});

describe('two isolates take turns', () => {
  it('as one store', async () => {
    await fc.assert(
      fc.asyncProperty(calls, async (list) => {
        const waits = makeWaits();
        const backend = createMemoryBackend();
        const isolates = [open(backend, waits, 1), open(backend, waits, 2)];
        const world = new World({ ours: isolates[0], theirs: await reference() });
        for (const [turn, { run }] of list.entries()) {
          world.ours = isolates[turn % 2];
          await run(world);
          await world.ours.close();
          vi.advanceTimersByTime(61_000); // Longer than an isolate trusts its own write when KV has nothing.
        }
        await world.compare();
      }),
      { numRuns: 150, seed: 20240121 },
    );
  });
});
