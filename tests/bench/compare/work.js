/**
 * The work that is compared: single storage calls as Mastra makes them, all the calls of one turn, and a turn of a real
 * agent.
 *
 * @module
 */

import { createAssistant } from '../../../examples/agent/assistant.js';
import { chooseModel } from '../../../examples/agent/model.js';

/** @typedef {import('@mastra/core/storage').MastraCompositeStore} MastraStore */
/** @typedef {{ thread: number, round: number }} Place  round: makes what is written new each time */

const START = Date.UTC(2026, 9, 1);
const TEXT = 'On the river there was a boat, and in the boat a lamp, and by the lamp a book. '.repeat(11);

export const threadId = (/** @type {number} */ n) => `thread-${n}`;
/** Ten threads a user. */
export const userOf = (/** @type {number} */ thread) => `user-${Math.floor(thread / 10)}`;

/** @param {number} n */
export function makeThread(n) {
  const at = new Date(START + n * 1000);
  return {
    id: threadId(n),
    resourceId: userOf(n),
    title: `Thread ${n}`,
    createdAt: at,
    updatedAt: at,
    metadata: {},
  };
}

/** About a kilobyte. @param {number} thread @param {string} id @param {number} at */
export function makeMessage(thread, id, at) {
  return {
    id,
    threadId: threadId(thread),
    resourceId: userOf(thread),
    role: at % 2 ? 'assistant' : 'user',
    createdAt: new Date(START + 10_000_000_000 + at),
    content: {
      format: /** @type {const} */ (2),
      parts: [{ type: /** @type {const} */ ('text'), text: TEXT }],
    },
  };
}

let clock = 1_000_000;
const newMessages = (/** @type {Place} */ { thread }, /** @type {number} */ count) =>
  Array.from({ length: count }, () => makeMessage(thread, `new-${thread}-${++clock}`, clock));

/** @param {MastraStore} store */
const memoryOf = async (store) => /** @type {any} */ (await store.getStore('memory'));
/** @param {MastraStore} store */
const runsOf = async (store) => /** @type {any} */ (await store.getStore('workflows'));

/** @param {any} memory @param {number} thread @param {number} perPage */
const newest = (memory, thread, perPage) =>
  memory.listMessages({
    threadId: threadId(thread),
    resourceId: userOf(thread),
    page: 0,
    perPage,
    orderBy: { field: 'createdAt', direction: 'DESC' },
    includeTotal: false,
  });

/** What core calls in a plain turn of an agent that is registered in a Mastra, in this order. */
const turnCalls = async (/** @type {MastraStore} */ store, /** @type {Place} */ place) => {
  const memory = await memoryOf(store);
  const runs = await runsOf(store);
  const runId = crypto.randomUUID();
  const at = { threadId: threadId(place.thread) };
  await memory.getThreadById(at);
  await newest(memory, place.thread, 10);
  for (const workflowName of ['agentic-loop', 'executionWorkflow']) {
    await runs.getWorkflowRunById({ runId, workflowName });
    await runs.persistWorkflowSnapshot({
      workflowName,
      runId,
      snapshot: { runId, status: 'pending', value: {}, context: { input: TEXT.repeat(5) }, timestamp: START },
    });
  }
  await Promise.all(
    ['agentic-loop', 'executionWorkflow'].map((workflowName) =>
      runs.deleteWorkflowRunById({ runId, workflowName }),
    ),
  );
  await memory.getThreadById(at);
  await memory.saveMessages({ messages: newMessages(place, 2) });
  return memory.getThreadById(at);
};

/** @type {Record<string, (store: MastraStore, place: Place) => Promise<any>>} */
export const WORK = {
  getThreadById: async (store, { thread }) =>
    (await memoryOf(store)).getThreadById({ threadId: threadId(thread) }),
  'saveMessages, 2': async (store, place) =>
    (await memoryOf(store)).saveMessages({ messages: newMessages(place, 2) }),
  'saveMessages, 10': async (store, place) =>
    (await memoryOf(store)).saveMessages({ messages: newMessages(place, 10) }),
  'saveMessages, 100': async (store, place) =>
    (await memoryOf(store)).saveMessages({ messages: newMessages(place, 100) }),
  'listMessages, last 40': async (store, { thread }) => newest(await memoryOf(store), thread, 40),
  'listThreads, of a user': async (store, { thread }) =>
    (await memoryOf(store)).listThreads({ filter: { resourceId: userOf(thread) }, page: 0, perPage: 100 }),
  'the calls of a turn': turnCalls,
  'a turn of an agent': async (store, { thread }) => {
    const mastra = createAssistant({
      storage: store,
      model: chooseModel(undefined),
      memory: { options: { lastMessages: 10, workingMemory: { enabled: false } } },
    });
    const at = { thread: threadId(thread), resource: userOf(thread) };
    return mastra.getAgent('assistant').generate('What do you remember?', { memory: at });
  },
};
