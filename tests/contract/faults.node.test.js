/**
 * Every KV request of every method fails once, and then from there on. The call succeeds by trying again, or it
 * rejects with a StoreError; in both cases calling again brings about what was asked, and nothing that had been
 * acknowledged before is gone.
 */

import { describe, expect, it } from 'vitest';
import { CloudflareStore, StoreError } from '../../bindings/index.js';
import { createMemoryBackend, createMemoryNamespace } from '../../bindings/memory.js';
import { failNth } from '../support/faults.js';
import { makeCore } from '../support/isolate.js';
import { allIds, at, conversation, ids, makeClock, message, thread } from './support.js';

/**
 * One method on the store of `prepare`: what it is called with, what it answers, and what then is stored.
 * @typedef {object} Case
 * @property {string} method
 * @property {string} [what]
 * @property {any[]} args
 * @property {(result: any) => unknown} [answer]  the part of the answer that is compared, else all of it
 * @property {boolean} [creates]  a call that failed may have made it: then the next one is told so
 * @property {(store: any) => Promise<unknown>} [stored]  what a reader sees afterwards, of what was to change
 */

/** Thread t of Alice with m001 to m005, thread u with u1, thread v of Bob, and Alice's working memory. */
async function prepare(/** @type {any} */ store) {
  await store.init();
  await store.saveThread({ thread: thread('t', { metadata: { tag: 'x' } }) });
  await store.saveThread({ thread: thread('u') });
  await store.saveThread({ thread: thread('v', { resourceId: 'bob' }) });
  await store.saveMessages({ messages: conversation(5) });
  await store.saveMessages({ messages: [message('u1', 2.5, { threadId: 'u' })] });
  await store.updateResource({ resourceId: 'alice', workingMemory: 'tea', metadata: { a: 1 } });
  await store.updateResource({ resourceId: 'carol', workingMemory: 'water' });
  await store.saveScore(score('s1', 1));
  for (const id of ['t1', 't2']) await store.createTask({ id, status: 'running', createdAt: at(1) });
  await store.putManyBlobs([blob('b1'), blob('b2')]);
  await store.saveRows({
    table: 'notifications',
    rows: [{ threadId: 't', id: 'n', status: 'pending', createdAt: at(1), updatedAt: at(1) }],
    asDated: true,
  });
  await store.persistWorkflowSnapshot({ ...run, snapshot: { status: 'suspended', context: { a: {} } } });
  await store.saveScore({ ...score('s-carol', 1), runId: 'of carol', resourceId: 'carol' });
}

/** @param {string} id @param {number} value */
const score = (id, value) => ({
  id,
  scorerId: 's',
  entityId: 'e',
  runId: 'r',
  score: value,
  scorer: {},
  entity: {},
  source: 'LIVE',
});

/** @param {string} hash */
const blob = (hash) => ({ hash, content: `of ${hash}`, size: 5, createdAt: at(1) });

/** A notification. */
const told = { table: 'notifications', keys: [{ threadId: 't', id: 'n' }] };

const run = { workflowName: 'order', runId: 'r1' };
const update = { ...run, stepId: 'b', result: { status: 'success' }, requestContext: {} };
/** @param {any} store */
const snapshot = (store) => store.loadWorkflowSnapshot(run);

/** @param {any} store @param {string} threadId */
const titled = async (store, threadId) => {
  const found = await store.getThreadById({ threadId });
  return found && [found.title, found.metadata];
};

/** @type {Case[]} */
const cases = [
  { method: 'init', args: [] },
  { method: 'getThreadById', args: [{ threadId: 't' }] },
  { method: 'getThreadById', what: 'of one that is not there', args: [{ threadId: 'nobody' }] },
  { method: 'listThreads', args: [{}], answer: ({ threads, total }) => [ids(threads), total] },
  {
    method: 'listThreads',
    what: 'by metadata',
    args: [{ filter: { metadata: { tag: 'x' } }, orderBy: { field: 'updatedAt' } }],
    answer: ({ threads, total }) => [ids(threads), total],
  },
  {
    method: 'listThreadsByResourceId',
    args: [{ resourceId: 'alice' }],
    answer: ({ threads, total }) => [ids(threads), total],
  },
  { method: 'listMessages', args: [{ threadId: 't' }] },
  {
    method: 'listMessages',
    what: 'the newest',
    args: [{ threadId: 't', perPage: 2, orderBy: { direction: 'DESC' }, includeTotal: false }],
    answer: ({ messages, hasMore }) => [messages, hasMore],
  },
  {
    method: 'listMessages',
    what: 'with windows',
    args: [{ threadId: 't', perPage: 0, include: [{ id: 'm002', withNextMessages: 1 }, { id: 'u1' }] }],
  },
  {
    method: 'listMessages',
    what: 'of several threads',
    args: [{ threadId: ['t', 'u'], filter: { dateRange: { start: at(2) } } }],
  },
  { method: 'listMessagesById', args: [{ messageIds: ['m001', 'u1', 'nobody'] }] },
  { method: 'listMessagesByResourceId', args: [{ resourceId: 'alice' }] },
  { method: 'getResourceById', args: [{ resourceId: 'alice' }] },
  { method: 'listResources', args: [{}], answer: ({ total }) => total },
  {
    method: 'saveThread',
    args: [{ thread: thread('new', { title: 'New' }) }],
    stored: async (store) => [
      await titled(store, 'new'),
      (await store.listThreadsByResourceId({ resourceId: 'alice' })).total,
    ],
  },
  {
    method: 'saveThread',
    what: 'of another owner',
    args: [{ thread: thread('u', { resourceId: 'bob' }) }],
    stored: async (store) => [
      ids((await store.listThreadsByResourceId({ resourceId: 'alice' })).threads),
      ids((await store.listThreadsByResourceId({ resourceId: 'bob' })).threads).sort(),
    ],
  },
  {
    method: 'createThread',
    creates: true,
    answer: () => null,
    args: [{ thread: thread('new', { title: 'New' }) }],
    stored: async (store) => [
      await titled(store, 'new'),
      (await store.listThreadsByResourceId({ resourceId: 'alice' })).total,
    ],
  },
  {
    method: 'updateThread',
    args: [{ id: 'u', title: 'New', metadata: { b: 2 } }],
    answer: ({ title, metadata }) => [title, metadata],
    stored: (store) => titled(store, 'u'),
  },
  {
    method: 'deleteThread',
    args: [{ threadId: 'u' }],
    stored: async (store) => [
      await store.getThreadById({ threadId: 'u' }),
      await allIds(store, 'u'),
      (await store.listThreads({})).total,
    ],
  },
  {
    method: 'copyThread',
    args: [{ sourceThreadId: 'u', title: 'Copy' }],
    answer: ({ thread: { title, resourceId }, messageIdMap }) => [
      title,
      resourceId,
      Object.keys(messageIdMap),
    ],
    stored: async (store) => {
      const { threads } = await store.listThreads({ perPage: false });
      const copies = threads.filter((/** @type {any} */ one) => one.title === 'Copy');
      const counts = await Promise.all(
        copies.map(async (/** @type {any} */ one) => (await allIds(store, one.id)).length),
      );
      return counts.includes(1);
    },
  },
  {
    method: 'saveMessages',
    args: [{ messages: [message('new', 9), message('other', 8, { threadId: 'u' })] }],
    stored: async (store) => [await allIds(store, 't'), await allIds(store, 'u')],
  },
  {
    method: 'saveMessages',
    what: 'that move',
    args: [{ messages: [message('u1', 9, { threadId: 't' })] }],
    stored: async (store) => [await allIds(store, 't'), await allIds(store, 'u')],
  },
  {
    method: 'updateMessages',
    args: [{ messages: [{ id: 'u1', role: 'assistant', content: { metadata: { b: 2 } } }] }],
    stored: async (store) => (await store.listMessagesById({ messageIds: ['u1'] })).messages,
  },
  {
    method: 'updateMessages',
    what: 'that move',
    args: [{ messages: [{ id: 'u1', threadId: 't' }] }],
    stored: async (store) => [await allIds(store, 't'), await allIds(store, 'u')],
  },
  {
    method: 'deleteMessages',
    args: [['u1', 'nobody']],
    stored: async (store) => [
      await allIds(store, 'u'),
      (await store.listMessagesById({ messageIds: ['u1'] })).messages,
    ],
  },
  {
    method: 'saveResource',
    args: [
      { resource: { id: 'bob', workingMemory: 'coffee', metadata: {}, createdAt: at(0), updatedAt: at(0) } },
    ],
    stored: async (store) => (await store.getResourceById({ resourceId: 'bob' }))?.workingMemory,
  },
  {
    method: 'updateResource',
    args: [{ resourceId: 'bob', workingMemory: 'coffee' }],
    answer: ({ workingMemory }) => workingMemory,
    stored: async (store) => (await store.getResourceById({ resourceId: 'bob' }))?.workingMemory,
  },
  { method: 'loadWorkflowSnapshot', args: [run] },
  { method: 'getWorkflowRunById', what: 'by its id alone', args: [{ runId: 'r1' }] },
  { method: 'listWorkflowRuns', args: [{ status: 'suspended' }] },
  {
    method: 'persistWorkflowSnapshot',
    args: [{ ...run, snapshot: { status: 'success', context: {} } }],
    stored: snapshot,
  },
  {
    method: 'updateWorkflowState',
    args: [{ ...run, opts: { status: 'canceled' } }],
    stored: snapshot,
  },
  { method: 'updateWorkflowResults', args: [update], stored: snapshot },
  { method: 'deleteWorkflowRunById', args: [run], stored: snapshot },
  {
    method: 'clearTable',
    args: [{ tableName: 'resources' }],
    answer: () => null,
    stored: (store) => store.getResourceById({ resourceId: 'alice' }),
  },
  { method: 'sweep', args: [], answer: () => null },
  {
    method: 'deleteResource',
    args: [{ resourceId: 'carol' }],
    stored: (store) => store.getResourceById({ resourceId: 'carol' }),
  },
  {
    method: 'eraseResource',
    args: [{ resourceId: 'carol' }],
    answer: () => null,
    stored: async (store) => [
      await store.getResourceById({ resourceId: 'carol' }),
      await store.getScoreById({ id: 's-carol' }),
    ],
  },
  {
    method: 'saveScore',
    args: [score('s1', 2)],
    answer: (result) => result.score.createdAt,
    stored: async (store) => (await store.getScoreById({ id: 's1' }))?.score,
  },
  {
    method: 'listScoresByRunId',
    args: [{ runId: 'r' }],
    answer: ({ scores, pagination }) => [ids(scores), pagination],
  },
  {
    method: 'createTask',
    args: [{ id: 't3', status: 'pending', createdAt: at(2) }],
    stored: async (store) => ids((await store.listTasks()).tasks),
  },
  { method: 'getTask', args: ['t1'] },
  {
    method: 'updateTask',
    args: ['t1', { status: 'completed' }, { expectedStatus: ['running', 'completed'] }],
    stored: async (store) => [(await store.getTask('t1')).status, await store.getRunningCount()],
  },
  { method: 'listTasks', args: [{ status: 'running' }], answer: ({ tasks, total }) => [ids(tasks), total] },
  {
    method: 'deleteTasks',
    args: [{ status: 'running' }],
    stored: async (store) => (await store.listTasks()).total,
  },
  { method: 'getState', args: [{ threadId: 't', type: 'task' }] },
  {
    method: 'saveRows',
    what: 'that are new',
    creates: true,
    args: [
      {
        table: 'schedules',
        rows: [{ id: 'a', status: 'new', createdAt: at(1) }],
        create: true,
        asDated: true,
      },
    ],
    stored: (store) => store.getRows({ table: 'schedules', keys: [{ id: 'a' }] }),
  },
  {
    method: 'updateRow',
    args: [{ table: 'notifications', key: { threadId: 't', id: 'n' }, set: { status: 'seen' } }],
    stored: async (store) => (await store.getRows(told))[0].status,
  },
  {
    method: 'reviseRow',
    args: [{ table: 'notifications', key: { threadId: 't', id: 'n' }, set: { status: 'told' } }],
    answer: ({ status }) => status,
    stored: async (store) => (await store.getRows(told))[0].status,
  },
  { method: 'getRows', args: [told] },
  { method: 'listRows', args: [{ table: 'notifications', under: 't', where: { status: 'pending' } }] },
  {
    method: 'deleteRows',
    args: [{ table: 'notifications', keys: [{ threadId: 't', id: 'n' }] }],
    stored: (store) => store.getRows(told),
  },
  {
    method: 'deleteRowsUnder',
    args: [{ table: 'notifications', under: ['t'] }],
    stored: (store) => store.getRows(told),
  },
  {
    method: 'setState',
    args: [{ threadId: 't', type: 'task', value: [1] }],
    stored: (store) => store.getState({ threadId: 't', type: 'task' }),
  },
  {
    method: 'putManyBlobs',
    args: [[blob('b1'), blob('b3')]],
    stored: async (store) => [...(await store.getManyBlobs(['b1', 'b2', 'b3'])).keys()],
  },
  { method: 'getBlob', args: ['b1'] },
  {
    method: 'deleteBlob',
    args: ['b1'],
    answer: () => null,
    stored: (store) => store.hasBlob('b1'),
  },
  {
    method: 'prune',
    args: [{ retention: { scores: { scorers: { maxAge: 1 } }, memory: { messages: { maxAge: '520w' } } } }],
    answer: () => null,
    stored: (store) => store.getScoreById({ id: 's1' }),
  },
];

/** What no case may harm. @param {any} store @param {string} method */
async function untouched(store, method) {
  expect(await titled(store, 't')).toEqual(['About t', { tag: 'x' }]);
  expect(await allIds(store, 't')).toEqual(expect.arrayContaining(ids(conversation(5))));
  expect(ids((await store.listThreadsByResourceId({ resourceId: 'bob' })).threads)).toContain('v');
  if (method === 'clearTable') return;
  expect(await store.getResourceById({ resourceId: 'alice' })).toMatchObject({
    workingMemory: 'tea',
    metadata: { a: 1 },
  });
}

/** @typedef {{ how?: 'refuse' | 'apply' | 'throw', status?: number, times?: number }} Failure */

/** @type {[string, Failure][]} */
const failures = [
  ['429 once', { status: 429 }],
  ['500 once', { status: 500 }],
  ['no answer once', { status: 0 }],
  ['an exception once', { how: 'throw' }],
  ['done but reported as 500 once', { how: 'apply', status: 500 }],
  ['done but reported as 429 once', { how: 'apply', status: 429 }],
  ['429 from then on', { status: 429, times: Infinity }],
  ['503 from then on', { status: 503, times: Infinity }],
  ['exceptions from then on', { how: 'throw', times: Infinity }],
  ['done but reported as 500 from then on', { how: 'apply', status: 500, times: Infinity }],
];

/**
 * A back end whose `nth` request fails, until it is told to heal. An exception comes from a KV namespace, as in
 * Workers; the other failures are answers of a back end.
 *
 * @param {import('../../bindings/memory.js').MemoryBackend} memory
 * @param {number} nth
 * @param {Failure} failure
 */
function failing(memory, nth, { how, status, times = 1 }) {
  if (how === 'throw') return failingNamespace(memory, nth, times);
  const faulty = failNth(memory, { at: nth, how, status, times });
  let healed = false;
  return {
    config: {
      backend: { ...memory, run: (/** @type {any} */ round) => (healed ? memory : faulty).run(round) },
    },
    seen: faulty.seen,
    heal: () => {
      healed = true;
    },
  };
}

/**
 * @param {import('../../bindings/memory.js').MemoryBackend} memory
 * @param {number} nth
 * @param {number} times
 */
function failingNamespace(memory, nth, times) {
  const namespace = createMemoryNamespace({ storage: memory.spaces[0] });
  let seen = 0;
  let healed = false;
  const binding = new Proxy(namespace, {
    get:
      (target, name) =>
      (/** @type {unknown[]} */ ...args) => {
        seen++;
        if (!healed && seen >= nth && seen < nth + times) throw new Error('Network connection lost.');
        return /** @type {any} */ (target)[name](...args);
      },
  });
  return {
    config: { bindings: { default: binding } },
    seen: () => seen,
    heal: () => {
      healed = true;
    },
  };
}

/** Prepared data, and stores over it, each in an isolate of its own. */
async function prepared() {
  const clock = makeClock();
  const memory = createMemoryBackend();
  let isolates = 0;
  const open = (/** @type {any} */ config = { backend: memory }) =>
    /** @type {any} */ (
      new CloudflareStore({
        ...config,
        core: makeCore(clock, isolates++),
      })
    );
  await prepare(open());
  clock.advance(3_600_000);
  return { memory, open };
}

/** @type {[string, Case][]} */
const named = cases.map((one) => [one.what ? `${one.method} ${one.what}` : one.method, one]);

describe.each(named)(
  '%s, with a KV request that fails',
  (_name, { method, args, answer = (x) => x, creates, stored }) => {
    /** What happens when nothing fails: the answer, what is stored then, and how many requests it takes. */
    async function calm(/** @type {Failure} */ { how }) {
      const { memory, open } = await prepared();
      const { config, seen } = failing(memory, Infinity, { how });
      const store = open(config);
      const result = answer(await store[method](...args));
      await store.close();
      return { result, after: await stored?.(open()), requests: seen() };
    }

    it.each(failures)('%s', async (_, failure) => {
      const { result, after, requests } = await calm(failure);
      expect(requests).toBeGreaterThan(0);
      for (let nth = 1; nth <= requests; nth++) {
        const where = `request ${nth} of ${requests}`;
        const { memory, open } = await prepared();
        const { config, heal } = failing(memory, nth, failure);
        const store = open(config);
        const outcome = await store[method](...args).then(
          (/** @type {unknown} */ value) => ({ value: answer(value) }),
          (/** @type {unknown} */ error) => ({ error }),
        );
        await store.close();
        if ('error' in outcome) {
          expect(outcome.error, where).toBeInstanceOf(StoreError);
          expect(outcome.error, where).toMatchObject({ code: 'KV_FAILED', op: method });
          if (failure.times === undefined) expect.fail(`${where}: one failure was not tried again`);
          await untouched(open(), method);
          heal();
          // Better weather: the call is made again, now by the same isolate, now by another one.
          const again = nth % 2 === 0 ? store : open();
          const repeated = await again[method](...args).then(answer, (/** @type {any} */ error) => {
            if (creates && error.code === 'ALREADY_EXISTS') return result;
            throw error;
          });
          expect(repeated, where).toEqual(result);
          // What is written a moment later, for it was tried less than a second ago.
          await store.close();
        } else {
          expect(outcome.value, where).toEqual(result);
        }
        // A head that could not be written is brought up to date by the first read that finds it unchecked.
        const first = open();
        await stored?.(first);
        await first.close();
        expect(await stored?.(open()), where).toEqual(after);
        await untouched(open(), method);
      }
    });
  },
);
