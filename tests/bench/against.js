/**
 * CPU time of calls beside that of another build, in one process, batch by batch in turns. Each build fills a KV in memory
 * of its own; the ratio is that of the lower quartiles of the process's CPU time, so that a busy machine matters little.
 *
 *   make bench BASE=<module or folder of a build>
 *
 * @module
 */

import { readFile, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { createRandom } from '../support/random.js';
import { createClock, makeMessage, makeThread, ownUser, threadId } from './data.js';

/** @typedef {import('./data.js').Clock} Clock */

/** What is measured of a build. @typedef {{ open: (options: { seed: number }) => any, clock: Clock }} Side */

/**
 * @typedef {object} Match
 * @property {string} call
 * @property {number} limit  the ratio that is aimed at against 0.1.0
 * @property {number} [calls]  in a batch
 * @property {(store: any, clock: Clock) => Promise<void>} fill
 * @property {(turn: number) => any} prepare
 * @property {(store: any, args: any) => Promise<any>} run
 * @property {(store: any, batch: number) => Promise<unknown>} [between]  before each batch, by another isolate, not timed
 */

const HERE = new URL('../../', import.meta.url);
const PAUSE = 2000;
const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);

/** A message of an agent that has called tools, of some 7 KB. @param {number} index */
function toolMessage(index) {
  const message = makeMessage(0, index, ownUser(0));
  const parts = /** @type {any[]} */ (message.content.parts);
  for (const call of range(4)) {
    const result = range(12).map((row) => ({
      id: `row-${index}-${call}-${row}`,
      title: `Result ${row} of "search", as tools give them`,
      url: `https://example.com/articles/${row}`,
      score: row / 7,
      tags: ['alpha', 'beta'],
    }));
    const toolInvocation = {
      state: 'result',
      toolCallId: `call-${index}-${call}`,
      toolName: 'search',
      args: { query: 'x', limit: 12 },
      result,
    };
    parts.push({ type: 'tool-invocation', toolInvocation });
  }
  return message;
}

/** @param {(index: number) => any} make */
const longThread = (make) => async (/** @type {any} */ store, /** @type {Clock} */ clock) => {
  clock.pass(PAUSE);
  await store.saveThread({ thread: makeThread(0, ownUser(0)) });
  for (let from = 0; from < 500; from += 2) {
    clock.pass(PAUSE);
    await store.saveMessages({ messages: range(2).map((i) => make(from + i)) });
  }
};

const lastForty = () => ({
  threadId: threadId(0),
  resourceId: ownUser(0),
  page: 0,
  perPage: 40,
  orderBy: { field: 'createdAt', direction: 'DESC' },
  includeTotal: false,
});
const oneKilobyte = (/** @type {number} */ index) => makeMessage(0, index, ownUser(0));

/** Keeps the thread in use: the head of an idle one is checked after a read. @param {(index: number) => any} make */
const saveOne = (make) => (/** @type {any} */ store, /** @type {number} */ batch) =>
  store.saveMessages({ messages: [make(500 + batch)] });

/** @param {number} count @param {number} limit @returns {Match} */
const save = (count, limit) => ({
  call: `saveMessages, ${count}, thread of 500`,
  limit,
  fill: longThread(oneKilobyte),
  prepare: (turn) => ({ messages: range(count).map((i) => oneKilobyte(500 + turn * count + i)) }),
  run: (store, args) => store.saveMessages(args),
});

/** @type {Match[]} */
const MATCHES = [
  {
    call: 'listMessages, last 40 of 500 (1 KB)',
    limit: 0.65,
    fill: longThread(oneKilobyte),
    prepare: lastForty,
    run: (store, args) => store.listMessages(args),
    between: saveOne(oneKilobyte),
  },
  {
    call: 'listMessages, last 40 of 500 (7 KB, tool results)',
    limit: 0.55,
    fill: longThread(toolMessage),
    prepare: lastForty,
    run: (store, args) => store.listMessages(args),
    between: saveOne(toolMessage),
  },
  save(2, 0.35),
  save(10, 0.45),
  {
    call: 'listThreads, 100 of 1,000',
    limit: 0.85,
    fill: async (store, clock) => {
      for (let thread = 0; thread < 1000; thread++) {
        clock.pass(500);
        await store.saveThread({ thread: makeThread(thread, 'user') });
      }
    },
    prepare: () => ({ filter: { resourceId: 'user' }, page: 0, perPage: 100 }),
    run: (store, args) => store.listThreads(args),
  },
  {
    call: 'getThreadById',
    limit: 1,
    calls: 10,
    fill: async (store) => void (await store.saveThread({ thread: makeThread(0, 'user') })),
    prepare: () => ({ threadId: threadId(0) }),
    run: (store, args) => store.getThreadById(args),
  },
];

/** @param {string} base  a module, or a folder that holds a build or an unpacked package */
async function findBuild(base) {
  const path = resolve(base);
  if ((await stat(path)).isDirectory()) return { folder: path, wasm: resolve(path, 'build/threadkv.wasm') };
  return { folder: HERE.pathname, wasm: path };
}

/** @param {{ folder: string, wasm: string }} build @returns {Promise<() => Side>} */
async function loadSide({ folder, wasm }) {
  const from = (/** @type {string} */ file) => import(pathToFileURL(resolve(folder, 'bindings', file)).href);
  const { CloudflareStore, createCore } = await from('index.js');
  const { createMemoryBackend } = await from('memory.js');
  const module = new WebAssembly.Module(await readFile(wasm));
  return () => {
    const clock = createClock();
    const backend = createMemoryBackend({ spaces: 3 });
    const open = (/** @type {{ seed: number }} */ { seed }) => {
      const wait = async (/** @type {number} */ ms) => clock.pass(ms);
      const core = createCore({ module, now: clock.now, random: createRandom(seed).fill, wait });
      return new CloudflareStore({ backend, core });
    };
    return { open, clock };
  };
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} µs of the process */
async function cpuOf(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** @param {number[]} numbers @returns {number} */
const lowerQuartile = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 2];

/**
 * @param {Match} match
 * @param {Side[]} sides  ours, and the other
 * @param {number} batches
 */
async function play({ call, limit, calls = 4, fill, prepare, run, between }, sides, batches) {
  /** @type {any[]} */
  /** @type {any[]} */
  const stores = [];
  for (const side of sides) {
    const filler = side.open({ seed: 1 });
    await filler.init();
    await fill(filler, side.clock);
    await filler.close();
    side.clock.pass(PAUSE);
    stores.push(side.open({ seed: 2 }));
  }
  /** @type {number[][]} */
  const times = [[], []];
  const warmup = batches >> 1;
  for (let batch = 0; batch < warmup + batches; batch++) {
    for (const which of batch % 2 ? [1, 0] : [0, 1]) {
      if (between !== undefined) await between(sides[which].open({ seed: 3 + batch }), batch);
      const args = range(calls).map((i) => prepare(batch * calls + i));
      const time = await cpuOf(async () => {
        for (const arg of args) {
          sides[which].clock.pass(PAUSE);
          await run(stores[which], arg);
        }
      });
      await stores[which].close();
      if (batch >= warmup) times[which].push(time / calls);
    }
  }
  const [ours, base] = times.map(lowerQuartile);
  return { call, limit, ours, base, ratio: ours / base };
}

/**
 * @param {string} base
 * @param {{ batches?: number, only?: string }} [options]
 */
export async function measureAgainst(base, { batches = 150, only = '' } = {}) {
  const builds = [{ folder: HERE.pathname, wasm: new URL('build/threadkv.wasm', HERE).pathname }];
  const make = await Promise.all([...builds, await findBuild(base)].map(loadSide));
  const results = [];
  for (const match of MATCHES.filter(({ call }) => call.includes(only))) {
    const sides = make.map((side) => side());
    results.push(await play(match, sides, batches));
  }
  return results;
}
