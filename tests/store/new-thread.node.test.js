/** What an isolate that has just made a thread need not ask: there was nothing, so there is no journal to be listed. */

import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { isolates } from '../support/isolate.js';
import { createMeter } from '../support/meter.js';
import { message, thread } from '../support/records.js';

const SECOND = 1000;

function world() {
  const meter = createMeter(createMemoryBackend());
  const { clock, open } = isolates(meter);
  /** @param {() => Promise<any>} work @returns how many lists it took, and what it answered */
  const lists = async (work) => {
    meter.reset();
    const answer = await work();
    return { lists: meter.counts().operations.list, answer };
  };
  return { clock, open, lists };
}

const newest = (/** @type {any} */ store) => () =>
  store.listMessages({ threadId: 't', perPage: 10, orderBy: { direction: 'DESC' }, includeTotal: false });
const idsOf = (/** @type {any} */ { messages }) => messages.map((/** @type {any} */ { id }) => id);
const save = (/** @type {any} */ store, /** @type {string} */ id) =>
  store.saveMessages({ messages: [message(id, 1)] });

describe('a thread that this isolate has just made', () => {
  it('is read and saved into without a list', async () => {
    const { clock, open, lists } = world();
    const store = open();
    await store.saveThread({ thread: thread('t') });
    expect(await lists(newest(store))).toMatchObject({ lists: 0, answer: { messages: [] } });
    clock.advance(5 * SECOND);
    expect(await lists(() => save(store, 'a'))).toMatchObject({ lists: 0 });
    const { lists: listed, answer } = await lists(newest(store));
    expect([listed, idsOf(answer)]).toEqual([0, ['a']]);
  });

  it('is compared with its journal a minute later', async () => {
    const { clock, open, lists } = world();
    const store = open();
    await store.saveThread({ thread: thread('t') });
    await save(store, 'a');
    clock.advance(61 * SECOND);
    expect((await lists(() => save(store, 'b'))).lists).toBe(1);
  });

  it('shows what others have saved into it meanwhile, and loses nothing of it', async () => {
    const { clock, open, lists } = world();
    const store = open();
    await store.saveThread({ thread: thread('t') });
    await save(open(), 'theirs');
    await save(store, 'ours');
    expect(idsOf((await lists(newest(store))).answer).toSorted()).toEqual(['ours', 'theirs']);
    clock.advance(61 * SECOND);
    expect(idsOf((await lists(newest(open()))).answer).toSorted()).toEqual(['ours', 'theirs']);
  });

  it('is listed where a list is what was asked for', async () => {
    const { open, lists } = world();
    const store = open();
    await store.saveThread({ thread: thread('t') });
    expect(await lists(() => store.listMessages({ threadId: 't', perPage: false }))).toMatchObject({
      lists: 1,
    });
  });
});

describe('a thread that there was before', () => {
  it('is listed, though this isolate has just written its record', async () => {
    const { open, lists } = world();
    await open().saveThread({ thread: thread('t') });
    const store = open();
    await store.saveThread({ thread: thread('t', { title: 'Anew' }) });
    expect((await lists(newest(store))).lists).toBe(1);
  });

  it('and was deleted is none of those that are new', async () => {
    const { open, lists } = world();
    const first = open();
    await first.saveThread({ thread: thread('t') });
    await save(first, 'a');
    await first.deleteThread({ threadId: 't' });
    const store = open();
    await store.saveThread({ thread: thread('t') });
    expect(await lists(newest(store))).toMatchObject({ answer: { messages: [] } });
    await save(store, 'b');
    expect(idsOf((await lists(newest(open()))).answer)).toEqual(['b']);
  });

  it('is not taken for new once the store was told to forget', async () => {
    const { open, lists } = world();
    const store = open();
    await store.saveThread({ thread: thread('t') });
    await newest(store)();
    await store.forget();
    expect((await lists(newest(store))).lists).toBe(1);
  });
});

describe('a check after a read', () => {
  it('reads the head once: it was read just now', async () => {
    const meter = createMeter(createMemoryBackend());
    const { clock, open } = isolates(meter);
    await open().saveThread({ thread: thread('t') });
    await save(open(), 'a');
    clock.advance(95 * SECOND);
    meter.reset();
    const store = open();
    await newest(store)();
    await store.close();
    expect(meter.counts()).toMatchObject({ operations: { get: 2, list: 1, put: 0 }, keys: 2 });
  });
});
