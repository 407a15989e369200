/** Looking for damage, and mending it. The store is an hour old: what is young is not judged. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Desk, fill, readAll } from './support.js';

/** @type {Desk} */
let desk;
/** @type {Awaited<ReturnType<typeof readAll>>} */
let whole;
beforeEach(async () => {
  desk = await Desk.open();
  await fill(desk.store({ keyPrefix: 'v_', now: anHourAgo }), { threads: 6 });
  whole = await readAll(desk.store({ keyPrefix: 'v_', now: anHourAgo }));
});
afterEach(() => desk.close());

function anHourAgo() {
  return Date.now() - 3_600_000;
}

const VERIFY = ['verify', '--prefix', 'v_'];

/** With a head it may be lost when a thread was last touched. @param {typeof whole} all */
function untouched({ threads, ...others }) {
  return { ...others, threads: threads.map(({ updatedAt: _, ...thread }) => thread) };
}

/** @param {string} table @param {RegExp} pattern */
function keysOf(table, pattern) {
  return desk
    .storage(table)
    .keys()
    .filter((key) => pattern.test(key));
}

/** @param {string} table @param {RegExp} pattern */
function drop(table, pattern) {
  for (const key of keysOf(table, pattern)) desk.storage(table).delete(key);
}

test('a store that is whole: nothing is found, nothing is written', async () => {
  const before = desk.contents();
  const { looked, found, done } = await desk.result(VERIFY);
  expect({ looked, found, done }).toEqual({
    looked: { threads: 6, messages: 24, resources: 3, 'indexes of threads': 6, 'indexes of resources': 3 },
    found: {},
    done: true,
  });
  expect(desk.contents()).toEqual(before);
  expect((await desk.run(VERIFY)).stdout).toContain('Everything is as it should be.');
});

describe('damage is found, with exit code 3, and mended', () => {
  /** @type {[string, () => void, string, number][]} */
  const cases = [
    ['all journals of a thread', () => drop('metadata', /thread:thread-1:/), 'message that no list shows', 4],
    ['all journals of a user', () => drop('metadata', /resource:user-1:/), 'thread that no list shows', 2],
    [
      'the head of a thread',
      () => drop('metadata', /thread:thread-1$/),
      'list of newest entries is missing',
      1,
    ],
    [
      'the whole index',
      () => drop('metadata', /metadata:(thread|resource):/),
      'message that no list shows',
      24,
    ],
    [
      'a head of other bytes',
      () => void desk.storage('metadata').put('v_metadata:thread:thread-2', 'x', null),
      'list of newest entries is damaged',
      1,
    ],
    [
      'a head of another thread',
      () => {
        const other = /** @type {any} */ (desk.storage('metadata').get('v_metadata:thread:thread-3'));
        desk.storage('metadata').put('v_metadata:thread:thread-2', other.text, other.metadataText);
      },
      'list of newest entries is lacking',
      1,
    ],
    [
      'a journal entry of other bytes',
      () => {
        const [key] = keysOf('metadata', /thread:thread-1:/);
        desk.storage('metadata').put(key, '{', null);
      },
      'damaged journal entry',
      1,
    ],
  ];
  test.each(cases)('%s', async (_, damage, name, count) => {
    damage();
    const before = desk.contents();
    const found = await desk.result(VERIFY, { code: 3 });
    expect(found.found[name]).toMatchObject({ count, mended: 0 });
    expect(desk.contents()).toEqual(before);
    const mended = await desk.result([...VERIFY, '--repair']);
    expect(mended.found[name]).toMatchObject({ count, mended: count });
    expect((await desk.result(VERIFY)).found).toEqual({});
    expect(untouched(await readAll(desk.store({ keyPrefix: 'v_' })))).toEqual(untouched(whole));
  });

  test('a lost thread comes back without its title, with its messages', async () => {
    drop('threads', /thread-1$/);
    expect((await desk.result(VERIFY, { code: 3 })).found).toMatchObject({
      'message without a thread': { count: 4, mended: 0 },
    });
    await desk.result([...VERIFY, '--repair']);
    const store = desk.store({ keyPrefix: 'v_' });
    expect(await store.getThreadById({ threadId: 'thread-1' })).toMatchObject({
      title: '',
      resourceId: 'user-1',
    });
    expect((await readAll(store)).messages).toEqual(whole.messages);
  });

  test('what a deleted thread has left is deleted', async () => {
    const late = keysOf('messages', /m-1-0-0$/).map(
      (key) => /** @type {any} */ (desk.storage('messages').get(key)).text,
    );
    const store = desk.store({ keyPrefix: 'v_', now: anHourAgo });
    await store.deleteThread({ threadId: 'thread-1' });
    await store.close();
    await desk.result(['sweep', '--prefix', 'v_']);
    desk.storage('messages').put('v_messages:m-1-0-0', late[0], null);
    expect((await desk.result(VERIFY, { code: 3 })).found).toMatchObject({
      'message of a deleted thread': { count: 1, samples: ['m-1-0-0'] },
    });
    await desk.result([...VERIFY, '--repair']);
    expect(keysOf('messages', /m-1-/)).toEqual([]);
  });

  test('sweep --purge removes tombstones of an age, once their deletion is over', async () => {
    const store = desk.store({ keyPrefix: 'v_', now: anHourAgo });
    await store.deleteThread({ threadId: 'thread-1' });
    await store.close();
    const purge = (/** @type {string} */ age) => desk.result(['sweep', '--prefix', 'v_', '--purge', age]);
    expect(await purge('2h')).toMatchObject({ pending: 0, purged: 0 });
    expect(keysOf('threads', /thread-1$/)).toHaveLength(1);
    expect(await purge('30m')).toMatchObject({ purged: 1 });
    expect(keysOf('threads', /thread-1$/)).toEqual([]);
    expect(keysOf('metadata', /(thread|sweep):thread-1/)).toEqual([]);
    expect((await desk.result(VERIFY)).found).toEqual({});
    const { threads } = await readAll(desk.store({ keyPrefix: 'v_' }));
    expect(threads).toHaveLength(5);
    for (const age of ['14m', '9', 'soon', '-1d'])
      expect((await desk.run(['sweep', '--prefix', 'v_', '--purge', age])).code).toBe(2);
  });

  test('a deletion that nobody remembers is taken up again', async () => {
    const store = desk.store({ keyPrefix: 'v_', now: anHourAgo });
    const kept = desk.contents().filter(({ key }) => /thread:thread-1:|messages:m-1-/.test(key));
    await store.deleteThread({ threadId: 'thread-1' });
    await store.close();
    drop('metadata', /sweep:/);
    for (const { title, key, text, metadata } of kept) {
      desk
        .storage(title)
        .put(key.replace(/7[0-9a-v]{17}$/, '0000000000aaaaaaaa'), text, JSON.stringify(metadata));
    }
    const { found } = await desk.result([...VERIFY, '--repair']);
    expect(found['unfinished deletion']).toMatchObject({ count: 1, mended: 1, samples: ['thread-1'] });
    expect(keysOf('metadata', /sweep:thread-1/)).toHaveLength(1);
  });

  test('a record that cannot be read is named, and left', async () => {
    desk.storage('messages').put('v_messages:m-1-0-0', '{"id":', null);
    desk.storage('resources').put('v_resources:user-9', 'x', null);
    const { found } = await desk.result([...VERIFY, '--repair'], { code: 3 });
    expect(found['damaged record']).toEqual({
      count: 2,
      mended: 0,
      samples: ['v_messages:m-1-0-0', 'v_resources:user-9'],
    });
    expect(desk.storage('resources').keys()).toContain('v_resources:user-9');
  });
});

test('entries of messages that moved away or were deleted are no fault, and tidied up', async () => {
  const store = desk.store({ keyPrefix: 'v_', now: anHourAgo });
  await store.updateMessages({ messages: [{ id: 'm-1-0-0', threadId: 'thread-2' }] });
  await store.deleteMessages(['m-1-0-1']);
  await store.close();
  const named = () =>
    desk.contents().some(({ key, text }) => /thread:thread-1/.test(key) && /m-1-0-[01]/.test(text));
  expect((await desk.result(VERIFY)).found).toEqual({});
  expect(named()).toBe(true);
  expect((await desk.result([...VERIFY, '--repair'])).found).toEqual({});
  expect((await desk.result([...VERIFY, '--repair'])).found).toEqual({});
  expect(named()).toBe(false);
  expect((await desk.result(VERIFY)).found).toEqual({});
});

test('interrupted, it goes on; and tells all that it found', async () => {
  drop('metadata', /thread:thread-1:/);
  drop('metadata', /thread:thread-4$/);
  const interruptAt = (/** @type {{ path: string }} */ { path }) => path === '/resources/keys';
  const first = await desk.result([...VERIFY, '--repair'], { code: 130, interruptAt });
  expect(first).toMatchObject({ done: false, found: { 'message that no list shows': { count: 4 } } });
  const second = await desk.result([...VERIFY, '--repair']);
  expect(second).toMatchObject({ done: true, resumed: true });
  expect(second.found).toMatchObject({
    'message that no list shows': { count: 4, mended: 4 },
    'list of newest entries is missing': { count: 1, mended: 1 },
  });
  expect(untouched(await readAll(desk.store({ keyPrefix: 'v_' })))).toEqual(untouched(whole));
});
