/** Clients that go away in the midst of large saves, in plain workerd: through `wrangler dev` that does not reach the Worker. */

import { expect, it } from 'vitest';
import { abortSaves } from './aborted.js';

const MIB = 1024 * 1024;

it('two hundred aborted saves of 1 MiB do not keep their memory', { timeout: 120_000 }, async () => {
  const { before, after, minute, minutes } = await abortSaves();
  expect(before.calls).toBe(0);
  // Those of the last quarter of a minute may still be there: nobody can know that they are gone.
  expect(after.calls).toBeGreaterThan(0);
  expect(after.calls).toBeLessThan(40);
  expect(after.bytes).toBeLessThan(72 * MIB);
  // They are given up a minute later, and of the memory is left what was noted of their writes, 8 MiB at most.
  expect(minute.calls).toBe(0);
  expect(minute.bytes).toBeLessThanOrEqual(14 * MIB);
  expect(minutes.bytes).toBeLessThanOrEqual(4 * MIB);
});
