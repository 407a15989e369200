/** What it costs to look through an object: for an export, and for a verification. */

import { runInDurableObject } from 'cloudflare:test';
import { expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { ToolStore } from '../../bindings/upkeep/tool-store.js';
import { makeClock } from '../support/clock.js';
import { conversation, thread } from '../support/records.js';
import { newObject, OBJECTS } from './support.workerd.js';
import module from '../../build/threadkv.tools.wasm';

const MANY = 2000;

it('an export is calls of bounded size, and reads what it takes a few times', async () => {
  const clock = makeClock();
  const keyPrefix = newObject(clock, { module });
  let calls = 0;
  const counted = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: (/** @type {any} */ id) => ({
      threadkv(/** @type {any} */ request) {
        calls++;
        return /** @type {any} */ (OBJECTS.get(id)).threadkv(request);
      },
    }),
  };
  const store = /** @type {any} */ (
    new CloudflareStore({ durable: /** @type {any} */ (counted), keyPrefix })
  );
  await store.saveThread({ thread: thread('t') });
  const messages = conversation(MANY);
  for (let at = 0; at < MANY; at += 100) await store.saveMessages({ messages: messages.slice(at, at + 100) });
  /** @type {any} */
  const within = runInDurableObject;
  const rows = (/** @type {any} */ set) =>
    within(OBJECTS.get(OBJECTS.idFromName(keyPrefix)), (/** @type {any} */ object) => {
      const seen = object.rows;
      object.rows = set;
      return seen;
    });
  await rows({ read: 0, written: 0 });
  calls = 0;
  const tools = new ToolStore(store.caller, {});
  let found = 0;
  let cursor = null;
  do {
    const page = await tools.collectionPage('thread', cursor, { places: true, perPage: 100 });
    const ids = page.collections.flatMap(({ members }) => members);
    for await (const records of tools.recordsById('messages', ids)) found += records.length;
    cursor = page.cursor;
  } while (cursor !== null);
  expect(found).toBe(MANY);
  const { read, written } = await rows({ read: 0, written: 0 });
  expect(written).toBe(0);
  // A list of keys, and each record by its key, of which storage counts two rows.
  expect(read / MANY).toBeLessThan(3);
  expect(calls).toBeLessThan(4 + MANY / 400);
  calls = 0;
  let position = null;
  do position = (await store.verify({ cursor: position })).cursor;
  while (position !== null);
  const verified = await rows({ read: 0, written: 0 });
  expect(verified.written).toBe(0);
});
