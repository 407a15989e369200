import { describe, expect, it } from 'vitest';
import { at, ids, message, refused, thread } from './support.js';

const ALICE = { resourceId: 'alice' };
const BOB = { resourceId: 'bob' };
const SCORE = { scorerId: 's', entityId: 'e', runId: 'r', score: 1, output: '', scorer: {}, entity: {} };

/**
 * Alice and Bob, of each everything that can carry an id; and Alice once in Bob's thread, Bob once in hers.
 *
 * @param {any} store
 */
async function fill(store) {
  for (const [owner, id] of [
    [ALICE, 'a1'],
    [ALICE, 'a2'],
    [BOB, 'b1'],
    [{ resourceId: 'alice:2' }, 'c1'],
  ]) {
    await store.saveThread({ thread: thread(/** @type {string} */ (id), /** @type {any} */ (owner)) });
  }
  await store.saveMessages({
    messages: [
      message('a1-1', 1, { threadId: 'a1', ...ALICE }),
      message('a1-b', 2, { threadId: 'a1', ...BOB }),
      message('a2-1', 1, { threadId: 'a2', ...ALICE }),
      message('b1-1', 1, { threadId: 'b1', ...BOB }),
      message('b1-a', 2, { threadId: 'b1', ...ALICE }),
      message('c1-1', 1, { threadId: 'c1', resourceId: 'alice:2' }),
    ],
  });
  for (const { resourceId } of [ALICE, BOB, { resourceId: 'alice:2' }]) {
    await store.updateResource({ resourceId, workingMemory: `of ${resourceId}` });
    await store.persistWorkflowSnapshot({
      workflowName: 'w',
      runId: `run-${resourceId}`,
      resourceId,
      snapshot: { status: 'success' },
    });
    await store.saveScore({ ...SCORE, id: `score-${resourceId}`, source: 'LIVE', resourceId });
    await store.createTask({
      id: `task-${resourceId}`,
      status: 'completed',
      toolName: 't',
      toolCallId: 'c',
      runId: 'r',
      args: {},
      createdAt: at(1),
      resourceId,
    });
    await store.setState({ threadId: 'b1', type: 'x', resourceId, value: 1 });
    await store.initializeObservationalMemory({ threadId: null, resourceId, scope: 'resource', config: {} });
  }
  await store.setState({ threadId: 'a1', type: 'x', value: 1 });
  await store.initializeObservationalMemory({ threadId: 'a1', ...ALICE, scope: 'thread', config: {} });
}

/**
 * @param {any} store
 * @param {string} resourceId
 */
const kept = async (store, resourceId) => ({
  memory: (await store.getResourceById({ resourceId })) !== null,
  threads: (await store.listThreadsByResourceId({ resourceId })).total,
  messages: ids((await store.listMessagesByResourceId({ resourceId, perPage: false })).messages),
  runs: (await store.listWorkflowRuns({ resourceId })).total,
  score: (await store.getScoreById({ id: `score-${resourceId}` })) !== null,
  task: (await store.getTask(`task-${resourceId}`)) !== null,
  state: ((await store.getState({ threadId: 'b1', type: 'x', resourceId })) ?? null) !== null,
  observations: (await store.getObservationalMemory(null, resourceId)) !== null,
});
const NOTHING = {
  memory: false,
  threads: 0,
  messages: [],
  runs: 0,
  score: false,
  task: false,
  state: false,
  observations: false,
};

/** @param {any} store */
async function eraseAll(store) {
  let cursor = null;
  let calls = 0;
  do {
    ({ cursor } = await store.eraseResource({ ...ALICE, cursor }));
  } while (cursor !== null && ++calls < 200);
  return calls;
}

/** @param {import('./support.js').Raw} raw */
async function mentions(raw) {
  const found = [];
  for (const key of await raw.keys()) {
    const text = `${key} ${await raw.get(key)}`.replaceAll(/alice(:|%3A)2/g, '');
    if (text.includes('alice')) found.push(key);
  }
  return found;
}

/** @param {import('./support.js').MakeStore} makeStore */
export function erase(makeStore) {
  describe('erasing a resource', () => {
    it('takes all that carries its id, and nothing else', async () => {
      const { store, reopen } = await makeStore();
      await fill(store);
      const before = [await kept(store, 'bob'), await kept(store, 'alice:2')];
      const { deleted, cursor } = await store.eraseResource(ALICE);
      expect(cursor).toBeNull();
      expect(deleted).toBeGreaterThan(6);
      for (const reader of [store, reopen()]) {
        expect(await kept(reader, 'alice')).toEqual(NOTHING);
        expect((await reader.listMessagesById({ messageIds: ['a1-1', 'a2-1', 'b1-a'] })).messages).toEqual(
          [],
        );
        expect((await reader.getState({ threadId: 'a1', type: 'x' })) ?? null).toBeNull();
        expect(await reader.getObservationalMemory('a1', 'alice')).toBeNull();
        const [bob, other] = [await kept(reader, 'bob'), await kept(reader, 'alice:2')];
        // What Bob has said in Alice's thread went with it.
        expect([bob, other]).toEqual([{ ...before[0], messages: ['b1-1'] }, before[1]]);
        expect(ids((await reader.listMessages({ threadId: 'b1' })).messages)).toEqual(['b1-1']);
      }
    });

    it('leaves the id nowhere, once a sweep has come some minutes later', async () => {
      const { store, clock, raw } = await makeStore();
      await fill(store);
      await store.eraseResource(ALICE);
      expect(await mentions(raw)).toContain('observational_memory:erase:alice');
      expect((await store.sweep()).pending).toBeGreaterThan(0);
      for (let i = 0; i < 4; i++) {
        clock.advance(400_000);
        await store.sweep();
      }
      expect((await store.sweep()).pending).toBe(0);
      await store.listMessages({ threadId: 'b1' });
      await store.close();
      expect(await mentions(raw)).toEqual([]);
      expect(await kept(store, 'bob')).toMatchObject({ messages: ['b1-1'], memory: true });
    });

    it.each([100, 300])('is done in parts of %i operations at most', async (maxOperations) => {
      const { store, reopen } = await makeStore();
      await fill(store);
      for (let n = 0; n < 40; n++) {
        await store.saveThread({ thread: thread(`more-${n}`, ALICE) });
        await store.saveMessages({ messages: [message(`more-${n}`, n, { threadId: `more-${n}` })] });
      }
      const small = reopen({ maxOperations });
      let cursor = null;
      let calls = 0;
      do {
        const before = spent(small);
        ({ cursor } = await small.eraseResource({ ...ALICE, cursor }));
        expect(spent(small) - before).toBeLessThan(maxOperations * 1.5);
        calls++;
      } while (cursor !== null && calls < 100);
      expect(cursor).toBeNull();
      expect(calls).toBeGreaterThan(1);
      expect(await kept(reopen(), 'alice')).toEqual(NOTHING);
    });

    it('is taken up by sweeps where nobody calls again, in whatever isolate', async () => {
      const { store, clock, reopen } = await makeStore();
      await fill(store);
      for (let n = 0; n < 30; n++) await store.saveThread({ thread: thread(`more-${n}`, ALICE) });
      const { cursor } = await reopen({ maxOperations: 100 }).eraseResource(ALICE);
      expect(cursor).not.toBeNull();
      for (let i = 0; i < 30; i++) {
        clock.advance(61_000);
        if ((await reopen({ maxOperations: 200 }).sweep()).pending === 0) break;
      }
      expect(await kept(reopen(), 'alice')).toEqual(NOTHING);
      expect((await reopen().sweep()).pending).toBe(0);
    });

    it('takes what another place had written before it, and shows later', async () => {
      const { store, clock, reopen, raw } = await makeStore();
      await fill(store);
      await store.eraseResource(ALICE);
      await reopen().saveScore({ ...SCORE, id: 'late', source: 'LIVE', ...ALICE });
      for (let i = 0; i < 4; i++) {
        clock.advance(400_000);
        await reopen().sweep();
      }
      expect(await reopen().getScoreById({ id: 'late' })).toBeNull();
      expect((await raw.keys()).some((key) => key.includes('erase'))).toBe(false);
    });

    it.each([60_000, 7 * 24 * 3_600_000])('spares whoever begins anew %i ms later', async (later) => {
      const { store, clock, reopen } = await makeStore();
      await fill(store);
      await store.eraseResource(ALICE);
      clock.advance(later);
      const createdAt = new Date(clock.now());
      if (later > 240_000) await store.saveScore({ ...SCORE, id: 'anew', source: 'LIVE', ...ALICE });
      await store.saveThread({ thread: { ...thread('new', ALICE), createdAt, updatedAt: createdAt } });
      await store.saveMessages({
        messages: [
          message('new-1', 1, { threadId: 'new', ...ALICE, createdAt }),
          message('b1-new', 1, { threadId: 'b1', ...ALICE, createdAt }),
        ],
      });
      await store.updateResource({ ...ALICE, workingMemory: 'anew' });
      for (let i = 0; i < 4; i++) {
        clock.advance(400_000);
        await reopen().sweep();
      }
      const reader = reopen();
      expect((await reader.sweep()).pending).toBe(0);
      expect(await kept(reader, 'alice')).toMatchObject({ memory: true, threads: 1, score: false });
      if (later > 240_000) expect(await reader.getScoreById({ id: 'anew' })).not.toBeNull();
      const { messages } = await reader.listMessagesByResourceId({ ...ALICE, perPage: false });
      expect(ids(messages).toSorted()).toEqual(['b1-new', 'new-1']);
      expect(ids((await reader.listMessages({ threadId: 'new' })).messages)).toEqual(['new-1']);
    });

    it('of nobody does nothing', async () => {
      const { store } = await makeStore();
      await fill(store);
      expect(await store.eraseResource({ resourceId: 'nobody' })).toEqual({ deleted: 0, cursor: null });
      expect(await store.eraseResource({ resourceId: 'x'.repeat(600) })).toEqual({
        deleted: 0,
        cursor: null,
      });
      expect(await kept(store, 'alice')).toMatchObject({ memory: true, threads: 2 });
    });

    it.each([
      {},
      { resourceId: '' },
      { resourceId: 7 },
      { id: 'alice' },
      { ...ALICE, cursor: 'x' },
      { ...ALICE, cursor: '[99,null]' },
      { ...ALICE, cursor: 7 },
    ])('refuses %j', async (args) => {
      const { store } = await makeStore();
      await fill(store);
      await refused(store.eraseResource(args), { code: 'INVALID_ARGUMENT', op: 'eraseResource' });
      expect(await kept(store, 'alice')).toMatchObject({ memory: true, threads: 2 });
    });

    it('ends, however often it is begun', async () => {
      const { store } = await makeStore();
      await fill(store);
      await eraseAll(store);
      expect(await eraseAll(store)).toBe(0);
    });
  });
}

/** @param {any} store */
const spent = (store) =>
  Object.values(store.stats().operations).reduce((sum, count) => sum + Number(count), 0);
