/** Random sequences of calls, of three stores at once: what they answer is the same, but for what is known. */

import { InMemoryStore } from '@mastra/core/storage';
import { LibSQLStore } from '@mastra/libsql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCore } from '../../bindings/index.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';
import { START } from '../support/clock.js';
import { createRandom } from '../support/random.js';
import { DIFFERENCES } from './differences.js';
import { CALLS } from './sequences.js';
import { Trio } from './trio.js';

/** Sequences of each domain, of up to so many calls. */
const SEQUENCES = Number(process.env.SEQUENCES ?? 100);
const LONGEST = 40;
/** Time between two calls: within a second KV's writes are held, and what is stored again unaltered keeps its time. */
const STEP = 3000;

/** @type {LibSQLStore} */
let libsql;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  libsql = new LibSQLStore({ id: 'libsql', url: ':memory:' });
  await libsql.init();
});
afterAll(() => {
  vi.useRealTimers();
});

/** @param {string} name  of a domain @returns {Promise<Record<import('./trio.js').Side, any>>} it, with nothing in it */
async function three(name) {
  const wait = () => new Promise((resolve) => setImmediate(resolve));
  const core = createCore({ wait, random: createRandom(1).fill });
  const stores = [new InMemoryStore(), libsql, new CloudflareStore({ backend: createMemoryBackend(), core })];
  const [memory, sql, ours] = stores.map((store) => /** @type {any} */ (store.stores)[name]);
  await sql.dangerouslyClearAll();
  return { memory, libsql: sql, threadkv: ours };
}

describe.each(Object.entries(CALLS))('%s', (name, of) => {
  it('answers alike from memory, LibSQL and KV', { timeout: 120_000 }, async () => {
    const known = DIFFERENCES[name] ?? [];
    /** @type {import('./trio.js').Met} */
    const met = { differences: new Set(), methods: new Map() };
    /** @type {Set<string>} */
    const methods = new Set();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(...of), { minLength: 1, maxLength: LONGEST, size: 'max' }),
        async (list) => {
          const trio = new Trio(await three(name), known, met);
          for (const [n, call] of list.entries()) {
            vi.setSystemTime(Date.now() + STEP);
            await trio.make(call, n);
            methods.add(call.method);
          }
        },
      ),
      { numRuns: SEQUENCES, seed: 20240301 },
    );
    const useless = [...methods].filter((method) => (met.methods.get(method) ?? 0) < SEQUENCES / 5);
    expect(useless, 'methods that hardly ever did anything').toEqual([]);
    const unmet = known.filter((one) => !met.differences.has(one));
    expect(
      unmet.map(({ reason }) => reason),
      'differences that are none',
    ).toEqual([]);
    const calls = [...met.methods.values()].reduce((sum, count) => sum + count, 0);
    expect(calls).toBeGreaterThan(SEQUENCES * 10);
  });
});
