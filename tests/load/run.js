/**
 * Thousands of calls at once in one isolate of workerd, for as long as one likes.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { unstable_startWorker as startWorker } from 'wrangler';
import { openInspector } from './inspector.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Requests at once, and calls in each. */
const REQUESTS = 8;
const CALLS = 250;
/** Calls that are left behind, each time. */
const LEFT = 20;
/**
 * Seconds until there is as much as there will be: of calls that were left behind, of own writes that are remembered (one
 * and two minutes of the Worker's fast clock), of answers that nobody waits for any more.
 */
const WARM_UP = 75;
/** How often, in seconds, JavaScript's heap is looked at, after a collection. */
const HEAP_EVERY = 5;
/** What the second half of what follows may have more than the first half. */
const GROWTH = 1.1;
/** Some 48 KB a call. */
const MOST_BYTES = 96 * 1024 * 1024;
const LONG_AFTER_MS = 16 * 60_000;

/**
 * @typedef {object} Load
 * @property {number} started  calls
 * @property {number} calls  that came to an end
 * @property {Record<string, number>} ends  how often each: done, or an error's code
 * @property {number} left  calls whose request went away
 * @property {number} slowest  ms that a request of CALLS calls took at most
 * @property {{ second: number, bytes: number, calls: number }[]} samples  of the module's memory, of calls in the module
 * @property {{ second: number, bytes: number }[]} heaps  of JavaScript
 * @property {number} instances  of the module: 1 when it never trapped
 * @property {number} remaining  calls in the module at the end, long after
 */

/**
 * @param {number} seconds
 * @param {(line: string) => void} [tell]
 * @returns {Promise<Load>}
 */
export async function runLoad(seconds, tell = () => {}) {
  const local = { hostname: '127.0.0.1', port: 0 };
  const worker = await startWorker({
    config: `${ROOT}wrangler.toml`,
    entrypoint: `${ROOT}tests/load/worker.workerd.js`,
    dev: { server: local, inspector: local, logLevel: 'none', watch: false, persist: false },
  });
  const home = await worker.url;
  const inspector = await openInspector(/** @type {URL} */ (await worker.inspectorUrl));
  /** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
  const ask = async (path, init) => {
    const response = await fetch(new URL(path, home), init);
    if (!response.ok) throw new Error(`${path}: ${(await response.text()).slice(0, 200)}`);
    return response.json();
  };
  /** @type {Load} */
  const load = {
    started: 0,
    calls: 0,
    ends: {},
    left: 0,
    slowest: 0,
    samples: [],
    heaps: [],
    instances: 0,
    remaining: -1,
  };
  const start = Date.now();
  const over = () => Date.now() - start > seconds * 1000;

  async function keepBusy() {
    while (!over()) {
      const from = Date.now();
      load.started += CALLS;
      for (const [end, count] of Object.entries(await ask(`/work?calls=${CALLS}`))) {
        load.ends[end] = (load.ends[end] ?? 0) + count;
        load.calls += count;
      }
      load.slowest = Math.max(load.slowest, Date.now() - from);
    }
  }

  async function leave() {
    while (!over()) {
      await ask(`/stall?calls=${LEFT}`, { signal: AbortSignal.timeout(200) }).catch(() => undefined);
      load.left += LEFT;
      await pass(800);
    }
  }

  async function watch() {
    while (!over()) {
      await pass(1000);
      const { bytes, calls } = await ask('/state');
      const second = Math.round((Date.now() - start) / 1000);
      load.samples.push({ second, bytes, calls });
      if (second % HEAP_EVERY === 0) load.heaps.push({ second, bytes: await inspector.heap() });
      if (second % 10 !== 0) continue;
      tell(
        `${second} s: ${load.calls} calls, ${calls} in the module, its memory ${inMB(bytes)} MB, JavaScript's ${inMB(load.heaps.at(-1)?.bytes ?? 0)} MB`,
      );
    }
  }

  try {
    await Promise.all([...Array.from({ length: REQUESTS }, keepBusy), leave(), watch()]);
    await ask(`/skip?ms=${LONG_AFTER_MS}`);
    const { calls, instances } = await ask('/state');
    return { ...load, remaining: calls, instances };
  } finally {
    inspector.close();
    await worker.dispose();
  }
}

/** @param {number} ms */
function pass(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** @param {number} bytes */
export const inMB = (bytes) => Math.round(bytes / 1e5) / 10;

/**
 * What the halves of all that came after the warm-up had at most; undefined when there is too little of it.
 *
 * @param {{ second: number, bytes: number }[]} samples
 * @returns {[number, number] | undefined}
 */
export function halves(samples) {
  const warm = samples.filter(({ second }) => second > WARM_UP);
  const middle = warm.length >> 1;
  const most = (/** @type {typeof warm} */ some) => Math.max(...some.map(({ bytes }) => bytes));
  return (warm.at(-1)?.second ?? 0) < 2 * WARM_UP
    ? undefined
    : [most(warm.slice(0, middle)), most(warm.slice(middle))];
}

/**
 * @param {string} what
 * @param {[number, number] | undefined} halves
 */
function growth(what, [before, after] = [0, 0]) {
  return after > before * GROWTH && `${what} grew from ${inMB(before)} to ${inMB(after)} MB`;
}

/**
 * What a load must not show. Peaks of what calls hold at once go on rising a little, and the module gives no memory back;
 * a leak rises with the calls.
 *
 * @param {Load} load
 * @returns {string[]}
 */
export function faultsOf({ started, calls, ends, samples, heaps, instances, remaining, left }) {
  const allowed = ['done', 'NOT_FOUND', 'KV_FAILED'];
  const strange = Object.keys(ends).filter((end) => !allowed.includes(end));
  const last = samples[samples.length - 1].bytes;
  const most = Math.max(...samples.map(({ calls }) => calls));
  return [
    strange.length > 0 && `calls ended with ${strange.join(', ')}`,
    growth("the module's memory", halves(samples)),
    growth("JavaScript's heap", halves(heaps)),
    last > MOST_BYTES && `the module's memory is ${inMB(last)} MB`,
    started !== calls && `${started - calls} calls never ended`,
    // One that has grown is replaced once nothing is under way.
    instances > 5 && `the module was instantiated ${instances} times`,
    remaining !== 0 && `${remaining} of ${left} calls that were left are there still`,
    most < (REQUESTS * CALLS) / 4 && `there were never more than ${most} calls at once`,
  ].filter((fault) => typeof fault === 'string');
}
