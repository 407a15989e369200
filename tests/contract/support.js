/**
 * Words that the suites share: how a thread or a message is written down in a test, what a refusal looks
 * like, and a clock that moves only when a test says so.
 *
 * A suite is a function of `makeStore`. It knows nothing of the back end behind the store, so the same
 * sentences are checked against KV in memory, KV in workerd, and Mastra's own in-memory storage.
 *
 * @module
 */

import { expect } from 'vitest';

/**
 * @typedef {object} Clock
 * @property {() => number} now
 * @property {(ms: number) => void} advance
 */

/**
 * The keys as they lie in KV, for tests that look at or damage what is stored.
 * @typedef {object} Raw
 * @property {() => Promise<string[]>} keys  every key of every namespace, without the key prefix
 * @property {(key: string) => Promise<string | null>} get
 * @property {(key: string, value: string, metadata?: unknown) => Promise<void>} put  into the namespace
 *   that holds the key already
 * @property {(key: string) => Promise<void>} remove
 */

/**
 * @typedef {object} Subject
 * @property {any} store  a store over empty namespaces
 * @property {Clock} clock
 * @property {(options?: Record<string, unknown>) => any} reopen  another store over the same data, in an
 *   isolate of its own, that knows nothing of what the first one did
 * @property {Raw} raw
 * @property {string} prefix  the key prefix of the store
 */

/** @typedef {(options?: Record<string, unknown>) => Promise<Subject>} MakeStore */

/** The moment at which every test begins. */
export const START = Date.UTC(2024, 2, 1);

/**
 * A moment of the conversation: `at(3)` is three seconds after it began, on 2024-01-01.
 * @param {number} seconds
 */
export const at = (seconds) => new Date(Date.UTC(2024, 0, 1) + Math.round(seconds * 1000));

const inWorkerd = /** @type {any} */ (globalThis).navigator?.userAgent === 'Cloudflare-Workers';

/**
 * Lets what is under way go on before time does: waiting must not starve requests that take turns, as in workerd
 * setImmediate would.
 */
const turn = () =>
  new Promise((resolve) => {
    if (inWorkerd) setTimeout(resolve, 2);
    else setImmediate(resolve);
  });

/**
 * A clock that stands still. Waiting moves it, and takes no time.
 * @returns {Clock & { wait: (ms: number) => Promise<void> }}
 */
export function makeClock(start = START) {
  let time = start;
  return {
    now: () => time,
    advance: (ms) => {
      time += ms;
    },
    wait: async (ms) => {
      time += ms;
      await turn();
    },
  };
}

/**
 * @param {string} id
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
export function thread(id, fields = {}) {
  return {
    id,
    resourceId: 'alice',
    title: `About ${id}`,
    createdAt: at(0),
    updatedAt: at(0),
    metadata: {},
    ...fields,
  };
}

/**
 * A message of thread `t`. A number as second argument is the second at which it was said.
 * @param {string} id
 * @param {number} [second]
 * @param {Record<string, unknown>} [fields]
 * @returns {any}
 */
export function message(id, second = 0, fields = {}) {
  return {
    id,
    threadId: 't',
    resourceId: 'alice',
    role: 'user',
    createdAt: at(second),
    content: { format: 2, parts: [{ type: 'text', text: `This is ${id}.` }] },
    ...fields,
  };
}

/**
 * `count` messages m001, m002, … of one thread, a second apart.
 * @param {number} count
 * @param {Record<string, unknown>} [fields]
 * @returns {any[]}
 */
export function conversation(count, fields = {}) {
  return Array.from({ length: count }, (_, i) => message(numbered('m', i + 1), i + 1, fields));
}

/**
 * @param {string} letter
 * @param {number} n
 */
export const numbered = (letter, n) => `${letter}${String(n).padStart(3, '0')}`;

/** @param {{ id: string }[]} list */
export const ids = (list) => list.map((item) => item.id);

/**
 * Saves threads with the given ids and answers the store, ready for messages.
 * @param {Subject} subject
 * @param {...string} threadIds
 */
export async function withThreads({ store }, ...threadIds) {
  for (const id of threadIds) await store.saveThread({ thread: thread(id) });
  return store;
}

/**
 * A fresh store with the threads given.
 * @param {MakeStore} makeStore
 * @param {...string} threadIds
 * @returns {Promise<Subject>}
 */
export async function storeWith(makeStore, ...threadIds) {
  const subject = await makeStore();
  await withThreads(subject, ...threadIds);
  return subject;
}

/**
 * A fresh store that holds one thread `t` and its messages.
 * @param {MakeStore} makeStore
 * @param {any[]} messages
 * @returns {Promise<Subject>}
 */
export async function storeTelling(makeStore, messages) {
  const subject = await storeWith(makeStore, ...new Set(messages.map((m) => m.threadId)));
  for (let i = 0; i < messages.length; i += 100) {
    await subject.store.saveMessages({ messages: messages.slice(i, i + 100) });
  }
  return subject;
}

/**
 * What a failed call must look like: a StoreError with a stable code, the method's name, and details.
 * Mastra's reference storage throws plain errors; there only the text is checked, where Mastra pins it.
 * @param {Promise<unknown>} promise
 * @param {{ code: string, op: string, text?: string | RegExp, type?: new () => Error }} expected
 * @returns {Promise<any>}
 */
export async function refused(promise, { code, op, text, type = Error }) {
  const error = await promise.then(
    () => expect.fail(`${op} was expected to fail with ${code}`),
    (/** @type {any} */ reason) => reason,
  );
  expect(error).toBeInstanceOf(type);
  if (text !== undefined) expect(error.message).toMatch(text);
  if (error.reference) return error;
  expect({ code: error.code, op: error.op }).toEqual({ code, op });
  expect(error.details).toBeTypeOf('object');
  return error;
}

/**
 * A thread's `updatedAt` in milliseconds.
 * @param {any} store
 * @param {string} [threadId]
 */
export async function updatedAt(store, threadId = 't') {
  const found = await store.getThreadById({ threadId });
  return found.updatedAt.getTime();
}

/**
 * Every message id of a thread, oldest first, as a full read gives them.
 * @param {any} store
 * @param {string} [threadId]
 * @returns {Promise<string[]>}
 */
export async function allIds(store, threadId = 't') {
  const { messages } = await store.listMessages({ threadId, perPage: false });
  return ids(messages);
}
