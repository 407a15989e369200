// Erasing a user, looked at closely: what is left where it ends in the middle, where lists do not show everything yet, and
// where there is more than one page of something. What it takes at all: tests/contract/erase.js.

import { describe, expect, it } from 'vitest';
import { createMemoryBackend } from '../../bindings/memory.js';
import { makeSubject, rawKeys } from '../contract/subject.js';
import { message, thread } from '../support/records.js';
import { failNth, intercept } from '../support/faults.js';

const ALICE = { resourceId: 'alice' };
const BOB = { resourceId: 'bob' };
const SCORE = { scorerId: 's', entityId: 'e', runId: 'r', score: 1, output: '', scorer: {}, entity: {} };
const MARKER = 'observational_memory:erase:alice';
/** A second going through begins that long after the first. */
const SETTLE_MS = 300_000;

/** @typedef {import('../../bindings/backends/backend.js').KVRequest} KVRequest */

/** A store over KV in memory, and others over the same through a wrapper. */
function setUp() {
  const backend = createMemoryBackend();
  const subject = makeSubject(backend, { backend }, 'dev_');
  /** @param {(request: KVRequest) => boolean} isHidden  lists of such show nothing yet */
  const lagging = (isHidden) =>
    intercept(backend, async (request, ask) =>
      request.kind === 'list' && isHidden(request) ? { status: 200, keys: [], cursor: null } : ask(request),
    );
  const keys = async (start = '') => (await subject.raw.keys()).filter((key) => key.startsWith(start));
  /** A thread that was deleted leaves a tombstone. */
  const threads = async () => {
    const found = await keys('threads:');
    const texts = await Promise.all(found.map((key) => subject.raw.get(key)));
    return found.filter((_, index) => texts[index]?.includes('"resourceId"'));
  };
  const marker = async () => JSON.parse((await subject.raw.get(MARKER)) ?? 'null');
  /** Puts rows as they are. @param {Record<string, object>} rows  by key */
  const put = async (rows) => {
    for (const [key, row] of Object.entries(rows)) {
      const value = new TextEncoder().encode(JSON.stringify(row));
      const table = key.slice(0, key.indexOf(':'));
      await backend.run([
        { kind: 'put', space: 0, table, key: `dev_${key}`, value, metadata: null, expires: 0 },
      ]);
    }
  };
  return { ...subject, backend, lagging, keys, threads, marker, put };
}

/** Alice's thread with a message of each, and one message of hers in Bob's. @param {any} store */
async function fill(store) {
  await store.saveThread({ thread: thread('a1', ALICE) });
  await store.saveThread({ thread: thread('b1', BOB) });
  await store.saveMessages({
    messages: [
      message('a1-1', 1, { threadId: 'a1', ...ALICE }),
      message('a1-b', 2, { threadId: 'a1', ...BOB }),
      message('b1-a', 1, { threadId: 'b1', ...ALICE }),
      message('b1-1', 2, { threadId: 'b1', ...BOB }),
    ],
  });
}

/** @param {any} store @param {number} [most] calls */
async function eraseAll(store, most = 200) {
  let deleted = 0;
  let cursor = null;
  for (let calls = 1; ; calls++) {
    /** @type {import('../../bindings/store/types.js').EraseResult} */
    const part = await store.eraseResource({ ...ALICE, cursor });
    deleted += part.deleted;
    cursor = part.cursor;
    if (cursor === null) return { deleted, calls };
    expect(calls).toBeLessThan(most);
  }
}

/** @param {string} resourceId @param {string} id */
const score = (resourceId, id) => ({ ...SCORE, id, source: 'LIVE', resourceId });

describe('the marker of an erasure', () => {
  it('stands before anything is taken: a sweep goes on at once where a call failed at its first deletion', async () => {
    const { store, backend, reopen, marker } = setUp();
    await fill(store);
    const broken = failNth(backend, { at: 1, times: Infinity, match: ({ kind }) => kind === 'delete' });
    await expect(reopen({ backend: broken }).eraseResource(ALICE)).rejects.toMatchObject({
      op: 'eraseResource',
    });
    expect(await marker()).toMatchObject({ position: [0, null], last: false });
    const swept = await reopen().sweep();
    expect(swept).toMatchObject({ deleted: 4, pending: 1 });
    expect((await reopen().listThreadsByResourceId(ALICE)).total).toBe(0);
    expect(await marker()).toMatchObject({ position: null, last: false });
  });

  it('is renewed where a call ends in the middle, and says where', async () => {
    const { store, clock, reopen, marker } = setUp();
    await fill(store);
    const begun = clock.now();
    const { cursor } = await reopen({ maxOperations: 60 }).eraseResource(ALICE);
    expect(await marker()).toMatchObject({ position: JSON.parse(cursor), since: begun, last: false });
  });

  it('counts the time until all is gone through once more from the end of the first going through', async () => {
    const { store, clock, reopen, marker } = setUp();
    await fill(store);
    await reopen({ maxOperations: 60 }).eraseResource(ALICE);
    clock.advance(2 * SETTLE_MS);
    const ended = clock.now();
    await reopen().sweep();
    expect(await marker()).toMatchObject({ position: null, since: ended, last: false });
    clock.advance(SETTLE_MS - 1);
    expect((await reopen().sweep()).pending).toBe(1);
    expect(await marker()).toMatchObject({ position: null, since: ended });
    clock.advance(1);
    expect((await reopen().sweep()).pending).toBe(0);
    expect(await marker()).toBeNull();
  });

  it('keeps the end of the first going through while the second is done in parts', async () => {
    const { store, clock, reopen, marker, put, raw } = setUp();
    await fill(store);
    await store.eraseResource(ALICE);
    const since = clock.now();
    clock.advance(2 * SETTLE_MS);
    const createdAt = new Date(clock.now()).toISOString();
    // Of a table that comes late.
    await put({ 'experiments:new': { id: 'new', ...ALICE, createdAt } });
    let parts = 0;
    for (; (await marker()) !== null; parts++) {
      expect(await marker()).toMatchObject({ since, last: parts > 0 });
      clock.advance(SETTLE_MS);
      await reopen({ maxOperations: 70 }).sweep();
      expect(parts).toBeLessThan(50);
    }
    expect(parts).toBeGreaterThan(1);
    expect(await raw.get('experiments:new')).not.toBeNull();
  });
});

describe('an erasure takes', () => {
  it('threads and messages that an index names and no list shows yet, however many', async () => {
    const { store, reopen, lagging, keys, threads } = setUp();
    await fill(store);
    for (let n = 0; n < 45; n++) await store.saveThread({ thread: thread(`more-${n}`, ALICE) });
    const messages = Array.from({ length: 45 }, (_, n) => message(`b-${n}`, n, { threadId: 'b1', ...ALICE }));
    await store.saveMessages({ messages });
    const backend = lagging(({ table }) => table === 'threads' || table === 'messages');
    const { deleted } = await reopen({ backend }).eraseResource(ALICE);
    expect(deleted).toBe(2 + 1 + 1 + 45 + 45);
    expect(await threads()).toEqual(['threads:b1']);
    expect(await keys('messages:')).toEqual(['messages:b1-1']);
  });

  it('those in parts, too', async () => {
    const { store, reopen, lagging, threads } = setUp();
    await fill(store);
    for (let n = 0; n < 10; n++) await store.saveThread({ thread: thread(`more-${n}`, ALICE) });
    const backend = lagging(({ table }) => table === 'threads' || table === 'messages');
    const { calls } = await eraseAll(reopen({ backend, maxOperations: 80 }));
    expect(calls).toBeGreaterThan(2);
    expect(await threads()).toEqual(['threads:b1']);
  });

  it.each([10_000, 80])(
    'threads that no index names any more, with %i operations a call',
    async (maxOperations) => {
      const { store, reopen, keys, threads, raw } = setUp();
      await fill(store);
      for (let n = 0; n < 45; n++) await store.saveThread({ thread: thread(`more-${n}`, ALICE) });
      for (const key of await keys('metadata:resource:alice')) await raw.remove(key);
      await eraseAll(reopen({ maxOperations }));
      expect(await threads()).toEqual(['threads:b1']);
    },
  );

  it('threads of a page that one call could not end, where more pages follow', async () => {
    const { store, put, reopen, keys, threads, raw } = setUp();
    for (let n = 0; n < 12; n++) await store.saveThread({ thread: thread(`a-${n}`, ALICE) });
    for (const key of await keys('metadata:resource:alice')) await raw.remove(key);
    const others = Array.from({ length: 150 }, (_, n) => [`threads:c-${n}`, { ...thread(`c-${n}`, BOB) }]);
    await put(Object.fromEntries(others));
    const { calls } = await eraseAll(reopen({ maxOperations: 80 }));
    expect(calls).toBeGreaterThan(2);
    expect((await threads()).filter((key) => key.startsWith('threads:a'))).toEqual([]);
    expect(await threads()).toHaveLength(150);
  });

  it('rows that stand behind many pages of others', async () => {
    const { put, keys, store } = setUp();
    const others = Array.from({ length: 250 }, (_, n) => [`scores:b-${n}`, score('bob', `b-${n}`)]);
    await put({ ...Object.fromEntries(others), 'scores:z-1': score('alice', 'z-1') });
    expect(await eraseAll(store)).toEqual({ deleted: 1, calls: 1 });
    expect(await keys('scores:z')).toEqual([]);
    expect(await keys('scores:')).toHaveLength(250);
  });

  it('what others have said, observed and noted in a thread of that user', async () => {
    const { store, reopen, keys } = setUp();
    await fill(store);
    await store.initializeObservationalMemory({ threadId: 'a1', ...BOB, scope: 'thread', config: {} });
    await store.setState({ threadId: 'a1', type: 'x', ...BOB, value: 1 });
    await reopen().eraseResource(ALICE);
    expect(await keys('observational_memory:')).toEqual([MARKER]);
    expect(await keys('thread_state:')).toEqual([]);
    expect(await keys('messages:')).toEqual(['messages:b1-1']);
  });

  it('observations that no list shows yet', async () => {
    const { store, reopen, lagging, keys } = setUp();
    await store.initializeObservationalMemory({ threadId: null, ...ALICE, scope: 'resource', config: {} });
    const backend = lagging(({ table }) => table === 'observational_memory');
    await reopen({ backend }).eraseResource(ALICE);
    expect(await keys('observational_memory:')).toEqual([MARKER]);
  });

  it('an index of more keys than one call deletes', async () => {
    const { store, put, keys, reopen } = setUp();
    await fill(store);
    const left = Array.from({ length: 150 }, (_, n) => [`metadata:mentions:alice:left-${n}`, {}]);
    await put(Object.fromEntries(left));
    await eraseAll(reopen({ maxOperations: 80 }));
    expect(await keys('metadata:mentions:alice')).toEqual([]);
    expect(await keys('metadata:resource:alice')).toEqual([]);
  });

  it('as much as the store has left to spend for this call, whatever it has spent before', async () => {
    const { store, reopen } = setUp();
    await fill(store);
    const used = reopen({ maxOperations: 300 });
    for (let n = 0; n < 400; n++) await used.setState({ threadId: 'b1', type: `x${n}`, value: 1 });
    expect(await eraseAll(used)).toMatchObject({ calls: 1 });
  });
});

describe('an erasure tells', () => {
  it('how many records it took', async () => {
    const { store } = setUp();
    await fill(store);
    await store.saveScore(score('alice', 's1'));
    await store.saveScore(score('alice', 's2'));
    // The thread with its two messages, one message elsewhere, two scores.
    expect(await store.eraseResource(ALICE)).toEqual({ deleted: 6, cursor: null });
  });

  it.each(['[-1,null]', '[0.5,null]', '[0]', '[0,7]', '{}', 'null', '["0",null]'])(
    'that %s is no cursor of its own',
    async (cursor) => {
      const { store } = setUp();
      await fill(store);
      await expect(store.eraseResource({ ...ALICE, cursor })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('cursor must be one that eraseResource returned'),
      });
    },
  );
});

describe('the second going through spares whoever began anew', () => {
  it('in the very moment in which the first ended', async () => {
    const { store, clock, reopen } = setUp();
    await store.eraseResource(ALICE);
    await store.updateResource({ ...ALICE, workingMemory: 'anew' });
    clock.advance(SETTLE_MS);
    expect((await reopen().sweep()).pending).toBe(0);
    expect(await reopen().getResourceById(ALICE)).toMatchObject({ workingMemory: 'anew' });
  });

  it.each(['a thread', 'a message in the thread of another'])('with %s alone', async (what) => {
    const { store, clock, reopen } = setUp();
    await fill(store);
    await store.eraseResource(ALICE);
    clock.advance(60_000);
    const createdAt = new Date(clock.now());
    const isThread = what === 'a thread';
    if (isThread)
      await store.saveThread({ thread: { ...thread('new', ALICE), createdAt, updatedAt: createdAt } });
    else await store.saveMessages({ messages: [message('new', 9, { threadId: 'b1', ...ALICE, createdAt })] });
    clock.advance(SETTLE_MS);
    expect((await reopen().sweep()).pending).toBe(0);
    const reader = reopen();
    expect((await reader.listThreadsByResourceId(ALICE)).total).toBe(isThread ? 1 : 0);
    const { messages } = await reader.listMessagesByResourceId({ ...ALICE, perPage: false });
    expect(messages.map((/** @type {any} */ { id }) => id)).toEqual(isThread ? [] : ['new']);
  });
});

describe('a sweep', () => {
  /** @param {any} store @param {string[]} users @param {(user: string) => unknown} [each] */
  async function begin(store, users, each = () => undefined) {
    for (const resourceId of users) {
      await store.saveScore(score(resourceId, `s-${resourceId}`));
      await store.eraseResource({ resourceId });
      await each(resourceId);
    }
  }
  /** @param {string} start @param {number} count */
  const users = (start, count) => Array.from({ length: count }, (_, n) => `${start}-${n}`);
  const ERASE = 'observational_memory:erase:';

  it('tells how many erasures are pending, more than it would go on with itself', async () => {
    const { store, reopen } = setUp();
    await begin(store, users('u', 23));
    expect(await reopen().sweep()).toEqual({ deleted: 0, pending: 23 });
  });

  it('ends all that are due, in one call, and tells what is left', async () => {
    const { store, clock, reopen, keys } = setUp();
    await begin(store, users('u', 4), async (user) => {
      if (user === 'u-0') await reopen().saveScore(score(user, 'late'));
      clock.advance(user === 'u-2' ? SETTLE_MS : 1);
    });
    expect(await reopen().sweep()).toEqual({ deleted: 1, pending: 1 });
    expect(await keys(ERASE)).toEqual([`${ERASE}u-3`]);
  });

  it('finds those that are due behind many that are not', async () => {
    const { store, clock, reopen, keys } = setUp();
    await begin(store, users('z', 2));
    clock.advance(SETTLE_MS);
    await begin(store, users('a', 25));
    expect(await reopen().sweep()).toEqual({ deleted: 0, pending: 25 });
    expect(await keys(`${ERASE}z`)).toEqual([]);
  });

  it('begins with the one that has waited longest, and with no other when little is left to spend', async () => {
    const { store, clock, reopen, keys, raw } = setUp();
    await begin(store, ['z', 'y', 'x', 'a'], () => clock.advance(1000));
    clock.advance(SETTLE_MS);
    expect((await reopen({ maxOperations: 120 }).sweep()).pending).toBe(3);
    expect(await keys(ERASE)).toEqual([`${ERASE}a`, `${ERASE}x`, `${ERASE}y`]);
    for (const key of await keys(ERASE)) {
      expect(JSON.parse((await raw.get(key)) ?? '')).toMatchObject({ position: null, last: false });
    }
  });
});

it('what stands under a prefix alone is another store', async () => {
  const { store, backend } = setUp();
  await fill(store);
  const other = makeSubject(backend, { backend }, 'other_');
  await fill(other.store);
  await store.eraseResource(ALICE);
  expect(await rawKeys(backend, 'other_').keys()).toContain('threads:a1');
});
