/**
 * `make demo`: replays the recorded conversations through the Worker in workerd, over local KV namespaces, and prints
 * what was stored, what each kind of call cost and whether everything came back equal. Exits with 1 when it did not.
 *
 *   node tests/demo/index.js [name …]    all conversations, or the named ones
 *
 * @module
 */

import { listFixtures, readFixture } from '../fixtures/read.js';
import { replay } from '../fixtures/replay.js';
import { createWorker } from '../support/worker.js';
import { createClient } from './client.js';
import { costLines, storageLines, wrap } from './report.js';

const TOKEN = 'correct-horse-battery-staple';

/** @typedef {import('../fixtures/replay.js').Replayed & { name: string, turns: number }} Outcome */

/** @param {import('./client.js').Fetch} fetch @returns {import('./client.js').Fetch} */
const withToken = (fetch) => (path, init) =>
  fetch(path, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${TOKEN}` } });

/**
 * @param {string[]} names
 * @param {import('../fixtures/replay.js').Store} store
 * @param {import('../fixtures/replay.js').Store} reader  for looking at the end
 */
async function replayAll(names, store, reader) {
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const name of names) {
    const fixture = readFixture(name);
    const outcome = await replay(fixture, store, { reader });
    outcomes.push({ name, turns: Object.keys(fixture.turns).length, ...outcome });
  }
  return outcomes;
}

/** @param {Outcome[]} outcomes @param {'turns' | 'calls' | 'compared' | 'threads' | 'messages' | 'resources'} what */
const total = (outcomes, what) => outcomes.reduce((sum, outcome) => sum + outcome[what], 0);

/** @param {Outcome[]} outcomes */
function problemLines(outcomes) {
  const lines = outcomes.flatMap(({ name, problems }) =>
    problems.slice(0, 3).map((problem) => `  ${name}: ${problem}`),
  );
  if (lines.length === 0) return [];
  const shown = lines.slice(0, 12);
  const more = outcomes.reduce((sum, { problems }) => sum + problems.length, 0) - shown.length;
  return ['', 'What came back otherwise than recorded', ...shown, ...(more ? [`  … and ${more} more`] : [])];
}

/**
 * @param {Outcome[]} outcomes
 * @param {{ recorded: string[], fresh: string[] }} costs
 * @param {import('./storage.js').TableSize[]} tables
 */
function report(outcomes, costs, tables) {
  const { core, memory } = readFixture(outcomes[0].name).mastra;
  const equal = outcomes.filter(({ problems }) => problems.length === 0).length;
  const sum = (/** @type {Parameters<typeof total>[1]} */ what) => total(outcomes, what);
  return [
    `${outcomes.length} conversations of @mastra/core ${core} and @mastra/memory ${memory}: ${sum('turns')} turns, ${sum('calls')} storage calls,`,
    'replayed through the Worker in workerd over local KV.',
    '',
    ...wrap(outcomes.map(({ name, problems }) => (problems.length ? `${name} (DIFFERS)` : name))),
    '',
    'What each kind of call cost: KV operations and rounds of them (mean and most), milliseconds (median and 95 %)',
    ...costs.recorded,
    '  The final state, read by an isolate that has just started and remembers nothing:',
    ...costs.fresh,
    '',
    `What is stored now: ${sum('threads')} threads, ${sum('messages')} messages, ${sum('resources')} resources`,
    ...storageLines(tables),
    ...problemLines(outcomes),
    '',
    `${sum('compared')} answers and reads of the final state compared: ${equal} of ${outcomes.length} conversations came back equal.`,
  ].join('\n');
}

const known = listFixtures();
const named = process.argv.slice(2);
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length) {
  console.error(`There is no conversation named ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}
const names = named.length ? named : known;
// The Worker with one route more.
const vars = { KEY_PREFIX: '', THREADKV_TOKEN: TOKEN };
const worker = createWorker({ main: 'tests/demo/worker.js', vars });
try {
  await worker.listen();
  /** @type {import('./client.js').Cost[]} */
  const recorded = [];
  /** @type {import('./client.js').Cost[]} */
  const fresh = [];
  const ask = /** @type {import('./client.js').Fetch} */ (/** @type {unknown} */ (worker.fetch));
  const fetch = withToken(ask);
  const store = createClient(fetch, (cost) => recorded.push(cost));
  const reader = createClient(fetch, (cost) => fresh.push(cost), { fresh: true });
  const outcomes = await replayAll(names, store, reader);
  const tables = JSON.parse(await (await fetch('/v1/storage')).text());
  console.log(report(outcomes, costLines(recorded, fresh), tables));
  process.exitCode = outcomes.every(({ problems }) => problems.length === 0) ? 0 : 1;
} finally {
  await worker.close();
}
