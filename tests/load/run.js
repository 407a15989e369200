/**
 * Thousands of calls at once in one isolate of workerd, for as long as one likes.
 *
 * @module
 */

import { fileURLToPath } from 'node:url';
import { createTestHarness, experimental_readRawConfig as readRawConfig } from 'wrangler';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Requests at once, and calls in each. */
const REQUESTS = 8;
const CALLS = 250;
/** Calls that are left behind, each time. */
const LEFT = 20;
/** Seconds from which on a second half tells of growth. */
const LONG = 120;
/** Some 48 KB a call. */
const MOST_BYTES = 96 * 1024 * 1024;
const QUARTER_HOUR_MS = 16 * 60_000;

/**
 * @typedef {object} Load
 * @property {number} calls  that came to an end
 * @property {Record<string, number>} ends  how often each: done, or an error's code
 * @property {number} left  calls whose request went away
 * @property {number} slowest  ms that a request of CALLS calls took at most
 * @property {{ second: number, bytes: number, calls: number }[]} samples  of the module's memory, of calls in the module
 * @property {number} instances  of the module: 1 when it never trapped
 * @property {number} remaining  calls in the module at the end, a quarter of an hour later
 */

/**
 * @param {number} seconds
 * @param {(line: string) => void} [tell]
 * @returns {Promise<Load>}
 */
export async function runLoad(seconds, tell = () => {}) {
  const { rawConfig } = readRawConfig({ config: `${ROOT}wrangler.toml` }, {});
  const config = { ...rawConfig, main: 'tests/load/worker.workerd.js' };
  const worker = createTestHarness({ root: ROOT, workers: [{ config }] });
  const home = (await worker.listen()).url;
  /** @param {string} path @param {RequestInit} [init] @returns {Promise<any>} */
  const ask = async (path, init) => {
    const response = await fetch(new URL(path, home), init);
    if (!response.ok) throw new Error(`${path}: ${(await response.text()).slice(0, 200)}`);
    return response.json();
  };
  /** @type {Load} */
  const load = { calls: 0, ends: {}, left: 0, slowest: 0, samples: [], instances: 0, remaining: -1 };
  const start = Date.now();
  const over = () => Date.now() - start > seconds * 1000;

  async function keepBusy() {
    while (!over()) {
      const from = Date.now();
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
      if (second % 10 === 0) tell(`${second} s: ${load.calls} calls, ${calls} in the module, ${bytes} bytes`);
    }
  }

  try {
    await Promise.all([...Array.from({ length: REQUESTS }, keepBusy), leave(), watch()]);
    await ask(`/skip?ms=${QUARTER_HOUR_MS}`);
    const { calls, instances } = await ask('/state');
    return { ...load, remaining: calls, instances };
  } finally {
    await worker.close();
  }
}

/** @param {number} ms */
function pass(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * What a load must not show. Peaks of what calls hold at once go on rising a little, and the module gives no memory back;
 * a leak rises with the calls.
 *
 * @param {Load} load
 * @returns {string[]}
 */
export function faultsOf({ ends, samples, instances, remaining, left }) {
  const allowed = ['done', 'NOT_FOUND', 'KV_FAILED'];
  const strange = Object.keys(ends).filter((end) => !allowed.includes(end));
  const half = samples[Math.floor(samples.length / 2)].bytes;
  const last = samples[samples.length - 1].bytes;
  const most = Math.max(...samples.map(({ calls }) => calls));
  return [
    strange.length > 0 && `calls ended with ${strange.join(', ')}`,
    samples.length >= LONG && last > half * 1.15 && `the module's memory grew from ${half} to ${last} bytes`,
    last > MOST_BYTES && `the module's memory is ${last} bytes`,
    instances !== 1 && `the module was instantiated ${instances} times`,
    remaining !== 0 && `${remaining} of ${left} calls that were left are there still`,
    most < (REQUESTS * CALLS) / 4 && `there were never more than ${most} calls at once`,
  ].filter((fault) => typeof fault === 'string');
}
