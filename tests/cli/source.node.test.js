/** What another store left, over a back end that has bad days. */

import { expect, it } from 'vitest';
import { Source } from '../../bindings/cli/adopt/source.js';

/** @param {number} retryAfter  ms @param {number} times  that it refuses */
function open(retryAfter, times) {
  /** @type {number[]} */
  const waits = [];
  const backend = {
    name: 'rest',
    spaces: ['a'],
    patience: 600_000,
    run: async () => [times-- > 0 ? { status: 429, retryAfter } : { status: 200, keys: [], cursor: null }],
  };
  return { source: new Source(backend, ['threads'], async (ms) => waits.push(ms)), waits };
}

it('waits as long as it is asked to', async () => {
  const { source, waits } = open(290_000, 2);
  expect(await source.page('threads', '', null, 10)).toEqual({ keys: [], cursor: null });
  expect(waits).toEqual([290_000, 290_000]);
});

it('but not for ever', async () => {
  const { source, waits } = open(86_400_000, 1);
  await expect(source.page('threads', '', null, 10)).rejects.toMatchObject({ code: 'KV_FAILED' });
  expect(waits).toEqual([]);
});
