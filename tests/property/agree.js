/**
 * Random calls on a few threads, answered by the store and by a model of it over plain arrays: they must agree
 * after every step. Now and then another isolate takes over, which knows only what is stored.
 *
 * @module
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.js';
import { Model } from './model.js';
import { at, ids, message, numbered, thread } from '../support/records.js';

// Few ids and few moments, so that calls meet.
const threadId = fc.constantFrom('t', 'u', 't:u', 'v');
const resourceId = fc.constantFrom('alice', 'bob');
const messageId = fc.nat({ max: 11 }).map((n) => numbered('m', n));
const moment = fc.nat({ max: 9 }).map(at);
const tag = fc.constantFrom('x', 'y', 1, true, null);
const metadata = fc.record({ tag, other: tag }, { requiredKeys: [] });
const some = (/** @type {fc.Arbitrary<any>} */ arb, max = 4) =>
  fc.array(arb, { minLength: 1, maxLength: max });

const anyMessage = fc
  .record({ id: messageId, threadId, resourceId, createdAt: moment, metadata })
  .map(({ id, metadata, ...fields }) =>
    message(id, 0, { ...fields, content: { format: 2, parts: [], metadata } }),
  );

const messageChange = fc.record(
  {
    id: messageId,
    threadId,
    resourceId,
    role: fc.constantFrom('user', 'assistant'),
    createdAt: moment,
    content: fc.record({ metadata, content: fc.string() }, { requiredKeys: [] }),
  },
  { requiredKeys: ['id'] },
);

const dateRange = fc.record(
  { start: moment, end: moment, startExclusive: fc.boolean(), endExclusive: fc.boolean() },
  { requiredKeys: [] },
);
const paging = {
  page: fc.nat({ max: 3 }),
  perPage: fc.oneof(fc.constantFrom(0, false, 1, 2, 3, 5), fc.nat({ max: 20 })),
  orderBy: fc.record({ direction: fc.constantFrom('ASC', 'DESC') }),
};
const count = fc.nat({ max: 3 });
const include = some(
  fc.record(
    { id: messageId, threadId, withPreviousMessages: count, withNextMessages: count },
    { requiredKeys: ['id'] },
  ),
  3,
);
const listMessages = fc.record(
  {
    threadId: fc.oneof(threadId, some(threadId, 3)),
    resourceId,
    include,
    filter: fc.record({ dateRange, metadata: fc.record({ tag }) }, { requiredKeys: [] }),
    ...paging,
  },
  { requiredKeys: ['threadId'] },
);
const listThreads = fc.record(
  { filter: fc.record({ resourceId, metadata: fc.record({ tag }) }, { requiredKeys: [] }), ...paging },
  { requiredKeys: [] },
);

/** Everything has one page. @param {any} args */
const firstOfAll = (args) => (args.perPage === false ? { ...args, page: 0 } : args);

/** @param {string} method @param {fc.Arbitrary<any>} argument */
const call = (method, argument) => argument.map((value) => ({ method, value }));

const step = fc.oneof(
  { weight: 2, arbitrary: call('saveThread', fc.tuple(threadId, resourceId, moment, metadata).map(aThread)) },
  {
    weight: 6,
    arbitrary: call(
      'saveMessages',
      some(anyMessage).map((messages) => ({ messages })),
    ),
  },
  {
    weight: 4,
    arbitrary: call(
      'updateMessages',
      some(messageChange, 3).map((messages) => ({ messages })),
    ),
  },
  { weight: 2, arbitrary: call('deleteMessages', some(messageId, 3)) },
  { weight: 1, arbitrary: call('deleteThread', fc.record({ threadId })) },
  { weight: 1, arbitrary: call('updateThread', fc.record({ id: threadId, title: fc.string(), metadata })) },
  { weight: 6, arbitrary: call('listMessages', listMessages.map(firstOfAll)) },
  { weight: 2, arbitrary: call('listThreads', listThreads.map(firstOfAll)) },
  { weight: 1, arbitrary: call('listMessagesById', fc.record({ messageIds: some(messageId) })) },
  { weight: 1, arbitrary: call('reopen', fc.constant(undefined)) },
  { weight: 2, arbitrary: call('wait', fc.constantFrom(1, 500, 2000, 61_000, 200_000)) },
);

/** @param {any[]} parts */
function aThread([id, resourceId, createdAt, metadata]) {
  return { thread: thread(id, { resourceId, createdAt, updatedAt: createdAt, metadata }) };
}

/** What is compared: of threads all but the times that the store keeps itself. @param {any} answer */
function comparable(answer) {
  if (answer?.threads === undefined) return answer;
  const own = { updatedAt: undefined, archivedAt: undefined };
  const threads = answer.threads.map((/** @type {any} */ one) => ({ ...one, ...own }));
  return { ...answer, threads };
}

/**
 * @param {any} store
 * @param {{ method: string, value: any }} call
 */
async function ask(store, { method, value }) {
  try {
    return comparable(await store[method](value));
  } catch (error) {
    return /** @type {any} */ (error).code ?? error;
  }
}

/**
 * Stores over one set of data that is empty at first, each in an isolate of its own, and the clock that they go by.
 * @typedef {{ open: () => any, clock: { advance: (ms: number) => unknown } }} World  `open` may have to be waited for
 */

/**
 * @param {() => World} makeWorld
 * @param {number} runs
 */
export async function agreeOnRandomCalls(makeWorld, runs) {
  const steps = fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });
  const property = fc.asyncProperty(steps, (some) => agreeOn(makeWorld(), some));
  // The same in every run of CI; PROPERTY_SEED=<n> tries others.
  const seed = Number(globalThis.process?.env.PROPERTY_SEED ?? 1);
  await fc.assert(property, { numRuns: runs, seed });
}

/** @param {World} world @param {{ method: string, value: any }[]} steps */
async function agreeOn({ open, clock }, steps) {
  const model = new Model();
  let store = await open();
  for (const id of ['t', 'u']) {
    await store.saveThread({ thread: thread(id) });
    model.saveThread({ thread: thread(id) });
  }
  for (const one of steps) {
    if (one.method === 'wait') clock.advance(one.value);
    else if (one.method === 'reopen') store = await open();
    else await compare(store, model, model.withoutReturns(one));
  }
  for (const next of [() => store, open]) {
    const reader = await next();
    for (const id of ['t', 'u', 't:u', 'v']) {
      await compare(reader, model, { method: 'listMessages', value: { threadId: id, perPage: false } });
    }
    await compare(reader, model, { method: 'listThreads', value: { perPage: false } });
    await compare(reader, model, { method: 'listThreads', value: { filter: { resourceId: 'bob' } } });
  }
}

/**
 * @param {() => World} makeWorld
 * @param {number} seeds
 */
export function agreeOnLongThreads(makeWorld, seeds) {
  describe('a long thread and its model', () => {
    it.each(Array.from({ length: seeds }, (_, seed) => seed))(
      'agree on every answer, seed %i',
      async (seed) => {
        const { below } = createRandom(seed);
        const moments = [3000, 40, 3][seed % 3];
        const { open, clock } = makeWorld();
        const model = new Model();
        let store = await open();
        for (const id of ['t', 'u'])
          await compare(store, model, { method: 'saveThread', value: { thread: thread(id) } });
        for (let step = 0; step < 25; step++) {
          await compare(store, model, model.withoutReturns(longStep(below, moments)));
          for (const value of someLists(below, moments))
            await compare(store, model, { method: 'listMessages', value });
          clock.advance([1, 900, 70_000][below(3)]);
          if (below(5) === 0) store = await open();
        }
        for (const next of [() => store, open]) {
          const value = { threadId: ['t', 'u'], perPage: false };
          await compare(await next(), model, { method: 'listMessages', value });
        }
      },
    );
  });
}

/** A call that changes many of 1,200 messages, in two threads. @param {(limit: number) => number} below @param {number} moments */
function longStep(below, moments) {
  const name = () => `m${below(1200)}`;
  const many = Array.from({ length: 1 + below(250) }, name);
  const threadId = below(4) === 0 ? 'u' : 't';
  const kind = below(10);
  if (kind < 6) {
    const messages = many.map((id) => message(id, below(3000), { threadId }));
    return { method: 'saveMessages', value: { messages } };
  }
  if (kind < 8) {
    const messages = many.slice(0, 60).map((id) => ({ id, threadId, createdAt: at(below(moments)) }));
    return { method: 'updateMessages', value: { messages } };
  }
  return { method: 'deleteMessages', value: many.slice(0, 120) };
}

/** Pages from the newest to the deepest, ranges and windows. @param {(limit: number) => number} below @param {number} moments */
function someLists(below, moments) {
  const orderBy = { direction: below(2) === 0 ? 'ASC' : 'DESC' };
  const window = { id: `m${below(1200)}`, withPreviousMessages: below(4), withNextMessages: below(4) };
  return [
    { threadId: 't', perPage: 1 + below(40), orderBy: { direction: 'DESC' } },
    { threadId: 't', page: below(20), perPage: 1 + below(40), orderBy },
    {
      threadId: ['t', 'u'],
      filter: { dateRange: { start: at(below(moments)), end: at(below(moments)) } },
      orderBy,
    },
    { threadId: 't', perPage: 0, include: [window] },
    { threadId: 'u', perPage: 3, include: [window], orderBy },
  ];
}

const writes = [
  'saveThread',
  'saveMessages',
  'updateMessages',
  'deleteMessages',
  'deleteThread',
  'updateThread',
];

/**
 * @param {any} store
 * @param {any} model
 * @param {{ method: string, value: any }} call
 */
async function compare(store, model, call) {
  const expected = comparable(model[call.method](call.value));
  const answer = await ask(store, call);
  if (!writes.includes(call.method)) {
    expect({ ...call, answer }).toEqual({ ...call, answer: expected });
  } else if (typeof expected === 'string') {
    expect({ ...call, answer }).toEqual({ ...call, answer: expected });
  } else if (call.method === 'updateMessages') {
    const known = call.value.messages.filter((/** @type {any} */ { id }) => model.messages.has(id));
    expect([...new Set(ids(answer))]).toEqual([...new Set(ids(known))]);
  } else {
    expect(answer).not.toBeTypeOf('string');
  }
}
