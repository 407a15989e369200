/**
 * What one save costs when the same isolate has made many into the same collection just before, and remembers them all.
 *
 * @module
 */

import { createMemoryBackend } from '../../bindings/memory.js';
import { createClock, makeMessage, makeThread, openStore, ownUser } from './data.js';

/** @typedef {import('../../bindings/index.js').CloudflareStore} CloudflareStore */

/** After how many saves it is looked at. */
export const SIZES = [100, 1000, 3000];
/** All of them are remembered: for two minutes. */
const PAUSE = 30;
/** Batches that are timed before each size, and saves in each. */
const BATCHES = 5;
const BATCH = 10;

/** @type {Record<string, (store: CloudflareStore, turn: number) => Promise<unknown>>} */
const BURSTS = {
  'saveThread, of one user': (store, turn) => store.saveThread({ thread: makeThread(turn, 'user-0') }),
  'saveMessages, 2 into one thread': (store, turn) =>
    store.saveMessages({
      messages: [makeMessage(0, 2 * turn, ownUser(0)), makeMessage(0, 2 * turn + 1, ownUser(0))],
    }),
};

/** @returns {Promise<{ call: string, ms: number[] }[]>} ms of a save, by SIZES */
export async function measureBursts() {
  const results = [];
  for (const [call, save] of Object.entries(BURSTS)) {
    const clock = createClock();
    const store = openStore(createMemoryBackend({ spaces: 3 }), clock);
    await store.saveThread({ thread: makeThread(0, ownUser(0)) });
    let turn = 1;
    const saveSome = async (/** @type {number} */ count) => {
      for (const end = turn + count; turn < end; turn++) {
        clock.pass(PAUSE);
        await save(store, turn);
      }
    };
    const ms = [];
    for (const size of SIZES) {
      await saveSome(size - turn - BATCHES * BATCH);
      const times = [];
      for (let batch = 0; batch < BATCHES; batch++) {
        const from = performance.now();
        await saveSome(BATCH);
        times.push((performance.now() - from) / BATCH);
      }
      ms.push(Math.min(...times));
    }
    results.push({ call, ms });
  }
  return results;
}
