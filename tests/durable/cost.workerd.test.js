/** What calls and turns cost in an object: calls to it, rounds, rows as they are billed; and that they do not grow. */

import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { CloudflareStore as MastraStore } from '../../bindings/mastra/index.js';
import { CloudflareStore } from '../../bindings/index.js';
import { createAssistant } from '../../examples/agent/assistant.js';
import { millionTurns } from '../bench/compare/prices.js';
import { scripted } from '../record/model.js';
import { makeClock } from '../support/clock.js';
import { conversation, ids, thread } from '../support/records.js';
import { newObject, OBJECTS } from './support.workerd.js';

/** Its types know of no object that is not declared. @type {any} */
const inObject = runInDurableObject;

function open() {
  const keyPrefix = newObject(makeClock());
  const stub = () => OBJECTS.get(OBJECTS.idFromName(keyPrefix));
  let calls = 0;
  const durable = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: () => ({
      threadkv: (/** @type {any} */ request) => {
        calls++;
        return /** @type {any} */ (stub()).threadkv(request);
      },
    }),
  };
  const store = /** @type {any} */ (new CloudflareStore({ durable, keyPrefix }));

  /** What work costs. @param {(store: any) => Promise<unknown>} work @param {{ stats(): any }} [of] */
  async function cost(work, of = store) {
    await inObject(stub(), (/** @type {any} */ object) => {
      object.renew(); // As one that has been idle for ten seconds.
      object.rows = { read: 0, written: 0 };
    });
    calls = 0;
    const before = of.stats().rounds;
    await work(of);
    const { read, written } = await inObject(stub(), (/** @type {any} */ object) => ({ ...object.rows }));
    return { calls, rounds: of.stats().rounds - before, read, written };
  }
  return { store, durable, keyPrefix, cost };
}

/** @param {any} store @param {number} count @param {string} [threadId] */
async function fillMessages(store, count, threadId = 't') {
  await store.saveThread({ thread: thread(threadId) });
  const messages = conversation(count, { threadId });
  for (let at = 0; at < count; at += 100) {
    await store.saveMessages({ messages: messages.slice(at, at + 100) });
  }
  return messages;
}

it.each([
  { messages: 10, threads: 1 },
  { messages: 10, threads: 400 },
  { messages: 3000, threads: 1 },
])(
  'a turn of a registered agent among $threads threads, after $messages messages',
  async ({ messages, threads }) => {
    const { store, durable, keyPrefix, cost } = open();
    const others = Array.from({ length: threads - 1 }, (_, i) => thread(`other${i}`));
    await store.batchInsert({ tableName: 'threads', records: others });
    await fillMessages(store, messages);
    const storage = new MastraStore({ id: 'turn', durable, keyPrefix });
    const model = scripted('assistant', ['It blooms in April.', 'In May it is gone.']);
    const memory = { options: { lastMessages: 10, workingMemory: { enabled: false } } };
    const agent = createAssistant({ storage, model, memory }).getAgent('assistant');
    const turn = () => agent.generate('When does it bloom?', { memory: { thread: 't', resource: 'alice' } });
    // The first of a data set writes down its format, too.
    await turn();
    const { calls, rounds, read, written } = await cost(turn, storage);
    expect({ calls, written }).toEqual({ calls: 6, written: 4 });
    expect(rounds).toBeLessThanOrEqual(6);
    expect(read).toBeLessThanOrEqual(60);
    const dollars = millionTurns({
      'object request': calls,
      'object row read': read,
      'object row written': written,
      'object awake 50 ms': 1,
    });
    expect(dollars).toBeLessThanOrEqual(5.1);
    const { total } = await store.listMessages({ threadId: 't', perPage: 1 });
    expect(total).toBe(messages + 4);
  },
);

it('a hundred messages are saved in one call, the last 40 of many read in one, with a row or two each', async () => {
  const { store, cost } = open();
  const all = await fillMessages(store, 3000);
  const newest = { threadId: 't', perPage: 40, orderBy: { direction: 'DESC' }, includeTotal: false };
  const read = await cost(async (one) => {
    const { messages } = await one.listMessages(newest);
    expect(ids(messages).sort()).toEqual(ids(all.slice(-40)));
  });
  expect(read).toMatchObject({ calls: 1, written: 0 });
  expect(read.read).toBeLessThanOrEqual(90);
  const saved = await cost((one) => one.saveMessages({ messages: conversation(3100).slice(3000) }));
  expect(saved).toMatchObject({ calls: 1, written: 102 });
});
