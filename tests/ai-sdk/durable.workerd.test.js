/** Chats and sessions in a Durable Object: what a turn takes in calls of the object. */

import { expect, it } from 'vitest';
import { createChats } from '../../bindings/ai-sdk/index.js';
import { CloudflareStore } from '../../bindings/index.js';
import { CloudflareSession } from '../../bindings/openai-agents/index.js';
import { newObject, OBJECTS } from '../durable/support.workerd.js';
import { makeClock } from '../support/clock.js';

/** A store in an object of its own, and the calls that reach it. */
function open() {
  /** @type {string[]} */
  const calls = [];
  const counting = (/** @type {any} */ stub) => ({
    threadkv: (/** @type {any} */ request) => {
      calls.push(request.op ?? 'call');
      return stub.threadkv(request);
    },
  });
  const namespace = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: (/** @type {any} */ id, /** @type {any} */ options) => counting(OBJECTS.get(id, options)),
  };
  const keyPrefix = newObject(makeClock(Date.now()));
  return { store: new CloudflareStore(/** @type {any} */ ({ durable: namespace, keyPrefix })), calls };
}

const said = (/** @type {string} */ id) => {
  return /** @type {any} */ ({ id, role: 'user', parts: [{ type: 'text', text: id }] });
};
const chat = Array.from({ length: 500 }, (_, i) => said(`m${i}`));
const turn = [...chat, said('q'), said('a')];

it('a turn of a chat of 500 messages is two calls', async () => {
  const { store, calls } = open();
  await createChats(store, { resourceId: 'u' }).save('c', chat);
  calls.length = 0;
  const chats = createChats(store, { resourceId: 'u' });
  expect(await chats.load('c')).toEqual(chat);
  await chats.save('c', turn);
  expect(calls.length, calls.join(' ')).toBe(2);
  expect(await createChats(store).load('c')).toEqual(turn);
});

it('an edit is one call more', async () => {
  const { store, calls } = open();
  const chats = createChats(store);
  await chats.save('c', chat.slice(0, 10));
  calls.length = 0;
  const edited = [
    ...chat.slice(0, 7),
    { ...said('m7'), parts: [{ type: 'text', text: 'edited' }] },
    said('a'),
  ];
  await chats.save('c', /** @type {any} */ (edited));
  expect(calls.length, calls.join(' ')).toBe(2);
  expect(await createChats(store).load('c')).toEqual(edited);
});

it('sessions keep their items', async () => {
  const { store } = open();
  const session = new CloudflareSession({ store, sessionId: 's' });
  /** @type {any[]} */
  const items = [
    { type: 'message', role: 'user', content: 'Hello.' },
    {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi.' }],
    },
  ];
  await session.addItems(items);
  await session.addItems(items);
  expect(await session.getItems()).toEqual([...items, ...items]);
  await session.replaceHistoryWithCompaction([items[1]]);
  expect(await session.popItem()).toEqual(items[1]);
  expect(await session.getItems()).toEqual([]);
});
