/** Point-in-time recovery: what is asked of the platform, and that the answer goes out before the object begins anew. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recover } from '../../bindings/durable/recover.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Storage that notes what is asked of it. @param {Error} [failure] */
function open(failure) {
  /** @type {unknown[]} */
  const asked = [];
  const answer = (/** @type {string} */ text) => (failure ? Promise.reject(failure) : Promise.resolve(text));
  return {
    asked,
    abort: () => void asked.push('abort'),
    storage: {
      getBookmarkForTime: (/** @type {any} */ time) => (asked.push(['time', time]), answer(`at ${time}`)),
      onNextSessionRestoreBookmark: (/** @type {string} */ mark) => (
        asked.push(['restore', mark]),
        answer('before')
      ),
    },
  };
}

test.each([
  [
    { at: new Date(5) },
    [
      ['time', 5],
      ['restore', 'at 5'],
    ],
  ],
  [
    { at: 5 },
    [
      ['time', 5],
      ['restore', 'at 5'],
    ],
  ],
  [{ bookmark: 'b' }, [['restore', 'b']]],
])('%j', async (args, wanted) => {
  const { storage, abort, asked } = open();
  expect(await recover(storage, abort, args)).toEqual({ undo: 'before' });
  expect(asked).toEqual(wanted);
  vi.runAllTimers();
  expect(asked.at(-1)).toBe('abort');
});

test.each([
  undefined,
  {},
  { at: 1, bookmark: 'b' },
  { at: 'yesterday' },
  { at: new Date('x') },
  { bookmark: '' },
])('refuses %j, and does nothing', async (args) => {
  const { storage, abort, asked } = open();
  const tried = recover(storage, abort, /** @type {any} */ (args));
  await expect(tried).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', op: 'recover' });
  vi.runAllTimers();
  expect(asked).toEqual([]);
});

test('where the platform cannot, nothing was done, and the object goes on', async () => {
  const { storage, abort, asked } = open(new Error('secret words'));
  const error = await recover(storage, abort, { at: 5 }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'OBJECT_FAILED', details: { outcome: 'not done' } });
  expect(error.message).not.toContain('secret');
  vi.runAllTimers();
  expect(asked).not.toContain('abort');
});
