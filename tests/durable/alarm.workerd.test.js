/** What an object does by its alarm. */

import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { CloudflareStore } from '../../bindings/index.js';
import { makeClock } from '../support/clock.js';
import { conversation, thread } from '../support/records.js';
import { newObject, OBJECTS, storageOf } from './support.workerd.js';

const HOUR = 3600_000;

/** Its types know of no object that is not declared. @type {any} */
const inObject = runInDurableObject;

/** @param {Record<string, unknown>} [options] */
function open(options) {
  const clock = makeClock();
  const keyPrefix = newObject(clock);
  const store = /** @type {any} */ (new CloudflareStore({ durable: OBJECTS, keyPrefix, ...options }));
  const within = (/** @type {(object: any, state: any) => unknown} */ run) =>
    inObject(OBJECTS.get(OBJECTS.idFromName(keyPrefix)), run);
  const storage = storageOf(keyPrefix, () => 0);
  const keys = async () => {
    const [reply] = await storage.run([
      { kind: 'list', space: 0, table: 'any', prefix: '', cursor: null, limit: 1000 },
    ]);
    return (reply.keys ?? []).map(({ name }) => name.slice(keyPrefix.length));
  };
  return {
    store,
    clock,
    keys,
    alarmAt: () => within((object) => object.alarmAt),
    alarm: () => within((object) => object.alarm()),
    /** Storage breaks off after so many statements of the alarm; the object then begins anew, as after a crash. */
    crash: (/** @type {number} */ statements) =>
      within(async (object) => {
        const due = object.alarmAt;
        object.failAfter(statements, 'SQLITE_IOERR', /./);
        const failed = await object.alarm().then(
          () => false,
          () => true,
        );
        object.failAfter(Infinity, '');
        // The platform calls again what has thrown.
        if (failed) object.alarmAt = due;
        object.renew();
        return failed;
      }),
    renew: () => within((object) => object.renew()),
    tables: () =>
      within((_, { storage: { sql } }) =>
        sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'threadkv%'").toArray(),
      ),
  };
}

describe('the alarm', () => {
  it('is not set by what stays', async () => {
    const { store, alarmAt } = open();
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(3) });
    expect(await alarmAt()).toBeUndefined();
  });

  it('drops what has expired, and is set for what is to expire next', async () => {
    const retention = { threadState: { threadState: { maxAge: '1h' } } };
    const { store, clock, alarm, alarmAt, keys, renew } = open({ retention });
    const state = (/** @type {string} */ type) => store.setState({ threadId: 't', type, value: 1 });
    await state('a');
    clock.advance(HOUR / 2);
    await state('b');
    expect(await keys()).toHaveLength(2);
    const first = await alarmAt();
    expect(first).toBeGreaterThan(clock.now());
    clock.advance(first - clock.now() + 1000);
    await renew();
    expect(await store.getState({ threadId: 't', type: 'a' })).toBeUndefined();
    await alarm();
    await alarm();
    expect(await keys()).toHaveLength(1);
    expect(await store.getState({ threadId: 't', type: 'b' })).toBe(1);
    clock.advance((await alarmAt()) - clock.now() + 1000);
    await alarm();
    expect(await keys()).toEqual([]);
    expect(await alarmAt()).toBeUndefined();
  });

  it('finishes what a deletion could not', async () => {
    const { store, clock, alarm, alarmAt, keys } = open({ maxOperations: 60 });
    await store.init();
    await store.saveThread({ thread: thread('t') });
    const messages = conversation(100);
    for (let at = 0; at < 100; at += 20) await store.saveMessages({ messages: messages.slice(at, at + 20) });
    await store.deleteThread({ threadId: 't' });
    expect((await keys()).length).toBeGreaterThan(20);
    for (let part = 0; (await alarmAt()) !== undefined; part++) {
      expect(part).toBeLessThan(20);
      clock.advance((await alarmAt()) - clock.now() + 1000);
      await alarm();
    }
    expect((await keys()).filter((key) => /^messages:|sweep:|thread:t:/.test(key))).toEqual([]);
  });

  it('gives up the storage of an object that was emptied, which can be used again', async () => {
    const { store, clock, alarm, alarmAt, tables } = open();
    await store.init();
    await store.saveThread({ thread: thread('t') });
    await store.putBlob({ hash: 'h', content: 'x'.repeat(3_000_000), size: 1, createdAt: new Date() });
    expect(await tables()).not.toEqual([]);
    await store.dangerouslyClearAll();
    clock.advance((await alarmAt()) - clock.now() + 1);
    await alarm();
    expect(await tables()).toEqual([]);
    expect(await store.getThreadById({ threadId: 't' })).toBeNull();
    await store.saveThread({ thread: thread('t', { title: 'again' }) });
    expect(await store.getThreadById({ threadId: 't' })).toMatchObject({ title: 'again' });
  });

  it('keeps what is there', async () => {
    const { store, alarm } = open();
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(3) });
    await alarm();
    expect((await store.listMessages({ threadId: 't' })).total).toBe(3);
  });

  it('is done whole by a later one, wherever storage breaks off in it', async () => {
    const retention = { threadState: { threadState: { maxAge: '1h' } } };
    const { store, clock, crash, alarm, alarmAt, keys } = open({ retention, maxOperations: 60 });
    await store.init();
    for (const id of ['gone', 'stays']) await store.saveThread({ thread: thread(id) });
    const [gone, stays] = ['gone', 'stays'].map((threadId) =>
      conversation(60).map((message) => ({ ...message, id: `${threadId}-${message.id}`, threadId })),
    );
    for (const messages of [gone, stays]) {
      for (let at = 0; at < 60; at += 20) await store.saveMessages({ messages: messages.slice(at, at + 20) });
    }
    for (const type of ['a', 'b']) await store.setState({ threadId: 't', type, value: 1 });
    await store.deleteThread({ threadId: 'gone' });
    clock.advance(2 * HOUR);
    const before = await keys();
    expect(before.filter((key) => key.startsWith('messages:gone'))).not.toEqual([]);
    let crashes = 0;
    while (await crash(crashes)) {
      expect(await keys()).toEqual(before);
      crashes++;
    }
    expect(crashes).toBeGreaterThan(30);
    for (let part = 0; (await alarmAt()) !== undefined; part++) {
      expect(part).toBeLessThan(20);
      clock.advance(Math.max(0, (await alarmAt()) - clock.now()) + 1000);
      await alarm();
    }
    const left = await keys();
    expect(left.filter((key) => /^messages:gone|^thread_state:|sweep:|thread:gone:/.test(key))).toEqual([]);
    expect((await store.listMessages({ threadId: 'stays', perPage: false })).total).toBe(60);
  });

  it('ends the bill of an emptied object, wherever storage breaks off in it', async () => {
    const { store, clock, crash, alarmAt, tables } = open();
    await store.init();
    await store.saveThread({ thread: thread('t') });
    await store.saveMessages({ messages: conversation(3) });
    await store.dangerouslyClearAll();
    clock.advance((await alarmAt()) - clock.now() + 1);
    let crashes = 0;
    while (await crash(crashes)) {
      expect(await tables()).not.toEqual([]);
      crashes++;
    }
    expect(crashes).toBeGreaterThan(2);
    expect(await tables()).toEqual([]);
  });
});
