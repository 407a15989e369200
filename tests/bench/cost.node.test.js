import { describe, expect, it } from 'vitest';
import { costRows, createCostBench } from './cost.js';

describe('what calls cost, a new isolate for each', () => {
  const bench = createCostBench();
  /** @type {Map<string, { over: string, counts: object }>} */
  const first = new Map();

  it.each(costRows().map((row) => [`${row.call} (${row.over})`, row]))('%s', async (_, row) => {
    const { right, counts, limits } = await bench.measure(row);
    expect(right).toBe(true);
    const { total, rounds, writes } = counts;
    expect(total, 'operations').toBeLessThanOrEqual(limits.operations ?? Infinity);
    expect(rounds, 'rounds').toBeLessThanOrEqual(limits.rounds ?? Infinity);
    expect(writes, 'writes').toBeLessThanOrEqual(limits.writes ?? Infinity);
    // Cost does not grow with what is stored: the same call over less cost the same.
    const id = `${row.call} ${row.idle}`;
    const before = first.get(id);
    if (before === undefined) first.set(id, { over: row.over, counts: counts.operations });
    else expect(counts.operations, `as over ${before.over}`).toEqual(before.counts);
  });
});
