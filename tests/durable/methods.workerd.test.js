/** Each method of a store is one call to its object and one transaction there: whole, or as if it had not been made. */

import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { makeClock } from '../support/clock.js';
import { fill, look, METHODS, OTHERS } from './methods.js';
import { newObject, OBJECTS } from './support.workerd.js';

/** Its types know of no object that is not declared. @type {any} */
const inObject = runInDurableObject;

/** @returns {string[]} */
function methodsOfStores() {
  const names = new Set();
  for (let at = CloudflareStore.prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return [...names].sort();
}

/** A store that has something of everything, and what its object is asked since. */
async function filled() {
  const clock = makeClock();
  const keyPrefix = newObject(clock);
  /** @type {any[]} */
  const calls = [];
  const stub = () => /** @type {any} */ (OBJECTS.get(OBJECTS.idFromName(keyPrefix)));
  const durable = {
    idFromName: (/** @type {string} */ name) => OBJECTS.idFromName(name),
    get: () => ({
      threadkv: (/** @type {any} */ request) => {
        calls.push(request);
        return stub().threadkv(request);
      },
    }),
  };
  const store = /** @type {any} */ (new CloudflareStore({ durable, keyPrefix }));
  const ids = await fill(store);
  clock.advance(3_600_000);
  calls.length = 0;
  return { store, calls, ids, stub };
}

/** All that is in the object's tables. @param {any} stub @returns {Promise<string>} */
const stored = (stub) =>
  inObject(stub, (/** @type {any} */ _, /** @type {any} */ { storage }) =>
    JSON.stringify(
      ['threadkv', 'threadkv_pieces', 'threadkv_notes'].map((table) => {
        const there = [...storage.sql.exec('SELECT 1 FROM sqlite_master WHERE name = ?', table)];
        return there.length === 0 ? [] : [...storage.sql.exec(`SELECT * FROM ${table} ORDER BY 1`)];
      }),
      (_name, value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value),
    ),
  );

it('the table has every method', () => {
  expect([...Object.keys(METHODS), ...OTHERS].sort()).toEqual(methodsOfStores());
});

describe.each(Object.entries(METHODS))('%s', (method, { args, calls: most }) => {
  it(`takes ${most} ${most === 1 ? 'call' : 'calls'}`, async () => {
    const { store, calls, ids } = await filled();
    await store[method](...args(ids));
    expect(calls).toHaveLength(most);
  });
});

/** What is no loop of parts, and writes. */
const whole = Object.entries(METHODS).filter(
  ([method, { calls }]) => calls === 1 && !/^(get|list|load|has|init)/.test(method),
);

describe.each(whole)('%s, with storage that fails', (method, { args }) => {
  it('at any statement, leaves nothing, and nothing else is read', async () => {
    const { store, ids, stub } = await filled();
    const fail = (/** @type {number} */ after) =>
      inObject(stub(), (/** @type {any} */ object) => object.failAfter(after, 'SQLITE_IOERR', /./));
    const [before, seen] = [await stored(stub()), await look(store)];
    // All statements, of which the last few are followed by none: then nothing fails any more.
    for (let after = 0, step = 1; ; after += step) {
      await fail(after);
      const error = await store[method](...args(ids)).then(
        () => null,
        (/** @type {any} */ thrown) => thrown,
      );
      await fail(Infinity);
      if (error === null) break;
      expect(error).toMatchObject({ code: 'OBJECT_FAILED', op: method, details: { outcome: 'not done' } });
      expect(await stored(stub())).toBe(before);
      expect(await look(store)).toEqual(seen);
      // Of a long call not every one.
      if (after > 20) step = 7;
    }
    expect(await stored(stub())).not.toBe(before);
    const now = await look(store);
    await inObject(stub(), (/** @type {any} */ object) => object.renew());
    expect(await look(store)).toEqual(now);
  });
});
