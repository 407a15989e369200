/**
 * The run from which the examples of src/FORMAT.md are taken. Clock and chance are fixed, so it always stores the same.
 *
 *   node tests/docs/story.js            prints what each step changes
 *   node tests/docs/story.js --write    writes the examples anew
 *
 * An example is a fenced block that begins "```kv", a step, a line with a key, and then what stands under that key.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { CloudflareStore, createCore } from '../../bindings/index.js';
import { createMemoryBackend } from '../../bindings/memory.js';

/** @typedef {{ key: string, value: string, metadata: string | null }} Stored */

const FORMAT = new URL('../../src/FORMAT.md', import.meta.url);
const EXAMPLE = /^```kv (.*)\n(.*)\n[^]*?^```$/gm;
const WIDTH = 118;

const START = Date.parse('2026-01-02T03:04:05.000Z');

/** @param {number} second */
const at = (second) => new Date(START + second * 1000);

/** @param {string} id @param {string} role @param {string} text @param {number} second */
const message = (id, role, text, second) => ({
  id,
  threadId: 'thread-1',
  resourceId: 'user-1',
  role,
  content: text,
  createdAt: at(second),
});

/** @param {string} id @param {object} [more] */
const thread = (id, more) => ({
  id,
  resourceId: 'user-1',
  title: 'Kyoto',
  createdAt: at(0),
  updatedAt: at(0),
  ...more,
});

/** @type {Record<string, (store: CloudflareStore) => Promise<unknown>>} */
const STEPS = {
  'init()': (store) => store.init(),
  'a thread is saved': (store) =>
    store.saveThread({ thread: thread('thread-1', { metadata: { tags: ['travel'] } }) }),
  'two messages are saved': (store) =>
    store.saveMessages({
      messages: [
        message('m-1', 'user', 'When do the cherries bloom?', 2),
        message('m-2', 'assistant', 'In April.', 3),
      ],
    }),
  'a resource is saved': (store) =>
    store.updateResource({ resourceId: 'user-1', workingMemory: 'likes tea', metadata: { language: 'en' } }),
  'a thread with an odd id is saved': (store) =>
    store.saveThread({ thread: thread('a:b%/ü', { metadata: { city: '京都' } }) }),
  'm-2 moves to it': (store) => store.updateMessages({ messages: [{ id: 'm-2', threadId: 'a:b%/ü' }] }),
  'm-1 is deleted': (store) => store.deleteMessages(['m-1']),
  'thread-1 is deleted': (store) => store.deleteThread({ threadId: 'thread-1' }),
  'thread-1 is saved again': (store) => store.saveThread({ thread: thread('thread-1') }),
  'a score is saved': (store) =>
    store.saveScore({
      id: 'score-1',
      scorerId: 'politeness',
      entityId: 'agent-1',
      entityType: 'AGENT',
      runId: 'run-1',
      score: 0.75,
      scorer: { name: 'Politeness' },
      entity: { id: 'agent-1' },
      source: 'LIVE',
      output: 'You are welcome.',
    }),
  'a task is claimed': async (store) => {
    await store.createTask({
      id: 'task-1',
      status: 'pending',
      toolName: 'search',
      toolCallId: 'call-1',
      args: { query: 'cherries' },
      agentId: 'agent-1',
      runId: 'run-1',
      retryCount: 0,
      maxRetries: 1,
      timeoutMs: 60_000,
      createdAt: at(0),
    });
    const running = /** @type {const} */ ({ status: 'running', startedAt: at(9), ownerId: 'worker-1' });
    await store.updateTask('task-1', running, { expectedStatus: 'pending' });
  },
  'a state is set': (store) =>
    store.setState({ threadId: 'thread-1', type: 'goal', value: { objective: 'Book a trip', runsUsed: 0 } }),
  'a blob is put': (store) => store.putBlob({ hash: '2cf24dba', content: 'hello', size: 5 }),
  'a workflow run is suspended': (store) =>
    store.persistWorkflowSnapshot({
      workflowName: 'order',
      runId: 'run-1',
      resourceId: 'user-1',
      snapshot: { status: 'suspended', context: { input: { tea: 2 } } },
    }),
  'user-2 speaks in thread-1': (store) =>
    store.saveMessages({
      messages: [{ ...message('m-3', 'user', 'May I come along?', 30), resourceId: 'user-2' }],
    }),
};

/**
 * @returns {Promise<{ step: string, stored: Stored[] }[]>} all that was stored after each step
 */
export async function tellStory() {
  let now = START;
  let seed = 1;
  const core = createCore({
    now: () => now,
    random: (bytes) => bytes.forEach((_, i) => (bytes[i] = (seed = (seed * 48271) % 2147483647) & 255)),
    wait: async (ms) => {
      now += ms;
    },
  });
  const backend = createMemoryBackend();
  const [storage] = backend.spaces;
  const store = new CloudflareStore({ backend, keyPrefix: 'dev_', core });
  const snapshots = [];
  for (const [step, run] of Object.entries(STEPS)) {
    await run(store);
    await store.close();
    snapshots.push({ step, stored: storage.keys().map((key) => read(storage, key)) });
    now += 2000;
  }
  return snapshots;
}

/** @param {import('../../bindings/memory.js').MemoryStorage} storage @param {string} key @returns {Stored} */
function read(storage, key) {
  const entry = storage.get(key);
  if (typeof entry === 'number') throw new Error(`${key} has gone`);
  return { key, value: entry.text, metadata: entry.metadataText };
}

/**
 * src/FORMAT.md as it is, and with its examples as the story tells them.
 */
export async function readExamples() {
  const text = readFileSync(FORMAT, 'utf8');
  const story = await tellStory();
  /** @type {string[]} */
  const unknown = [];
  let count = 0;
  const fresh = text.replace(EXAMPLE, (block, step, key) => {
    const found = story.find((part) => part.step === step)?.stored.find((stored) => stored.key === key);
    count++;
    if (found === undefined) unknown.push(`${step}: ${key}`);
    return found === undefined ? block : `\`\`\`kv ${step}\n${formatStored(found)}\n\`\`\``;
  });
  return { text, fresh, unknown, count };
}

/** @param {Stored} stored */
function formatStored({ key, value, metadata }) {
  const wrapped = (/** @type {string} */ name, /** @type {string} */ json) =>
    wrap(json).map((line, i) => (i === 0 ? name : '').padEnd(10) + line);
  return [key, ...wrapped('value', value), ...wrapped('metadata', metadata ?? 'none')].join('\n');
}

/**
 * Breaks JSON behind commas between fields.
 *
 * @param {string} json
 */
function wrap(json) {
  const lines = [''];
  for (const piece of json.split(/(?<=,)(?=")/)) {
    if (lines[0] !== '' && `${lines.at(-1)}${piece}`.length > WIDTH - 10) lines.push(` ${piece}`);
    else lines.push(`${lines.pop()}${piece}`);
  }
  return lines;
}

async function printChanges() {
  /** @type {Map<string, string>} */
  let before = new Map();
  for (const { step, stored } of await tellStory()) {
    const after = new Map(stored.map((one) => [one.key, formatStored(one)]));
    console.log(`\n# ${step}\n`);
    for (const [key, text] of after) if (before.get(key) !== text) console.log(`${text}\n`);
    for (const key of before.keys()) if (!after.has(key)) console.log(`${key}\ngone\n`);
    before = after;
  }
}

if (import.meta.url === pathToFileURL(argv[1] ?? '').href) {
  if (argv[2] === '--write') writeFileSync(FORMAT, (await readExamples()).fresh);
  else await printChanges();
}
