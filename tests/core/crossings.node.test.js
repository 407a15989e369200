/** How often a call crosses between JavaScript and the module. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { openIsolate, watchInstances } from './support.js';
import { conversation, thread } from '../support/records.js';

/** @type {ReturnType<typeof watchInstances>} */
let watch;
beforeEach(() => {
  watch = watchInstances();
});
afterEach(() => watch.restore());

/** Two isolates over one back end: the second one knows nothing of what the first one wrote. */
async function prepare() {
  const backend = createMemoryBackend();
  const { store } = openIsolate(backend);
  await store.init();
  await store.saveThread({ thread: thread('t') });
  for (let from = 0; from < 500; from += 100) {
    await store.saveMessages({ messages: conversation(500).slice(from, from + 100) });
  }
  const other = openIsolate(backend);
  await other.store.init();
  watch.forget();
  return other;
}

/** @param {string[]} names @returns {Record<string, number>} */
function count(names) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** Every call: made, filled, begun, read, ended; every answer: room for it, its end; every round: resumed. */
const crossings = ({ rounds = 0, answers = 0, empty = 0 } = {}) => ({
  call_begin: 1,
  call_end: 1,
  call_input: 1,
  call_new: 1,
  call_outcome: 1,
  ...(rounds > 0 && { call_replied: answers + empty, call_resume: rounds }),
  ...(answers > 0 && { call_reply: answers }),
});

describe('crossings', () => {
  it('of getThreadById', async () => {
    const { store } = await prepare();
    await store.getThreadById({ threadId: 't' });
    expect(watch.left).toEqual(['kv.get_many']);
    expect(count(watch.entered)).toEqual(crossings({ rounds: 1, answers: 1 }));
  });

  it('of the last 40 messages', async () => {
    const { store } = await prepare();
    const { messages } = await store.listMessages({
      threadId: 't',
      perPage: 40,
      orderBy: { field: 'createdAt', direction: 'DESC' },
      includeTotal: false,
    });
    expect(messages).toHaveLength(40);
    expect(watch.left.filter((name) => name !== 'kv.list')).toEqual(['kv.get', 'kv.get_many']);
    const answers = watch.left.length;
    expect(count(watch.entered)).toEqual(crossings({ rounds: 2, answers }));
  });

  it('of saving ten messages', async () => {
    const { store } = await prepare();
    await store.saveMessages({ messages: conversation(510).slice(500) });
    const { 'host.random': random, 'kv.put': puts, ...reads } = count(watch.left);
    expect(random).toBeLessThanOrEqual(2);
    expect(puts).toBe(12);
    const answers = Object.values(reads).reduce((sum, each) => sum + each, 0);
    // The second call reads the head once more.
    const calls = [
      crossings({ rounds: 2, answers: answers - 1, empty: puts }),
      crossings({ rounds: 1, answers: 1 }),
    ];
    /** @type {Record<string, number>} */
    const sum = {};
    for (const [name, times] of calls.flatMap((each) => Object.entries(each))) {
      sum[name] = (sum[name] ?? 0) + times;
    }
    expect(count(watch.entered)).toEqual(sum);
  });

  it('of a refused call', async () => {
    const { store } = await prepare();
    await expect(store.getThreadById({ threadId: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(watch.left).toEqual([]);
    expect(count(watch.entered)).toEqual(crossings());
  });
});
