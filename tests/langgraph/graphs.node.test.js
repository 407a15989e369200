/** Real graphs of LangGraph beside its own MemorySaver: the same states, one by one. */

import { MemorySaver } from '@langchain/langgraph';
import { describe, expect, it } from 'vitest';
import { SCENARIOS } from './graphs.js';
import { makeSavers } from './support.js';

describe.each(Object.keys(SCENARIOS))('%s', (name) => {
  it.each(/** @type {const} */ (['sync', 'async', 'exit']))(
    'is as in memory, with durability %s',
    async (durability) => {
      const memory = new MemorySaver();
      const expected = await SCENARIOS[name](() => memory, durability);
      const { open, clock } = makeSavers();
      // Every process is a new one, and begins when all that was written can be seen.
      const saver = () => {
        clock.advance(120_000);
        return open();
      };
      expect(await SCENARIOS[name](saver, durability)).toEqual(expected);
      expect(expected.states.length).toBeGreaterThan(0);
    },
  );
});
