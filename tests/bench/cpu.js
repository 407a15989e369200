/**
 * CPU time of calls over KV in memory, as a ratio to a bare JavaScript function. That function makes the very
 * requests that the store made, round by round, parses every value that it reads and stringifies every value
 * that it writes; it knows no threads, decides nothing and checks nothing.
 *
 * @module
 */

import { copyBackend, createClock, fill, makeMessage, openStore, ownUser, threadId } from './data.js';

/** @typedef {import('../../bindings/backends/backend.js').Backend} Backend */
/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */
/** @typedef {import('../../bindings/index.js').CloudflareStore} CloudflareStore */

/**
 * @typedef {object} Contest
 * @property {string} call
 * @property {number} messages  in the thread, of a kilobyte each
 * @property {number} limit  the ratio that the issue allows
 * @property {(turn: number) => unknown} prepare  the arguments, made before the clock starts
 * @property {(store: CloudflareStore, args: any) => Promise<unknown>} run
 * @property {(store: CloudflareStore, batch: number) => Promise<unknown>} [between]
 *   before each batch, by another isolate, not timed
 */

/** Keeps the thread in use: the head of an idle one is checked against its journal after a read. */
const saveOne = (/** @type {CloudflareStore} */ store, /** @type {number} */ batch) =>
  store.saveMessages({ messages: [makeMessage(0, 500 + batch, ownUser(0))] });

/** @type {Contest[]} */
const CONTESTS = [
  {
    call: 'listMessages, last 40 of 500',
    messages: 500,
    limit: 3,
    prepare: () => ({
      threadId: threadId(0),
      resourceId: 'user-0',
      page: 0,
      perPage: 40,
      orderBy: { field: 'createdAt', direction: 'DESC' },
      includeTotal: false,
    }),
    run: (store, args) => store.listMessages(args),
    between: saveOne,
  },
  {
    call: 'saveMessages, 10',
    messages: 500,
    limit: 5,
    prepare: (turn) => ({
      messages: Array.from({ length: 10 }, (_, i) => makeMessage(0, 500 + turn * 10 + i, ownUser(0))),
    }),
    run: (store, args) => store.saveMessages(args),
  },
  {
    call: 'getThreadById',
    // A short thread: the bare function parses the whole head, of which only one field is needed.
    messages: 20,
    limit: 4,
    prepare: () => ({ threadId: threadId(0) }),
    run: (store, args) => store.getThreadById(args),
  },
];

/** Batches of both take turns; short ones are seldom interrupted. */
const CALLS_PER_BATCH = 2;
/** Between calls, so that none is answered from what the isolate has just read. */
const PAUSE = 2000;

/**
 * @typedef {object} CpuResult
 * @property {string} call
 * @property {number} limit
 * @property {number} ours  µs a call
 * @property {number} bare  likewise
 * @property {number} ratio
 * @property {number} operations  KV operations a call
 */

/**
 * @param {{ batches?: number, warmup?: number }} [options]
 * @returns {Promise<CpuResult[]>}
 */
export async function measureCpu({ batches = 300, warmup = 150 } = {}) {
  const results = [];
  for (const contest of CONTESTS) results.push(await measureContest(contest, batches, warmup));
  return results;
}

/**
 * @param {Contest} contest
 * @param {number} batches
 * @param {number} warmup
 * @returns {Promise<CpuResult>}
 */
async function measureContest({ call, messages, limit, prepare, run, between }, batches, warmup) {
  const clock = createClock();
  const origin = await fill(clock, { threads: 1, messages });
  const recorder = createRecorder(copyBackend(origin));
  const store = openStore(recorder, clock, { seed: 2 });
  const twin = copyBackend(origin);
  /** @type {number[]} */
  const ours = [];
  /** @type {number[]} */
  const bare = [];
  let operations = 0;
  for (let batch = 0; batch < warmup + batches; batch++) {
    const args = Array.from({ length: CALLS_PER_BATCH }, (_, i) => prepare(batch * CALLS_PER_BATCH + i));
    if (between !== undefined) {
      clock.pass(PAUSE);
      await between(openStore(recorder, clock, { seed: 3 + batch }), batch);
      await replay(twin, recorder.takeSteps());
    }
    const mine = await timed(async () => {
      for (const arg of args) {
        clock.pass(PAUSE);
        await run(store, arg);
      }
      await store.close();
    });
    const script = recorder.takeSteps();
    const theirs = await timed(() => replay(twin, script));
    if (batch < warmup) continue;
    operations += script.flat().length;
    ours.push(mine);
    bare.push(theirs);
  }
  const perCall = (/** @type {number[]} */ times) => lowerQuartile(times) / CALLS_PER_BATCH;
  return {
    call,
    limit,
    ours: perCall(ours),
    bare: perCall(bare),
    ratio: lowerQuartile(ours) / lowerQuartile(bare),
    operations: operations / (batches * CALLS_PER_BATCH),
  };
}

/**
 * A request with what it writes as objects, as the bare function has them before it stringifies them.
 * @typedef {{ request: KVRequest, value?: unknown, metadata?: unknown }} Step
 */

/**
 * @param {Backend} backend
 * @returns {Backend & { takeSteps: () => Step[][] }} the rounds since they were last taken
 */
function createRecorder(backend) {
  /** @type {KVRequest[][]} */
  let rounds = [];
  return {
    ...backend,
    run(requests) {
      rounds.push(requests);
      return backend.run(requests);
    },
    takeSteps() {
      const steps = rounds.map((round) => round.map(unstringified));
      rounds = [];
      return steps;
    },
  };
}

const decoder = new TextDecoder();

/** @param {KVRequest} request @returns {Step} */
function unstringified(request) {
  if (request.kind !== 'put') return { request };
  const metadata = request.metadata === null ? null : JSON.parse(request.metadata);
  return { request, value: JSON.parse(decoder.decode(request.value)), metadata };
}

/**
 * The bare function. It hands over text where the store hands over bytes; KV takes both.
 *
 * @param {Backend} backend
 * @param {Step[][]} script
 */
async function replay(backend, script) {
  const results = [];
  for (const steps of script) {
    const requests = steps.map(({ request, value, metadata }) =>
      value === undefined
        ? request
        : /** @type {KVRequest} */ ({
            ...request,
            value: /** @type {any} */ (JSON.stringify(value)),
            metadata: metadata === null ? null : JSON.stringify(metadata),
          }),
    );
    for (const { entry, entries } of await backend.run(requests)) {
      if (entry) results.push(JSON.parse(/** @type {string} */ (entry.value)));
      for (const each of entries ?? []) {
        if (each) results.push(JSON.parse(/** @type {string} */ (each.value)));
      }
    }
  }
  return results;
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} µs */
async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) * 1000;
}

/**
 * What an undisturbed batch takes: on a busy machine the median is no such thing, and less so for the
 * longer batches.
 *
 * @param {number[]} numbers
 */
function lowerQuartile(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 2];
}
