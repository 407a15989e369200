import { afterAll, beforeEach, expect } from 'vitest';

/**
 * Skips the tests of a suite whose names begin in one of the given ways, and insists that each way is still that of
 * some test. To be called inside the suite.
 *
 * @param {Record<string, string>} reasons  by beginning: 'suite > test'
 */
export function skipBecause(reasons) {
  const unused = new Set(Object.keys(reasons));
  let ran = 0;
  beforeEach(({ skip, task }) => {
    ran++;
    const name = `${task.suite?.name} > ${task.name}`;
    const known = Object.keys(reasons).find((beginning) => name.startsWith(beginning));
    if (known === undefined) return;
    unused.delete(known);
    skip(reasons[known]);
  });
  afterAll(() => {
    // With `vitest -t` only some tests run.
    if (ran > 500) expect([...unused], 'reasons to skip that match no test').toEqual([]);
  });
}
