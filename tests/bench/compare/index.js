/**
 * `make bench`, second part: this store beside Mastra's on D1 and core's in memory, doing the same work in one workerd.
 * Prints tables, writes build/compare.json and, with --plots, pictures.
 *
 *   node tests/bench/compare/index.js [--full] [--plots DIR] [--only STORE]
 *
 * --full: up to 100,000 threads and 10,000 messages, ten minutes; --only durable: what the others cost is left out
 *
 * @module
 */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createTestHarness } from 'wrangler';
import { formatTable } from '../table.js';
import { workerdCpu } from './cpu.js';
import { writePlots } from './plots.js';
import { millionTurns } from './prices.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
process.env.WRANGLER_SEND_METRICS = 'false';
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';
process.env.WRANGLER_HIDE_BANNER = 'true';

const { values: options } = parseArgs({
  options: { full: { type: 'boolean' }, plots: { type: 'string' }, only: { type: 'string' } },
});
const wanted = (/** @type {string} */ store) =>
  options.only === undefined || store.replace('-growing', '') === options.only;

/** What stands in a store when calls are compared. */
const THREADS = 200;
const MESSAGES = 500;
const CALLS = [
  'getThreadById',
  'saveMessages, 2',
  'saveMessages, 10',
  'saveMessages, 100',
  'listMessages, last 40',
  'listThreads, of a user',
  'the calls of a turn',
  'a turn of an agent',
];
const STORES = {
  threadkv: 'threadkv on KV',
  durable: 'threadkv in an object',
  d1: 'Mastra on D1',
  memory: "core's in-memory store",
};
const BY_LATENCY = ['threadkv', 'durable', 'd1'];
const LATENCIES = [0, 5, 20, 50];
const THREAD_SIZES = options.full ? [1, 10, 100, 1000, 10_000, 100_000] : [1, 10, 100, 1000];
const MESSAGE_SIZES = options.full ? [10, 100, 1000, 10_000] : [10, 100, 1000];
const CPU_TIMES = 60;
const PORTION = 2000;

const worker = createTestHarness({
  root: ROOT,
  workers: [
    {
      config: {
        name: 'threadkv-bench',
        main: 'tests/bench/compare/worker.js',
        compatibility_date: '2026-10-01',
        compatibility_flags: ['nodejs_compat'],
        durable_objects: { bindings: [{ name: 'OBJECTS', class_name: 'BenchObject' }] },
        migrations: [{ tag: 'v1', new_sqlite_classes: ['BenchObject'] }],
        kv_namespaces: [{ binding: 'BENCH_KV', id: 'bench' }],
        d1_databases: [
          { binding: 'BENCH_DB', database_name: 'bench', database_id: 'bench' },
          { binding: 'GROWING_DB', database_name: 'growing', database_id: 'growing' },
        ],
      },
    },
  ],
});

/** @param {string} path @param {object} body @returns {Promise<any>} */
async function post(path, body) {
  const response = await worker.fetch(path, { method: 'POST', body: JSON.stringify(body) });
  const answer = /** @type {any} */ (await response.json());
  if (answer.error) throw new Error(answer.error);
  return answer;
}

/** Fills in portions, so that no request takes too long. @param {import('./worker.js').Filling} filling */
async function fill({ from, to, ...rest }) {
  for (let at = from; at < to; at += PORTION)
    await post('/fill', { ...rest, from: at, to: Math.min(to, at + PORTION) });
}

const sum = (/** @type {Record<string, number>} */ counts) =>
  Object.values(counts).reduce((a, b) => a + b, 0);
const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const words = (/** @type {Record<string, number>} */ counts) =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');

/** @param {Record<string, number>} billed  what of a store in SQLite is read and written */
const rowsOf = ({ 'object row read': read, 'object row written': written }) =>
  read === undefined ? '' : `; ${read} rows read, ${written} written`;

/** @typedef {{ store: string, work: string, counts: import('./meters.js').Counts, ms: number, cpu?: number }} Compared */

/** The same work on every store. @returns {Promise<Compared[]>} */
async function compareCalls() {
  /** @type {Compared[]} */
  const rows = [];
  for (const store of Object.keys(STORES).filter(wanted)) {
    await fill({ store, from: 0, to: THREADS });
    await fill({ store, from: 0, to: MESSAGES, messagesOf: 7 });
  }
  for (const work of CALLS)
    for (const store of Object.keys(STORES).filter(wanted)) {
      await post('/measure', { store, work, thread: 7 }); // everything is compiled and cached once
      const { counts } = await post('/measure', { store, work, thread: 7 });
      const before = workerdCpu();
      const { ms } = await post('/measure', { store, work, thread: 7, times: CPU_TIMES });
      const after = workerdCpu();
      const cpu = before === undefined || after === undefined ? undefined : (after - before) / CPU_TIMES;
      rows.push({ store, work, counts, ms: median(ms), cpu });
    }
  return rows;
}

/** A turn at several latencies of the storage. */
async function compareLatencies() {
  const rows = [];
  for (const latency of LATENCIES)
    for (const store of BY_LATENCY.filter(wanted)) {
      const { ms } = await post('/measure', {
        store,
        work: 'the calls of a turn',
        thread: 7,
        latency,
        times: 5,
      });
      rows.push({ store, latency, ms: median(ms) });
    }
  return rows;
}

/** What a turn costs as threads, or the messages of its thread, grow. */
async function compareGrowth() {
  const rows = [];
  for (const store of ['threadkv-growing', 'durable-growing', 'd1-growing'].filter(wanted)) {
    let threads = 0;
    for (const size of THREAD_SIZES) {
      await fill({ store, from: threads, to: size });
      threads = size;
      const { counts } = await post('/measure', { store, work: 'the calls of a turn', thread: 0 });
      rows.push({
        store,
        grows: 'threads',
        size: threads,
        operations: sum(counts.operations),
        billed: counts.billed,
      });
    }
    let messages = 0;
    for (const size of MESSAGE_SIZES) {
      await fill({ store, from: messages, to: size, messagesOf: 3 });
      messages = size;
      const { counts } = await post('/measure', { store, work: 'the calls of a turn', thread: 3 });
      rows.push({
        store,
        grows: 'messages',
        size,
        operations: sum(counts.operations),
        billed: counts.billed,
      });
    }
  }
  return rows;
}

await worker.listen();
try {
  const calls = await compareCalls();
  console.log(
    `Over ${THREADS} threads, one of ${MESSAGES} messages; an isolate that has just started; local storage\n`,
  );
  console.log(
    formatTable(
      ['work', 'store', 'ops', 'rounds', 'read B', 'written B', 'ms', 'CPU ms', '$ per million', ''],
      calls.map(({ work, store, counts, ms, cpu }) => [
        work,
        STORES[/** @type {keyof typeof STORES} */ (store)],
        sum(counts.operations),
        counts.rounds,
        counts.bytesRead,
        counts.bytesWritten,
        Number(ms.toFixed(1)),
        cpu === undefined ? '' : Number(cpu.toFixed(1)),
        Number(millionTurns(counts.billed).toFixed(2)),
        [words(counts.operations), rowsOf(counts.billed)].join(''),
      ]),
    ),
  );
  const latencies = await compareLatencies();
  console.log('\nThe calls of a turn, every storage operation that much slower: median ms\n');
  console.log(
    formatTable(
      ['ms an operation', 'threadkv on KV', 'threadkv in an object', 'Mastra on D1'],
      LATENCIES.map((latency) => [
        latency,
        ...BY_LATENCY.map((store) =>
          Number(latencies.find((row) => row.store === store && row.latency === latency)?.ms.toFixed(0)),
        ),
      ]),
    ),
  );
  const growth = await compareGrowth();
  console.log('\nThe calls of a turn as the store grows\n');
  console.log(
    formatTable(
      ['store', 'what grows', 'to', 'ops', '$ per million turns', ''],
      growth.map(({ store, grows, size, operations, billed }) => [
        STORES[/** @type {keyof typeof STORES} */ (store.replace('-growing', ''))],
        grows,
        size,
        operations,
        Number(millionTurns(billed).toFixed(2)),
        rowsOf(billed).slice(2),
      ]),
    ),
  );
  await mkdir(join(ROOT, 'build'), { recursive: true });
  const report = { node: process.versions.node, calls, latencies, growth };
  await writeFile(join(ROOT, 'build/compare.json'), `${JSON.stringify(report, null, 2)}\n`);
  if (options.plots !== undefined) await writePlots(report, options.plots);
} finally {
  await worker.close();
}
