/**
 * The Worker in which the comparison runs: fills the stores and measures one piece of work at a time.
 *
 * @module
 */

import { createContenders } from './stores.js';
import { Tally } from './meters.js';
import { makeMessage, makeThread, WORK } from './work.js';

export { BenchObject } from './object.js';

const tally = new Tally();
const contenders = createContenders(tally);
const BATCH = 100;

/** @typedef {{ store: string, from: number, to: number, messagesOf?: number }} Filling */
/** @typedef {{ store: string, work: string, thread: number, latency?: number, times?: number }} Measurement */

/** Threads `from` to `to`, or messages `from` to `to` of a thread. @param {Filling} filling @param {any} env */
async function fill({ store, from, to, messagesOf }, env) {
  const storage = await contenders[store].open(env);
  if (store !== 'memory') await storage.init();
  const memory = /** @type {any} */ (await storage.getStore('memory'));
  if (messagesOf === undefined) {
    for (let n = from; n < to; n += BATCH) {
      const count = Math.min(BATCH, to - n);
      await Promise.all(
        Array.from({ length: count }, (_, i) => memory.saveThread({ thread: makeThread(n + i) })),
      );
    }
    return {};
  }
  for (let n = from; n < to; n += BATCH) {
    const count = Math.min(BATCH, to - n);
    const messages = Array.from({ length: count }, (_, i) =>
      makeMessage(messagesOf, `m-${messagesOf}-${n + i}`, n + i),
    );
    await memory.saveMessages({ messages });
  }
  return {};
}

/** @param {Measurement} measurement @param {any} env */
async function measure({ store, work, thread, latency = 0, times = 1 }, env) {
  /** @type {number[]} */
  const ms = [];
  tally.reset(latency);
  for (let round = 0; round < times; round++) {
    const storage = await contenders[store].open(env);
    const started = performance.now();
    await WORK[work](storage, { thread, round });
    ms.push(performance.now() - started);
  }
  return { counts: tally.counts, ms, times };
}

export default {
  /** @param {Request} request @param {any} env */
  async fetch(request, env) {
    const body = /** @type {any} */ (await request.json());
    const does = new URL(request.url).pathname === '/fill' ? fill : measure;
    try {
      return Response.json(await does(body, env));
    } catch (error) {
      return Response.json({ error: String(/** @type {any} */ (error)?.stack ?? error) }, { status: 500 });
    }
  },
};
