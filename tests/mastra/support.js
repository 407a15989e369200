/**
 * What the suites for Mastra's storage classes share. They follow Mastra's own conformance suite, line by line of
 * what it checks, in tests of our own; each suite is a function of `make` and knows nothing of the back end.
 *
 * @module
 */

import { CloudflareStore } from '../../bindings/mastra/index.js';
import { makeCore } from '../support/isolate.js';
import { makeClock } from '../support/clock.js';
import { message, thread } from '../support/records.js';

/**
 * @typedef {object} Subject
 * @property {any} storage  what a Mastra would be given, over no data
 * @property {any} memory  its domains, by their names
 * @property {any} workflows
 * @property {any} scores
 * @property {any} backgroundTasks
 * @property {any} threadState
 * @property {any} blobs
 * @property {any} schedules
 * @property {any} notifications
 * @property {any} channels
 * @property {any} workflowDefinitions
 * @property {any} toolProviderConnections
 * @property {any} harness
 * @property {any} observability
 * @property {any} experiments
 * @property {any} datasets
 * @property {import('../support/clock.js').Clock} clock
 */

/** @typedef {() => Promise<Subject>} Make */

let isolates = 0;

/**
 * @param {(clock: import('../support/clock.js').Clock) => object} configure  says where the data is
 * @returns {Promise<Subject & { reopen: (more?: object) => Promise<Subject>, single: () => Promise<Subject> }>}
 *   single: again, as of an isolate that alone writes
 */
export async function makeSubject(configure) {
  const clock = makeClock();
  const config = configure(clock);
  const open = async (more = {}) => {
    const core = makeCore(clock, isolates++);
    const storage = new CloudflareStore(/** @type {any} */ ({ ...config, ...more, core }));
    await storage.init();
    return { ...domainsOf(storage), clock };
  };
  const alone = 'durable' in config ? {} : { assumeSingleWriter: true };
  return { ...(await open()), reopen: open, single: () => open(alone) };
}

/** @param {import('@mastra/core/storage').MastraCompositeStore} storage @returns {any} */
const domainsOf = (storage) => ({ storage, ...storage.stores });

/**
 * A subject that has threads of the given ids and owners.
 *
 * @param {Make} make
 * @param {Record<string, string>} owners  thread → resource
 */
export async function withThreads(make, owners) {
  const subject = await make();
  for (const [id, resourceId] of Object.entries(owners)) {
    await subject.memory.saveThread({ thread: thread(id, { resourceId }) });
  }
  return subject;
}

/**
 * A subject whose thread `t` of Alice holds m1, m2, … a second apart.
 *
 * @param {Make} make
 * @param {number} count
 */
export async function withMessages(make, count) {
  const subject = await withThreads(make, { t: 'alice', u: 'alice', v: 'bob' });
  await subject.memory.saveMessages({ messages: talk(count) });
  return subject;
}

/**
 * m1 to m<count>, or with another first letter, said in turns by user and assistant.
 *
 * @param {number} count
 * @param {Record<string, unknown>} [fields]
 * @param {string} [letter]
 */
export function talk(count, fields = {}, letter = 'm') {
  return Array.from({ length: count }, (_, i) =>
    message(`${letter}${i + 1}`, i + 1, { role: i % 2 ? 'assistant' : 'user', ...fields }),
  );
}

/**
 * The number of a thread's latest change, in milliseconds.
 *
 * @param {any} memory
 * @param {string} [threadId]
 */
export const changedAt = async (memory, threadId = 't') =>
  (await memory.getThreadById({ threadId })).updatedAt.getTime();

/** @param {{ messages: { id: string }[] }} page */
export const idsOf = ({ messages }) => messages.map(({ id }) => id);

/** @param {string} letter @param {...number} numbers */
export const named = (letter, ...numbers) => numbers.map((n) => letter + n);
