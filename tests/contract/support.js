/**
 * What the suites of the contract share: what they are given, and what a refusal looks like.
 *
 * A suite is a function of `makeStore`. It knows nothing of the back end behind the store, so the same
 * sentences are checked against KV in memory, KV in workerd, and Mastra's own in-memory storage.
 *
 * @module
 */

import { expect } from 'vitest';
import { thread } from '../support/records.js';

export { makeClock, START } from '../support/clock.js';
export { allIds, at, conversation, ids, message, numbered, thread } from '../support/records.js';

/** @typedef {import('../support/clock.js').Clock} Clock */

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
