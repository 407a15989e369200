/**
 * What calls cost in KV operations. Each row is one call in a new isolate, over a store of some size.
 *
 * @module
 */

import { createMeter } from '../support/meter.js';
import {
  copyBackend,
  createClock,
  fill,
  makeMessage,
  makeThread,
  messageId,
  openStore,
  ownUser,
  threadId,
} from './data.js';

/** @typedef {import('../../bindings/index.js').CloudflareStore} CloudflareStore */
/** @typedef {import('./data.js').Filling} Filling */

/**
 * At most so much: what the issue and DESIGN 1 promise.
 * @typedef {{ operations?: number, rounds?: number, writes?: number }} Limits
 */
/**
 * @typedef {object} Row
 * @property {string} call
 * @property {string} over  what is in the store
 * @property {Filling} filling
 * @property {number} idle  ms since the last write; a head is checked against its journal after 60 s
 * @property {(store: CloudflareStore) => Promise<unknown>} run
 * @property {(result: any) => boolean} right
 * @property {Limits} limits
 */

const ACTIVE = 10_000;
const IDLE = 600_000;

const inUse = (/** @type {number} */ idle) => (idle === ACTIVE ? ', in use' : '');

const range = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => i);

/** The first user has 10 threads, the second 100, the third 300, all others one each. */
const users = (/** @type {number} */ thread) => {
  if (thread < 10) return 'ten';
  if (thread < 110) return 'hundred';
  return thread < 410 ? 'many' : `user-${thread}`;
};

/** @param {number} thread @param {number} perPage */
const lastMessages = (thread, perPage) => (/** @type {CloudflareStore} */ store) =>
  store.listMessages({
    threadId: threadId(thread),
    resourceId: ownUser(thread),
    page: 0,
    perPage,
    orderBy: { field: 'createdAt', direction: 'DESC' },
    includeTotal: false,
  });

/** @param {number} thread @param {number} from @param {number} count */
const newMessages = (thread, from, count) =>
  range(count).map((i) => makeMessage(thread, from + i, ownUser(thread)));

/**
 * The calls that a turn of an agent makes on threads and messages.
 *
 * @param {number} thread
 */
const agentTurn = (thread) => async (/** @type {CloudflareStore} */ store) => {
  await store.getThreadById({ threadId: threadId(thread) });
  await lastMessages(thread, 10)(store);
  await store.getThreadById({ threadId: threadId(thread) });
  await store.saveMessages({ messages: newMessages(thread, 2, 2) });
  return store.getThreadById({ threadId: threadId(thread) });
};

/** @returns {Row[]} */
export function costRows() {
  /** @type {Row[]} */
  const rows = [];
  const add = (/** @type {Omit<Row, 'idle'> & { idle?: number }} */ row) => rows.push({ idle: IDLE, ...row });

  for (const count of [2, 10]) {
    for (const [threads, idle] of /** @type {const} */ ([
      [1, IDLE],
      [20, IDLE],
      [200, IDLE],
      [1000, IDLE],
      [1000, ACTIVE],
    ])) {
      // The last thread that was filled is the one just in use.
      const thread = threads - 1;
      add({
        call: `saveMessages, ${count}`,
        over: `${threads} threads${inUse(idle)}`,
        filling: { threads },
        idle,
        run: (store) => store.saveMessages({ messages: newMessages(thread, 2, count) }),
        right: (result) => result.messages.length === count,
        limits: { operations: count + 7, writes: count + 2, rounds: 3 },
      });
    }
  }
  add({
    call: 'saveMessages, 100',
    over: '200 threads',
    filling: { threads: 200 },
    run: (store) => store.saveMessages({ messages: newMessages(199, 2, 100) }),
    right: (result) => result.messages.length === 100,
    limits: { operations: 107, writes: 102, rounds: 3 },
  });
  for (const [messages, idle] of /** @type {const} */ ([
    [50, IDLE],
    [500, IDLE],
    [2000, IDLE],
    [5000, IDLE],
    [5000, ACTIVE],
  ])) {
    add({
      call: 'listMessages, last 40',
      over: `${messages} messages${inUse(idle)}`,
      filling: { threads: 1, messages },
      idle,
      run: lastMessages(0, 40),
      right: (result) =>
        result.messages.length === 40 && result.messages[0].content.metadata.index === messages - 1,
      limits: { operations: 2, rounds: 2, writes: 0 },
    });
  }
  for (const threads of [1, 1000]) {
    add({
      call: 'getThreadById',
      over: `${threads} threads`,
      filling: { threads },
      run: (store) => store.getThreadById({ threadId: threadId(0) }),
      right: (thread) => thread.id === threadId(0),
      limits: { operations: 2, rounds: 1, writes: 0 },
    });
  }
  for (const count of [10, 100, 250]) {
    add({
      call: `listMessagesById, ${count}`,
      over: '200 threads x 10',
      filling: { threads: 200, messages: 10 },
      run: (store) =>
        store.listMessagesById({
          messageIds: range(count).map((i) => messageId(i % 200, Math.floor(i / 200))),
        }),
      right: (result) => result.messages.length === count,
      limits: { operations: Math.ceil(count / 100), rounds: 1, writes: 0 },
    });
  }
  for (const [user, perPage, total] of /** @type {const} */ ([
    ['ten', 10, 10],
    ['hundred', 100, 100],
    ['many', 100, 300],
  ])) {
    add({
      call: `listThreads of a user, page of ${perPage}`,
      over: `${total} of 1000 threads`,
      filling: { threads: 1000, resourceOf: users },
      run: (store) => store.listThreads({ filter: { resourceId: user }, page: 0, perPage }),
      right: (page) => page.threads.length === perPage && page.total === total,
      limits: { operations: 3, rounds: 2, writes: 0 },
    });
  }
  add({
    call: 'updateMessages, 1 by id',
    over: '200 threads x 10',
    filling: { threads: 200, messages: 10 },
    run: (store) =>
      store.updateMessages({ messages: [{ id: messageId(100, 5), content: { metadata: { seen: 1 } } }] }),
    right: (messages) => messages.length === 1 && messages[0].content.metadata.seen === 1,
    limits: { operations: 6, rounds: 3 },
  });
  for (const threads of [20, 200]) {
    add({
      call: 'a whole agent turn',
      over: `${threads} threads, in use`,
      filling: { threads },
      idle: ACTIVE,
      run: agentTurn(threads - 1),
      right: (thread) => thread.id === threadId(threads - 1),
      limits: { operations: 13, writes: 4 },
    });
  }
  addOwners(add);
  addOthers(add);
  return rows;
}

/**
 * Messages of others than the thread's owner.
 *
 * @param {(row: Omit<Row, 'idle'>) => void} add
 */
function addOwners(add) {
  const guests = (/** @type {number} */ count) => range(count).map((i) => makeMessage(7, 20 + i, 'guest'));
  for (const [who, filling, operations] of /** @type {const} */ ([
    ['guest', { threads: 20 }, 11],
    ['guest who has spoken there', { threads: 20, guest: 'guest' }, 10],
  ])) {
    add({
      call: `saveMessages, 2 of a ${who}`,
      over: '20 threads',
      filling,
      run: (store) => store.saveMessages({ messages: guests(2) }),
      right: (result) => result.messages.length === 2,
      limits: { operations, rounds: 5 },
    });
  }
  add({
    call: 'listMessagesByResourceId, 10 threads',
    over: '1000 threads',
    filling: { threads: 1000, resourceOf: users },
    run: (store) => store.listMessagesByResourceId({ resourceId: 'ten' }),
    right: (page) => page.messages.length === 20,
    limits: { writes: 0 },
  });
}

/**
 * Calls without a promised number, for users to know.
 *
 * @param {(row: Omit<Row, 'idle'>) => void} add
 */
function addOthers(add) {
  const two = { threads: 200, messages: 10 };
  const plain = { over: '200 threads x 10', filling: two, limits: {} };
  const long = { over: '2000 messages', filling: { threads: 1, messages: 2000 }, limits: {} };
  const present = (/** @type {unknown} */ result) => result !== null && result !== undefined;
  add({
    ...plain,
    call: 'saveThread, new',
    run: (store) => store.saveThread({ thread: makeThread(5000, 'user-5000') }),
    right: present,
  });
  add({
    ...plain,
    call: 'createThread',
    run: (store) => store.createThread({ thread: makeThread(5000, 'user-5000') }),
    right: present,
  });
  add({
    ...plain,
    call: 'updateThread, title',
    run: (store) => store.updateThread({ id: threadId(7), title: 'New' }),
    right: (thread) => thread.title === 'New',
  });
  add({
    ...plain,
    call: 'deleteMessages, 1',
    run: (store) => store.deleteMessages([messageId(7, 3)]),
    right: () => true,
  });
  add({
    ...plain,
    call: 'deleteThread, 10 messages',
    run: (store) => store.deleteThread({ threadId: threadId(7) }),
    right: () => true,
  });
  add({
    ...plain,
    call: 'copyThread, 10 messages',
    run: (store) => store.copyThread({ sourceThreadId: threadId(7) }),
    right: (result) => Object.keys(result.messageIdMap).length === 10,
  });
  add({
    ...plain,
    call: 'listThreads, page of 100',
    run: (store) => store.listThreads(),
    right: (page) => page.threads.length === 100 && page.total === 200,
  });
  add({
    ...plain,
    call: 'updateResource, then get',
    run: async (store) => {
      await store.updateResource({ resourceId: 'user-7', workingMemory: 'likes tea' });
      return store.getResourceById({ resourceId: 'user-7' });
    },
    right: (resource) => resource.workingMemory === 'likes tea',
  });
  add({
    ...long,
    call: 'listMessages, first 40 and total',
    run: (store) => store.listMessages({ threadId: threadId(0) }),
    right: (page) => page.messages.length === 40 && page.total === 2000,
  });
  add({
    ...long,
    call: 'listMessages, all',
    run: (store) => store.listMessages({ threadId: threadId(0), perPage: false }),
    right: (page) => page.messages.length === 2000,
  });
  add({
    ...long,
    call: 'listMessages, 1 included with 2 + 2',
    run: (store) =>
      store.listMessages({
        threadId: threadId(0),
        perPage: 0,
        include: [{ id: messageId(0, 300), withPreviousMessages: 2, withNextMessages: 2 }],
      }),
    right: (page) => page.messages.length === 5,
  });
}

/**
 * @typedef {object} Cost
 * @property {string} call
 * @property {string} over
 * @property {Limits} limits
 * @property {import('../support/meter.js').Counts} counts  until the call resolved
 * @property {number} later  operations of upkeep after that
 * @property {boolean} right  whether the answer was
 * @property {string[]} exceeded  limits that were not kept
 */

/**
 * Measures rows; rows over the same filling share the work of making it.
 */
export function createCostBench() {
  /** @type {Map<string, Promise<{ backend: import('./data.js').MemoryBackend, time: number }>>} */
  const filled = new Map();
  const filledWith = (/** @type {Filling} */ filling) => {
    const id = `${filling.threads} ${filling.messages} ${filling.resourceOf?.name} ${filling.guest}`;
    let made = filled.get(id);
    if (made === undefined) {
      const clock = createClock();
      made = fill(clock, filling).then((backend) => ({ backend, time: clock.now() }));
      filled.set(id, made);
    }
    return made;
  };

  return {
    /**
     * @param {Row} row
     * @returns {Promise<Cost>}
     */
    async measure({ call, over, filling, idle, run, right, limits }) {
      const { backend, time } = await filledWith(filling);
      const clock = createClock();
      clock.pass(time - clock.now() + idle);
      const meter = createMeter(answerLater(copyBackend(backend)));
      /** @type {Promise<unknown>[]} */
      const followups = [];
      const store = openStore(meter, clock, { seed: 2, waitUntil: (promise) => followups.push(promise) });
      const result = await run(store);
      const counts = meter.counts();
      await Promise.all(followups);
      const later = meter.counts().total - counts.total;
      const exceeded = [
        ...((limits.operations ?? Infinity) < counts.total ? ['operations'] : []),
        ...((limits.rounds ?? Infinity) < counts.rounds ? ['rounds'] : []),
        ...((limits.writes ?? Infinity) < counts.writes ? ['writes'] : []),
      ];
      return { call, over, limits, counts, later, right: right(result), exceeded };
    },
  };
}

/**
 * Answers in a later turn of the event loop, so that upkeep begun at the end of a call is not counted to it.
 *
 * @param {import('../../bindings/backends/backend.js').Backend} backend
 * @returns {import('../../bindings/backends/backend.js').Backend}
 */
function answerLater(backend) {
  return {
    ...backend,
    async run(requests) {
      const replies = await backend.run(requests);
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      return replies;
    },
  };
}
