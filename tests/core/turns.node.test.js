/** Two writes of one key never overlap. How long one waits for the other, whose answer does not come: */

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { openIsolate } from './support.js';
import { at } from '../support/records.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/**
 * Two saves of one resource, the first of which KV answers only when told to.
 *
 * @param {boolean} slow  what the back end says of itself
 */
function saveTwice(slow) {
  const memory = createMemoryBackend();
  /** @type {string[]} */
  const sent = [];
  let answer = () => {};
  const { clock, store } = openIsolate(
    {
      ...memory,
      slow,
      async run(requests) {
        const texts = requests.map((request) => JSON.stringify({ ...request, value: textOf(request) }));
        if (requests[0].kind === 'put') sent.push(texts[0].includes('first') ? 'first' : 'second');
        if (texts[0].includes('first')) await new Promise((resolve) => (answer = () => resolve(undefined)));
        return memory.run(requests);
      },
    },
    {
      wait: async (ms) => {
        clock.advance(ms);
        vi.advanceTimersByTime(ms);
        await turn();
      },
    },
  );
  const start = clock.now();
  const save = (/** @type {string} */ workingMemory) =>
    store.saveResource({ resource: { id: 'u', workingMemory, createdAt: at(0), updatedAt: at(0) } });
  const first = save('first');
  const second = save('second');
  return {
    sent,
    first,
    second,
    answer: () => {
      answer();
    },
    stored: async () => (await store.getResourceById({ resourceId: 'u' })).workingMemory,
    /** As time passes: for so long, or until something else was sent. @param {number} ms */
    async pass(ms) {
      const before = sent.length;
      while (clock.now() - start < ms && sent.length === before) await turn();
      return clock.now() - start;
    },
  };
}

/** @param {import('../../bindings/backends/backend.js').KVRequest} request */
function textOf(request) {
  return request.kind === 'put' ? new TextDecoder().decode(request.value) : '';
}

it('over a slow back end, for as long as the other one lives', async () => {
  const { sent, first, second, answer, pass, stored } = saveTwice(true);
  await pass(120_000);
  expect(sent).toEqual(['first']);
  answer();
  await Promise.all([first, second]);
  expect(sent).toEqual(['first', 'second']);
  expect(await stored()).toBe('second');
});

it('elsewhere, where a request may have gone away unheard, for 15 seconds', async () => {
  const { sent, second, pass, stored } = saveTwice(false);
  expect(await pass(60_000)).toBeGreaterThanOrEqual(15_000);
  expect(sent).toEqual(['first', 'second']);
  await second;
  expect(await stored()).toBe('second');
});

it('also over a slow one, once the other no longer says that it lives', async () => {
  const { sent, second, pass, stored } = saveTwice(true);
  await pass(60_000);
  expect(sent).toEqual(['first']);
  // What becomes of the timers of a request that went away.
  vi.clearAllTimers();
  expect(await pass(120_000)).toBeLessThan(90_000);
  await second;
  expect(await stored()).toBe('second');
});
