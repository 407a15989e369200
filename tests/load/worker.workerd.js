/**
 * A Worker under load: one store and one core for all requests, over KV in memory that takes its time. Its clock runs
 * fast, so that what takes minutes, such as giving up calls whose request went away, is seen in less.
 *
 * @module
 */

import { createMemoryBackend } from '../../bindings/memory.js';
import { createRandom } from '../support/random.js';

/** @type {WebAssembly.Memory[]} */
const memories = [];
const Real = WebAssembly.Instance;
WebAssembly.Instance = /** @type {any} */ (
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} imports */
  function Watched(module, imports) {
    const instance = new Real(module, imports);
    memories.push(/** @type {WebAssembly.Memory} */ (instance.exports.memory));
    return instance;
  }
);

const { CloudflareStore, createCore } = await import('../../bindings/index.js');
const { default: module } = await import('../../build/threadkv.wasm');

/** A minute is half a minute. */
const HASTE = 2;
const THREADS = 60;
const MESSAGES = 40;
const LATENCY_MS = 20;
/** Longer than anybody waits, and than a minute of the fast clock. */
const STALL_MS = 60_000;

const kv = createMemoryBackend();
const random = createRandom(1);
let started = 0;
let ahead = 0;

/** Workers see time stand still between I/O; it moves on all the same. */
function now() {
  started ||= Date.now();
  return started + (Date.now() - started) * HASTE + ahead;
}

/** @param {number} ms */
const pass = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

const backend = {
  ...kv,
  /** @param {import('../../bindings/backends/backend.js').KVRequest[]} requests */
  async run(requests) {
    if (requests.some((request) => JSON.stringify(request).includes('stall'))) await pass(STALL_MS);
    const replies = await kv.run(requests);
    await pass(random.below(LATENCY_MS));
    // Some of it is refused, as KV does.
    if (random.below(200) === 0) return requests.map(() => ({ status: 429, ok: false }));
    return replies;
  },
};

const core = createCore({ module, now, wait: (ms) => pass(ms / HASTE) });
const store = new CloudflareStore({ core, backend: /** @type {any} */ (backend) });

const createdAt = new Date(0);
/** @param {string} id */
const thread = (id) => ({ id, resourceId: `user-${id}`, title: id, createdAt, updatedAt: createdAt });

/** @param {string} threadId @param {number} n */
const message = (threadId, n) => ({
  id: `${threadId}-${n}`,
  threadId,
  resourceId: `user-${threadId}`,
  role: 'user',
  createdAt: new Date(n * 1000),
  content: { format: 2, parts: [{ type: 'text', text: 'word '.repeat(random.below(200)) }] },
});

/** What agents do, and now and then something else. @type {[number, (id: string) => Promise<unknown>][]} */
const JOBS = [
  [
    30,
    (id) =>
      store.listMessages({
        threadId: id,
        perPage: 40,
        orderBy: { field: 'createdAt', direction: 'DESC' },
        includeTotal: false,
      }),
  ],
  [
    25,
    (id) =>
      store.saveMessages({
        messages: [message(id, random.below(MESSAGES)), message(id, random.below(MESSAGES))],
      }),
  ],
  [20, (id) => store.getThreadById({ threadId: id })],
  [8, (id) => store.updateThread({ id, title: `Title ${random.below(100)}` })],
  [6, (id) => store.listMessages({ threadId: id, perPage: false })],
  [
    5,
    (id) =>
      store.updateMessages({ messages: [{ id: `${id}-${random.below(MESSAGES)}`, role: 'assistant' }] }),
  ],
  [3, (id) => store.listThreadsByResourceId({ resourceId: `user-${id}` })],
  [1, (id) => store.deleteMessages([`${id}-${random.below(MESSAGES)}`])],
  [1, (id) => store.deleteThread({ threadId: id })],
  [1, () => store.sweep()],
];
const ALL = JOBS.reduce((sum, [weight]) => sum + weight, 0);

/** Threads that are being made: by one call each, or what is stored would grow with every race. @type {Set<string>} */
const making = new Set();

/** @param {string} id */
async function make(id) {
  if (making.has(id)) return;
  making.add(id);
  await store.saveThread({ thread: thread(id) }).catch(() => undefined);
  making.delete(id);
}

async function job() {
  const id = `t${random.below(THREADS)}`;
  let at = random.below(ALL);
  const [, run] = JOBS.find(([weight]) => (at -= weight) < 0) ?? JOBS[0];
  try {
    await run(id);
    return 'done';
  } catch (error) {
    const { code } = /** @type {{ code?: string }} */ (error);
    if (code === 'NOT_FOUND') await make(id);
    return code ?? String(error);
  }
}

/** @type {Record<string, (query: URLSearchParams) => Promise<unknown>>} */
const ROUTES = {
  /** So many calls at once. */
  async work(query) {
    const ends = await Promise.all(Array.from({ length: Number(query.get('calls')) }, job));
    /** @type {Record<string, number>} */
    const counts = {};
    for (const end of ends) counts[end] = (counts[end] ?? 0) + 1;
    return counts;
  },
  /** Calls that KV does not answer in time: whoever asks goes away. */
  async stall(query) {
    const calls = Number(query.get('calls'));
    await Promise.allSettled(
      Array.from({ length: calls }, (_, i) => store.getThreadById({ threadId: `stall${i}` })),
    );
  },
  async state() {
    return { calls: core.calls, instances: memories.length, bytes: memories.at(-1)?.buffer.byteLength ?? 0 };
  },
  async skip(query) {
    ahead += Number(query.get('ms'));
    await store.getThreadById({ threadId: 'none' });
  },
};

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    return Response.json((await ROUTES[pathname.slice(1)](searchParams)) ?? null);
  },
};
