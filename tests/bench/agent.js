/**
 * What a turn of a real agent costs, of 0.1.0 and now: an agent that is registered in a Mastra, whose model takes five
 * seconds by a clock that stands, and a person who thinks between turns. What follows the response is counted, too.
 *
 * @module
 */

import { setImmediate, setTimeout } from 'node:timers/promises';
import { createAssistant } from '../../examples/agent/assistant.js';
import { createCore } from '../../bindings/core.js';
import { CloudflareStore } from '../../bindings/mastra/index.js';
import { createMemoryNamespace } from '../../bindings/memory.js';
import { firstRelease } from '../fixtures/first-release/index.js';
import { scripted } from '../record/model.js';
import { meterNamespace, Tally } from './compare/meters.js';
import { millionTurns } from './compare/prices.js';
import { createClock } from './data.js';

/** A build, as an application has it. @typedef {{ createCore: any, CloudflareStore: any }} Release */
/** @typedef {import('./data.js').Clock} Clock */

/**
 * @typedef {object} Habit
 * @property {string} turn  what the table calls it
 * @property {number} pause  ms between turns
 * @property {boolean} [fresh]  each turn in an isolate that has just started
 * @property {boolean} [founds]  each turn is the first of a thread
 * @property {object} [options]  of the store: 0.1.0 has none of them, so it is left out
 */

/**
 * Of one turn, or on average.
 *
 * @typedef {object} Turn
 * @property {number} operations  all of them, what follows the answer among them
 * @property {number} first  rounds before the model's first token has come
 * @property {number} whole  rounds until the call has its whole answer
 * @property {number} later  operations that are not answered by then, or begin later
 * @property {number} reads
 * @property {number} writes
 * @property {number} lists
 * @property {number} dollars  for a million
 */

const MODEL = 5000;
/** Turns until the last 10 messages are all there. */
const BEFORE = 6;
/** As many as it takes until they repeat: a thread is checked once a minute. */
const TURNS = 4;

/** @type {Habit[]} */
const HABITS = [
  { turn: '10 s apart', pause: 10_000 },
  { turn: '35 s apart', pause: 35_000 },
  { turn: '95 s apart', pause: 95_000 },
  { turn: '95 s apart, `newIds`', pause: 95_000, options: { newIds: true } },
  { turn: '95 s apart, each in a new isolate', pause: 95_000, fresh: true },
  { turn: 'the first of a new thread', pause: 95_000, founds: true },
];

/** @returns {Promise<Record<'0.1.0' | 'now', Release>>} */
async function loadReleases() {
  const { core, mastra } = await firstRelease();
  return {
    '0.1.0': { ...core, ...(await mastra()) },
    now: { createCore, CloudflareStore },
  };
}

/**
 * A model that answers a long while later.
 *
 * @param {Clock} clock
 */
function slowModel(clock) {
  const step = () => {
    clock.pass(MODEL);
    return 'It blooms in April.';
  };
  return scripted('guide', Array(BEFORE + TURNS).fill(step));
}

/**
 * A namespace that answers once everything else has had its turn, so that what does not wait for an answer is done by then:
 * Mastra takes a timer of 10 ms to end a stream, and a timer of 25 ms rings after it however busy the machine is.
 *
 * @param {any} namespace
 */
function slowly(namespace) {
  let pending = 0;
  const later =
    (/** @type {string} */ method) =>
    async (/** @type {any[]} */ ...args) => {
      pending++;
      try {
        await setTimeout(25);
        for (let turn = 0; turn < 40; turn++) await setImmediate();
        return await namespace[method](...args);
      } finally {
        pending--;
      }
    };
  const methods = ['get', 'getWithMetadata', 'put', 'delete', 'list'];
  return {
    namespace: Object.fromEntries(methods.map((method) => [method, later(method)])),
    /** How many requests have no answer yet. */
    pending: () => pending,
  };
}

/**
 * @param {Release} release
 * @param {Habit} habit
 */
function openWorld(release, { options = {} }) {
  const clock = createClock();
  const tally = new Tally();
  const kv = slowly(createMemoryNamespace());
  const metered = meterNamespace(kv.namespace, tally);
  /** What a Worker still does when it has answered. @type {Promise<unknown>[]} */
  const followups = [];
  const waitUntil = (/** @type {Promise<unknown>} */ promise) => void followups.push(promise);
  const model = slowModel(clock);
  const start = () => {
    const core = release.createCore({
      now: clock.now,
      wait: async (/** @type {number} */ ms) => clock.pass(ms),
    });
    const bindings = { default: metered };
    const storage = new release.CloudflareStore({ id: 'bench', bindings, core, waitUntil, ...options });
    const memory = { options: { lastMessages: 10, workingMemory: { enabled: false } } };
    return createAssistant({ storage, model, memory }).getAgent('assistant');
  };
  return { clock, tally, kv, followups, start };
}

const sum = (/** @type {Record<string, number>} */ counts) =>
  Object.values(counts).reduce((a, b) => a + b, 0);

/**
 * @param {any} agent
 * @param {string} thread
 * @param {ReturnType<typeof openWorld>} world
 * @returns {Promise<Turn>}
 */
async function takeTurn(agent, thread, { tally, kv, followups }) {
  tally.reset();
  const { counts } = tally;
  const answer = await agent.stream('When does it bloom?', { memory: { thread, resource: 'alice' } });
  let first;
  for await (const token of answer.textStream) if (token) first ??= counts.rounds;
  await answer.getFullOutput();
  const { rounds: whole } = counts;
  const before = sum(counts.operations) - kv.pending();
  while (followups.length > 0) await Promise.all(followups.splice(0));
  const {
    'KV read': reads = 0,
    'KV write': puts = 0,
    'KV delete': deletes = 0,
    'KV list': lists = 0,
  } = counts.billed;
  const operations = sum(counts.operations);
  const dollars = millionTurns(counts.billed);
  return {
    operations,
    first: first ?? NaN,
    whole,
    later: operations - before,
    reads,
    writes: puts + deletes,
    lists,
    dollars,
  };
}

/** @param {Turn[]} turns @returns {Turn} */
function average(turns) {
  const fields = /** @type {(keyof Turn)[]} */ (Object.keys(turns[0]));
  const of = (/** @type {keyof Turn} */ field) =>
    turns.reduce((all, turn) => all + turn[field], 0) / turns.length;
  return /** @type {Turn} */ (Object.fromEntries(fields.map((field) => [field, of(field)])));
}

/**
 * @param {Release} release
 * @param {Habit} habit
 * @returns {Promise<Turn>}
 */
async function measureTurns(release, habit) {
  const world = openWorld(release, habit);
  let agent = world.start();
  const turns = [];
  for (let turn = 0; turn < BEFORE + TURNS; turn++) {
    if (habit.fresh) agent = world.start();
    turns.push(await takeTurn(agent, habit.founds ? `trip-${turn}` : 'trip', world));
    world.clock.pass(habit.pause);
  }
  return average(turns.slice(BEFORE));
}

/** What the columns of `agentRows` are. */
export const AGENT_HEAD = [
  'turn',
  'of',
  'operations',
  'rounds: first token',
  'whole answer',
  'after it',
  'reads',
  'writes',
  'lists',
  '$ a million',
];

/**
 * The rows of the table: every habit, of either build.
 *
 * @returns {Promise<string[][]>}
 */
export async function agentRows() {
  const releases = Object.entries(await loadReleases());
  const cases = HABITS.flatMap((habit) =>
    (habit.options ? releases.slice(1) : releases).map(([name, release]) => ({ habit, name, release })),
  );
  return Promise.all(
    cases.map(async ({ habit, name, release }) => {
      const { dollars, ...counts } = await measureTurns(release, habit);
      return [habit.turn, name, ...Object.values(counts).map(String), dollars.toFixed(2)];
    }),
  );
}
